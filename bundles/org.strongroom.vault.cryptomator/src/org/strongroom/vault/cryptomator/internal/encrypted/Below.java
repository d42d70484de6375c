package org.strongroom.vault.cryptomator.internal.encrypted;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.strongroom.core.storage.DetailedListing;
import org.strongroom.core.storage.Save;
import org.strongroom.core.storage.StorageAttributes;
import org.strongroom.core.storage.StorageFileSystem;
import org.strongroom.core.storage.Trash;

/** What is asked of the file system that the vault lies on, be it Strongroom's or that of this machine. */
public final class Below {
	private Below() {
	}

	/** Whether it is a file system of Strongroom, which knows versions and {@link Save}. */
	public static boolean isStorage(Path path) {
		return path.getFileSystem() instanceof StorageFileSystem;
	}

	/** Where the server keeps what is removed. */
	static Optional<Trash> trash(Path path) {
		return path.getFileSystem() instanceof StorageFileSystem below ? below.storage().extra(Trash.class) : Optional.empty();
	}

	/** Puts an item into the trash, with all that is in it. */
	static void discard(Trash trash, Path item) throws IOException {
		try {
			trash.remove(item.toAbsolutePath().toString());
		} finally {
			((StorageFileSystem) item.getFileSystem()).refresh(item);
		}
	}

	/** Attributes of an item, links not followed, with a version where the file system knows such. */
	public static BasicFileAttributes attributes(Path path) throws IOException {
		return attributes(path, LinkOption.NOFOLLOW_LINKS);
	}

	static BasicFileAttributes attributes(Path path, LinkOption... options) throws IOException {
		return isStorage(path) ? Files.readAttributes(path, StorageAttributes.class, options) : Files.readAttributes(path, BasicFileAttributes.class, options);
	}

	/** As {@link #attributes}, nothing if there is nothing. */
	static Optional<BasicFileAttributes> find(Path path) throws IOException {
		try {
			return Optional.of(attributes(path));
		} catch (NoSuchFileException | NotDirectoryException e) {
			return Optional.empty();
		}
	}

	/** The items of a folder with their attributes. */
	static Map<String, BasicFileAttributes> list(Path folder) throws IOException {
		var all = new LinkedHashMap<String, BasicFileAttributes>();
		each(folder, all::put);
		return all;
	}

	/** Takes the items of a folder one by one. */
	interface Taker {
		void take(String name, BasicFileAttributes attributes) throws IOException;
	}

	/** Hands on the items of a folder with their attributes as they come. */
	static void each(Path folder, Taker taker) throws IOException {
		DetailedListing.eachOf(folder, row -> {
			if (row.attributes().isPresent())
				taker.take(row.path().getFileName().toString(), row.attributes().get());
		});
	}

	/**
	 * Reads a file that must be small.
	 *
	 * @param most its length in bytes at the most
	 * @throws DamagedContentException if it is longer
	 */
	public static byte[] read(Path file, int most) throws IOException {
		try (FileChannel channel = file.getFileSystem().provider().newFileChannel(file, java.util.Set.of(StandardOpenOption.READ))) {
			long size = channel.size();
			if (size > most)
				throw new DamagedContentException("a file that must be small is not");
			var content = ByteBuffer.allocate((int) size);
			while (content.hasRemaining() && channel.read(content) >= 0) {
				// until it is full or the file ends
			}
			if (content.hasRemaining())
				throw new FileSystemException(null, null, "it was changed on the server while it was being read; open it again");
			return content.array();
		}
	}

	/** Makes a new small file. */
	static void write(Path file, byte[] content) throws IOException {
		var options = new ArrayList<OpenOption>(List.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW));
		Save save = Save.createNew();
		if (isStorage(file))
			options.add(save);
		try (var out = Files.newOutputStream(file, options.toArray(OpenOption[]::new))) {
			out.write(content);
			save.whole();
		}
	}
}
