package org.strongroom.vault.cryptomator.internal.encrypted;

import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * What lies at a place.
 *
 * @param type what it is
 * @param place of its entry; null for the root
 * @param folder if it is one
 * @param attributes of what holds it (see {@link #holder()}), or of a folder's entry in a listing (see {@link EncryptedVault#putsOff}), if they were seen
 * @param problem if it is broken, what is wrong, in words for a person
 */
public record Found(Type type, Place place, Folder folder, Optional<BasicFileAttributes> attributes, Optional<String> problem) {
	/** What an item is. */
	public enum Type {
		FILE, DIRECTORY, SYMLINK,
		/** There is an entry, but nothing sound in it that tells what it is. */
		BROKEN, MISSING
	}

	private static final String NOTHING = "its encrypted folder holds neither a file nor a folder nor a link";

	static Found file(Place place, BasicFileAttributes attributes) {
		return new Found(Type.FILE, place, null, Optional.of(attributes), Optional.empty());
	}

	/** A folder, of whose content nothing is known. */
	public static Found folder(Place place, Folder folder) {
		return new Found(Type.DIRECTORY, place, folder, Optional.empty(), Optional.empty());
	}

	static Found link(Place place, BasicFileAttributes attributes) {
		return new Found(Type.SYMLINK, place, null, Optional.of(attributes), Optional.empty());
	}

	static Found broken(Place place) {
		return broken(place, NOTHING);
	}

	static Found broken(Place place, String problem) {
		return new Found(Type.BROKEN, place, null, Optional.empty(), Optional.of(problem));
	}

	static Found missing(Place place) {
		return new Found(Type.MISSING, place, null, Optional.empty(), Optional.empty());
	}

	Found with(BasicFileAttributes seen) {
		return new Found(type, place, folder, Optional.of(seen), problem);
	}

	Found with(String reason) {
		return new Found(type, place, folder, attributes, Optional.of(reason));
	}

	/** The same item under another name. */
	Found at(Place other) {
		return new Found(type, other, folder, attributes, problem);
	}

	/** Whether it is of a type. */
	public boolean is(Type other) {
		return type == other;
	}

	/** What holds it on the server: the encrypted file, the folder with the entries, the file with a link's target; of something broken its entry. */
	public Path holder() {
		return switch (type) {
		case FILE -> place.file();
		case DIRECTORY -> folder.content();
		case SYMLINK -> place.link();
		case BROKEN, MISSING -> place.path();
		};
	}
}
