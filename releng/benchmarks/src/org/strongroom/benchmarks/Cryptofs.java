package org.strongroom.benchmarks;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.stream.Stream;

import org.cryptomator.integrations.mount.Mount;
import org.cryptomator.integrations.mount.MountBuilder;
import org.cryptomator.integrations.mount.MountService;

/** A program of its own that works in a vault by way of cryptofs, so that it begins as cold as Strongroom does. Prints the seconds of each step, one a line. */
final class Cryptofs {
	private Cryptofs() {
	}

	/** @param arguments the vault's folder, what to do, and with what */
	public static void main(String[] arguments) throws Exception {
		try (FileSystem vault = Fixtures.open(Path.of(arguments[0]))) {
			switch (arguments[1]) {
			case "list" -> print(() -> list(vault.getPath(arguments[2])));
			case "read" -> print(() -> read(vault.getPath(arguments[2])));
			case "write" -> print(() -> write(Path.of(arguments[2]), vault.getPath(arguments[3])));
			case "small" -> {
				Path file = vault.getPath(arguments[2]);
				Files.exists(file);
				print(() -> read(file));
				print(() -> write(Path.of(arguments[3]), file));
			}
			case "mount" -> mount(vault.getPath("/"), Path.of(arguments[2]));
			default -> throw new IllegalArgumentException(arguments[1]);
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
