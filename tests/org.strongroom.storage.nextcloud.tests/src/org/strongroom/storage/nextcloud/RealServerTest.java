package org.strongroom.storage.nextcloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.strongroom.core.auth.Challenge;
import org.strongroom.core.auth.SignInException;
import org.strongroom.core.storage.ConflictException;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.LockedException;
import org.strongroom.core.storage.Locks;
import org.strongroom.core.storage.Precondition;
import org.strongroom.core.storage.Shares;
import org.strongroom.core.storage.Shares.Right;
import org.strongroom.core.storage.Storage;
import org.strongroom.storage.webdav.DavPaths;
import org.strongroom.testing.Person;

/** The same on a real server, and what a colleague does there. */
class RealServerTest extends ServerTest {
	private static final String[] BY_THE_USER = { "X-User-Lock", "1" };

	@BeforeAll
	static void isThere() {
		RealNextcloud.given();
	}

	@Override
	RealNextcloud server() {
		return RealNextcloud.given();
	}

	private static RealNextcloud colleague() {
		assumeTrue(RealNextcloud.other().isPresent(), "no colleague: set STRONGROOM_NEXTCLOUD_OTHER_USER and STRONGROOM_NEXTCLOUD_OTHER_PASSWORD");
		return RealNextcloud.other().orElseThrow();
	}

	/** @return the status of a colleague's attempt to give the file a content */
	private static int write(RealNextcloud colleague, String file) throws IOException {
		return colleague.status("PUT", file, "theirs");
	}

	@Test
	void locksHoldAgainstAColleagueInASharedFolder() throws Exception {
		RealNextcloud colleague = colleague();
		assumeTrue(storage.extra(Locks.class).isPresent(), "the server has no app for locks");
		Locks locks = storage.extra(Locks.class).orElseThrow();
		FileInfo info = save(at("file"), ABSENT, bytes("hello"));
		storage.extra(Shares.class).orElseThrow().create(folder,
				new Shares.Wish(Shares.With.PERSON, colleague.user(), Set.of(Right.READ, Right.CHANGE, Right.CREATE, Right.DELETE), Optional.empty(), Optional.empty(), ""));
		String file = DavPaths.encode(at("file"));

		try (Locks.Lock lock = locks.lock(at("file")).orElseThrow()) {
			assertThat(lock.isHeld()).isTrue();
			assertThat(write(colleague, file)).isEqualTo(423);
			assertThat(colleague.status("LOCK", file, "", BY_THE_USER)).isEqualTo(423);
			save(at("file"), unchanged(info), bytes("mine"));
		}
		assertThat(write(colleague, file)).as("unlocked").isEqualTo(204);
		assertThatThrownBy(() -> save(at("file"), unchanged(info), bytes("mine"))).isInstanceOf(ConflictException.class);

		assertThat(colleague.status("LOCK", file, "", BY_THE_USER)).isEqualTo(200);
		String name = locks.holder(at("file")).orElseThrow();
		assertThat(name).containsIgnoringCase(colleague.user());
		assertThat(storage.details(at("file"))).containsEntry("locked by", name).containsKey("locked since");
		Precondition any = new Precondition.Any();
		for (ThrowingCallable change : List.<ThrowingCallable>of(() -> locks.lock(at("file")), () -> save(at("file"), any, bytes("mine")), () -> save(at("file"), any, random(LONG)), () -> storage.delete(at("file")),
				() -> storage.rename(at("file"), at("other"), false)))
			assertThatThrownBy(change).isInstanceOf(LockedException.class).hasMessageContaining("locked by " + name);
		assertThat(read(at("file"))).isEqualTo(bytes("theirs"));
		assertThat(colleague.status("UNLOCK", file, "", BY_THE_USER)).isEqualTo(200);
		assertThat(locks.holder(at("file"))).isEmpty();
		save(at("file"), any, bytes("mine"));
	}

	/** As another program of the same user's makes it: that is not passed by the user's name alone. */
	@Test
	void aLockOfWebDavIsNotTheUsers() throws Exception {
		assumeTrue(storage.extra(Locks.class).isPresent(), "the server has no app for locks");
		Locks locks = storage.extra(Locks.class).orElseThrow();
		save(at("file"), ABSENT, bytes("hello"));
		String lock = "<d:lockinfo xmlns:d=\"DAV:\"><d:lockscope><d:exclusive/></d:lockscope><d:locktype><d:write/></d:locktype><d:owner>an office program</d:owner></d:lockinfo>";
		assertThat(server().status("LOCK", DavPaths.encode(at("file")), lock, "Content-Type", "application/xml", "Timeout", "Second-3")).isEqualTo(200);
		assertThat(locks.holder(at("file"))).contains("an office program");
		assertThatThrownBy(() -> locks.lock(at("file"))).isInstanceOf(LockedException.class).hasMessageContaining("locked by an office program");
		for (Instant end = Instant.now().plusSeconds(30); locks.holder(at("file")).isPresent() && Instant.now().isBefore(end);)
			Thread.sleep(100);
		locks.lock(at("file")).orElseThrow().close();
	}

	@Test
	void aSecondFactorIsGivenInTheBrowser() throws Exception {
		RealNextcloud colleague = colleague();
		assumeTrue(colleague.hasCodes(), "the server has no app for codes");
		colleague.demandCode();
		try {
			assertThatThrownBy(colleague::connect).isInstanceOf(SignInException.class).hasMessageContaining("it has to be an app password");
			Person person = colleague.person();
			try (Storage signedIn = colleague.connect(colleague.bookmark(null, Map.of()), person)) {
				assertThat(signedIn.stat("/", true).type()).isEqualTo(FileInfo.Type.DIRECTORY);
			}
			assertThat(person.asked()).hasOnlyElementsOfType(Challenge.BrowserLogin.class).hasSize(1);
			String byHand = colleague.appPasswordByHand();
			try (Storage signedIn = colleague.connect(colleague.bookmark(colleague.user(), Map.of("sign-in", "password")), new Person().secret(_ -> byHand))) {
				assertThat(signedIn.stat("/", true).type()).isEqualTo(FileInfo.Type.DIRECTORY);
			}
			colleague.revoke(byHand);
		} finally {
			colleague.demandNoCode();
		}
	}
}
