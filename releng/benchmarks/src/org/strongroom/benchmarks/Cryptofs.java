package org.strongroom.benchmarks;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import org.cryptomator.cryptofs.CryptoFileSystem;
import org.cryptomator.integrations.mount.Mount;
import org.cryptomator.integrations.mount.MountBuilder;
import org.cryptomator.integrations.mount.MountService;

/** A program of its own that works in a vault by way of cryptofs, so that it begins as cold as Strongroom does. Prints the seconds of each step, one a line. */
final class Cryptofs {
	private Cryptofs() {
	}

	/** @param arguments the vault's folder, the same on the server's disk, what to do, and with what */
	public static void main(String[] arguments) throws Exception {
		Path mounted = Path.of(arguments[0]);
		Path served = Path.of(arguments[1]);
		try (FileSystem vault = Fixtures.open(mounted)) {
			switch (arguments[2]) {
			case "list" -> print(() -> list(vault.getPath(arguments[3])));
			case "read" -> print(() -> read(vault.getPath(arguments[3])));
			case "write" -> {
				Path file = vault.getPath(arguments[4]);
				print(() -> {
					write(Path.of(arguments[3]), file);
					await(mounted, served, file, null);
				});
			}
			case "small" -> {
				Path file = vault.getPath(arguments[3]);
				FileTime before = Files.getLastModifiedTime(onServer(mounted, served, file));
				print(() -> read(file));
				print(() -> {
					write(Path.of(arguments[4]), file);
					await(mounted, served, file, before);
				});
			}
			case "mount" -> mount(vault.getPath("/"), Path.of(arguments[3]));
			default -> throw new IllegalArgumentException(arguments[2]);
			}
		}
	}

	private interface Step {
		void run() throws IOException;
	}

	private static void print(Step step) throws IOException {
		long start = System.nanoTime();
		step.run();
		System.out.println((System.nanoTime() - start) / 1e9);
	}

	private static void list(Path folder) throws IOException {
		try (Stream<Path> items = Files.list(folder)) {
			for (Path item : items.toList())
				Files.readAttributes(item, BasicFileAttributes.class);
		}
	}

	private static void read(Path file) throws IOException {
		Files.copy(file, OutputStream.nullOutputStream());
	}

	private static void write(Path from, Path to) throws IOException {
		Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
	}

	private static Path onServer(Path mounted, Path served, Path file) throws IOException {
		return served.resolve(mounted.relativize(((CryptoFileSystem) file.getFileSystem()).getCiphertextPath(file)));
	}

	/** Waits for what was written to be on the server: some mounts go on sending after the file was closed. @param before when the file was changed before that, null for a new one */
	private static void await(Path mounted, Path served, Path file, FileTime before) throws IOException {
		Path there = onServer(mounted, served, file);
		long size = Files.size(((CryptoFileSystem) file.getFileSystem()).getCiphertextPath(file));
		while (Files.notExists(there) || Files.size(there) != size || Files.getLastModifiedTime(there).equals(before))
			LockSupport.parkNanos(1_000_000);
	}

	/** Is a drive, with Cryptomator's own flags, until standard input ends. */
	private static void mount(Path root, Path drive) throws Exception {
		MountService service = MountService.get().filter(s -> s.getClass().getSimpleName().contains("Fuse")).findFirst().orElseThrow(() -> new IOException("there is no FUSE here"));
		MountBuilder builder = service.forFileSystem(root).setMountpoint(drive).setMountFlags(service.getDefaultMountFlags());
		try (Mount _ = builder.mount()) {
			System.out.println("ready");
			System.in.read();
		}
	}
}
