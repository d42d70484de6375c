package org.strongroom.efs.internal;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

import org.eclipse.core.filesystem.EFS;
import org.eclipse.core.filesystem.IFileInfo;
import org.eclipse.core.filesystem.IFileStore;
import org.eclipse.core.filesystem.provider.FileInfo;
import org.eclipse.core.filesystem.provider.FileStore;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.core.runtime.IProgressMonitor;
import org.eclipse.core.runtime.IStatus;
import org.eclipse.core.runtime.OperationCanceledException;
import org.eclipse.core.runtime.Status;
import org.strongroom.core.Item;
import org.strongroom.core.Problem;
import org.strongroom.core.Session.Unlocking;
import org.strongroom.core.residency.Audit;
import org.strongroom.core.residency.AuditEvent;
import org.strongroom.core.residency.AuditEvent.Kind;
import org.strongroom.core.residency.AuditEvent.Result;
import org.strongroom.core.storage.FileInfo.Type;
import org.strongroom.core.storage.StoragePaths;
import org.strongroom.core.transfer.Progress;
import org.strongroom.core.transfer.Transfer;
import org.strongroom.efs.SessionFile;
import org.strongroom.efs.Snapshot;

/**
 * One location of a session. What was last read through this object is what may be replaced through it.
 * <p>
 * A limit: where the platform copies a file of <em>another</em> file system (one of this machine, say) into a session and that source breaks off, it closes the stream it got here just as
 * after the last byte. What came until then is saved as if it were all, though whoever copies is told of the failure. Strongroom's own uploads and copies do not go this way.
 */
final class SessionFileStore extends FileStore {
	private static final String BUNDLE = "org.strongroom.efs";
	private final SessionFileSystem fileSystem;
	private final SessionFile file;
	/** How the file was when it was last read or written through this; null before. */
	private volatile Snapshot known;

	SessionFileStore(SessionFileSystem fileSystem, SessionFile file) {
		this.fileSystem = fileSystem;
		this.file = file;
	}

	/** What may fail on the way to the server. */
	@FunctionalInterface
	private interface Call<T> {
		T run() throws IOException;
	}

	private static <T> T call(int code, Call<T> call) throws CoreException {
		try {
			return call.run();
		} catch (InterruptedIOException e) {
			Thread.currentThread().interrupt();
			throw new OperationCanceledException();
		} catch (IOException e) {
			throw failed(e, code);
		}
	}

	private static CoreException failed(IOException e, int code) {
		int fitting = switch (e) {
		case NoSuchFileException _ -> EFS.ERROR_NOT_EXISTS;
		case FileAlreadyExistsException _ -> EFS.ERROR_EXISTS;
		case NotDirectoryException _ -> EFS.ERROR_WRONG_TYPE;
		case AccessDeniedException _ -> EFS.ERROR_AUTH_FAILED;
		default -> code;
		};
		return new CoreException(new Status(IStatus.ERROR, BUNDLE, fitting, Problem.of(e).message(), e));
	}

	@Override
	public String getName() {
		return file.name();
	}

	@Override
	public URI toURI() {
		return fileSystem.uri(file);
	}

	@Override
	public SessionFileSystem getFileSystem() {
		return fileSystem;
	}

	@Override
	public IFileStore getParent() {
		return file.location().equals("/") ? null : fileSystem.store(file.session(), StoragePaths.parent(file.location()));
	}

	@Override
	public IFileStore getChild(String name) {
		return fileSystem.store(file.session(), StoragePaths.child(file.location(), name));
	}

	@Override
	public String[] childNames(int options, IProgressMonitor monitor) throws CoreException {
		return call(EFS.ERROR_READ, () -> file.session().list(file.location(), Unlocking.ASK).stream().map(Item::name).toArray(String[]::new));
	}

	@Override
	public IFileInfo[] childInfos(int options, IProgressMonitor monitor) throws CoreException {
		return call(EFS.ERROR_READ, () -> file.session().list(file.location(), Unlocking.ASK).stream().map(SessionFileStore::info).toArray(IFileInfo[]::new));
	}

	private static IFileInfo info(Item item) {
		FileInfo info = new FileInfo(item.name());
		info.setExists(true);
		info.setDirectory(item.isFolder());
		info.setLength(item.size());
		info.setLastModified(item.modified().toEpochMilli());
		info.setAttribute(EFS.ATTRIBUTE_SYMLINK, item.type() == Type.SYMLINK);
		return info;
	}

	@Override
	public IFileInfo fetchInfo(int options, IProgressMonitor monitor) throws CoreException {
		return call(EFS.ERROR_READ, () -> {
			try {
				return info(file.session().stat(file.location(), Unlocking.ASK));
			} catch (NoSuchFileException e) {
				return new FileInfo(getName());
			}
		});
	}

