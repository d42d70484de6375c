package org.strongroom.core.internal;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.strongroom.core.Bookmark;
import org.strongroom.core.Bookmarks;
import org.strongroom.core.Home;

/** Bookmarks as UTF-8 files of {@code key = value} lines, one each, in {@code bookmarks} of Strongroom's home. */
public final class BookmarkFiles implements Bookmarks {
	private static final String ENDING = ".bookmark";
	private static final long LARGEST = 64 * 1024;
	private final Path folder;
	private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

	/** Bookmarks of this process's home. */
	public BookmarkFiles() {
		this(Home.folder().resolve("bookmarks"));
	}

	/** Bookmarks in a folder, which may not exist yet. */
	public BookmarkFiles(Path folder) {
		this.folder = folder;
	}

	@Override
	public List<Bookmark> list() throws IOException {
		if (!Files.isDirectory(folder))
			return List.of();
		var all = new ArrayList<Bookmark>();
		try (Stream<Path> files = Files.list(folder)) {
			for (Path file : files.filter(f -> f.getFileName().toString().endsWith(ENDING)).toList()) {
				try {
					all.add(read(file));
				} catch (IOException | IllegalArgumentException e) {
					Log.warn("Bookmark file " + file.getFileName() + " cannot be read: " + e.getMessage());
				}
			}
		}
		all.sort(Comparator.comparing(Bookmark::name, String.CASE_INSENSITIVE_ORDER).thenComparing(Bookmark::name));
		return List.copyOf(all);
	}

	@Override
	public Optional<Bookmark> find(String name) throws IOException {
		return list().stream().filter(b -> b.name().equals(name)).findFirst();
	}

	@Override
	public synchronized void save(Bookmark bookmark, boolean replace) throws IOException {
		Files.createDirectories(folder);
		Path file = folder.resolve(fileName(bookmark.name()));
		if (!replace && Files.exists(file))
			throw new FileAlreadyExistsException("bookmark " + bookmark.name());
		var lines = new ArrayList<String>();
		lines.add("# A Strongroom bookmark: the way to a server. It holds no secret.");
		lines.add("name = " + escape(bookmark.name()));
		lines.add("uri = " + escape(bookmark.uri().toString()));
		for (int i = 0; i < bookmark.keys().size(); i++)
			lines.add("key." + (i + 1) + " = " + escape(bookmark.keys().get(i).toString()));
		new TreeMap<>(bookmark.options()).forEach((k, v) -> lines.add("option." + escape(k) + " = " + escape(v)));
		Path fresh = Files.createTempFile(folder, "bookmark", ".new");
		try {
			Files.write(fresh, lines);
			if (replace)
				Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
			else
				Files.move(fresh, file);
		} finally {
			Files.deleteIfExists(fresh);
		}
		listeners.forEach(Runnable::run);
	}

	@Override
	public synchronized void remove(String name) throws IOException {
		Path file = folder.resolve(fileName(name));
		if (!Files.deleteIfExists(file))
			throw new NoSuchFileException("bookmark " + name);
		listeners.forEach(Runnable::run);
	}

	@Override
	public void onChange(Runnable listener) {
		listeners.add(listener);
	}

	private static Bookmark read(Path file) throws IOException {
		if (Files.size(file) > LARGEST)
			throw new IOException("it is too large for a bookmark");
		var lines = new Properties();
		try (Reader in = new StringReader(Files.readString(file))) {
			lines.load(in);
		}
		String name = lines.getProperty("name");
		String uri = lines.getProperty("uri");
		if (name == null || uri == null)
			throw new IOException("it has no name or no uri");
		List<Path> keys = lines.stringPropertyNames().stream().filter(k -> k.matches("key\\.\\d{1,4}"))
				.sorted(Comparator.comparingInt(k -> Integer.parseInt(k.substring(4)))).map(k -> Path.of(lines.getProperty(k))).toList();
		Map<String, String> options = lines.stringPropertyNames().stream().filter(k -> k.startsWith("option."))
				.collect(Collectors.toMap(k -> k.substring(7), lines::getProperty));
		try {
			return new Bookmark(name, new URI(uri), keys, options);
		} catch (URISyntaxException e) {
			throw new IOException("its uri is none: " + e.getReason());
		}
	}

	/** As {@link Properties} reads it back, with letters of all scripts left readable. */
	private static String escape(String text) {
		var out = new StringBuilder();
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			switch (c) {
			case '\\', '=', ':', '#', '!' -> out.append('\\').append(c);
			case ' ' -> out.append(i == 0 ? "\\ " : " ");
			default -> {
				if (Character.isISOControl(c))
					out.append("\\u%04x".formatted((int) c));
				else
					out.append(c);
			}
			}
		}
		return out.toString();
	}

	/** A file name for any bookmark name on any file system: letters, digits and a few signs as they are, all else as %XXXX. */
	private static String fileName(String name) {
		var out = new StringBuilder();
		for (char c : name.toCharArray()) {
			if (Character.isLetterOrDigit(c) && !Character.isUpperCase(c) && c < 0x80 || c == '-' || c == '_' || c == ' ')
				out.append(c);
			else if (c >= 'A' && c <= 'Z')
				out.append(c);
			else
				out.append("%%%04x".formatted((int) c));
		}
		String base = out.toString();
		if (base.length() > 180)
			base = base.substring(0, 160) + "%" + Integer.toHexString(name.hashCode());
		return base + ENDING;
	}
}
