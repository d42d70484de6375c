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
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

import org.strongroom.testing.DelayProxy;

/** What is measured over one protocol: a server, and the work done on it. */
abstract class Part implements AutoCloseable {
	/** Bytes under way on a long link. */
	private static final int LINK_WINDOW = 16 << 20;
	static final String LIST = "list 800 files + 200 folders, with sizes";
	static final String OPEN = "open a 10 KiB file of a folder just shown";
	static final String SAVE = "save a 10 KiB file";

	/**
	 * What all parts have in common.
	 *
	 * @param root of Strongroom's checkout
	 * @param state a folder for whatever is made
	 * @param memory the same, in memory where there is {@code /dev/shm}
	 * @param only kinds of work to be measured
	 * @param peers whether others are measured, too
	 * @param limit seconds after which one of those is ended
	 */
	record Run(Path root, Path state, Path memory, Set<String> only, boolean peers, long limit, Fixtures fixtures) {
	}

	protected final Run run;
	protected final Fixtures fixtures;
	private final Table table = new Table();

	Part(Run run) {
		this.run = run;
		fixtures = run.fixtures();
	}

	final Table table() {
		return table;
	}

	/** Names it where the figures are kept. */
	abstract String name();

	/** The port that the server itself listens to. */
	abstract int serverPort();

	/** Where the bookmark of a session leads to, and the password that is wanted there. */
	record Way(String place, String password) {
	}

	abstract Way way(int port);

	abstract Peers peers(int port);

	/** Does all that is to be measured. */
	abstract void work(int delay, int port) throws Exception;

	/** @param delay of a round trip, in milliseconds */
	final void measure(int delay) throws Exception {
		try (DelayProxy link = DelayProxy.to("127.0.0.1", serverPort()).inFlight(LINK_WINDOW).start()) {
			if (delay > 0) {
				warmUp(peers(link.port()));
				link.delay(Duration.ofMillis(delay).dividedBy(2), Duration.ofMillis(delay).dividedBy(2));
			}
			// without a delay there is nothing in between
			work(delay, delay == 0 ? serverPort() : link.port());
		}
	}

	/** The link is a Java program, too: it is not to be compiled in the time of whoever comes first. */
	private void warmUp(Peers others) throws IOException {
		Path passed = run.memory().resolve("passed");
		Path back = fixtures.served.resolve("passed");
		others.rclone("copyto", others.remote(fixtures.hugeCiphertext), passed.toString());
		others.rclone("copyto", passed.toString(), others.remote(back));
		Files.deleteIfExists(passed);
		Files.deleteIfExists(back);
	}

	final boolean does(String kind) {
		return run.only().contains(kind);
	}

	final Strongroom strongroom(int port, String heap) throws IOException, InterruptedException {
		Way way = way(port);
		return new Strongroom(run.root(), Files.createTempDirectory(run.state(), "home-"), way.place(), way.password(), Fixtures.PASSPHRASE, heap);
	}

	/** Runs a command often enough to see what it takes at first, and what it takes once the JVM knows it. @param after what is done after each run */
	final void firstAndWarm(Strongroom own, String work, int delay, String command, String... after) throws IOException, InterruptedException {
		var costs = new ArrayList<Strongroom.Cost>();
		for (int run = 1; run <= 6; run++) {
			costs.add(own.run(command));
			for (String then : after)
				own.run(then);
		}
		add(work, delay, "Strongroom (heap 160 MB), first", costs.getFirst());
		add(work, delay, "Strongroom (heap 160 MB), warm", median(costs.subList(3, 6).stream(), Strongroom.Cost::seconds));
	}

	/** The median of three where a run takes no longer than the machine's moods count. */
	static Took several(int delay, Supplier<Took> once) {
		return median(Stream.generate(once).limit(delay == 0 ? 3 : 1), Took::seconds);
	}

	static <T> T median(Stream<T> runs, ToDoubleFunction<T> seconds) {
		List<T> sorted = runs.sorted(Comparator.comparingDouble(seconds)).toList();
		return sorted.get(sorted.size() / 2);
	}

	/** Adds a row for one of the peers. */
	final void add(String work, int delay, String who, Took took) {
		table.add(named(work), delay, who, took);
	}

	/** Adds a row for Strongroom. */
	final void add(String work, int delay, String who, Strongroom.Cost cost) {
		table.add(named(work), delay, who, cost);
	}

	/** What a row says of the work. */
	String named(String work) {
		return work;
	}

