package org.strongroom.vault.cryptomator.internal.encrypted;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.StoragePaths;
import org.strongroom.core.storage.Trash;
import org.strongroom.core.transfer.Progress;
import org.strongroom.core.transfer.Transfer;
import org.strongroom.core.vault.Vault.Removed;
import org.strongroom.vault.cryptomator.internal.Together;

/**
 * What was removed from a vault, as its server's trash has it at one time: a folder's entry and what held its items each by itself, with items in it or these by themselves before, depending on the
 * program that removed them. For one thread.
 */
public final class VaultTrash {
	/** What was removed without a longer pause was removed together. */
	private static final Duration PAUSE = Duration.ofMinutes(1);

	private final EncryptedVault vault;
	private final Trash trash;
	/** The last first. */
	private final List<Trash.Removed> all;

	/** Asks the server what there is. */
	public VaultTrash(EncryptedVault vault, Trash trash) throws IOException {
		this.vault = vault;
		this.trash = trash;
		String data = vault.data().toString();
		all = trash.list().stream().filter(r -> StoragePaths.isBelow(r.path(), data)).toList();
	}

	// What there is.

	/** The entries that were removed from a folder, the last first. */
	public List<Removed> of(Folder folder) throws IOException {
		var found = new ArrayList<Removed>();
		for (var work : all.stream().filter(r -> lay(r).getParent().equals(folder.content()) && isEntry(r)).map(r -> Together.start(() -> look(folder, r))).toList())
			found.add(Together.get(work));
		return found;
	}

	private static boolean isEntry(Trash.Removed removed) {
		String name = StoragePaths.name(removed.path());
		return name.endsWith(Place.ENDING) && !name.equals(Place.FOLDER_ID_BACKUP) || name.endsWith(Place.SHORTENED);
	}

	private Removed look(Folder folder, Trash.Removed entry) throws IOException {
		boolean isShort = entry.path().endsWith(Place.SHORTENED);
		var id = Together.start(() -> entry.type() == FileInfo.Type.DIRECTORY ? part(entry, Place.FOLDER_ID, FolderIds.LONGEST) : Optional.<byte[]>empty());
		Optional<String> name = isShort ? longName(entry).flatMap(n -> vault.name(folder, n)) : vault.name(folder, StoragePaths.name(entry.path()));
		FileInfo.Type type = Together.get(id).isPresent() ? FileInfo.Type.DIRECTORY : entry.type() == FileInfo.Type.FILE || isShort ? FileInfo.Type.FILE : FileInfo.Type.SYMLINK;
		return new Removed(entry, name.filter(StoragePaths::isSafeName), type);
	}

	private Optional<String> longName(Trash.Removed entry) throws IOException {
		return part(entry, Place.NAME, FolderListing.LONGEST_NAME_FILE).map(n -> new String(n, UTF_8)).filter(n -> StoragePaths.name(entry.path()).equals(Ciphers.shorten(n) + Place.SHORTENED));
	}

	/** A small file of an entry, which was removed with it or by itself; empty if it is not there, or longer than {@code most}. */
	private Optional<byte[]> part(Trash.Removed entry, String part, int most) throws IOException {
		try {
			return read(entry.id(), part, most);
		} catch (NoSuchFileException e) {
			Optional<Trash.Removed> alone = newest(lay(entry).resolve(part));
			return alone.isEmpty() ? Optional.empty() : read(alone.get().id(), "", most);
		}
	}

	private Optional<byte[]> read(String id, String below, int most) throws IOException {
		try (InputStream in = trash.open(id, below)) {
			byte[] content = in.readNBytes(most + 1);
			return Optional.of(content).filter(c -> c.length <= most);
		}
	}

	private Path lay(Trash.Removed removed) {
		return vault.folder().getFileSystem().getPath(removed.path());
	}

	private Optional<Trash.Removed> newest(Path lay) {
		return all.stream().filter(r -> r.path().equals(lay.toString())).findFirst();
	}

	// Putting back.

	/**
	 * Puts back an entry, a folder's after all that was in it: only then it is seen, and until then it is found in the trash.
	 *
	 * @param parent that it was removed from
	 * @param shown the readable item
	 */
	public void restore(Folder parent, Removed removed, Path shown, Progress progress) throws IOException {
		Path entry = lay(removed.held());
		if (isThere(entry))
			throw new FileAlreadyExistsException(shown.toString());
		if (!isThere(parent.content()))
			throw new DamagedContentException(FolderListing.MISSING);
		if (removed.type() == FileInfo.Type.DIRECTORY) {
			byte[] id = part(removed.held(), Place.FOLDER_ID, FolderIds.LONGEST).orElseThrow(() -> new FileSystemException(null, null, "the file with its folder's id is not in the trash any more"));
			var tree = new Tree(removed.held().removed(), progress);
			if (!tree.restore(vault.folder(FolderIds.parse(id)), shown, 0))
				throw new FileSystemException(null, null, "what was in it is not in the trash any more");
		}
		putBack(removed.held());
		for (Trash.Removed part : newestOf(all.stream().filter(r -> lay(r).getParent().equals(entry))))
			if (!isThere(lay(part)))
				putBack(part);
		vault.forget();
		progress.done(shown);
	}

