package org.strongroom.remotefs.internal;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.FileInfo.Type;
import org.strongroom.core.storage.Listing;
import org.strongroom.core.storage.Precondition;
import org.strongroom.core.storage.Reader;
import org.strongroom.core.storage.Save;
import org.strongroom.core.storage.Storage;
import org.strongroom.core.storage.StoragePaths;
import org.strongroom.core.storage.Upload;

/** What can be done with the files of one file system, by storage paths. Thread-safe. */
final class RemoteFiles {
	/** Links on one way before it counts as a loop, as on Linux (path_resolution(7)). */
	private static final int MOST_LINKS = 40;
	private static final int COPY_BUFFER = 1 << 20;

	private final RemoteFileSystem fileSystem;
	private final AttributeCache cache;
	private final OpenFiles open = new OpenFiles();

	RemoteFiles(RemoteFileSystem fileSystem) {
		this.fileSystem = fileSystem;
		cache = fileSystem.cache();
	}

	private Storage storage() {
		return fileSystem.live();
	}

	/** One item; from what is known, if it is fresh. */
	FileInfo stat(String path, boolean follow) throws IOException {
		storage();
		Optional<FileInfo> pending = open.draft(path).flatMap(Draft::pending);
		if (pending.isPresent())
			return pending.get();
		Optional<AttributeCache.Answer> known = cache.get(path, follow);
		if (known.isPresent())
			return known.get().info().orElseThrow(() -> new NoSuchFileException(path));
		FileInfo own = ask(path);
		return follow && own.type() == Type.SYMLINK ? askFollowed(path) : own;
	}

	/** As {@link #stat}, nothing if there is nothing. */
	Optional<FileInfo> find(String path, boolean follow) throws IOException {
		try {
			return Optional.of(stat(path, follow));
		} catch (NoSuchFileException e) {
			return Optional.empty();
		}
	}

	private FileInfo ask(String path) throws IOException {
		Optional<AttributeCache.Answer> known = cache.get(path, false);
		if (known.isPresent() && known.get().info().isPresent())
			return known.get().info().get();
		var stamp = cache.stamp();
		try {
			FileInfo info = storage().stat(path, false);
			cache.put(path, AttributeCache.Answer.of(info), stamp);
			return info;
		} catch (NoSuchFileException e) {
			cache.put(path, AttributeCache.Answer.ABSENT, stamp);
			throw e;
		}
	}

	private FileInfo askFollowed(String path) throws IOException {
		var stamp = cache.stamp();
		try {
			FileInfo info = storage().stat(path, true);
			cache.putFollowed(path, AttributeCache.Answer.of(info), stamp);
			return info;
		} catch (NoSuchFileException e) {
			cache.putFollowed(path, AttributeCache.Answer.ABSENT, stamp);
			throw e;
		}
	}

	static RemoteAttributes.Posix posix(RemoteAttributes basic) {
		if (basic.permissions().isEmpty())
			throw new UnsupportedOperationException("the server has no POSIX permissions");
		return basic.posix();
	}

	/** The items of a folder and what they are, as the server tells them; from what is known, if it is fresh. */
	void list(RemotePath folder, RemoteDirectoryStream.Taker taker) throws IOException {
		Optional<Map<String, FileInfo>> known = cache.listing(folder.remote());
		if (known.isPresent()) {
			for (Map.Entry<String, FileInfo> item : known.get().entrySet())
				taker.take(item.getKey(), item.getValue());
			return;
		}
		try (RemoteDirectoryStream stream = ask(folder, null)) {
			stream.each(taker);
		}
	}

	/** The items of a folder; from what is known, if it is fresh. */
	RemoteDirectoryStream list(RemotePath folder, DirectoryStream.Filter<? super Path> filter) throws IOException {
		String path = folder.remote();
		Optional<Map<String, FileInfo>> known = cache.listing(path);
		if (known.isPresent())
			return new RemoteDirectoryStream(fileSystem, folder, filter, null, null, new ArrayList<>(known.get().keySet()));
		return ask(folder, filter);
	}

