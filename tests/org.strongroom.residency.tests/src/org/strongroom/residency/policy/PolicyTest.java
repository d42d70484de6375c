package org.strongroom.residency.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.strongroom.core.Bookmark;
import org.strongroom.core.residency.Outgoing;
import org.strongroom.core.residency.Requirements.Kind;
import org.strongroom.core.residency.Verdict;
import org.strongroom.core.residency.WayOut;
import org.strongroom.residency.policy.Policy.Said;

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
		assertThat(parse(WHOLE).servers().orElseThrow().what().stream().anyMatch(s -> s.fits(address))).isEqualTo(named);
	}

	@ParameterizedTest
	@CsvSource({ "sftp://*,sftp://a_b.example.org/,true", "sftp://a_b.example.org,sftp://me@a_b.example.org:2222/x,true", "sftp://a_b.example.org,sftp://c_b.example.org/,false",
			"sftp://hq.example.org:22,sftp://hq.example.org/,true", "sftp://hq.example.org:22,sftp://hq.example.org:/,true", "davs://c.example.org:443,davs://c.example.org/,true",
			"sftp://hq.example.org,sftp://hq.example.org./,true", "sftp://hq.example.org,sftp://hq.example.org@evil.org/,false", "sftp://[::1],sftp://[::1]:2222/,true", "s3://b:1,s3://b/,false", "file://,file:///srv/x,true", "file:///,file:/srv/x,true", "file://,sftp://a/,false", "sftp://*,file:///srv,false" })
	void addressesAreTheSameServerHoweverTheyAreWritten(String written, URI address, boolean fits) throws Exception {
		assertThat(parse("policy: 1\nservers: ['" + written + "']\n").servers().orElseThrow().what().getFirst().fits(address)).isEqualTo(fits);
	}

	@Test
	void serversAreKnownByTheirKeysAsAdministratorsHaveThem() throws Exception {
		String key = "AAAAC3NzaC1lZDI1NTE5AAAAIL0kUfYkAT7pDvMJjjPNc4sg8HbMwpIcO8vTpBBbmHpY";
		String print = "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(MessageDigest.getInstance("SHA-256").digest(Base64.getDecoder().decode(key)));
		for (String written : List.of(print, print + "=", "256 " + print + " root@hq (ED25519)"))
			assertThat(proof("sftp://hq", "host-keys", written)).isEqualTo(new Server.Proof(Set.of(print), Set.of(), Set.of(), List.of(), Set.of()));
		for (String written : List.of("ssh-ed25519 " + key, "ssh-ed25519 " + key + " root@hq", "hq.example.org ssh-ed25519 " + key, "[hq]:2222 ssh-ed25519 " + key))
			assertThat(proof("sftp://hq", "host-keys", written)).isEqualTo(new Server.Proof(Set.of(print), Set.of("ssh-ed25519"), Set.of(), List.of(), Set.of()));
		String hash = "ab".repeat(32);
		String colons = "AB" + ":AB".repeat(31);
		for (String written : List.of(hash, colons, "sha256 Fingerprint=" + colons))
			assertThat(proof("davs://hq", "certificates", written)).isEqualTo(new Server.Proof(Set.of(), Set.of(), Set.of(), List.of(), Set.of(colons)));
	}

	private static Server.Proof proof(String server, String by, String written) throws DamagedPolicyException {
		return parse("policy: 1\nservers:\n  - server: %s\n    %s:\n      - '%s'\n".formatted(server, by, written)).servers().orElseThrow().what().getFirst().proof();
	}

	@Test
	void whatMayBeAgreedOn() throws Exception {
		Policy policy = parse("policy: 1\nssh:\n  key-exchanges: [curve25519-*]\n  ciphers:\n    - aes256-gcm@openssh.com\n    - aes256-ctr\n  macs: ['*-etm@openssh.com']\n  host-key-algorithms: [ssh-ed25519]\n  minimum-rsa: 3072\ntls:\n  minimum: 1.3\n  ciphers: [TLS_AES_256_*]\n");
		assertThat(policy.algorithms()).isEqualTo(Map.of(Kind.KEY_EXCHANGE, new Said<>(3, List.of("curve25519-*")), Kind.CIPHER, new Said<>(5, List.of("aes256-gcm@openssh.com", "aes256-ctr")), Kind.MAC,
				new Said<>(7, List.of("*-etm@openssh.com")), Kind.HOST_KEY_ALGORITHM, new Said<>(8, List.of("ssh-ed25519")), Kind.TLS_VERSION, new Said<>(11, List.of("TLSv1.3")), Kind.TLS_CIPHER,
				new Said<>(12, List.of("TLS_AES_256_*"))));
		assertThat(policy.rsa()).contains(new Said<>(9, 3072));
	}

	@Test
	void protocolsAreSchemesOrTheirWords() throws Exception {
		assertThat(parse("policy: 1\nprotocols: [sftp, WebDAV, local, s3]\n").protocols().orElseThrow()).isEqualTo(new Said<>(2, Set.of("sftp", "davs", "dav", "file", "s3")));
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
		assertThat(parse("policy: 1\nservers: []\n").servers()).contains(new Policy.Said<>(2, List.of()));
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
			"policy: 1~servers: ['WebDAV://*.example.org:8443'] | line 2: 'WebDAV://*.example.org:8443' fits no server; write it as addresses begin: davs://*.example.org:8443 or dav://*.example.org:8443",
			"policy: 1~servers:~  - server: webdav://a | line 3: 'webdav://a' fits no server; write it as addresses begin: davs://a or dav://a",
			"policy: 1~servers:~  - host-keys: ['SHA256:x'] | line 3: the server has no 'server: address'",
			"policy: 1~servers:~  - server: sftp://a~    host-keys: ['SHA256:x'] | line 4: this is no host key",
			"policy: 1~servers:~  - server: sftp://a~    host-keys: [ssh-rsa AAAAC3NzaC1lZDI1NTE5] | line 4: this is no host key",
			"policy: 1~servers:~  - server: sftp://a~    host-keys: [] | line 4: 'host-keys' names none",
			"policy: 1~servers:~  - server: davs://a~    issuers: [-----BEGIN CERTIFICATE-----MIIB] | line 4: this is no certificate",
			"policy: 1~servers:~  - server: davs://a~    certificates: [AA:BB] | line 4: this is no certificate",
			"policy: 1~servers:~  - server: nextcloud://a~    host-keys: ['SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'] | line 4: host-keys are of SSH, and nextcloud://a is reached by TLS",
			"policy: 1~servers:~  - server: sftp://a~    hostkeys: [x] | line 4: 'hostkeys' is not known here",
			"policy: 1~ssh: {cipher: [x]} | line 2: 'cipher' is not known here; known are ciphers, host-key-algorithms",
			"policy: 1~ssh: {ciphers: []} | line 2: 'ciphers' names none",
			"policy: 1~ssh: {ciphers: aes256-ctr} | line 2: here is expected a list",
			"policy: 1~ssh: {minimum-rsa: long} | line 2: 'long' is no length of an RSA key",
			"policy: 1~tls: {minimum: 1.1} | line 2: '1.1' is no version of TLS to demand; write 1.2 or 1.3",
			"policy: 1~protocols: [sftp://] | line 2: 'sftp://' is no protocol",
			"policy: 1~protocols: sftp | line 2: here is expected a list",
			"policy: 1~plug-ins:~  - signed-by: [x] | line 3: the plug-in has no 'bundle: name'",
			"policy: 1~plug-ins:~  - bundle: a~    signed-by: [x] | line 4: this is no certificate",
			"policy: 1~plug-ins:~  - bundle: a~    signed-by: [] | line 4: 'signed-by' names none",
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
