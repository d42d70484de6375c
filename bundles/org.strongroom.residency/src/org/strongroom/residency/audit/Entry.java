package org.strongroom.residency.audit;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A line of the log, read.
 *
 * @param number from 1
 * @param time as it is there: {@code 2026-11-29T21:05:03.123Z}
 * @param event its word
 * @param result its word
 * @param server empty if it concerns none
 * @param serverKey empty if unknown
 * @param vault empty if in none
 * @param paths keyed hashes
 * @param readable the paths, for who has the auditor's key; empty else
 * @param place where it went, or was to go, of what left memory or was kept from it: a keyed hash, or words that name nothing; empty if that is not told
 * @param readablePlace the place, for who has the auditor's key, if it is hidden; empty else
 * @param detail more, by name
 * @param hash of the line, in hexadecimal digits
 */
public record Entry(long number, String time, String event, String result, String machine, String user, String process, String server, String serverKey, String vault, List<String> paths,
		Optional<List<String>> readable, String place, Optional<String> readablePlace, Map<String, String> detail, String hash) {
	public Entry {
		paths = List.copyOf(paths);
	}

	/** What it is about on one line, readable as far as it may be, and where it went: {@code /Vault/notes.txt to /home/ann/notes.txt}. */
	public String pathWords() {
		String what = String.join(" ", readable.orElse(paths));
		return place.isEmpty() ? what : (what + " to " + readablePlace.orElse(place)).strip();
	}

	/** The detail on one line: {@code items=3 why=forbidden}. */
	public String detailWords() {
		return detail.entrySet().stream().map(d -> d.getKey() + "=" + d.getValue()).collect(Collectors.joining(" "));
	}
}
