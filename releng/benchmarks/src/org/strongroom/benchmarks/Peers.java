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
final class Peers {
	private static final String FASTEST = "aes256-gcm@openssh.com";

	private final Server server;
	private final int port;
	private final Path state;
	private final Shell shell;

	/**
	 * @param port of the link to the server
	 * @param limit seconds after which one of them is ended
	 */
	Peers(Server server, int port, Path state, long limit) {
		this.server = server;
		this.port = port;
		this.state = state;
		shell = new Shell(limit);
	}

	/** OpenSSH's own client, with its fastest cipher. @param command {@code get FROM TO} or {@code put FROM TO} */
	Took sftp(String command) {
		return tried("sftp", () -> {
			Path batch = state.resolve("batch");
			Files.writeString(batch, command + "\n");
			return shell.run(Shell.words(Shell.words(List.of("sftp", "-q", "-b", batch.toString(), "-P", Integer.toString(port), "-c", FASTEST),
					server.options().toArray(String[]::new)), "root@127.0.0.1")).took();
		});
	}

	Took rclone(String... words) {
		return tried("rclone", () -> shell.run(Shell.words(List.of("rclone", "--config", "/dev/null", "--ignore-checksum"), words)).took());
	}

	/** How rclone names a path on the server. */
	String remote(Path path) {
		return ":sftp,host=127.0.0.1,port=%d,user=root,key_file='%s',disable_hashcheck=true:%s".formatted(port, server.key(), path);
	}

	/** Work on the server mounted with sshfs. */
	private interface Mounted<T> {
		T work(Path mounted) throws IOException, InterruptedException;
	}

	private <T> T sshfs(Path folder, Mounted<T> work) throws IOException, InterruptedException {
		Path mount = Files.createDirectories(state.resolve("mount"));
		shell.run(Shell.words(Shell.words(List.of("sshfs", "-p", Integer.toString(port), "root@127.0.0.1:" + folder, mount.toString()),
				server.options().toArray(String[]::new)), "-o", "Ciphers=" + FASTEST));
		try {
			return work.work(mount);
		} finally {
			unmount(mount);
		}
	}

	private void unmount(Path mount) throws IOException, InterruptedException {
		shell.run("fusermount", "-u", "-z", mount.toString());
	}

	/**
	 * cryptofs on an sshfs mount, as Cryptomator's drive works, without the drive: in a JVM of its own.
	 *
	 * @param words for {@link Cryptofs}, after the vault
	 * @return of each step; the mounting and the unlocking are left out
	 */
	List<Took> cryptofs(Path served, int steps, String... words) {
		try {
			return sshfs(served, mounted -> {
				Shell.Result result = shell.run(program(mounted.resolve("Vault"), words));
				if (!result.whole())
					return Stream.generate(result::took).limit(steps).toList();
				return result.said().lines().filter(line -> line.matches("[0-9.E-]+")).map(line -> new Took(Double.parseDouble(line), true)).toList();
			});
		} catch (Exception e) {
			return Stream.generate(() -> failed("cryptofs", e)).limit(steps).toList();
		}
	}

	private static List<String> program(Path vault, String... words) {
		return Shell.words(List.of(ProcessHandle.current().info().command().orElse("java"), "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
				Cryptofs.class.getName(), vault.toString()), words);
	}

	/** Cryptomator's own drive on an sshfs mount, fresh. @param words a program's, {@code DRIVE} for where it is */
	Took drive(Path served, String... words) {
		return tried("Cryptomator's drive", () -> sshfs(served, mounted -> {
			Path drive = Files.createDirectories(state.resolve("drive"));
			Process program = new ProcessBuilder(program(mounted.resolve("Vault"), "mount", drive.toString())).redirectError(ProcessBuilder.Redirect.DISCARD).start();
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
	private static Took tried(String what, Callable<Took> work) {
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
