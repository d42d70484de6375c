package org.strongroom.core.find;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.strongroom.core.Item;
import org.strongroom.core.Session;
import org.strongroom.core.Session.Unlocking;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.FileInfo.Type;
import org.strongroom.core.storage.Search;
import org.strongroom.core.storage.StoragePaths;
import org.strongroom.core.vault.VaultState;

/** Finds items by the server's own index of names, in the order in which a walk through all folders comes by them. Of vaults, that knows nothing. */
public final class Index {
	/** More candidates than that, and walking is no worse. */
	private static final int MOST = 10_000;
	/** As folders are walked through: each before what is in it, by names. */
	public static final Comparator<Item> WALK = Comparator.comparing(item -> item.location().replace('/', '\0'));

	private final Session session;
	private final Unlocking unlocking;
	/** By location, whether a folder is a vault or in one. */
	private final Map<String, Boolean> vaults = new HashMap<>();

	/** @param unlocking whether vaults are the plain folders that they are on the server ({@code NEVER}), or left out */
	public Index(Session session, Unlocking unlocking) {
		this.session = session;
		this.unlocking = unlocking;
	}

	/**
	 * What fits in plain folders.
	 *
	 * @param folder location of one that is not in an unlocked vault
	 * @return empty if the server has no index, or the pattern is too vague for one, or the server fails to answer
	 */
	public Optional<List<Item>> find(String folder, Glob pattern) throws IOException {
		// what some servers take for a pattern of theirs
		String part = longest(pattern.literal().split("[%_\\\\]"));
		Optional<Search> search = part.isEmpty() ? Optional.empty() : session.fileSystem().storage().extra(Search.class);
		if (search.isEmpty() || isVault(folder))
			return Optional.empty();
		List<Search.Found> candidates;
		try {
			candidates = search.get().names(session.item(folder, Unlocking.NEVER).toAbsolutePath().toString(), part, MOST);
		} catch (ConnectionException e) {
			throw e;
		} catch (FileSystemException e) {
			return Optional.empty();
		}
		if (candidates.size() >= MOST)
			return Optional.empty();
		var items = new ArrayList<Item>();
		for (Search.Found found : candidates) {
			Optional<String> location = session.locate(session.fileSystem().getPath(found.path())).filter(l -> StoragePaths.isBelow(l, folder));
			if (location.isPresent() && pattern.matches(StoragePaths.name(location.get())) && !isVault(StoragePaths.parent(location.get())))
				items.add(item(found, location.get()));
		}
		return Optional.of(items);
	}

	private static String longest(String[] parts) {
		String longest = "";
		for (String part : parts)
			longest = part.length() > longest.length() ? part : longest;
		return longest;
	}

	private Item item(Search.Found found, String location) throws IOException {
		Optional<VaultState> vault = found.info().type() == Type.DIRECTORY ? session.vaultState(location) : Optional.empty();
		return new Item(StoragePaths.name(location), location, session.fileSystem().getPath(found.path()), found.info().type(), found.info().size(), found.info().modified(), vault, Optional.empty(), found.info().refused());
	}

	/** Whether a folder is not walked into as a plain one. */
	private boolean isVault(String location) throws IOException {
		if (unlocking == Unlocking.NEVER)
			return false;
		Boolean known = vaults.get(location);
		if (known == null) {
			known = !location.equals("/") && isVault(StoragePaths.parent(location)) || session.vaultState(location).isPresent();
			vaults.put(location, known);
		}
		return known;
	}
}
