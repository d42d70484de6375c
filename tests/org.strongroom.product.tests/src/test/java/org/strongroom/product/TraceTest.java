package org.strongroom.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.product.Product.Outcome;
import org.strongroom.testing.CryptomatorOracle;
import org.strongroom.testing.CryptomatorOracle.Cipher;
import org.strongroom.testing.OpenSshServer;

/** {@code --trace} tells on standard error what each command cost, in numbers alone, however it ends, and changes nothing else. */
class TraceTest {
	private static final String PASSPHRASE = "correct horse battery staple";
	private static final Pattern SIGN_IN = Pattern.compile("trace: sign-in round-trips=[1-9]\\d* ms=\\d+");
	private static final Pattern COST = Pattern.compile("trace: round-trips=(\\d+) requests=(\\d+) sent=(\\d+) received=(\\d+) ms=\\d+");
	@TempDir
	private static Path folder;
	private static OpenSshServer server;
	private static User user;

	@BeforeAll
	static void open() throws Exception {
		assumeTrue(OpenSshServer.isAvailable(), () -> OpenSshServer.unavailable().orElseThrow());
		server = OpenSshServer.builder().keyOnly().start();
		user = User.of(server, folder);
		user.answer("vault-passphrase", PASSPHRASE);
		try (var oracle = CryptomatorOracle.create(server.root().resolve("Vault"), PASSPHRASE, Cipher.SIV_GCM)) {
			oracle.write("/notes.txt", "hello\n");
		}
		Files.writeString(server.root().resolve("plain.txt"), "plain\n");
		assertThat(user.run("ls", "HQ:/").err()).as("the host key is known from here on").isEmpty();
	}

	@AfterAll
	static void close() {
		if (server != null)
			server.close();
	}

	/** What a command cost. */
	private record Cost(long roundTrips, long requests, long sent, long received) {
		static Cost of(String line) {
			Matcher m = COST.matcher(line);
			assertThat(m.matches()).as(line).isTrue();
			return new Cost(Long.parseLong(m.group(1)), Long.parseLong(m.group(2)), Long.parseLong(m.group(3)), Long.parseLong(m.group(4)));
		}

		/** Whether nothing was asked. An answer that nobody waits for, such as that to the closing of a file read before, may still come in. */
		boolean isNothing() {
			return roundTrips == 0 && requests == 0 && sent == 0;
		}
	}

	@Test
	void aCommandTellsItsSignInAndItsCost() throws Exception {
		for (String[] command : new String[][] { { "ls", "-l", "HQ:/Vault" }, { "--json", "ls", "HQ:/Vault" }, { "--json", "stat", "HQ:/plain.txt" }, { "cat", "HQ:/Vault/notes.txt" } }) {
			Outcome plain = user.run(command);
			String[] words = new String[command.length + 1];
			words[0] = "--trace";
			System.arraycopy(command, 0, words, 1, command.length);

			Outcome traced = user.run(words);

			assertThat(plain.err()).isEmpty();
			assertThat(traced.out()).isEqualTo(plain.out()).isNotEmpty();
			assertThat(traced.code()).isZero();
			assertThat(traced.complaints()).hasSize(2);
			assertThat(traced.complaints().getFirst()).matches(SIGN_IN);
			Cost cost = Cost.of(traced.complaints().getLast());
			assertThat(cost.roundTrips()).isBetween(1L, cost.requests());
			assertThat(cost.sent()).isGreaterThan(cost.requests() * 5);
			assertThat(cost.received()).isPositive();
		}
	}

	@Test
	void whatAsksNoServerCostsNothing() throws Exception {
		Outcome outcome = user.run("bookmark", "list", "--trace");

		assertThat(outcome.complaints()).singleElement().satisfies(line -> assertThat(Cost.of(line).isNothing()).isTrue());
		assertThat(outcome.code()).isZero();
	}

	@Test
	void aFailedCommandTellsToo() throws Exception {
		Outcome missing = user.run("--json", "--trace", "cat", "HQ:/Vault/missing.txt");

		assertThat(missing.out()).isEmpty();
		assertThat(missing.complaints()).hasSize(3);
		assertThat(missing.complaints().getFirst()).isEqualTo("strongroom: HQ:/Vault/missing.txt: there is no such file or folder.");
		assertThat(missing.complaints().get(1)).matches(SIGN_IN);
		assertThat(Cost.of(missing.complaints().get(2)).requests()).isPositive();
		assertThat(missing.code()).isEqualTo(3);

		Outcome wrong = user.run("ls", "--trace", "--frobnicate", "HQ:/");

		assertThat(wrong.complaints()).hasSize(2);
		assertThat(wrong.complaints().getFirst()).startsWith("strongroom: ").contains("--frobnicate");
		assertThat(Cost.of(wrong.complaints().getLast()).isNothing()).isTrue();
		assertThat(wrong.code()).isEqualTo(2);

		Outcome unreachable = user.run("--trace", "ls", "sftp://somebody@nowhere.invalid/");

		assertThat(unreachable.complaints()).hasSize(2);
		assertThat(Cost.of(unreachable.complaints().getLast()).isNothing()).isTrue();
		assertThat(unreachable.code()).isEqualTo(5);
	}

	@Test
	void eachCommandOfAShellTellsItsOwn() throws Exception {
		List<String> commands = List.of("ls .", "cat Vault/notes.txt", "cat Vault/notes.txt", "cat nowhere", "frobnicate", "cat 'no end", "bookmark list", "ls /Vault");
		Outcome plain = user.runWith(String.join("\n", commands), "--json", "shell", "HQ:/");

		Outcome traced = user.runWith("# a remark\n\n" + String.join("\n", commands), "--json", "--trace", "shell", "HQ:/");

		assertThat(traced.out()).isEqualTo(plain.out());
		assertThat(traced.code()).isEqualTo(plain.code()).isEqualTo(3);
		assertThat(traced.complaints()).filteredOn(line -> !line.startsWith("trace: ")).isEqualTo(plain.complaints()).hasSize(3);
		assertThat(traced.complaints()).filteredOn(line -> SIGN_IN.matcher(line).matches()).hasSize(1);
		List<Cost> costs = traced.complaints().stream().filter(line -> line.startsWith("trace: ") && !SIGN_IN.matcher(line).matches()).map(Cost::of).toList();
		assertThat(costs).hasSameSizeAs(commands);
		assertThat(costs.get(1).requests()).as("the vault is unlocked").isGreaterThan(costs.get(2).requests());
		assertThat(costs.get(2).roundTrips()).as("a small file").isBetween(1L, 2L);
		assertThat(costs.subList(3, 7)).as("known not to be there, or not asked of a server").allMatch(Cost::isNothing);
		assertThat(costs.get(7).received()).isPositive();
		assertThat(user.betrayedBy(traced.err())).isFalse();
	}

	@Test
	void oneCommandOfAShellAlone() throws Exception {
		Outcome outcome = user.runWith("ls .\nls --trace .\nls .\n", "shell", "HQ:/");

		assertThat(outcome.complaints()).hasSize(2);
		assertThat(outcome.complaints().getFirst()).matches(SIGN_IN);
		Cost.of(outcome.complaints().getLast());
		assertThat(outcome.code()).isZero();
	}
}
