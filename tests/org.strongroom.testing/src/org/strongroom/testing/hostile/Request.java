package org.strongroom.testing.hostile;

/**
 * What a client can ask of an SFTP server: the packet types of draft-ietf-secsh-filexfer-02 (version 3), and the extensions of OpenSSH's {@code PROTOCOL} file by their
 * names.
 */
public enum Request {
	/** The first packet of a session. */
	INIT(1),
	/** Opens a file. */
	OPEN(3),
	/** Closes a file or a listing. */
	CLOSE(4),
	/** Reads from an open file. */
	READ(5),
	/** Writes to an open file. */
	WRITE(6),
	/** Attributes of a path, links not followed. */
	LSTAT(7),
	/** Attributes of an open file. */
	FSTAT(8),
	/** Changes attributes of a path. */
	SETSTAT(9),
	/** Changes attributes of an open file. */
	FSETSTAT(10),
	/** Begins a listing. */
	OPENDIR(11),
	/** The next entries of a listing. */
	READDIR(12),
	/** Removes a file. */
	REMOVE(13),
	/** Makes a folder. */
	MKDIR(14),
	/** Removes a folder. */
	RMDIR(15),
	/** Makes a path absolute. */
	REALPATH(16),
	/** Attributes of a path, links followed. */
	STAT(17),
	/** Renames, unless the new name is taken. */
	RENAME(18),
	/** Reads a link's target. */
	READLINK(19),
	/** Makes a link. */
	SYMLINK(20),
	/** Renames, replacing what has the new name. */
	POSIX_RENAME("posix-rename@openssh.com", "1"),
	/** Space of the file system of a path. */
	STATVFS("statvfs@openssh.com", "2"),
	/** Space of the file system of an open file. */
	FSTATVFS("fstatvfs@openssh.com", "2"),
	/** Makes a file durable. */
	FSYNC("fsync@openssh.com", "1"),
	/** A second name for a file. */
	HARDLINK("hardlink@openssh.com", "1"),
	/** Changes attributes of a path, links not followed. */
	LSETSTAT("lsetstat@openssh.com", "1"),
	/** Largest packets and numbers of handles. */
	LIMITS("limits@openssh.com", "1"),
	/** Copies a range between two open files. */
	COPY_DATA("copy-data", "1"),
	/** Any extension that is not known here. */
	OTHER_EXTENSION(200),
	/** A packet type that is not known here. */
	UNKNOWN(-1);

	static final int SSH_FXP_EXTENDED = 200;

	private final int type;
	private final String extension;
	private final String version;

	Request(int type) {
		this.type = type;
		extension = null;
		version = null;
	}

	Request(String extension, String version) {
		type = SSH_FXP_EXTENDED;
		this.extension = extension;
		this.version = version;
	}

	/** The extension's name on the wire, or null. */
	public String extension() {
		return extension;
	}

	String version() {
		return version;
	}

	static Request of(int type) {
		for (Request request : values()) {
			if (request.type == type && request.extension == null) {
				return request;
			}
		}
		return UNKNOWN;
	}

	static Request ofExtension(String name) {
		for (Request request : values()) {
			if (name.equals(request.extension)) {
				return request;
			}
		}
		return OTHER_EXTENSION;
	}
}
