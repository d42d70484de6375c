package org.strongroom.cli.internal;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.strongroom.core.Bookmark;
import org.strongroom.core.Location;
import org.strongroom.core.Problem;
import org.strongroom.core.Session;
import org.strongroom.core.Session.Unlocking;
import org.strongroom.core.auth.Challenge;
import org.strongroom.core.residency.AuditEvent;
import org.strongroom.core.residency.ForbiddenException;
import org.strongroom.core.residency.Guard;
import org.strongroom.core.residency.Outgoing;
import org.strongroom.core.residency.Passage;
import org.strongroom.core.residency.WayOut;
import org.strongroom.core.transfer.Progress;

/** One run of one command. Failures of single items may be told by several threads. */
final class Run implements Progress {
	/** What a command gave as its error. */
	private record Failure(Path item, Problem problem) {
	}

	private final Surroundings surroundings;
	private final boolean json;
	private final boolean noUnlock;
	private final Place base;
	private final Map<Path, Place> shown = new LinkedHashMap<>();
	private final List<Failure> failures = new ArrayList<>();
	/** Vaults whose names may be printed. */
	private final Set<String> printable = new HashSet<>();
	private Path subject;
	private int ending;
	private volatile Passage passage;

	/** @param base what relative places are relative to; null where there is nothing */
	Run(Surroundings surroundings, boolean json, boolean noUnlock, Place base) {
		this.surroundings = surroundings;
		this.json = json;
		this.noUnlock = noUnlock;
		this.base = base;
	}

	Surroundings surroundings() {
		return surroundings;
	}

	Output out() {
		return surroundings.out();
	}

	boolean json() {
		return json;
	}

	Unlocking unlocking() {
		return noUnlock ? Unlocking.NEVER : Unlocking.ASK;
	}

	/** A place by what was typed; signs in. */
	Place place(String text) throws IOException {
		int colon = text.indexOf(':');
		int slash = text.indexOf('/');
		boolean contents = text.endsWith("/.") || text.equals(".") || text.endsWith(":.");
		boolean folder = text.endsWith("/") || contents;
		if (base != null && (colon < 0 || slash >= 0 && slash < colon)) {
			String path = Location.normal(text.startsWith("/") ? text : base.path() + "/" + text);
			return permitted(new Place(base.prefix(), base.session(), path, contents || path.equals("/"), folder));
		}
		Location location = Location.parse(text, surroundings.services().bookmarks());
		Bookmark bookmark = location.bookmark();
		Session session = surroundings.services().sessions().open(bookmark);
		return permitted(new Place(prefix(text, colon, bookmark), session, location.path(), contents || location.path().equals("/"), folder));
	}

	/** A shell may have been signed in, and a vault unlocked, before the policy was changed. */
	private Place permitted(Place place) throws IOException {
		Guard guard = surroundings.services().guard();
		Bookmark bookmark = place.session().bookmark();
		guard.admit(bookmark);
		var vault = place.session().vaultOf(place.path());
		if (vault.isPresent())
			guard.admit(bookmark, vault.get().getKey(), vault.get().getValue().info());
		return place;
	}

	/** A place by what was typed after another one, whose server it is on unless it says otherwise. */
	Place place(Place near, String text) throws IOException {
		int colon = text.indexOf(':');
		int slash = text.indexOf('/');
		return colon >= 0 && (slash < 0 || colon < slash) ? place(text) : new Place(near.prefix(), near.session(), Location.normal("/" + text), false, true);
	}

	/** What stands before the path in what was typed. */
	private static String prefix(String text, int colon, Bookmark bookmark) {
		if (!text.startsWith("://", colon))
			return bookmark.name() + ":";
		int path = text.indexOf('/', colon + 3);
		return (path < 0 ? text : text.substring(0, path)) + (bookmark.startFolder().equals("/~") ? "/~" : "");
	}

	/** A local path by what was typed. */
	Path local(String text) {
		try {
			if (text.isEmpty())
				throw new UsageException("An empty name is no place on this machine.");
			return surroundings.folder().resolve(text);
		} catch (InvalidPathException e) {
			throw new UsageException("'%s' is no name of a file on this machine.".formatted(Challenge.printable(text)));
		}
	}

	/** From now on errors of a path, and of all below it, are told by its place: inside a vault the path alone would mislead. */
	Path named(Path path, Place place) {
		synchronized (shown) {
			shown.put(path, place);
		}
		return path;
	}

	/** The item the command is about: if nothing but that fails, the exit code says why. */
	Path subject(Path path) {
		subject = path;
		return path;
	}

