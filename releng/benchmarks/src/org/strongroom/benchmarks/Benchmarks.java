package org.strongroom.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Measures Strongroom and its peers on links of several lengths, and prints a table for each protocol. See {@code ../run}. */
public final class Benchmarks {
	private Benchmarks() {
	}

	/** @param arguments Strongroom's checkout, then options as {@code ../run} explains them */
	public static void main(String[] arguments) throws Exception {
		List<Integer> delays = List.of(0, 20, 50, 150);
		Set<String> only = Set.of("list", "list-large", "small", "read", "part", "write", "copy", "tree");
		Set<String> wanted = Set.of("sftp", "webdav", "webdav-tls");
		boolean peers = true;
		boolean docs = false;
		int megabytes = 512;
		long limit = 900;
		for (int i = 1; i < arguments.length; i++) {
			switch (arguments[i]) {
			case "--parts" -> wanted = Set.of(arguments[++i].split(","));
			case "--webdav" -> wanted = Set.of("webdav", "webdav-tls");
			case "--delays" -> delays = Stream.of(arguments[++i].split(",")).map(Integer::valueOf).toList();
			case "--only" -> only = Set.of(arguments[++i].split(","));
			case "--size" -> megabytes = Integer.parseInt(arguments[++i]);
			case "--limit" -> limit = Long.parseLong(arguments[++i]);
			case "--without-peers" -> peers = false;
			case "--docs" -> docs = true;
			default -> {
				System.err.println("'" + arguments[i] + "' is not known; see the head of releng/benchmarks/run");
				System.exit(2);
			}
			}
		}
		Path state = Files.createTempDirectory("strongroom-benchmarks-");
		// a server's own account may pass through
		Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwx--x--x"));
		Path shm = Path.of("/dev/shm");
		Path memory = Files.createTempDirectory(Files.isWritable(shm) ? shm : state, "strongroom-benchmarks-");
		var run = new Part.Run(Path.of(arguments[0]), state, memory, only, peers, limit, new Fixtures(state, memory, megabytes, wanted.contains("sftp") && only.contains("list-large")));
		var parts = new ArrayList<Part>();
		try {
			if (wanted.contains("sftp"))
				parts.add(new SftpPart(run));
			if (wanted.contains("webdav"))
				parts.add(new WebDavPart(run, false));
			if (wanted.contains("webdav-tls"))
				parts.add(new WebDavPart(run, true));
			for (Part part : parts)
				measure(part, delays, docs ? run.root().resolve("docs") : null);
			for (Part part : parts)
				part.table().print(System.out);
		} finally {
			for (Path folder : List.of(state, memory))
				Part.delete(folder);
		}
	}

	private static void measure(Part part, List<Integer> delays, Path docs) throws Exception {
		try (part) {
			for (int delay : delays) {
				part.measure(delay);
				if (docs != null)
					part.table().write(docs, part.name());
			}
		}
	}
}
