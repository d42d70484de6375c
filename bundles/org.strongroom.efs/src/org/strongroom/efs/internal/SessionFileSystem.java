package org.strongroom.efs.internal;

import java.net.URI;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

import org.eclipse.core.filesystem.EFS;
import org.eclipse.core.filesystem.IFileStore;
import org.eclipse.core.filesystem.provider.FileSystem;
import org.strongroom.core.Location;
import org.strongroom.core.Session;
import org.strongroom.core.storage.StoragePaths;
import org.strongroom.efs.SessionFile;
import org.strongroom.efs.SessionStores;

/** The {@code strongroom} file system: finds stores by tokens that are made up in this process and kept in memory alone. */
public final class SessionFileSystem extends FileSystem {
	private final SecureRandom random = new SecureRandom();
	/** Guarded by this, as is the other. */
	private final Map<String, Place> places = new HashMap<>();
	private final Map<Place, String> tokens = new HashMap<>();

	private record Place(Session session, String location) {
	}

	/** The store of a location. */
	public IFileStore store(Session session, String location) {
		return new SessionFileStore(this, new SessionFile(session, location));
	}

	synchronized URI uri(SessionFile file) {
		forgetClosed();
		String token = tokens.computeIfAbsent(new Place(file.session(), file.location()), place -> {
			byte[] bytes = new byte[16];
			random.nextBytes(bytes);
			String fresh = HexFormat.of().formatHex(bytes);
			places.put(fresh, place);
			return fresh;
		});
		return URI.create(SessionStores.SCHEME + "://" + token);
	}

	private void forgetClosed() {
		forget(place -> place.session().state() == Session.State.CLOSED);
	}

	private void forget(Predicate<Place> which) {
		places.values().removeIf(which);
		tokens.keySet().removeIf(which);
	}

	/** Forgets the tokens of a location and below. */
	public synchronized void forget(Session session, String location) {
		forget(place -> place.session() == session && StoragePaths.isIn(place.location(), location));
	}

	@Override
	public IFileStore getStore(URI uri) {
		return place(uri).map(p -> store(p.session(), p.location())).orElseGet(() -> EFS.getNullFileSystem().getStore(uri));
	}

	private synchronized Optional<Place> place(URI uri) {
		return Optional.ofNullable(uri.getAuthority()).map(places::get)
				.map(p -> uri.getPath() == null || uri.getPath().isEmpty() ? p : new Place(p.session(), Location.normal(p.location() + "/" + uri.getPath())));
	}

	@Override
	public int attributes() {
		return 0;
	}

	@Override
	public boolean canDelete() {
		return true;
	}

	@Override
	public boolean canWrite() {
		return true;
	}

	@Override
	public boolean isCaseSensitive() {
		return true;
	}
}