	@Override
	public void failed(Path item, IOException why) {
		if (why instanceof Output.LostException || surroundings.stop().isWished())
			return;
		Problem problem = problem(why);
		String name = name(item);
		// The item first; what the error is about may be another one, such as the target.
		String message = problem.message().startsWith(name) || why instanceof FileSystemException e && e.getFile() != null && !e.getFile().equals(item.toString())
				? problem.message() : name + ": " + problem.message();
		failed(item, new Problem(problem.kind(), message));
	}

	/** Something that failed and was told; the rest is done. */
	void failed(Path item, Problem problem) {
		synchronized (failures) {
			failures.add(new Failure(item, problem));
		}
		surroundings.err().line(problem.message());
	}

	@Override
	public Optional<Passage> passage() {
		return Optional.ofNullable(passage);
	}

	@Override
	public boolean cancelled() {
		return surroundings.stop().isWished();
	}

	/**
	 * Lets something leave memory, or not; whoever is there is asked where the policy says so. Of exports and shares the guard records only what it denied: the rest is for who sends it.
	 *
	 * @return by what it may leave
	 * @throws ForbiddenException if it may not
	 */
	Passage pass(Outgoing outgoing) throws IOException {
		Passage passed = surroundings.services().guard().pass(outgoing, Guard.Person.by(surroundings.services().person()));
		passage = passed;
		return passed;
	}

	/** As {@link #pass}, for what is written to standard output; what a person reads on the terminal stays with them. */
	void passToOutput(Place place) throws IOException {
		if (!out().isTerminal())
			pass(Outgoing.of(WayOut.EXPORT, place.session(), List.of(place.path()), Outgoing.STANDARD_OUTPUT));
	}

	/** As {@link #passToOutput}, for the name of an item: it is readable only here if the item lies in a vault. Each vault is asked about, and recorded, once. */
	void passNameToOutput(Session session, String location) throws IOException {
		Optional<String> vault = session.vaultOf(location).map(Map.Entry::getKey).filter(v -> !v.equals(location));
		if (vault.isPresent())
			passNamesToOutput(session, vault.get());
	}

	/** As {@link #passNameToOutput}, for names of whatever lies in an unlocked vault. */
	void passNamesToOutput(Session session, String vault) throws IOException {
		if (out().isTerminal() || printable.contains(vault))
			return;
		var names = Outgoing.of(WayOut.EXPORT, session, List.of(vault), Outgoing.STANDARD_OUTPUT);
		Passage passed = pass(names);
		surroundings.services().audit().grant(AuditEvent.of(names, AuditEvent.Result.OK).with(session.serverKey()).with(passed).with("what", "names"));
		printable.add(vault);
	}

	/** As {@link #pass}, for what is copied or moved. */
	void passCopy(Path source, Path target) throws IOException {
		for (Outgoing outgoing : Outgoing.copying(List.of(source), target).keySet())
			pass(outgoing);
	}

	/** What the run ends with though nothing of its own failed: that of a command it ran. */
	void endsWith(int code) {
		ending = code;
	}

	/** The exit code for what was told. */
	int exitCode() {
		synchronized (failures) {
			if (ending != 0)
				return ending;
			if (failures.isEmpty())
				return 0;
			boolean subjectOnly = failures.size() == 1 && failures.getFirst().item().equals(subject);
			return (subjectOnly ? failures.getFirst().problem().kind() : Problem.Kind.OTHER).exitCode();
		}
	}

	/** What an error means, with places named as they were typed. */
	Problem problem(Throwable t) {
		Problem problem = Problem.of(t);
		for (Throwable c = t; c != null; c = c.getCause()) {
			if (c instanceof FileSystemException e && e.getFile() != null) {
				String said = line(e.getFile());
				if (problem.message().startsWith(said + ":"))
					return new Problem(problem.kind(), name(e.getFile()) + problem.message().substring(said.length()));
			}
		}
		return problem;
	}

	/** The name to show for a path. */
	String name(Path path) {
		synchronized (shown) {
			for (var entry : shown.entrySet()) {
				Path known = entry.getKey();
				if (path.getFileSystem().equals(known.getFileSystem()) && path.startsWith(known))
					return line(entry.getValue().shown() + (path.equals(known) ? "" : (entry.getValue().isRoot() ? "" : "/") + known.relativize(path)));
			}
		}
		return line(path.toString());
	}

	private String name(String file) {
		synchronized (shown) {
			Optional<Path> known = shown.keySet().stream().filter(k -> file.equals(k.toString()) || file.startsWith(k.toString().equals("/") ? "/" : k + "/")).findFirst();
			return known.map(k -> {
				try {
					return name(k.getFileSystem().getPath(file));
				} catch (InvalidPathException e) {
					return line(file);
				}
			}).orElse(line(file));
		}
	}

	/** A name on one line, without control characters. */
	static String line(String text) {
		return Challenge.printable(text).replaceAll("\\s*\\n\\s*", " ").strip();
	}
}
