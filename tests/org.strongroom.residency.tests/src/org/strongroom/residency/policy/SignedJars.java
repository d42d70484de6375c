package org.strongroom.residency.policy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Map;

import org.strongroom.core.auth.Challenge;
import org.strongroom.testing.JdkTool;

/** JARs, and who signs them with the JDK's own tools. */
record SignedJars(Path temp) {
	/** Makes a key, and a certificate for it that it signs itself. @return the fingerprint of the certificate */
	String key(String name) throws Exception {
		String store = temp.resolve("keys.p12").toString();
		JdkTool.run("keytool", "-genkeypair", "-alias", name, "-dname", "CN=" + name, "-keyalg", "EC", "-keystore", store, "-storetype", "PKCS12", "-storepass:env", "STORE");
		Path file = temp.resolve(name + ".crt");
		JdkTool.run("keytool", "-exportcert", "-alias", name, "-keystore", store, "-storepass:env", "STORE", "-file", file.toString());
		return Challenge.Certificate.fingerprintOf(certificate(name));
	}

	X509Certificate certificate(String name) throws Exception {
		return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(Files.readAllBytes(temp.resolve(name + ".crt"))));
	}

	/** Signs all that is in a JAR now. */
	void sign(Path jar, String name) throws Exception {
		JdkTool.run("jarsigner", "-keystore", temp.resolve("keys.p12").toString(), "-storepass:env", "STORE", jar.toString(), name);
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
