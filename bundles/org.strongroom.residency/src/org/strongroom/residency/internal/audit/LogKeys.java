package org.strongroom.residency.internal.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The keys of a log, which lie in its folder and are readable for their owner alone. For one thread at a time. */
final class LogKeys {
	private static final String HMAC = "HmacSHA256";
	private static final String ED25519 = "Ed25519";
	private final Mac paths;
	private final Mac state;
	private final Path signing;
	private PrivateKey signKey;
	private byte[] publicKey;
	/** Whether the key of signatures was made just now, for the log that begins. */
	private boolean isUnused;

	private LogKeys(byte[] secret, Path signing) throws GeneralSecurityException {
		paths = mac(mac(secret).doFinal(Line.bytes("strongroom-audit-path-v1")));
		state = mac(mac(secret).doFinal(Line.bytes("strongroom-audit-state-v1")));
		this.signing = signing;
	}

	/** Those of a folder, made if there are none; to be called while the log is locked. */
	static LogKeys open(LogFolder folder) throws IOException {
		try {
			Path secret = folder.path().resolve("secret.key");
			if (!Files.exists(secret)) {
				byte[] fresh = new byte[32];
				new SecureRandom().nextBytes(fresh);
				LogFolder.write(secret, Line.bytes(HexFormat.of().formatHex(fresh) + "\n"));
			}
			var keys = new LogKeys(secret(secret), folder.path().resolve("sign.key"));
			if (!Files.exists(keys.signing))
				keys.make();
			return keys;
		} catch (GeneralSecurityException e) {
			throw new IOException("The keys of the audit log cannot be made: " + e.getMessage(), e);
		}
	}

	/** Those of a folder, for reading a log. */
	static LogKeys read(LogFolder folder) throws IOException {
		try {
			return new LogKeys(secret(folder.path().resolve("secret.key")), folder.path().resolve("sign.key"));
		} catch (GeneralSecurityException e) {
			throw new IOException(e);
		}
	}

	private static byte[] secret(Path file) throws IOException {
		try {
			byte[] secret = HexFormat.of().parseHex(Files.readString(file, StandardCharsets.US_ASCII).strip());
			if (secret.length == 32)
				return secret;
		} catch (IllegalArgumentException e) {
			// Said below.
		}
		throw new IOException(file + ": this is no key of an audit log.");
	}

	private static Mac mac(byte[] key) throws GeneralSecurityException {
		Mac mac = Mac.getInstance(HMAC);
		mac.init(new SecretKeySpec(key, HMAC));
		return mac;
	}

	private void make() throws GeneralSecurityException, IOException {
		KeyPair pair = KeyPairGenerator.getInstance(ED25519).generateKeyPair();
		String open = Pem.of("PUBLIC KEY", pair.getPublic().getEncoded());
		LogFolder.write(signing, Line.bytes(Pem.of("PRIVATE KEY", pair.getPrivate().getEncoded()) + open));
		LogFolder.write(signing.resolveSibling(LogFiles.KEY), Line.bytes(open));
		signKey = pair.getPrivate();
		publicKey = pair.getPublic().getEncoded();
		isUnused = true;
	}

	/** Makes sure that a log that begins has a key of signatures of its own: one that is begun after another was taken away is told from that by its key. To be called while the log is locked. */
	void forNewLog() throws IOException {
		try {
			if (!isUnused)
				make();
			isUnused = false;
		} catch (GeneralSecurityException e) {
			throw new IOException("The keys of the audit log cannot be made: " + e.getMessage(), e);
		}
	}

	private void load() throws IOException {
		if (signKey != null)
			return;
		try {
			String pem = Files.readString(signing, StandardCharsets.US_ASCII);
			publicKey = Pem.read("PUBLIC KEY", pem);
			signKey = KeyFactory.getInstance(ED25519).generatePrivate(new PKCS8EncodedKeySpec(Pem.read("PRIVATE KEY", pem)));
		} catch (GeneralSecurityException | IllegalArgumentException e) {
			throw new IOException(signing + ": this is no key of an audit log.", e);
		}
	}

	/** The key that signatures are checked by, as SubjectPublicKeyInfo (RFC 8410) in Base64. */
	String publicKey() throws IOException {
		load();
		return Base64.getEncoder().encodeToString(publicKey);
	}

	byte[] sign(byte[] what) throws IOException {
		load();
		try {
			Signature signature = Signature.getInstance(ED25519);
			signature.initSign(signKey);
			signature.update(what);
			return signature.sign();
		} catch (GeneralSecurityException e) {
			throw new IOException("The audit log cannot be signed: " + e.getMessage(), e);
		}
	}

	/** A public key as {@link #publicKey} gives it. */
	static PublicKey verifying(String base64) throws GeneralSecurityException {
		return KeyFactory.getInstance(ED25519).generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(base64)));
	}

	/** A path as the log has it: the first 16 bytes of its HMAC-SHA-256, in base64url (RFC 4648 section 5) without padding. */
	String hash(String place) {
		return Base64.getUrlEncoder().withoutPadding().encodeToString(java.util.Arrays.copyOf(paths.doFinal(Line.bytes(place)), 16));
	}

	/** What shows that a state was written by whoever has the keys, in hexadecimal digits. */
	String seal(String text) {
		return HexFormat.of().formatHex(state.doFinal(Line.bytes(text)));
	}
}
