package org.strongroom.residency.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.strongroom.core.Bookmark;
import org.strongroom.core.residency.Outgoing;
import org.strongroom.core.residency.Verdict;
import org.strongroom.core.residency.WayOut;

/** What is written, and what it says. */
class PolicyTest {
	private static final Bookmark HQ = new Bookmark("HQ", URI.create("sftp://me@hq.example.org:2222/srv"));
	private static final String WHOLE = """
			# for all laptops
			policy: 1
			name: ACME laptops
			ways-out:
			  export: ask
			  clipboard: allow
			  print: forbid
			rules:
			  - way: export
			    place: /media/**
			    verdict: forbid
			    because: Removable disks are not encrypted.
			  - way: [export, print]
			    bookmark: H*
			    vault: none
			    verdict: allow
			  - way: export
			    vault: 0b5c-*
			    verdict: forbid
			servers:
			  - sftp://*.example.org:2222
			  - davs://cloud.example.org
			vaults: [0b5c-11, 0b5c-12]
			""";

	private static Policy parse(String text) throws DamagedPolicyException {
		return Policy.parse("policy.yaml", text.getBytes(StandardCharsets.UTF_8));
	}

	private static Outgoing outgoing(WayOut way, String vault, String id, String place) {
		return new Outgoing(way, Optional.of(HQ), Optional.ofNullable(vault), Optional.ofNullable(id), List.of("/a"), place);
	}

	private static Policy.Clause clause(int line, Verdict verdict) {
		return new Policy.Clause(line, verdict, Optional.empty());
	}

