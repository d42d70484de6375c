package org.strongroom.doctor.internal;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.strongroom.core.Bookmark;
import org.strongroom.doctor.Machine;

/** Tells whether a text has to do with Strongroom: it names a server of a bookmark, Strongroom's home, or a name that Strongroom gives to files. */
public final class Mentions {
	/** Names of this machine itself, which are everywhere. */
	private static final Set<String> HERE = Set.of("localhost", "127.0.0.1", "[::1]");
	/** What Strongroom's own files are called, see the start script and {@code StoragePaths}. */
	private static final String OWN = "\\.?strongroom-[0-9a-z]";
	private final Pattern pattern;

	private Mentions(Pattern pattern) {
		this.pattern = pattern;
	}

	/** Those of a person. */
	public static Mentions of(Collection<Bookmark> bookmarks, Machine machine) {
		var texts = new LinkedHashSet<String>();
		for (Bookmark bookmark : bookmarks) {
			String host = bookmark.uri().getHost();
			if (host != null && !HERE.contains(host.toLowerCase(Locale.ROOT)))
				texts.add(host);
		}
		texts.add(machine.name(machine.home()));
		String any = texts.stream().map(Pattern::quote).collect(Collectors.joining("|"));
		return new Mentions(Pattern.compile("(?<![a-z0-9.-])(?:" + any + ")(?![a-z0-9-])|" + OWN, Pattern.CASE_INSENSITIVE));
	}

	/** Whether it does. */
	boolean in(String text) {
		return pattern.matcher(text).find();
	}
}
