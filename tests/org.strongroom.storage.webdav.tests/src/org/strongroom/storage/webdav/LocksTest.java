package org.strongroom.storage.webdav;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.strongroom.core.storage.ConflictException;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.LockedException;
import org.strongroom.core.storage.Locks;
import org.strongroom.core.storage.Precondition;
import org.strongroom.core.storage.Storage;
import org.strongroom.testing.DelayProxy;
import org.strongroom.testing.Person;
import org.strongroom.testing.WebDavServer;
import org.strongroom.testing.WebDavServer.Kind;

/** Locks on real servers, with another program that wants the same file. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class LocksTest extends OnAServer {
	private static final Precondition ANY = new Precondition.Any();
	/** More than is put in place by one request. */
	private static final int LONG = 200_000;

	/** @return what the server can do about locks, null for nothing */
	private Locks locks(Kind kind) throws IOException {
		start(kind);
		return storage.extra(Locks.class).orElse(null);
	}

	private Path there(String name) throws IOException {
		return there(name, bytes("hello"));
	}

	private static Precondition unchanged(FileInfo info) {
		return new Precondition.Unchanged(info.version().orElseThrow());
	}

	private static void await(BooleanSupplier what) {
		for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30); !what.getAsBoolean() && System.nanoTime() < end;)
			LockSupport.parkNanos(10_000_000);
		assertThat(what.getAsBoolean()).isTrue();
	}

	@ParameterizedTest
	@EnumSource(value = Kind.class, names = { "APACHE", "RCLONE" })
	void ownSavesPassAndThoseOfOthersDoNot(Kind kind) throws Exception {
		Locks locks = locks(kind);
		Path file = there("a & b.txt");
		FileInfo info = storage.stat("/a & b.txt", true);
		try (Locks.Lock lock = locks.lock("/a & b.txt").orElseThrow()) {
			assertThat(lock.isHeld()).isTrue();
			assertThat(locks.holder("/a & b.txt")).as("an own lock").isEmpty();
			assertThat(server.isLockedForOthers("/a%20&%20b.txt")).isTrue();
			for (int length : new int[] { 10, LONG, 20, 2_000_000 }) {
				info = Servers.save(storage, "/a & b.txt", unchanged(info), new byte[length]);
				assertThat(file).hasSize(length);
				assertThat(server.isLockedForOthers("/a%20&%20b.txt")).as("after a save of " + length).isTrue();
			}
			FileInfo old = info;
			info = Servers.save(storage, "/a & b.txt", ANY, new byte[30]);
			assertThatThrownBy(() -> Servers.save(storage, "/a & b.txt", unchanged(old), new byte[LONG])).isInstanceOf(ConflictException.class);
			assertThat(lock.isHeld()).isTrue();
		}
		assertThat(server.isLockedForOthers("/a%20&%20b.txt")).isFalse();
		Servers.save(storage, "/a & b.txt", ANY, new byte[LONG]);
		Servers.awaitTidy(server.root());
	}

	@ParameterizedTest
	@EnumSource(value = Kind.class, names = { "APACHE", "RCLONE" })
	void whatOthersHaveLockedIsToldAndNotChanged(Kind kind) throws Exception {
		Locks locks = locks(kind);
		Path file = there("notes");
		assertThat(locks.holder("/notes")).isEmpty();
		String token = server.lockForOthers("/notes");
		if (kind == Kind.APACHE) {
			assertThat(locks.holder("/notes")).contains("mailto:bob@example.org");
			assertThat(storage.details("/notes")).containsEntry("locked by", "mailto:bob@example.org");
		}
		String told = kind == Kind.APACHE ? "locked by mailto:bob@example.org" : "somebody has locked it"; // rclone does not tell of locks
		assertThatThrownBy(() -> locks.lock("/notes")).isInstanceOf(LockedException.class).hasMessageContaining(told);
		for (int length : new int[] { 10, LONG, 2_000_000 })
			assertThatThrownBy(() -> Servers.save(storage, "/notes", ANY, new byte[length])).isInstanceOf(LockedException.class).hasMessageContaining(told);
		assertThatThrownBy(() -> storage.delete("/notes")).isInstanceOf(LockedException.class);
		assertThat(file).hasContent("hello");
		assertThat(server.send("UNLOCK", "/notes", "", Map.of("Lock-Token", token)).statusCode()).isEqualTo(204);
		locks.lock("/notes").orElseThrow().close();
		Servers.awaitTidy(server.root());
	}

	@ParameterizedTest
	@EnumSource(value = Kind.class, names = { "APACHE", "RCLONE" })
	void whatIsNotThereIsNotMadeByItsLock(Kind kind) throws Exception {
		Locks locks = locks(kind);
		assertThatThrownBy(() -> locks.lock("/none")).isInstanceOf(NoSuchFileException.class);
		assertThat(Servers.list(storage, "/")).isEmpty();
		assertThat(server.root().resolve("none")).doesNotExist();
		assertThat(server.isLockedForOthers("/none")).as("nor locked").isFalse();
	}

	@ParameterizedTest
	@EnumSource(value = Kind.class, names = { "APACHE", "RCLONE" })
	void whatIsLockedHereMayBeRenamedAndRemovedHere(Kind kind) throws Exception {
		Locks locks = locks(kind);
		there("notes");
		locks.lock("/notes").orElseThrow();
		storage.rename("/notes", "/other", false);
		locks.lock("/other").orElseThrow();
		storage.delete("/other");
		assertThat(Servers.list(storage, "/")).isEmpty();
		assertThat(server.isLockedForOthers("/other")).isFalse();
	}

	@Test
	void aLockThatWasTakenAwayIsNoneAndSavesGoOn() throws Exception {
		Locks locks = locks(Kind.APACHE);
		there("notes");
		FileInfo info = storage.stat("/notes", true);
		Locks.Lock lock = locks.lock("/notes").orElseThrow();
		String discovery = server.send("PROPFIND", "/notes", "<propfind xmlns='DAV:'><prop><lockdiscovery/></prop></propfind>", Map.of("Depth", "0")).body();
		assertThat(discovery).contains(server.user() + " (Strongroom)");
		String token = discovery.replaceAll("(?s).*<D:href>(opaquelocktoken:[^<]*)<.*", "$1");
		assertThat(server.send("UNLOCK", "/notes", "", Map.of("Lock-Token", "<" + token + ">")).statusCode()).isEqualTo(204);
		info = Servers.save(storage, "/notes", unchanged(info), new byte[10]);
		Servers.save(storage, "/notes", unchanged(info), new byte[LONG]);
		lock.close();
		lock = locks.lock("/notes").orElseThrow();
		storage.close();
		assertThat(lock.isHeld()).isFalse();
		assertThat(server.isLockedForOthers("/notes")).as("after the storage was closed").isFalse();
	}

	@Test
	void aLockOutlivesItsConnection() throws Exception {
		start(Kind.APACHE);
		there("notes");
		try (DelayProxy line = DelayProxy.to(server.host(), server.port()).start()) {
			URI far = URI.create("http://%s:%d".formatted(line.host(), line.port()));
			Storage first = Servers.connect(Servers.bookmark(far, server.user(), Map.of()), Servers.person(server));
			Locks.Lock lock = first.extra(Locks.class).orElseThrow().lock("/notes").orElseThrow();
			line.refuse(true);
			line.cut();
			assertThatThrownBy(() -> first.stat("/notes", true)).isInstanceOf(IOException.class);
			first.close();
			assertThat(lock.isHeld()).isFalse();
			line.refuse(false);
			assertThat(server.isLockedForOthers("/notes")).isTrue();
			try (Storage second = Servers.connect(Servers.bookmark(far, server.user(), Map.of()), Servers.person(server))) {
				Servers.save(second, "/notes", ANY, new byte[10]);
				Locks.Lock again = second.extra(Locks.class).orElseThrow().lock("/notes").orElseThrow();
				assertThat(server.isLockedForOthers("/notes")).isTrue();
				Servers.save(second, "/notes", ANY, new byte[LONG]);
				again.close();
				assertThat(server.isLockedForOthers("/notes")).isFalse();
			}
		}
	}

	@Test
	void aServerThatLocksNothingIsNotAsked() throws Exception {
		assertThat(locks(Kind.NGINX)).isNull();
		there("notes");
		Servers.save(storage, "/notes", ANY, new byte[10]);
		assertThat(storage.details("/notes")).isEmpty();
		assertThat(server.requests()).extracting(WebDavServer.Request::method).doesNotContain("LOCK");
	}

	/** A server of class 2 for one file, as far as this is about locks. */
	private OddServer odd(String timeout) throws IOException {
		Servers.settle(temp);
		var odd = new OddServer().on("OPTIONS", e -> {
			e.getResponseHeaders().set("DAV", "1, 2");
			OddServer.status(e, 200);
		}).on("PROPFIND", OddServer.multistatus(OddServer.folder("/"))).on("UNLOCK", e -> OddServer.status(e, 204)).on("LOCK", e -> {
			e.getResponseHeaders().set("Lock-Token", "<urn:uuid:1>");
			OddServer.body(e, 200, ("<D:prop xmlns:D=\"DAV:\"><D:lockdiscovery><D:activelock><D:timeout>%s</D:timeout><D:locktoken><D:href>urn:uuid:1</D:href></D:locktoken></D:activelock>"
					+ "</D:lockdiscovery></D:prop>").formatted(timeout).getBytes(StandardCharsets.UTF_8));
		});
		storage = Servers.connect(Servers.bookmark(odd.uri(), null, Map.of()), new Person());
		return odd;
	}

	@Test
	void aLockIsRefreshedBeforeItEnds() throws Exception {
		try (OddServer odd = odd("Second-2")) {
			Locks.Lock lock = storage.extra(Locks.class).orElseThrow().lock("/notes").orElseThrow();
			assertThat(odd.seen("LOCK").getFirst().headers()).containsEntry("Timeout", java.util.List.of("Second-300"));
			await(() -> odd.seen("LOCK").size() >= 3);
			assertThat(odd.seen("LOCK").getLast().headers().getFirst("If")).isEqualTo("(<urn:uuid:1>)");
			odd.on("LOCK", e -> OddServer.status(e, 412));
			await(() -> !lock.isHeld());
			lock.close();
			assertThat(odd.seen("UNLOCK")).as("what is lost cannot be given back").isEmpty();
		}
	}

	@Test
	void aServerThatRefusesAfterAllIsNotAskedAgain() throws Exception {
		try (OddServer odd = odd("Infinite")) {
			Locks locks = storage.extra(Locks.class).orElseThrow();
			odd.on("LOCK", e -> OddServer.status(e, 403));
			assertThat(locks.lock("/notes")).isEmpty();
			odd.on("LOCK", e -> OddServer.status(e, 405));
			assertThat(locks.lock("/notes")).isEmpty();
			assertThat(storage.extra(Locks.class)).isEmpty();
			assertThat(locks.lock("/notes")).isEmpty();
			assertThat(odd.seen("LOCK")).hasSize(2);
		}
	}
}
