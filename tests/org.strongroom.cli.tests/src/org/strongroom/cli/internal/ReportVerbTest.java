package org.strongroom.cli.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.LocalDate;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The evidence report as a command: of what other commands did, in the forms that are asked for, and what it refuses. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ReportVerbTest extends CommandsOnNextcloud {
	private void work() throws IOException {
		Files.writeString(Files.createDirectories(temp.resolve("home")).resolve("policy.yaml"), "policy: 1\nways-out: {export: allow, print: forbid}\n");
		assertThat(run("get", at("/vault/notes.txt"), "there").printed()).isEmpty();
		services.close(); // all is written by then
	}

	@Test
	void tellsWhatWasDone() throws Exception {
		work();
		assertThat(run("report", "-o", "report.html").lines()).containsExactly(temp.resolve("report.html").toString());
		assertThat(temp.resolve("report.html")).content().contains("The audit log starts on ", "Nothing outside of this machine vouches for what was before", "nextcloud://alice@127.0.0.1:", "Cryptomator 8: AES-256-GCM", "your own policy, line 2", "Not encrypted: nextcloud://",
				"2  ways-out: {export: allow, print: forbid}").doesNotContain("notes.txt");
		run("report", "-o", "report.html").failed(1, "report.html: this is there already: give another name, or --force to replace it");
		assertThat(run("report", "-o", "report.html", "--force").code()).isZero();
		services.close();
		assertThat(run("audit", "show", "--event", "report").lines()).hasSize(2).allMatch(l -> l.contains("format=html") && l.contains("paths=hashes"));
		LocalDate today = LocalDate.now();
		assertThat(run("--json", "report", "--from", today.minusDays(3).toString(), "--to", today.toString()).printed()).contains("\"format\":\"pdf\"", "\"damage\":null",
				"strongroom-report-%s-%s.pdf".formatted(today.minusDays(3), today));
		assertThat(Files.readString(temp.resolve("strongroom-report-%s-%s.pdf".formatted(today.minusDays(3), today)), java.nio.charset.StandardCharsets.ISO_8859_1)).startsWith("%PDF-");
	}

	@Test
	void withANotedKeyTheLogIsSaidToBeWhole() throws Exception {
		work();
		Path own = temp.resolve("home/audit/sign.pub");
		Files.copy(own, temp.resolve("noted.pub"));
		assertThat(run("report", "--key", "noted.pub", "-o", "whole.html").code()).isZero();
		assertThat(temp.resolve("whole.html")).content().contains("The audit log is whole and signed by the key that was noted");
		run("report", "--key", own.toString(), "-o", "own.html").failed(1, "this key lies beside the log itself and vouches for nothing");
		run("report", "--key", "none.pub", "-o", "none.html").failed(3, "none.pub");
		run("report", "--key", "home/policy.yaml", "-o", "none.html").failed(1, "this is no public key (PEM)");
		services.close();
		try (var files = Files.list(temp.resolve("home/audit"))) {
			for (Path f : files.toList())
				Files.delete(f);
		}
		work();
		Result another = run("report", "--key", "noted.pub", "-o", "another.html");
		assertThat(another.code()).isEqualTo(7);
		assertThat(another.err()).contains("the log was begun with another key than the one it should have");
		assertThat(temp.resolve("another.html")).content().contains("The audit log is DAMAGED");
		assertThat(temp.resolve("none.html")).doesNotExist();
		assertThat(temp.resolve("own.html")).doesNotExist();
	}

	@Test
	void ofACopyItIsMadeInAnotherHome() throws Exception {
		work();
		Path copy = Files.createDirectory(temp.resolve("copy"));
		Files.copy(temp.resolve("home/audit/audit-000001.jsonl"), copy.resolve("audit-000001.jsonl"));
		Files.move(temp.resolve("home"), temp.resolve("users"));
		assertThat(run("report", "copy", "-o", "copy.html").lines()).containsExactly(temp.resolve("copy.html").toString());
		assertThat(temp.resolve("copy.html")).content().contains("This report is made from a copy of the audit log. The audit log starts on ", "nextcloud://alice@127.0.0.1:", "your own policy, line 2", "own=sha256:").doesNotContain("ways-out");
		assertThat(run("--json", "report", "copy/audit-000001.jsonl", "-o", "json.html").printed()).contains("\"copy\":true");
		run("report", "none", "-o", "none.html").failed(3, "none");
		run("report", "copy", "-o", "copy/r.html").failed(1, "this lies within the copy of the log, which stays as it is");
		services.close();
		assertThat(run("audit", "show", "--event", "report").lines()).hasSize(2).allMatch(l -> l.contains("of=copy"));
		assertThat(copy).isDirectoryContaining(f -> f.endsWith("audit-000001.jsonl")).isDirectoryNotContaining(f -> !f.endsWith("audit-000001.jsonl"));
		String line = Files.readString(copy.resolve("audit-000001.jsonl"));
		Files.writeString(copy.resolve("audit-000001.jsonl"), line.replace("\"event\":\"export\"", "\"event\":\"exqort\""));
		Result damaged = run("report", "copy", "-o", "damaged.html");
		assertThat(damaged.code()).isEqualTo(7);
		assertThat(temp.resolve("damaged.html")).content().contains("This report is made from a copy of the audit log. The audit log is DAMAGED: audit-000001.jsonl, line ");
	}

	@Test
	void ofADamagedLogItIsWrittenAndEndsWithSeven() throws Exception {
		work();
		Path log = temp.resolve("home/audit/audit-000001.jsonl");
		Files.writeString(log, Files.readString(log).replace("\"event\":\"export\"", "\"event\":\"exqort\""));
		Result result = run("report", "-o", "report.html");
		assertThat(result.code()).isEqualTo(7);
		assertThat(result.err()).startsWith("strongroom: The audit log is damaged, which the report says: audit-000001.jsonl, line ").hasLineCount(1);
		assertThat(temp.resolve("report.html")).content().contains("The audit log is DAMAGED: audit-000001.jsonl, line ");
	}

	@Test
	void withTheAuditorsKeyThePolicyIsAsked() throws Exception {
		var pair = KeyPairGenerator.getInstance("X25519").generateKeyPair();
		Path key = Files.writeString(temp.resolve("auditor.key"), "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n".formatted(Base64.getEncoder().encodeToString(pair.getPrivate().getEncoded())));
		String policy = "policy: 1\naudit:\n  auditor-key: |\n    -----BEGIN PUBLIC KEY-----\n    %s\n    -----END PUBLIC KEY-----\n".formatted(Base64.getEncoder().encodeToString(pair.getPublic().getEncoded()));
		Path file = Files.writeString(Files.createDirectories(temp.resolve("home")).resolve("policy.yaml"), policy);
		assertThat(run("cat", at("/vault/notes.txt")).printed()).isEqualTo("unter uns");
		services.close();
		assertThat(run("report", "--auditor-key", "auditor.key", "-o", "readable.html").code()).isZero();
		assertThat(temp.resolve("readable.html")).content().contains("/vault/notes.txt");
		Files.writeString(file, policy + "ways-out: {export: forbid}\n");
		run("report", "--auditor-key", "auditor.key", "-o", "forbidden.html").failed(8, "Forbidden by your own policy, line 7: save on this machine, to " + temp.resolve("forbidden.html"));
		assertThat(temp.resolve("forbidden.html")).doesNotExist();
		for (String verb : new String[] { "show", "export" }) {
			run("audit", verb, "--auditor-key", "auditor.key").failed(8, "to standard output");
			assertThat(run("audit", verb).code()).as("without names of files").isZero();
		}
		assertThat(run("report", "-o", "hashes.html").code()).as("without names of files").isZero();
		run("report", "--auditor-key", file.toString(), "-o", "none.html").failed(8, "Forbidden");
		Files.writeString(file, policy);
		run("report", "--auditor-key", file.toString(), "-o", "none.html").failed(1, "this is no private key of X25519");
		run("cp", at("/vault/notes.txt"), at("/Readable.txt"));
		services.close();
		assertThat(run("report", "--auditor-key", "auditor.key", "-o", "places.html").code()).isZero();
		assertThat(temp.resolve("places.html")).content().contains("/vault/notes.txt to standard output", "to " + temp.resolve("readable.html"), "to " + temp.resolve("forbidden.html"), "/Readable.txt to ");
		assertThat(temp.resolve("hashes.html")).content().contains(" to standard output").doesNotContain("forbidden.html", "readable.html");
		assertThat(Files.readString(temp.resolve("home/audit/audit-000001.jsonl"))).doesNotContain(temp.toString(), "Readable", "forbidden.html", "notes.txt");
		assertThat(key).exists();
		assertThat(temp.resolve("none.html")).doesNotExist();
	}

	@Test
	void whatIsNotUnderstoodIsRefused() throws Exception {
		run("report", "-o", "r.html").failed(3, "nothing was recorded yet");
		run("report", "--from", "yesterday").failed(2, "'yesterday' is no time: give one such as 2026-11-29 or 2026-11-29T21:05.");
		run("report", "--from", "2026-11-30", "--to", "2026-11-01").failed(2, "The period ends before it begins");
		run("report", "--format", "docx").failed(2, "'docx' is no format of a report: give pdf or html.");
		run("report", "--format", "pdf", "-o", "r.html").failed(2, "--format says pdf, and the name of the file html");
		work();
		run("report", "-o", "no/such/folder/r.pdf").failed(3, "no/such/folder/r.pdf");
		try (var files = Files.list(temp)) {
			assertThat(files.map(f -> f.getFileName().toString())).noneMatch(f -> f.endsWith(".html") || f.endsWith(".pdf"));
		}
	}
}
