package org.strongroom.presence.internal;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * Keeps the machine from sleeping for the moment that it takes to lock. logind gives such a lock as a file descriptor, which the D-Bus library cannot take; systemd-inhibit(1) takes it for us as long as
 * its command runs, and that ends with its input, so with this process at the latest. Thread-safe.
 */
final class Delay {
	private Process holder;

	/** Begins to keep it, if that is possible here. */
	synchronized void take() {
		Optional<Path> program = program();
		if (program.isEmpty() || holder != null && holder.isAlive())
			return;
		try {
			holder = new ProcessBuilder(program.get().toString(), "--what=sleep", "--mode=delay", "--who=Strongroom", "--why=Vaults are locked first", "cat").redirectOutput(Redirect.DISCARD)
					.redirectError(Redirect.DISCARD).start();
		} catch (IOException e) {
			holder = null; // then it sleeps at once, and is locked as soon as it can be
		}
	}

	/** Lets it sleep. */
	synchronized void release() {
		if (holder == null)
			return;
		try {
			holder.getOutputStream().close();
		} catch (IOException e) {
			holder.destroy();
		}
		holder = null;
	}

	private static Optional<Path> program() {
		String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
		return Arrays.stream(path.split(File.pathSeparator)).filter(folder -> folder.startsWith("/")).map(folder -> Path.of(folder, "systemd-inhibit")).filter(Files::isExecutable).findFirst();
	}
}