	private RemoteDirectoryStream ask(RemotePath folder, DirectoryStream.Filter<? super Path> filter) throws IOException {
		String path = folder.remote();
		Optional<AttributeCache.Answer> own = cache.get(path, true);
		if (own.isPresent()) {
			FileInfo info = own.get().info().orElseThrow(() -> new NoSuchFileException(path));
			if (info.type() == Type.FILE)
				throw new NotDirectoryException(path);
		}
		var stamp = cache.stamp();
		Listing listing = storage().list(path);
		return RemoteDirectoryStream.open(fileSystem, folder, filter, listing, stamp);
	}

	/** Opens a file. */
	FileChannel open(String path, OpenMode mode, FileAttribute<?>... attributes) throws IOException {
		Integer permissions = permissions(attributes);
		if (mode.noFollow() && find(path, false).filter(i -> i.type() == Type.SYMLINK).isPresent())
			throw new FileSystemLoopException(path + ": this is a symbolic link");
		// a save is seen by nobody before it is committed, even if whoever writes it reads it again meanwhile
		boolean shared = mode.read() && mode.save() == null;
		OpenFile file = shared ? open.acquire(path) : open.acquireOwn(path);
		try {
			synchronized (file) {
				ServerFile server = null;
				if (mode.write())
					openDraft(file, mode, permissions);
				else if (file.draft() == null || file.draft().pending().isEmpty())
					server = openServer(file::path);
				return new RemoteFileChannel(fileSystem, file, mode, server);
			}
		} catch (IOException | RuntimeException | Error e) {
			open.release(file);
			throw e;
		}
	}

	private void openDraft(OpenFile file, OpenMode mode, Integer permissions) throws IOException {
		String path = file.path();
		Draft draft = file.draft();
		if (draft != null) {
			if (mode.createNew())
				throw new FileAlreadyExistsException(path);
			if (mode.save() != null)
				draft.join(mode.save());
			if (mode.truncate())
				draft.truncate(0);
		} else {
			draft = newDraft(file, mode);
			if (permissions != null && draft.pending().isPresent())
				draft.afterwards(null, permissions);
			file.setDraft(draft);
		}
		file.write(1);
	}

	private Draft newDraft(OpenFile file, OpenMode mode) throws IOException {
		String path = file.path();
		boolean mayCreate = mode.create() || mode.createNew();
		ServerFile base = null;
		Optional<FileInfo> old;
		boolean opens = !mode.createNew() && !mode.truncate();
		if (mode.save() != null && mode.save().isToBeFound() && (!opens || isKnownAbsent(path)))
			find(path, mode.save());
		if (!opens) {
			old = find(path, !mode.createNew());
			if (mode.createNew() && old.isPresent())
				throw new FileAlreadyExistsException(path);
			if (old.isPresent())
				checkFile(path, old.get());
		} else {
			base = mayCreate && isKnownAbsent(path) ? null : openIfThere(file::path, mayCreate);
			old = Optional.ofNullable(base).map(ServerFile::info);
		}
		if (mode.save() != null && mode.save().isToBeFound())
			tell(mode.save(), old); // what was opened is what is there
		if (old.isEmpty()) {
			if (!mayCreate)
				throw new NoSuchFileException(path);
			checkFolder(path);
		}
		Precondition precondition = mode.save() != null ? mode.save().precondition()
				: old.isEmpty() ? new Precondition.Absent() : base == null ? new Precondition.Any() : Draft.unchanged(old.get());
		var draft = new Draft(fileSystem, file, base, precondition, old.isEmpty(), old.isEmpty() || base == null && (mode.save() != null || old.get().size() > 0),
				mode.read(), mode.onward());
		if (mode.save() != null)
			draft.setSave(mode.save());
		return draft;
	}

	/** Tells a save what is there now: not as it was remembered, but as the server tells it. */
	private void find(String path, Save save) throws IOException {
		try {
			tell(save, Optional.of(askFollowed(path)));
		} catch (NoSuchFileException e) {
			tell(save, Optional.empty());
		}
	}

	private static void tell(Save save, Optional<FileInfo> now) {
		if (now.isPresent() && now.get().version().isEmpty())
			save.foundWithoutVersion();
		else
			save.found(now.flatMap(FileInfo::version));
	}

	private boolean isKnownAbsent(String path) {
		return cache.get(path, true).filter(a -> a.info().isEmpty()).isPresent();
	}

