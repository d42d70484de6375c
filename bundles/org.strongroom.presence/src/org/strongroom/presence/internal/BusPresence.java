package org.strongroom.presence.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import org.freedesktop.dbus.connections.impl.DBusConnection;
import org.freedesktop.dbus.connections.impl.DBusConnectionBuilder;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.exceptions.DBusExecutionException;
import org.freedesktop.dbus.matchrules.DBusMatchRuleBuilder;
import org.freedesktop.dbus.messages.DBusSignal;
import org.freedesktop.dbus.types.UInt32;
import org.strongroom.presence.Presence;

/**
 * Listens to what Linux desktops tell over D-Bus: screen savers over the session's bus ({@code ActiveChanged}, as in the Idle Inhibition Service Draft of freedesktop.org, which each desktop has under a
 * name of its own), logind over the system's ({@code PrepareForSleep}, and {@code Lock} and {@code Unlock} of the session; org.freedesktop.login1(5)).
 */
public final class BusPresence implements Presence {
	private static final List<String> SCREEN_SAVERS = List.of("org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver", "org.mate.ScreenSaver", "org.cinnamon.ScreenSaver", "org.xfce.ScreenSaver");
	private static final String SESSION = "org.freedesktop.login1.Session";
	/** D-Bus Specification, "Well-known Message Bus Instances". */
	private static final String SYSTEM_BUS = "unix:path=/var/run/dbus/system_bus_socket";

	private final Optional<String> sessionBus;
	private final Optional<String> systemBus;
	private final Delay delay = new Delay();
	private final List<Listener> listeners = new CopyOnWriteArrayList<>();
	private final List<DBusConnection> connections = new ArrayList<>();
	/** Where somebody tells of the screen, or of sleep. */
	private final List<DBusConnection> screen = new CopyOnWriteArrayList<>();
	private final List<DBusConnection> sleep = new CopyOnWriteArrayList<>();
	private boolean closed;

	/** For Declarative Services. */
	public BusPresence() {
		this(sessionAddress(), systemAddress());
	}

	/** @param sessionBus its address, empty for none @param systemBus likewise */
	BusPresence(Optional<String> sessionBus, Optional<String> systemBus) {
		this.sessionBus = sessionBus;
		this.systemBus = systemBus;
	}

	private static Optional<String> sessionAddress() {
		Optional<String> said = environment("DBUS_SESSION_BUS_ADDRESS");
		return said.isPresent() ? said : environment("XDG_RUNTIME_DIR").map(folder -> Path.of(folder, "bus")).filter(Files::exists).map(socket -> "unix:path=" + socket);
	}

	private static Optional<String> systemAddress() {
		Optional<String> said = environment("DBUS_SYSTEM_BUS_ADDRESS");
		return said.isPresent() ? said : Optional.of(SYSTEM_BUS).filter(bus -> Files.exists(Path.of(bus.substring(bus.indexOf('/')))));
	}

