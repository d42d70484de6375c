package org.strongroom.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Runs other programs. */
final class Shell {
	private final long limit;

	/** @param limit seconds after which a program is ended */
	Shell(long limit) {
		this.limit = limit;
	}

	/**
	 * What a program did.
	 *
	 * @param whole whether it came to its end; if not, the limit was reached
	 * @param said on both its channels
	 */
	record Result(double seconds, boolean whole, String said) {
		Took took() {
			return new Took(seconds, whole);
		}
	}

	Result run(String... command) throws IOException, InterruptedException {
		return run(List.of(command));
	}

	/** Runs a program to its end, or to the limit. */
	Result run(List<String> command) throws IOException, InterruptedException {
		long start = System.nanoTime();
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		process.getOutputStream().close();
		var ended = new AtomicBoolean();
		Thread watch = Thread.ofVirtual().start(() -> {
			try {
				if (!process.waitFor(limit, TimeUnit.SECONDS)) {
					ended.set(true);
					end(process);
				}
			} catch (InterruptedException e) {
				// it came to its end
			}
		});
		String said = new String(process.getInputStream().readAllBytes());
		int code = process.waitFor();
		double seconds = (System.nanoTime() - start) / 1e9;
		watch.interrupt();
		if (code != 0 && !ended.get())
			throw new IOException(command.getFirst() + " failed: " + said);
		return new Result(seconds, !ended.get(), said);
	}

	/** Ends a program and those it has started. */
	static void end(Process process) {
		List<ProcessHandle> below = process.descendants().toList();
		process.destroyForcibly();
		below.forEach(ProcessHandle::destroyForcibly);
	}

	static List<String> words(List<String> first, String... more) {
		var all = new ArrayList<>(first);
		all.addAll(List.of(more));
		return all;
	}
}
