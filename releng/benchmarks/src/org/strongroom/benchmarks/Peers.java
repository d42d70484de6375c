package org.strongroom.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** How others do the same work. */
abstract class Peers {
	protected final int port;
	protected final Path state;
	protected final Shell shell;

	/**
	 * @param port of the link to the server
	 * @param limit seconds after which one of them is ended
	 */
	Peers(int port, Path state, long limit) {
		this.port = port;
		this.state = state;
		shell = new Shell(limit);
	}

	Took rclone(String... words) {
		return tried("rclone", () -> shell.run(Shell.words(List.of("rclone", "--config", "/dev/null", "--ignore-checksum"), words)).took());
	}

	/** How rclone names a path on the server. */
	abstract String remote(Path path);

	/** Work on a folder of the server that is mounted. */
	interface Mounted<T> {
		T work(Path mounted) throws IOException, InterruptedException;
	}

	/** Mounts a folder of the server afresh, and works on it. */
	abstract <T> T mounted(Path folder, Mounted<T> work) throws IOException, InterruptedException;

	final void unmount(Path mount) throws IOException, InterruptedException {
		shell.run("fusermount", "-u", "-z", mount.toString());
	}

	/**
	 * cryptofs on a mounted folder, as Cryptomator's drive works, without the drive: in a JVM of its own.
	 *
	 * @param words for {@link Cryptofs}, after the vault
	 * @return of each step; the mounting and the unlocking are left out
	 */
	List<Took> cryptofs(Path served, int steps, String... words) {
		try {
			return mounted(served, mounted -> {
				Shell.Result result = shell.run(program(mounted.resolve("Vault"), served.resolve("Vault"), words));
				if (!result.whole())
					return Stream.generate(result::took).limit(steps).toList();
				return result.said().lines().filter(line -> line.matches("[0-9.E-]+")).map(line -> new Took(Double.parseDouble(line), true)).toList();
			});
		} catch (Exception e) {
			return Stream.generate(() -> failed("cryptofs", e)).limit(steps).toList();
		}
	}

	private static List<String> program(Path vault, Path served, String... words) {
		return Shell.words(List.of(ProcessHandle.current().info().command().orElse("java"), "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
				Cryptofs.class.getName(), vault.toString(), served.toString()), words);
	}

	/** Cryptomator's own drive on a mounted folder, fresh. @param words a program's, {@code DRIVE} for where it is */
	Took drive(Path served, String... words) {
		return tried("Cryptomator's drive", () -> mounted(served, mounted -> {
			Path drive = Files.createDirectories(state.resolve("drive"));
			Process program = new ProcessBuilder(program(mounted.resolve("Vault"), served.resolve("Vault"), "mount", drive.toString())).redirectError(ProcessBuilder.Redirect.DISCARD).start();
			try {
				String word = new BufferedReader(new InputStreamReader(program.getInputStream())).readLine();
				if (!"ready".equals(word))
					throw new IOException("it does not come up: " + word);
				return shell.run(Stream.of(words).map(w -> w.replace("DRIVE", drive.toString())).toList()).took();
			} finally {
				unmount(drive);
				Shell.end(program);
				program.waitFor();
			}
		}));
	}

	/** The result, or none and a word on standard error if a peer cannot do it. */
	static Took tried(String what, Callable<Took> work) {
		try {
			return work.call();
		} catch (Exception e) {
			return failed(what, e);
		}
	}

	private static Took failed(String what, Exception e) {
		System.err.println(what + ": " + e.getMessage());
		return Took.FAILED;
	}
}
