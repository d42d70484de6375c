package org.strongroom.core.residency;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import org.strongroom.core.Bookmark;
import org.strongroom.core.Session;
import org.strongroom.core.internal.Trails;
import org.strongroom.core.vault.Vault;

/**
 * Something that is about to leave memory.
 *
 * @param way how
 * @param bookmark whose server it is from; empty if that is not known
 * @param vault the location of the vault it is from, such as {@code /Vault}; empty for what is not encrypted on the server
 * @param vaultId what that vault is called by itself; empty if it has no such name
 * @param items what it is, as locations in the bookmark's tree; none for something else, such as a secret
 * @param place where it goes, in the words of the way: a folder or file of this machine, a printer, a folder on the server; empty where there is just one
 */
public record Outgoing(WayOut way, Optional<Bookmark> bookmark, Optional<String> vault, Optional<String> vaultId, List<String> items, String place) {
	/** The place of what is printed where no terminal is. */
	public static final String STANDARD_OUTPUT = "standard output";

	/** Links that are followed from one to the next; as Linux does (path_resolution(7)). */
	private static final int MOST_LINKS = 40;

	public Outgoing {
		Objects.requireNonNull(way);
		Objects.requireNonNull(bookmark);
		Objects.requireNonNull(vault);
		Objects.requireNonNull(vaultId);
		items = List.copyOf(items);
		Objects.requireNonNull(place);
	}

	/** Items of a session, which lie in the vault of the first of them. */
	public static Outgoing of(WayOut way, Session session, List<String> locations, String place) {
		Optional<Map.Entry<String, Vault>> vault = locations.stream().findFirst().flatMap(session::vaultOf);
		return new Outgoing(way, Optional.of(session.bookmark()), vault.map(Map.Entry::getKey), vault.flatMap(v -> v.getValue().info().id()), locations, place);
	}

	/**
	 * What leaves memory when items are copied or moved: to this machine as an {@link WayOut#EXPORT}, out of a vault to where nothing is encrypted as a {@link WayOut#SHARE}.
	 *
	 * @param sources of any sessions and vaults
	 * @param target the folder or file they go to
	 * @return what does, each of one session and one vault or none, with those of the sources that it is
	 */
	public static Map<Outgoing, List<Path>> copying(List<Path> sources, Path target) {
		var alike = new LinkedHashMap<Origin, List<Path>>();
		for (Path source : sources)
			Trails.of(source).ifPresent(from -> alike.computeIfAbsent(Origin.of(source, from), _ -> new ArrayList<>()).add(source));
		var leaving = new LinkedHashMap<Outgoing, List<Path>>();
		alike.forEach((origin, items) -> copying(origin, items, target).ifPresent(outgoing -> leaving.put(outgoing, items)));
		return leaving;
	}

	/** @param isPlain whether it is taken as it lies on the server; a vault's own folder is */
	private record Origin(Session session, Optional<String> vault, boolean isPlain) {
		static Origin of(Path source, Trails.Place from) {
			return new Origin(from.session(), from.session().vaultOf(from.location()).map(Map.Entry::getKey), source.getFileSystem() == from.session().fileSystem());
		}
	}

	private static Optional<Outgoing> copying(Origin origin, List<Path> sources, Path target) {
		Session session = origin.session();
		if (origin.isPlain() && isOfThisMachine(session))
			return Optional.empty(); // it lies here already
		List<String> items = sources.stream().flatMap(s -> session.locate(s).stream()).toList();
		Optional<Trails.Place> to = Trails.of(target);
		if (to.isEmpty())
			return Optional.of(of(WayOut.EXPORT, session, items, here(target)));
		Session there = to.get().session();
		if (there.vaultOf(to.get().location()).isPresent() || origin.isPlain() && !isOfThisMachine(there))
			return Optional.empty();
		return Optional.of(of(WayOut.SHARE, session, items, "").inPlain(there, to.get().location()));
	}

	/** The same, written where nothing is encrypted: to this machine as an {@link WayOut#EXPORT}, to a server as a {@link WayOut#SHARE}. @param location of a folder or file, in the session's tree */
	public Outgoing inPlain(Session session, String location) {
		WayOut by = isOfThisMachine(session) ? WayOut.EXPORT : WayOut.SHARE;
		return new Outgoing(by, bookmark, vault, vaultId, items, place(session, location));
	}

	/** Where what is copied or moved goes, as rules are asked about it: a place on this machine as {@link #here}, or the bookmark's name, a colon and the location on the server. Looks at the disk. */
	public static String place(Path target) {
		return Trails.of(target).map(to -> place(to.session(), to.location())).orElseGet(() -> here(target));
	}

	private static String place(Session session, String location) {
		return isOfThisMachine(session) ? here(Path.of(session.bookmark().onServer(location))) : session.bookmark().name() + ":" + location;
	}

	/** A place on this machine as rules are asked about it: where it lies in truth, whatever links lead there, also where nothing is yet. Looks at the disk. */
	public static String here(Path file) {
		return real(file.toAbsolutePath(), MOST_LINKS).toString();
	}

	private static Path real(Path path, int links) {
		try {
			return path.toRealPath();
		} catch (IOException e) {
			// nothing is there yet, or behind the link
		}
		if (links > 0 && Files.isSymbolicLink(path)) {
			try {
				return real(path.resolveSibling(Files.readSymbolicLink(path)), links - 1);
			} catch (IOException e) {
				// somebody took it away
			}
		}
		Path parent = path.getParent();
		return parent == null ? path : real(parent, links).resolve(path.getFileName()).normalize();
	}

	/** A folder of this machine may be a bookmark, too (RFC 8089). */
	private static boolean isOfThisMachine(Session session) {
		return session.bookmark().scheme().equals("file");
	}

	/** Something of a bookmark that is no item. */
	public static Outgoing of(WayOut way, Optional<Bookmark> bookmark) {
		return new Outgoing(way, bookmark, Optional.empty(), Optional.empty(), List.of(), "");
	}

	/** The same, to a place. */
	public Outgoing to(String where) {
		return new Outgoing(way, bookmark, vault, vaultId, items, where);
	}

	/** The same, before it is known where it goes. */
	public Outgoing anywhere() {
		return to("");
	}

	/** Which items, for a person; empty for none. */
	public String what() {
		return items.isEmpty() ? "" : items.size() == 1 ? items.getFirst() : "%,d items".formatted(items.size());
	}

	/** What is to be done, for a person: <i>print notes.txt</i>. */
	public String words() {
		return way.action() + (items.isEmpty() ? "" : " (" + what() + ")") + (place.isEmpty() ? "" : ", to " + place);
	}
}
