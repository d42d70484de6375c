package org.strongroom.benchmarks;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** How others do the same work. All figures in seconds. */
final class Peers {
	private static final String FASTEST = "aes256-gcm@openssh.com";

	private final Server server;
	private final int port;
	private final Path state;

	/** @param port of the link to the server */
	Peers(Server server, int port, Path state) {
		this.server = server;
		this.port = port;
		this.state = state;
	}

	/** OpenSSH's own client, with its fastest cipher. @param command {@code get FROM TO} or {@code put FROM TO} */
	double sftp(String command) throws IOException, InterruptedException {
		Path batch = state.resolve("batch");
		Files.writeString(batch, command + "\n");
		return Shell.run(Shell.words(Shell.words(List.of("sftp", "-q", "-b", batch.toString(), "-P", Integer.toString(port), "-c", FASTEST),
				server.options().toArray(String[]::new)), "root@127.0.0.1"));
	}

	double rclone(String verb, String from, String to, String... more) throws IOException, InterruptedException {
		var command = Shell.words(List.of("rclone", "--config", "/dev/null", verb, from, to, "--ignore-checksum"), more);
		return Shell.run(command);
	}

	/** How rclone names a path on the server. */
	String remote(Path path) {
		return ":sftp,host=127.0.0.1,port=%d,user=root,key_file='%s',disable_hashcheck=true:%s".formatted(port, server.key(), path);
	}

	/** Work on the server mounted with sshfs. */
	interface Mounted {
		void work(Path mounted) throws IOException;
	}

	/** What work takes on the server's folder mounted with sshfs, the mounting left out. */
	double sshfs(Path folder, Mounted work) throws IOException, InterruptedException {
		Path mount = Files.createDirectories(state.resolve("mount"));
		Shell.run(Shell.words(Shell.words(List.of("sshfs", "-p", Integer.toString(port), "root@127.0.0.1:" + folder, mount.toString()),
				server.options().toArray(String[]::new)), "-o", "Ciphers=" + FASTEST));
		try {
			long start = System.nanoTime();
			work.work(mount);
			return (System.nanoTime() - start) / 1e9;
		} finally {
			Shell.run("fusermount", "-u", "-z", mount.toString());
		}
	}

	/** cryptofs on an sshfs mount, as Cryptomator's drive works. @param work with the readable file system; only it is timed */
	double cryptofs(Path served, Work work) throws IOException, InterruptedException {
		double[] seconds = new double[1];
		sshfs(served, mounted -> {
			try (FileSystem readable = Fixtures.open(mounted.resolve("Vault"))) {
				long start = System.nanoTime();
				work.work(readable);
				seconds[0] = (System.nanoTime() - start) / 1e9;
			}
		});
		return seconds[0];
	}

	interface Work {
		void work(FileSystem readable) throws IOException;
	}

	static void listWithSizes(Path folder) throws IOException {
		try (Stream<Path> items = Files.list(folder)) {
			for (Path item : items.toList())
				Files.readAttributes(item, BasicFileAttributes.class);
		}
	}

	static void read(Path file) throws IOException {
		Files.copy(file, OutputStream.nullOutputStream());
	}

	static void write(Path from, Path to) throws IOException {
		Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
	}

	/** The result, or not-a-number and a word on standard error if a peer cannot do it. */
	static double tried(String what, Callable<Double> work) {
		try {
			return work.call();
		} catch (Exception e) {
			System.err.println(what + ": " + e.getMessage());
			return Double.NaN;
		}
	}
}
