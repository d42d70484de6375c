package org.strongroom.residency.internal.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.Bookmark;
import org.strongroom.core.residency.AuditEvent;
import org.strongroom.core.residency.AuditEvent.Kind;
import org.strongroom.core.residency.AuditEvent.Result;
import org.strongroom.core.residency.ForbiddenException;
import org.strongroom.residency.audit.AuditSettings;
import org.strongroom.residency.audit.Verification;

class AuditServiceTest {
	@TempDir
	private Path home;
	private AuditService audit;
	private AuditSettings settings = AuditSettings.DEFAULT;

	@BeforeEach
	void begin() {
		audit = new AuditService(() -> new LogFolder(home.resolve("audit")), Logs.ORIGIN, Clock.systemUTC(), _ -> null, Set::of);
		audit.setPolicy(() -> settings);
	}

	@AfterEach
	void end() {
		audit.deactivate();
	}

	private static AuditEvent event(String location) {
		return new AuditEvent(Instant.now(), Kind.OPEN, Result.OK, Optional.of(new Bookmark("HQ", URI.create("sftp://ann@hq/srv/Secret-start"))), Optional.empty(), Optional.empty(),
				List.of(location), Map.of());
	}

	private List<String> lines() throws IOException {
		return Files.readAllLines(home.resolve("audit/audit-000001.jsonl"));
	}

	@Test
	void keepsTheOrderAndSignsInTheEnd() throws IOException {
		for (int i = 0; i < 5000; i++)
			audit.record(AuditEvent.of(Kind.PRINT, Result.OK, Map.of("i", Integer.toString(i))));
		audit.settle(Duration.ofSeconds(20));
		assertThat(Logs.verify(home.resolve("audit"))).returns(5002L, Verification::signed);
		List<String> printed = lines().stream().filter(l -> l.contains("\"print\"")).toList();
		assertThat(printed).hasSize(5000);
		for (int i = 0; i < 5000; i++)
			assertThat(printed.get(i)).contains("\"i\":\"" + i + "\"");
	}

	@Test
	void equalPathsHaveEqualHashesHoweverABookmarkLeadsThere() throws IOException {
		audit.record(event("/Vault/notes.txt"));
		audit.record(new AuditEvent(Instant.now(), Kind.OPEN, Result.OK, Optional.of(new Bookmark("Other", URI.create("sftp://ann@hq"))), Optional.empty(), Optional.empty(),
				List.of("/srv/Secret-start/Vault/notes.txt"), Map.of()));
		audit.record(event("/Vault/other.txt"));
		audit.settle(Duration.ofSeconds(20));
		List<String> hashes = lines().stream().filter(l -> l.contains("\"open\"")).map(l -> l.replaceAll(".*\"paths\":\\[\"([A-Za-z0-9_-]{22})\"].*", "$1")).toList();
		assertThat(hashes.get(0)).isEqualTo(hashes.get(1)).isNotEqualTo(hashes.get(2)).hasSize(22);
		assertThat(String.join("", lines())).doesNotContain("Secret-start", "notes");
	}

	@Test
	void whatCannotBeWrittenWaitsAndIsWrittenLater() throws Exception {
		Path audited = home.resolve("audit");
		Files.writeString(audited, "no folder: nothing can be written");
		for (int i = 0; i < 100; i++)
			audit.record(event("/Vault/file-" + i));
		audit.settle(Duration.ofSeconds(10));
		assertThat(audit.problem()).get().asString().startsWith("The audit log cannot be written").contains("100 events wait");
		Files.delete(audited);
		audit.settle(Duration.ofSeconds(10));
		assertThat(audit.problem()).isEmpty();
		assertThat(Logs.verify(audited).last()).isEqualTo(102);
	}

