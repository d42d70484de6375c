package org.strongroom.residency.internal.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.Bookmark;
import org.strongroom.core.residency.AuditEvent;
import org.strongroom.residency.audit.AuditSettings;
import org.strongroom.residency.audit.Entry;

class SealingTest {
	@TempDir
	private Path home;

	private static byte[] hex(String digits) {
		return HexFormat.of().parseHex(digits);
	}

	/** RFC 9180 appendix A.1.1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM, base mode, sequence numbers 0 and 1. */
	@Test
	void opensWhatTheStandardSealed() throws Exception {
		var own = KeyFactory.getInstance("X25519")
				.generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, hex("4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8")));
		Hpke context = Hpke.receiver(own, hex("37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431"), hex("4f6465206f6e2061204772656369616e2055726e"), Hpke.AES_128_GCM);
		String text = "Beauty is truth, truth beauty";
		assertThat(context.open(0, Line.bytes("Count-0"), hex("f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a"))).asString(StandardCharsets.UTF_8).isEqualTo(text);
		assertThat(context.open(1, Line.bytes("Count-1"), hex("af2d7e9ac9ae7e270f46ba1f975be53c09f8d875bdc8535458c2494e8a6eab251c03d0c22a56b8ca42c2063b84"))).asString(StandardCharsets.UTF_8).isEqualTo(text);
	}

	private record Auditor(byte[] key, Path file) {
	}

	private Auditor auditor(String name) throws Exception {
		KeyPair pair = KeyPairGenerator.getInstance("X25519").generateKeyPair();
		Path file = home.resolve(name);
		Files.writeString(file, Pem.of("PRIVATE KEY", pair.getPrivate().getEncoded()));
		return new Auditor(pair.getPublic().getEncoded(), file);
	}

	private static AuditEvent event(String location) {
		return new AuditEvent(Instant.now(), AuditEvent.Kind.OPEN, AuditEvent.Result.OK, Optional.of(new Bookmark("HQ", URI.create("sftp://ann@hq/srv"))), Optional.empty(), Optional.empty(),
				List.of(location), Map.of());
	}

	private void record(byte[] key, String... locations) throws IOException {
		record(key, Arrays.stream(locations).map(SealingTest::event).toArray(AuditEvent[]::new));
	}

	private void record(byte[] key, AuditEvent... events) throws IOException {
		var audit = new AuditService(() -> new LogFolder(home.resolve("audit")), Logs.ORIGIN, Clock.systemUTC(), _ -> null, Set::of);
		audit.setPolicy(() -> new AuditSettings(true, Optional.of(key), List.of(), false));
		for (AuditEvent event : events)
			audit.record(event);
		audit.settle(Duration.ofSeconds(20));
		audit.deactivate();
	}

	private List<Entry> opened(Optional<Path> key) throws IOException {
		var all = new ArrayList<Entry>();
		LogFiles.ofFolder(home.resolve("audit"), true).read(key, entry -> {
			if (entry.event().equals("open"))
				all.add(entry);
			return true;
		});
		return all;
	}

	@Test
	void theAuditorReadsWhatNobodyElseDoes() throws Exception {
		Auditor auditor = auditor("auditor.key");
		record(auditor.key(), "/Vault/Kündigung \"Meier\".odt", "/Vault/two");
		record(auditor.key(), "/Vault/of another process");
		assertThat(opened(Optional.of(auditor.file()))).extracting(e -> e.readable().orElseThrow().getFirst()).containsExactly("/srv/Vault/Kündigung \"Meier\".odt", "/srv/Vault/two",
				"/srv/Vault/of another process");
		assertThat(opened(Optional.empty())).hasSize(3).allSatisfy(e -> assertThat(e.readable()).isEmpty());
		assertThat(opened(Optional.of(auditor("other.key").file()))).hasSize(3).allSatisfy(e -> assertThat(e.readable()).isEmpty());
		assertThat(Files.readString(home.resolve("audit/audit-000001.jsonl"))).doesNotContain("Meier", "Vault/");
		assertThat(Logs.verify(home.resolve("audit")).notes()).isEmpty();
	}

	/** To a place of this machine. */
	private static AuditEvent export(String place, String... locations) {
		return new AuditEvent(Instant.now(), AuditEvent.Kind.EXPORT, AuditEvent.Result.OK, Optional.of(new Bookmark("HQ", URI.create("sftp://ann@hq/srv"))), Optional.empty(), Optional.empty(), List.of(locations),
				place, Map.of());
	}

	private List<Entry> exports(Optional<Path> key) throws IOException {
		return LogFiles.ofFolder(home.resolve("audit"), true).last(key, e -> e.event().equals("export"), 100, () -> true);
	}

	@Test
	void whereSomethingWentTheAuditorAloneReads() throws Exception {
		Auditor auditor = auditor("auditor.key");
		record(auditor.key(), export("/home/ann/Kündigung.odt", "/Vault/Kündigung.odt"), export("/home/ann/all of it.html"), export("standard output", "/Vault/Kündigung.odt"), export("", "/Vault/Kündigung.odt"),
				export("HQ:/Shared/Kündigung.odt", "/Vault/Kündigung.odt", "/Shared/Kündigung.odt"));
		assertThat(exports(Optional.of(auditor.file()))).extracting(Entry::pathWords).containsExactly("/srv/Vault/Kündigung.odt to /home/ann/Kündigung.odt", "to /home/ann/all of it.html",
				"/srv/Vault/Kündigung.odt to standard output", "/srv/Vault/Kündigung.odt", "/srv/Vault/Kündigung.odt /srv/Shared/Kündigung.odt to HQ:/Shared/Kündigung.odt");
		assertThat(exports(Optional.of(auditor.file()))).extracting(Entry::readablePlace).containsExactly(Optional.of("/home/ann/Kündigung.odt"), Optional.of("/home/ann/all of it.html"), Optional.empty(),
				Optional.empty(), Optional.of("HQ:/Shared/Kündigung.odt"));
		for (Optional<Path> key : List.of(Optional.<Path>empty(), Optional.of(auditor("other.key").file()))) {
			List<Entry> hidden = exports(key);
			assertThat(hidden).allSatisfy(e -> assertThat(e.readablePlace()).isEmpty());
			assertThat(hidden.getFirst().place()).isEqualTo(LogFiles.ofFolder(home.resolve("audit"), true).hash(new Bookmark("Here", URI.create("file:///home/ann")), "/Kündigung.odt"));
			assertThat(hidden.get(1).place()).matches("[A-Za-z0-9_-]{22}").isNotEqualTo(hidden.getFirst().place());
			assertThat(hidden.get(2).place()).as("names nothing").isEqualTo("standard output");
			assertThat(hidden.get(3).place()).isEmpty();
			assertThat(hidden.getLast().place()).matches("[A-Za-z0-9_-]{22}");
		}
		assertThat(Files.readString(home.resolve("audit/audit-000001.jsonl"))).doesNotContain("Kündigung", "all of it", "home/ann", "Shared", "Vault/");
		assertThat(Logs.verify(home.resolve("audit")).notes()).isEmpty();
	}

	@Test
	void agreesOnAKeyOncePerProcessAndFile() throws Exception {
		Auditor auditor = auditor("auditor.key");
		record(auditor.key(), "/a", "/b", "/c");
		assertThat(Files.readAllLines(home.resolve("audit/audit-000001.jsonl")).stream().filter(l -> l.contains("\"event\":\"seal\""))).hasSize(1);
	}

	@Test
	void whatWaitedIsSealedByAKeyThatIsInTheLog() throws Exception {
		Auditor auditor = auditor("auditor.key");
		Path folder = home.resolve("audit");
		var audit = new AuditService(() -> new LogFolder(folder), Logs.ORIGIN, Clock.systemUTC(), _ -> null, Set::of);
		audit.setPolicy(() -> new AuditSettings(true, Optional.of(auditor.key()), List.of(), false));
		audit.record(event("/a"));
		audit.settle(Duration.ofSeconds(20));
		Path moved = home.resolve("moved");
		Files.move(folder, moved);
		Files.writeString(folder, "no folder");
		audit.record(event("/b"));
		audit.settle(Duration.ofSeconds(20));
		assertThat(audit.problem()).isPresent();
		Files.delete(folder);
		Files.move(moved, folder);
		audit.record(event("/c"));
		audit.settle(Duration.ofSeconds(20));
		audit.deactivate();
		assertThat(opened(Optional.of(auditor.file()))).extracting(e -> e.readable().orElseThrow().getFirst()).containsExactly("/srv/a", "/srv/b", "/srv/c");
	}

	@Test
	void theSamePathIsNeverSealedAlike() throws Exception {
		Auditor auditor = auditor("auditor.key");
		record(auditor.key(), "/same", "/same");
		List<String> texts = Files.readAllLines(home.resolve("audit/audit-000001.jsonl")).stream().filter(l -> l.contains("\"sealed\"")).map(l -> l.replaceAll(".*\"text\":\"([^\"]*)\".*", "$1")).toList();
		assertThat(texts).hasSize(2).doesNotHaveDuplicates();
	}

	@Test
	void aFileWithoutAKeyIsTold() throws Exception {
		record(auditor("auditor.key").key(), "/a");
		Path none = home.resolve("none");
		Files.writeString(none, "no key");
		assertThatThrownBy(() -> opened(Optional.of(none))).isInstanceOf(java.nio.file.FileSystemException.class).hasMessageContaining("no private key");
	}
}
