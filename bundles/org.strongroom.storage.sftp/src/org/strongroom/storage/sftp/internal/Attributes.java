package org.strongroom.storage.sftp.internal;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

import org.strongroom.auth.ssh.Wire;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.Version;

/**
 * Attributes of a file as SFTP version 3 has them (draft-ietf-secsh-filexfer-02 section 5). Numbers the server did not send are -1.
 *
 * @param size bytes
 * @param uid owner
 * @param gid group
 * @param mode POSIX mode with the bits of the type
 * @param accessed seconds since 1970, unsigned 32 bits
 * @param modified seconds since 1970, unsigned 32 bits
 */
record Attributes(long size, long uid, long gid, int mode, long accessed, long modified) {
	private static final int SIZE = 0x1;
	private static final int UID_GID = 0x2;
	private static final int PERMISSIONS = 0x4;
	private static final int TIMES = 0x8;
	private static final int EXTENDED = 0x80000000;
	private static final int MOST_EXTENSIONS = 64;

	private static final int TYPE = 0170000;
	private static final int FILE = 0100000;
	private static final int DIRECTORY = 0040000;
	private static final int SYMLINK = 0120000;

	/** @throws IllegalArgumentException if the data ends too early */
	static Attributes read(Wire.Reader in) {
		int flags = (int) in.u32();
		long size = -1;
		if ((flags & SIZE) != 0) {
			size = in.u32() << 32 | in.u32();
			if (size < 0)
				size = Long.MAX_VALUE; // no file is that long: whoever relies on it learns soon enough
		}
		long uid = -1;
		long gid = -1;
		if ((flags & UID_GID) != 0) {
			uid = in.u32();
			gid = in.u32();
		}
		int mode = (flags & PERMISSIONS) != 0 ? (int) in.u32() & 0177777 : -1;
		long accessed = -1;
		long modified = -1;
		if ((flags & TIMES) != 0) {
			accessed = in.u32();
			modified = in.u32();
		}
		if ((flags & EXTENDED) != 0) {
			long count = in.u32();
			if (count > MOST_EXTENSIONS)
				throw new IllegalArgumentException("too many extensions");
			for (int i = 0; i < count; i++) {
				in.bytes();
				in.bytes();
			}
		}
		return new Attributes(size, uid, gid, mode, accessed, modified);
	}

	/** No attributes: the server chooses. */
	static Wire.Writer none(Wire.Writer out) {
		return out.u32(0);
	}

	static Wire.Writer size(Wire.Writer out, long size) {
		return out.u32(SIZE).u32(size >>> 32).u32(size);
	}

	static Wire.Writer permissions(Wire.Writer out, int permissions) {
		return out.u32(PERMISSIONS).u32(permissions);
	}

	static Wire.Writer owner(Wire.Writer out, long uid, long gid) {
		return out.u32(UID_GID).u32(uid).u32(gid);
	}

	static Wire.Writer times(Wire.Writer out, long accessed, long modified) {
		return out.u32(TIMES).u32(accessed).u32(modified);
	}

	FileInfo.Type type() {
		return switch (mode == -1 ? 0 : mode & TYPE) {
		case FILE -> FileInfo.Type.FILE;
		case DIRECTORY -> FileInfo.Type.DIRECTORY;
		case SYMLINK -> FileInfo.Type.SYMLINK;
		default -> mode == -1 && size >= 0 ? FileInfo.Type.FILE : FileInfo.Type.OTHER;
		};
	}

	/**
	 * The state of a file's content: size and time of the last change. The time has whole seconds, so two changes within one second that keep the
	 * length look alike if they are not ours (see {@link SftpUpload}); whoever can, compares bytes besides.
	 */
	Optional<Version> version() {
		return type() == FileInfo.Type.FILE && size >= 0 && modified >= 0 ? Optional.of(new Version(size + ":" + modified)) : Optional.empty();
	}

	FileInfo info() {
		FileInfo.Type type = type();
		return new FileInfo(type, type == FileInfo.Type.FILE ? Math.max(size, 0) : 0, modified < 0 ? Instant.EPOCH : Instant.ofEpochSecond(modified), version(),
				mode == -1 ? OptionalInt.empty() : OptionalInt.of(mode & 0777), number(uid), number(gid));
	}

	private static Optional<String> number(long id) {
		return id < 0 ? Optional.empty() : Optional.of(Long.toString(id));
	}
}
