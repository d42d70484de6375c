package org.strongroom.core.residency;

import java.nio.file.Path;
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
	 * @param sources at least one, all of one session
	 * @param target the folder or file they go to
	 * @return empty if nothing does
	 */
	public static Optional<Outgoing> copying(List<Path> sources, Path target) {
		Optional<Trails.Place> from = Trails.of(sources.getFirst());
		if (from.isEmpty())
			return Optional.empty();
		Session session = from.get().session();
		// a vault's own folder is copied as it lies there
		boolean isPlain = sources.getFirst().getFileSystem() == session.fileSystem();
		if (isPlain && isOfThisMachine(session))
			return Optional.empty(); // it lies here already
		List<String> items = sources.stream().flatMap(s -> session.locate(s).stream()).toList();
		Optional<Trails.Place> to = Trails.of(target);
		if (to.isEmpty())
			return Optional.of(of(WayOut.EXPORT, session, items, target.toAbsolutePath().normalize().toString()));
		if (to.get().session().vaultOf(to.get().location()).isPresent())
			return Optional.empty();
		if (isOfThisMachine(to.get().session()))
			return Optional.of(of(WayOut.EXPORT, session, items, target.toAbsolutePath().normalize().toString()));
		return isPlain ? Optional.empty() : Optional.of(of(WayOut.SHARE, session, items, to.get().session().bookmark().name() + ":" + to.get().location()));
	}

	/** A folder of this machine may be a bookmark, too (RFC 8089). */
	private static boolean isOfThisMachine(Session session) {
		return session.bookmark().scheme().equals("file");
	}

	/** Something of a bookmark that is no item. */
	public static Outgoing of(WayOut way, Optional<Bookmark> bookmark) {
		return new Outgoing(way, bookmark, Optional.empty(), Optional.empty(), List.of(), "");
	}

	/** The same, before it is known where it goes. */
	public Outgoing anywhere() {
		return new Outgoing(way, bookmark, vault, vaultId, items, "");
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
