package org.strongroom.cli.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Base64;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.strongroom.core.auth.Prompter;
import org.strongroom.testing.CryptomatorOracle;
import org.strongroom.testing.Person;

/** What commands leave in the audit log, and how it is shown and verified. */
class AuditVerbsTest {
	private static final String PASSPHRASE = "correct horse";
	@TempDir
	private Path temp;
	private Path files;
	private CryptomatorOracle oracle;
	private String passphrase = PASSPHRASE;
	private ServiceRegistration<Prompter> person;
	private String policy;

	private record Result(int code, String out, String err) {
		List<List<String>> rows() {
			assertThat(err).isEmpty();
			return out.lines().map(l -> List.of(l.split("\t"))).toList();
		}

		/** Event and result of each line that is not about the log itself. */
		List<String> events() {
			return rows().stream().filter(r -> !r.get(2).equals("begin") && !r.get(2).equals("checkpoint")).map(r -> r.get(2) + " " + r.get(3)).toList();
		}
	}

	@BeforeEach
	void begin() throws IOException {
		files = Files.createDirectories(temp.resolve("files"));
		oracle = CryptomatorOracle.create(files.resolve("vault"), PASSPHRASE, CryptomatorOracle.Cipher.SIV_GCM);
		oracle.write("/secret-notes.txt", "between us");
		oracle.lock();
		Files.writeString(files.resolve("plain-offer.txt"), "an offer");
		BundleContext context = FrameworkUtil.getBundle(Program.class).getBundleContext();
		person = context.registerService(Prompter.class, new Person().secret(_ -> passphrase), new Hashtable<>(Map.of("service.ranking", 2)));
	}

	@AfterEach
	void end() throws IOException {
		person.unregister();
		oracle.close();
	}

	/** As a process of its own would run it. */
	private Result run(String... words) {
		return run(false, words);
	}

