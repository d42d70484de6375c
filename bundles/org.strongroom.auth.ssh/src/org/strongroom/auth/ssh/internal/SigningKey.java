package org.strongroom.auth.ssh.internal;

import java.io.IOException;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.util.Arrays;
import java.util.Map;

import org.strongroom.auth.ssh.Wire;
import org.strongroom.core.auth.SignInException;

/**
 * A private key that is ready to sign. Signatures are those of RFC 8332 (RSA with SHA-2), RFC 5656 (ECDSA) and RFC 8709 (Ed25519).
 *
 * @param type SSH key type
 * @param publicKey in SSH wire format; null where the file does not tell
 * @param key the private key itself
 */
record SigningKey(String type, byte[] publicKey, PrivateKey key) {
	static final String ED25519 = "ssh-ed25519";
	static final String RSA = "ssh-rsa";
	static final String ECDSA = "ecdsa-sha2-";

	/** Names of curves: SSH's (RFC 5656 section 10.1) and Java's. */
	private static final Map<String, String> CURVES = Map.of("nistp256", "secp256r1", "nistp384", "secp384r1", "nistp521", "secp521r1");
	/** Object identifiers of the same curves, DER content in hexadecimal (RFC 5480 section 2.1.1.1). */
	private static final Map<String, String> CURVE_OIDS = Map.of("2a8648ce3d030107", "nistp256", "2b81040022", "nistp384", "2b81040023", "nistp521");

	static SigningKey ed25519(byte[] seed) throws GeneralSecurityException {
		PrivateKey key = KeyFactory.getInstance("Ed25519").generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed));
		try (var out = new Wire.Writer()) {
			return new SigningKey(ED25519, out.string(ED25519).string(ed25519Public(seed)).toByteArray(), key);
		}
	}

	/** The public point of a seed: Java computes it only when it makes a pair, so it is given the seed as its randomness. */
	private static byte[] ed25519Public(byte[] seed) throws GeneralSecurityException {
		KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
		generator.initialize(NamedParameterSpec.ED25519, new SecureRandom() {
			private static final long serialVersionUID = 1L;

			@Override
			public void nextBytes(byte[] bytes) {
				System.arraycopy(seed, 0, bytes, 0, bytes.length);
			}
		});
		var point = ((EdECPublicKey) generator.generateKeyPair().getPublic()).getPoint();
		byte[] bigEndian = point.getY().toByteArray();
		byte[] encoded = new byte[32];
		for (int i = 0; i < bigEndian.length && i < 32; i++)
			encoded[i] = bigEndian[bigEndian.length - 1 - i];
		if (point.isXOdd())
			encoded[31] |= (byte) 0x80;
		return encoded;
	}

	static SigningKey rsa(BigInteger n, BigInteger e, BigInteger d, BigInteger p, BigInteger q, BigInteger inverse) throws GeneralSecurityException {
		var spec = new RSAPrivateCrtKeySpec(n, e, d, p, q, d.mod(p.subtract(BigInteger.ONE)), d.mod(q.subtract(BigInteger.ONE)), inverse);
		return rsa((RSAPrivateCrtKey) KeyFactory.getInstance("RSA").generatePrivate(spec));
	}

	static SigningKey rsa(RSAPrivateCrtKey key) {
		try (var out = new Wire.Writer()) {
			return new SigningKey(RSA, out.string(RSA).mpint(key.getPublicExponent()).mpint(key.getModulus()).toByteArray(), key);
		}
	}

	/** @param point the public point, uncompressed (SEC 1 section 2.3.3); null if not known */
	static SigningKey ecdsa(String curve, byte[] point, BigInteger d) throws GeneralSecurityException {
		if (!CURVES.containsKey(curve))
			throw new GeneralSecurityException("curve " + curve);
		AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
		parameters.init(new ECGenParameterSpec(CURVES.get(curve)));
		PrivateKey key = KeyFactory.getInstance("EC").generatePrivate(new ECPrivateKeySpec(d, parameters.getParameterSpec(ECParameterSpec.class)));
		try (var out = new Wire.Writer()) {
			byte[] blob = point == null ? null : out.string(ECDSA + curve).string(curve).string(point).toByteArray();
			return new SigningKey(ECDSA + curve, blob, key);
		}
	}

	/** SSH's name of the curve with this object identifier. */
	static String curve(byte[] oid) throws GeneralSecurityException {
		String curve = CURVE_OIDS.get(java.util.HexFormat.of().formatHex(oid));
		if (curve == null)
			throw new GeneralSecurityException("unknown curve");
		return curve;
	}

	/** Signs; the result is in SSH wire format. */
	byte[] sign(String algorithm, byte[] data) throws IOException {
		String java = switch (algorithm) {
		case "ssh-ed25519" -> "Ed25519";
		case "rsa-sha2-512" -> "SHA512withRSA";
		case "rsa-sha2-256" -> "SHA256withRSA";
		case "ecdsa-sha2-nistp256" -> "SHA256withECDSAinP1363Format";
		case "ecdsa-sha2-nistp384" -> "SHA384withECDSAinP1363Format";
		case "ecdsa-sha2-nistp521" -> "SHA512withECDSAinP1363Format";
		default -> throw new SignInException("The key cannot sign with " + algorithm + ".");
		};
		try {
			Signature signature = Signature.getInstance(java);
			signature.initSign(key);
			signature.update(data);
			byte[] raw = signature.sign();
			return Wire.signature(algorithm, algorithm.startsWith(ECDSA) ? ecdsaBlob(raw) : raw);
		} catch (GeneralSecurityException e) {
			throw new SignInException("The key cannot sign: it is damaged or of an unknown kind.", e);
		}
	}

	/** The two halves as multi-precision integers (RFC 5656 section 3.1.2). */
	private static byte[] ecdsaBlob(byte[] raw) {
		int half = raw.length / 2;
		try (var out = new Wire.Writer()) {
			return out.mpint(new BigInteger(1, Arrays.copyOf(raw, half))).mpint(new BigInteger(1, Arrays.copyOfRange(raw, half, raw.length))).toByteArray();
		}
	}
}
