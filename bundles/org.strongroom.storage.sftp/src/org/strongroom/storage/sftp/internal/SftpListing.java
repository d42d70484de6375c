package org.strongroom.storage.sftp.internal;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

import org.strongroom.auth.ssh.Wire;
import org.strongroom.core.storage.Entry;
import org.strongroom.core.storage.Listing;
import org.strongroom.core.storage.ServerFaultException;

/**
 * A folder being listed. A server gives a hundred names or so for each request, so that many are under way at once: enough for a usual folder from the start, and
 * enough for a huge one when half of the usual has come.
 */
final class SftpListing implements Listing {
	private static final int FEW = 24;
	private static final int MANY = 200;
	/** Whoever lists sets a limit of their own; this one only ends what has no end. */
	private static final int MOST_ENTRIES = 10_000_000;
	private static final int MOST_EMPTY = 3;

	private final SftpChannel sftp;
	private final String path;
	private final byte[] handle;
	private final Deque<SftpChannel.Request> underWay = new ArrayDeque<>();
	private int answers;
	private int entries;
	private int empty;
	private boolean ended;
	private boolean closed;

	SftpListing(SftpChannel sftp, String path, byte[] handle) {
		this.sftp = sftp;
		this.path = path;
		this.handle = handle;
	}

	@Override
	public List<Entry> next() throws IOException {
		while (!ended) {
			askOn();
			Packet answer = sftp.await(underWay.poll());
			answers++;
			if (answer.type() == Packet.NAME) {
				List<Entry> found = read(answer);
				if (!found.isEmpty())
					return found;
			} else {
				ended = true;
				Status status = Status.of(answer, path);
				if (status.code() != Status.EOF)
					throw status.error(path);
			}
		}
		return List.of();
	}

	private void askOn() throws IOException {
		int wanted = answers < FEW / 2 ? FEW - answers : underWay.size() < MANY / 2 ? MANY : 0;
		while (underWay.size() < wanted)
			underWay.add(sftp.send(Packet.READDIR, new Wire.Writer().string(handle)));
	}

	private List<Entry> read(Packet answer) throws ServerFaultException {
		try {
			Wire.Reader in = answer.body();
			long count = in.u32();
			if (count == 0 && ++empty > MOST_EMPTY || (entries += (int) Math.min(count, MOST_ENTRIES)) > MOST_ENTRIES) {
				ended = true;
				throw new ServerFaultException(path, "the server lists this folder without end; the listing was given up");
			}
			var found = new ArrayList<Entry>();
			for (long i = 0; i < count; i++) {
				String name = in.string();
				in.bytes(); // the line that ls -l would show
				Attributes attributes = Attributes.read(in);
				if (!name.equals(".") && !name.equals(".."))
					found.add(new Entry(name, attributes.info()));
			}
			return found;
		} catch (IllegalArgumentException e) {
			ended = true;
			throw new ServerFaultException(path, "the server's listing makes no sense");
		}
	}

	@Override
	public void close() {
		if (closed)
			return;
		closed = true;
		ended = true;
		sftp.abandon(underWay);
		sftp.post(Packet.CLOSE, new Wire.Writer().string(handle));
	}
}
