package org.strongroom.cli.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.strongroom.core.auth.Challenge;
import org.strongroom.core.residency.Guard;

/** What the policy lets commands do, and what they tell of it. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class PolicyVerbsTest extends CommandsOnNextcloud {
	@AfterEach
	void travelNoMore() {
		System.clearProperty(Guard.TRAVEL_PROPERTY);
	}

	private void policy(String... lines) throws IOException {
		Files.writeString(Files.createDirectories(temp.resolve("home")).resolve("policy.yaml"), "policy: 1\n" + String.join("\n", lines) + "\n");
	}

	private List<Challenge.Permission> asked() {
		return person.asked(Challenge.Permission.class);
	}

	@Test
	void gettingSomethingIsAllowedAskedForAndForbidden() throws Exception {
		Path there = temp.resolve("there");
		policy("ways-out: {export: allow}");
		assertThat(run("get", at("/vault/notes.txt"), "there").printed()).isEmpty();
		assertThat(there).hasContent("unter uns");
		Files.delete(there);

		policy("ways-out: {export: ask}");
		run("get", at("/vault/notes.txt"), "there").failed(8, "Not permitted, and your own policy, line 2 asks for that: save on this machine (/vault/notes.txt), to " + there);
		assertThat(there).doesNotExist();
		person.permitting(true);
		assertThat(run("get", at("/vault/notes.txt"), "there").printed()).isEmpty();
		assertThat(there).hasContent("unter uns");
		Files.delete(there);
		assertThat(asked()).hasSize(2).allSatisfy(c -> assertThat(c.prompt()).contains("save on this machine (/vault/notes.txt)", "your own policy, line 2"));

		policy("ways-out: {export: forbid}");
		run("get", at("/vault/notes.txt"), "there").failed(8, "Forbidden by your own policy, line 2: save on this machine (/vault/notes.txt), to " + there);
		run("get", "-r", at("/vault/Contracts"), "there").failed(8, "Forbidden by");
		run("get", at("/Offer.txt"), "there").failed(8, "Forbidden by");
		assertThat(there).doesNotExist();
		assertThat(asked()).hasSize(2);
	}

	@Test
	void whatIsPrintedElsewhereThanOnATerminalLeavesToo() throws Exception {
		policy("ways-out: {export: forbid}");
		run("cat", at("/vault/notes.txt")).failed(8, "to standard output");
		run("get", at("/Offer.txt"), "-").failed(8, "to standard output");
		policy("rules:", "  - {way: export, place: standard output, verdict: allow}", "  - {way: export, verdict: forbid}");
		assertThat(run("cat", at("/vault/notes.txt")).printed()).isEqualTo("unter uns");
		run("get", at("/vault/notes.txt"), "there").failed(8, "line 4");
	}

	@Test
	void namesInAVaultLeaveAsItsContentDoes() throws Exception {
		policy("ways-out: {export: forbid}");
		for (String[] words : new String[][] { { "ls", at("/vault") }, { "ls", "-R", at("/vault/Contracts") }, { "ls", at("/vault/notes.txt") }, { "find", at("/vault") }, { "stat", at("/vault/notes.txt") } })
			run(words).failed(8, "Forbidden by your own policy, line 2: save on this machine (/vault), to standard output");
		assertThat(run("ls", at("/")).printed()).as("plain").contains("Offer.txt", "vault/");
		assertThat(run("stat", at("/Offer.txt")).printed()).contains("Offer.txt");
		policy("ways-out: {export: ask}");
		run("ls", at("/vault")).failed(8, "Not permitted");
		person.permitting(true);
		assertThat(run("ls", "-R", at("/vault")).printed()).contains("notes.txt", "Contracts/Smith.txt");
		assertThat(asked()).as("once each").hasSize(2);
		policy("ways-out: {export: allow}");
		run("--travel", "find", at("/vault")).failed(8, "Forbidden by travel mode");
	}

	@Test
	void soDoNamesOfWhatWasRemovedOrIsDamagedThere() throws Exception {
		assertThat(run("rm", at("/vault/Contracts/Smith.txt")).printed()).isEmpty();
		assertThat(run("rm", at("/Offer.txt")).printed()).isEmpty();
		assertThat(run("share", "create", at("/vault/notes.txt"), "--ciphertext").printed()).contains("/s/");
		Files.writeString(server.files().resolve(notes), "cut off");
		String[][] naming = { { "trash", "list", at("/vault/Contracts") }, { "--json", "trash", "list", at("/vault/Contracts") }, { "doctor", at("/vault") }, { "--json", "doctor", at("/vault") } };
		policy("ways-out: {export: forbid}");
		for (String[] words : naming)
			run(words).failed(8, "Forbidden by your own policy, line 2: save on this machine (/vault), to standard output");
		assertThat(run("trash", "list", at("/Shared/..")).printed()).as("plain, or as the server has it").contains("/Offer.txt", ".c9r").doesNotContain("Smith");
		for (String[] words : new String[][] { { "share", "list", at("/vault/notes.txt") }, { "--json", "share", "list", at("/vault/notes.txt") } })
			assertThat(run(words).printed()).as("as the server has it").contains(".c9r").doesNotContain("notes.txt");
		assertThat(run("versions", "list", at("/vault/notes.txt")).printed()).as("times and sizes").isEmpty();
		policy("ways-out: {export: allow}");
		assertThat(run("trash", "list", at("/vault/Contracts")).printed()).contains("/vault/Contracts/Smith.txt");
		assertThat(run("doctor", at("/vault")).out()).contains("1 damaged: /notes.txt");
	}

	@Test
	void ofAVaultThatIsWholeTheDoctorNamesNothing() throws Exception {
		policy("ways-out: {export: forbid}");
		assertThat(run("doctor", at("/vault")).out()).contains("No damage found");
	}

	@Test
	void aServerThatNoProtocolHasIsNotedAndAWordOfProtocolsIsAnError() throws Exception {
		Files.writeString(temp.resolve("draft.yaml"), "policy: 1\nservers:\n  - nextcloud://cloud\n  - foo://hq.example.org\n");
		String note = "line 4: foo://hq.example.org fits no server here, for no protocol of this installation has addresses that begin so (it has dav, davs, file, nextcloud). A plug-in of another machine may.";
		assertThat(run("policy", "check", "draft.yaml").lines()).containsSubsequence("  line 4: foo://hq.example.org", "To be noted:", "  " + note).noneMatch(l -> l.contains("nextcloud://cloud fits"));
		assertThat(run("--json", "policy", "check", "draft.yaml").printed()).contains("{\"note\":\"" + note + "\"}");
		Files.writeString(temp.resolve("draft.yaml"), "policy: 1\nservers:\n  - webdav://files.example.org\n");
		run("policy", "check", "draft.yaml").failed(1, "line 3: 'webdav://files.example.org' fits no server; write it as addresses begin: davs://files.example.org or dav://files.example.org");
	}

	@Test
	void aReadableCopyOutOfAVaultIsAskedForAndForbidden() throws Exception {
		Files.createDirectory(server.files().resolve("Other"));
		policy("ways-out: {share: ask}");
		run("cp", at("/vault/notes.txt"), at("/Shared/")).failed(8, "share a readable copy (/vault/notes.txt)");
		run("mv", at("/vault/notes.txt"), at("/Shared/")).failed(8, "share a readable copy");
		run("share", "create", at("/vault/notes.txt"), "--readable-copy", "/Shared", "--yes").failed(8, "share a readable copy");
		assertThat(server.files().resolve("Shared")).isEmptyDirectory();
		assertThat(run("cp", at("/vault/notes.txt"), at("/vault/copy.txt")).printed()).as("within the vault").isEmpty();
		assertThat(run("cp", at("/Offer.txt"), at("/Shared/")).printed()).as("plain before").isEmpty();
		person.permitting(true);
		assertThat(run("cp", at("/vault/notes.txt"), at("/Shared/")).printed()).isEmpty();
		assertThat(server.files().resolve("Shared/notes.txt")).hasContent("unter uns");
		services.close(); // all is written by then
		assertThat(run("audit", "show", "--event", "copy").lines().stream().map(l -> l.substring(l.lastIndexOf('\t') + 1))).containsExactly("-", "-", "policy=ask rule=your own policy, line 2 way=share");
		assertThat(run("mv", at("/vault/copy.txt"), at("/Shared/")).printed()).isEmpty();
		assertThat(run("share", "create", at("/vault/Contracts/Smith.txt"), "--readable-copy", "/Shared", "--yes").printed()).contains(server.uri() + "/s/");
		assertThat(asked()).hasSize(6).allSatisfy(c -> assertThat(c.prompt()).contains("share a readable copy"));
		policy("ways-out: {share: forbid}");
		run("cp", at("/vault/notes.txt"), at("/Shared/other.txt")).failed(8, "Forbidden by your own policy, line 2");
		run("mv", at("/vault/notes.txt"), at("/Shared/other.txt")).failed(8, "Forbidden by your own policy, line 2");
		run("share", "create", at("/vault/notes.txt"), "--readable-copy", "/Other", "--yes").failed(8, "Forbidden by your own policy, line 2");
		policy("ways-out: {share: allow}");
		assertThat(run("cp", at("/vault/notes.txt"), at("/Shared/other.txt")).printed()).isEmpty();
		assertThat(server.files().resolve("Shared/other.txt")).hasContent("unter uns");
		assertThat(run("mv", at("/vault/notes.txt"), at("/Shared/moved.txt")).printed()).isEmpty();
		assertThat(asked()).hasSize(6);
	}

	@Test
	void aBookmarkOfThisMachineIsThisMachine() throws Exception {
		Path here = Files.createDirectory(temp.resolve("here"));
		policy("ways-out: {export: forbid}");
		run("cp", at("/vault/notes.txt"), here.toUri() + "notes.txt").failed(8, "save on this machine (/vault/notes.txt), to " + here);
		policy("rules:", "  - {way: export, place: \"" + here + "/**\", verdict: allow}", "  - {way: export, verdict: forbid}");
		assertThat(run("cp", at("/vault/notes.txt"), here.toUri() + "notes.txt").printed()).isEmpty();
		assertThat(here.resolve("notes.txt")).hasContent("unter uns");
	}

	@Test
	void whoTravelsTakesNothingAlong() throws Exception {
		run("--travel", "get", at("/vault/notes.txt"), "there").failed(8, "Forbidden by travel mode, which is on");
		assertThat(temp.resolve("there")).doesNotExist();
	}

	@Test
	void onlyServersAndVaultsThatAreNamed() throws Exception {
		policy("servers: [\"sftp://hq.example.org\"]");
		run("ls", at("/")).failed(8, "it does not name nextcloud://alice@127.0.0.1");
		policy("vaults: [another]");
		assertThat(run("ls", at("/")).printed()).contains("vault");
		run("cat", at("/vault/notes.txt")).failed(8, "it does not name the vault /vault (id ");
		assertThat(person.asked(Challenge.VaultPassphrase.class)).isEmpty();
	}

	@Test
	void onlyProtocolsAndPlugInsThatAreNamed() throws Exception {
		policy("protocols: [sftp, webdav]");
		run("ls", at("/")).failed(8, "Forbidden by your own policy, line 2: it does not name nextcloud among the protocols that may be used (sftp, davs, dav)");
		policy("protocols: [nextcloud]", "plug-ins: [org.strongroom.vault.*, org.strongroom.auth.*]");
		run("ls", at("/")).failed(8, "Forbidden by your own policy, line 3: it does not name the plug-in org.strongroom.storage.nextcloud among those that may be used.");
		run("bookmark", "add", "Cloud", at("/")).failed(8, "the plug-in org.strongroom.storage.nextcloud");
		policy("plug-ins: [org.strongroom.storage.*]");
		assertThat(run("ls", "-l", at("/")).printed()).as("what is a vault stays one").contains("locked-vault");
		run("cat", at("/vault/notes.txt")).failed(8, "it does not name the plug-in org.strongroom.vault.cryptomator");
		assertThat(person.asked(Challenge.VaultPassphrase.class)).isEmpty();
		policy("plug-ins:", "  - org.strongroom.storage.*", "  - bundle: org.strongroom.vault.*", "    signed-by: ['" + "AB:".repeat(31) + "AB']");
		run("cat", at("/vault/notes.txt")).failed(8, "it does not name the plug-in org.strongroom.vault.cryptomator, signed as it is,");
		policy("plug-ins: [org.strongroom.*]");
		assertThat(run("cat", at("/vault/notes.txt")).printed()).isEqualTo("unter uns");
	}

	@Test
	void whereTlsIsWantedPlainHttpIsNot() throws Exception {
		run("bookmark", "add", "Cloud", at("/"), "--option", "send-password-unencrypted=yes");
		policy("tls: {minimum: 1.2}");
		run("ls", "Cloud:/").failed(8, "Forbidden by your own policy, line 2: the connection to alice@127.0.0.1:");
		assertThat(person.asked()).isEmpty();
	}

	@Test
	void aDamagedPolicyForbids() throws Exception {
		policy("ways-outs: {export: allow}");
		run("ls", at("/")).failed(8, "'ways-outs' is not known here");
		assertThat(run("policy", "show").printed()).contains("Your own policy: damaged, and so everything is forbidden", "line 2", "export     forbid");
	}

	@Test
	void thePolicyIsShownAndChecked() throws Exception {
		policy("name: mine", "ways-out:", "  print: forbid", "rules:", "  - way: [export, drag]", "    place: /media/**", "    verdict: ask", "    because: Sticks get lost.", "servers: [\"sftp://*.example.org\"]");
		assertThat(run("policy", "show").lines()).contains("Your own policy: " + temp.resolve("home/policy.yaml") + " (mine)", "export     allow   by no rule", "print      forbid  by your own policy, line 4",
				"  line 6: export, drag to /media/**: ask (Sticks get lost.)", "Servers of your own policy, and no others:", "  line 10: sftp://*.example.org");
		assertThat(run("--json", "policy", "show").printed()).contains("{\"way\":\"print\",\"verdict\":\"forbid\",\"by\":\"your own policy, line 4\",\"travelling\":false}", "\"state\":\"in force\"", "\"place\":\"/media/**\"");
		String print = "SHA256:" + "A".repeat(43);
		policy("protocols: [webdav]", "plug-ins:", "  - org.strongroom.*", "  - bundle: com.acme.*", "    signed-by: ['" + "AB:".repeat(31) + "AB']", "servers:", "  - server: sftp://hq", "    host-keys: ['" + print + "']", "ssh:",
				"  ciphers: [aes256-*, aes128-*]", "  minimum-rsa: 3072", "tls:", "  minimum: 1.3", "vaults: [v]");
		assertThat(run("policy", "show").lines()).containsSubsequence("Protocols of your own policy, and no others:", "  line 2: davs, dav", "Plug-ins of your own policy, and no others:", "  line 4: org.strongroom.*",
				"  line 5: com.acme.* signed by " + "AB:".repeat(31) + "AB", "Servers of your own policy, and no others:", "  line 8: sftp://hq, known by 1 host key", "Connections to servers, by your own policy:",
				"  line 11: SSH ciphers: aes256-*, aes128-*", "  line 14: versions of TLS: TLSv1.3", "  line 12: RSA keys: at least 3072 bits", "Vaults of your own policy by their id, and no others:", "  line 15: v");
		assertThat(run("--json", "policy", "show").printed()).contains("\"protocols\":{\"line\":2,\"schemes\":[\"davs\",\"dav\"]}", "{\"line\":4,\"bundle\":\"org.strongroom.*\",\"signers\":[]}",
				"{\"line\":8,\"server\":\"sftp://hq\",\"hostKeys\":[\"" + print + "\"],\"issuers\":[],\"certificates\":[]}", "{\"line\":11,\"SSH ciphers\":[\"aes256-*\",\"aes128-*\"]}", "\"rsa\":{\"line\":12,\"bits\":3072}",
				"\"vaults\":{\"line\":15,\"ids\":[\"v\"]}");
		policy("lock: {idle: 90s}");
		assertThat(run("policy", "show").lines()).contains("Vaults lock when untouched for 90s, by your own policy, line 2");
		assertThat(run("--json", "policy", "show").printed()).contains("{\"idleSeconds\":90,\"by\":\"your own policy, line 2\"}");
		Path draft = Files.writeString(temp.resolve("draft.yaml"), "policy: 1\nways-out: {clipboard: ask}\n");
		assertThat(run("policy", "check", "draft.yaml").lines()).contains("clipboard  ask     by your own policy, line 2", "print      allow   by no rule");
		Files.writeString(draft, "policy: 1\nways-out: {clipboard: never}\n");
		run("policy", "check", "draft.yaml").failed(1, "draft.yaml, line 2: 'never' is none of allow, ask, forbid.");
		run("policy", "check", "none.yaml").failed(3, "none.yaml");
	}

	@Test
	void whatCountsForOneBookmarkIsShown() throws Exception {
		String print = "AB:".repeat(31) + "AB";
		policy("ways-out: {print: forbid}", "rules:", "  - {way: export, bookmark: HQ, verdict: ask}", "servers:", "  - server: nextcloud://hq.example.org", "    issuers: ['" + print + "']", "ssh:", "  ciphers: [aes256-*, aes128-*]",
				"  minimum-rsa: 3072", "tls:", "  minimum: 1.3");
		assertThat(run("bookmark", "add", "HQ", "nextcloud://ann@hq.example.org/").printed()).isEmpty();
		assertThat(run("policy", "show", "HQ").lines()).containsSubsequence("HQ (nextcloud://ann@hq.example.org/)", "Signing in: allowed", "export     ask     by your own policy, line 4", "print      forbid  by your own policy, line 2",
				"Demanded of the server, and of the connection to it:", "  a certificate that is one of these, or issued by one of them: " + print + ", by your own policy, line 6", "  SSH ciphers: aes256-*, aes128-*, by your own policy, line 9",
				"  RSA keys: at least 3072 bits, by your own policy, line 10");
		assertThat(run("policy", "show", "nextcloud://elsewhere.example.org/").lines()).contains("Signing in: Forbidden by your own policy, line 6: it does not name nextcloud://elsewhere.example.org among its servers.",
				"export     allow   by no rule").noneMatch(l -> l.startsWith("Demanded"));
		assertThat(run("--json", "policy", "show", "HQ:/notes.txt").printed()).contains("{\"bookmark\":\"HQ\",\"uri\":\"nextcloud://ann@hq.example.org/\",\"signIn\":\"allow\"}",
				"{\"way\":\"export\",\"verdict\":\"ask\",\"by\":\"your own policy, line 4\",\"travelling\":false}",
				"{\"demanded\":\"a certificate that is one of these, or issued by one of them\",\"values\":[\"" + print + "\"],\"by\":\"your own policy, line 6\"}");
		run("policy", "show", "none").failed(2, "none");
	}

	@Test
	void whoSavesABookmarkThatIsForbiddenIsTold() throws Exception {
		policy("servers: [\"nextcloud://hq.example.org\"]");
		run("bookmark", "add", "Else", "nextcloud://ann@elsewhere.example.org/").failed(0, "Saved, but nobody can sign in there now: Forbidden by your own policy, line 2: it does not name nextcloud://ann@elsewhere.example.org among its servers.");
		assertThat(run("bookmark", "list").printed()).contains("Else");
	}

	/** A line that is typed after the policy was changed. @param policy null if it was not */
	private record Typed(String policy, String line) {
	}

	private InputStream typing(Typed... all) {
		var left = new ArrayDeque<>(List.of(all));
		return new InputStream() {
			@Override
			public int read() {
				throw new UnsupportedOperationException();
			}

			@Override
			public int read(byte[] bytes, int offset, int length) throws IOException {
				if (left.isEmpty())
					return -1;
				Typed next = left.removeFirst();
				if (next.policy() != null)
					policy(next.policy());
				byte[] line = (next.line() + "\n").getBytes(StandardCharsets.UTF_8);
				System.arraycopy(line, 0, bytes, offset, line.length);
				return line.length;
			}
		};
	}

	@Test
	void whatIsForbiddenMeanwhileAShellDoesNoMore() throws Exception {
		policy("name: before");
		Result shell = runWith(typing(new Typed(null, "cat vault/notes.txt"), new Typed("vaults: [another]", "cat vault/notes.txt"), new Typed(null, "cat Offer.txt"), new Typed("servers: []", "cat Offer.txt"),
				new Typed("ways-outs: {}", "cat " + at("/Offer.txt"))), "shell", at("/"));
		assertThat(shell.out()).isEqualTo("unter unsan offer");
		assertThat(shell.err().lines()).satisfiesExactly(vault -> assertThat(vault).contains("Forbidden by your own policy, line 2: it does not name the vault /vault (id "),
				server -> assertThat(server).contains("Forbidden by your own policy, line 2: it does not name nextcloud://alice@127.0.0.1"), damaged -> assertThat(damaged).contains("'ways-outs' is not known here"));
		assertThat(shell.code()).isEqualTo(8);
	}

	@Test
	void aPlaceIsWhereItLiesWhateverLinksLeadThere() throws Exception {
		Path stick = Files.createDirectories(temp.resolve("media/stick")).toRealPath();
		Path home = Files.createDirectories(temp.resolve("me"));
		Files.createSymbolicLink(home.resolve("folder"), stick);
		Files.createSymbolicLink(home.resolve("file"), stick.resolve("through"));
		Files.createSymbolicLink(home.resolve("deep"), Path.of("folder"));
		Files.createDirectories(stick.resolve("sub"));
		Files.createSymbolicLink(home.resolve("sub"), stick.resolve("sub"));
		policy("rules:", "  - {way: export, place: \"" + stick.getParent() + "/**\", verdict: forbid}");
		for (String target : List.of("me/folder/there", "me/file", "me/deep/there", "me/folder/new/there", "me/sub/../there", "me/../media/stick/there", "/proc/self/root" + stick + "/there"))
			run("get", at("/vault/notes.txt"), target).failed(8, "Forbidden by your own policy, line 3: save on this machine (/vault/notes.txt), to " + stick);
		run("get", "-r", at("/vault/Contracts"), "me/folder/there").failed(8, "line 3");
		run("cp", at("/vault/notes.txt"), home.resolve("folder").toUri() + "/there").failed(8, "line 3");
		run("cp", at("/vault/notes.txt"), home.resolve("file").toUri().toString()).failed(8, "line 3");
		assertThat(run("get", at("/vault/notes.txt"), "me/there").printed()).isEmpty();
		try (var all = Files.list(stick)) {
			assertThat(all).containsExactly(stick.resolve("sub"));
		}
		Files.createSymbolicLink(temp.resolve("name"), stick.getParent());
		policy("rules:", "  - {way: export, place: \"" + temp.resolve("name") + "/**\", verdict: forbid}");
		run("get", at("/vault/notes.txt"), "me/folder/there").failed(8, "line 3");
		run("get", at("/vault/notes.txt"), "name/stick/there").failed(8, "line 3");
	}
}
