package org.strongroom.residency.internal;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Files in Strongroom's home, which are their owner's business alone. */
public final class Owned {
	private Owned() {
	}

	/** Writes a short text to a file of the home, making both if need be. */
	static void write(Path file, String text) throws IOException {
		Files.createDirectories(file.getParent(), permissions("rwx------"));
		try (var out = Files.newByteChannel(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING), permissions("rw-------"))) {
			out.write(java.nio.charset.StandardCharsets.UTF_8.encode(text));
		}
	}

	/** To be set when something is made, where the file system knows of such. @param posix as in {@code rwx------} */
	public static FileAttribute<?>[] permissions(String posix) {
		return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
				? new FileAttribute<?>[] { PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(posix)) }
				: new FileAttribute<?>[0];
	}
}
