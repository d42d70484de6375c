package org.strongroom.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.product.Product.Outcome;
import org.strongroom.testing.Certificates;
import org.strongroom.testing.JdkTool;
import org.strongroom.testing.OpenSshServer;
import org.strongroom.testing.WebDavServer;

/** What a policy says of servers holds in the finished product, with real ones. */
class PolicyTest {
	@TempDir
	private Path folder;

	private static void policy(User user, String... lines) throws IOException {
		Files.writeString(Files.createDirectories(user.home()).resolve("policy.yaml"), "policy: 1\n" + String.join("\n", lines) + "\n");
	}

	private static void isForbidden(User user, Outcome outcome, String... says) throws IOException {
		assertThat(outcome.complaints()).singleElement().asString().startsWith("strongroom: Forbidden by your own policy, line ").contains(says);
		assertThat(outcome.code()).isEqualTo(8);
		assertThat(outcome.out()).isEmpty();
		assertThat(user.asked()).as("nobody was asked anything").isEmpty();
	}

	@Test
	void serversAreKnownByTheirKeysAndAgreeOnWhatIsAllowed() throws Exception {
		assumeTrue(OpenSshServer.isAvailable(), () -> OpenSshServer.unavailable().orElseThrow());
		try (OpenSshServer server = OpenSshServer.builder().config("Ciphers aes256-ctr,aes128-ctr").start()) {
			Files.writeString(server.root().resolve("a.txt"), "a\n");
			User user = User.of(server, folder);
			user.answer("host-key", "no");
			String entry = "  - server: sftp://" + server.host();
			String wrong = "SHA256:" + "A".repeat(43);

			policy(user, "servers:", entry, "    host-keys: ['" + wrong + "']");
			isForbidden(user, user.run("ls", "HQ:/"), "line 3: ", "(" + server.hostKeyFingerprint() + ") is none of those that are named there");

			policy(user, "servers:", entry, "    host-keys: ['" + server.hostKeyFingerprint() + "']", "ssh:", "  ciphers: [aes256-gcm@openssh.com]");
			isForbidden(user, user.run("ls", "HQ:/"), "line 6: ", "has no cipher that is allowed there, but aes256-ctr, aes128-ctr");

			user.answer("keyboard-interactive", server.currentCode());
			policy(user, "servers:", entry, "    host-keys: ['" + wrong + "', " + server.hostKeyLine() + "]", "ssh:", "  ciphers: [aes256-*]");
			assertThat(user.done("ls", "HQ:/")).isEqualTo("a.txt\n");
			assertThat(user.asked()).extracting(a -> a.split("\\|")[0]).containsExactly("key-passphrase", "keyboard-interactive");
		}
	}

	@Test
	void serversAreKnownByWhoIssuedTheirCertificates() throws Exception {
		assumeTrue(WebDavServer.unavailable(WebDavServer.Kind.APACHE).isEmpty(), () -> WebDavServer.unavailable(WebDavServer.Kind.APACHE).orElseThrow());
		Certificates authority = Certificates.create();
		try (WebDavServer server = WebDavServer.apache().tls(authority.good()).config("SSLProtocol TLSv1.2").start()) {
			var user = new User(folder);
			user.answer("password", server.password());
			user.answer("certificate", "no");
			user.done("bookmark", "add", "Cloud", "davs://%s@%s:%d/".formatted(server.user(), server.host(), server.port()));
			String entry = "  - server: davs://" + server.host();

			policy(user, named(entry, Certificates.create()));
			isForbidden(user, user.run("ls", "Cloud:/"), "line 3: the certificate of " + server.host(), "is none of those that are named there, nor issued by one");
			assertThat(server.requests()).isEmpty();

			policy(user, named(entry, authority), "tls: {minimum: 1.3}");
			isForbidden(user, user.run("ls", "Cloud:/"), "can agree on no version of TLS and cipher suite that are allowed there");
			assertThat(server.requests()).isEmpty();

			policy(user, named(entry, authority), "tls: {minimum: 1.2}");
			user.done("mkdir", "Cloud:/made");
			assertThat(server.root().resolve("made")).isDirectory();
			assertThat(user.asked()).extracting(a -> a.split("\\|")[0]).containsExactly("password");
		}
	}

