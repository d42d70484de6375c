package org.strongroom.auth.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.strongroom.auth.ssh.internal.SshAuthenticator;
import org.strongroom.core.Bookmark;
import org.strongroom.core.Home;
import org.strongroom.core.Problem;
import org.strongroom.core.auth.Challenge;
import org.strongroom.core.auth.HostKeyException;
import org.strongroom.core.auth.Prompter;
import org.strongroom.core.auth.SignIn;
import org.strongroom.core.auth.SignInCancelledException;
import org.strongroom.core.auth.SignInException;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.Storage;
import org.strongroom.demo.EmbeddedServer;
import org.strongroom.storage.sftp.internal.SftpProtocol;
import org.strongroom.testing.OpenSshServer;
import org.strongroom.testing.OpenSshServer.KeyKind;
import org.strongroom.testing.Person;

/** Signing in to real OpenSSH servers. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class SignInTest {
	@TempDir
	Path temp;
	private Path ssh;
	private final List<Process> started = new ArrayList<>();

	@BeforeEach
	void settle() throws IOException {
		assumeTrue(OpenSshServer.unavailable().isEmpty(), () -> OpenSshServer.unavailable().orElseThrow());
		ssh = Files.createDirectory(temp.resolve("ssh"));
		System.setProperty(SshConfig.FOLDER_PROPERTY, ssh.toString());
		System.setProperty(Home.PROPERTY, temp.resolve("home").toString());
		System.setProperty("strongroom.ssh.agent", "none");
	}

	@AfterEach
	void tidy() {
		System.clearProperty("strongroom.ssh.agent");
		System.clearProperty(SshConfig.FOLDER_PROPERTY);
		started.forEach(Process::destroyForcibly);
	}

	private static Storage connect(Bookmark bookmark, Prompter person) throws IOException {
		return new SftpProtocol().connect(bookmark, new SignIn(List.of(new SshAuthenticator()), person));
	}

	private static Bookmark bookmark(OpenSshServer server, Path... keys) {
		return new Bookmark("HQ", URI.create(server.uri()), List.of(keys), Map.of());
	}

	private static Bookmark bookmark(OpenSshServer server) {
		return bookmark(server, server.keyFile());
	}

	private static void assertWorks(Storage storage) throws IOException {
		try (storage) {
			assertThat(storage.home()).startsWith("/");
			assertThat(storage.isOpen()).isTrue();
		}
		assertThat(storage.isOpen()).isFalse();
	}

	private static void assertProblem(ThrowingCallable what, Class<? extends Exception> type, Problem.Kind kind, String... words) {
		assertThatThrownBy(what).isInstanceOf(type).satisfies(e -> {
			Problem problem = Problem.of(e);
			assertThat(problem.kind()).isEqualTo(kind);
			assertThat(problem.message()).contains(words).doesNotContain("\n");
		});
	}

	@Test
	void keyThenCode() throws Exception {
		try (OpenSshServer server = OpenSshServer.builder().banner("Authorised people only.\n").start()) {
			Person person = Person.of(server);
			assertWorks(connect(bookmark(server), person));
			assertThat(person.asked()).satisfiesExactly(
					c -> assertThat(((Challenge.HostKey) c).fingerprint()).isEqualTo(server.hostKeyFingerprint()),
					c -> assertThat(c).isEqualTo(new Challenge.KeyPassphrase("root@127.0.0.1:" + server.port(), server.keyFile(), 1)),
					c -> assertThat(((Challenge.KeyboardInteractive) c).prompts()).containsExactly(new Challenge.Prompt(OpenSshServer.CODE_PROMPT, false)));
		}
	}

	@Test
	void theRightPassphraseAfterAWrongOne() throws Exception {
		try (OpenSshServer server = OpenSshServer.builder().start()) {
			Person person = Person.of(server).secret(c -> c.attempt() < 3 ? "wrong" : server.keyPassphrase());
			assertWorks(connect(bookmark(server), person));
			assertThat(person.asked(Challenge.KeyPassphrase.class)).extracting(Challenge.KeyPassphrase::attempt).containsExactly(1, 2, 3);
		}
	}

	@Test
	void aWrongPassphraseThreeTimes() throws Exception {
		try (OpenSshServer server = OpenSshServer.builder().start()) {
			Person person = Person.of(server).secret(_ -> "wrong");
			assertProblem(() -> connect(bookmark(server), person), SignInException.class, Problem.Kind.SIGN_IN, "passphrase", server.keyFile().toString());
			assertThat(person.asked(Challenge.KeyPassphrase.class)).hasSize(3);
			assertThat(person.asked(Challenge.KeyboardInteractive.class)).isEmpty();
		}
	}

	@Test
	void theRightCodeAfterTwoWrongOnes() throws Exception {
		try (OpenSshServer server = OpenSshServer.builder().start()) {
			var codes = new ArrayDeque<>(List.of(server.wrongCode(), "", server.currentCode()));
			Person person = Person.of(server).answer(_ -> codes.poll());
			assertWorks(connect(bookmark(server), person));
			assertThat(person.asked(Challenge.KeyboardInteractive.class)).extracting(Challenge.KeyboardInteractive::round).containsExactly(1, 2, 3);
			assertThat(person.asked(Challenge.KeyPassphrase.class)).hasSize(1);
		}
	}

	@Test
	void wrongCodesUntilTheServerHangsUp() throws Exception {
		try (OpenSshServer server = OpenSshServer.builder().maxAuthTries(3).start()) {
			Person person = Person.of(server).answer(_ -> server.wrongCode());
			assertProblem(() -> connect(bookmark(server), person), SignInException.class, Problem.Kind.SIGN_IN, "refused", "Too many authentication failures");
			assertThat(person.asked(Challenge.KeyboardInteractive.class)).hasSizeBetween(2, 3);
		}
	}

	@Test
	void aCodeCannotBeUsedTwice() throws Exception {
		try (OpenSshServer server = OpenSshServer.builder().singleUseCodes().maxAuthTries(2).start()) {
			String code = server.currentCode();
			Person person = Person.of(server).answer(_ -> code);
			assertWorks(connect(bookmark(server), person));
			assertProblem(() -> connect(bookmark(server), person), SignInException.class, Problem.Kind.SIGN_IN, "refused");
		}
	}

	@Test
	void cancellingTheCodeIsTheEnd() throws Exception {
		try (OpenSshServer server = OpenSshServer.builder().start()) {
			Person person = Person.of(server).answer(_ -> null);
			assertProblem(() -> connect(bookmark(server), person), SignInCancelledException.class, Problem.Kind.SIGN_IN, "cancelled");
			assertThat(person.asked(Challenge.KeyboardInteractive.class)).hasSize(1);
		}
	}

	@Test
	void cancellingThePassphraseIsTheEnd() throws Exception {
		try (OpenSshServer server = OpenSshServer.builder().start()) {
			Path second = server.newKey(KeyKind.ECDSA, "second");
			Person person = Person.of(server).secret(_ -> null);
			assertProblem(() -> connect(bookmark(server, server.keyFile(), second), person), SignInCancelledException.class, Problem.Kind.SIGN_IN, "cancelled");
			assertThat(person.asked(Challenge.KeyPassphrase.class)).hasSize(1);
			assertThat(server.log().lines().filter(l -> l.startsWith("Accepted key"))).as("the second key is not even offered").hasSize(1);
		}
	}

	@Test
	void noKeyThatTheServerTakes() throws Exception {
		try (OpenSshServer server = OpenSshServer.builder().start()) {
			Path strange = server.newStrangeKey(KeyKind.ED25519, "secret");
			Person person = Person.of(server);
			assertProblem(() -> connect(bookmark(server, strange), person), SignInException.class, Problem.Kind.SIGN_IN, "none of the keys", strange.getFileName().toString(), "a key");
			assertThat(person.asked(Challenge.KeyPassphrase.class)).as("no passphrase is asked for a key that is not taken").isEmpty();
		}
	}

	@Test
	void noKeyAtAll() throws Exception {
		try (OpenSshServer server = OpenSshServer.builder().start()) {
			assertProblem(() -> connect(bookmark(server, new Path[0]), Person.of(server)), SignInException.class, Problem.Kind.SIGN_IN, "choose a key");
		}
	}

	@Test
	void theOnlyKeyIsMissingOrNoKey() throws Exception {
		try (OpenSshServer server = OpenSshServer.builder().start()) {
			Path missing = temp.resolve("missing");
			assertProblem(() -> connect(bookmark(server, missing), Person.of(server)), SignInException.class, Problem.Kind.SIGN_IN, missing.toString(), "does not exist");
			Path garbage = Files.writeString(temp.resolve("garbage"), "hello");
			assertProblem(() -> connect(bookmark(server, garbage), Person.of(server)), SignInException.class, Problem.Kind.SIGN_IN, garbage.toString(), "no private key");
			assertWorks(connect(bookmark(server, missing, garbage, server.keyFile()), Person.of(server)));
		}
	}

	@Test
	void theSecondKeyIsTheRightOne() throws Exception {
		try (OpenSshServer server = OpenSshServer.builder().start()) {
			Person person = Person.of(server);
			assertWorks(connect(bookmark(server, server.newStrangeKey(KeyKind.RSA, "x"), server.keyFile()), person));
			assertThat(person.asked(Challenge.KeyPassphrase.class)).extracting(Challenge.KeyPassphrase::keyFile).containsExactly(server.keyFile());
		}
	}

	@ParameterizedTest
	@EnumSource(KeyKind.class)
	void allKindsOfKeys(KeyKind kind) throws Exception {
		try (OpenSshServer server = OpenSshServer.builder().keyOnly().start()) {
			Path locked = server.newKey(kind, "pässphrase 1");
			Path open = server.newKey(kind, "");
			var asked = new ArrayDeque<>(List.of("wrong", "pässphrase 1"));
			assertWorks(connect(bookmark(server, locked), new Person().secret(_ -> asked.poll())));
			assertWorks(connect(bookmark(server, open), new Person()));
			// The public part is asked for where only the encrypted part has it.
			Files.delete(locked.resolveSibling(locked.getFileName() + ".pub"));
			assertWorks(connect(bookmark(server, locked), new Person().secret(_ -> "pässphrase 1")));
		}
	}

	@Test
	void otherCiphersOfKeyFiles() throws Exception {
		try (OpenSshServer server = OpenSshServer.builder().keyOnly().start()) {
			for (String cipher : List.of("aes128-ctr", "aes256-cbc", "aes256-gcm@openssh.com")) {
				Path key = server.newKey(KeyKind.ED25519, "");
				assertThat(run("ssh-keygen", "-q", "-p", "-Z", cipher, "-P", "", "-N", "secret", "-f", key.toString())).isZero();
				var asked = new ArrayDeque<>(List.of("wrong", "secret"));
				assertWorks(connect(bookmark(server, key), new Person().secret(_ -> asked.poll())));
			}
			Path unknown = server.newKey(KeyKind.ED25519, "");
			assertThat(run("ssh-keygen", "-q", "-p", "-Z", "chacha20-poly1305@openssh.com", "-P", "", "-N", "secret", "-f", unknown.toString())).isZero();
			assertProblem(() -> connect(bookmark(server, unknown), new Person().secret(_ -> "secret")), SignInException.class, Problem.Kind.SIGN_IN, "chacha20", "ssh-keygen");
		}
	}

	@Test
	void theUsualKeys() throws Exception {
		try (OpenSshServer server = OpenSshServer.builder().keyOnly().start()) {
			Files.copy(server.newStrangeKey(KeyKind.ED25519, "x"), ssh.resolve("id_ed25519"));
			Path usual = ssh.resolve("id_ecdsa");
			Files.copy(server.newKey(KeyKind.ECDSA, "secret"), usual);
			Files.writeString(ssh.resolve("id_rsa"), "garbage");
			Person person = new Person().secret(_ -> "secret");
			assertWorks(connect(bookmark(server, new Path[0]), person));
			assertThat(person.asked(Challenge.KeyPassphrase.class)).extracting(Challenge.KeyPassphrase::keyFile).containsExactly(usual);
		}
	}

	@Test
	void anAgent() throws Exception {
		try (OpenSshServer server = OpenSshServer.builder().start()) {
			Path socket = agent();
			Path rsa = server.newKey(KeyKind.RSA, "");
			assertThat(run("ssh-add", "-q", rsa.toString())).isZero();
			Person person = Person.of(server).secret(_ -> null);
			assertWorks(connect(bookmark(server, new Path[0]), person));
			assertThat(person.asked(Challenge.KeyPassphrase.class)).isEmpty();
			// A locked key file whose key the agent holds needs no passphrase.
			Path locked = server.newKey(KeyKind.ECDSA, "");
			assertThat(run("ssh-add", "-q", locked.toString())).isZero();
			assertThat(run("ssh-keygen", "-q", "-p", "-P", "", "-N", "secret", "-f", locked.toString())).isZero();
			assertWorks(connect(bookmark(server, locked), person));
			assertThat(person.asked(Challenge.KeyPassphrase.class)).isEmpty();
			assertThat(Files.exists(socket)).isTrue();
		}
	}

	@Test
	void anAgentThatIsGoneIsAsGoodAsNone() throws Exception {
		try (OpenSshServer server = OpenSshServer.builder().start()) {
			Path socket = agent();
			started.forEach(Process::destroyForcibly);
			started.getFirst().waitFor();
			Files.deleteIfExists(socket);
			assertWorks(connect(bookmark(server), Person.of(server)));
			Files.createFile(socket);
			assertWorks(connect(bookmark(server), Person.of(server)));
		}
	}

	private Path agent() throws Exception {
		Path socket = temp.resolve("agent");
		started.add(new ProcessBuilder("ssh-agent", "-D", "-a", socket.toString()).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start());
		Instant deadline = Instant.now().plusSeconds(10);
		while (!Files.exists(socket)) {
			assertThat(Instant.now()).isBefore(deadline);
			Thread.onSpinWait();
		}
		System.setProperty("strongroom.ssh.agent", socket.toString());
		return socket;
	}

	private int run(String... command) throws Exception {
		var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
		builder.environment().put("SSH_AUTH_SOCK", temp.resolve("agent").toString());
		return builder.start().waitFor();
	}

	@Test
	void aPassword() throws Exception {
		try (OpenSshServer server = OpenSshServer.builder().passwordOnly().start()) {
			var typed = new ArrayDeque<>(List.of("wrong", server.password()));
			Person person = new Person().secret(_ -> typed.poll());
			assertWorks(connect(bookmark(server, new Path[0]), person));
			assertThat(person.asked(Challenge.Password.class)).extracting(Challenge.Password::attempt).containsExactly(1, 2);
			assertProblem(() -> connect(bookmark(server, new Path[0]), new Person().secret(_ -> "wrong")), SignInException.class, Problem.Kind.SIGN_IN, "password");
		}
	}

	@Test
	void anInteractivePasswordIsNotTakenForAPassword() throws Exception {
		try (OpenSshServer server = OpenSshServer.builder().interactivePasswordOnly().start()) {
			Person person = Person.of(server);
			assertWorks(connect(bookmark(server, new Path[0]), person));
			assertThat(person.asked(Challenge.Password.class)).isEmpty();
			assertThat(person.asked(Challenge.KeyboardInteractive.class)).singleElement()
					.satisfies(c -> assertThat(c.prompts()).containsExactly(new Challenge.Prompt(OpenSshServer.PASSWORD_PROMPT, false)));
		}
	}

	@Test
	void severalRounds() throws Exception {
		try (OpenSshServer server = OpenSshServer.builder().keyPasswordAndCode().start()) {
			Person person = Person.of(server);
			assertWorks(connect(bookmark(server), person));
			assertThat(person.asked(Challenge.KeyboardInteractive.class).stream().flatMap(c -> c.prompts().stream()).map(Challenge.Prompt::text))
					.containsExactly(OpenSshServer.PASSWORD_PROMPT, OpenSshServer.CODE_PROMPT);
		}
	}

	@ParameterizedTest
	@EnumSource(EmbeddedServer.SignIn.class)
	void allWaysOfTheEmbeddedServer(EmbeddedServer.SignIn way) throws Exception {
		Path keys = Files.createDirectory(temp.resolve("keys"));
		try (EmbeddedServer server = EmbeddedServer.serving(Files.createDirectory(temp.resolve("files"))).keyFolder(keys).signIn(way).start()) {
			Person person = new Person().secret(c -> c instanceof Challenge.Password ? server.password() : new String(server.keyPassphrase()))
					.answer(p -> p.text().equals(EmbeddedServer.CODE_PROMPT) ? server.totp().code() : server.password());
			assertWorks(connect(new Bookmark("Demo", URI.create(server.uri()), List.of(server.keyFile()), Map.of()), person));
			if (way == EmbeddedServer.SignIn.INTERACTIVE_PASSWORD_AND_CODE)
				assertThat(person.asked(Challenge.KeyboardInteractive.class)).singleElement().satisfies(c -> assertThat(c.prompts()).hasSize(2));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "ed25519", "ecdsa", "rsa" })
	void aHostKeyIsAskedAboutOnce(String type) throws Exception {
		try (OpenSshServer server = OpenSshServer.builder().keyOnly().hostKeyType(type).start()) {
			Person first = Person.of(server);
			assertWorks(connect(bookmark(server), first));
			assertThat(first.asked(Challenge.HostKey.class)).hasSize(1);
			assertThat(temp.resolve("home/known_hosts")).content().isEqualTo(server.knownHostsLine() + "\n");
			Person second = Person.of(server).trusting(false);
			assertWorks(connect(bookmark(server), second));
			assertThat(second.asked(Challenge.HostKey.class)).isEmpty();
			assertThat(ssh).as("nothing is written there").isEmptyDirectory();
		}
	}

	@Test
	void anUnknownHostKeyThatIsNotBelieved() throws Exception {
		try (OpenSshServer server = OpenSshServer.builder().keyOnly().start()) {
			Person person = Person.of(server).trusting(false);
			assertProblem(() -> connect(bookmark(server), person), HostKeyException.class, Problem.Kind.SIGN_IN, server.hostKeyFingerprint(), "nothing was sent");
			assertThat(person.asked(Challenge.ForSecret.class)).isEmpty();
			assertThat(temp.resolve("home/known_hosts")).doesNotExist();
		}
	}

	@Test
	void aChangedHostKey() throws Exception {
		try (OpenSshServer server = OpenSshServer.builder().keyOnly().start()) {
			assertWorks(connect(bookmark(server), Person.of(server)));
			server.rotateHostKey();
			Person person = Person.of(server);
			assertProblem(() -> connect(bookmark(server), person), HostKeyException.class, Problem.Kind.SIGN_IN, "has changed", server.hostKeyFingerprint(), "known_hosts, line 1");
			assertThat(person.asked()).as("nobody is asked anything").isEmpty();
		}
	}

	@Test
	void hostKeysAsOpenSshKeepsThem() throws Exception {
		try (OpenSshServer server = OpenSshServer.builder().keyOnly().start()) {
			Path known = ssh.resolve("known_hosts");
			Files.writeString(known, server.knownHostsLine() + "\n");
			assertThat(run("ssh-keygen", "-q", "-H", "-f", known.toString())).isZero();
			assertThat(known).content().startsWith("|1|");
			Person person = Person.of(server).trusting(false);
			assertWorks(connect(bookmark(server), person));
			server.rotateHostKey();
			assertProblem(() -> connect(bookmark(server), person), HostKeyException.class, Problem.Kind.SIGN_IN, "has changed", known + ", line 1");
			Files.writeString(known, "# nobody\n@revoked * " + server.hostKeyLine() + "\n" + server.knownHostsLine() + "\n");
			assertProblem(() -> connect(bookmark(server), person), HostKeyException.class, Problem.Kind.SIGN_IN, "revoked", "line 2");
			Files.writeString(known, "!127.0.0.2,127.0.0.* " + server.hostKeyLine() + "\n");
			assertWorks(connect(bookmark(server), person));
			assertThat(person.asked()).noneMatch(Challenge.HostKey.class::isInstance);
		}
	}

	@Test
	void theKnownTypeOfHostKeyIsAskedFor() throws Exception {
		Path second = temp.resolve("rsa_host_key");
		assertThat(run("ssh-keygen", "-q", "-t", "rsa", "-N", "", "-f", second.toString())).isZero();
		try (OpenSshServer server = OpenSshServer.builder().keyOnly().config("HostKey " + second).start()) {
			String[] rsa = Files.readString(second.resolveSibling("rsa_host_key.pub")).split(" ");
			Files.writeString(ssh.resolve("known_hosts"), "[127.0.0.1]:" + server.port() + " " + rsa[0] + " " + rsa[1] + "\n");
			Person person = Person.of(server).trusting(false);
			assertWorks(connect(bookmark(server), person));
			assertThat(person.asked(Challenge.HostKey.class)).isEmpty();
		}
	}

	@Test
	void hashedWhereTheConfigurationSaysSo() throws Exception {
		try (OpenSshServer server = OpenSshServer.builder().keyOnly().start()) {
			Files.writeString(ssh.resolve("config"), "HashKnownHosts yes\n");
			assertWorks(connect(bookmark(server), Person.of(server)));
			assertThat(temp.resolve("home/known_hosts")).content().startsWith("|1|").doesNotContain("127.0.0.1");
			assertWorks(connect(bookmark(server), Person.of(server).trusting(false)));
		}
	}

	@Test
	void anAliasOfTheConfiguration() throws Exception {
		try (OpenSshServer server = OpenSshServer.builder().keyOnly().start()) {
			Files.writeString(ssh.resolve("config"), """
					# the office
					Match exec "touch %s"
					  User nobody
					Host hq other-*
					  HostName 127.0.0.1
					  Port=%d
					  User root
					  IdentityFile "%s"
					  IdentitiesOnly yes
					  HostKeyAlias office
					  UserKnownHostsFile %s
					Host *
					  User nobody
					""".formatted(temp.resolve("executed"), server.port(), server.keyFile(), ssh.resolve("office_hosts")));
			Files.writeString(ssh.resolve("office_hosts"), "office " + server.hostKeyLine() + "\n");
			Person person = Person.of(server).trusting(false);
			assertWorks(connect(new Bookmark("HQ", URI.create("sftp://hq/tmp")), person));
			assertThat(person.asked(Challenge.KeyPassphrase.class)).singleElement().satisfies(c -> assertThat(c.asker()).isEqualTo("hq"));
			assertThat(temp.resolve("executed")).doesNotExist();
			// What the bookmark says wins.
			assertProblem(() -> connect(new Bookmark("HQ", URI.create("sftp://nobody@hq/")), person), SignInException.class, Problem.Kind.SIGN_IN, "hq");
		}
	}

	@Test
	void throughAnotherServer() throws Exception {
		try (OpenSshServer gate = OpenSshServer.builder().start(); OpenSshServer server = OpenSshServer.builder().start()) {
			Files.writeString(server.root().resolve("inside.txt"), "inside");
			Files.writeString(ssh.resolve("config"), """
					Host gate
					  HostName 127.0.0.1
					  Port %d
					  User root
					  IdentityFile %s
					Host inner
					  HostName 127.0.0.1
					  Port %d
					  ProxyJump gate
					""".formatted(gate.port(), gate.keyFile(), server.port()));
			var asked = new ArrayList<String>();
			Person person = new Person().secret(c -> {
				asked.add(c.asker());
				return ((Challenge.KeyPassphrase) c).keyFile().equals(gate.keyFile()) ? gate.keyPassphrase() : server.keyPassphrase();
			});
			var codes = new ArrayDeque<>(List.of(gate.totp(), server.totp()));
			person.answer(_ -> codes.poll().code());
			try (Storage storage = connect(new Bookmark("Inner", URI.create("sftp://root@inner" + server.remoteRoot()), List.of(server.keyFile()), Map.of()), person)) {
				assertThat(storage.stat(server.remoteRoot() + "/inside.txt", false).size()).isEqualTo(6);
				assertThat(asked).containsExactly("gate", "root@inner");
				assertThat(person.asked(Challenge.HostKey.class)).extracting(Challenge.HostKey::host).containsExactly("gate", "inner");
				assertThat(gate.connections()).isEqualTo(1);
				gate.dropConnections();
				assertThatThrownBy(() -> storage.stat("/", false)).isInstanceOf(ConnectionException.class);
			}
			awaitNoConnections(server);
		}
	}

	@Test
	void throughAServerThatCannotReachTheOther() throws Exception {
		try (OpenSshServer gate = OpenSshServer.builder().keyOnly().start()) {
			int port = freePort();
			Files.writeString(ssh.resolve("config"), "Host gate\n HostName 127.0.0.1\n Port %d\n User root\n IdentityFile %s\n".formatted(gate.port(), gate.keyFile())
					+ "Host inner\n HostName 127.0.0.1\n Port %d\n ProxyJump gate\n".formatted(port) + "Host loop\n ProxyJump loop\n");
			assertProblem(() -> connect(new Bookmark("Inner", URI.create("sftp://root@inner/")), Person.of(gate)), ConnectionException.class, Problem.Kind.CONNECTION, "inner");
			assertProblem(() -> connect(new Bookmark("Loop", URI.create("sftp://root@loop/")), Person.of(gate)), ConnectionException.class, Problem.Kind.CONNECTION, "loop");
		}
	}

	@Test
	void nobodyThere() throws Exception {
		int port = freePort();
		assertProblem(() -> connect(new Bookmark("x", URI.create("sftp://root@127.0.0.1:" + port + "/")), new Person()), ConnectionException.class, Problem.Kind.CONNECTION, "refuses");
		assertProblem(() -> connect(new Bookmark("x", URI.create("sftp://root@no-such-host.invalid/")), new Person()), ConnectionException.class, Problem.Kind.CONNECTION, "not known");
	}

	@Test
	void aSilentServerIsGivenUp() throws Exception {
		try (ServerSocket silent = new ServerSocket(0)) {
			Instant start = Instant.now();
			Bookmark bookmark = new Bookmark("x", URI.create("sftp://root@127.0.0.1:" + silent.getLocalPort() + "/"), List.of(), Map.of("timeout", "2"));
			assertProblem(() -> connect(bookmark, new Person()), ConnectionException.class, Problem.Kind.CONNECTION, "did not answer for 2 s");
			assertThat(Duration.between(start, Instant.now())).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(6));
		}
	}

	@Test
	void somebodyWhoTakesLongerThanTheTimeout() throws Exception {
		try (OpenSshServer server = OpenSshServer.builder().start()) {
			Bookmark bookmark = new Bookmark("x", URI.create(server.uri()), List.of(server.keyFile()), Map.of("timeout", "1"));
			Person person = Person.of(server).answer(_ -> {
				Instant end = Instant.now().plusSeconds(3);
				while (Instant.now().isBefore(end))
					Thread.onSpinWait();
				return server.currentCode();
			});
			assertWorks(connect(bookmark, person));
		}
	}

	@Test
	void aServerThatStopsWaiting() throws Exception {
		try (OpenSshServer server = OpenSshServer.builder().config("LoginGraceTime 2").start()) {
			Person person = Person.of(server).answer(_ -> {
				Instant end = Instant.now().plusSeconds(20);
				while (server.connections() > 0 && Instant.now().isBefore(end))
					Thread.onSpinWait();
				return server.currentCode();
			});
			assertProblem(() -> connect(bookmark(server), person), ConnectionException.class, Problem.Kind.CONNECTION, "hung up", "Sign in again");
		}
	}

	@Test
	void nothingStaysBehind() throws Exception {
		try (OpenSshServer server = OpenSshServer.builder().start()) {
			Set<Thread> before = Thread.getAllStackTraces().keySet();
			Storage storage = connect(bookmark(server), Person.of(server));
			assertThat(newThreads(before)).allMatch(Thread::isDaemon);
			Instant start = Instant.now();
			storage.close();
			assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(2));
			Instant deadline = Instant.now().plusSeconds(10);
			while (newThreads(before).stream().anyMatch(t -> t.getName().startsWith("sshd-")))
				assertThat(Instant.now()).as("%s", newThreads(before)).isBefore(deadline);
			awaitNoConnections(server);
			assertThatThrownBy(() -> storage.stat("/", false)).isInstanceOf(ConnectionException.class);
		}
	}

	private static List<Thread> newThreads(Set<Thread> before) {
		return Thread.getAllStackTraces().keySet().stream().filter(t -> !before.contains(t)).toList();
	}

	private static void awaitNoConnections(OpenSshServer server) {
		Instant deadline = Instant.now().plusSeconds(10);
		while (server.connections() > 0)
			assertThat(Instant.now()).isBefore(deadline);
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

}
