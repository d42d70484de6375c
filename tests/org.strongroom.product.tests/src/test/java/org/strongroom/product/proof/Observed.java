package org.strongroom.product.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A throw-away machine under observation: what is started on it is traced, and whatever changes on the real one around it is looked at. */
final class Observed implements AutoCloseable {
	private final Path base;
	private final List<Path> servers = new ArrayList<>();
	private final Search search;
	private final Changes changes;
	private final boolean small;
	private final Machine machine;

	/**
	 * @param base an empty folder
	 * @param server the folder that the server serves: what lies there does not lie on this machine
	 */
	Observed(Path base, Path server, Canaries canaries) throws IOException, InterruptedException {
		this.base = base;
		servers.add(server);
		search = new Search(canaries.forms());
		Path folder = Files.createDirectory(base.resolve("machine"));
		small = new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", folder.toString()).redirectErrorStream(true).start().waitFor() == 0;
		machine = new Machine(folder, base.resolve("product"), Files.createDirectory(base.resolve("records")));
		Files.createDirectory(aside());
		changes = Changes.from(aside());
	}

	Machine machine() {
		return machine;
	}

	/** Where files of the test lie that are none of the machine. */
	Path aside() {
		return base.resolve("aside");
	}

	/** A folder that one more server has. */
	void server(Path folder) {
		servers.add(folder);
	}

	/** Whether the machine's disk can be {@linkplain #fillDisk filled}. */
	boolean isSmall() {
		return small;
	}

	/** Leaves no room on the machine's disk. @return the file that takes it */
	Path fillDisk() throws IOException {
		Path filling = machine.folder().resolve("filling");
		try (var out = Files.newOutputStream(filling)) {
			while (true)
				out.write(new byte[4096]);
		} catch (IOException e) {
			return filling;
		}
	}

	/** What the runs so far wrote. @param aside destinations where nothing is kept */
	private List<Trace> traces(Predicate<String> aside) throws IOException {
		var traces = new ArrayList<Trace>();
		for (Path record : machine.records())
			traces.add(Trace.read(record, search, aside));
		return traces;
	}

	/** Where canaries are now, in names and contents of what has changed on the machine. */
	private List<Leak> left() throws IOException {
		var asides = new ArrayList<>(List.of(base.resolve("records"), aside()));
		asides.addAll(servers);
		return changes.leaks(search, asides);
	}

	/** All is as it should be: no canary was written by the runs so far, and there is none in anything that has changed. @return what was looked at, run by run */
	List<Trace> assertNothingFound(Predicate<String> aside) throws IOException {
		List<Trace> traces = traces(aside);
		assertThat(traces).as("written").flatExtracting(Trace::leaks).isEmpty();
		assertThat(left()).as("left").isEmpty();
		return traces;
	}

	/** Canaries are in exactly these files of a folder, and were written nowhere but in that folder. */
	void assertFoundIn(Path folder, List<String> names, Predicate<String> aside) throws IOException {
		assertThat(left()).as("left").extracting(Leak::where).containsExactlyInAnyOrderElementsOf(names.stream().map(n -> folder.resolve(n).toString()).toList());
		assertWrittenIn(folder, aside);
	}

	/** Canaries were written in a folder, and nowhere else, and there are none any more. */
	void assertWrittenInAndGone(Path folder, Predicate<String> aside) throws IOException {
		assertThat(left()).as("left").isEmpty();
		assertWrittenIn(folder, aside);
	}

	private void assertWrittenIn(Path folder, Predicate<String> aside) throws IOException {
		// a call and what it was given, or a file
		assertThat(traces(aside)).as("written").flatExtracting(Trace::leaks).extracting(Leak::where).isNotEmpty().allMatch(w -> w.replaceFirst("^[a-z0-9]+ ", "").startsWith(folder + "/"));
	}

	@Override
	public void close() throws IOException, InterruptedException {
		// what was killed may hold something there for a moment
		if (small)
			assertThat(new ProcessBuilder("umount", "--lazy", machine.folder().toString()).start().waitFor()).isZero();
	}
}
