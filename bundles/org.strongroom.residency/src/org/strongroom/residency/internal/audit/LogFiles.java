package org.strongroom.residency.internal.audit;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

import org.strongroom.core.Bookmark;
import org.strongroom.residency.audit.AuditLog;
import org.strongroom.residency.audit.DamagedLogException;
import org.strongroom.residency.audit.Entry;
import org.strongroom.residency.audit.Verification;

/** The files of a log. */
public final class LogFiles implements AuditLog {
	/** The file with the public key by which signatures are checked. */
	public static final String KEY = "sign.pub";

	private final Optional<LogFolder> folder;
	private final List<Path> files;
	private final boolean isHome;

	private LogFiles(Optional<LogFolder> folder, List<Path> files, boolean isHome) {
		this.folder = folder;
		this.files = files;
		this.isHome = isHome;
	}

	/** @param isHome whether it is written here, and has all that belongs to a log */
	public static LogFiles ofFolder(Path folder, boolean isHome) {
		return new LogFiles(Optional.of(new LogFolder(folder)), List.of(), isHome);
	}

	/** A folder, or files. */
	public static LogFiles of(List<Path> files) throws IOException {
		for (Path file : files)
			if (!Files.exists(file))
				throw new NoSuchFileException(file.toString());
		if (files.size() == 1 && Files.isDirectory(files.getFirst()))
			return ofFolder(files.getFirst(), Files.exists(files.getFirst().resolve("secret.key")));
		return new LogFiles(Optional.empty(), List.copyOf(files), false);
	}

	private List<Path> files() throws IOException {
		return folder.isPresent() ? folder.get().files() : files;
	}

	@Override
	public boolean isEmpty() throws IOException {
		return files().isEmpty();
	}

	@Override
	public Verification verify(Optional<String> noted, Optional<Path> key) throws IOException {
		Optional<byte[]> hash = noted.map(LogFiles::hash);
		Optional<State> state = Optional.empty();
		List<Path> all;
		if (isHome) {
			LogFolder home = folder.get();
			Path own = home.path().resolve(KEY);
			if (key.isEmpty() && Files.exists(own))
				key = Optional.of(own);
			state = state(home);
			all = home.files();
			if (all.isEmpty())
				throw state.isPresent() && state.get().number() > 0 ? new DamagedLogException(home.file(state.get().file()), 1, "this file is missing")
						: new NoSuchFileException(home.path().toString(), null, "there is no audit log here");
			int last = LogFolder.number(all.getLast());
			if (state.isPresent() && state.get().number() > 0 && last < state.get().file())
				throw new DamagedLogException(home.file(last + 1), 1, "this file is missing");
		} else {
			all = files();
			if (all.isEmpty())
				throw new NoSuchFileException(folder.map(f -> f.path().toString()).orElse(""), null, "there is no audit log here");
		}
		Optional<String> expected = key.isPresent() ? Optional.of(key(key.get())) : Optional.empty();
		Verification found = new Verifier(all, state, hash, expected).verify(isHome);
		if (isHome && state.isEmpty())
			throw new DamagedLogException(all.getLast(), lines(all.getLast()), "the file 'state' beside it is missing or was changed: whether lines are missing after this one cannot be told");
		return found;
	}

	private static long lines(Path file) throws IOException {
		long lines = 0;
		try (BufferedReader in = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
			while (in.readLine() != null)
				lines++;
		}
		return lines;
	}

	private static byte[] hash(String text) {
		try {
			byte[] hash = HexFormat.of().parseHex(text.strip().toLowerCase(java.util.Locale.ROOT));
			if (hash.length == Line.HASH)
				return hash;
		} catch (IllegalArgumentException e) {
			// Said below.
		}
		throw new IllegalArgumentException("A checkpoint is noted by the hash of its line, %d hexadecimal digits.".formatted(2 * Line.HASH));
	}

