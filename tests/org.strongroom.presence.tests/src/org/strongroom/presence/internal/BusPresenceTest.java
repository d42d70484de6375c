package org.strongroom.presence.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.freedesktop.dbus.DBusPath;
import org.freedesktop.dbus.connections.impl.DBusConnection;
import org.freedesktop.dbus.connections.impl.DBusConnectionBuilder;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.types.UInt32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.presence.Presence;

/** Over a real message bus. */
@Timeout(60)
class BusPresenceTest {
	private static final Path DAEMON = Path.of("/usr/bin/dbus-daemon");
	private static final String OUR_SESSION = "/org/freedesktop/login1/session/_31";
	private static final long PATIENCE = 20;
	private final LinkedBlockingQueue<String> told = new LinkedBlockingQueue<>();
	private final Map<Integer, Process> daemons = new ConcurrentHashMap<>();
	@TempDir
	Path folder;
	private String sessionBus;
	private String systemBus;

	private final Presence.Listener listener = new Presence.Listener() {
		@Override
		public void screenLocked(boolean locked) {
			told.add(locked ? "locked" : "unlocked");
		}

		@Override
		public void sleeping() {
			told.add("sleeping");
		}

		@Override
		public void awake() {
			told.add("awake");
		}
	};

	@BeforeEach
	void begin() throws IOException {
		assumeTrue(Files.isExecutable(DAEMON), "there is no dbus-daemon");
		sessionBus = bus();
		systemBus = bus();
	}

	@AfterEach
	void end() throws InterruptedException {
		for (Process daemon : daemons.values()) {
			daemon.destroy();
			daemon.waitFor();
		}
	}

	private String bus() throws IOException {
		Process daemon = new ProcessBuilder(DAEMON.toString(), "--session", "--nofork", "--nopidfile", "--print-address", "--address=unix:dir=" + folder).redirectError(ProcessBuilder.Redirect.DISCARD).start();
		daemons.put(daemons.size(), daemon);
		BufferedReader out = daemon.inputReader();
		return out.readLine();
	}

	/** Somebody else on a bus says something. */
	private static DBusConnection somebody(String bus) throws DBusException {
		Thread.currentThread().setContextClassLoader(DBusConnection.class.getClassLoader());
		return DBusConnectionBuilder.forAddress(bus).withShared(false).build();
	}

	private static void say(DBusConnection who, String path, String what, String member, boolean value) throws DBusException {
		who.sendMessage(who.getMessageFactory().createSignal(null, path, what, member, "b", value));
	}

	private static void say(DBusConnection who, String path, String what, String member) throws DBusException {
		who.sendMessage(who.getMessageFactory().createSignal(null, path, what, member, null));
	}

	/** What logind has of a session. */
	private record Logind() implements Manager {
		@Override
		public DBusPath sessionOf(UInt32 pid) {
			return new DBusPath(OUR_SESSION);
		}

		@Override
		public String getObjectPath() {
			return PATH;
		}

		@Override
		public boolean isRemote() {
			return false;
		}
	}

	private static DBusConnection logind(String bus) throws DBusException {
		DBusConnection connection = somebody(bus);
		connection.exportObject(new Logind());
		connection.requestBusName(Manager.SERVICE);
		return connection;
	}

	private BusPresence watching(Optional<String> session, Optional<String> system) {
		var presence = new BusPresence(session, system);
		presence.addListener(listener);
		presence.connect();
		return presence;
	}

	private String next() throws InterruptedException {
		return told.poll(PATIENCE, TimeUnit.SECONDS);
	}

	@Test
	void screenSaversOfAllDesktops() throws Exception {
		try (DBusConnection desktop = somebody(sessionBus)) {
			desktop.requestBusName("org.cinnamon.ScreenSaver");
			BusPresence presence = watching(Optional.of(sessionBus), Optional.empty());
			for (String name : new String[] { "freedesktop", "gnome", "mate", "cinnamon", "xfce" }) {
				say(desktop, "/org/" + name + "/ScreenSaver", "org." + name + ".ScreenSaver", "ActiveChanged", true);
				assertThat(next()).as(name).isEqualTo("locked");
				say(desktop, "/org/" + name + "/ScreenSaver", "org." + name + ".ScreenSaver", "ActiveChanged", false);
				assertThat(next()).as(name).isEqualTo("unlocked");
			}
			assertThat(presence.unnoticed()).hasValue("That it sleeps is not noticed on this machine: there is no logind.");
			presence.deactivate();
		}
	}

