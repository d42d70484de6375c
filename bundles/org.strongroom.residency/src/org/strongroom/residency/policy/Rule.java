package org.strongroom.residency.policy;

import java.nio.file.FileSystems;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.Optional;
import java.util.Set;

import org.strongroom.core.find.Glob;
import org.strongroom.core.residency.Outgoing;
import org.strongroom.core.residency.Verdict;
import org.strongroom.core.residency.WayOut;

/**
 * One rule of a policy. What it does not name fits anything.
 *
 * @param line where it begins in its file, from 1
 * @param ways the ways out that it is about
 * @param bookmark pattern of the bookmark's name
 * @param vault pattern of the vault's location or of its id; {@value #NO_VAULT} for what is in none
 * @param place pattern of where it goes; for paths, {@code **} stands for folders, too
 * @param because the reason, for a person
 */
public record Rule(int line, Set<WayOut> ways, Optional<String> bookmark, Optional<String> vault, Optional<String> place, Verdict verdict, Optional<String> because) {
	/** As {@link #vault}: what is in no vault. */
	public static final String NO_VAULT = "none";

	public Rule {
		ways = Set.copyOf(ways);
	}

	/** Whether it is about something that is to leave memory. */
	public boolean fits(Outgoing outgoing) {
		return fitsSomewhere(outgoing) && place.map(pattern -> fitsPlace(pattern, outgoing.place())).orElse(true);
	}

	/** Whether there are places to which it may go so that this rule is about it. */
	boolean fitsSomewhere(Outgoing outgoing) {
		return ways.contains(outgoing.way()) && bookmark.map(pattern -> outgoing.bookmark().filter(b -> new Glob(pattern).matches(b.name())).isPresent()).orElse(true)
				&& vault.map(pattern -> fitsVault(pattern, outgoing)).orElse(true);
	}

	/** What it says. */
	Policy.Clause clause() {
		return new Policy.Clause(line, verdict, because);
	}

	private static boolean fitsVault(String pattern, Outgoing outgoing) {
		if (pattern.equals(NO_VAULT))
			return outgoing.vault().isEmpty();
		var glob = new Glob(pattern);
		return outgoing.vault().filter(glob::matches).isPresent() || outgoing.vaultId().filter(glob::matches).isPresent();
	}

	private static boolean fitsPlace(String pattern, String place) {
		if (!pattern.contains("/") && !pattern.contains("\\"))
			return new Glob(pattern).matches(place);
		try {
			return matcher(pattern).matches(Path.of(place));
		} catch (InvalidPathException e) {
			return false;
		}
	}

	/** @throws java.util.regex.PatternSyntaxException if it is none */
	static PathMatcher matcher(String pattern) {
		return FileSystems.getDefault().getPathMatcher("glob:" + pattern);
	}
}
