package org.strongroom.vault.cryptomator.internal.encrypted;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

import org.cryptomator.cryptolib.api.CryptorProvider.Scheme;
import org.cryptomator.cryptolib.api.Masterkey;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.ServerFaultException;
import org.strongroom.core.storage.StorageFileSystem;
import org.strongroom.vault.cryptomator.internal.Together;

/**
 * An encrypted folder, for as long as it is unlocked: finds what stands for a readable item. Vault format 8 (and 7, whose tree of folders is the same), as Cryptomator's
 * documentation describes it under "Vault Format". Thread-safe.
 */
public final class EncryptedVault implements AutoCloseable {
	private static final String DATA = "d";
	/** A name beyond this is no name anybody has given; cryptofs takes as much. */
	private static final int LONGEST_NAME = 10 * 1024;
	/** What sync clients add to a name: {@code notes (conflicted copy 2026-11-29 120900).txt}. */
	private static final Pattern ADDED = Pattern.compile(".*(\\)|conflict.*)(\\.[^.]*)?", Pattern.DOTALL | Pattern.CASE_INSENSITIVE);

	private final Path folder;
	private final Ciphers ciphers;
	private final int threshold;
	private final FolderIds ids;
	/** Entries shown under names that are not theirs, by the content folder they lie in, for all folders that were listed; see {@link FolderListing}. */
	private final Map<Path, Map<String, Place>> aliases = new ConcurrentHashMap<>();

	/**
	 * @param folder where it lies
	 * @param key is copied
	 * @param threshold longest encrypted name, in characters and with its ending, that is not shortened
	 */
	public EncryptedVault(Path folder, Scheme scheme, Masterkey key, int threshold) {
		this.folder = folder;
		this.threshold = threshold;
		ciphers = new Ciphers(scheme, key);
		ids = new FolderIds(folder);
	}

	/** Where it lies. */
	public Path folder() {
		return folder;
	}

	/** What holds all its items. */
	Path data() {
		return folder.resolve(DATA);
	}

	/** Its ciphers. */
	public Ciphers ciphers() {
		return ciphers;
	}

	/** The folder that holds everything. */
	public Found root() {
		return Found.folder(null, folder(""));
	}

	Folder folder(String id) {
		String hash = ciphers.hash(id);
		return new Folder(id, data().resolve(hash.substring(0, 2)).resolve(hash.substring(2)));
	}

	/**
	 * Where the entry of an item belongs. Names are kept in Unicode's normal form C.
	 *
	 * @throws FileSystemException if the name is too long, or cannot be written
	 */
	public Place place(Folder parent, String name) throws FileSystemException {
		if (!UTF_8.newEncoder().canEncode(name))
			throw new FileSystemException(name, null, "the name is no Unicode text");
		String encrypted = ciphers.encryptName(Normalizer.normalize(name, Normalizer.Form.NFC), parent.id()) + Place.ENDING;
		if (encrypted.length() <= threshold)
			return new Place(parent.content().resolve(encrypted), null);
		if (encrypted.length() > LONGEST_NAME)
			throw new FileSystemException(name, null, "the name is too long");
		return new Place(parent.content().resolve(Ciphers.shorten(encrypted) + Place.SHORTENED), encrypted);
	}

	/** The readable name of an entry that is, or was, in a folder; empty if it is none, or shortened. */
	public Optional<String> name(Folder parent, String entry) {
		return entry.endsWith(Place.ENDING) ? ciphers.decryptName(entry.substring(0, entry.length() - Place.ENDING.length()), parent.id()) : Optional.empty();
	}

	/** What a search came upon. @param isOld whether what does not fit may be due to something that was kept in mind too long */
	public record Step(Found found, boolean isOld) {
	}

	/**
	 * The folder of that name, if it is one that can be told at once; else what {@link #look} finds.
	 *
	 * @throws NoSuchFileException if the parent is not there
	 */
	public Step enter(Folder parent, String name) throws IOException {
		Place place = place(parent, name);
		if (alias(parent, name).isEmpty()) {
			try {
				FolderIds.Id id = ids.get(place.folderId());
				return new Step(Found.folder(place, folder(id.text())), id.isOld());
			} catch (ConnectionException | ServerFaultException | java.io.InterruptedIOException e) {
				throw e;
			} catch (IOException e) {
				// no folder, it seems: what it is instead takes a closer look
			}
		}
		return look(parent, name);
	}