	/** The medians of three sessions, in each of which it is the first folder of that kind. */
	final void ownList(int delay, int port) throws IOException, InterruptedException {
		var unlocked = new ArrayList<Strongroom.Cost>();
		var listed = new ArrayList<Strongroom.Cost>();
		for (int session = 1; session <= 3; session++) {
			try (Strongroom own = strongroom(port, null)) {
				own.run("ls -l bench:/");
				unlocked.add(own.run("ls -l bench:/Vault"));
				listed.add(own.run("ls -l bench:/Vault/big"));
			}
		}
		add("unlock and show its root", delay, "Strongroom", median(unlocked.stream(), Strongroom.Cost::seconds));
		add(LIST, delay, "Strongroom", median(listed.stream(), Strongroom.Cost::seconds));
	}

	final void ownSmall(int delay, int port) throws IOException, InterruptedException {
		try (Strongroom own = strongroom(port, null)) {
			own.run("ls bench:/Vault");
			own.run("ls bench:/Vault/big");
			add(OPEN, delay, "Strongroom", own.run("cat 'bench:/Vault/big/" + Fixtures.SMALL + "'"));
			add(SAVE, delay, "Strongroom", own.run("put " + fixtures.smallFile + " 'bench:/Vault/big/" + Fixtures.SMALL + "'"));
		}
	}

	final void cryptofsSmall(int delay, Peers others, String who) {
		List<Took> took = others.cryptofs(fixtures.served, 2, "small", "/big/" + Fixtures.SMALL, fixtures.smallFile.toString());
		add(OPEN, delay, who, took.getFirst());
		add(SAVE, delay, who, took.getLast());
	}

	final String reading() {
		return "read %d MiB".formatted(fixtures.megabytes);
	}

	final void ownRead(int delay, int port) throws IOException, InterruptedException {
		Path target = run.memory().resolve("got");
		try (Strongroom own = strongroom(port, "160m")) {
			own.run("ls bench:/Vault");
			firstAndWarm(own, reading(), delay, "get bench:/Vault/huge " + target);
			check(fixtures.hugeFile, target);
			Files.delete(target);
		}
	}

	final String writing() {
		return "write %d MiB".formatted(fixtures.megabytes);
	}

	final void ownWrite(int delay, int port) throws IOException, InterruptedException {
		try (Strongroom own = strongroom(port, "160m")) {
			own.run("ls bench:/Vault");
			firstAndWarm(own, writing(), delay, "put " + fixtures.hugeFile + " bench:/Vault/written", "rm bench:/Vault/written");
		}
	}

	final void tree(int delay, int port, Peers others, int files) throws IOException, InterruptedException {
		String up = "upload %,d files of 4 KiB".formatted(files);
		String down = "download %,d files of 4 KiB".formatted(files);
		Path tree = fixtures.tree(files);
		Path target = run.memory().resolve("got-tree");
		try (Strongroom own = strongroom(port, "160m")) {
			own.run("ls bench:/Vault");
			add(up, delay, "Strongroom (into the vault)", own.run("put -r " + tree + " bench:/Vault/tree"));
			add(down, delay, "Strongroom (from the vault)", own.run("get -r bench:/Vault/tree " + target));
			check(tree.resolve("folder-3/file-303"), target.resolve("folder-3/file-303"));
			delete(target);
			own.run("rm -r bench:/Vault/tree");
		}
		if (!run.peers())
			return;
		Path plain = fixtures.served.resolve("tree");
		add(up, delay, "rclone --transfers 16 (plain)", others.rclone("copy", tree.toString(), others.remote(plain), "--transfers", "16"));
		add(down, delay, "rclone --transfers 16 (plain)", others.rclone("copy", others.remote(plain), target.toString(), "--transfers", "16"));
		delete(plain);
		delete(target);
	}

	/** On the server, for a peer may have left half of it. */
	final void removeWritten() throws IOException {
		try (var readable = Fixtures.open(fixtures.vault)) {
			Files.deleteIfExists(readable.getPath("/written"));
		}
	}

	static void check(Path expected, Path found) throws IOException {
		if (Files.mismatch(expected, found) >= 0)
			throw new IOException(found + " is not what it should be");
	}

	static void delete(Path folder) throws IOException {
		if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS))
			return;
		try (Stream<Path> all = Files.walk(folder)) {
			for (Path path : new ArrayList<>(all.sorted(Comparator.reverseOrder()).toList()))
				Files.deleteIfExists(path);
		}
	}

	@Override
	public abstract void close();
}