	/** @param isTerminal whether somebody sees what is printed */
	private Result run(boolean isTerminal, String... words) {
		var out = new ByteArrayOutputStream();
		var err = new ByteArrayOutputStream();
		var errors = new Errors(err);
		int code;
		try (var services = new FrameworkServices(FrameworkUtil.getBundle(Program.class).getBundleContext(), errors::line)) {
			code = new Program(new Surroundings(services, Channels.newChannel(new ByteArrayInputStream(new byte[0])), false, new Output(out, isTerminal), errors, temp,
					new Stop(Thread.currentThread()), "0")).run(Stream.concat(Stream.of("--home", temp.resolve("home").toString()), Stream.of(words)).toList());
		}
		return new Result(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
	}

	private String at(String path) {
		return "file://" + files + path;
	}

	private Path log() {
		return temp.resolve("home/audit/audit-000001.jsonl");
	}

	@Test
	void whatIsDoneIsRecorded() throws IOException {
		run("ls", at("/"));
		assertThat(run("audit", "show").events()).containsExactly("sign-in ok", "list ok", "sign-out ok");
		assertThat(run("cat", at("/vault/secret-notes.txt")).out()).isEqualTo("between us");
		assertThat(run("audit", "show", "--last", "6").events()).containsExactly("sign-in ok", "unlock ok", "export ok", "lock ok", "sign-out ok");
		Files.createDirectories(temp.resolve("tree/deep"));
		Files.writeString(temp.resolve("tree/deep/one.txt"), "1");
		assertThat(run("put", "-r", "tree", at("/vault")).code()).isZero();
		assertThat(run("audit", "show", "--event", "upload").rows()).hasSize(3);
		run("mv", at("/vault/tree/deep/one.txt"), at("/vault/two.txt"));
		run("rm", at("/vault/two.txt"));
		assertThat(run("audit", "show", "--path", at("/vault/two.txt")).events()).containsExactly("rename ok", "delete ok");
		run("mkdir", at("/new-folder"));
		assertThat(run("audit", "show", "--event", "make-folder").rows()).hasSize(1);
		assertThat(run("cat", at("/vault/none.txt")).code()).isEqualTo(3);
		assertThat(run("audit", "show", "--result", "failed").rows()).singleElement().satisfies(r -> assertThat(r.getLast()).isEqualTo("policy=allow rule=no rule why=not-found"));

		assertThat(run("audit", "verify")).returns(0, Result::code).satisfies(v -> assertThat(v.out()).contains("lines: 1 to", "checkpoints: "));
		assertThat(Files.readString(log())).doesNotContain("secret-notes", "one.txt", "two.txt", "new-folder", PASSPHRASE);
	}

	@Test
	void howAVaultIsEncryptedAndWhatLetSomethingOutIsRecorded() throws IOException {
		run("cat", at("/vault/secret-notes.txt"));
		Files.writeString(temp.resolve("home/policy.yaml"), "policy: 1\nways-out: {export: forbid}\nrules:\n  - {way: export, place: standard output, verdict: allow, because: secret-notes.txt is wanted}\n");
		run("cat", at("/vault/secret-notes.txt"));
		Files.writeString(temp.resolve("home/policy.yaml"), "policy: 1\nways-out: {export: forbid}\n");
		assertThat(run("cat", at("/plain-offer.txt")).code()).isEqualTo(8);
		assertThat(run("audit", "show", "--event", "export").rows().stream().map(List::getLast)).containsExactly("policy=allow rule=no rule", "policy=allow rule=your own policy, line 4",
				"policy=forbid rule=your own policy, line 2 why=forbidden");
		assertThat(run("audit", "show", "--event", "unlock").rows().getFirst().getLast()).contains("cipher=SIV_GCM", "format=Cryptomator", "format-version=8", "passphrase-cost=scrypt, N = ");
		assertThat(Files.readString(log())).doesNotContain("secret-notes", "is wanted");
	}

	@Test
	void whatIsReadOnATerminalIsOpenedAndDoesNotLeave() throws IOException {
		Files.createDirectories(temp.resolve("home"));
		Files.writeString(temp.resolve("home/policy.yaml"), "policy: 1\nways-out: {export: forbid}\n");
		assertThat(run(true, "cat", at("/vault/secret-notes.txt")).out()).contains("between us");
		assertThat(run(true, "get", at("/plain-offer.txt"), "-").code()).isZero();
		assertThat(run("audit", "show", "--event", "export").rows()).isEmpty();
		assertThat(run("audit", "show", "--event", "open").events()).containsExactly("open ok", "open ok");
		assertThat(run("cat", at("/vault/secret-notes.txt")).code()).isEqualTo(8);
	}

	/** The policy is believed for a second by whoever writes the log. */
	private Path awaitSealed() throws Exception {
		var pair = KeyPairGenerator.getInstance("X25519").generateKeyPair();
		Path key = Files.writeString(temp.resolve("auditor.key"), "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n".formatted(Base64.getEncoder().encodeToString(pair.getPrivate().getEncoded())));
		policy = "policy: 1\naudit:\n  auditor-key: |\n    -----BEGIN PUBLIC KEY-----\n    %s\n    -----END PUBLIC KEY-----\n".formatted(Base64.getEncoder().encodeToString(pair.getPublic().getEncoded()));
		Files.writeString(Files.createDirectories(temp.resolve("home")).resolve("policy.yaml"), policy);
		for (Instant end = Instant.now().plusSeconds(30);;) {
			run("ls", at("/"));
			Result shown = run("audit", "show", "--event", "list", "--auditor-key", "auditor.key");
			if (shown.out().contains("\t" + files))
				return key;
			assertThat(Instant.now()).as("the auditor's key is used: %s", shown).isBefore(end);
		}
	}

	/** What left, or was to, and where to, but for lines of this log. @param words of a command that shows it */
	private List<String> left(String... words) {
		return run(Stream.concat(Stream.of("audit", "show", "--event", "export,copy,rename"), Stream.of(words)).toArray(String[]::new)).rows().stream().filter(r -> !r.getLast().contains("what=log"))
				.map(r -> r.get(3) + " " + r.get(7)).toList();
	}

	/** Result, vault and detail of each export. */
	private List<String> exports() {
		return run("audit", "show", "--event", "export").rows().stream().map(r -> r.get(3) + " " + (r.get(6).equals("-") ? "-" : "vault") + " " + r.get(7).replaceAll("[A-Za-z0-9_-]{22}", "HASH") + " " + r.getLast()).toList();
	}

	@Test
	void namesOfAVaultThatArePermittedAreRecordedOnceForEachCommand() throws IOException {
		Files.writeString(Files.createDirectories(temp.resolve("home")).resolve("policy.yaml"), "policy: 1\nways-out:\n  export: allow\n");
		Files.createDirectory(files.resolve("plain"));
		try (var second = CryptomatorOracle.create(files.resolve("plain/second"), PASSPHRASE, CryptomatorOracle.Cipher.SIV_GCM)) {
			second.write("/secret-other.txt", "x");
		}
		String names = "ok vault HASH to standard output policy=allow rule=your own policy, line 3 what=names";
		assertThat(run("ls", at("/")).out()).contains("plain-offer.txt");
		assertThat(run(true, "ls", at("/vault")).out()).contains("secret-notes.txt");
		assertThat(exports()).as("names in no vault, and what a terminal shows").isEmpty();
		assertThat(run("ls", at("/vault")).out()).contains("secret-notes.txt");
		assertThat(exports()).containsExactly(names);
		assertThat(run("stat", at("/vault/secret-notes.txt")).out()).contains("secret-notes.txt");
		assertThat(run("find", at("/vault")).out()).contains("secret-notes.txt");
		assertThat(exports()).containsExactly(names, names, names);
		assertThat(run("--json", "ls", at("/plain/second")).out()).contains("secret-other.txt");
		assertThat(run("audit", "show", "--event", "export").rows().stream().map(r -> r.get(6)).distinct()).as("each vault by its id").hasSize(2);
		Files.writeString(temp.resolve("home/policy.yaml"), "policy: 1\nways-out:\n  export: forbid\n");
		assertThat(run("ls", at("/vault")).code()).isEqualTo(8);
		assertThat(exports()).hasSize(5).last().isEqualTo("denied vault HASH to standard output policy=forbid rule=your own policy, line 3 why=forbidden");
		assertThat(Files.readString(log())).doesNotContain("secret-");
	}

	@Test
	void linesOfTheLogThatArePermittedWithTheAuditorsKeyAreRecorded() throws Exception {
		awaitSealed();
		String line = "ok - to standard output policy=allow rule=no rule what=log";
		List<String> before = exports();
		assertThat(before).isNotEmpty().containsOnly(line);
		assertThat(run("audit", "export", "--auditor-key", "auditor.key").out()).contains(files.toString());
		assertThat(run(true, "audit", "export", "--auditor-key", "auditor.key").out()).as("leaves in any case").contains(files.toString());
		assertThat(run(true, "audit", "show", "--auditor-key", "auditor.key").out()).as("read on a terminal").contains(files.toString());
		assertThat(run("audit", "show", "--last", "none", "--auditor-key", "auditor.key").code()).isEqualTo(2);
		assertThat(run("audit", "show").out()).doesNotContain(files.toString());
		assertThat(exports()).hasSize(before.size() + 2).containsOnly(line);
		assertThat(run("audit", "show", "--auditor-key", "home/policy.yaml").code()).isEqualTo(1);
		assertThat(exports()).last().asString().startsWith("failed - to standard output policy=allow rule=no rule");
	}

	@Test
	void whereItWentIsRecordedForTheAuditorAlone() throws Exception {
		awaitSealed();
		Path notes = files.resolve("vault/secret-notes.txt");
		run("bookmark", "add", "Disk", files.toUri().toString());
		assertThat(run("get", "Disk:/vault/secret-notes.txt", "secret-there.txt").code()).isZero();
		assertThat(run("get", "-r", "Disk:/vault", "secret-tree").code()).isZero();
		assertThat(run("cp", "Disk:/vault/secret-notes.txt", "Disk:/secret-copy.txt").code()).isZero();
		assertThat(run("cat", "Disk:/vault/secret-notes.txt").out()).isEqualTo("between us");
		assertThat(run("get", "Disk:/vault/secret-notes.txt", "-").out()).isEqualTo("between us");
		Files.writeString(temp.resolve("home/policy.yaml"), policy + "ways-out: {export: forbid}\n");
		assertThat(run("get", "Disk:/vault/secret-notes.txt", "secret-denied.txt").code()).isEqualTo(8);
		assertThat(run("get", "-r", "Disk:/vault", "secret-denied-tree").code()).as("of a vault of this machine what is readable in it leaves").isEqualTo(8);
		assertThat(temp.resolve("secret-denied-tree")).doesNotExist();
		Files.writeString(temp.resolve("home/policy.yaml"), policy);
		assertThat(left("--auditor-key", "auditor.key")).containsExactly("ok %s to %s".formatted(notes, temp.resolve("secret-there.txt")),
				"ok %s to %s".formatted(notes, temp.resolve("secret-tree/secret-notes.txt")), "ok %s to %s".formatted(files.resolve("vault"), temp.resolve("secret-tree")),
				"ok %s %s to %s".formatted(notes, files.resolve("secret-copy.txt"), files.resolve("secret-copy.txt")), "ok %s to standard output".formatted(notes), "ok %s to standard output".formatted(notes),
				"denied %s to %s".formatted(notes, temp.resolve("secret-denied.txt")), "denied %s to %s".formatted(files.resolve("vault"), temp.resolve("secret-denied-tree")));
		assertThat(left()).filteredOn(l -> l.endsWith(" to standard output")).hasSize(2);
		assertThat(left()).hasSize(8).allMatch(l -> l.matches("(ok|denied) [A-Za-z0-9_-]{22}( [A-Za-z0-9_-]{22})? to ([A-Za-z0-9_-]{22}|standard output)"));
		assertThat(left("--path", temp.resolve("secret-denied.txt").toUri().toString())).as("by its hash").singleElement().asString().startsWith("denied ");
		assertThat(left("--path", "Disk:/secret-copy.txt")).hasSize(1);
		assertThat(run("audit", "export", "--result", "denied", "--auditor-key", "auditor.key").out()).contains("," + temp.resolve("secret-denied.txt") + ",\"policy=forbid ");
		assertThat(run("audit", "export", "--format", "json", "--result", "denied", "--auditor-key", "auditor.key").out()).contains("\"readable-place\":\"" + temp.resolve("secret-denied.txt") + "\"");
		assertThat(run("audit", "export", "--format", "json", "--result", "denied").out()).contains("\"readable-place\":null").doesNotContain("secret-");
		assertThat(Files.readString(log())).doesNotContain("secret-", temp.toString());
		assertThat(run("audit", "verify").code()).isZero();
	}

	@Test
	void aWrongPassphraseIsRecorded() {
		passphrase = "wrong";
		assertThat(run("ls", at("/vault")).code()).isEqualTo(6);
		assertThat(run("audit", "show", "--event", "unlock").events()).containsExactly("unlock refused", "unlock refused", "unlock refused");
	}

	@Test
	void aServerThatLetsNobodyInIsRecorded() {
		run("ls", "file://" + temp.resolve("none") + "/x");
		assertThat(run("ls", "sftp-none://host/").code()).isNotZero();
		assertThat(run("audit", "show", "--event", "sign-in").events()).containsExactly("sign-in ok");
	}

	@Test
	void aChangedLogEndsWithTheFileAndLine() throws IOException {
		run("ls", at("/"));
		String content = Files.readString(log());
		Files.writeString(log(), content.replace("\"list\",\"result\":\"ok\"", "\"list\",\"result\":\"no\""));
		assertThat(run("audit", "verify")).isEqualTo(new Result(7, "", "strongroom: audit-000001.jsonl, line 3: it was changed.\n"));
		Files.writeString(log(), content);
		assertThat(run("audit", "verify").code()).isZero();
		assertThat(run("audit", "verify", "home/audit").code()).isZero();
		assertThat(run("audit", "verify", "--checkpoint", "0".repeat(64)).code()).isEqualTo(7);
		assertThat(run("audit", "verify", "--checkpoint", "x").code()).isEqualTo(2);
	}

	@Test
	void isExported() {
		run("ls", at("/"));
		assertThat(run("audit", "export").out()).startsWith("number,time,event,result,machine,user,process,server,key,vault,paths,readable,place,readable-place,detail,hash\r\n1,").contains("\r\n3,").contains(",list,ok,");
		assertThat(run("audit", "export", "--format", "json").out()).startsWith("[{\"number\":1,").contains("\"event\":\"list\"");
		assertThat(run("audit", "export", "--format", "xml").code()).isEqualTo(2);
		assertThat(run("audit", "show", "--from", "2999-01-01").out()).isEmpty();
		assertThat(run("audit", "show", "--to", "2999-01-01").rows()).isNotEmpty();
		assertThat(run("audit", "show", "--from", "yesterday").code()).isEqualTo(2);
	}
}
