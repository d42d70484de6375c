package org.strongroom.storage.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.strongroom.auth.ssh.internal.SshAuthenticator;
import org.strongroom.core.Bookmark;
import org.strongroom.core.Problem;
import org.strongroom.core.auth.Challenge;
import org.strongroom.core.auth.HostKeyException;
import org.strongroom.core.auth.SignIn;
import org.strongroom.core.doctor.Finding;
import org.strongroom.core.doctor.Posture;
import org.strongroom.core.residency.ForbiddenException;
import org.strongroom.core.residency.Requirements;
import org.strongroom.core.residency.Requirements.Kind;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.Storage;
import org.strongroom.storage.sftp.internal.SftpProtocol;
import org.strongroom.testing.OpenSshServer;
import org.strongroom.testing.Person;

/** What policies demand of real OpenSSH servers. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class RequirementsTest {
	private static final String RULE = "the policy of this machine, line 7";

	@TempDir
	Path temp;
	private Person person;

	@BeforeEach
	void begin() {
		assumeTrue(OpenSshServer.isAvailable(), () -> OpenSshServer.unavailable().orElse(""));
		Servers.settle(temp);
	}

	private static Requirements key(String fingerprint, String... types) {
		return new Requirements(List.of(new Requirements.HostKeys(Set.of(fingerprint), Set.of(types), RULE)), List.of(), Map.of(), Optional.empty());
	}

	private static Requirements allowed(Kind kind, String... patterns) {
		return new Requirements(List.of(), List.of(), Map.of(kind, List.of(new Requirements.Names(List.of(patterns), RULE))), Optional.empty());
	}

	private static Requirements rsa(int bits) {
		return new Requirements(List.of(), List.of(), Map.of(), Optional.of(new Requirements.RsaSize(bits, RULE)));
	}

	private Storage connect(OpenSshServer server, Requirements requirements) throws IOException {
		return connect(Servers.bookmark(server), server, requirements, SignIn.Demands.NONE);
	}

	private Storage connect(Bookmark bookmark, OpenSshServer server, Requirements requirements, SignIn.Demands demands) throws IOException {
		person = Person.of(server);
		assertThat(new SftpProtocol().follows(requirements)).isTrue();
		return new SftpProtocol().connect(bookmark, new SignIn(List.of(new SshAuthenticator()), person, () -> true, requirements, demands));
	}

	private void isForbidden(OpenSshServer server, Requirements requirements, String... words) {
		assertThatThrownBy(() -> connect(server, requirements)).isInstanceOf(ForbiddenException.class).hasMessageStartingWith("Forbidden by " + RULE + ": ").hasMessageContainingAll(words)
				.satisfies(e -> assertThat(Problem.of(e).kind().exitCode()).isEqualTo(8));
		assertThat(person.asked()).isEmpty();
	}

	@Test
	void aKeyThatIsNamedIsBelievedWithoutAskingAndNotRemembered() throws Exception {
		try (OpenSshServer server = OpenSshServer.builder().start()) {
			Requirements named = key(server.hostKeyFingerprint());
			connect(server, named).close();
			assertThat(person.asked(Challenge.HostKey.class)).isEmpty();
			assertThat(temp.resolve("home/known_hosts")).doesNotExist();
			assertThat(person.asked()).as("signed in").isNotEmpty();
			server.rotateHostKey();
			connect(server, key(server.hostKeyFingerprint())).close();
			assertThat(person.asked(Challenge.HostKey.class)).as("the policy names the new one").isEmpty();
		}
	}

	@Test
	void anotherOneIsRefusedBeforeAnythingIsSentAlsoWhereItIsKnown() throws Exception {
		try (OpenSshServer server = OpenSshServer.builder().start()) {
			String log = server.log();
			isForbidden(server, key("SHA256:" + "A".repeat(43)), "the ssh-ed25519 key of " + server.host() + ":" + server.port(), server.hostKeyFingerprint(), "none of those", "Nothing was sent");
			Files.createDirectories(temp.resolve("home"));
			Files.writeString(temp.resolve("home/known_hosts"), server.knownHostsLine() + "\n");
			isForbidden(server, key("SHA256:" + "A".repeat(43)), "none of those");
			assertThat(server.log().substring(log.length())).doesNotContain(server.user() + " from").doesNotContain("ublickey");
			isForbidden(server, key(server.hostKeyFingerprint()).and(key("SHA256:" + "B".repeat(43))), "none of those");
			connect(server, Requirements.NONE).close();
		}
	}

	@Test
	void aChangedKeyStaysAChangedKey() throws Exception {
		try (OpenSshServer server = OpenSshServer.builder().start()) {
			connect(server, Requirements.NONE).close();
			server.rotateHostKey();
			assertThatThrownBy(() -> connect(server, key(server.hostKeyFingerprint()))).isInstanceOf(HostKeyException.class).hasMessageContaining("has changed");
			assertThat(person.asked()).isEmpty();
		}
	}

	@Test
	void theServerIsAskedForAKeyOfATypeThatIsNamed() throws Exception {
		Path rsa = temp.resolve("rsa");
		assertThat(new ProcessBuilder("ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", rsa.toString()).start().waitFor()).isZero();
		String fingerprint = new Challenge.HostKey("", "", "", 22, "ssh-rsa", java.util.Base64.getDecoder().decode(Files.readString(Path.of(rsa + ".pub")).split(" ")[1])).fingerprint();
		try (OpenSshServer server = OpenSshServer.builder().config("HostKey " + rsa).start()) {
			connect(server, key(fingerprint, "ssh-rsa")).close();
			isForbidden(server, key(fingerprint), "ssh-ed25519");
			connect(server, key(fingerprint).and(allowed(Kind.HOST_KEY_ALGORITHM, "rsa-sha2-*"))).close();
		}
	}

	@ParameterizedTest
	@CsvSource({ "KEY_EXCHANGE,diffie-hellman-group16-*,ssh.key-exchange,diffie-hellman-group16-sha512", "CIPHER,aes256-ctr,ssh.ciphers,aes256-ctr", "HOST_KEY_ALGORITHM,ecdsa-*,ssh.host-key-algorithms,ecdsa-sha2-nistp256" })
	void onlyWhatIsAllowedIsAgreedOn(Kind kind, String pattern, String finding, String used) throws Exception {
		Path ecdsa = temp.resolve("ecdsa");
		assertThat(new ProcessBuilder("ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", ecdsa.toString()).start().waitFor()).isZero();
		try (OpenSshServer server = OpenSshServer.builder().config("HostKey " + ecdsa).start()) {
			assertThat(used(server, Requirements.NONE, finding)).doesNotContain("Used now: " + used);
			assertThat(used(server, allowed(kind, pattern), finding)).contains("Used now: " + used);
			assertThat(used(server, allowed(kind, pattern).and(allowed(kind, "*")), finding)).contains("Used now: " + used);
		}
	}

	private String used(OpenSshServer server, Requirements requirements, String finding) throws IOException {
		Files.deleteIfExists(temp.resolve("home/known_hosts")); // a key of another type would be a changed one
		try (Storage storage = connect(server, requirements)) {
			return storage.extra(Posture.class).orElseThrow().examine().stream().filter(f -> f.id().equals(finding)).map(Finding::what).findFirst().orElseThrow();
		}
	}

	@Test
	void aServerWithNothingThatIsAllowedIsRefused() throws Exception {
		try (OpenSshServer server = OpenSshServer.builder().config("Ciphers aes128-ctr,aes192-ctr", "MACs hmac-sha2-256", "KexAlgorithms diffie-hellman-group14-sha256").start()) {
			isForbidden(server, allowed(Kind.CIPHER, "aes256-*"), server.host() + ":" + server.port() + " has no cipher that is allowed there, but aes128-ctr, aes192-ctr");
			isForbidden(server, allowed(Kind.MAC, "*-etm@openssh.com"), "has no MAC that is allowed there, but hmac-sha2-256");
			isForbidden(server, allowed(Kind.KEY_EXCHANGE, "curve25519-*"), "has no key exchange that is allowed there, but diffie-hellman-group14-sha256");
			isForbidden(server, allowed(Kind.HOST_KEY_ALGORITHM, "rsa-sha2-512"), "has no host key algorithm that is allowed there, but ssh-ed25519");
			isForbidden(server, allowed(Kind.CIPHER, "twofish*"), "Strongroom has no cipher that is allowed there, but aes256-gcm@openssh.com");
			connect(server, allowed(Kind.CIPHER, "aes*").and(allowed(Kind.CIPHER, "aes192*"))).close();
		}
	}

	@Test
	void whereNothingWouldBeInCommonAnywayNobodyForbids() throws Exception {
		try (OpenSshServer server = OpenSshServer.builder().config("Ciphers aes128-cbc").start()) {
			assertThatThrownBy(() -> connect(server, allowed(Kind.CIPHER, "aes256-*"))).isInstanceOf(ConnectionException.class).hasMessageContaining("know no common encryption");
		}
	}

	@Test
	void shortRsaKeysOfServersAndPeople() throws Exception {
		try (OpenSshServer server = OpenSshServer.builder().hostKeyType("rsa").start()) {
			connect(server, rsa(2048)).close();
			isForbidden(server, rsa(16_384), "the key of " + server.host(), "is an RSA key of", "16384 are wanted");
		}
		try (OpenSshServer server = OpenSshServer.builder().keyOnly().start()) {
			Path key = server.newKey(OpenSshServer.KeyKind.RSA, "");
			var bookmark = new Bookmark("HQ", URI.create(server.uri()), List.of(key), Map.of());
			connect(bookmark, server, rsa(3072), SignIn.Demands.NONE).close();
			assertThatThrownBy(() -> connect(bookmark, server, rsa(4096), SignIn.Demands.NONE)).isInstanceOf(ForbiddenException.class)
					.hasMessageContainingAll("Forbidden by " + RULE, "your key " + key.getFileName(), "3072 bits", "4096 are wanted");
		}
	}

	@Test
	void serversOnTheWayAreServers() throws Exception {
		try (OpenSshServer inner = OpenSshServer.builder().start(); OpenSshServer gate = OpenSshServer.builder().keyOnly().keyPassphrase("").start()) {
			Files.createDirectories(temp.resolve("ssh"));
			Files.writeString(temp.resolve("ssh/config"), """
					Host hq
					  HostName 127.0.0.1
					  Port %d
					  User %s
					  ProxyJump gate_1
					Host gate_1
					  HostName 127.0.0.1
					  Port %d
					  User %s
					  IdentityFile %s
					""".formatted(inner.port(), inner.user(), gate.port(), gate.user(), gate.keyFile()));
			var bookmark = new Bookmark("HQ", URI.create("sftp://hq/"), List.of(inner.keyFile()), Map.of());
			var passed = new ArrayList<URI>();
			Requirements gates = key(gate.hostKeyFingerprint());
			Requirements inners = key(inner.hostKeyFingerprint());
			connect(bookmark, inner, inners, server -> {
				passed.add(server);
				return gates;
			}).close();
			assertThat(person.asked(Challenge.HostKey.class)).isEmpty();
			assertThat(passed).singleElement().asString().isEqualTo("sftp://gate_1:" + gate.port() + "/");
			assertThatThrownBy(() -> connect(bookmark, inner, inners, _ -> inners)).isInstanceOf(ForbiddenException.class).hasMessageContaining("gate_1");
			assertThatThrownBy(() -> connect(bookmark, inner, Requirements.NONE, _ -> {
				throw new ForbiddenException("not there");
			})).isInstanceOf(ForbiddenException.class).hasMessage("not there");
			assertThat(person.asked()).isEmpty();
		}
	}

	@Test
	void certificatesAreNotOfSsh() {
		var demands = new Requirements(List.of(), List.of(new Requirements.Certified(Set.of("AA"), List.of(), Set.of(), RULE)), Map.of(), Optional.empty());
		assertThat(new SftpProtocol().follows(demands)).isFalse();
	}
}
