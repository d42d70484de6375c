package org.strongroom.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openpdf.text.pdf.PdfReader;
import org.openpdf.text.pdf.parser.PdfTextExtractor;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.strongroom.core.Bookmark;
import org.strongroom.core.Home;
import org.strongroom.core.residency.Audit;
import org.strongroom.core.residency.AuditEvent;
import org.strongroom.core.residency.AuditEvent.Kind;
import org.strongroom.core.residency.AuditEvent.Result;
import org.strongroom.core.residency.ForbiddenException;
import org.strongroom.core.residency.Guard;
import org.strongroom.core.residency.Passage;
import org.strongroom.core.residency.Ruling;
import org.strongroom.core.residency.Verdict;
import org.strongroom.core.residency.WayOut;
import org.strongroom.residency.audit.AuditLog;
import org.strongroom.residency.audit.Entry;
import org.strongroom.residency.policy.Policies;

/** Reports of logs that the audit log itself has written. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class EvidenceReportTest {
	private static final ZoneId ZONE = ZoneId.of("Europe/Berlin");
	private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
	private static final Period NOVEMBER = new Period(Instant.parse("2026-11-01T00:00:00Z"), Instant.parse("2026-12-01T00:00:00Z"), ZONE);
	private static final Bookmark HQ = new Bookmark("HQ", URI.create("sftp://ann@hq.example.org:2222/srv"));
	private static final Duration LONG = Duration.ofSeconds(60);
	private static final String VAULT = "5c7b2f1e-6d0e-4c2e-9d1c-5a5f0b6f6e21";
	private static final Map<String, String> ENCRYPTED = Map.of("format", "Cryptomator", "format-version", "8", "cipher", "SIV_GCM", "passphrase-cost", "scrypt, N = 32768, r = 8, p = 1");
	private static final Map<String, String> SSH = Map.of("methods", "publickey,keyboard-interactive", "key-exchange", "mlkem768x25519-sha256", "host-key", "ssh-ed25519", "cipher", "aes256-gcm@openssh.com");

	@TempDir
	Path temp;
	private String before;
	private Audit audit;
	private Guard guard;

	@BeforeEach
	void begin() throws IOException {
		before = System.setProperty(Home.PROPERTY, temp.resolve("home").toString());
		Files.createDirectories(temp.resolve("home"));
		audit = service(Audit.class);
		guard = service(Guard.class);
	}

	@AfterEach
	void end() {
		audit.settle(LONG);
		if (before == null)
			System.clearProperty(Home.PROPERTY);
		else
			System.setProperty(Home.PROPERTY, before);
	}

	private static <S> S service(Class<S> type) {
		BundleContext context = FrameworkUtil.getBundle(EvidenceReport.class).getBundleContext();
		return context.getService(context.getServiceReference(type));
	}

	private static AuditEvent event(Kind kind, Result result, Bookmark bookmark, String vault, Map<String, String> detail, String... paths) {
		return new AuditEvent(NOON, kind, result, Optional.of(bookmark), Optional.of("SHA256:hostkey"), Optional.of(vault).filter(v -> !v.isEmpty()), List.of(paths), detail);
	}

	private void record(Kind kind, Result result, Map<String, String> detail, String... paths) throws IOException {
		audit.record(event(kind, result, HQ, kind == Kind.SIGN_IN ? "" : VAULT, detail, paths));
	}

	/** A day's work. */
	private void work() throws IOException {
		record(Kind.SIGN_IN, Result.REFUSED, Map.of("why", "sign-in"));
		record(Kind.SIGN_IN, Result.OK, SSH);
		record(Kind.UNLOCK, Result.REFUSED, ENCRYPTED, "/Vault");
		record(Kind.UNLOCK, Result.OK, ENCRYPTED, "/Vault");
		record(Kind.OPEN, Result.OK, Map.of(), "/Vault/offer.txt");
		record(Kind.OPEN, Result.OK, Map.of(), "/Vault/plan.txt");
		record(Kind.SAVE, Result.OK, Map.of(), "/Vault/offer.txt");
		audit.record(event(Kind.EXPORT, Result.OK, HQ, VAULT, Map.of(), "/Vault/offer.txt").with(new Passage(WayOut.EXPORT, "/home/ann/offer-copy.txt", new Ruling(Verdict.ASK, "the policy of this machine, line 12", Optional.of("secret reason")))));
		audit.record(event(Kind.COPY, Result.OK, HQ, VAULT, Map.of(), "/Vault/offer.txt", "/Shared/offer.txt").with(new Passage(WayOut.SHARE, "HQ:/Shared/offer.txt", new Ruling(Verdict.ALLOW, "no rule"))));
		audit.record(event(Kind.PRINT, Result.DENIED, HQ, VAULT, Map.of("why", "forbidden"), "/Vault/plan.txt").with(new Passage(WayOut.PRINT, "", new Ruling(Verdict.FORBID, "your own policy, line 4"))));
		audit.settle(LONG);
	}

	private Path log() {
		return temp.resolve("home/audit/audit-000001.jsonl");
	}

	private Report report(Period period, Optional<Path> key) throws IOException {
		return report(period, key, Optional.empty());
	}

	private Report report(Period period, Optional<Path> key, Optional<Path> noted) throws IOException {
		return Report.of(AuditLog.ofHome(Home.folder()), period, key, noted, Optional.of(Report.InForce.of(Policies.sources(), false)), () -> true);
	}

	private static String html(Report report) throws IOException {
		var out = new ByteArrayOutputStream();
		Format.HTML.write(report, out);
		return out.toString(StandardCharsets.UTF_8);
	}

	/** What a library reads in a PDF, page by page, without white space: lines are broken anywhere. */
	private static List<String> pages(Report report) throws IOException {
		var out = new ByteArrayOutputStream();
		Format.PDF.write(report, out);
		var pages = new ArrayList<String>();
		try (var reader = new PdfReader(out.toByteArray())) {
			for (int page = 1; page <= reader.getNumberOfPages(); page++)
				pages.add(tight(new PdfTextExtractor(reader).getTextFromPage(page)));
		}
		return pages;
	}

	private static String tight(String text) {
		return text.replaceAll("\\s", "");
	}

	private void assertBothSay(Report report, String... facts) throws IOException {
		String html = html(report).replace("&quot;", "\"").replace("&#39;", "'").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
		String pdf = String.join("", pages(report));
		for (String fact : facts) {
			assertThat(html).contains(fact);
			assertThat(pdf).contains(tight(fact));
		}
	}

	@Test
	void whatTheLogSaysStandsInBoth() throws IOException {
		work();
		Report report = report(NOVEMBER, Optional.empty());
		assertThat(report.servers().shown()).singleElement().satisfies(s -> {
			assertThat(s.address()).isEqualTo("sftp://ann@hq.example.org:2222");
			assertThat(s.agreed()).containsExactly("mlkem768x25519-sha256, ssh-ed25519, aes256-gcm@openssh.com");
			assertThat(List.of(s.signIns(), s.refused(), s.plain())).containsExactly(1L, 1L, 0L);
		});
		assertThat(report.vaults().shown()).singleElement().satisfies(v -> {
			assertThat(v.id()).isEqualTo(VAULT);
			assertThat(List.of(v.unlocked(), v.refused(), v.opened(), v.changed(), v.left())).containsExactly(1L, 1L, 2L, 2L, 2L);
		});
		assertThat(report.ways()).containsExactly(new Report.Way("export", "ask", "the policy of this machine, line 12", 1, 0), new Report.Way("print", "forbid", "your own policy, line 4", 0, 1),
				new Report.Way("share", "allow", "no rule", 1, 0));
		assertThat(report.gaps().shown()).singleElement().asString().matches("The log begins with line 1, 20.*Z: it says nothing of the period before that\\.");
		assertBothSay(report, "The audit log starts on ", "Since then it is signed, and nothing was changed, removed or put in: ", "Nothing outside of this machine vouches for what was before", "1 vault on 1 server: encrypted (Cryptomator 8: AES-256-GCM, names AES-SIV)", "All connections to servers were encrypted.",
				"2 times something readable left Strongroom (export 1, share 1). 1 time it was refused", "One thing is missing in the log or odd about it: see annex G. The period begins before the log does, which says nothing of that time.", "No policy is in force", "mlkem768x25519-sha256, ssh-ed25519, aes256-gcm@openssh.com",
				"publickey,keyboard-interactive", "SHA256:hostkey", VAULT, "the policy of this machine, line 12", "1 November 2026, 01:00", "Europe/Berlin", "2026-11-20 12:00:00.000",
				"strongroom audit verify --key noted-sign.pub --checkpoint " + report.verification().orElseThrow().hash(), report.verification().orElseThrow().key(), "rule=your own policy, line 4");
		assertThat(html(report)).doesNotContain("secret reason", "offer.txt", "offer-copy", "plan.txt", "<script", "http://", "https://", "url(", "@import");
	}

	@Test
	void whatDidNotHappenAfterAllIsNotCounted() throws IOException {
		work();
		AuditEvent print = event(Kind.PRINT, Result.OK, HQ, VAULT, Map.of(), "/Vault/plan.txt").with(new Passage(WayOut.PRINT, "", new Ruling(Verdict.ALLOW, "no rule")));
		AuditEvent open = event(Kind.OPEN, Result.OK, HQ, VAULT, Map.of(), "/Vault/plan.txt");
		AuditEvent unlock = event(Kind.UNLOCK, Result.OK, HQ, VAULT, ENCRYPTED, "/Vault");
		for (AuditEvent event : List.of(print, open, unlock)) {
			audit.record(event);
			audit.failed(event.with(AuditEvent.INSTEAD_OF, NOON.toString()), new ForbiddenException("The log cannot be written."));
		}
		audit.settle(LONG);
		Report report = report(NOVEMBER, Optional.empty());
		assertThat(report.vaults().shown()).singleElement().satisfies(v -> assertThat(List.of(v.unlocked(), v.refused(), v.opened(), v.changed(), v.left())).containsExactly(1L, 2L, 2L, 2L, 2L));
		assertThat(report.ways()).contains(new Report.Way("print", "allow", "no rule", 0, 1));
	}

	@Test
	void aDamagedLogIsSaidFirst() throws IOException {
		work();
		String whole = Files.readString(log());
		Files.writeString(log(), whole.replaceFirst("\"event\":\"save\"", "\"event\":\"open\""));
		Report changed = report(NOVEMBER, Optional.empty());
		assertThat(changed.damage().orElseThrow()).startsWith("audit-000001.jsonl, line ").endsWith("it was changed.");
		assertThat(html(changed)).containsSubsequence("<li class=\"bad\">", "The audit log is DAMAGED: " + changed.damage().get(), "<li class=");
		assertThat(pages(changed).getFirst()).containsSubsequence(tight("DAMAGED: " + changed.damage().get()), "Encryption");

		Files.writeString(log(), String.join("\n", whole.lines().filter(l -> !l.contains("\"event\":\"print\"")).toList()) + "\n");
		Report removed = report(NOVEMBER, Optional.empty());
		assertThat(removed.gaps().shown()).hasSize(2).last().asString().matches("Line \\d+ of the log cannot be read, or is missing\\.");
		assertBothSay(removed, removed.gaps().shown().getLast(), removed.damage().orElseThrow());
		Files.writeString(log(), whole);
		assertThat(report(NOVEMBER, Optional.empty()).damage()).isEmpty();
	}

	/** The first sentence of a report, and how it is marked. */
	private static String aboutTheLog(Report report) throws IOException {
		return html(report).replaceFirst("(?s).*?<li class=\"([a-z]+)\">.*?<strong>Log:</strong> (.*?)</li>.*", "$1 $2");
	}

	@Test
	void aLogIsCalledWholeOnlyIfSomethingElsewhereVouchesForIt() throws IOException {
		work();
		Path noted = Files.copy(temp.resolve("home/audit/sign.pub"), temp.resolve("noted.pub"));
		assertThat(aboutTheLog(report(NOVEMBER, Optional.empty()))).startsWith("notable The audit log starts on ").contains("strongroom report --key", "sink in the policy").doesNotContain("whole and signed");
		assertThat(aboutTheLog(report(NOVEMBER, Optional.empty(), Optional.of(noted)))).startsWith("good The audit log is whole and signed by the key that was noted: ").doesNotContain("before");
		assertBothSay(report(NOVEMBER, Optional.empty(), Optional.of(noted)), "that key, which was noted elsewhere");
		assertThatThrownBy(() -> new EvidenceReport(NOVEMBER, Format.HTML, Optional.empty(), Optional.of(temp.resolve("home/audit/sign.pub")), temp.resolve("r.html"), false).write(guard, Guard.Person.NOBODY, audit, () -> true))
				.isInstanceOf(FileSystemException.class).hasMessageContaining("vouches for nothing");

		Files.writeString(temp.resolve("home/policy.yaml"), "policy: 1\naudit:\n  sinks:\n    - {name: siem, kind: file, path: %s}\n".formatted(temp.resolve("copy.jsonl")));
		assertThat(aboutTheLog(report(NOVEMBER, Optional.empty()))).startsWith("good The audit log is whole and signed: ").endsWith("Whether another log was there before is told by what the sink siem has received.");
		Files.delete(temp.resolve("home/policy.yaml"));

		for (String kept : List.of("", "(secret|sign)\\..*")) {
			try (var files = Files.list(temp.resolve("home/audit"))) {
				for (Path f : files.filter(f -> !f.getFileName().toString().matches(kept)).toList())
					Files.delete(f);
			}
			work();
			assertThat(aboutTheLog(report(NOVEMBER, Optional.empty()))).as("another log").startsWith("notable The audit log starts on ");
			Report another = report(NOVEMBER, Optional.empty(), Optional.of(noted));
			assertThat(aboutTheLog(another)).startsWith("bad The audit log is DAMAGED: ").contains("another key than the one it should have");
			assertThat(another.isNoted()).isFalse();
		}
	}

	@Test
	void aPeriodThatBeginsAfterTheLogHasNoGap() throws IOException {
		work();
		Instant now = Instant.now().plusSeconds(1);
		Report report = report(new Period(now, now.plusSeconds(3600), ZONE), Optional.empty());
		assertThat(report.gaps().count()).isZero();
		assertBothSay(report, "There are no gaps in the log.");
	}

	@Test
	void inAPeriodInWhichNothingHappenedThatIsSaid() throws IOException {
		work();
		Report report = report(new Period(Instant.parse("2020-01-01T00:00:00Z"), Instant.parse("2020-02-01T00:00:00Z"), ZONE), Optional.empty());
		assertThat(report.lines()).isZero();
		assertBothSay(report, "Nothing was done on any server.", "Nothing readable left Strongroom.", "The audit log starts on ", "Nothing in this period.");
		Report after = report(new Period(NOON.plusSeconds(1), NOON.plusSeconds(2), ZONE), Optional.empty());
		assertThat(after.vaults().shown()).isEmpty();
	}

	@Test
	void whatWasUnlockedBeforeThePeriodIsStillTold() throws IOException {
		work();
		audit.record(new AuditEvent(NOON.plusSeconds(7200), Kind.OPEN, Result.OK, Optional.of(HQ), Optional.empty(), Optional.of(VAULT), List.of("/Vault/plan.txt"), Map.of()));
		audit.settle(LONG);
		Report report = report(new Period(NOON.plusSeconds(3600), NOON.plusSeconds(10_000), ZONE), Optional.empty());
		assertThat(report.vaults().shown()).singleElement().satisfies(v -> {
			assertThat(v.encryption()).containsEntry("cipher", "SIV_GCM");
			assertThat(v.unlocked()).isZero();
			assertThat(v.opened()).isEqualTo(1);
		});
		assertThat(report.servers().shown()).singleElement().satisfies(s -> assertThat(s.agreed()).hasSize(1));
	}

	@Test
	void whatIsNotEncryptedIsSaid() throws IOException {
		var plain = new Bookmark("Plain", URI.create("dav://ann@127.0.0.1:8080/"));
		audit.record(event(Kind.SIGN_IN, Result.OK, plain, "", Map.of("tls", "none")));
		audit.record(event(Kind.OPEN, Result.OK, plain, "", Map.of(), "/offer.txt"));
		audit.settle(LONG);
		Report report = report(NOVEMBER, Optional.empty());
		assertThat(report.servers().shown()).singleElement().satisfies(s -> assertThat(s.isPlain()).isTrue());
		assertBothSay(report, "Not encrypted: dav://ann@127.0.0.1:8080", "No vault on 1 server was used.", "Outside of vaults files were read, changed or copied 1 time");
	}

	private static final List<String> HOSTILE = List.of("/Vault/<script>alert(1)</script>.txt", "/Vault/\"><img src=x onerror=alert(2)>", "/Vault/'&amp;</td></table>", "/Vault/\u202Egpj.exe\u0007\u001B[31m",
			"/Vault/\u05D0\u05D1\u05D2", "/Vault/\u6F22\u5B57 \u03B1\u0416\u00DF\u20AC", "/Vault/" + "long ".repeat(2048) + "end", "/Vault/line\nbreak");

	private Path auditorKey() throws Exception {
		KeyPair pair = KeyPairGenerator.getInstance("X25519").generateKeyPair();
		String pem = Base64.getMimeEncoder(64, new byte[] { '\n' }).encodeToString(pair.getPublic().getEncoded());
		Files.writeString(temp.resolve("home/policy.yaml"), "policy: 1\nways-out: {export: ask}\naudit:\n  auditor-key: |\n    -----BEGIN PUBLIC KEY-----\n    %s\n    -----END PUBLIC KEY-----\n".formatted(pem.replace("\n", "\n    ")));
		return Files.writeString(temp.resolve("auditor.key"), "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n".formatted(Base64.getMimeEncoder(64, new byte[] { '\n' }).encodeToString(pair.getPrivate().getEncoded())));
	}

	/** The policy is believed for a second by whoever writes the log. */
	private void awaitSealed() throws Exception {
		Path key = temp.resolve("auditor.key");
		for (Instant end = Instant.now().plusSeconds(30);;) {
			record(Kind.LIST, Result.OK, Map.of(), "/Vault");
			audit.settle(LONG);
			var sealed = new boolean[1];
			AuditLog.ofHome(Home.folder()).read(Optional.of(key), e -> {
				sealed[0] |= e.readable().isPresent();
				return true;
			});
			if (sealed[0])
				return;
			assertThat(Instant.now()).as("the auditor's key is used").isBefore(end);
			Thread.onSpinWait();
		}
	}

	@Test
	void hostileNamesAreTextAndNothingElse() throws Exception {
		Path key = auditorKey();
		awaitSealed();
		for (String name : HOSTILE)
			record(Kind.OPEN, Result.OK, Map.of(), name);
		audit.settle(LONG);
		Report report = report(NOVEMBER, Optional.of(key));
		String html = html(report);
		assertThat(html).doesNotContain("<script", "<img", "</td></table>.", "\u202E", "\u0007", "\u001B").contains("&lt;script&gt;alert(1)&lt;/script&gt;", "&quot;&gt;&lt;img src=x onerror=alert(2)&gt;",
				"&#39;&amp;amp;&lt;/td&gt;&lt;/table&gt;", "\u05D0\u05D1\u05D2", "\u6F22\u5B57 \u03B1\u0416\u00DF\u20AC", "line\uFFFDbreak").doesNotContain("long end");
		assertThat(html.replaceAll("<(/?)(html|head|meta|title|style|body|main|nav|ol|ul|li|a|h1|h2|h3|p|span|strong|dl|dt|dd|table|caption|colgroup|col|thead|tbody|tr|th|td|pre)( [a-z-]+=\"[^\"<>]*\")*>", "")
				.replace("<!DOCTYPE html>", "")).as("no tag but ours").doesNotContain("<");
		assertThat(html.codePoints().filter(c -> Character.getType(c) == Character.CONTROL && c != '\n' && c != '\t' && c != '\r')).isEmpty();
		assertThat(html.length()).isLessThan(200_000);
		String pdf = String.join("", pages(report));
		assertThat(pdf).contains("<script>alert(1)</script>.txt", "[U+05D0][U+05D1][U+05D2]", "[U+6F22][U+5B57]\u03B1\u0416\u00DF\u20AC", "gpj.exe").doesNotContain("\u202E");
		assertThat(html(report(NOVEMBER, Optional.empty()))).doesNotContain("script&gt;", "gpj.exe", "long long");
	}

	@Test
	void hostileServersAreTextToo() throws IOException {
		audit.record(new AuditEvent(NOON, Kind.SIGN_IN, Result.OK, Optional.of(HQ), Optional.of("<b>key</b>\u202E"), Optional.empty(), List.of(), new HashMap<>(Map.of("cipher", "<i>\u0000" + "x".repeat(9000), "methods", "\u2028<u>"))));
		audit.settle(LONG);
		Report report = report(NOVEMBER, Optional.empty());
		assertThat(html(report)).doesNotContain("<b>", "<i>", "<u>", "\u0000", "\u202E", "\u2028").contains("&lt;b&gt;key&lt;/b&gt;\uFFFD");
		assertThat(pages(report)).isNotEmpty();
	}

	@Test
	void howeverMuchHappenedAReportStaysOne() throws IOException {
		for (int i = 0; i < 100_000; i++)
			record(Kind.OPEN, Result.OK, Map.of("round", Integer.toString(i)), "/Vault/file-" + i);
		audit.settle(Duration.ofSeconds(120));
		Report report = report(NOVEMBER, Optional.empty());
		assertThat(report.opened().shown()).hasSize(5_000).last().satisfies(l -> assertThat(l.detail()).containsEntry("round", "99999"));
		assertThat(report.opened().more()).isEqualTo(95_000);
		assertThat(report.vaults().shown().getFirst().opened()).isEqualTo(100_000);
		String html = html(report);
		assertThat(html).contains("95,000 more of the period are not printed here: strongroom audit export --from 2026-11-01T00:00:00Z --to 2026-12-01T00:00:00Z --event open,");
		assertThat(html.length()).isLessThan(5_000_000);
		List<String> pages = pages(report);
		assertThat(pages.get(2)).startsWith("AnnexA");
		assertThat(String.join("", pages)).contains("round=99999", "round=95000").doesNotContain("round=94999");
	}

	@Test
	void theAnnexesBeginOnTheThirdPageHoweverManyServersThereAre() throws IOException {
		for (int i = 0; i < 40; i++) {
			var bookmark = new Bookmark("S" + i, URI.create("sftp://somebody-with-a-rather-long-name@server-%d.department.example.org:2222/srv/files".formatted(i)));
			audit.record(event(Kind.SIGN_IN, Result.OK, bookmark, "", SSH));
			audit.record(event(Kind.UNLOCK, Result.OK, bookmark, "vault-" + "0".repeat(30) + i, ENCRYPTED, "/Vault"));
			audit.record(event(Kind.EXPORT, Result.OK, bookmark, "vault-" + "0".repeat(30) + i, Map.of(), "/Vault/x").with(new Passage(WayOut.EXPORT, "", new Ruling(Verdict.ALLOW, "the policy of this machine, line " + i))));
		}
		audit.settle(LONG);
		Report report = report(NOVEMBER, Optional.empty());
		List<String> pages = pages(report);
		assertThat(pages.get(1)).startsWith("Servers,vaults,andwhatleftthem").contains("34moreareinannexA", "34moreareinannexC");
		assertThat(pages.get(2)).startsWith("AnnexA");
		assertThat(String.join("", pages)).contains("server-39.department");
	}

	@Test
	void isWrittenAndRecorded() throws Exception {
		work();
		Path file = temp.resolve("report.pdf");
		var asked = new EvidenceReport(NOVEMBER, Format.PDF, Optional.empty(), Optional.empty(), file, false);
		asked.write(guard, Guard.Person.NOBODY, audit, () -> true);
		assertThat(Files.readAllBytes(file)).startsWith("%PDF-".getBytes(StandardCharsets.US_ASCII));
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
		assertThatThrownBy(() -> asked.write(guard, Guard.Person.NOBODY, audit, () -> true)).isInstanceOf(FileAlreadyExistsException.class);
		new EvidenceReport(NOVEMBER, Format.HTML, Optional.empty(), Optional.empty(), file, true).write(guard, Guard.Person.NOBODY, audit, () -> true);
		assertThat(file).content().startsWith("<!DOCTYPE html>");
		Path none = temp.resolve("none.html");
		assertThatThrownBy(() -> new EvidenceReport(NOVEMBER, Format.HTML, Optional.empty(), Optional.empty(), none, false).write(guard, Guard.Person.NOBODY, audit, () -> false)).isInstanceOf(InterruptedIOException.class);
		assertThat(none).doesNotExist();
		assertThat(reports().stream().filter(e -> e.event().equals("report"))).extracting(Entry::result, e -> e.detail().get("format"), e -> e.detail().get("paths")).containsExactly(org.assertj.core.groups.Tuple.tuple("ok", "pdf", "hashes"),
				org.assertj.core.groups.Tuple.tuple("ok", "html", "hashes"), org.assertj.core.groups.Tuple.tuple("cancelled", "html", "hashes"));
	}

	private List<Entry> reports() throws IOException {
		audit.settle(LONG);
		return AuditLog.ofHome(Home.folder()).last(Optional.empty(), e -> e.event().equals("report") || e.event().equals("export"), 100, () -> true);
	}

	@Test
	void withReadablePathsItPassesTheGuard() throws Exception {
		Path key = auditorKey();
		awaitSealed();
		record(Kind.OPEN, Result.OK, Map.of(), "/Vault/offer.txt");
		Path file = temp.resolve("report.html");
		var asked = new EvidenceReport(NOVEMBER, Format.HTML, Optional.of(key), Optional.empty(), file, false);
		assertThatThrownBy(() -> asked.write(guard, Guard.Person.NOBODY, audit, () -> true)).isInstanceOf(ForbiddenException.class).hasMessageContaining("your own policy, line 2 asks for that: save on this machine, to " + file);
		assertThat(file).doesNotExist();
		asked.write(guard, (_, _) -> true, audit, () -> true);
		assertThat(file).content().contains("/srv/Vault/offer.txt", "treat this report like the files it names");
		assertThat(reports()).extracting(e -> e.event() + " " + e.result() + " " + e.detail().getOrDefault("rule", "") + " " + e.detail().getOrDefault("way", "")).containsExactly(
				"export denied your own policy, line 2 ", "report ok your own policy, line 2 export");
		assertThat(report(new Period(Instant.now().minusSeconds(3600), Instant.now().plusSeconds(60), ZONE), Optional.empty()).ways()).containsExactly(new Report.Way("export", "ask", "your own policy, line 2", 1, 1));
	}

	@Test
	void whereSomethingWentStandsInAnnexC() throws Exception {
		Path key = auditorKey();
		awaitSealed();
		work();
		audit.record(event(Kind.EXPORT, Result.DENIED, HQ, VAULT, Map.of("why", "forbidden"), "/Vault/plan.txt").with(new Passage(WayOut.EXPORT, "/media/stick/<plan>.txt", new Ruling(Verdict.FORBID, "your own policy, line 4"))));
		audit.record(event(Kind.EXPORT, Result.OK, HQ, VAULT, Map.of(), "/Vault/plan.txt").with(new Passage(WayOut.EXPORT, "standard output", new Ruling(Verdict.ALLOW, "no rule"))));
		audit.settle(LONG);
		Report readable = report(NOVEMBER, Optional.of(key));
		assertThat(readable.left().shown()).extracting(Report.Line::place).contains("/home/ann/offer-copy.txt", "HQ:/Shared/offer.txt", "", "/media/stick/<plan>.txt", "standard output");
		assertBothSay(readable, "/srv/Vault/offer.txt to /home/ann/offer-copy.txt", "/srv/Vault/plan.txt to /media/stick/<plan>.txt", "/srv/Vault/plan.txt to standard output", "/srv/Shared/offer.txt to HQ:/Shared/offer.txt");
		Report hashes = report(NOVEMBER, Optional.empty());
		assertThat(html(hashes)).containsPattern("[A-Za-z0-9_-]{22} to [A-Za-z0-9_-]{22}<").contains(" to standard output").doesNotContain("offer", "stick", "home/ann");
		assertThat(String.join("", Files.readAllLines(log()))).doesNotContain("offer", "stick", "home/ann");
	}

	/** A copy of the log as it is now. @param wanted names of files */
	private Path copy(String name, String wanted) throws IOException {
		audit.settle(LONG);
		Path copy = Files.createDirectories(temp.resolve(name));
		try (var files = Files.list(temp.resolve("home/audit"))) {
			for (Path f : files.filter(Files::isRegularFile).filter(f -> f.getFileName().toString().matches(wanted)).toList())
				Files.copy(f, copy.resolve(f.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
		}
		return copy;
	}

	/** What a folder holds, and since when. */
	private static Map<String, String> content(Path folder) throws IOException {
		var content = new HashMap<String, String>();
		content.put(".", Files.getLastModifiedTime(folder).toString());
		try (var files = Files.list(folder)) {
			for (Path f : files.toList())
				content.put(f.getFileName().toString(), Files.getLastModifiedTime(f) + " " + Files.readString(f, StandardCharsets.ISO_8859_1));
		}
		return content;
	}

	/** The auditor's own home, with another policy and no log yet. */
	private void atTheAuditors() throws IOException {
		audit.settle(LONG);
		System.setProperty(Home.PROPERTY, Files.createDirectories(temp.resolve("auditors")).toString());
		Files.writeString(temp.resolve("auditors/policy.yaml"), "policy: 1\nname: of the auditor\naudit:\n  sinks:\n    - {name: siem, kind: file, path: %s}\n".formatted(temp.resolve("siem.jsonl")));
	}

	private Report write(Path copy, Path file, Optional<Path> noted) throws IOException {
		return new EvidenceReport(List.of(copy), NOVEMBER, Format.HTML, Optional.empty(), noted, file, true).write(guard, Guard.Person.NOBODY, audit, () -> true);
	}

	@Test
	void ofACopyItIsMadeElsewhere() throws Exception {
		Files.writeString(temp.resolve("home/policy.yaml"), "policy: 1\nname: of the user\n");
		audit.record(event(Kind.POLICY_CHANGE, Result.OK, HQ, "", Map.of("own", "sha256:" + "ab".repeat(32))));
		work();
		Path whole = copy("whole", ".*");
		Path lines = copy("lines", "audit-.*");
		Path noted = Files.copy(temp.resolve("home/audit/sign.pub"), temp.resolve("noted.pub"));
		atTheAuditors();
		for (Path copy : List.of(whole, lines, lines.resolve("audit-000001.jsonl"))) {
			Path folder = Files.isDirectory(copy) ? copy : lines;
			Map<String, String> before = content(folder);
			Path file = temp.resolve("report.html");
			Report report = write(copy, file, Optional.empty());
			assertThat(report.isOfCopy()).isTrue();
			assertThat(aboutTheLog(report)).startsWith("notable This report is made from a copy of the audit log. The audit log starts on ").contains("Nothing outside of this copy vouches for what was before")
					.endsWith(": what was recorded after that, or was cut off there, is not missed.").doesNotContain("siem");
			assertThat(aboutTheLog(write(copy, file, Optional.of(noted)))).startsWith("good This report is made from a copy of the audit log. The audit log is whole and signed by the key that was noted: ").contains(" The copy ends with line ");
			assertBothSay(report, "Made from a copy of the audit log", "by Strongroom from a copy of the log, which was begun on ", "The log tells which policy was in force, not its text: at the end of the period the account's own, since 20 November 2026, 13:00",
					"own=sha256:" + "ab".repeat(32), "nothing outside of this copy", "strongroom report --key noted-sign.pub --from 2026-11-01T00:00:00Z --to 2026-12-01T00:00:00Z COPY", VAULT);
			assertThat(html(report)).doesNotContain("of the auditor", "of the user", "siem", temp.toString());
			assertThat(pages(report).get(2)).startsWith("AnnexA");
			assertThat(content(folder)).isEqualTo(before);
		}
		Path own = whole.resolve("sign.pub");
		assertThatThrownBy(() -> write(whole, temp.resolve("r.html"), Optional.of(own))).isInstanceOf(FileSystemException.class).hasMessageContaining("vouches for nothing");
		assertThat(reports()).hasSize(6).allSatisfy(e -> assertThat(e.detail()).containsEntry("of", "copy").containsEntry("paths", "hashes"));
	}

	@Test
	void whatACopyDoesNotReachIsAGap() throws IOException {
		work();
		Path copy = copy("copy", "audit-.*");
		Instant end = Instant.now().plusSeconds(1);
		Report later = Report.of(AuditLog.of(List.of(copy)), new Period(NOON.minusSeconds(1), end, ZONE), Optional.empty(), Optional.empty(), Optional.empty(), () -> true);
		assertThat(later.gaps().shown().getLast()).matches("The copy ends with line \\d+, 20.*Z: it says nothing of the period after that\\.");
		assertBothSay(later, "The log tells of no change of policies up to the end of the period");
		audit.record(new AuditEvent(end.plusSeconds(60), Kind.LIST, Result.OK, Optional.of(HQ), Optional.empty(), Optional.of(VAULT), List.of("/Vault"), Map.of()));
		Report reaching = Report.of(AuditLog.of(List.of(copy("more", "audit-.*"))), new Period(NOON.minusSeconds(1), end, ZONE), Optional.empty(), Optional.empty(), Optional.empty(), () -> true);
		assertThat(reaching.gaps().shown()).noneMatch(g -> g.startsWith("The copy ends"));
	}

	@Test
	void ofACopyWhatWasInForceIsWhatTheLogToldLast() throws IOException {
		work();
		for (var change : List.of(Map.of("machine", "sha256:aa", "own", "damaged:bb"), Map.of("all", "none"))) {
			audit.record(new AuditEvent(NOON.plusSeconds(60), Kind.POLICY_CHANGE, Result.OK, Optional.empty(), Optional.empty(), Optional.empty(), List.of(), change));
			Report report = Report.of(AuditLog.of(List.of(copy("copy-" + change.size(), "audit-.*"))), NOVEMBER, Optional.empty(), Optional.empty(), Optional.empty(), () -> true);
			assertBothSay(report, change.size() == 2 ? "at the end of the period that of the machine and the account's own, since 20 November 2026, 13:01" : "no policy was in force at the end of the period, since 20 November 2026, 13:01");
			assertThat(html(report)).contains(change.size() == 2 ? "<li class=\"bad\">" : "own=damaged:bb").contains("Policy:");
		}
	}

	@Test
	void nothingIsWrittenIntoACopyAndNothingElseIsTakenForOne() throws IOException {
		work();
		Path copy = copy("copy", "audit-.*");
		Path line = copy.resolve("audit-000001.jsonl");
		Map<String, String> before = content(copy);
		assertThatThrownBy(() -> write(copy, copy.resolve("r.html"), Optional.empty())).isInstanceOf(FileSystemException.class).hasMessageContaining("this lies within the copy of the log");
		assertThatThrownBy(() -> write(line, line, Optional.empty())).isInstanceOf(FileSystemException.class).hasMessageContaining("this lies within the copy of the log");
		assertThat(content(copy)).isEqualTo(before);
		Path r = temp.resolve("r.html");
		assertThatThrownBy(() -> write(temp.resolve("home/audit"), r, Optional.empty())).isInstanceOf(FileSystemException.class).hasMessageContaining("this is the log of this home itself, and no copy: leave it out");
		assertThatThrownBy(() -> write(temp.resolve("none"), r, Optional.empty())).isInstanceOf(NoSuchFileException.class);
		assertThatThrownBy(() -> write(temp.resolve("home"), r, Optional.empty())).isInstanceOf(NoSuchFileException.class).hasMessageContaining("there is no audit log here");
		assertThatThrownBy(() -> write(Files.writeString(temp.resolve("report.pdf"), "%PDF-1.7\n"), r, Optional.empty())).isInstanceOf(NoSuchFileException.class).hasMessageContaining("there is no audit log here");
		assertThat(r).doesNotExist();
		Files.writeString(line, Files.readString(line).replaceFirst("\"event\":\"save\"", "\"event\":\"open\""));
		assertThat(aboutTheLog(write(copy, r, Optional.empty()))).startsWith("bad This report is made from a copy of the audit log. The audit log is DAMAGED: audit-000001.jsonl, line ");
	}

	@Test
	void aYesIsNotSaidToBeAPersons() throws IOException {
		work();
		assertBothSay(report(NOVEMBER, Optional.empty()), "mean that it was asked for just then, and answered yes: in the window, on the terminal, or by the askpass program of a command, which may be a script.");
	}

	@Test
	void whereNothingWasRecordedThereIsNothingToReport() {
		assertThatThrownBy(() -> new EvidenceReport(NOVEMBER, Format.HTML, Optional.empty(), Optional.empty(), temp.resolve("r.html"), false).write(guard, Guard.Person.NOBODY, audit, () -> true)).isInstanceOf(NoSuchFileException.class)
				.hasMessageContaining("nothing was recorded yet");
		assertThat(temp.resolve("r.html")).doesNotExist();
	}

	@Test
	void thePolicyInForceStandsInIt() throws IOException {
		Files.writeString(temp.resolve("home/policy.yaml"), "policy: 1\nname: <i>mine</i>\nways-out:\n  print: forbid\nlock: {idle: 5m}\n");
		work();
		assertBothSay(report(NOVEMBER, Optional.empty()), "in force (<i>mine</i>), not signed", temp.resolve("home/policy.yaml").toString(), "4    print: forbid", "your own policy, line 4", "lock after 300 seconds untouched");
		Files.writeString(temp.resolve("home/policy.yaml"), "policy: 2\n");
		assertBothSay(report(NOVEMBER, Optional.empty()), "damaged, and so everything is forbidden");
	}

	@Test
	void timesAreReadAsPeopleWriteThem() {
		assertThat(Period.time("2026-11-29", false, ZONE)).isEqualTo(Instant.parse("2026-11-28T23:00:00Z"));
		assertThat(Period.time("2026-11-29", true, ZONE)).isEqualTo(Instant.parse("2026-11-29T23:00:00Z"));
		assertThat(Period.time("2026-11-29T21:05", false, ZONE)).isEqualTo(Instant.parse("2026-11-29T20:05:00Z"));
		assertThat(Period.time("2026-11-29T21:05:03.5Z", false, ZONE)).isEqualTo(Instant.parse("2026-11-29T21:05:03.5Z"));
		assertThat(Period.time("2026-11-29T21:05:00-05:00", true, ZONE)).isEqualTo(Instant.parse("2026-11-30T02:05:00Z"));
		for (String wrong : List.of("", "yesterday", "2026-13-01", "2026-02-30", "29.11.2026", "2026-11-29T", "2026-11-29T25:00", "T"))
			assertThatThrownBy(() -> Period.time(wrong, false, ZONE)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("is no time");
		assertThatThrownBy(() -> new Period(NOON, NOON, ZONE)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("ends before it begins");
		assertThat(Period.before(Instant.parse("2026-11-30T12:00:00Z"), ZONE)).isEqualTo(Instant.parse("2026-10-30T23:00:00Z"));
		assertThat(EvidenceReport.name(new Period(Period.time("2026-11-01", false, ZONE), Period.time("2026-11-30", true, ZONE), ZONE), Format.PDF)).isEqualTo("strongroom-report-2026-11-01-2026-11-30.pdf");
	}
}
