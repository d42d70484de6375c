package org.strongroom.storage.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.strongroom.core.auth.SignIn;
import org.strongroom.core.auth.SignInException;
import org.strongroom.core.doctor.Finding;
import org.strongroom.core.doctor.Finding.Severity;
import org.strongroom.core.doctor.Posture;
import org.strongroom.core.storage.Storage;
import org.strongroom.storage.sftp.internal.SshFacts;
import org.strongroom.storage.sftp.internal.SshFacts.Course;
import org.strongroom.storage.sftp.internal.SshFacts.Kind;
import org.strongroom.storage.sftp.internal.SshPosture;
import org.strongroom.storage.sftp.internal.SftpProtocol;
import org.strongroom.testing.OpenSshServer;
import org.strongroom.testing.Person;

/** What the doctor says of real OpenSSH servers, and of what old ones tell. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class PostureTest {
	/** Settings an administrator makes who follows RFC 9142 and wants nothing weak. */
	private static final String[] HARDENED = { "KexAlgorithms sntrup761x25519-sha512@openssh.com,curve25519-sha256,curve25519-sha256@libssh.org,diffie-hellman-group16-sha512",
			"Ciphers aes256-gcm@openssh.com,aes128-gcm@openssh.com,chacha20-poly1305@openssh.com,aes256-ctr", "MACs hmac-sha2-512-etm@openssh.com,hmac-sha2-256-etm@openssh.com",
			"HostKeyAlgorithms ssh-ed25519" };
	/** What was usual long ago. */
	private static final String[] WEAK = { "KexAlgorithms +diffie-hellman-group1-sha1,diffie-hellman-group14-sha1", "Ciphers +aes128-cbc,3des-cbc", "MACs +hmac-md5,hmac-sha1-96", "HostKeyAlgorithms +ssh-rsa" };

	/** Of signing in with two factors. */
	private static final Course GOOD = new Course(List.of("publickey"), List.of("publickey", "keyboard-interactive"), 1);

	@TempDir
	Path temp;

	@BeforeEach
	void begin() {
		assumeTrue(OpenSshServer.isAvailable(), () -> OpenSshServer.unavailable().orElse(""));
		Servers.settle(temp);
	}

	private static List<Finding> examine(UnaryOperator<OpenSshServer.Builder> how, String... config) throws IOException {
		try (OpenSshServer server = how.apply(OpenSshServer.builder()).config(config).start(); Storage storage = Servers.connect(server, Person.of(server))) {
			return storage.extra(Posture.class).orElseThrow().examine();
		}
	}

	private static Map<String, Severity> bad(List<Finding> found) {
		var bad = new java.util.TreeMap<String, Severity>();
		found.stream().filter(f -> f.severity().atLeast(Severity.WARNING)).forEach(f -> bad.put(f.id(), f.severity()));
		return bad;
	}

	private static Finding of(String id, List<Finding> found) {
		return found.stream().filter(f -> f.id().equals(id)).findFirst().orElseThrow(() -> new AssertionError(id + " is not among " + found));
	}

	@Test
	void ofAHardenedServerWithTwoFactorsNothingIsToBeMended() throws IOException {
		List<Finding> found = examine(b -> b, HARDENED);
		assertThat(bad(found)).isEmpty();
		assertThat(of("ssh.key-exchange", found).what()).contains("sntrup761x25519-sha512@openssh.com", "Used now: curve25519-sha256").doesNotContain("kex-strict", "ext-info");
		assertThat(of("ssh.ciphers", found).what()).contains("aes256-gcm@openssh.com", "Used now: aes256-gcm@openssh.com");
		assertThat(of("ssh.factors", found)).satisfies(f -> {
			assertThat(f.severity()).isEqualTo(Severity.OK);
			assertThat(f.what()).contains("publickey, then keyboard-interactive");
		});
		assertThat(of("ssh.terrapin", found).what()).contains("strict key exchange");
		assertThat(of("ssh.host-key", found).what()).contains("ssh-ed25519");
		assertThat(of("ssh.quantum", found).severity()).as("another one was used").isEqualTo(Severity.NOTE);
	}

	@Test
	void whatWasAgreedOnIsToldOfARefusedSignInToo() throws IOException {
		try (OpenSshServer server = OpenSshServer.builder().config(HARDENED).start()) {
			SignIn good = Servers.signIn(Person.of(server));
			new SftpProtocol().connect(Servers.bookmark(server), good).close();
			SignIn refused = Servers.signIn(Person.of(server).answer(_ -> "000000"));
			assertThatThrownBy(() -> new SftpProtocol().connect(Servers.bookmark(server), refused)).isInstanceOf(SignInException.class);
			assertThat(good.protection()).containsExactlyInAnyOrderEntriesOf(Map.of("key-exchange", "curve25519-sha256", "host-key", "ssh-ed25519", "cipher", "aes256-gcm@openssh.com"));
			assertThat(refused.protection()).isEqualTo(good.protection());
			assertThat(refused.serverKey()).isEqualTo(good.serverKey()).isPresent();
		}
	}

	@Test
	void ofAWeakServerAllThatIsWeakIsFoundAndNothingElse() throws IOException {
		List<Finding> found = examine(b -> b.keyOnly().hostKeyType("rsa"), WEAK);
		assertThat(bad(found)).containsExactlyInAnyOrderEntriesOf(Map.of("ssh.key-exchange", Severity.SERIOUS, "ssh.ciphers", Severity.WARNING, "ssh.macs", Severity.WARNING, "ssh.host-key-algorithms", Severity.WARNING,
				"ssh.factors", Severity.WARNING));
		assertThat(of("ssh.key-exchange", found).what()).contains("weak key exchanges: diffie-hellman-group1-sha1, diffie-hellman-group14-sha1");
		assertThat(of("ssh.ciphers", found).what()).contains("aes128-cbc, 3des-cbc").doesNotContain("aes256-ctr");
		assertThat(found).allSatisfy(f -> {
			if (f.severity().atLeast(Severity.NOTE)) {
				assertThat(f.why()).isNotBlank();
				assertThat(f.mend()).isNotBlank();
			}
		});
	}

	@Test
	void theLinesThatAreToMendAServerDo() throws IOException {
		List<Finding> before = examine(b -> b.hostKeyType("rsa"), WEAK);
		List<String> lines = before.stream().filter(f -> f.severity().atLeast(Severity.WARNING) || f.id().equals("ssh.user-key-algorithms")).flatMap(f -> f.mend().lines())
				.filter(l -> l.matches("(KexAlgorithms|Ciphers|MACs|HostKeyAlgorithms|PubkeyAcceptedAlgorithms) .*")).toList();
		assertThat(lines).hasSize(5);
		List<Finding> after = examine(b -> b.hostKeyType("rsa"), lines.toArray(String[]::new));
		assertThat(bad(before)).hasSize(4);
		assertThat(bad(after)).isEmpty();
	}

	@Test
	void aServerThatTakesOnlyWhatQuantumComputersDoNotBreakIsSignedInTo() throws IOException {
		Finding before = of("ssh.quantum", examine(b -> b));
		String line = before.mend().lines().filter(l -> l.startsWith("KexAlgorithms ")).findFirst().orElseThrow();
		assertThat(line).isEqualTo("KexAlgorithms sntrup761x25519-sha512,sntrup761x25519-sha512@openssh.com");
		List<Finding> after = examine(b -> b, line);
		assertThat(of("ssh.quantum", after).severity()).isEqualTo(Severity.OK);
		assertThat(of("ssh.key-exchange", after).what()).contains("Used now: sntrup761x25519-sha512");
	}

	@Test
	void aPasswordAloneIsSerious() throws IOException {
		assertThat(bad(examine(b -> b.passwordOnly(), HARDENED))).containsExactly(Map.entry("ssh.factors", Severity.SERIOUS));
		assertThat(bad(examine(b -> b.interactivePasswordOnly(), HARDENED))).containsExactly(Map.entry("ssh.factors", Severity.SERIOUS));
	}

	@Test
	void aWayInByPasswordBesideTheOneThatWasGoneIsSeen() throws IOException {
		var config = new ArrayList<>(List.of(HARDENED));
		config.addAll(List.of("AuthenticationMethods publickey password", "PasswordAuthentication yes"));
		assertThat(bad(examine(b -> b.keyOnly(), config.toArray(String[]::new)))).containsOnly(Map.entry("ssh.factors", Severity.WARNING), Map.entry("ssh.password", Severity.SERIOUS));
		config.set(HARDENED.length, "AuthenticationMethods publickey,keyboard-interactive:pam password");
		assertThat(of("ssh.password", examine(b -> b, config.toArray(String[]::new))).severity()).isEqualTo(Severity.NOTE);
	}

	// What no server here can be made to say.

	private static SshFacts told(String version, List<String> exchanges, List<String> hostKeys, List<String> ciphers, List<String> macs, boolean strict, String hostKey, int bits, Course course) {
		var offered = new EnumMap<Kind, List<String>>(Map.of(Kind.KEY_EXCHANGE, exchanges, Kind.HOST_KEY, hostKeys, Kind.CIPHER, ciphers, Kind.MAC, macs));
		return new SshFacts("hq", version, offered, Map.of(), strict, hostKey, bits, Set.of(), course);
	}

	@Test
	void whichKeysAreTakenFromPeopleIsBelievedWhereItIsTold() {
		for (var expected : Map.of("SSH-2.0-Other_1", Severity.WARNING, "SSH-2.0-OpenSSH_9.2p1", Severity.NOTE).entrySet()) {
			SshFacts told = told(expected.getKey(), List.of("curve25519-sha256"), List.of("ssh-ed25519"), List.of("aes256-ctr"), List.of("hmac-sha2-256"), true, "ssh-ed25519", 256, GOOD);
			var facts = new SshFacts(told.server(), told.version(), told.offered(), told.used(), true, told.hostKeyType(), 256, Set.of("ssh-rsa", "ssh-ed25519"), GOOD);
			assertThat(of("ssh.user-key-algorithms", new SshPosture(List.of(facts)).examine())).satisfies(f -> {
				assertThat(f.severity()).isEqualTo(expected.getValue());
				assertThat(f.mend()).contains("\nPubkeyAcceptedAlgorithms ssh-ed25519\n");
			});
		}
	}

	@ParameterizedTest
	@CsvSource({ "chacha20-poly1305@openssh.com,hmac-sha2-256,false,WARNING", "chacha20-poly1305@openssh.com,hmac-sha2-256,true,OK", "aes256-cbc,hmac-sha2-256-etm@openssh.com,false,WARNING", "aes256-cbc,hmac-sha2-256,false,OK",
			"aes256-gcm@openssh.com,hmac-sha2-256-etm@openssh.com,false,OK" })
	void terrapinNeedsACipherThatIsOpenToIt(String cipher, String mac, boolean strict, Severity severity) {
		var found = new SshPosture(List.of(told("SSH-2.0-OpenSSH_8.4", List.of("curve25519-sha256"), List.of("ssh-ed25519"), List.of(cipher, "aes256-ctr"), List.of(mac), strict, "ssh-ed25519", 256, GOOD))).examine();
		Finding terrapin = of("ssh.terrapin", found);
		assertThat(terrapin.severity()).isEqualTo(severity);
		if (severity == Severity.WARNING)
			assertThat(terrapin.mend()).contains("\nCiphers aes256-ctr\n");
	}

	@ParameterizedTest
	@CsvSource({ "ssh-rsa,1024,SERIOUS", "ssh-rsa,2048,NOTE", "ssh-rsa,3072,OK", "ssh-dss,1024,SERIOUS", "ssh-ed25519,256,OK" })
	void hostKeysAreToBeLongEnough(String type, int bits, Severity severity) {
		assertThat(of("ssh.host-key",
				new SshPosture(List.of(told("SSH-2.0-x", List.of("curve25519-sha256"), List.of(type), List.of("aes256-ctr"), List.of("hmac-sha2-256"), true, type, bits, GOOD))).examine()).severity()).isEqualTo(severity);
	}

	@Test
	void whatIsBrokenIsSerious() {
		var found = new SshPosture(List.of(told("SSH-1.99-old", List.of("rsa1024-sha1"), List.of("ssh-dss"), List.of("arcfour128", "none"), List.of("none"), true, "ssh-dss", 1024, new Course(List.of(), List.of(), 0)))).examine();
		assertThat(found.stream().filter(f -> f.severity() == Severity.SERIOUS).map(Finding::id)).contains("ssh.version", "ssh.key-exchange", "ssh.host-key-algorithms", "ssh.ciphers", "ssh.macs", "ssh.host-key", "ssh.factors");
		assertThat(of("ssh.ciphers", found).mend()).as("where nothing is left of what is offered").contains("\nCiphers aes256-gcm@openssh.com");
		assertThat(of("ssh.user-key-algorithms", found).severity()).isEqualTo(Severity.UNCHECKED);
	}

	@Test
	void allServersOnTheWayAreLookedAt() {
		SshFacts one = told("SSH-2.0-x", List.of("curve25519-sha256"), List.of("ssh-ed25519"), List.of("aes256-ctr"), List.of("hmac-sha2-256"), true, "ssh-ed25519", 256, GOOD);
		assertThat(new SshPosture(List.of(one, one)).examine()).hasSize(2 * new SshPosture(List.of(one)).examine().size());
	}
}