	private static Optional<String> environment(String name) {
		return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isEmpty());
	}

	/** Nobody waits for the buses. */
	void activate() {
		Thread.ofVirtual().name("strongroom-presence").start(this::connect);
	}

	/** Connects; returns when everything that can be noticed is. */
	void connect() {
		sessionBus.flatMap(this::open).ifPresent(this::listenToDesktop);
		systemBus.flatMap(this::open).ifPresent(this::listenToSystem);
	}

	private Optional<DBusConnection> open(String address) {
		// the library looks for its transports through the class loader of the thread
		Thread thread = Thread.currentThread();
		ClassLoader before = thread.getContextClassLoader();
		thread.setContextClassLoader(DBusConnection.class.getClassLoader());
		try {
			DBusConnection connection = DBusConnectionBuilder.forAddress(address).withShared(false).build();
			return keep(connection) ? Optional.of(connection) : Optional.empty();
		} catch (DBusException | RuntimeException | LinkageError e) {
			return Optional.empty(); // whatever the library has against it: the preferences say what is not noticed
		} finally {
			thread.setContextClassLoader(before);
		}
	}

	private synchronized boolean keep(DBusConnection connection) {
		if (closed)
			close(connection);
		else
			connections.add(connection);
		return !closed;
	}

	private void listenToDesktop(DBusConnection bus) {
		for (String screenSaver : SCREEN_SAVERS)
			if (listen(bus, DBusMatchRuleBuilder.create().withInterface(screenSaver).withMember("ActiveChanged"), signal -> isTrue(signal).ifPresent(this::screenLocked)) && owner(bus, screenSaver).isPresent())
				screen.add(bus);
	}

	private void listenToSystem(DBusConnection bus) {
		boolean listens = listen(bus, DBusMatchRuleBuilder.create().withInterface(Manager.NAME).withMember("PrepareForSleep").withPath(Manager.PATH), signal -> {
			if (isFromLogind(bus, signal))
				isTrue(signal).ifPresent(this::sleeping);
		});
		if (!listens || owner(bus, Manager.SERVICE).isEmpty())
			return;
		sleep.add(bus);
		delay.take();
		session(bus).ifPresent(session -> {
			if (listenToSession(bus, session, "Lock", true) && listenToSession(bus, session, "Unlock", false))
				screen.add(bus);
		});
	}

	private boolean listenToSession(DBusConnection bus, String session, String member, boolean locked) {
		return listen(bus, DBusMatchRuleBuilder.create().withInterface(SESSION).withMember(member).withPath(session), signal -> {
			if (isFromLogind(bus, signal))
				screenLocked(locked);
		});
	}

	private static boolean listen(DBusConnection bus, DBusMatchRuleBuilder rule, Consumer<DBusSignal> then) {
		try {
			bus.addGenericSigHandler(rule.withType("signal").build(), then::accept);
			return true;
		} catch (DBusException | DBusExecutionException e) {
			return false;
		}
	}

	private static Optional<String> session(DBusConnection bus) {
		try {
			return Optional.of(bus.getRemoteObject(Manager.SERVICE, Manager.PATH, Manager.class).sessionOf(new UInt32(ProcessHandle.current().pid())).getPath());
		} catch (DBusException | DBusExecutionException e) {
			return Optional.empty(); // not started from a session of logind
		}
	}

	private static Optional<String> owner(DBusConnection bus, String service) {
		try {
			return Optional.ofNullable(bus.getDBusOwnerName(service));
		} catch (DBusExecutionException e) {
			return Optional.empty();
		}
	}

	/** On the system's bus everybody may say anything. */
	private static boolean isFromLogind(DBusConnection bus, DBusSignal signal) {
		return owner(bus, Manager.SERVICE).filter(owner -> owner.equals(signal.getSource())).isPresent();
	}

	private static Optional<Boolean> isTrue(DBusSignal signal) {
		try {
			Object[] parameters = signal.getParameters();
			return parameters.length > 0 && parameters[0] instanceof Boolean b ? Optional.of(b) : Optional.empty();
		} catch (DBusException e) {
			return Optional.empty();
		}
	}

	private void screenLocked(boolean locked) {
		listeners.forEach(l -> l.screenLocked(locked));
	}

	private void sleeping(boolean begins) {
		if (!begins) {
			delay.take();
			listeners.forEach(Listener::awake);
			return;
		}
		try {
			listeners.forEach(Listener::sleeping);
		} finally {
			delay.release();
		}
	}

	@Override
	public void addListener(Listener listener) {
		listeners.add(listener);
	}

	@Override
	public void removeListener(Listener listener) {
		listeners.remove(listener);
	}

	@Override
	public Optional<String> unnoticed() {
		boolean noticesScreen = screen.stream().anyMatch(DBusConnection::isConnected);
		boolean noticesSleep = sleep.stream().anyMatch(DBusConnection::isConnected);
		if (noticesScreen)
			return noticesSleep ? Optional.empty() : Optional.of("That it sleeps is not noticed on this machine: there is no logind.");
		return Optional.of(noticesSleep ? "That the screen is locked is not noticed on this desktop." : "Neither is noticed on this machine.");
	}

	void deactivate() {
		synchronized (this) {
			closed = true;
			connections.forEach(BusPresence::close);
			connections.clear();
		}
		delay.release();
	}

	private static void close(DBusConnection connection) {
		try {
			connection.close();
		} catch (IOException e) {
			// it is of no use any more
		}
	}
}
