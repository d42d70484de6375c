package org.strongroom.residency.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.Bookmark;
import org.strongroom.core.residency.ForbiddenException;
import org.strongroom.core.residency.Outgoing;
import org.strongroom.core.residency.Requirements;
import org.strongroom.core.residency.Ruling;
import org.strongroom.core.residency.Verdict;
import org.strongroom.core.residency.WayOut;
import org.strongroom.core.vault.VaultInfo;
import org.strongroom.residency.audit.AuditSettings;

/** Several policies together, where they come from, and whether they are to be trusted. */
class PoliciesTest {
	private static final Bookmark HQ = new Bookmark("HQ", URI.create("sftp://me@hq.example.org/srv"));
	@TempDir
	Path temp;
	private Path machine;
	private Path own;
	private Path key;

	@BeforeEach
	void places() throws Exception {
		Path folder = Files.createDirectory(temp.resolve("etc"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
		machine = folder.resolve("policy.yaml");
		key = folder.resolve("policy.pem");
		own = temp.resolve("policy.yaml");
	}

	private Policies policies() {
		return Policies.read(List.of(new FileSource(Origin.MACHINE, machine, Optional.of(key)), new FileSource(Origin.OWN, own, Optional.empty())));
	}

	private Ruling ruling(WayOut way) {
		return policies().ruling(Outgoing.of(way, Optional.of(HQ)));
	}

	@Test
	void withoutAnyEverythingAskedForMayHappen() throws Exception {
		for (WayOut way : WayOut.values())
			assertThat(ruling(way)).isEqualTo(new Ruling(Verdict.ALLOW, "no rule"));
		policies().admit(HQ.uri());
		policies().admit(HQ, "/Vault", new VaultInfo("Cryptomator", Optional.empty(), Map.of()));
	}

	@Test
	void theStricterOfTwoCountsAndIsNamed() throws Exception {
		Files.writeString(machine, "policy: 1\nways-out:\n  export: ask\n  print: allow\n");
		Files.writeString(own, "policy: 1\nways-out:\n  export: allow\n  print: forbid\n");
		assertThat(ruling(WayOut.EXPORT)).isEqualTo(new Ruling(Verdict.ASK, "the policy of this machine, line 3"));
		assertThat(ruling(WayOut.PRINT)).isEqualTo(new Ruling(Verdict.FORBID, "your own policy, line 4"));
	}

	@Test
	void aReasonIsGivenWithTheRule() throws Exception {
		Files.writeString(machine, "policy: 1\nrules:\n  - {way: print, verdict: forbid, because: Printers are shared.}\n");
		assertThat(ruling(WayOut.PRINT)).isEqualTo(new Ruling(Verdict.FORBID, "the policy of this machine, line 3", Optional.of("Printers are shared")));
	}

	@Test
	void aDamagedOneForbidsEverything() throws Exception {
		Files.writeString(machine, "policy: 1\nways-out: {exprot: allow}\n");
		for (WayOut way : WayOut.values())
			assertThat(ruling(way).verdict()).isEqualTo(Verdict.FORBID);
		assertThat(ruling(WayOut.EXPORT).rule()).contains("the policy of this machine, which is damaged", "line 2", "'exprot' is no way out");
		assertThatThrownBy(() -> policies().admit(HQ.uri())).isInstanceOf(ForbiddenException.class).hasMessageContaining("damaged");
		assertThatThrownBy(() -> policies().admit(HQ, "/Vault", new VaultInfo("Cryptomator", Optional.of("x"), Map.of()))).isInstanceOf(ForbiddenException.class);
	}

	@Test
	void whatIsThereAndCannotBeReadIsDamaged() throws Exception {
		Files.createDirectory(machine);
		assertThat(ruling(WayOut.EXPORT).verdict()).isEqualTo(Verdict.FORBID);
		Files.delete(machine);
		Files.createSymbolicLink(machine, temp.resolve("nowhere"));
		assertThat(ruling(WayOut.EXPORT).verdict()).isEqualTo(Verdict.FORBID);
	}

	@Test
	void whatEverybodyCanChangeIsNotTrusted() throws Exception {
		Files.writeString(machine, "policy: 1\n");
		Files.setPosixFilePermissions(machine, PosixFilePermissions.fromString("rw-rw-rw-"));
		assertThat(ruling(WayOut.EXPORT).rule()).contains("can be changed by everybody");
		Files.setPosixFilePermissions(machine, PosixFilePermissions.fromString("rw-r--r--"));
		assertThat(ruling(WayOut.EXPORT).verdict()).isEqualTo(Verdict.ALLOW);
		Files.setPosixFilePermissions(machine.getParent(), PosixFilePermissions.fromString("rwxrwxrwx"));
		assertThat(ruling(WayOut.EXPORT).rule()).contains("can be changed by everybody");
	}

	@Test
	void whereThereIsAKeyAPolicyIsSignedWithIt() throws Exception {
		KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
		Files.writeString(key, "-----BEGIN PUBLIC KEY-----\n" + Base64.getMimeEncoder().encodeToString(pair.getPublic().getEncoded()) + "\n-----END PUBLIC KEY-----\n");
		assertThat(ruling(WayOut.EXPORT).rule()).as("no policy at all").contains("is missing");
		Files.writeString(machine, "policy: 1\nways-out: {export: ask}\n");
		assertThat(ruling(WayOut.EXPORT).rule()).contains("is not signed");
		Path signature = machine.resolveSibling("policy.yaml.sig");
		Files.writeString(signature, sign(pair, Files.readAllBytes(machine)));
		assertThat(ruling(WayOut.EXPORT)).isEqualTo(new Ruling(Verdict.ASK, "the policy of this machine, line 2"));
		Files.writeString(machine, "policy: 1\nways-out: {export: allow}\n");
		assertThat(ruling(WayOut.EXPORT).rule()).contains("does not fit its signature");
		Files.writeString(signature, sign(KeyPairGenerator.getInstance("Ed25519").generateKeyPair(), Files.readAllBytes(machine)));
		assertThat(ruling(WayOut.EXPORT).rule()).as("signed by somebody else").contains("does not fit its signature");
		Files.writeString(signature, "no signature");
		assertThat(ruling(WayOut.EXPORT).verdict()).isEqualTo(Verdict.FORBID);
		Files.writeString(signature, sign(pair, Files.readAllBytes(machine)));
		assertThat(ruling(WayOut.EXPORT).verdict()).isEqualTo(Verdict.ALLOW);
		Files.writeString(key, "no key");
		assertThat(ruling(WayOut.EXPORT).verdict()).isEqualTo(Verdict.FORBID);
		Files.delete(key);
		assertThat(ruling(WayOut.EXPORT).rule()).as("the key was forgotten").contains("is signed, but " + key + ", the key that tells by whom, is missing");
		Files.delete(signature);
		assertThat(ruling(WayOut.EXPORT).verdict()).isEqualTo(Verdict.ALLOW);
	}

	private static String sign(KeyPair pair, byte[] content) throws Exception {
		Signature signature = Signature.getInstance("Ed25519");
		signature.initSign(pair.getPrivate());
		signature.update(content);
		return Base64.getMimeEncoder().encodeToString(signature.sign()) + "\n";
	}

	@Test
	void theLogIsKeptAsAllOfThemHaveIt() throws Exception {
		assertThat(policies().audit()).isEqualTo(AuditSettings.DEFAULT);
		KeyPair auditor = KeyPairGenerator.getInstance("X25519").generateKeyPair();
		String pem = "    -----BEGIN PUBLIC KEY-----\n    " + Base64.getEncoder().encodeToString(auditor.getPublic().getEncoded()) + "\n    -----END PUBLIC KEY-----\n";
		Files.writeString(machine, "policy: 1\naudit:\n  auditor-key: |\n" + pem + "  no-log-no-access: true\n");
		Files.writeString(own, "policy: 1\naudit:\n  sinks:\n    - {name: siem, kind: syslog, address: \"tls://log.example.org:6514\"}\n");
		AuditSettings settings = policies().audit();
		assertThat(settings.auditorKey().orElseThrow()).isEqualTo(auditor.getPublic().getEncoded());
		assertThat(settings.noLogNoAccess()).isTrue();
		assertThat(settings.sinks()).containsExactly(new AuditSettings.Sink("siem", "syslog", Map.of("address", "tls://log.example.org:6514")));
	}

	@Test
	void theShortestIdleTimeCounts() throws Exception {
		assertThat(policies().idle()).isEmpty();
		Files.writeString(machine, "policy: 1\nlock:\n  idle: 10m\n");
		assertThat(policies().idle()).contains(new Policies.Idle(Duration.ofMinutes(10), "the policy of this machine, line 3"));
		Files.writeString(own, "policy: 1\nlock: {idle: 1h}\n");
		assertThat(policies().idle()).contains(new Policies.Idle(Duration.ofMinutes(10), "the policy of this machine, line 3"));
		Files.writeString(own, "policy: 1\nlock: {idle: 90s}\n");
		assertThat(policies().idle()).contains(new Policies.Idle(Duration.ofSeconds(90), "your own policy, line 2"));
		Files.writeString(machine, "policy: 1\nlock: {idle: soon}\n");
		assertThat(policies().idle().orElseThrow().time()).isEqualTo(Duration.ofMinutes(1));
		assertThat(policies().idle().orElseThrow().rule()).contains("which is damaged", "'soon' is no time");
	}

	@Test
	void whatIsDemandedOfAServerIsWhatAllOfThemDemand() throws Exception {
		String a = "SHA256:" + "A".repeat(43);
		String b = "SHA256:" + "B".repeat(43);
		String c = "SHA256:" + "C".repeat(43);
		assertThat(policies().requirements(HQ.uri()).isEmpty()).isTrue();
		Files.writeString(machine, "policy: 1\nservers:\n  - sftp://*\n  - server: sftp://hq.example.org\n    host-keys: ['%s', '%s']\n  - server: sftp://hq.*\n    host-keys: ['%s']\nssh: {ciphers: [aes*], minimum-rsa: 2048}\n".formatted(a, b, c));
		Files.writeString(own, "policy: 1\nservers:\n  - server: sftp://hq.example.org:22\n    host-keys: ['%s']\nssh: {ciphers: ['*-ctr'], minimum-rsa: 4096}\n".formatted(a));
		Requirements demanded = policies().requirements(HQ.uri());
		assertThat(demanded.hostKeys()).containsExactly(new Requirements.HostKeys(Set.of(a, b, c), Set.of(), "the policy of this machine, line 4"),
				new Requirements.HostKeys(Set.of(a), Set.of(), "your own policy, line 3"));
		assertThat(demanded.narrow(Requirements.Kind.CIPHER, List.of("aes256-gcm@openssh.com", "aes256-ctr", "3des-ctr"), n -> n)).containsExactly("aes256-ctr");
		assertThat(demanded.narrow(Requirements.Kind.MAC, List.of("x"), n -> n)).as("nothing is said of that").containsExactly("x");
		assertThat(demanded.rsa()).contains(new Requirements.RsaSize(4096, "your own policy, line 5"));
		assertThat(demanded.refused(Requirements.Kind.CIPHER, "HQ", List.of("x", "y")))
				.hasMessage("Forbidden by the policy of this machine, line 8, and by your own policy, line 5: HQ has no cipher that is allowed there, but x, y.");
		assertThatThrownBy(() -> policies().requirements(URI.create("sftp://other.example.org/"))).isInstanceOf(ForbiddenException.class).hasMessageContaining("your own policy, line 3", "does not name");
		Files.writeString(own, "policy: 0\n");
		assertThatThrownBy(() -> policies().requirements(HQ.uri())).isInstanceOf(ForbiddenException.class).hasMessageContaining("damaged");
	}

	@Test
	void protocolsAndPlugInsThatAreNotNamedAreForbidden() throws Exception {
		String print = "AB" + ":AB".repeat(31);
		policies().admit("com.acme.s3", Set::of);
		Files.writeString(machine, "policy: 1\nprotocols: [webdav, nextcloud]\nplug-ins:\n  - org.strongroom.*\n  - bundle: com.acme.*\n    signed-by: ['" + print + "']\n");
		assertThatThrownBy(() -> policies().admit(HQ.uri())).isInstanceOf(ForbiddenException.class)
				.hasMessage("Forbidden by the policy of this machine, line 2: it does not name sftp among the protocols that may be used (davs, dav, nextcloud).");
		policies().admit(URI.create("DAVS://cloud.example.org/"));
		policies().admit("org.strongroom.storage.sftp", Set::of);
		policies().admit("com.acme.s3", () -> Set.of("CD", print));
		assertThatThrownBy(() -> policies().admit("com.acme.s3", () -> Set.of("CD"))).isInstanceOf(ForbiddenException.class)
				.hasMessage("Forbidden by the policy of this machine, line 4: it does not name the plug-in com.acme.s3, signed as it is, among those that may be used.");
		assertThatThrownBy(() -> policies().admit("org.strongroomer", Set::of)).isInstanceOf(ForbiddenException.class)
				.hasMessage("Forbidden by the policy of this machine, line 4: it does not name the plug-in org.strongroomer among those that may be used.");
		Files.writeString(own, "policy: 1\nplug-ins: [org.strongroom.auth.*]\n");
		assertThatThrownBy(() -> policies().admit("org.strongroom.storage.sftp", Set::of)).as("the stricter").isInstanceOf(ForbiddenException.class).hasMessageContaining("your own policy, line 2");
		Files.writeString(own, "policy: 0\n");
		assertThatThrownBy(() -> policies().admit("org.strongroom.auth.ssh", Set::of)).isInstanceOf(ForbiddenException.class).hasMessageContaining("damaged");
	}

	@Test
	void serversAndVaultsThatAreNotNamedAreForbidden() throws Exception {
		Files.writeString(machine, "policy: 1\nservers: [\"sftp://hq.example.org\"]\nvaults: [known]\n");
		policies().admit(HQ.uri());
		assertThatThrownBy(() -> policies().admit(URI.create("sftp://me@elsewhere.example.org/"))).isInstanceOf(ForbiddenException.class)
				.hasMessage("Forbidden by the policy of this machine, line 2: it does not name sftp://me@elsewhere.example.org among its servers.");
		assertThatCode(() -> policies().admit(HQ, "/Vault", new VaultInfo("Cryptomator", Optional.of("known"), Map.of()))).doesNotThrowAnyException();
		assertThatThrownBy(() -> policies().admit(HQ, "/Vault", new VaultInfo("Cryptomator", Optional.of("other"), Map.of()))).isInstanceOf(ForbiddenException.class).hasMessageContaining("id other");
		assertThatThrownBy(() -> policies().admit(HQ, "/Vault", new VaultInfo("Cryptomator", Optional.empty(), Map.of()))).isInstanceOf(ForbiddenException.class).hasMessageContaining("has no id");
	}

	private Ruling mildest(String... lines) throws Exception {
		Files.writeString(own, "policy: 1\n" + String.join("\n", lines) + "\n");
		return policies().mildest(Outgoing.of(WayOut.EXPORT, Optional.of(HQ)));
	}

	@Test
	void somethingIsForbiddenBeforeItsPlaceIsKnownOnlyIfEachPlaceIs() throws Exception {
		String stick = "  - {way: export, place: /media/**, verdict: %s}";
		assertThat(mildest("ways-out: {export: forbid}")).isEqualTo(new Ruling(Verdict.FORBID, "your own policy, line 2"));
		assertThat(mildest("ways-out: {export: ask}").verdict()).isEqualTo(Verdict.ASK);
		assertThat(mildest("ways-out: {print: forbid}").verdict()).isEqualTo(Verdict.ALLOW);
		assertThat(mildest("ways-out: {export: forbid}", "rules:", stick.formatted("allow")).verdict()).isEqualTo(Verdict.ALLOW);
		assertThat(mildest("ways-out: {export: forbid}", "rules:", stick.formatted("ask")).verdict()).isEqualTo(Verdict.ASK);
		assertThat(mildest("ways-out: {export: forbid}", "rules:", stick.formatted("forbid")).verdict()).isEqualTo(Verdict.FORBID);
		assertThat(mildest("rules:", stick.formatted("forbid")).verdict()).as("elsewhere").isEqualTo(Verdict.ALLOW);
		assertThat(mildest("rules:", stick.formatted("forbid"), "  - {way: export, verdict: forbid}", stick.formatted("allow")).verdict()).as("what stands behind counts for nothing").isEqualTo(Verdict.FORBID);
		assertThat(mildest("rules:", "  - {way: export, bookmark: Other, verdict: allow}", "  - {bookmark: HQ, verdict: forbid}").verdict()).isEqualTo(Verdict.FORBID);
		Files.writeString(own, "policy: 2\n");
		assertThat(policies().mildest(Outgoing.of(WayOut.EXPORT, Optional.of(HQ))).verdict()).as("damaged").isEqualTo(Verdict.FORBID);
	}

	@Test
	void noSystemPropertyDropsTheMachinesPolicy() {
		assumeThat(FileSystems.getDefault().getSeparator()).isEqualTo("/");
		String system = System.getProperty("os.name");
		try {
			for (String other : List.of("MacOS", "Windows 11", "")) {
				System.setProperty("os.name", other);
				assertThat(Policies.machineFolders()).as(other).contains(Path.of("/etc/strongroom"));
			}
		} finally {
			System.setProperty("os.name", system);
		}
	}

	@Test
	void whatIsOfRootMustBelongToRootAndBeChangedByNobodyElse() throws Exception {
		Files.writeString(machine, "policy: 1\n");
		var source = new FileSource(Origin.MACHINE, machine, Optional.empty(), true);
		assumeThat(Files.getAttribute(machine, "unix:uid")).as("runs as root").isEqualTo(0);
		Path signature = Files.writeString(machine.resolveSibling("policy.yaml.sig"), "");
		for (Path path : List.of(machine, signature, machine.getParent())) {
			Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
			assertThat(source.read().damage()).isEmpty();
			Files.setAttribute(path, "unix:uid", 65534);
			assertThat(source.read().damage()).as("of another").hasValueSatisfying(d -> assertThat(d).contains("%s can be changed by others than root".formatted(path), "chown root '%s'; chmod go-w".formatted(path)));
			Files.setAttribute(path, "unix:uid", 0);
			Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxr-x"));
			assertThat(source.read().damage()).as("root's group").isEmpty();
			Files.setAttribute(path, "unix:gid", 65534);
			assertThat(source.read().damage()).as("another group").isPresent();
			Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
			assertThat(source.read().damage()).as("another group, which may only read").isEmpty();
		}
	}
}
