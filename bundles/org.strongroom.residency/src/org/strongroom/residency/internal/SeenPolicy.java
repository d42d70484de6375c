package org.strongroom.residency.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.strongroom.core.Home;
import org.strongroom.residency.policy.PlugInSource;
import org.strongroom.residency.policy.Policies;
import org.strongroom.residency.policy.PolicySource;

/** Notices that the policies in force are others than those that were seen last, by any process of this home. Thread-safe. */
final class SeenPolicy {
	/** In Strongroom's home: digests of the policies that were seen last. */
	private static final String FILE = "policy-seen";
	/** What {@link #FILE} says where nothing is in force. */
	private static final String NONE = "none";
	private String last;

	/** What is in force, by whose policy it is, if that is something new: the SHA-256 of a policy's bytes, or that it is damaged; {@value #NONE} if none is any more. */
	synchronized Optional<Map<String, String>> change(Policies policies) {
		var now = new TreeMap<String, String>();
		for (PolicySource.Found found : policies.found())
			now.merge(found.source().origin().name().toLowerCase(Locale.ROOT).replace('_', '-'), words(found), (one, other) -> one + " " + other);
		String words = now.isEmpty() ? NONE : now.toString();
		if (words.equals(last))
			return Optional.empty();
		boolean isNew = !words.equals(before());
		last = words;
		if (!isNew)
			return Optional.empty();
		if (now.isEmpty())
			now.put("all", NONE);
		try {
			Owned.write(file(), words);
		} catch (IOException e) {
			// then it is told once more by the next process
		}
		return Optional.of(now);
	}

	/** Of several plug-ins each names itself. */
	private static String words(PolicySource.Found found) {
		return (found.source() instanceof PlugInSource p ? p.plugIn() + "=" : "") + (found.isDamaged() ? "damaged" : "sha256") + ":" + found.digest();
	}

	private static Path file() {
		return Home.folder().resolve(FILE);
	}

	private static String before() {
		try {
			return Files.readString(file());
		} catch (NoSuchFileException e) {
			return NONE;
		} catch (IOException e) {
			return "";
		}
	}
}