	@Test
	void plugInsThatAreNotNamedAreNotUsed() throws Exception {
		assumeTrue(OpenSshServer.isAvailable(), () -> OpenSshServer.unavailable().orElseThrow());
		try (OpenSshServer server = OpenSshServer.builder().start()) {
			User user = User.of(server, folder);
			policy(user, "plug-ins: [org.strongroom.auth.*, org.strongroom.vault.*]");
			isForbidden(user, user.run("ls", "HQ:/"), "line 2: it does not name the plug-in org.strongroom.storage.sftp among those that may be used.");
			Outcome unused = user.run("plugin", "list");
			assertThat(unused.complaints()).hasSize(4).allSatisfy(c -> assertThat(c).startsWith("strongroom: Forbidden by your own policy, line 2: it does not name the plug-in org.strongroom.storage."));
			assertThat(unused.code()).as("as where several things fail").isEqualTo(1);

			policy(user, "plug-ins: [org.strongroom.storage.*, org.strongroom.vault.*]");
			Outcome list = user.run("plugin", "list");
			assertThat(list.lines()).hasSize(7);
			assertThat(list.complaints()).anySatisfy(c -> assertThat(c).contains("Forbidden by your own policy, line 2: it does not name the plug-in org.strongroom.auth.ssh"));
			assertThat(list.code()).isNotZero();
			Outcome outcome = user.run("ls", "HQ:/");
			assertThat(outcome.code()).as("the key files are answered for by the plug-in that is not used").isEqualTo(4);
			assertThat(user.asked()).extracting(a -> a.split("\\|")[0]).containsExactly("host-key");

			policy(user, "plug-ins: [org.strongroom.*]");
			user.answer("keyboard-interactive", server.currentCode());
			assertThat(user.done("ls", "HQ:/")).isEmpty();
		}
	}

	/** As {@code docs/policy.md} has it. */
	@Test
	void aPlugInDeliversThePolicy() throws Exception {
		Path product = Product.copy(folder.resolve("product"));
		Path jar = product.resolve("plugins/com.acme.policy_1.0.0.jar");
		try (var out = new ZipOutputStream(Files.newOutputStream(jar))) {
			out.putNextEntry(new ZipEntry("META-INF/MANIFEST.MF"));
			out.write("""
					Manifest-Version: 1.0
					Bundle-ManifestVersion: 2
					Bundle-SymbolicName: com.acme.policy
					Bundle-Version: 1.0.0
					Provide-Capability: org.strongroom.policy;file="policy.yaml"
					""".getBytes());
			out.putNextEntry(new ZipEntry("policy.yaml"));
			out.write("policy: 1\nname: delivered\nways-out: {export: forbid}\nprotocols: [local]\n".getBytes());
		}
		Files.writeString(product.resolve("configuration/org.eclipse.equinox.simpleconfigurator/bundles.info"), "com.acme.policy,1.0.0,plugins/com.acme.policy_1.0.0.jar,4,false\n", StandardOpenOption.APPEND);
		var user = new User(Files.createDirectory(folder.resolve("me")));
		user.installation(product);
		user.file("here/a.txt", "a\n");
		String here = user.folder().resolve("here").toUri().toString().replaceFirst("^file:/+", "file:///");

		Outcome unsigned = user.run("ls", here);
		assertThat(unsigned.complaints()).singleElement().asString().contains("Forbidden by the policy of the plug-in com.acme.policy, which is damaged", "has to be signed, and it is not signed");
		assertThat(unsigned.code()).isEqualTo(8);

		String keys = folder.resolve("keys.p12").toString();
		String certificate = folder.resolve("acme.crt").toString();
		Path trusted = folder.resolve("trusted.jks");
		JdkTool.run("keytool", "-genkeypair", "-alias", "acme", "-dname", "CN=ACME", "-keyalg", "EC", "-keystore", keys, "-storepass:env", "STORE");
		JdkTool.run("keytool", "-exportcert", "-alias", "acme", "-keystore", keys, "-storepass:env", "STORE", "-file", certificate);
		JdkTool.run("keytool", "-importcert", "-noprompt", "-alias", "acme", "-file", certificate, "-keystore", trusted.toString(), "-storetype", "JKS", "-storepass:env", "STORE");
		JdkTool.run("jarsigner", "-keystore", keys, "-storepass:env", "STORE", jar.toString(), "acme");
		Outcome distrusted = user.run("ls", here);
		assertThat(distrusted.complaints()).singleElement().asString().contains("nobody signed it who is trusted here");

		Files.writeString(product.resolve("configuration/config.ini"), "\nosgi.framework.keystore=" + trusted.toUri() + "\n", StandardOpenOption.APPEND);
		assertThat(user.done("policy", "show")).contains("The policy of the plug-in com.acme.policy: policy.yaml in the plug-in com.acme.policy (delivered)\n", "export     forbid  by the policy of the plug-in com.acme.policy, line 3\n");
		assertThat(user.done("ls", here)).isEqualTo("a.txt\n");
		Outcome outcome = user.run("ls", "sftp://somebody@127.0.0.1:1/");
		assertThat(outcome.complaints()).singleElement().asString().contains("Forbidden by the policy of the plug-in com.acme.policy, line 4: it does not name sftp among the protocols");
		assertThat(outcome.code()).isEqualTo(8);
	}

	/** An entry with the authority's certificate as a file has it. */
	private static String named(String entry, Certificates authority) {
		return "servers:\n" + entry + "\n    issuers:\n      - |\n" + Certificates.pem(List.of(authority.authority())).indent(8);
	}
}
