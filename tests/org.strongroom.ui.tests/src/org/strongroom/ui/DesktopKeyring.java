package org.strongroom.ui;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import org.strongroom.testing.ui.Ui;

/** A keyring of GNOME's, empty and unlocked, on the session bus of the tests; which has to be theirs alone, by {@code dbus-run-session}, for nobody's own keyring is touched. */
final class DesktopKeyring implements AutoCloseable {
	private static final String NAME = "org.freedesktop.secrets";
	private static final Pattern OBJECT = Pattern.compile("object path");
	private final Process daemon;

	private DesktopKeyring(Process daemon) {
		this.daemon = daemon;
	}

	/** Why there can be none here; empty if there can. */
	static Optional<String> unavailable() {
		if (System.getenv("DBUS_SESSION_BUS_ADDRESS") == null)
			return Optional.of("there is no session bus");
		if (List.of(System.getenv("PATH").split(":")).stream().noneMatch(folder -> Files.isExecutable(Path.of(folder, "gnome-keyring-daemon"))))
			return Optional.of("gnome-keyring-daemon is not installed");
		for (var process = ProcessHandle.current().parent(); process.isPresent(); process = process.get().parent())
			if (process.get().info().command().filter(command -> command.endsWith("/dbus-run-session")).isPresent())
				return Optional.empty();
		return Optional.of("the session bus may be somebody's, with their keyring; begin the tests by dbus-run-session");
	}

	/** @param folder where it keeps what it is given; empty */
	static DesktopKeyring start(Path folder) throws IOException {
		var command = new ProcessBuilder("gnome-keyring-daemon", "--foreground", "--replace", "--unlock", "--components=secrets", "--control-directory=" + folder).redirectErrorStream(true)
				.redirectOutput(folder.resolve("log").toFile());
		command.environment().putAll(java.util.Map.of("HOME", folder.toString(), "XDG_DATA_HOME", folder.toString(), "XDG_CACHE_HOME", folder.toString()));
		command.environment().remove("DISPLAY"); // it asks nobody
		Process daemon = command.start();
		try (var password = daemon.getOutputStream()) {
			password.write("the desktop's".getBytes(StandardCharsets.UTF_8));
		}
		Ui.awaitThat("the keyring", () -> !daemon.isAlive() || isOwnedBy(daemon.pid()));
		if (!daemon.isAlive())
			throw new IOException("the keyring does not start:\n" + Files.readString(folder.resolve("log")));
		return new DesktopKeyring(daemon);
	}

	private static boolean isOwnedBy(long process) {
		return call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus.GetConnectionUnixProcessID", "string:" + NAME).strip().endsWith("uint32 " + process);
	}

	/** How many secrets lie in it. */
	int secrets() {
		return (int) OBJECT.matcher(call(NAME, "/org/freedesktop/secrets/aliases/default", "org.freedesktop.DBus.Properties.Get", "string:org.freedesktop.Secret.Collection", "string:Items")).results().count();
	}

	private static String call(String name, String object, String... words) {
		var command = new java.util.ArrayList<String>(List.of("dbus-send", "--session", "--print-reply", "--dest=" + name, object));
		command.addAll(List.of(words));
		try {
			Process call = new ProcessBuilder(command).redirectErrorStream(true).start();
			String answer = new String(call.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			call.waitFor();
			return answer;
		} catch (IOException e) {
			throw new AssertionError("dbus-send is needed", e);
		} catch (InterruptedException e) {
			Thread.currentThread().interrupt();
			throw new AssertionError("interrupted");
		}
	}

	@Override
	public void close() throws InterruptedException {
		daemon.destroy();
		if (!daemon.waitFor(Ui.PATIENCE.toSeconds(), TimeUnit.SECONDS))
			throw new AssertionError("the keyring does not end");
	}
}