	/** That a file can be made here. */
	private void checkFolder(String path) throws IOException {
		if (path.equals("/"))
			throw new FileSystemException(path, null, "this is a folder, not a file");
		if (cache.isListed(StoragePaths.parent(path)))
			return;
		FileInfo folder = find(StoragePaths.parent(path), true).orElseThrow(() -> new NoSuchFileException(path));
		if (folder.type() == Type.FILE)
			throw new FileSystemException(path, null, "what it should lie in is not a folder");
	}

	private static void checkFile(String path, FileInfo info) throws FileSystemException {
		if (info.type() == Type.DIRECTORY)
			throw new FileSystemException(path, null, "this is a folder, not a file");
	}

	private ServerFile openIfThere(java.util.function.Supplier<String> path, boolean mayLack) throws IOException {
		try {
			return openServer(path);
		} catch (NoSuchFileException e) {
			if (mayLack)
				return null;
			throw e;
		}
	}

	/** Opens what is on the server. */
	private ServerFile openServer(java.util.function.Supplier<String> where) throws IOException {
		String path = where.get();
		Optional<AttributeCache.Answer> known = cache.get(path, true);
		if (known.isPresent()) {
			FileInfo info = known.get().info().orElseThrow(() -> new NoSuchFileException(path));
			checkFile(path, info);
		}
		Storage storage = storage();
		var stamp = cache.stamp();
		try {
			Reader reader = storage.open(path);
			cache.putFollowed(path, AttributeCache.Answer.of(reader.info()), stamp);
			return new ServerFile(fileSystem, where, reader.info(), storage, reader);
		} catch (NoSuchFileException e) {
			cache.putFollowed(path, AttributeCache.Answer.ABSENT, stamp);
			throw e;
		}
	}

	/** A channel of a file was closed. */
	void closed(OpenFile file) {
		open.release(file);
	}

	/** A writing channel of a file was closed. @param useless whether nobody can use the draft any more */
	void writerGone(OpenFile file, Draft draft, boolean useless) {
		synchronized (file) {
			if (file.write(-1) > 0 && !useless)
				return;
			if (file.draft() == draft)
				file.setDraft(null);
		}
		draft.release();
	}

	private static Integer permissions(FileAttribute<?>... attributes) {
		Integer permissions = null;
		for (FileAttribute<?> a : attributes) {
			if (!a.name().equals("posix:permissions"))
				throw new UnsupportedOperationException("'" + a.name() + "' cannot be set for a new file");
			permissions = RemoteAttributes.bits(permissionSet(a.value()));
		}
		return permissions;
	}

	/** A value for permissions, checked to be one. */
	static Set<PosixFilePermission> permissionSet(Object value) {
		var set = java.util.EnumSet.noneOf(PosixFilePermission.class);
		for (Object p : (Set<?>) value)
			set.add((PosixFilePermission) p);
		return set;
	}

	void createDirectory(String path, FileAttribute<?>... attributes) throws IOException {
		Integer permissions = permissions(attributes);
		if (path.equals("/") || open.draft(path).flatMap(Draft::pending).isPresent())
			throw new FileAlreadyExistsException(path);
		boolean done = false;
		cache.making(path);
		try {
			storage().createDirectory(path);
			done = true;
			if (permissions != null && storage().features().permissions())
				storage().setPermissions(path, permissions);
		} finally {
			cache.made(path, done);
		}
	}

	void createLink(String path, String target) throws IOException {
		try {
			storage().createLink(path, target);
		} finally {
			cache.link(path);
			cache.changed(path, null);
		}
	}

	String readLink(String path) throws IOException {
		FileInfo info = stat(path, false);
		if (info.type() != Type.SYMLINK)
			throw new NotLinkException(path);
		return storage().readLink(path);
	}

	void delete(String path) throws IOException {
		boolean pending = open.draft(path).flatMap(Draft::pending).isPresent();
		if (pending) {
			open.removed(path);
			return;
		}
		Optional<AttributeCache.Answer> known = cache.get(path, false);
		if (known.isPresent() && known.get().info().isEmpty())
			throw new NoSuchFileException(path);
		boolean guess = known.flatMap(AttributeCache.Answer::info).filter(i -> i.type() == Type.DIRECTORY).isPresent();
		try {
			remove(path, guess);
		} catch (ConnectionException | InterruptedIOException | DirectoryNotEmptyException | NoSuchFileException e) {
			throw e;
		} catch (IOException e) {
			// what was known of it, or taken for likely, is not so: a folder, or no folder any more
			boolean folder = ask(path).type() == Type.DIRECTORY;
			if (folder == guess)
				throw e;
			remove(path, folder);
		}
		open.removed(path);
	}

