package org.strongroom.storage.nextcloud;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.History;
import org.strongroom.core.storage.StoragePaths;
import org.strongroom.storage.webdav.DavAnswer;
import org.strongroom.storage.webdav.DavCall;
import org.strongroom.storage.webdav.DavPaths;
import org.strongroom.storage.webdav.DavResource;

/** Old contents of files, which the server keeps beside them under the time of their change. */
final class NextcloudHistory implements History {
	private static final String TREE = "versions";
	private static final String ELEMENTS = "<resourcetype/><getcontentlength/><getlastmodified/><version-author xmlns=\"%s\"/>".formatted(NextcloudStorage.NC);
	private final NextcloudStorage storage;

	NextcloudHistory(NextcloudStorage storage) {
		this.storage = storage;
	}

	@Override
	public List<Past> list(String path) throws IOException {
		FileInfo now = storage.stat(path, true);
		if (now.type() != FileInfo.Type.FILE)
			throw new FileSystemException(path, null, "this is a folder, and old versions are kept of files");
		return storage.list(folder(path), ELEMENTS, path).stream().filter(r -> !r.collection()).flatMap(r -> past(r).stream())
				// the content it has now is told as well
				.filter(p -> !p.id().equals(Long.toString(now.modified().getEpochSecond()))).sorted(Comparator.comparing(Past::modified).reversed()).toList();
	}

	private static Optional<Past> past(DavResource resource) {
		return DavPaths.decode(resource.href()).map(StoragePaths::name).filter(id -> id.matches("\\d{1,18}"))
				.map(id -> new Past(id, Instant.ofEpochSecond(Long.parseLong(id)), resource.size(), resource.property(NextcloudStorage.NC, "version-author")));
	}

	private String folder(String path) throws IOException {
		return storage.beside(TREE, "/versions/" + storage.fileId(path));
	}

	private String at(String path, String id) throws IOException {
		if (!id.matches("\\d{1,18}"))
			throw none(path, id);
		return folder(path) + "/" + id;
	}

	private static NoSuchFileException none(String path, String id) {
		return new NoSuchFileException(path, null, "there is no version '%s' of it.".formatted(id));
	}

	@Override
	public InputStream open(String path, String id, long from) throws IOException {
		return storage.read(at(path, id), from, path, none(path, id));
	}

	@Override
	public void restore(String path, String id) throws IOException {
		DavCall move = DavCall.of("MOVE", at(path, id)).with("Destination", storage.http().address(storage.beside(TREE, "/restore/target"))).once();
		try (DavAnswer answer = storage.change(move)) {
			if (!answer.isOk())
				throw answer.status() == 404 ? none(path, id) : storage.refusal(answer, path);
		}
	}
}
