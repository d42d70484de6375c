package org.strongroom.storage.webdav.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

import org.strongroom.core.Home;

/**
 * The certificates that a person has said yes to, each for one server and port: lines of {@code host:port} and the SHA-256 fingerprint, in the file {@code known_certificates} in Strongroom's
 * home. The file is read anew each time.
 */
public final class KnownCertificates {
	private static final long LONGEST_FILE = 1 << 20;
	private final Path file;

	/** @param file may not exist yet */
	public KnownCertificates(Path file) {
		this.file = file;
	}

	/** Those of this person. */
	public static KnownCertificates usual() {
		return new KnownCertificates(Home.folder().resolve("known_certificates"));
	}

	/** The fingerprints known of a server. */
	public List<String> of(String host, int port) throws IOException {
		if (!Files.isRegularFile(file) || Files.size(file) > LONGEST_FILE)
			return List.of();
		String name = host + ":" + port;
		return Files.readString(file, StandardCharsets.ISO_8859_1).lines().map(l -> l.strip().split("\\s+")).filter(w -> w.length == 2 && w[0].equals(name)).map(w -> w[1]).toList();
	}

	/** Adds one, in place of those of the server before. */
	public void add(String host, int port, String fingerprint) throws IOException {
		Files.createDirectories(file.getParent());
		synchronized (KnownCertificates.class) {
			if (!Files.exists(file)) {
				if (file.getFileSystem().supportedFileAttributeViews().contains("posix"))
					Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
				else
					Files.createFile(file);
			}
			String name = host + ":" + port;
			Stream<String> others = Files.readString(file, StandardCharsets.ISO_8859_1).lines().filter(l -> !l.strip().split("\\s+")[0].equals(name));
			Files.write(file, Stream.concat(others, Stream.of(name + " " + fingerprint)).toList(), StandardCharsets.ISO_8859_1);
		}
	}
}