	void deleteIfExists(String path) throws IOException {
		try {
			delete(path);
		} catch (NoSuchFileException e) {
			// so be it
		}
	}

	private void remove(String path, boolean folder) throws IOException {
		boolean done = false;
		try {
			if (folder)
				storage().deleteDirectory(path);
			else
				storage().delete(path);
			done = true;
		} finally {
			cache.changed(path, done ? AttributeCache.Answer.ABSENT : null);
		}
	}

	/** Moves within this file system. */
	void move(String from, String to, boolean replace, boolean atomic) throws IOException {
		boolean known = cache.get(from, false).isPresent() && cache.get(to, false).isPresent();
		if (!known && !StoragePaths.isIn(to, from)) {
			try {
				rename(from, to, false);
				return;
			} catch (FileAlreadyExistsException e) {
				// a closer look is needed
			}
		}
		FileInfo source = stat(from, false);
		if (from.equals(to))
			return;
		Optional<FileInfo> target = find(to, false);
		if (target.isPresent() && isSame(from, to))
			return;
		if (target.isPresent() && !atomic && !replace)
			throw new FileAlreadyExistsException(to);
		if (StoragePaths.isIn(to, from))
			throw new FileSystemException(from, to, "a folder cannot be moved into itself");
		if (target.isPresent() && !atomic) {
			// a storage replaces a file by a file; what else is in the way has to go first
			if (target.get().type() == Type.DIRECTORY || source.type() == Type.DIRECTORY)
				remove(to, target.get().type() == Type.DIRECTORY);
		}
		rename(from, to, replace || atomic);
	}

	private void rename(String from, String to, boolean replace) throws IOException {
		boolean link = cache.get(from, false).flatMap(AttributeCache.Answer::info).filter(i -> i.type() == Type.SYMLINK).isPresent();
		boolean done = false;
		try {
			storage().rename(from, to, replace);
			done = true;
		} finally {
			cache.changed(from, done ? AttributeCache.Answer.ABSENT : null);
			cache.changed(to, null);
			if (link)
				cache.link(to);
		}
		open.renamed(from, to);
	}

	/** Copies one file, link, or folder without what is in it, into this or another file system. */
	void copy(String from, RemoteFileSystem into, String to, boolean replace, boolean attributes, boolean follow) throws IOException {
		FileInfo source = stat(from, follow);
		RemoteFiles there = into.files();
		// what a link leads to, by its own name: the link may be the very target
		String origin = follow && stat(from, false).type() == Type.SYMLINK ? real(from, true) : from;
		if (there == this && origin.equals(to))
			return;
		Optional<FileInfo> target = there.find(to, false);
		if (target.isPresent()) {
			if (there == this && isSame(origin, to))
				return;
			if (!replace)
				throw new FileAlreadyExistsException(to);
			if (source.type() != Type.FILE || target.get().type() != Type.FILE)
				there.remove(to, target.get().type() == Type.DIRECTORY);
		}
		switch (source.type()) {
		case DIRECTORY -> there.createDirectory(to);
		case SYMLINK -> there.createLink(to, storage().readLink(from));
		case FILE -> {
			boolean posix = attributes && source.permissions().isPresent() && into.live().features().permissions();
			boolean times = attributes && into.live().features().settableTimes();
			copyContent(origin, there, to, replace ? new Precondition.Any() : new Precondition.Absent(), times ? source.modified() : null,
					posix ? source.permissions().getAsInt() : null);
		}
		case OTHER -> throw new FileSystemException(from, to, "only files, folders and links can be copied");
		}
		if (attributes && source.type() == Type.DIRECTORY) {
			if (source.permissions().isPresent() && into.live().features().permissions())
				there.setPermissions(to, source.permissions().getAsInt(), true);
			if (into.live().features().settableTimes())
				there.setModified(to, source.modified(), true);
		}
	}

