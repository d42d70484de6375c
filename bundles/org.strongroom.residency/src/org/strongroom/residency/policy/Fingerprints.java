package org.strongroom.residency.policy;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.strongroom.core.auth.Challenge;

/** Keys and certificates as administrators have them: what {@code ssh-keyscan}, {@code ssh-keygen -l} and {@code openssl x509} print. */
final class Fingerprints {
	/** Base64 of 32 bytes, with or without padding, in a line of {@code ssh-keygen -l}. */
	private static final Pattern SSH = Pattern.compile("(?:.*\\s)?(SHA256:[A-Za-z0-9+/]{43})=?(?:\\s.*)?");
	/** As {@code openssl x509 -fingerprint -sha256} or {@code keytool -printcert} prints it, or the digits alone. */
	private static final Pattern OPENSSL = Pattern.compile("(?:sha256 fingerprint=|sha256: ?)?([0-9a-f]{2}(?::?[0-9a-f]{2}){31})");

	/** @param type of the key, empty if it is not known */
	record HostKey(String fingerprint, Optional<String> type) {
	}

	/** @param certificate empty if no more is known than its fingerprint */
	record Certificate(String fingerprint, Optional<X509Certificate> certificate) {
	}

	private Fingerprints() {
	}

	/** A host key: a fingerprint, a line of {@code ssh-keygen -l}, a public key file, a line of {@code ssh-keyscan}. */
	static Optional<HostKey> hostKey(String text) {
		Matcher m = SSH.matcher(text.strip());
		if (m.matches())
			return Optional.of(new HostKey(m.group(1), Optional.empty()));
		String[] words = text.strip().split("\\s+");
		for (int i = 0; i + 1 < words.length; i++) {
			try {
				byte[] key = Base64.getDecoder().decode(words[i + 1]);
				// RFC 4253 section 6.6: it begins with its type, as a string
				byte[] type = words[i].getBytes(StandardCharsets.US_ASCII);
				if (key.length > 4 + type.length && ByteBuffer.wrap(key, 0, 4 + type.length).equals(ByteBuffer.allocate(4 + type.length).putInt(type.length).put(type).flip()))
					return Optional.of(new HostKey(Challenge.HostKey.fingerprintOf(key), Optional.of(words[i])));
			} catch (IllegalArgumentException e) {
				// another word
			}
		}
		return Optional.empty();
	}

	/** A certificate: in PEM form, or by its fingerprint. */
	static Optional<Certificate> certificate(String text) {
		Matcher m = OPENSSL.matcher(text.strip().toLowerCase(Locale.ROOT));
		if (m.matches())
			return Optional.of(new Certificate(HexFormat.ofDelimiter(":").withUpperCase().formatHex(HexFormat.of().parseHex(m.group(1).replace(":", ""))), Optional.empty()));
		if (!text.contains("-----BEGIN CERTIFICATE-----"))
			return Optional.empty();
		try {
			var certificate = (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(text.strip().getBytes(StandardCharsets.UTF_8)));
			return Optional.of(new Certificate(Challenge.Certificate.fingerprintOf(certificate), Optional.of(certificate)));
		} catch (CertificateException e) {
			return Optional.empty();
		}
	}
}