	private boolean isThere(Path item) throws IOException {
		vault.refresh(item);
		return Below.find(item).isPresent();
	}

	private void putBack(Trash.Removed removed) throws IOException {
		trash.restore(removed.id());
		vault.refresh(lay(removed).getParent());
	}

	/** Of what lay at one place what was removed last; the oldest first, so that an attempt that is given up leaves what belongs together. */
	private static Collection<Trash.Removed> newestOf(Stream<Trash.Removed> some) {
		Map<String, Trash.Removed> newest = new LinkedHashMap<>();
		some.forEach(r -> newest.putIfAbsent(r.path(), r));
		return newest.values().stream().sorted(Comparator.comparing((Trash.Removed r) -> r.path().chars().filter(c -> c == '/').count()).thenComparing(Trash.Removed::removed)).toList();
	}

	/** A folder with all below it. */
	private final class Tree {
		private final Progress progress;
		private final Instant from;
		private final Instant to;
		private final Set<Path> seen = new HashSet<>();

		/** @param removed when its entry was */
		Tree(Instant removed, Progress progress) {
			this.progress = progress;
			Instant first = removed;
			Instant last = removed;
			List<Instant> times = all.stream().map(Trash.Removed::removed).sorted().toList();
			for (Instant time : times.reversed())
				if (!time.isAfter(first) && !time.isBefore(first.minus(PAUSE)))
					first = time;
			for (Instant time : times)
				if (!time.isBefore(last) && !time.isAfter(last.plus(PAUSE)))
					last = time;
			from = first;
			to = last;
		}

		/** @return whether there is something of it */
		boolean restore(Folder folder, Path shown, int depth) throws IOException {
			if (depth >= Transfer.DEEPEST)
				throw new FileSystemException(null, null, "folders are nested deeper than " + Transfer.DEEPEST);
			if (!seen.add(folder.content()))
				return true; // a folder that holds itself; whoever opens it is told
			progress.begin(shown, 0);
			stopIfCancelled();
			Collection<Trash.Removed> within = newestOf(all.stream().filter(this::isOfIt).filter(r -> lay(r).startsWith(folder.content()) && !lay(r).equals(folder.content())));
			if (!isThere(folder.content()) && !makeAgain(folder, !within.isEmpty()))
				return false;
			for (Trash.Removed one : within) {
				stopIfCancelled();
				if (!isThere(lay(one)) && isThere(lay(one).getParent()))
					putBack(one);
			}
			if (!isThere(folder.content().resolve(Place.FOLDER_ID_BACKUP)))
				Changes.writeBackup(vault, folder);
			for (var item : vault.list(folder).items().entrySet()) {
				Path below = shown.resolve(item.getKey());
				if (item.getValue().is(Found.Type.DIRECTORY) && !restore(item.getValue().folder(), below, depth + 1))
					progress.failed(below, new FileSystemException(below.toString(), null, "what was in it is not in the trash any more"));
			}
			return true;
		}

		/** The folder that holds the items of a folder. @param anew whether it is made if it is not in the trash */
		private boolean makeAgain(Folder folder, boolean anew) throws IOException {
			Optional<Trash.Removed> held = newest(folder.content());
			if (held.isEmpty() && !anew)
				return false;
			Changes.createParent(folder.content());
			if (held.isPresent())
				putBack(held.get());
			else
				Files.createDirectory(folder.content());
			return true;
		}

		/** Other programs may have put away there what is none of the vault's; copies of ids are written anew, for a server's trash mixes up what has one name. */
		private boolean isOfIt(Trash.Removed removed) {
			return !removed.removed().isBefore(from) && !removed.removed().isAfter(to) && !StoragePaths.name(removed.path()).equals(Place.FOLDER_ID_BACKUP)
					&& Stream.of(removed.path().split("/")).noneMatch(Stage::isName);
		}

		private void stopIfCancelled() throws InterruptedIOException {
			if (progress.cancelled())
				throw new InterruptedIOException("it was cancelled");
		}
	}
}
