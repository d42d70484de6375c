package org.strongroom.storage.sftp.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

import org.strongroom.auth.ssh.Wire;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.Reader;
import org.strongroom.core.storage.ServerFaultException;

/** A file open for reading. What is asked for in one call is fetched in pieces, many of them under way at once. */
final class SftpReader implements Reader {
	/** Pieces of one call under way. */
	private static final int MOST_UNDER_WAY = 64;
	/** How often one piece may come short before the server is taken for one that plays with us. */
	private static final int MOST_SHORT = 256;

	private final SftpChannel sftp;
	private final String path;
	private final FileInfo info;
	private final byte[] handle;
	private final int longest;
	private volatile boolean closed;

	/**
	 * @param info the file as it was before it was opened
	 * @param longest how many bytes to ask for in one request
	 */
	SftpReader(SftpChannel sftp, String path, FileInfo info, byte[] handle, int longest) {
		this.sftp = sftp;
		this.path = path;
		this.info = info;
		this.handle = handle;
		this.longest = longest;
	}

	@Override
	public FileInfo info() {
		return info;
	}

	/** Whether it is open on a certain channel. */
	boolean isOn(SftpChannel channel) {
		return sftp == channel;
	}

	/** What stands for the open file on its channel. */
	byte[] handle() {
		return handle;
	}

	/** The file's path on the server. */
	String path() {
		return path;
	}

	private record Piece(long position, int length, SftpChannel.Request request) {
	}

	@Override
	public int read(long position, ByteBuffer target) throws IOException {
		if (closed)
			throw new java.nio.channels.ClosedChannelException();
		if (position < 0)
			throw new IllegalArgumentException("position " + position);
		int wanted = target.remaining();
		if (wanted == 0)
			return 0;
		var underWay = new ArrayDeque<Piece>();
		int asked = 0;
		int got = 0;
		try {
			for (;;) {
				while (asked < wanted && underWay.size() < MOST_UNDER_WAY && (position + asked <= info.size() || underWay.isEmpty())) {
					int length = length(position + asked, Math.min(longest, wanted - asked));
					underWay.add(ask(position + asked, length));
					asked += length;
				}
				Piece piece = underWay.poll();
				if (piece == null)
					return got;
				int length = take(piece, target);
				got += length;
				if (length < piece.length())
					return got > 0 ? got : -1; // the file ends here
			}
		} finally {
			giveUp(underWay);
		}
	}

	/** How much to ask for at once: not across the end that the file should have, where one answer would come short and the rest had to be asked for again. */
	private int length(long position, int most) {
		long end = info.size();
		return position < end ? (int) Math.min(most, end - position) : most;
	}

	private Piece ask(long position, int length) throws IOException {
		var body = new Wire.Writer().string(handle).u32(position >>> 32).u32(position).u32(length);
		return new Piece(position, length, sftp.send(Packet.READ, body));
	}

	/** Puts a piece into the target, asking again for what is missing of it. */
	private int take(Piece piece, ByteBuffer target) throws IOException {
		int got = 0;
		for (int shorts = 0;; shorts++) {
			if (shorts > MOST_SHORT)
				throw new ServerFaultException(path, "the server sends the file in crumbs; reading was given up");
			Packet answer = sftp.await(piece.request());
			if (answer.type() != Packet.DATA) {
				Status status = Status.of(answer, path);
				if (status.code() == Status.EOF)
					return got;
				throw status.error(path);
			}
			int length = put(answer, piece.length(), target);
			got += length;
			if (length == piece.length())
				return got;
			piece = ask(piece.position() + length, piece.length() - length);
		}
	}

	private int put(Packet answer, int most, ByteBuffer target) throws ServerFaultException {
		byte[] content = answer.content();
		int at = answer.offset();
		if (content.length - at < 4)
			throw new ServerFaultException(path, "the server's answer ends too early");
		int length = ByteBuffer.wrap(content).getInt(at);
		if (length <= 0 || length > content.length - at - 4)
			throw new ServerFaultException(path, "the server sends nothing, or less than it says");
		if (length > most)
			throw new ServerFaultException(path, "the server sends more than it was asked for");
		target.put(content, at + 4, length);
		return length;
	}

	private void giveUp(Deque<Piece> pieces) {
		sftp.abandon(pieces.stream().map(Piece::request).toList());
	}

	@Override
	public void close() {
		if (closed)
			return;
		closed = true;
		sftp.post(Packet.CLOSE, new Wire.Writer().string(handle));
	}
}