	@Test
	void aFullDiskLosesNothing() throws Exception {
		Path small = home.resolve("small");
		Files.createDirectories(small);
		assumeTrue(new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small.toString()).start().waitFor() == 0, "a small disk can be mounted");
		try {
			var full = new AuditService(() -> new LogFolder(small.resolve("audit")), Logs.ORIGIN, Clock.systemUTC(), _ -> null, Set::of);
			full.record(event("/Vault/first"));
			full.settle(Duration.ofSeconds(10));
			Path ballast = small.resolve("ballast");
			try (var out = Files.newOutputStream(ballast)) {
				for (int i = 0; i < 64; i++)
					out.write(new byte[1024]);
			} catch (IOException e) {
				assertThat(e).hasMessageContaining("No space");
			}
			for (int i = 0; i < 50; i++)
				full.record(event("/Vault/later-" + i));
			full.settle(Duration.ofSeconds(10));
			assertThat(full.problem()).get().asString().contains("No space").contains("50 events wait");
			Files.delete(ballast);
			full.settle(Duration.ofSeconds(10));
			assertThat(full.problem()).isEmpty();
			Verification found = Logs.verify(small.resolve("audit"));
			assertThat(found.notes()).isEmpty();
			assertThat(Files.readAllLines(small.resolve("audit/audit-000001.jsonl")).stream().filter(l -> l.contains("\"open\""))).hasSize(51);
			full.deactivate();
		} finally {
			assertThat(new ProcessBuilder("umount", small.toString()).start().waitFor()).isZero();
		}
	}

	@Test
	void noLogNoAccess() throws Exception {
		settings = new AuditSettings(true, Optional.empty(), List.of(), true);
		Path audited = home.resolve("audit");
		Files.writeString(audited, "no folder: nothing can be written");
		assertThatThrownBy(() -> audit.record(event("/x"))).isInstanceOf(ForbiddenException.class).hasMessageContaining("no log, no access");
		assertThatThrownBy(() -> audit.admit()).isInstanceOf(ForbiddenException.class);
		Files.delete(audited);
		audit.admit();
		audit.record(event("/y"));
		// Both: that the first was refused is no reason to lose it.
		assertThat(lines().stream().filter(l -> l.contains("\"open\""))).hasSize(2);
	}

	@Test
	void whatWasRefusedForTheLogCouldNotBeWrittenWaitsAsRefused() throws Exception {
		settings = new AuditSettings(true, Optional.empty(), List.of(), true);
		Path audited = home.resolve("audit");
		Files.writeString(audited, "no folder: nothing can be written");
		assertThatThrownBy(() -> audit.grant(event("/x"))).isInstanceOf(ForbiddenException.class).hasMessageContaining("no log, no access");
		Files.delete(audited);
		audit.grant(event("/y"));
		assertThat(lines().stream().filter(l -> l.contains("\"open\"")).map(l -> l.replaceAll(".*\"result\":\"([a-z]+)\".*", "$1"))).containsExactly("denied", "ok");
	}

	@Test
	void timesDoNotGoBack() throws Exception {
		var auditor = java.security.KeyPairGenerator.getInstance("X25519").generateKeyPair().getPublic().getEncoded();
		settings = new AuditSettings(true, Optional.of(auditor), List.of(), false);
		for (int i = 0; i < 50; i++) {
			audit.record(event("/Vault/" + i));
			if (i % 10 == 0)
				audit.settle(Duration.ofSeconds(20));
		}
		audit.settle(Duration.ofSeconds(20));
		assertThat(lines()).anyMatch(l -> l.contains("\"seal\"")).anyMatch(l -> l.contains("\"checkpoint\""));
		assertThat(lines().stream().map(l -> (String) Json.read(l).get("time"))).isSorted();
	}

	@Test
	void whatWasInstalledAndRemovedIsTold() throws IOException {
		for (Set<String> bundles : List.of(Set.of("core", "sftp"), Set.of("core", "sftp"), Set.of("core", "s3"))) {
			var process = new AuditService(() -> new LogFolder(home.resolve("audit")), Logs.ORIGIN, Clock.systemUTC(), _ -> null, () -> bundles);
			process.record(event("/x"));
			process.settle(Duration.ofSeconds(20));
			process.deactivate();
		}
		assertThat(lines().stream().filter(l -> l.contains("\"event\":\"plug-in-")).map(l -> l.replaceAll(".*\"event\":\"([a-z-]+)\".*\"bundle\":\"([a-z0-9]+)\".*", "$1 $2")))
				.containsExactly("plug-in-installed s3", "plug-in-removed sftp");
		assertThat(Logs.verify(home.resolve("audit")).notes()).isEmpty();
	}

	@Test
	void nothingIsRecordedWhereThatIsNotWanted() throws IOException {
		settings = new AuditSettings(false, Optional.empty(), List.of(), false);
		audit.record(event("/x"));
		audit.settle(Duration.ofSeconds(1));
		assertThat(home.resolve("audit")).doesNotExist();
	}

	@Test
	void theBacklogKeepsTheOrderAndCountsWhatThereIsNoRoomFor() {
		var backlog = new Backlog(2000);
		for (int i = 0; i < 50; i++)
			backlog.add(Happened.of(event("/Vault/ä\"\\\n" + i)));
		assertThat(backlog.size()).isBetween(3, 49);
		assertThat(backlog.lost()).isEqualTo(50 - backlog.size());
		assertThat(backlog.first(2)).extracting(h -> h.places().getFirst()).containsExactly("/srv/Secret-start/Vault/ä\"\\\n0", "/srv/Secret-start/Vault/ä\"\\\n1");
		int size = backlog.size();
		backlog.written(2);
		assertThat(backlog.first(1)).extracting(h -> h.places().getFirst()).containsExactly("/srv/Secret-start/Vault/ä\"\\\n2");
		assertThat(backlog.size()).isEqualTo(size - 2);
	}

	@Test
	void whereSomethingWentIsNotLostWhileItWaitsAndNamesNothingInTheLog() throws Exception {
		String place = "/home/ann/Secret-copy.txt";
		AuditEvent plain = event("/Vault/notes.txt");
		var export = new AuditEvent(plain.time(), Kind.EXPORT, plain.result(), plain.bookmark(), plain.serverKey(), plain.vault(), plain.paths(), place, plain.detail());
		var backlog = new Backlog();
		backlog.add(Happened.of(export));
		assertThat(backlog.first(1)).singleElement().returns(place, Happened::to);
		audit.record(export);
		audit.settle(Duration.ofSeconds(20));
		assertThat(String.join("", lines())).doesNotContain("Secret", "home/ann").containsPattern("\"place\":\"[A-Za-z0-9_-]{22}\"");
	}
}
