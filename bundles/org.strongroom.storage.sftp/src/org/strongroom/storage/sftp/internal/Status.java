package org.strongroom.storage.sftp.internal;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

import org.strongroom.auth.ssh.Wire;
import org.strongroom.core.auth.Challenge;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.ServerFaultException;

/**
 * How a request ended (draft-ietf-secsh-filexfer-02 section 7). Codes above 8 belong to later drafts, but some servers send them to everybody.
 *
 * @param code what happened
 * @param text the server's own words, may be empty
 */
record Status(int code, String text) {
	static final int OK = 0;
	static final int EOF = 1;
	static final int NO_SUCH_FILE = 2;
	static final int PERMISSION_DENIED = 3;
	static final int FAILURE = 4;
	static final int BAD_MESSAGE = 5;
	static final int NO_CONNECTION = 6;
	static final int CONNECTION_LOST = 7;
	static final int UNSUPPORTED = 8;
	static final int FILE_ALREADY_EXISTS = 11;

	static Status of(Packet packet, String path) throws ServerFaultException {
		if (packet.type() != Packet.STATUS)
			throw new ServerFaultException(path, "the server's answer makes no sense (message " + packet.type() + ")");
		try {
			Wire.Reader in = packet.body();
			int code = (int) Math.min(in.u32(), Integer.MAX_VALUE);
			return new Status(code, in.remaining() >= 4 ? in.string() : "");
		} catch (IllegalArgumentException e) {
			throw new ServerFaultException(path, "the server's answer ends too early");
		}
	}

	boolean isOk() {
		return code == OK;
	}

	/** The error that this status is for a file. */
	IOException error(String path) {
		return switch (code) {
		case NO_SUCH_FILE, 10 -> new NoSuchFileException(path);
		case PERMISSION_DENIED, 12 -> new AccessDeniedException(path, null, words());
		case BAD_MESSAGE -> new FileSystemException(path, null, "the server cannot do this: the name may be too long or not possible there");
		case NO_CONNECTION, CONNECTION_LOST -> new ConnectionException("The server lost its own connection to the files.");
		case UNSUPPORTED -> new FileSystemException(path, null, "the server does not know how to do this");
		case FILE_ALREADY_EXISTS -> new FileAlreadyExistsException(path);
		case 14, 15 -> new FileSystemException(path, null, "the server could not store it (disk full or quota?)");
		case 18 -> new DirectoryNotEmptyException(path);
		case 19 -> new NotDirectoryException(path);
		case OK, EOF -> new ServerFaultException(path, "the server's answer makes no sense");
		default -> new FileSystemException(path, null, "the server failed to do this" + (words() == null ? "" : " (" + words() + ")"));
		};
	}

	/** The server's words if they say more than the code, on one printable line. */
	private String words() {
		String line = Challenge.printable(text).replace('\n', ' ').strip();
		if (line.isEmpty() || line.equalsIgnoreCase("Failure") || line.equalsIgnoreCase("Permission denied"))
			return null;
		return line.length() > 200 ? line.substring(0, 200) + "…" : line;
	}
}
