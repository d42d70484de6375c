package org.strongroom.residency.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who signed a JAR, by the JDK's own tools. */
class SignersTest {
	@TempDir
	Path temp;

	private static void run(String tool, String... words) throws Exception {
		var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", tool).toString()));
		command.addAll(List.of(words));
		var builder = new ProcessBuilder(command).redirectErrorStream(true);
		builder.environment().put("STORE", "of a test");
		Process process = builder.start();
		String said = new String(process.getInputStream().readAllBytes());
		assertThat(process.waitFor()).as(said).isZero();
	}

	/** @return the fingerprint of the certificate */
	private String key(String name) throws Exception {
		String store = temp.resolve("keys.p12").toString();
		run("keytool", "-genkeypair", "-alias", name, "-dname", "CN=" + name, "-keyalg", "EC", "-keystore", store, "-storetype", "PKCS12", "-storepass:env", "STORE");
		Path file = temp.resolve(name + ".crt");
		run("keytool", "-exportcert", "-alias", name, "-keystore", store, "-storepass:env", "STORE", "-file", file.toString());
		return Fingerprints.of((X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(Files.readAllBytes(file))));
	}

	private void sign(Path jar, String name) throws Exception {
		run("jarsigner", "-keystore", temp.resolve("keys.p12").toString(), "-storepass:env", "STORE", jar.toString(), name);
	}

	private static void write(Path jar, String name, String content) throws IOException {
		try (FileSystem files = FileSystems.newFileSystem(URI.create("jar:" + jar.toUri()), Map.of("create", "true"))) {
			Path file = files.getPath("/" + name);
			if (file.getParent() != null)
				Files.createDirectories(file.getParent());
			Files.writeString(file, content);
		}
	}

	@Test
	void whoSignedAllOfIt() throws Exception {
		Path jar = temp.resolve("a.jar");
		write(jar, "META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n");
		write(jar, "org/a/A.class", "code");
		write(jar, "plugin.xml", "<plugin/>");
		String me = key("me");
		String you = key("you");
		assertThat(Signers.of(jar.toFile())).isEmpty();
		sign(jar, "me");
		assertThat(Signers.of(jar.toFile())).containsExactly(me);
		sign(jar, "you");
		assertThat(Signers.of(jar.toFile())).containsExactlyInAnyOrder(me, you);
		Path changed = Files.copy(jar, temp.resolve("changed.jar"));
		write(changed, "org/a/A.class", "other code");
		assertThat(Signers.of(changed.toFile())).as("what was signed was changed").isEmpty();
		write(jar, "org/a/B.class", "more code");
		assertThat(Signers.of(jar.toFile())).as("something is in it that nobody signed").isEmpty();
		sign(jar, "me");
		assertThat(Signers.of(jar.toFile())).as("who signs it again has signed what was added").containsExactly(me);
	}

	@Test
	void whatIsNoJarIsSignedByNobody() throws Exception {
		assertThat(Signers.of(temp.toFile())).isEmpty();
		assertThat(Signers.of(Files.writeString(temp.resolve("text.jar"), "text").toFile())).isEqualTo(Set.of());
	}
}
