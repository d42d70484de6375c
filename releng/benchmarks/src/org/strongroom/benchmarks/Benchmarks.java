package org.strongroom.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

import org.strongroom.testing.DelayProxy;

/** Measures Strongroom and its peers on links of several lengths, and prints one table. See {@code ../run}. */
public final class Benchmarks {
	/** Bytes under way on a long link. */
	private static final int LINK_WINDOW = 16 << 20;

	private final Path root;
	private final Path state;
	private final Path memory;
	private final boolean peers;
	private final Set<String> only;
	private final int megabytes;
	private final long limit;
	private final Table table = new Table();

	private Benchmarks(Path root, Path state, Path memory, boolean peers, Set<String> only, int megabytes, long limit) {
		this.root = root;
		this.state = state;
		this.memory = memory;
		this.peers = peers;
		this.only = only;
		this.megabytes = megabytes;
		this.limit = limit;
	}

	/** @param arguments Strongroom's checkout, then options as {@code ../run} explains them */
	public static void main(String[] arguments) throws Exception {
		List<Integer> delays = List.of(0, 20, 50, 150);
		Set<String> only = Set.of("list", "list-large", "small", "read", "part", "write", "copy", "tree");
		boolean peers = true;
		boolean docs = false;
		int megabytes = 512;
		long limit = 900;
		for (int i = 1; i < arguments.length; i++) {
			switch (arguments[i]) {
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
		Path root = Path.of(arguments[0]);
		Path state = Files.createTempDirectory("strongroom-benchmarks-");
		Path shm = Path.of("/dev/shm");
		Path memory = Files.createTempDirectory(Files.isWritable(shm) ? shm : state, "strongroom-benchmarks-");
		try (Server server = new Server(state.resolve("sshd"))) {
			var benchmarks = new Benchmarks(root, state, memory, peers, only, megabytes, limit);
			var fixtures = new Fixtures(state, memory, megabytes, only.contains("list-large"));
			for (int delay : delays) {
				benchmarks.measure(server, fixtures, delay);
				if (docs)
					benchmarks.table.write(root.resolve("docs"));
			}
			benchmarks.table.print(System.out);
		} finally {
			for (Path folder : List.of(state, memory))
				delete(folder);
		}
	}

	private void measure(Server server, Fixtures fixtures, int delay) throws Exception {
		try (DelayProxy link = DelayProxy.to("127.0.0.1", server.port()).inFlight(LINK_WINDOW).start()) {
			// without a delay there is nothing in between
			int port = delay == 0 ? server.port() : link.port();
			var others = new Peers(server, port, state, limit);
			if (delay > 0) {
				warmUp(others, fixtures);
				link.delay(Duration.ofMillis(delay).dividedBy(2), Duration.ofMillis(delay).dividedBy(2));
			}
			if (only.contains("list"))
				list(server, fixtures, delay, port, others);
			if (only.contains("list-large"))
				listLarge(server, fixtures, delay, port);
			if (only.contains("small"))
				small(server, fixtures, delay, port, others);
			if (only.contains("read"))
				read(server, fixtures, delay, port, others);
			if (only.contains("part"))
				part(server, fixtures, delay, port, others);
			if (only.contains("write"))
				write(server, fixtures, delay, port, others);
			if (only.contains("copy"))
				copy(server, fixtures, delay, port);
			if (only.contains("tree"))
				tree(server, fixtures, delay, port, others);
		}
	}

	/** The link is a Java program, too: it is not to be compiled in the time of whoever comes first. */
	private void warmUp(Peers others, Fixtures fixtures) throws IOException {
		Path passed = memory.resolve("passed");
		others.sftp("get " + fixtures.hugeCiphertext + " " + passed);
		Path back = fixtures.served.resolve("passed");
		others.sftp("put " + passed + " " + back);
		Files.deleteIfExists(passed);
		Files.deleteIfExists(back);
	}

	private Strongroom strongroom(Server server, Fixtures fixtures, int port, String heap) throws IOException, InterruptedException {
		return new Strongroom(root, Files.createTempDirectory(state, "home-"), server, port, fixtures.served, Fixtures.PASSPHRASE, heap);
	}

	private void list(Server server, Fixtures fixtures, int delay, int port, Peers others) throws Exception {
		try (Strongroom own = strongroom(server, fixtures, port, null)) {
			own.run("ls -l bench:/");
			table.add("unlock and show its root", delay, "Strongroom", own.run("ls -l bench:/Vault"));
			table.add("list 800 files + 200 folders, with sizes", delay, "Strongroom", own.run("ls -l bench:/Vault/big"));
		}
		if (peers)
			table.add("list 800 files + 200 folders, with sizes", delay, "cryptofs over sshfs", others.cryptofs(fixtures.served, 1, "list", "/big").getFirst());
	}

	private void listLarge(Server server, Fixtures fixtures, int delay, int port) throws Exception {
		try (Strongroom own = strongroom(server, fixtures, port, "400m")) {
			own.run("ls bench:/Vault");
			table.add("list 10,000 files + 1,000 folders, with sizes (heap 400 MB)", delay, "Strongroom", own.run("ls -l bench:/Vault/large"));
		}
	}

	private void small(Server server, Fixtures fixtures, int delay, int port, Peers others) throws Exception {
		String name = "a file of a customer, number 7.txt";
		try (Strongroom own = strongroom(server, fixtures, port, null)) {
			own.run("ls bench:/Vault/big");
			table.add("open a 10 KiB file of a folder just shown", delay, "Strongroom", own.run("cat 'bench:/Vault/big/" + name + "'"));
			table.add("save a 10 KiB file", delay, "Strongroom", own.run("put " + fixtures.smallFile + " 'bench:/Vault/big/" + name + "'"));
		}
		if (!peers)
			return;
		List<Took> took = others.cryptofs(fixtures.served, 2, "small", "/big/" + name, fixtures.smallFile.toString());
		table.add("open a 10 KiB file of a folder just shown", delay, "cryptofs over sshfs", took.getFirst());
		table.add("save a 10 KiB file", delay, "cryptofs over sshfs", took.getLast());
	}

	/** Runs a command often enough to see what it takes at first, and what it takes once the JVM knows it. */
	private void firstAndWarm(Strongroom own, String work, int delay, String command) throws IOException, InterruptedException {
		table.add(work, delay, "Strongroom (heap 160 MB), first", own.run(command));
		var costs = new ArrayList<Strongroom.Cost>();
		for (int run = 2; run <= 6; run++)
			costs.add(own.run(command));
		table.add(work, delay, "Strongroom (heap 160 MB), warm", median(costs.subList(2, 5).stream(), Strongroom.Cost::seconds));
	}

	/** The median of three where a run takes no longer than the machine's moods count. */
	private static Took sftp(Peers others, int delay, String command) {
		return median(Stream.generate(() -> others.sftp(command)).limit(delay == 0 ? 3 : 1), Took::seconds);
	}

	private static <T> T median(Stream<T> runs, ToDoubleFunction<T> seconds) {
		List<T> sorted = runs.sorted(Comparator.comparingDouble(seconds)).toList();
		return sorted.get(sorted.size() / 2);
	}

	private void read(Server server, Fixtures fixtures, int delay, int port, Peers others) throws Exception {
		String work = "read %d MiB".formatted(megabytes);
		Path target = memory.resolve("got");
		try (Strongroom own = strongroom(server, fixtures, port, "160m")) {
			own.run("ls bench:/Vault");
			firstAndWarm(own, work, delay, "get bench:/Vault/huge " + target);
			check(fixtures.hugeFile, target);
			Files.delete(target);
		}
		if (!peers)
			return;
		String plain = fixtures.hugeCiphertext.toString();
		table.add(work, delay, "sftp (the ciphertext)", sftp(others, delay, "get " + plain + " " + target));
		table.add(work, delay, "rclone (the ciphertext)", others.rclone("copyto", others.remote(fixtures.hugeCiphertext), target.toString()));
		Files.deleteIfExists(target);
		table.add(work, delay, "cryptofs over sshfs", others.cryptofs(fixtures.served, 1, "read", "/huge").getFirst());
		table.add(work, delay, "Cryptomator's drive over sshfs", others.drive(fixtures.served, "dd", "if=DRIVE/huge", "of=/dev/null", "bs=1M"));
	}

	private void part(Server server, Fixtures fixtures, int delay, int port, Peers others) throws Exception {
		String work = "1 MiB out of the middle of %d MiB".formatted(megabytes);
		String where = "--offset %d --count %d".formatted(megabytes * 5L << 17, 1 << 20);
		try (Strongroom own = strongroom(server, fixtures, port, null)) {
			own.run("ls bench:/Vault");
			table.add(work, delay, "Strongroom", own.run("cat " + where + " bench:/Vault/huge"));
		}
		if (peers)
			table.add(work, delay, "rclone (the ciphertext), with its sign-in", others.rclone(Shell.words(List.of("cat", others.remote(fixtures.hugeCiphertext)), where.split(" ")).toArray(String[]::new)));
	}

	private void write(Server server, Fixtures fixtures, int delay, int port, Peers others) throws Exception {
		String work = "write %d MiB".formatted(megabytes);
		try (Strongroom own = strongroom(server, fixtures, port, "160m")) {
			own.run("ls bench:/Vault");
			firstAndWarm(own, work, delay, "put " + fixtures.hugeFile + " bench:/Vault/written");
			own.run("rm bench:/Vault/written");
		}
		if (!peers)
			return;
		Path target = fixtures.served.resolve("written");
		table.add(work, delay, "sftp (the ciphertext)", sftp(others, delay, "put " + fixtures.hugeCiphertext + " " + target));
		Files.deleteIfExists(target);
		table.add(work, delay, "sftp, flushed to the disk (ciphertext)", sftp(others, delay, "put -f " + fixtures.hugeCiphertext + " " + target));
		Files.deleteIfExists(target);
		table.add(work, delay, "rclone (the ciphertext)", others.rclone("copyto", fixtures.hugeCiphertext.toString(), others.remote(target)));
		Files.deleteIfExists(target);
		table.add(work, delay, "cryptofs over sshfs", others.cryptofs(fixtures.served, 1, "write", fixtures.hugeFile.toString(), "/written").getFirst());
		removeWritten(fixtures);
		table.add(work, delay, "Cryptomator's drive over sshfs", others.drive(fixtures.served, "dd", "if=" + fixtures.hugeFile, "of=DRIVE/written", "bs=1M", "conv=fsync"));
		removeWritten(fixtures);
	}

	/** On the server, for a peer may have left half of it. */
	private static void removeWritten(Fixtures fixtures) throws IOException {
		try (var readable = Fixtures.open(fixtures.vault)) {
			Files.deleteIfExists(readable.getPath("/written"));
		}
	}

	private void copy(Server server, Fixtures fixtures, int delay, int port) throws Exception {
		try (Strongroom own = strongroom(server, fixtures, port, null)) {
			own.run("ls bench:/Vault");
			table.add("copy %d MiB inside the vault".formatted(megabytes), delay, "Strongroom", own.run("cp bench:/Vault/huge bench:/Vault/copied"));
			own.run("rm bench:/Vault/copied");
		}
	}

	private void tree(Server server, Fixtures fixtures, int delay, int port, Peers others) throws Exception {
		String up = "upload %,d files of 4 KiB".formatted(Fixtures.TREE_FILES);
		String down = "download %,d files of 4 KiB".formatted(Fixtures.TREE_FILES);
		Path target = memory.resolve("got-tree");
		try (Strongroom own = strongroom(server, fixtures, port, "160m")) {
			own.run("ls bench:/Vault");
			table.add(up, delay, "Strongroom (into the vault)", own.run("put -r " + fixtures.tree + " bench:/Vault/tree"));
			table.add(down, delay, "Strongroom (from the vault)", own.run("get -r bench:/Vault/tree " + target));
			check(fixtures.tree.resolve("folder-3/file-303"), target.resolve("folder-3/file-303"));
			delete(target);
			own.run("rm -r bench:/Vault/tree");
		}
		if (!peers)
			return;
		Path plain = fixtures.served.resolve("tree");
		table.add(up, delay, "rclone --transfers 16 (plain)", others.rclone("copy", fixtures.tree.toString(), others.remote(plain), "--transfers", "16"));
		table.add(down, delay, "rclone --transfers 16 (plain)", others.rclone("copy", others.remote(plain), target.toString(), "--transfers", "16"));
		delete(plain);
		delete(target);
	}

	private static void check(Path expected, Path found) throws IOException {
		if (Files.mismatch(expected, found) >= 0)
			throw new IOException(found + " is not what it should be");
	}

	private static void delete(Path folder) throws IOException {
		if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS))
			return;
		try (Stream<Path> all = Files.walk(folder)) {
			for (Path path : new ArrayList<>(all.sorted(Comparator.reverseOrder()).toList()))
				Files.deleteIfExists(path);
		}
	}
}
