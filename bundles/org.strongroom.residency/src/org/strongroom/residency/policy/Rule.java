package org.strongroom.residency.policy;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
	/** What means more than itself in a pattern, as {@link java.nio.file.FileSystem#getPathMatcher} has it. */
	private static final Pattern META = Pattern.compile("[*?\\[\\]{}\\\\]");
	/** The folders of a pattern before its first such character. */
	private static final Pattern FOLDERS = Pattern.compile("/(?:[^*?\\[\\]{}\\\\/]+/)*");

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
			Path path = Path.of(place);
			return matcher(pattern).matches(path) || real(pattern).filter(real -> matcher(real).matches(path)).isPresent();
		} catch (InvalidPathException e) {
			return false;
		}
	}

	/** The pattern with the folders it begins with as they lie in truth, for places are asked about so; empty if that is the same, or they are not there. */
	private static Optional<String> real(String pattern) {
		Matcher folders = FOLDERS.matcher(pattern);
		if (!folders.lookingAt())
			return Optional.empty();
		try {
			String real = Path.of(folders.group()).toRealPath().toString();
			return Optional.of(META.matcher(real.endsWith("/") ? real : real + "/").replaceAll("\\\\$0") + pattern.substring(folders.end())).filter(p -> !p.equals(pattern));
		} catch (IOException | InvalidPathException e) {
			return Optional.empty();
		}
	}

	/** @throws java.util.regex.PatternSyntaxException if it is none */
	static PathMatcher matcher(String pattern) {
		return FileSystems.getDefault().getPathMatcher("glob:" + pattern);
	}
}