	private void copyContent(String from, RemoteFiles there, String to, Precondition precondition, Instant modified, Integer permissions) throws IOException {
		boolean taken;
		boolean near = there.storage() == storage() && open.draft(from).isEmpty();
		try (Reader source = near ? storage().open(from) : null; Upload upload = there.storage().upload(to, precondition)) {
			taken = upload.setAttributes(modified, permissions);
			upload.commit(near && copy(source, upload) ? source.info().size() : send(from, upload));
		} finally {
			there.cache.changed(to, null);
		}
		if (taken)
			return;
		if (permissions != null)
			there.setPermissions(to, permissions, true);
		if (modified != null)
			there.setModified(to, modified, true);
	}

	/** Has the server copy all of a file itself. @return false if it cannot do that */
	private static boolean copy(Reader source, Upload upload) throws IOException {
		long size = source.info().size();
		return size == 0 || upload.copy(source, 0, 0, size);
	}

	/** Sends all of a file. @return the number of bytes */
	private long send(String from, Upload upload) throws IOException {
		try (FileChannel source = open(from, OpenMode.of(Set.of(StandardOpenOption.READ)))) {
			ByteBuffer buffer = ByteBuffer.allocate(Math.clamp(source.size(), 8192, COPY_BUFFER));
			long size = 0;
			while (source.read(buffer, size) >= 0 || buffer.position() > 0) {
				int n = buffer.flip().remaining();
				upload.write(size, buffer);
				size += n;
				buffer.clear();
			}
			return size;
		}
	}

	void setModified(String path, Instant modified, boolean follow) throws IOException {
		if (!storage().features().settableTimes())
			return;
		if (!follow && stat(path, false).type() == Type.SYMLINK)
			throw new FileSystemException(path, null, "the time of a link cannot be set");
		List<Draft> drafts = open.drafts(path);
		if (!drafts.isEmpty()) {
			// the time is part of many a version: setting it now would look like somebody else's change when the draft is committed
			drafts.forEach(d -> d.afterwards(modified, null));
			return;
		}
		try {
			storage().setModified(path, modified);
		} finally {
			cache.changed(path, null);
		}
	}

	void setPermissions(String path, int permissions, boolean follow) throws IOException {
		if (!storage().features().permissions())
			throw new UnsupportedOperationException("the server has no POSIX permissions");
		if (!follow && stat(path, false).type() == Type.SYMLINK)
			throw new FileSystemException(path, null, "the permissions of a link cannot be set");
		Optional<Draft> draft = open.draft(path).filter(d -> d.pending().isPresent());
		if (draft.isPresent()) {
			draft.get().afterwards(null, permissions);
			return;
		}
		try {
			storage().setPermissions(path, permissions);
		} finally {
			cache.changed(path, null);
		}
	}

	/** Whether two paths are one item, be it a link, by way of different folders. */
	private boolean isSame(String path, String other) throws IOException {
		return path.equals(other) || StoragePaths.name(path).equals(StoragePaths.name(other))
				&& real(StoragePaths.parent(path), true).equals(real(StoragePaths.parent(other), true));
	}

	/** The path of an item by the folders it really lies in, links resolved if wished; it exists. */
	String real(String path, boolean follow) throws IOException {
		stat(path, follow);
		if (!follow || !storage().features().symbolicLinks())
			return path;
		var todo = new java.util.ArrayDeque<String>(names(path));
		var done = new ArrayList<String>();
		for (int links = 0; !todo.isEmpty();) {
			String name = todo.pop();
			if (name.equals(".."))  {
				if (!done.isEmpty())
					done.removeLast();
				continue;
			}
			done.add(name);
			String here = "/" + String.join("/", done);
			if (stat(here, false).type() != Type.SYMLINK)
				continue;
			if (++links > MOST_LINKS)
				throw new FileSystemLoopException(path);
			String target = storage().readLink(here);
			if (target.startsWith("/"))
				done.clear();
			else
				done.removeLast();
			names(target).reversed().forEach(todo::push);
		}
		return "/" + String.join("/", done);
	}

	private static List<String> names(String path) {
		return List.of(path.split("/")).stream().filter(n -> !n.isEmpty() && !n.equals(".")).toList();
	}
}
