package org.strongroom.storage.webdav;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import org.strongroom.core.Bookmark;
import org.strongroom.core.Home;
import org.strongroom.core.auth.SignIn;
import org.strongroom.core.storage.Entry;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.Listing;
import org.strongroom.core.storage.Precondition;
import org.strongroom.core.storage.Reader;
import org.strongroom.core.storage.Storage;
import org.strongroom.core.storage.Upload;
import org.strongroom.storage.webdav.internal.DavProtocol;
import org.strongroom.testing.Person;
import org.strongroom.testing.WebDavServer;

/** What tests do with servers again and again. */
final class Servers {
	private Servers() {
	}

	/** Nothing of the person who runs the tests counts. */
	static void settle(Path folder) {
		System.setProperty(Home.PROPERTY, folder.resolve("home").toString());
	}

	/** Somebody who knows the password. */
	static Person person(WebDavServer server) {
		return new Person().secret(_ -> server.password());
	}

	/** {@code dav://} or {@code davs://}. */
	static Bookmark bookmark(URI http, String user, Map<String, String> options) {
		String scheme = http.getScheme().equals("https") ? "davs" : "dav";
		return new Bookmark("test", URI.create(scheme + "://" + (user == null ? "" : user + "@") + http.getHost() + ":" + http.getPort() + "/"), List.of(), options);
	}

	static Storage connect(WebDavServer server) throws IOException {
		return connect(bookmark(server.uri(), server.user(), Map.of()), person(server));
	}

	static Storage connect(Bookmark bookmark, Person person) throws IOException {
		return new DavProtocol().connect(bookmark, new SignIn(List.of(), person));
	}

	static FileInfo save(Storage storage, String path, Precondition precondition, byte[] content) throws IOException {
		try (Upload upload = storage.upload(path, precondition)) {
			upload.write(0, ByteBuffer.wrap(content));
			return upload.commit(content.length);
		}
	}

	/** Reads with a buffer of some length, on and on. */
	static byte[] read(Storage storage, String path, int buffer) throws IOException {
		try (Reader reader = storage.open(path)) {
			return read(reader, buffer);
		}
	}

	static byte[] read(Reader reader, int buffer) throws IOException {
		var out = new java.io.ByteArrayOutputStream();
		var piece = ByteBuffer.allocate(buffer);
		while (reader.read(out.size(), piece.clear()) >= 0)
			out.write(piece.array(), 0, piece.position());
		return out.toByteArray();
	}

	/** Nothing on its way is left on the server. Nobody waits for some of that to be removed. */
	static void awaitTidy(Path root) throws IOException {
		List<Path> left = onItsWay(root);
		for (Instant end = Instant.now().plusSeconds(30); !left.isEmpty() && Instant.now().isBefore(end); left = onItsWay(root))
			LockSupport.parkNanos(20_000_000);
		assertThat(left).isEmpty();
	}

	private static List<Path> onItsWay(Path root) throws IOException {
		try (Stream<Path> all = Files.walk(root)) {
			return all.filter(p -> p.getFileName().toString().endsWith(".part")).toList();
		} catch (UncheckedIOException e) {
			return List.of(root); // something was removed under our eyes: look again
		}
	}

	static List<Entry> list(Storage storage, String path) throws IOException {
		var all = new ArrayList<Entry>();
		try (Listing listing = storage.list(path)) {
			for (List<Entry> next = listing.next(); !next.isEmpty(); next = listing.next())
				all.addAll(next);
		}
		return all;
	}
}
