package org.strongroom.residency.internal.audit;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.strongroom.core.residency.AuditEvent.Kind;

/**
 * Readable paths for the auditor alone. Agreeing on a key costs more than all else about a line, so it is done once for each file that a process writes to: a line {@code seal} holds what the auditor
 * needs, and those that follow refer to it. For one thread at a time.
 */
final class Sealing {
	private static final byte[] INFO = Line.bytes("strongroom-audit-paths-v1");
	private static final byte[] NOTHING = {};
	private static final String X25519 = "X25519";

	private byte[] auditor;
	private int file;
	private String id;
	private Hpke context;

	/** The line that has to go before what is sealed, if there is none yet in that file. @param time of what is sealed */
	Optional<String> announced(byte[] auditorKey, int toFile, Origin origin, Instant time) throws IOException {
		if (context != null && file == toFile && Arrays.equals(auditor, auditorKey))
			return Optional.empty();
		try {
			PublicKey to = KeyFactory.getInstance(X25519).generatePublic(new X509EncodedKeySpec(auditorKey));
			Hpke.Sender sender = Hpke.sender(to, INFO);
			byte[] random = new byte[8];
			new SecureRandom().nextBytes(random);
			id = HexFormat.of().formatHex(random);
			context = sender.context();
			auditor = auditorKey.clone();
			file = toFile;
			var detail = new TreeMap<String, String>();
			detail.put("seal", id);
			detail.put("enc", HexFormat.of().formatHex(sender.encapsulated()));
			detail.put("to", HexFormat.of().formatHex(Line.sha256().digest(auditorKey)));
			return Optional.of(origin.own(time, Kind.SEAL, detail));
		} catch (GeneralSecurityException e) {
			throw new IOException("The auditor's key in the policy cannot be used: it has to be one of X25519.", e);
		}
	}

	/** What was announced last was not written. */
	void forget() {
		context = null;
	}

	/** What a line has of it: {@code ,"sealed":{…}}. */
	String seal(Happened event) throws IOException {
		try {
			long sequence = context.sequence();
			byte[] sealed = context.seal(NOTHING, Line.bytes(event.readable()));
			return ",\"sealed\":{\"seal\":\"" + id + "\",\"seq\":" + sequence + ",\"text\":\"" + Base64.getUrlEncoder().withoutPadding().encodeToString(sealed) + "\"}";
		} catch (GeneralSecurityException e) {
			throw new IOException("Paths cannot be encrypted for the auditor.", e);
		}
	}

	/** The auditor's public key, of a file. @throws IllegalArgumentException if there is none in it */
	static byte[] publicKey(String pem) {
		return Pem.read("PUBLIC KEY", pem);
	}

	/** Opens what was sealed. For one thread. */
	static final class Opening {
		private final PrivateKey own;
		private final Map<String, Hpke> seals = new HashMap<>();

		/** @throws IllegalArgumentException if there is no key in the text */
		Opening(String pem) {
			try {
				own = KeyFactory.getInstance(X25519).generatePrivate(new PKCS8EncodedKeySpec(Pem.read("PRIVATE KEY", pem)));
			} catch (GeneralSecurityException e) {
				throw new IllegalArgumentException("it is no key of X25519", e);
			}
		}

		/** What was sealed of a line, its paths and then its place if that is hidden; empty if it has none, or they are for somebody else. Lines are shown in their order. */
		Optional<List<String>> names(Map<String, Object> line) {
			try {
				if ("seal".equals(line.get("event")) && line.get("detail") instanceof Map<?, ?> detail) {
					seals.put((String) detail.get("seal"), Hpke.receiver(own, HexFormat.of().parseHex((String) detail.get("enc")), INFO));
				} else if (line.get("sealed") instanceof Map<?, ?> sealed && seals.containsKey(sealed.get("seal"))) {
					byte[] text = seals.get(sealed.get("seal")).open((Long) sealed.get("seq"), NOTHING, Base64.getUrlDecoder().decode((String) sealed.get("text")));
					Object read = Json.read("{\"paths\":" + new String(text, java.nio.charset.StandardCharsets.UTF_8) + "}").get("paths");
					return Optional.of(((List<?>) read).stream().map(Object::toString).toList());
				}
			} catch (GeneralSecurityException | RuntimeException e) {
				// Of another auditor, or changed: verifying tells which.
			}
			return Optional.empty();
		}
	}
}
