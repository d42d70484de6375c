package org.strongroom.remotefs.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.Features;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.Listing;
import org.strongroom.core.storage.Precondition;
import org.strongroom.core.storage.Reader;
import org.strongroom.core.storage.Space;
import org.strongroom.core.storage.Storage;
import org.strongroom.core.storage.Upload;

/** A real storage with a log of the calls and a way to interfere with each: subclasses override what is to go wrong. */
class WrappedStorage implements Storage {
	private final Storage storage;
	private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
	private volatile String lostAt;
	private volatile boolean lost;

	WrappedStorage(Storage storage) {
		this.storage = storage;
	}

	/** The calls since the last {@link #forget}, such as {@code stat}. */
	List<String> calls() {
		return List.copyOf(calls);
	}

	void forget() {
		calls.clear();
	}

	/** From the next call of that name on the connection is gone. */
	void loseAt(String call) {
		lostAt = call;
	}

	/** Logs a call, and fails if the connection is gone. */
	protected void call(String name) throws IOException {
		calls.add(name);
		if (name.equals(lostAt))
			lost = true;
		if (lost)
			throw new ConnectionException("The connection to the server was lost.");
	}

	@Override
	public Features features() {
		return storage.features();
	}

	@Override
	public FileInfo stat(String path, boolean followLinks) throws IOException {
		call("stat");
		return seen(storage.stat(path, followLinks));
	}

	@Override
	public Listing list(String path) throws IOException {
		call("list");
		return storage.list(path);
	}

	@Override
	public Reader open(String path) throws IOException {
		call("open");
		Reader reader = storage.open(path);
		return new Reader() {
			@Override
			public FileInfo info() {
				return seen(reader.info());
			}

			@Override
			public int read(long position, ByteBuffer target) throws IOException {
				call("read");
				return reader.read(position, target);
			}

			@Override
			public void close() throws IOException {
				reader.close();
			}
		};
	}

	/** What is told of an item, given what is true. */
	protected FileInfo seen(FileInfo info) {
		return info;
	}

	@Override
	public Upload upload(String path, Precondition precondition) throws IOException {
		call("upload");
		return new WrappedUpload(storage.upload(path, precondition));
	}

	/** An upload with the same log. */
	class WrappedUpload implements Upload {
		private final Upload upload;

		WrappedUpload(Upload upload) {
			this.upload = upload;
		}

		@Override
		public void write(long position, ByteBuffer source) throws IOException {
			call("write");
			upload.write(position, source);
		}

		@Override
		public boolean isReadable() {
			return upload.isReadable();
		}

		@Override
		public int read(long position, ByteBuffer target) throws IOException {
			call("read back");
			return upload.read(position, target);
		}

		@Override
		public FileInfo commit(long size) throws IOException {
			call("commit");
			return upload.commit(size);
		}

		@Override
		public void close() throws IOException {
			upload.close();
		}
	}

	@Override
	public void createDirectory(String path) throws IOException {
		call("createDirectory");
		storage.createDirectory(path);
	}

	@Override
	public void delete(String path) throws IOException {
		call("delete");
		storage.delete(path);
	}

	@Override
	public void deleteDirectory(String path) throws IOException {
		call("deleteDirectory");
		storage.deleteDirectory(path);
	}

	@Override
	public void rename(String from, String to, boolean replace) throws IOException {
		call("rename");
		storage.rename(from, to, replace);
	}

	@Override
	public void setModified(String path, Instant modified) throws IOException {
		call("setModified");
		storage.setModified(path, modified);
	}

	@Override
	public void setPermissions(String path, int permissions) throws IOException {
		call("setPermissions");
		storage.setPermissions(path, permissions);
	}

	@Override
	public String readLink(String path) throws IOException {
		call("readLink");
		return storage.readLink(path);
	}

	@Override
	public void createLink(String path, String target) throws IOException {
		call("createLink");
		storage.createLink(path, target);
	}

	@Override
	public String home() throws IOException {
		return storage.home();
	}

	@Override
	public Optional<Space> space(String path) throws IOException {
		return storage.space(path);
	}

	@Override
	public boolean isOpen() {
		return !lost && storage.isOpen();
	}

	@Override
	public void close() throws IOException {
		storage.close();
	}
}
