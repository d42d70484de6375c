package org.strongroom.storage.sftp.internal;

import org.strongroom.auth.ssh.Wire;

/**
 * An answer of the server.
 *
 * @param type number of the message
 * @param content the whole message
 * @param offset where in it the part begins that follows the number of the request
 */
record Packet(int type, byte[] content, int offset) {
	// Message and status numbers of draft-ietf-secsh-filexfer-02, sections 3, 7 and the following.
	static final int INIT = 1;
	static final int VERSION = 2;
	static final int OPEN = 3;
	static final int CLOSE = 4;
	static final int READ = 5;
	static final int WRITE = 6;
	static final int LSTAT = 7;
	static final int FSTAT = 8;
	static final int SETSTAT = 9;
	static final int FSETSTAT = 10;
	static final int OPENDIR = 11;
	static final int READDIR = 12;
	static final int REMOVE = 13;
	static final int MKDIR = 14;
	static final int RMDIR = 15;
	static final int REALPATH = 16;
	static final int STAT = 17;
	static final int RENAME = 18;
	static final int READLINK = 19;
	static final int SYMLINK = 20;
	static final int STATUS = 101;
	static final int HANDLE = 102;
	static final int DATA = 103;
	static final int NAME = 104;
	static final int ATTRS = 105;
	static final int EXTENDED = 200;
	static final int EXTENDED_REPLY = 201;

	static final int READ_FLAG = 0x01;
	static final int WRITE_FLAG = 0x02;
	static final int CREATE_FLAG = 0x08;
	static final int EXCLUSIVE_FLAG = 0x20;

	/** A reader of the body. */
	Wire.Reader body() {
		return new Wire.Reader(java.util.Arrays.copyOfRange(content, offset, content.length));
	}
}
