package org.strongroom.residency.policy;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Signature;
import java.util.Base64;
import java.util.HexFormat;

/** Ed25519 signatures (RFC 8032) of policies. */
final class Signatures {
	/** Bytes of a key or a signature. */
	static final int LONGEST = 16 << 10;

	private Signatures() {
	}

	/**
	 * Makes sure that a policy is signed.
	 *
	 * @param what the policy for a person
	 * @param where its signature for a person
	 * @param signature in Base64; null if there is none
	 * @param pem the public key
	 * @throws DamagedPolicyException if it is not
	 */
	static void check(String what, byte[] content, String where, byte[] signature, byte[] pem) throws DamagedPolicyException {
		if (signature == null)
			throw new DamagedPolicyException("%s is not signed, which it has to be here: %s is missing.".formatted(what, where));
		boolean fits;
		try {
			Signature check = Signature.getInstance("Ed25519");
			check.initVerify(Pem.publicKey("Ed25519", new String(pem, StandardCharsets.US_ASCII)));
			check.update(content);
			fits = check.verify(Base64.getMimeDecoder().decode(signature));
		} catch (GeneralSecurityException | IllegalArgumentException e) {
			fits = false;
		}
		if (!fits)
			throw new DamagedPolicyException("%s does not fit its signature %s; sign it again, or put back the one that was signed.".formatted(what, where));
	}

	/** In hexadecimal digits. */
	static String sha256(byte[] content) {
		try {
			return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
		} catch (NoSuchAlgorithmException e) {
			throw new IllegalStateException(e);
		}
	}
}
