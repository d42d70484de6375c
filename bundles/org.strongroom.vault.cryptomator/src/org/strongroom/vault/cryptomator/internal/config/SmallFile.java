package org.strongroom.vault.cryptomator.internal.config;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

import org.strongroom.core.vault.DamagedVaultException;
import org.strongroom.vault.cryptomator.internal.encrypted.Below;
import org.strongroom.vault.cryptomator.internal.encrypted.DamagedContentException;

/** Reads the files that make a folder a vault. */
final class SmallFile {
	/** Real ones have a few hundred bytes. */
	private static final int LONGEST = 64 * 1024;

	private SmallFile() {
	}

	/** The content of a file of a vault's folder; empty if there is no such file. */
	static Optional<byte[]> read(Path folder, String name) throws IOException {
		Path file = folder.resolve(name);
		try {
			byte[] content = Below.read(file, LONGEST);
			if (content.length == 0)
				throw new DamagedVaultException(folder.toString(), name + " is empty");
			return Optional.of(content);
		} catch (NoSuchFileException e) {
			return Optional.empty();
		} catch (DamagedContentException e) {
			throw new DamagedVaultException(folder.toString(), name + " is larger than 64 KiB");
		} catch (FileSystemException e) {
			if (Files.isDirectory(file))
				throw new DamagedVaultException(folder.toString(), name + " is not a file");
			throw e;
		}
	}
}
