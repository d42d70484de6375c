package org.strongroom.storage.local.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;

import org.strongroom.core.storage.ConflictException;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.Precondition;
import org.strongroom.core.storage.ServerFaultException;
import org.strongroom.core.storage.StoragePaths;
import org.strongroom.core.storage.Upload;

/** Writes to a temporary file beside the target, and moves it over the target at the end: a reader sees the old file or the new one. */
final class LocalUpload implements Upload {
	private final LocalStorage storage;
	private final String name;
	private final Path target;
	private final Precondition precondition;
	private final Path part;
	private final SteadyFile file;
	private boolean done;

	LocalUpload(LocalStorage storage, String name, Path target, Precondition precondition) throws IOException {
		this.storage = storage;
		this.name = name;
		this.target = target;
		this.precondition = precondition;
		var random = new byte[8];
		new SecureRandom().nextBytes(random);
		part = target.resolveSibling(StoragePaths.TEMPORARY + HexFormat.of().formatHex(random) + ".part");
		// nobody else may read it before it has the permissions of the file it replaces
		FileAttribute<?>[] mine = storage.features().permissions() && Files.exists(target)
				? new FileAttribute<?>[] { PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")) }
				: new FileAttribute<?>[0];
		file = SteadyFile.create(part, mine);
	}

	@Override
	public void write(long position, ByteBuffer source) throws IOException {
		file.write(position, source);
	}

	@Override
	public boolean isReadable() {
		return true;
	}

	@Override
	public int read(long position, ByteBuffer into) throws IOException {
		return file.read(position, into);
	}

	@Override
	public FileInfo commit(long size) throws IOException {
		try (this) {
			if (file.size() > size)
				file.truncate(size);
			if (file.size() != size)
				throw new ServerFaultException(name, "only %,d of %,d bytes reached the disk; nothing was replaced".formatted(file.size(), size));
			file.force();
			file.close();
			Optional<FileInfo> old = existing();
			if (old.isPresent() && old.get().permissions().isPresent())
				Files.setPosixFilePermissions(part, Permissions.set(old.get().permissions().getAsInt()));
			check(existing());
			if (!(precondition instanceof Precondition.Absent) || !link()) {
				Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
				done = true;
			}
			return storage.describe(target, false);
		}
	}

	/**
	 * Gives the new content the target's name as a second one, which, unlike a move, replaces nothing: of several who make a file, one wins.
	 *
	 * @return false if there are no second names here
	 */
	private boolean link() throws IOException {
		try {
			Files.createLink(target, part);
			return true;
		} catch (FileAlreadyExistsException e) {
			throw nowThere();
		} catch (UnsupportedOperationException | FileSystemException e) {
			return false;
		}
	}

	private ConflictException nowThere() {
		return new ConflictException(name, "a file of that name is there by now");
	}

	private Optional<FileInfo> existing() throws IOException {
		try {
			return Optional.of(storage.describe(target, false));
		} catch (NoSuchFileException e) {
			return Optional.empty();
		}
	}

	private void check(Optional<FileInfo> now) throws IOException {
		if (now.isPresent() && now.get().type() == FileInfo.Type.DIRECTORY)
			throw new FileSystemException(name, null, "this is a folder now, not a file");
		switch (precondition) {
		case Precondition.Any _ -> {
		}
		case Precondition.Absent _ -> {
			if (now.isPresent())
				throw nowThere();
		}
		case Precondition.Unchanged(var version) -> {
			if (now.isEmpty())
				throw new ConflictException(name, "it was removed");
			if (!now.get().version().equals(Optional.of(version)))
				throw new ConflictException(name, "somebody else has written to it");
		}
		}
	}

	@Override
	public void close() throws IOException {
		file.close();
		if (!done) {
			done = true;
			Files.deleteIfExists(part);
		}
	}
}
