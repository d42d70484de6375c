package org.strongroom.core.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.strongroom.core.Bookmark;
import org.strongroom.core.PlugIns;
import org.strongroom.core.auth.Challenge;
import org.strongroom.core.auth.HostKeyException;
import org.strongroom.core.auth.SignIn;
import org.strongroom.core.residency.Audit;
import org.strongroom.core.residency.AuditEvent;
import org.strongroom.core.residency.ForbiddenException;
import org.strongroom.core.residency.Guard;
import org.strongroom.core.residency.Requirements;
import org.strongroom.core.residency.Requirements.Kind;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.Protocol;
import org.strongroom.core.storage.Storage;
import org.strongroom.testing.Person;

/** Protocols are used where they follow what the policies demand, and learn of it by their sign-in. */
class FollowingTest {
	private static final Bookmark FAR = new Bookmark("Far", URI.create("far://me@far.example.org/"));
	private static final Challenge.HostKey KEY = new Challenge.HostKey("Far", "far.example.org", "far.example.org", 22, "ssh-ed25519", new byte[] { 1, 2, 3 });
	private final Person person = new Person();
	private Requirements demanded = Requirements.NONE;
	private boolean follows;
	private boolean admitted = true;
	private final List<String> log = new ArrayList<>();
	private final List<SignIn> signIns = new ArrayList<>();

	/** A service of which only these methods are called. */
	private static <T> T only(Class<T> type, Map<String, Answer> methods) {
		return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type }, (_, method, arguments) -> {
			Answer answer = methods.get(method.getName());
			if (answer == null)
				throw new AssertionError(method + " was not expected");
			return answer.to(arguments);
		}));
	}

	private interface Answer {
		Object to(Object[] arguments) throws Throwable;
	}

	private SessionRegistry registry() {
		Protocol protocol = new Protocol() {
			@Override
			public Storage connect(Bookmark bookmark, SignIn signIn) throws IOException {
				signIns.add(signIn);
				throw new ConnectionException("nobody is there");
			}

			@Override
			public boolean follows(Requirements requirements) {
				assertThat(requirements).isEqualTo(demanded);
				return follows;
			}
		};
		var registry = new SessionRegistry(only(PlugIns.class, Map.of("protocol", _ -> {
			if (!admitted)
				throw new ForbiddenException("not with that");
			return protocol;
		}, "authenticators", _ -> List.of())), null, person);
		registry.setAudit(only(Audit.class, Map.of("admit", _ -> null, "during", arguments -> ((Audit.Work<?>) arguments[1]).run(), "failed", arguments -> {
			AuditEvent event = ((AuditEvent) arguments[0]).failed((Exception) arguments[1]);
			return log.add(event.kind() + " " + event.result() + " " + event.bookmark().orElseThrow().name() + " " + event.detail());
		})));
		registry.addGuard(only(Guard.class, Map.of("admit", _ -> null, "requirements", server -> {
			if (server[0].equals(URI.create("far://elsewhere/")))
				throw new ForbiddenException("not there");
			return demanded;
		})));
		return registry;
	}

	private static Requirements keys(String fingerprint) {
		return new Requirements(List.of(new Requirements.HostKeys(Set.of(fingerprint), Set.of(), "a rule")), List.of(), Map.of(Kind.CIPHER, List.of(new Requirements.Names(List.of("aes*"), "a rule"))), Optional.empty());
	}

	@Test
	void whoDoesNotFollowIsUsedOnlyWhereNothingIsDemanded() throws Exception {
		SessionRegistry registry = registry();
		assertThatThrownBy(() -> registry.open(FAR)).isInstanceOf(ConnectionException.class);
		demanded = keys("SHA256:x");
		assertThatThrownBy(() -> registry.open(FAR)).isInstanceOf(ForbiddenException.class).hasMessageContainingAll("'far' addresses", "me@far.example.org");
		assertThat(signIns).hasSize(1);
		assertThat(log).containsExactly("SIGN_IN DENIED Far {why=forbidden}");
		follows = true;
		assertThatThrownBy(() -> registry.open(FAR)).isInstanceOf(ConnectionException.class);
		assertThat(signIns.getLast().requirements()).isEqualTo(demanded);
		assertThat(signIns.getLast().requirements(URI.create("far://gate/"))).isEqualTo(demanded);
		assertThatThrownBy(() -> signIns.getLast().requirements(URI.create("far://elsewhere/"))).isInstanceOf(ForbiddenException.class).hasMessage("not there");
		assertThat(signIns.getLast().by(person).requirements()).isEqualTo(demanded);
		assertThat(new Protocol() {
			@Override
			public Storage connect(Bookmark bookmark, SignIn signIn) {
				throw new AssertionError();
			}
		}.follows(demanded)).as("who knows nothing of it").isFalse();
	}

	@Test
	void whoMayNotBeUsedIsRecorded() {
		admitted = false;
		assertThatThrownBy(() -> registry().open(FAR)).isInstanceOf(ForbiddenException.class).hasMessage("not with that");
		assertThat(log).containsExactly("SIGN_IN DENIED Far {why=forbidden}");
		assertThat(signIns).isEmpty();
	}

	@Test
	void aKeyThatIsNamedIsNotAskedForAndAnotherIsRefused() throws Exception {
		person.trusting(false);
		var named = new SignIn(List.of(), person, () -> true, keys(KEY.fingerprint()), SignIn.Demands.NONE);
		named.confirm(KEY);
		assertThat(person.asked()).isEmpty();
		assertThat(named.serverKey()).contains(KEY.fingerprint());
		person.trusting(true);
		var other = new SignIn(List.of(), person, () -> true, keys("SHA256:x"), SignIn.Demands.NONE);
		assertThatThrownBy(() -> other.confirm(KEY)).isInstanceOf(ForbiddenException.class).hasMessageStartingWith("Forbidden by a rule: the ssh-ed25519 key of far.example.org (" + KEY.fingerprint());
		assertThat(other.serverKey()).as("told of in the audit log").contains(KEY.fingerprint());
		assertThat(person.asked()).isEmpty();
		person.trusting(false);
		assertThatThrownBy(() -> new SignIn(List.of(), person).confirm(KEY)).isInstanceOf(HostKeyException.class);
		assertThat(person.asked()).hasSize(1);
	}
}