	/** What lies in a folder under a name. */
	public Step look(Folder parent, String name) throws IOException {
		Place place = place(parent, name);
		var places = new ArrayList<Place>(List.of(place));
		// a name in another normal form can only have been given to an entry of its own
		alias(parent, name).ifPresent(alias -> places.add(Normalizer.isNormalized(name, Normalizer.Form.NFC) ? 1 : 0, alias));
		for (Place p : places) {
			Optional<BasicFileAttributes> own = Below.find(p.path());
			if (own.isPresent())
				return probe(p, own.get());
		}
		return isUnknownAlias(parent, name) ? look(parent, name) : new Step(Found.missing(place), false);
	}

	/** Whether an item turns out to be shown under this name, now that its folder was listed. */
	private boolean isUnknownAlias(Folder parent, String name) throws IOException {
		if (aliases.containsKey(parent.content()) || !ADDED.matcher(name).matches())
			return false;
		try {
			list(parent);
		} catch (DamagedContentException e) {
			return false; // nothing can be shown there
		}
		return isAlias(parent, name);
	}

	/** Whether an item is shown under a name that its entry does not have. */
	public boolean isAlias(Folder parent, String name) {
		return alias(parent, name).isPresent();
	}

	private Optional<Place> alias(Folder parent, String name) {
		return Optional.ofNullable(aliases.getOrDefault(parent.content(), Map.of()).get(name));
	}

	/** Keeps in mind under which names entries are shown that are not theirs. */
	void alias(Folder parent, Map<String, Place> shown) {
		aliases.put(parent.content(), Map.copyOf(shown));
	}

	/** What an entry is. */
	Step probe(Place place, BasicFileAttributes own) throws IOException {
		if (!place.isShortened() && own.isRegularFile())
			return new Step(Found.file(place, own), false);
		if (!own.isDirectory())
			return new Step(Found.broken(place), false);
		var id = Together.start(() -> ids.get(place.folderId()));
		if (place.isShortened()) {
			Optional<BasicFileAttributes> contents = Below.find(place.file());
			if (contents.isPresent() && contents.get().isRegularFile()) {
				id.cancel(true);
				return new Step(Found.file(place, contents.get()), false);
			}
		}
		try {
			FolderIds.Id found = Together.get(id);
			return new Step(Found.folder(place, folder(found.text())), found.isOld());
		} catch (NoSuchFileException | NotDirectoryException e) {
			Optional<BasicFileAttributes> link = Below.find(place.link());
			return new Step(link.isPresent() && link.get().isRegularFile() ? Found.link(place, link.get()) : Found.broken(place), false);
		} catch (DamagedContentException e) {
			return new Step(Found.broken(place, e.getMessage()), false);
		}
	}

	/** Whether the folder that holds a folder's items is looked at when somebody opens that, and not in each listing that shows it: where few requests are under way at once. */
	boolean putsOff() {
		return folder.getFileSystem() instanceof StorageFileSystem below && !below.storage().features().manyAtOnce();
	}

	/** What was found, with the attributes of what holds it. */
	Found withAttributes(Found found) throws IOException {
		if (found.attributes().isPresent() || found.is(Found.Type.BROKEN) || found.is(Found.Type.MISSING))
			return found;
		try {
			BasicFileAttributes seen = Below.attributes(found.holder());
			if (seen.isDirectory() != found.is(Found.Type.DIRECTORY))
				return found.with("its encrypted item is of another type");
			return found.with(seen);
		} catch (NoSuchFileException | NotDirectoryException e) {
			if (found.is(Found.Type.DIRECTORY))
				return found.with(FolderListing.MISSING);
			throw e;
		}
	}

	/** The attributes of what holds an item. @throws DamagedContentException if it has none, being damaged */
	public BasicFileAttributes attributes(Found found) throws IOException {
		Found seen = withAttributes(found);
		if (seen.problem().isPresent())
			throw new DamagedContentException(seen.problem().get());
		return seen.attributes().orElseThrow(() -> new NoSuchFileException(null));
	}

	/** All that lies in a folder. */
	public FolderListing list(Folder parent) throws IOException {
		return FolderListing.of(this, parent);
	}

	/** An entry was made for a folder. */
	void made(Place place, Folder entered) {
		ids.put(place.folderId(), entered.id());
	}

	/** An entry is not the one any more that it was. */
	void forget(Place place) {
		ids.forget(place.folderId());
	}

	/** Has the file system below ask again for one item, which is no reason to ask for anything else. */
	public void refresh(Path item) {
		ids.refreshBelow(item);
	}

	/** Asks again for what was kept in mind. */
	public void forget() {
		ids.clear();
	}

	/** Wipes the keys and forgets all names. */
	@Override
	public void close() {
		ciphers.close();
		ids.clear();
		aliases.clear();
	}
}
