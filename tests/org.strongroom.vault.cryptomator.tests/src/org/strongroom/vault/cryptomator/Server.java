package org.strongroom.vault.cryptomator;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

import org.strongroom.core.auth.Secret;
import org.strongroom.core.storage.StorageFileSystem;
import org.strongroom.core.vault.Vault;
import org.strongroom.remotefs.internal.RemoteFileSystems;
import org.strongroom.storage.local.internal.LocalStorage;
import org.strongroom.vault.cryptomator.internal.CryptomatorFormat;

/** A folder of this machine, reached as a server is: through the remote file system, with a record of every call. */
final class Server implements AutoCloseable {
	static final String PASSPHRASE = "correct horse battery staple";

	final Path local;
	final RecordingStorage storage = new RecordingStorage(new LocalStorage(FileSystems.getDefault()));
	final StorageFileSystem fileSystem = new RemoteFileSystems().open(UUID.randomUUID().toString(), storage);

	/** @param local the encrypted folder as it lies on this machine */
	Server(Path local) {
		this.local = local;
	}

	/** The encrypted folder as it lies on the server. */
	Path folder() {
		return fileSystem.getPath(local.toAbsolutePath().toString());
	}

	Vault unlock() throws IOException {
		return unlock(PASSPHRASE);
	}

	Vault unlock(String passphrase) throws IOException {
		try (Secret secret = Secret.of(passphrase.toCharArray())) {
			return new CryptomatorFormat().inspect(folder()).unlock(secret);
		}
	}

	/** The same item on this machine. */
	Path local(Path remote) {
		return Path.of(remote.toString());
	}

	/** Something else has changed the folder. */
	void changed() {
		fileSystem.refresh(folder());
	}

	/** Every item: type, permissions, time to the nanosecond, and content. */
	Map<String, String> state() throws IOException {
		var all = new TreeMap<String, String>();
		Files.walkFileTree(local, new SimpleFileVisitor<>() {
			@Override
			public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
				return note(folder, attributes, "");
			}

			@Override
			public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
				return note(file, attributes, java.util.HexFormat.of().formatHex(Files.readAllBytes(file)));
			}

			private FileVisitResult note(Path path, BasicFileAttributes a, String content) throws IOException {
				all.put(path.toString(), "%s %s %s %s".formatted(a.fileKey(), a.lastModifiedTime().toInstant(), Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS), content));
				return FileVisitResult.CONTINUE;
			}
		});
		return all;
	}

	@Override
	public void close() throws IOException {
		fileSystem.close();
	}
}
