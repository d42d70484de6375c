package org.strongroom.storage.nextcloud;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

import org.strongroom.core.storage.FileInfo.Type;
import org.strongroom.core.storage.StoragePaths;
import org.strongroom.core.storage.Trash;
import org.strongroom.storage.webdav.DavAnswer;
import org.strongroom.storage.webdav.DavCall;
import org.strongroom.storage.webdav.DavPaths;
import org.strongroom.storage.webdav.DavResource;

/** What the user has removed, under names made of their own and the time of that. */
final class NextcloudTrash implements Trash {
	private static final String TREE = "trashbin";
	private static final String ELEMENTS = "<resourcetype/><getcontentlength/><size xmlns=\"%1$s\"/><trashbin-original-location xmlns=\"%2$s\"/><trashbin-deletion-time xmlns=\"%2$s\"/>"
			.formatted(NextcloudStorage.OC, NextcloudStorage.NC);
	private final NextcloudStorage storage;

	NextcloudTrash(NextcloudStorage storage) {
		this.storage = storage;
	}

	@Override
	public List<Removed> list() throws IOException {
		return storage.list(storage.beside(TREE, "/trash/"), ELEMENTS, "trash").stream().flatMap(r -> removed(r).stream()).sorted(Comparator.comparing(Removed::removed).reversed()).toList();
	}

	/** Empty for the trash itself, and for what could not be put back anywhere. */
	private static Optional<Removed> removed(DavResource resource) {
		Optional<String> path = resource.property(NextcloudStorage.NC, "trashbin-original-location").map(p -> p.startsWith("/") ? p : "/" + p).filter(StoragePaths::isNormal);
		Optional<String> id = DavPaths.decode(resource.href()).map(StoragePaths::name);
		if (path.isEmpty() || id.isEmpty())
			return Optional.empty();
		long size = resource.number(NextcloudStorage.OC, "size").orElse(resource.size());
		long time = resource.number(NextcloudStorage.NC, "trashbin-deletion-time").orElse(0);
		return Optional.of(new Removed(id.get(), path.get(), resource.collection() ? Type.DIRECTORY : Type.FILE, size, Instant.ofEpochSecond(Math.min(time, Instant.MAX.getEpochSecond()))));
	}

	@Override
	public void restore(String id) throws IOException {
		String name = name(id);
		DavCall move = DavCall.of("MOVE", storage.beside(TREE, "/trash" + name)).with("Destination", storage.http().address(storage.beside(TREE, "/restore" + name))).once();
		try (DavAnswer answer = storage.change(move)) {
			if (!answer.isOk())
				throw answer.status() == 404 ? none(id) : storage.refusal(answer, id);
		}
	}

	private static String name(String id) throws NoSuchFileException {
		if (!StoragePaths.isSafeName(id))
			throw none(id);
		return DavPaths.encode("/" + id);
	}

	/** The server puts a folder that is deleted into the trash as it is. */
	@Override
	public void remove(String path) throws IOException {
		storage.deleteAll(path);
	}

	@Override
	public InputStream open(String id, String below) throws IOException {
		String at = below.isEmpty() ? "" : "/" + below;
		if (!at.isEmpty() && !StoragePaths.isNormal(at))
			throw none(id + at);
		return storage.read(storage.beside(TREE, "/trash" + name(id) + DavPaths.encode(at)), 0, id, none(id + at));
	}

	private static NoSuchFileException none(String id) {
		return new NoSuchFileException(id, null, "there is nothing of that name in the trash.");
	}
}
