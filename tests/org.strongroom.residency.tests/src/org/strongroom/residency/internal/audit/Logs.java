package org.strongroom.residency.internal.audit;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

import org.strongroom.residency.audit.Verification;

/** Logs for tests. */
final class Logs {
	static final Origin ORIGIN = new Origin("desk", "ann", "17-00000000");

	private Logs() {
	}

	static Journal journal(Path folder) {
		return new Journal(new LogFolder(folder), ORIGIN, Clock.systemUTC(), Journal.LARGEST_FILE);
	}

	static Happened event(int n) {
		return new Happened(Instant.now(), "open", "ok", "sftp://ann@hq", "SHA256:abc", "vault-1", List.of("/Vault/file-" + n), "", Map.of("round", Integer.toString(n)));
	}

	/** Appends so many events. */
	static void append(Journal journal, int from, int count, boolean sign) throws IOException {
		journal.append(_ -> IntStream.range(from, from + count).mapToObj(n -> event(n).body(ORIGIN, journal.keys(), "")).toList(), sign);
	}

	static Verification verify(Path folder) throws IOException {
		return LogFiles.ofFolder(folder, true).verify(Optional.empty(), Optional.empty());
	}

	static Verification verifyCopy(Path... files) throws IOException {
		return LogFiles.of(List.of(files)).verify(Optional.empty(), Optional.empty());
	}
}
