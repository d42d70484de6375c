package org.strongroom.residency.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.strongroom.core.Bookmark;
import org.strongroom.core.Home;
import org.strongroom.core.Problem;
import org.strongroom.core.residency.Audit;
import org.strongroom.core.residency.AuditEvent;
import org.strongroom.core.residency.ForbiddenException;
import org.strongroom.core.residency.Guard;
import org.strongroom.core.residency.Guard.Person;
import org.strongroom.core.residency.Outgoing;
import org.strongroom.core.residency.Ruling;
import org.strongroom.core.residency.Verdict;
import org.strongroom.core.residency.WayOut;
import org.strongroom.residency.policy.FileSource;
import org.strongroom.residency.policy.Origin;
import org.strongroom.residency.policy.Policies;

class PolicyGuardTest {
	@TempDir
	Path temp;
	private String home;
	private Guard guard;

	@BeforeEach
	void set() {
		home = System.setProperty(Home.PROPERTY, temp.resolve("home").toString());
		guard = new PolicyGuard(() -> List.of(new FileSource(Origin.OWN, temp.resolve("policy.yaml"), Optional.empty())));
	}

	@AfterEach
	void reset() {
		System.clearProperty(Guard.TRAVEL_PROPERTY);
		if (home == null)
			System.clearProperty(Home.PROPERTY);
		else
			System.setProperty(Home.PROPERTY, home);
	}

	private void policy(WayOut way, Verdict verdict) throws Exception {
		Files.writeString(temp.resolve("policy.yaml"), "policy: 1\nways-out:\n  %s: %s\n".formatted(way.word(), verdict.word()));
	}

	private static Outgoing outgoing(WayOut way) {
		return new Outgoing(way, Optional.of(new Bookmark("HQ", URI.create("sftp://me@hq.example.org/"))), Optional.of("/Vault"), Optional.empty(), List.of("/Vault/a.txt"), "");
	}

	@ParameterizedTest
	@EnumSource
	void eachWayOutIsAllowedAskedForAndForbidden(WayOut way) throws Exception {
		var asked = new ArrayList<Outgoing>();
		Person yes = (o, _) -> asked.add(o);
		policy(way, Verdict.ALLOW);
		guard.pass(outgoing(way), yes);
		assertThat(asked).isEmpty();
		policy(way, Verdict.ASK);
		guard.pass(outgoing(way), yes);
		assertThat(asked).containsExactly(outgoing(way));
		assertThatThrownBy(() -> guard.pass(outgoing(way), Person.NOBODY)).isInstanceOf(ForbiddenException.class).hasMessageContaining("Not permitted", "your own policy, line 3");
		policy(way, Verdict.FORBID);
		assertThatThrownBy(() -> guard.pass(outgoing(way), yes)).isInstanceOf(ForbiddenException.class).hasMessageStartingWith("Forbidden by your own policy, line 3: " + way.action())
				.satisfies(e -> assertThat(Problem.of(e).kind()).isEqualTo(Problem.Kind.FORBIDDEN));
		assertThat(asked).hasSize(1);
	}

	@Test
	void whereNobodyCanBeAskedThatIsSaid() throws Exception {
		policy(WayOut.EXPORT, Verdict.ASK);
		Person away = new Person() {
			@Override
			public boolean permits(Outgoing outgoing, Ruling ruling) {
				return false;
			}

			@Override
			public Optional<String> absence() {
				return Optional.of("it is night");
			}
		};
		assertThatThrownBy(() -> guard.pass(outgoing(WayOut.EXPORT), away)).isInstanceOf(ForbiddenException.class).hasMessage(
				"Not permitted, and your own policy, line 3 asks for that: save on this machine (/Vault/a.txt). Nobody can be asked here, for it is night.");
	}

	@ParameterizedTest
	@EnumSource
	void whoTravelsTakesNothingAlong(WayOut way) throws Exception {
		policy(way, Verdict.ALLOW);
		guard.travel(true);
		if (way == WayOut.SHARE)
			assertThatCode(() -> guard.pass(outgoing(way), Person.NOBODY)).as("that stays on the server").doesNotThrowAnyException();
		else
			assertThatThrownBy(() -> guard.pass(outgoing(way), (_, _) -> true)).isInstanceOf(ForbiddenException.class).hasMessageContaining("travel mode");
		guard.travel(false);
		guard.pass(outgoing(way), Person.NOBODY);
	}

	@Test
	void howLongVaultsMayBeLeftIsReadAnewEachTime() throws Exception {
		assertThat(guard.idleLimit()).isEmpty();
		Files.writeString(temp.resolve("policy.yaml"), "policy: 1\nlock: {idle: 10m}\n");
		assertThat(guard.idleLimit()).contains(Duration.ofMinutes(10));
		Files.writeString(temp.resolve("policy.yaml"), "policy: damaged\n");
		assertThat(guard.idleLimit()).contains(Duration.ofMinutes(1));
	}

