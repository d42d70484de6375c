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

/** JARs, and who signs them with the JDK's own tools. */
record SignedJars(Path temp) {
	private static void run(String tool, String... words) throws Exception {
		var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", tool).toString()));
		command.addAll(List.of(words));
		var builder = new ProcessBuilder(command).redirectErrorStream(true);
		builder.environment().put("STORE", "of a test");
		Process process = builder.start();
		String said = new String(process.getInputStream().readAllBytes());
		assertThat(process.waitFor()).as(said).isZero();
	}

	/** Makes a key, and a certificate for it that it signs itself. @return the fingerprint of the certificate */
	String key(String name) throws Exception {
		String store = temp.resolve("keys.p12").toString();
		run("keytool", "-genkeypair", "-alias", name, "-dname", "CN=" + name, "-keyalg", "EC", "-keystore", store, "-storetype", "PKCS12", "-storepass:env", "STORE");
		Path file = temp.resolve(name + ".crt");
		run("keytool", "-exportcert", "-alias", name, "-keystore", store, "-storepass:env", "STORE", "-file", file.toString());
		return Fingerprints.of(certificate(name));
	}

	X509Certificate certificate(String name) throws Exception {
		return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(Files.readAllBytes(temp.resolve(name + ".crt"))));
	}

	/** Signs all that is in a JAR now. */
	void sign(Path jar, String name) throws Exception {
		run("jarsigner", "-keystore", temp.resolve("keys.p12").toString(), "-storepass:env", "STORE", jar.toString(), name);
	}

	/** Puts a file into a JAR, which is made if need be. */
	static void write(Path jar, String name, String content) throws IOException {
		try (FileSystem files = FileSystems.newFileSystem(URI.create("jar:" + jar.toUri()), Map.of("create", "true"))) {
			Path file = files.getPath("/" + name);
			if (file.getParent() != null)
				Files.createDirectories(file.getParent());
			Files.writeString(file, content);
		}
	}
}
