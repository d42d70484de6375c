package org.strongroom.vault.cryptomator.internal.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

import org.strongroom.core.vault.DamagedVaultException;

/** Reads the files that make a folder a vault. */
final class SmallFile {
	/** Real ones have a few hundred bytes. */
	private static final int LONGEST = 64 * 1024;

	private SmallFile() {
	}

	/** The content of a file of a vault's folder; empty if there is no such file. */
	static Optional<byte[]> read(Path folder, String name) throws IOException {
		Path file = folder.resolve(name);
		BasicFileAttributes attributes;
		try {
			attributes = Files.readAttributes(file, BasicFileAttributes.class);
		} catch (NoSuchFileException e) {
			return Optional.empty();
		}
		if (!attributes.isRegularFile())
			throw new DamagedVaultException(folder.toString(), name + " is not a file");
		try (InputStream in = Files.newInputStream(file)) {
			byte[] content = in.readNBytes(LONGEST + 1);
			if (content.length > LONGEST)
				throw new DamagedVaultException(folder.toString(), name + " is larger than 64 KiB");
			if (content.length == 0)
				throw new DamagedVaultException(folder.toString(), name + " is empty");
			return Optional.of(content);
		}
	}
}