	@Override
	public InputStream openInputStream(int options, IProgressMonitor monitor) throws CoreException {
		return call(EFS.ERROR_READ, () -> {
			// before the first byte: whatever changes from here on is noticed when writing
			Snapshot before = file.look();
			Path item = file.session().item(file.location(), Unlocking.ASK);
			InputStream in = recorded(Kind.OPEN, () -> Files.newInputStream(item));
			known = before;
			return in;
		});
	}

	@Override
	public OutputStream openOutputStream(int options, IProgressMonitor monitor) throws CoreException {
		if ((options & EFS.APPEND) != 0)
			throw new CoreException(new Status(IStatus.ERROR, BUNDLE, EFS.ERROR_WRITE, "Files on a server are replaced as a whole, never appended to.", null));
		return call(EFS.ERROR_WRITE, () -> file.stream(Optional.ofNullable(known), now -> known = now));
	}

	@Override
	public IFileStore mkdir(int options, IProgressMonitor monitor) throws CoreException {
		return call(EFS.ERROR_WRITE, () -> {
			Path folder = file.session().item(file.location(), Unlocking.ASK);
			if (!Files.isDirectory(folder))
				recorded(Kind.MAKE_FOLDER, () -> (options & EFS.SHALLOW) == 0 ? Files.createDirectories(folder) : Files.createDirectory(folder));
			return this;
		});
	}

	private <T> T recorded(Kind kind, Audit.Work<T> work) throws IOException {
		return file.session().audit().during(AuditEvent.of(kind, Result.OK, file.session(), file.location()), work);
	}

	@Override
	public void delete(int options, IProgressMonitor monitor) throws CoreException {
		call(EFS.ERROR_DELETE, () -> {
			Path item = file.session().item(file.location(), Unlocking.ASK);
			var progress = new FirstFailure(monitor);
			try {
				Transfer.delete(item, progress);
				progress.check();
			} catch (NoSuchFileException e) {
				// gone is what was wished
			}
			return null;
		});
	}

	/** The platform's own way would close, and so commit, what was written until the source broke off, and then delete the target. */
	@Override
	protected void copyFile(IFileInfo info, IFileStore destination, int options, IProgressMonitor monitor) throws CoreException {
		if (!(destination instanceof SessionFileStore other)) {
			super.copyFile(info, destination, options, monitor);
			return;
		}
		call(EFS.ERROR_WRITE, () -> {
			Path from = file.session().item(file.location(), Unlocking.ASK);
			Path to = other.file.session().item(other.file.location(), Unlocking.ASK);
			Transfer.copyFile(from, to, existing(options), new FirstFailure(monitor));
			return null;
		});
	}

	private static Transfer.Existing existing(int options) {
		return (options & EFS.OVERWRITE) != 0 ? Transfer.Existing.REPLACE : Transfer.Existing.FAIL;
	}

	@Override
	public void move(IFileStore destination, int options, IProgressMonitor monitor) throws CoreException {
		if (!(destination instanceof SessionFileStore other)) {
			super.move(destination, options, monitor);
			return;
		}
		call(EFS.ERROR_WRITE, () -> {
			Path from = file.session().item(file.location(), Unlocking.ASK);
			Path to = other.file.session().item(other.file.location(), Unlocking.ASK);
			var progress = new FirstFailure(monitor);
			Transfer.move(from, to, existing(options), progress);
			progress.check();
			return null;
		});
	}

	@Override
	public File toLocalFile(int options, IProgressMonitor monitor) throws CoreException {
		if ((options & EFS.CACHE) == 0)
			return null;
		throw new CoreException(new Status(IStatus.ERROR, BUNDLE, EFS.ERROR_INTERNAL,
				"This needs a copy of the file on this machine, and Strongroom keeps none: nothing readable is written here.", null));
	}

	@Override
	public boolean equals(Object o) {
		return o instanceof SessionFileStore other && file.session() == other.file.session() && file.location().equals(other.file.location());
	}

	@Override
	public int hashCode() {
		return Objects.hash(System.identityHashCode(file.session()), file.location());
	}

	/** Follows a transfer of which nothing may fail. */
	private static final class FirstFailure implements Progress {
		private final IProgressMonitor monitor;
		private IOException first;

		FirstFailure(IProgressMonitor monitor) {
			this.monitor = monitor;
		}

		@Override
		public synchronized void failed(Path item, IOException why) {
			if (first == null)
				first = why;
		}

		@Override
		public boolean cancelled() {
			return monitor != null && monitor.isCanceled();
		}

		synchronized void check() throws IOException {
			if (first != null)
				throw first;
		}
	}
}
