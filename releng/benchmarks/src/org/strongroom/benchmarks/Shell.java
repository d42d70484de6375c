package org.strongroom.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Runs other programs. */
final class Shell {
	private Shell() {
	}

	/** Runs a program to its end. @return seconds it took */
	static double run(String... command) throws IOException, InterruptedException {
		return run(List.of(command));
	}

	/** Runs a program to its end. @return seconds it took */
	static double run(List<String> command) throws IOException, InterruptedException {
		long start = System.nanoTime();
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		process.getOutputStream().close();
		String said = new String(process.getInputStream().readAllBytes());
		if (process.waitFor() != 0)
			throw new IOException(command.getFirst() + " failed: " + said);
		return (System.nanoTime() - start) / 1e9;
	}

	static List<String> words(List<String> first, String... more) {
		var all = new ArrayList<>(first);
		all.addAll(List.of(more));
		return all;
	}
}