	@Test
	void busesWhereNobodyTellsAnythingAreToldAsSuch() {
		BusPresence presence = watching(Optional.of(sessionBus), Optional.of(systemBus));
		assertThat(presence.unnoticed()).hasValue("Neither is noticed on this machine.");
		presence.deactivate();
	}

	@Test
	void logindLocksOurSessionAndSleeps() throws Exception {
		try (DBusConnection logind = logind(systemBus)) {
			BusPresence presence = watching(Optional.empty(), Optional.of(systemBus));
			assertThat(presence.unnoticed()).isEmpty();
			say(logind, "/org/freedesktop/login1/session/_32", "org.freedesktop.login1.Session", "Lock"); // somebody else's
			say(logind, OUR_SESSION, "org.freedesktop.login1.Session", "Lock");
			assertThat(next()).isEqualTo("locked");
			say(logind, OUR_SESSION, "org.freedesktop.login1.Session", "Unlock");
			assertThat(next()).isEqualTo("unlocked");
			say(logind, Manager.PATH, Manager.NAME, "PrepareForSleep", true);
			assertThat(next()).isEqualTo("sleeping");
			say(logind, Manager.PATH, Manager.NAME, "PrepareForSleep", false);
			assertThat(next()).isEqualTo("awake");
			presence.deactivate();
		}
	}

	@Test
	void whoIsNotLogindIsNotBelieved() throws Exception {
		try (DBusConnection logind = logind(systemBus); DBusConnection other = somebody(systemBus)) {
			BusPresence presence = watching(Optional.empty(), Optional.of(systemBus));
			say(other, Manager.PATH, Manager.NAME, "PrepareForSleep", true);
			say(other, OUR_SESSION, "org.freedesktop.login1.Session", "Lock");
			say(logind, OUR_SESSION, "org.freedesktop.login1.Session", "Unlock");
			assertThat(next()).isEqualTo("unlocked");
			presence.deactivate();
		}
	}

	@Test
	void strangeSignalsAreNothing() throws Exception {
		BusPresence presence = watching(Optional.of(sessionBus), Optional.empty());
		try (DBusConnection desktop = somebody(sessionBus)) {
			desktop.sendMessage(desktop.getMessageFactory().createSignal(null, "/x", "org.gnome.ScreenSaver", "ActiveChanged", "s", "true"));
			desktop.sendMessage(desktop.getMessageFactory().createSignal(null, "/x", "org.gnome.ScreenSaver", "ActiveChanged", null));
			say(desktop, "/x", "org.gnome.ScreenSaver", "ActiveChanged", true);
			assertThat(next()).isEqualTo("locked");
			assertThat(told).isEmpty();
		}
		presence.deactivate();
	}

	@Test
	void withoutABusItSaysSo() {
		BusPresence presence = watching(Optional.empty(), Optional.of("unix:path=" + folder.resolve("nothing")));
		assertThat(presence.unnoticed()).hasValue("Neither is noticed on this machine.");
		presence.deactivate();
		BusPresence damaged = watching(Optional.of("what:is=this"), Optional.of("no address"));
		assertThat(damaged.unnoticed()).hasValue("Neither is noticed on this machine.");
		damaged.deactivate();
	}

	@Test
	void aBusThatEndsIsNoHarm() throws Exception {
		BusPresence presence = watching(Optional.of(sessionBus), Optional.of(systemBus));
		for (Process daemon : daemons.values()) {
			daemon.destroy();
			daemon.waitFor();
		}
		presence.deactivate();
		assertThat(told).isEmpty();
	}

}
