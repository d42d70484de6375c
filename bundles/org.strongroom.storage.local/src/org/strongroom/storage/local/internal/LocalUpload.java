package org.strongroom.storage.local.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

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
	private final FileChannel channel;
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
		channel = FileChannel.open(part, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE), mine);
	}

	@Override
	public void write(long position, ByteBuffer source) throws IOException {
		for (long at = position; source.hasRemaining();)
			at += channel.write(source, at);
	}

	@Override
	public boolean isReadable() {
		return true;
	}

	@Override
	public int read(long position, ByteBuffer into) throws IOException {
		return readFully(channel, position, into);
	}

	static int readFully(FileChannel channel, long position, ByteBuffer into) throws IOException {
		int total = 0;
		while (into.hasRemaining()) {
			int n = channel.read(into, position + total);
			if (n < 0)
				return total == 0 ? -1 : total;
			total += n;
		}
		return total;
	}

	@Override
	public FileInfo commit(long size) throws IOException {
		try (this) {
			if (channel.size() > size)
				channel.truncate(size);
			if (channel.size() != size)
				throw new ServerFaultException(name, "only %,d of %,d bytes reached the disk; nothing was replaced".formatted(channel.size(), size));
			channel.force(true);
			channel.close();
			Optional<FileInfo> old = existing();
			if (old.isPresent() && old.get().permissions().isPresent())
				Files.setPosixFilePermissions(part, Permissions.set(old.get().permissions().getAsInt()));
			check(existing());
			Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
			done = true;
			return storage.describe(target, false);
		}
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
				throw new ConflictException(name, "a file of that name is there by now");
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
		channel.close();
		if (!done) {
			done = true;
			Files.deleteIfExists(part);
		}
	}
}
