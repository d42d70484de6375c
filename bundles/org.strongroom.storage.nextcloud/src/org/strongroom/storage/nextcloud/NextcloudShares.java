package org.strongroom.storage.nextcloud;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.strongroom.core.storage.ServerFaultException;
import org.strongroom.core.storage.Shares;
import org.strongroom.core.storage.StoragePaths;
import org.strongroom.storage.nextcloud.internal.Json;

/** Shares, by the server's own interface for them (version 1 of {@code files_sharing}). */
final class NextcloudShares implements Shares {
	private static final String SHARES = "apps/files_sharing/api/v1/shares";
	private static final int PERSON = 0;
	private static final int GROUP = 1;
	private static final int LINK = 3;
	private final NextcloudStorage storage;

	NextcloudShares(NextcloudStorage storage) {
		this.storage = storage;
	}

	private static int bit(Right right) {
		return switch (right) {
		case READ -> 1;
		case CHANGE -> 2;
		case CREATE -> 4;
		case DELETE -> 8;
		case RESHARE -> 16;
		};
	}

	private static Set<Right> rights(long bits, With with) {
		var rights = EnumSet.noneOf(Right.class);
		for (Right right : Right.values())
			if ((bits & bit(right)) != 0)
				rights.add(right);
		// the server gives it to every link, and whoever has a link can hand it on anyway
		if (with == With.LINK)
			rights.remove(Right.RESHARE);
		return rights;
	}

	@Override
	public Share create(String path, Wish wish) throws IOException {
		var form = new LinkedHashMap<String, String>();
		form.put("path", path);
		form.put("shareType", Integer.toString(switch (wish.with()) {
		case LINK, OTHER -> LINK;
		case PERSON -> PERSON;
		case GROUP -> GROUP;
		}));
		if (!wish.who().isEmpty())
			form.put("shareWith", wish.who());
		form.put("permissions", Integer.toString(wish.rights().stream().mapToInt(NextcloudShares::bit).sum()));
		wish.password().ifPresent(p -> form.put("password", new String(p.chars())));
		wish.expires().ifPresent(e -> form.put("expireDate", e.toString()));
		if (!wish.note().isEmpty())
			form.put("note", wish.note());
		Share made = shared(storage.ocs().post(SHARES, form, path), path);
		return wish.rights().containsAll(made.rights()) ? made : restrict(made, wish.rights(), form.get("permissions"));
	}

	/** Whatever is wished for, a new share may be read; nobody knows of it yet. */
	private Share restrict(Share made, Set<Right> rights, String permissions) throws IOException {
		boolean done = false;
		try {
			Share now = shared(storage.ocs().put(SHARES + "/" + made.id(), Map.of("permissions", permissions), made.path()), made.path());
			if (!rights.containsAll(now.rights()))
				throw new FileSystemException(made.path(), null, "the server would permit more than was wished for");
			done = true;
			return now;
		} finally {
			if (!done)
				revoke(made.id());
		}
	}

	private static Share shared(Json json, String path) throws ServerFaultException {
		return share(json).orElseThrow(() -> new ServerFaultException(path, "the server does not tell how it was shared"));
	}

	@Override
	public List<Share> list(Optional<String> path) throws IOException {
		// what the user was given by others is not asked for
		return storage.ocs().get(SHARES, path.map(p -> Map.of("path", p)).orElse(Map.of()), path.orElse("/")).items().stream().flatMap(s -> share(s).stream()).toList();
	}

	private static Optional<Share> share(Json json) {
		Optional<String> id = json.get("id").text();
		Optional<String> path = json.get("path").text().filter(StoragePaths::isNormal);
		if (id.isEmpty() || path.isEmpty())
			return Optional.empty();
		With with = switch ((int) json.get("share_type").number().orElse(-1)) {
		case PERSON -> With.PERSON;
		case GROUP -> With.GROUP;
		case LINK -> With.LINK;
		default -> With.OTHER;
		};
		// of a link, what stands there is its password, or what is shown of it
		Optional<String> who = json.get("share_with").text();
		return Optional.of(new Share(id.get(), path.get(), with, with == With.LINK ? "" : who.orElse(""), rights(json.get("permissions").number().orElse(0), with), json.get("url").text().flatMap(NextcloudShares::uri),
				with == With.LINK ? who.isPresent() : json.get("password").text().isPresent(), json.get("expiration").text().flatMap(NextcloudShares::day), json.get("note").text().orElse("")));
	}

	private static Optional<URI> uri(String text) {
		try {
			return Optional.of(URI.create(text));
		} catch (IllegalArgumentException e) {
			return Optional.empty();
		}
	}

	private static Optional<LocalDate> day(String text) {
		try {
			return Optional.of(LocalDate.parse(text.length() > 10 ? text.substring(0, 10) : text));
		} catch (DateTimeException e) {
			return Optional.empty();
		}
	}

	@Override
	public void revoke(String id) throws IOException {
		if (!id.matches("[A-Za-z0-9:_-]{1,64}"))
			throw new NoSuchFileException(id, null, "there is no such share.");
		storage.ocs().delete(SHARES + "/" + id, "share " + id);
	}
}
