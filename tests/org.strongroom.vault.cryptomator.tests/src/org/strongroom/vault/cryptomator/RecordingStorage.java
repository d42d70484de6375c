package org.strongroom.vault.cryptomator;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.Features;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.Listing;
import org.strongroom.core.storage.Precondition;
import org.strongroom.core.storage.Reader;
import org.strongroom.core.storage.Space;
import org.strongroom.core.storage.Storage;
import org.strongroom.core.storage.Upload;

/** A storage that keeps a record of what was asked of it, and can be cut off. */
final class RecordingStorage implements Storage {
	private final Storage real;
	final List<String> writes = new CopyOnWriteArrayList<>();
	final List<String> reads = new CopyOnWriteArrayList<>();
	volatile boolean cut;
	/** The connection is cut before as many changes were made; 0 before the first one. */
	volatile int cutBeforeWrite = Integer.MAX_VALUE;
	/** Called before content is read. */
	volatile Runnable beforeRead = () -> {
	};
	/** Called before each commit. */
	volatile Runnable beforeCommit = () -> {
	};

	RecordingStorage(Storage real) {
		this.real = real;
	}

	private void read(String what) throws ConnectionException {
		reads.add(what);
		check();
	}

	private synchronized void write(String what) throws ConnectionException {
		if (cutBeforeWrite-- == 0)
			cut = true;
		check();
		writes.add(what);
	}

	private void check() throws ConnectionException {
		if (cut)
			throw new ConnectionException("The connection was cut.");
	}

	@Override
	public Features features() {
		return real.features();
	}

	@Override
	public FileInfo stat(String path, boolean followLinks) throws IOException {
		read("stat " + path);
		return real.stat(path, followLinks);
	}

	@Override
	public Listing list(String path) throws IOException {
		read("list " + path);
		return real.list(path);
	}

	@Override
	public Reader open(String path) throws IOException {
		read("open " + path);
		Reader reader = real.open(path);
		return new Reader() {
			@Override
			public FileInfo info() {
				return reader.info();
			}

			@Override
			public int read(long position, ByteBuffer target) throws IOException {
				beforeRead.run();
				check();
				return reader.read(position, target);
			}

			@Override
			public void close() throws IOException {
				reader.close();
			}
		};
	}

	@Override
	public Upload upload(String path, Precondition precondition) throws IOException {
		write("upload " + path);
		Upload upload = real.upload(path, precondition);
		return new Upload() {
			@Override
			public void write(long position, ByteBuffer source) throws IOException {
				check();
				upload.write(position, source);
			}

			@Override
			public FileInfo commit(long size) throws IOException {
				beforeCommit.run();
				RecordingStorage.this.write("commit " + path);
				return upload.commit(size);
			}

			@Override
			public void close() throws IOException {
				upload.close();
			}
		};
	}

	@Override
	public void createDirectory(String path) throws IOException {
		write("createDirectory " + path);
		real.createDirectory(path);
	}

	@Override
	public void delete(String path) throws IOException {
		write("delete " + path);
		real.delete(path);
	}

	@Override
	public void deleteDirectory(String path) throws IOException {
		write("deleteDirectory " + path);
		real.deleteDirectory(path);
	}

	@Override
	public void rename(String from, String to, boolean replace) throws IOException {
		write("rename " + from + " " + to);
		real.rename(from, to, replace);
	}

	@Override
	public void setModified(String path, Instant modified) throws IOException {
		write("setModified " + path);
		real.setModified(path, modified);
	}

	@Override
	public void setPermissions(String path, int permissions) throws IOException {
		write("setPermissions " + path);
		real.setPermissions(path, permissions);
	}

	@Override
	public String readLink(String path) throws IOException {
		read("readLink " + path);
		return real.readLink(path);
	}

	@Override
	public void createLink(String path, String target) throws IOException {
		write("createLink " + path);
		real.createLink(path, target);
	}

	@Override
	public String home() throws IOException {
		return real.home();
	}

	@Override
	public Optional<Space> space(String path) throws IOException {
		return real.space(path);
	}

	@Override
	public boolean isOpen() {
		return !cut && real.isOpen();
	}

	@Override
	public void close() throws IOException {
		real.close();
	}
}