	private static String key(Path file) throws IOException {
		try {
			return java.util.Base64.getEncoder().encodeToString(Pem.read("PUBLIC KEY", Files.readString(file, StandardCharsets.ISO_8859_1)));
		} catch (IllegalArgumentException e) {
			throw new java.nio.file.FileSystemException(file.toString(), null, "this is no public key (PEM)");
		}
	}

	/** Where a log that is written here ended; while nobody writes, as far as one may look. */
	private static Optional<State> state(LogFolder home) throws IOException {
		if (!Files.exists(home.state()))
			return Optional.empty();
		LogKeys keys;
		try {
			keys = LogKeys.read(home);
		} catch (NoSuchFileException e) {
			return Optional.empty();
		}
		try (FileChannel channel = FileChannel.open(home.state(), StandardOpenOption.READ, StandardOpenOption.WRITE); var _ = LogFolder.lock(home.state(), channel)) {
			return State.read(channel, keys);
		} catch (AccessDeniedException | java.nio.file.ReadOnlyFileSystemException e) {
			try (FileChannel channel = FileChannel.open(home.state(), StandardOpenOption.READ)) {
				return State.read(channel, keys);
			}
		}
	}

	@Override
	public void read(Optional<Path> auditorKey, Predicate<Entry> reader) throws IOException {
		Optional<Sealing.Opening> opening = auditorKey.isPresent() ? Optional.of(opening(auditorKey.get())) : Optional.empty();
		for (Path file : files()) {
			try (BufferedReader in = new BufferedReader(new java.io.InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8.newDecoder().onMalformedInput(java.nio.charset.CodingErrorAction.REPLACE)
					.onUnmappableCharacter(java.nio.charset.CodingErrorAction.REPLACE)))) {
				for (String line; (line = in.readLine()) != null;) {
					Optional<Entry> entry = entry(line, opening);
					if (entry.isPresent() && !reader.test(entry.get()))
						return;
				}
			}
		}
	}

	private static Sealing.Opening opening(Path file) throws IOException {
		try {
			return new Sealing.Opening(Files.readString(file, StandardCharsets.ISO_8859_1));
		} catch (IllegalArgumentException e) {
			throw new java.nio.file.FileSystemException(file.toString(), null, "this is no private key of X25519 (PEM, not encrypted)");
		}
	}

	private static Optional<Entry> entry(String line, Optional<Sealing.Opening> opening) {
		try {
			Map<String, Object> is = Json.read(line);
			Optional<List<String>> names = opening.flatMap(o -> o.names(is));
			var detail = new TreeMap<String, String>();
			if (is.get("detail") instanceof Map<?, ?> map)
				map.forEach((k, v) -> detail.put(k.toString(), v.toString()));
			var paths = new ArrayList<String>();
			if (is.get("paths") instanceof List<?> list)
				list.forEach(p -> paths.add(p.toString()));
			Optional<List<String>> readable = names.filter(_ -> !paths.isEmpty()).map(all -> all.subList(0, Math.min(paths.size(), all.size())));
			Optional<String> readablePlace = names.filter(all -> all.size() > paths.size()).map(all -> all.get(paths.size()));
			return Optional.of(new Entry((Long) is.get("n"), text(is, "time"), text(is, "event"), text(is, "result"), text(is, "machine"), text(is, "user"), text(is, "process"), text(is, "server"),
					text(is, "key"), text(is, "vault"), paths, readable, text(is, "place"), readablePlace, detail, text(is, "hash")));
		} catch (RuntimeException e) {
			return Optional.empty();
		}
	}

	private static String text(Map<String, Object> is, String name) {
		return is.get(name) instanceof String s ? s : "";
	}

	@Override
	public String hash(Bookmark bookmark, String location) throws IOException {
		if (!isHome)
			throw new java.nio.file.FileSystemException("secret.key", null, "paths can be looked for only where the log was written: its keys are not here");
		return LogKeys.read(folder.get()).hash(Places.of(bookmark, location));
	}
}
