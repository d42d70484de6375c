package org.strongroom.residency.policy;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/** Keys as administrators have them: SubjectPublicKeyInfo in PEM form (RFC 7468 section 13). */
final class Pem {
	private Pem() {
	}

	/** @param algorithm as the JDK calls it @throws GeneralSecurityException if it is no such key */
	static PublicKey publicKey(String algorithm, String text) throws GeneralSecurityException {
		try {
			return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(Base64.getMimeDecoder().decode(text.replaceAll("-----[A-Z ]+-----", ""))));
		} catch (IllegalArgumentException e) {
			throw new InvalidKeySpecException(e);
		}
	}
}
