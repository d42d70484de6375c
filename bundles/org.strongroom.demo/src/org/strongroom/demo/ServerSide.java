package org.strongroom.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * A folder of the server as those see it who run the server: with none of Strongroom's code, and no passphrase. Files may come and go meanwhile.
 *
 * @param folder on this machine
 */
public record ServerSide(Path folder) {

	/**
	 * A file.
	 *
	 * @param path within the folder, its names separated by {@code /}
	 * @param size in bytes
	 * @param modified last change (UTC)
	 */
	public record Stored(String path, long size, Instant modified) {
	}

	/** All files in the folder and below, those changed last first. */
	public List<Stored> files() throws IOException {
		var found = new ArrayList<Stored>();
		Files.walkFileTree(folder, new SimpleFileVisitor<>() {
			@Override
			public FileVisitResult visitFile(Path file, BasicFileAttributes a) {
				found.add(new Stored(relative(file), a.size(), a.lastModifiedTime().toInstant()));
				return FileVisitResult.CONTINUE;
			}

			@Override
			public FileVisitResult visitFileFailed(Path file, IOException e) {
				return FileVisitResult.CONTINUE;
			}

			@Override
			public FileVisitResult postVisitDirectory(Path visited, IOException e) {
				return FileVisitResult.CONTINUE;
			}
		});
		found.sort(Comparator.comparing(Stored::modified).reversed().thenComparing(Stored::path));
		return List.copyOf(found);
	}

	/** Which of some texts occur, as UTF-8, in the path or the content of any file. */
	public List<String> find(Collection<String> texts) throws IOException {
		var found = new ArrayList<String>();
		for (Stored file : files()) {
			String content;
			try {
				content = Files.readString(folder.resolve(file.path()), StandardCharsets.ISO_8859_1);
			} catch (NoSuchFileException e) {
				continue;
			}
			for (String text : texts)
				if (!found.contains(text) && (file.path().contains(text) || content.contains(bytes(text))))
					found.add(text);
		}
		return List.copyOf(found);
	}

	private String relative(Path file) {
		return folder.relativize(file).toString().replace(file.getFileSystem().getSeparator(), "/");
	}

	/** Bytes as characters of the same number, as files are read here. */
	private static String bytes(String text) {
		return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
	}
}
