package org.strongroom.product.proof;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.strongroom.product.Shield;

/**
 * A machine that is thrown away, as far as one user sees it: a home, folders for temporary files, and an installation of the finished product, which is started by the start script, as everybody starts
 * it, and traced.
 */
final class Machine {
	private static final Path PRODUCT = Path.of(System.getProperty("strongroom.product"));
	private static final Path SCRIPT = Path.of(System.getProperty("strongroom.script"));
	private final Path folder;
	private final Path product;
	private final Path records;
	private final Map<String, String> environment = new TreeMap<>();
	private int runs;

	/**
	 * @param folder an empty folder, the machine
	 * @param product where the product is to be installed
	 * @param records an empty folder that is none of it
	 */
	Machine(Path folder, Path product, Path records) throws IOException {
		this.folder = folder;
		this.product = product;
		this.records = records;
		for (String name : List.of("home", "home/.config", "home/.cache", "home/.local", "home/.local/share", "home/.local/state", "home/.ssh", "tmp", "run"))
			Files.createDirectory(folder.resolve(name), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
		install();
		for (String kept : List.of("PATH", "DISPLAY"))
			if (System.getenv(kept) != null)
				environment.put(kept, System.getenv(kept));
		Path home = home();
		environment.putAll(Map.of("HOME", home.toString(), "XDG_CONFIG_HOME", home.resolve(".config").toString(), "XDG_CACHE_HOME", home.resolve(".cache").toString(), "XDG_DATA_HOME",
				home.resolve(".local/share").toString(), "XDG_STATE_HOME", home.resolve(".local/state").toString(), "XDG_RUNTIME_DIR", folder.resolve("run").toString(), "TMPDIR",
				folder.resolve("tmp").toString(), "LANG", "C.UTF-8", "STRONGROOM_PRODUCT", product.toString()));
		environment.put("JAVA_HOME", System.getProperty("java.home"));
		environment.put("GDK_BACKEND", "x11");
		// Java asks the system for the account's home, not the environment
		environment.put("JAVA_TOOL_OPTIONS", "-Duser.home=" + home + " -Djava.io.tmpdir=" + folder.resolve("tmp") + " -Dstrongroom.ssh.agent=none");
	}

	/** The finished product: a copy, for it writes to its own configuration. Times are kept, for the JVM's cache of classes goes by them. */
	private void install() throws IOException {
		Files.walkFileTree(PRODUCT, new SimpleFileVisitor<>() {
			@Override
			public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
				Files.createDirectories(product.resolve(PRODUCT.relativize(folder)));
				return FileVisitResult.CONTINUE;
			}

			@Override
			public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
				Files.copy(file, product.resolve(PRODUCT.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
				return FileVisitResult.CONTINUE;
			}
		});
	}

	/** Adds bundles to the installation. They are found and started as those of the product are. */
	void add(Collection<Bundle> bundles) throws IOException {
		Path list = product.resolve("configuration/org.eclipse.equinox.simpleconfigurator/bundles.info");
		var lines = new ArrayList<>(Files.readAllLines(list));
		for (Bundle b : bundles)
			if (lines.stream().noneMatch(l -> l.startsWith(b.name() + ",")))
				lines.add("%s,%s,%s,4,false".formatted(b.name(), b.version(), b.place()));
		Files.write(list, lines);
	}

	/** A bundle to be added. */
	record Bundle(String name, String version, URI place) {
	}

	Path folder() {
		return folder;
	}

	Path home() {
		return folder.resolve("home");
	}

	/** Sets a variable of the environment for what is started from now on. */
	void set(String variable, String value) {
		environment.put(variable, value);
	}

	/** A process to be: the start script, traced from its first to its last breath. */
	ProcessBuilder command(String... words) throws IOException {
		return command(List.of(), words);
	}

	/** @param within what the start script is to run in, such as a session of D-Bus; traced like it */
	ProcessBuilder command(List<String> within, String... words) throws IOException {
		var command = new ArrayList<>(Shield.before());
		command.addAll(Trace.of(Files.createDirectory(records.resolve("run%02d".formatted(++runs)))));
		command.addAll(within);
		command.add(SCRIPT.toString());
		command.addAll(List.of(words));
		var builder = new ProcessBuilder(command).directory(home().toFile());
		builder.environment().clear();
		builder.environment().putAll(environment);
		return builder;
	}

	/** The record of each run so far. */
	List<Path> records() throws IOException {
		try (Stream<Path> all = Files.list(records)) {
			return all.sorted().toList();
		}
	}
}