	@Test
	void eachChangeOfThePolicyIsNoticedOnceByWhicheverProcess() throws Exception {
		var sources = List.of(new FileSource(Origin.OWN, temp.resolve("policy.yaml"), Optional.empty()));
		var first = new SeenPolicy();
		assertThat(first.change(Policies.read(sources))).isEmpty();
		policy(WayOut.PRINT, Verdict.ASK);
		assertThat(first.change(Policies.read(sources)).orElseThrow()).containsOnlyKeys("own");
		assertThat(first.change(Policies.read(sources))).isEmpty();
		assertThat(new SeenPolicy().change(Policies.read(sources))).as("another process").isEmpty();
		Files.writeString(temp.resolve("policy.yaml"), "policy: x\n");
		assertThat(new SeenPolicy().change(Policies.read(sources)).orElseThrow().get("own")).startsWith("damaged:");
		Files.delete(temp.resolve("policy.yaml"));
		assertThat(first.change(Policies.read(sources)).orElseThrow()).containsEntry("all", "none");
	}

	private void record(List<String> log) {
		record(event -> log.add(event.kind().word() + " " + event.result().word() + " " + event.paths() + " " + event.detail()));
	}

	private void record(Consumer<AuditEvent> log) {
		((PolicyGuard) guard).setAudit(new Audit() {
			@Override
			public void admit() {
				// welcome
			}

			@Override
			public void record(AuditEvent event) {
				log.accept(event);
			}

			@Override
			public void settle(Duration limit) {
				// nothing waits
			}

			@Override
			public Optional<String> problem() {
				return Optional.empty();
			}
		});
	}

	@Test
	void travelModeIsRecordedOnceItChanges() {
		var log = new ArrayList<String>();
		record(log);
		guard.travel(true);
		guard.travel(true);
		guard.travel(false);
		guard.travel(false);
		assertThat(log).containsExactly("travel ok [] {mode=on}", "travel ok [] {mode=off}");
	}

	@Test
	void whereItWasToGoIsRecordedOfWhatIsDenied() throws Exception {
		var log = new ArrayList<AuditEvent>();
		record(log::add);
		String place = "/media/stick/a.txt";
		policy(WayOut.EXPORT, Verdict.FORBID);
		assertThatThrownBy(() -> guard.pass(outgoing(WayOut.EXPORT).to(place), Person.NOBODY)).isInstanceOf(ForbiddenException.class);
		policy(WayOut.EXPORT, Verdict.ASK);
		assertThatThrownBy(() -> guard.pass(outgoing(WayOut.EXPORT).to(place), Person.NOBODY)).isInstanceOf(ForbiddenException.class);
		assertThat(guard.pass(outgoing(WayOut.EXPORT).to(place), (_, _) -> true).place()).as("for who records how that ends").isEqualTo(place);
		assertThat(log.stream().filter(e -> e.kind() == AuditEvent.Kind.EXPORT)).hasSize(2).allSatisfy(e -> {
			assertThat(e.place()).isEqualTo(place);
			assertThat(e.detail().toString()).as("readable for everybody").doesNotContain("stick");
		});
	}

	@Test
	void whatLeavesAndWhatMayNotIsRecorded() throws Exception {
		var log = new ArrayList<String>();
		record(log);
		policy(WayOut.PRINT, Verdict.ASK);
		guard.pass(outgoing(WayOut.PRINT), (_, _) -> true);
		guard.pass(outgoing(WayOut.EXPORT), Person.NOBODY);
		assertThatThrownBy(() -> guard.pass(outgoing(WayOut.PRINT), Person.NOBODY)).isInstanceOf(ForbiddenException.class);
		Files.writeString(temp.resolve("policy.yaml"), "policy: 1\nservers: []\n");
		assertThatThrownBy(() -> guard.admit(new Bookmark("HQ", URI.create("sftp://me@hq.example.org/")))).isInstanceOf(ForbiddenException.class);
		String asks = "sha256:" + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest("policy: 1\nways-out:\n  print: ask\n".getBytes()));
		assertThat(log.removeFirst()).isEqualTo("policy-change ok [] {own=" + asks + "}");
		assertThat(log.remove(2)).startsWith("policy-change ok [] {own=sha256:").doesNotContain(asks);
		assertThat(log).containsExactly("print ok [/Vault/a.txt] {policy=ask, rule=your own policy, line 3}", "print denied [/Vault/a.txt] {policy=ask, rule=your own policy, line 3, why=forbidden}", "sign-in denied [] {why=forbidden}");
	}

	@Test
	void aNewStartIsNoWayToEndTravelling() throws Exception {
		var told = new ArrayList<Boolean>();
		guard.addListener(() -> told.add(guard.isTravelling()));
		guard.travel(true);
		guard.travel(true);
		assertThat(new PolicyGuard().isTravelling()).isTrue();
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(temp.resolve("home")))).isEqualTo("rwx------");
		guard.travel(false);
		guard.travel(false);
		assertThat(new PolicyGuard().isTravelling()).isFalse();
		assertThat(told).containsExactly(true, true, false, false);
	}

	@Test
	void oneProcessMayTravelAlone() {
		assertThat(guard.isTravelling()).isFalse();
		System.setProperty(Guard.TRAVEL_PROPERTY, "true");
		assertThat(guard.isTravelling()).isTrue();
		guard.travel(false);
		assertThat(guard.isTravelling()).as("it was started so").isTrue();
	}
}
