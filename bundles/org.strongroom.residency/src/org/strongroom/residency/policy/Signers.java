package org.strongroom.residency.policy;

import java.io.File;
import java.io.IOException;
import java.security.CodeSigner;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.eclipse.core.runtime.FileLocator;
import org.osgi.framework.Bundle;
import org.strongroom.core.auth.Challenge;

/** Who signed plug-ins, as {@code jarsigner} does. A plug-in is read once, until it is updated. */
final class Signers {
	/** @param modified as {@link Bundle#getLastModified} */
	private record Key(long id, long modified) {
	}

	private static final Map<Key, Set<String>> KNOWN = new ConcurrentHashMap<>();

	private Signers() {
	}

	/** SHA-256 fingerprints of the certificates by which each file of a plug-in is signed. Of others in their chains nothing is said: nobody has looked at those. */
	static Set<String> of(Bundle plugIn) {
		return KNOWN.computeIfAbsent(new Key(plugIn.getBundleId(), plugIn.getLastModified()), _ -> FileLocator.getBundleFileLocation(plugIn).map(Signers::of).orElse(Set.of()));
	}

	static Set<String> of(File jar) {
		if (!jar.isFile())
			return Set.of();
		try (var file = new JarFile(jar, true)) {
			Set<String> common = null;
			for (JarEntry entry : Collections.list(file.entries())) {
				if (entry.isDirectory() || isOfSignature(entry.getName()))
					continue;
				try (var in = file.getInputStream(entry)) {
					in.transferTo(java.io.OutputStream.nullOutputStream()); // throws if it is not what was signed
				}
				Set<String> by = fingerprints(entry.getCodeSigners());
				if (common == null)
					common = new HashSet<>(by);
				common.retainAll(by);
			}
			return common == null ? Set.of() : Set.copyOf(common);
		} catch (IOException | SecurityException e) {
			return Set.of();
		}
	}

	/** What cannot be signed, for it signs: the JAR File Specification, "Signed JAR File". */
	private static boolean isOfSignature(String name) {
		return name.matches("(?i)META-INF/(MANIFEST\\.MF|SIG-[^/]*|[^/]*\\.(SF|RSA|DSA|EC))");
	}

	private static Set<String> fingerprints(CodeSigner[] signers) {
		return Optional.ofNullable(signers).stream().flatMap(Stream::of).map(s -> (X509Certificate) s.getSignerCertPath().getCertificates().getFirst()).map(Challenge.Certificate::fingerprintOf).collect(Collectors.toSet());
	}
}