	@Test
	void theFirstRuleThatFitsDecidesAndElseTheWayOutItself() throws Exception {
		Policy policy = parse(WHOLE);
		assertThat(policy.name()).isEqualTo("ACME laptops");
		assertThat(policy.clause(outgoing(WayOut.EXPORT, null, null, "/media/stick/a"))).contains(new Policy.Clause(9, Verdict.FORBID, Optional.of("Removable disks are not encrypted.")));
		assertThat(policy.clause(outgoing(WayOut.EXPORT, null, null, "/home/me/a"))).contains(clause(13, Verdict.ALLOW));
		assertThat(policy.clause(outgoing(WayOut.PRINT, null, null, ""))).contains(clause(13, Verdict.ALLOW));
		assertThat(policy.clause(outgoing(WayOut.PRINT, "/Vault", "x", ""))).contains(clause(7, Verdict.FORBID));
		assertThat(policy.clause(outgoing(WayOut.EXPORT, "/Vault", "0b5c-11", "/home/me/a"))).contains(clause(17, Verdict.FORBID));
		assertThat(policy.clause(outgoing(WayOut.EXPORT, "/Vault", "x", "/home/me/a"))).contains(clause(5, Verdict.ASK));
		assertThat(policy.clause(outgoing(WayOut.SHARE, "/Vault", "x", "HQ:/Public"))).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "sftp://me@a.example.org:2222/x,true", "sftp://me@a.example.org/x,false", "sftp://me@example.org:2222/x,false", "SFTP://me@A.EXAMPLE.ORG:2222/,true",
			"davs://cloud.example.org:8443/dav,true", "dav://cloud.example.org/dav,false", "sftp://me@evil.org:2222/a.example.org,false", "sftp://me@a.example.org.evil.org:2222/,false" })
	void serversAreThoseNamed(URI address, boolean named) throws Exception {
		assertThat(parse(WHOLE).servers().orElseThrow().stream().anyMatch(s -> s.fits(address))).isEqualTo(named);
	}

	@Test
	void theSmallestSaysNothing() throws Exception {
		Policy policy = parse("policy: 1\n");
		assertThat(policy.clause(outgoing(WayOut.EXPORT, null, null, "/x"))).isEmpty();
		assertThat(policy.servers()).isEmpty();
		assertThat(policy.vaults()).isEmpty();
		assertThat(policy.idle()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "10s,10,10s", "90s,90,90s", "10m,600,10m", "120s,120,2m", "2h,7200,2h", "120m,7200,2h" })
	void idleTimesAreSecondsMinutesOrHours(String written, int seconds, String told) throws Exception {
		assertThat(parse("policy: 1\nlock:\n  idle: " + written + "\n").idle()).contains(new IdleLimit(3, Duration.ofSeconds(seconds)));
		assertThat(IdleLimit.words(Duration.ofSeconds(seconds))).isEqualTo(told);
	}

	@Test
	void aListOfNoServersLetsNobodyInAnywhere() throws Exception {
		assertThat(parse("policy: 1\nservers: []\n").servers()).contains(List.of());
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = {
			"ways-out: {export: ask} | line 1: it does not say 'policy: 1'",
			"policy: 2 | line 1: it is of a form that is not known here",
			"policy: 1~ways-outs: {} | line 2: 'ways-outs' is not known here",
			"policy: 1~ways-out:~  exprot: ask | line 3: 'exprot' is no way out",
			"policy: 1~ways-out:~  export: maybe | line 3: 'maybe' is none of allow, ask, forbid",
			"policy: 1~ways-out:~  export: ask~  export: allow | line 4: 'export' is here twice",
			"policy: 1~rules:~  - way: export | line 3: the rule has no 'verdict'",
			"policy: 1~rules:~  - verdict: allow~    wey: export | line 4: 'wey' is not known here",
			"policy: 1~rules:~  - verdict: allow~    way: [] | line 4: the rule is about no way out",
			"policy: 1~rules:~  - verdict: allow~    place: /a/{b | line 4: '/a/{b' is no pattern",
			"policy: 1~servers: [hq.example.org] | line 2: 'hq.example.org' is no server",
			"policy: 1~servers: sftp://a | line 2: here is expected a list",
			"policy: 1~name: | line 2: here is expected a word or text",
			"policy: 1~  x: y: z | this is not YAML",
			"policy: 1~audit: {auditor-key: MCowBQYDK2Vw} | line 2: this is no X25519 public key",
			"policy: 1~audit: {no-log-no-access: maybe} | line 2: here is expected true or false",
			"policy: 1~audit:~  sinks:~    - {name: siem} | line 4: a sink has a 'name' and a 'kind'",
			"policy: 1~audit:~  sinks:~    - {name: si em, kind: syslog} | line 4: The name 'si em' of an audit sink is not usable",
			"policy: 1~lock: {idel: 10m} | line 2: 'idel' is not known here; known are idle",
			"policy: 1~lock:~  idle: 10 | line 3: '10' is no time; write it as in 90s, 10m or 2h",
			"policy: 1~lock: {idle: -5m} | line 2: '-5m' is no time",
			"policy: 1~lock: {idle: 9999999h} | line 2: '9999999h' is no time",
			"policy: 1~lock: {idle: 9s} | line 2: '9s' is too short; the shortest time is 10s",
			"policy: 1~lock: {idle: [10m]} | line 2: here is expected a word or text",
			"- a | line 1: here is expected 'name: value'" })
	void whatIsNotUnderstoodIsDamagedAndItsLineIsNamed(String text, String message) {
		assertThatThrownBy(() -> parse(text.strip().replace('~', '\n'))).isInstanceOf(DamagedPolicyException.class).hasMessageStartingWith("policy.yaml, line ").hasMessageContaining(message.strip());
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "   \n", "# nothing\n" })
	void anEmptyOneIsDamaged(String text) {
		assertThatThrownBy(() -> parse(text)).isInstanceOf(DamagedPolicyException.class);
	}

	@Test
	void neitherLatin1NorAFloodIsTaken() {
		assertThatThrownBy(() -> Policy.parse("p", new byte[] { 'n', (byte) 0xe4 })).isInstanceOf(DamagedPolicyException.class).hasMessageContaining("UTF-8");
		assertThatThrownBy(() -> Policy.parse("p", new byte[Policy.LONGEST + 1])).isInstanceOf(DamagedPolicyException.class).hasMessageContaining("longer than");
		assertThatThrownBy(() -> parse("policy: 1\nname: " + "[".repeat(100_000))).isInstanceOf(DamagedPolicyException.class);
	}
}
