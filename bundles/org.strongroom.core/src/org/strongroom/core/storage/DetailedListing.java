package org.strongroom.core.storage;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A file system that tells a folder's items together with their attributes, so that nobody has to ask for them one by one. The remote file system is one, and those of vaults
 * should be. Thread-safe.
 */
public interface DetailedListing {
	/**
	 * One item of a folder.
	 *
	 * @param path the folder's path and the item's name
	 * @param attributes of the item itself, links not followed; empty if there is a problem
	 * @param problem why the item cannot be used: a damaged entry of a vault
	 */
	record Row(Path path, Optional<BasicFileAttributes> attributes, Optional<IOException> problem) {
		public Row {
			Objects.requireNonNull(path);
			Objects.requireNonNull(attributes);
			Objects.requireNonNull(problem);
		}

		/** A sound item. */
		public static Row of(Path path, BasicFileAttributes attributes) {
			return new Row(path, Optional.of(attributes), Optional.empty());
		}

		/** An item that cannot be used. */
		public static Row of(Path path, IOException problem) {
			return new Row(path, Optional.empty(), Optional.of(problem));
		}
	}

	/**
	 * All that lies in a folder.
	 *
	 * @param rows see {@link #list}
	 * @param unreadable how many items lie there besides whose names cannot be told: those of a vault that its keys do not decrypt
	 */
	record Contents(List<Row> rows, int unreadable) {
	}

	/** As {@link #list}, with what cannot be listed counted. */
	default Contents contents(Path folder) throws IOException {
		return new Contents(list(folder), 0);
	}

	/**
	 * The items of a folder, in the server's order, those left out whose name could not name a file.
	 *
	 * @throws java.nio.file.NotDirectoryException if it is no folder
	 * @throws ServerFaultException if the server lists without end
	 */
	List<Row> list(Path folder) throws IOException;

	/** Takes items one by one. */
	interface Taker {
		/** Takes one. What it throws ends the listing. */
		void take(Row row) throws IOException;
	}

	/** As {@link #list}, but every item is handed on as soon as the server has told it: what it gives rise to can be asked for while others are still on their way. */
	default void each(Path folder, Taker taker) throws IOException {
		for (Row row : list(folder))
			taker.take(row);
	}

	/** As {@link #each}, for a folder of any file system. */
	static void eachOf(Path folder, Taker taker) throws IOException {
		if (folder.getFileSystem() instanceof DetailedListing listing)
			listing.each(folder, taker);
		else
			for (Row row : of(folder))
				taker.take(row);
	}

	/** The items of a folder of any file system: at once if it can tell them so, else asked for one by one. */
	static List<Row> of(Path folder) throws IOException {
		return contentsOf(folder).rows();
	}

	/** As {@link #of}, with what cannot be listed counted. */
	static Contents contentsOf(Path folder) throws IOException {
		if (folder.getFileSystem() instanceof DetailedListing listing)
			return listing.contents(folder);
		var rows = new ArrayList<Row>();
		try (DirectoryStream<Path> items = Files.newDirectoryStream(folder)) {
			for (Path item : items) {
				try {
					rows.add(Row.of(item, Files.readAttributes(item, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)));
				} catch (ConnectionException | InterruptedIOException e) {
					throw e;
				} catch (NoSuchFileException e) {
					// gone since
				} catch (IOException e) {
					rows.add(Row.of(item, e));
				}
			}
		} catch (DirectoryIteratorException e) {
			throw e.getCause();
		}
		return new Contents(rows, 0);
	}
}
