package org.strongroom.vault.cryptomator.internal.config;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import org.cryptomator.cryptolib.api.CryptorProvider.Scheme;
import org.cryptomator.cryptolib.api.Masterkey;
import org.strongroom.core.vault.DamagedVaultException;
import org.strongroom.vault.cryptomator.internal.config.Json.IllegalJsonException;

/**
 * {@code vault.cryptomator}: a JSON Web Token (RFC 7519) in compact form (RFC 7515 section 7.1), signed with the whole master key. What it says is to be believed only once
 * {@link #verify} has found its signature good.
 *
 * @param text the token as it was read
 * @param algorithm of the signature: HS256, HS384 or HS512 (RFC 7518 section 3.2)
 * @param cipher how names and contents are encrypted
 * @param shorteningThreshold longest encrypted name, in characters, that is not shortened
 */
record ConfigToken(String text, String algorithm, Optional<String> id, Scheme cipher, int shorteningThreshold) {
	static final String FILE = "vault.cryptomator";
	/** The only key this format may name: the file beside it. Anything else would have us look elsewhere on behalf of the server. */
	static final String KEY_ID = "masterkeyfile:masterkey.cryptomator";
	static final int FORMAT = 8;
	private static final Pattern ID = Pattern.compile("[\\w.-]{1,64}");
	private static final Map<String, String> ALGORITHMS = Map.of("HS256", "HmacSHA256", "HS384", "HmacSHA384", "HS512", "HmacSHA512");
	/** The shortest encrypted name is 28 long; Cryptomator itself offers 36 to 220, and file systems end at 255. */
	private static final int SMALLEST_THRESHOLD = 36;
	private static final int LARGEST_THRESHOLD = 255;

	static ConfigToken parse(String vault, byte[] content) throws DamagedVaultException {
		for (byte b : content)
			if (b < 0)
				throw damaged(vault, "is not a signed configuration");
		String text = new String(content, US_ASCII).strip();
		String[] parts = text.split("\\.", -1);
		if (parts.length != 3)
			throw damaged(vault, "is not a signed configuration");
		Json header = part(vault, parts[0]);
		Json claims = part(vault, parts[1]);
		String algorithm = header.string("alg");
		if (algorithm == null)
			throw damaged(vault, "does not say how it is signed");
		if (algorithm.equalsIgnoreCase("none"))
			throw damaged(vault, "is not signed");
		if (!ALGORITHMS.containsKey(algorithm))
			throw damaged(vault, "is signed in a way that is not supported");
		String key = header.string("kid");
		if (key == null)
			throw damaged(vault, "does not name its key");
		if (!key.equals(KEY_ID))
			throw damaged(vault, "names a key that is not in the vault's own folder, such keys are not supported");
		Integer format = claims.number("format");
		if (format == null)
			throw damaged(vault, "names no vault format");
		if (format < FORMAT)
			throw damaged(vault, "names format %d, which has no such file".formatted(format));
		if (format > FORMAT)
			throw damaged(vault, "names format %d, which is newer than the supported formats 7 and 8".formatted(format));
		String cipher = claims.string("cipherCombo");
		if (cipher == null)
			throw damaged(vault, "names no cipher");
		Scheme scheme = Arrays.stream(Scheme.values()).filter(s -> s.name().equals(cipher)).findFirst()
				.orElseThrow(() -> damaged(vault, "names a cipher that is not supported"));
		Integer threshold = claims.number("shorteningThreshold");
		if (threshold == null)
			throw damaged(vault, "does not say which names are shortened");
		if (threshold < SMALLEST_THRESHOLD || threshold > LARGEST_THRESHOLD)
			throw damaged(vault, "says that names are shortened beyond %d characters; %d to %d are supported".formatted(threshold, SMALLEST_THRESHOLD,
					LARGEST_THRESHOLD));
		// a vault is opened without one, too; what is told of it is a name and nothing else
		Optional<String> id = Optional.ofNullable(claims.string("jti")).filter(i -> ID.matcher(i).matches());
		return new ConfigToken(text, algorithm, id, scheme, threshold);
	}

	private static Json part(String vault, String part) throws DamagedVaultException {
		try {
			return Json.object(new String(Base64.getUrlDecoder().decode(part), UTF_8));
		} catch (IllegalJsonException | IllegalArgumentException e) {
			throw damaged(vault, "is not a signed configuration");
		}
	}

	/** A new one, signed with a master key. */
	static String create(Scheme cipher, int shorteningThreshold, Masterkey key) {
		String header = "{\"kid\":\"%s\",\"alg\":\"HS256\",\"typ\":\"JWT\"}".formatted(KEY_ID);
		String claims = "{\"jti\":\"%s\",\"format\":%d,\"cipherCombo\":\"%s\",\"shorteningThreshold\":%d}".formatted(UUID.randomUUID(), FORMAT, cipher, shorteningThreshold);
		String signed = encode(header.getBytes(US_ASCII)) + "." + encode(claims.getBytes(US_ASCII));
		try {
			return signed + "." + encode(sign("HmacSHA256", signed, key));
		} catch (GeneralSecurityException e) {
			throw new IllegalStateException(e);
		}
	}

	private static String encode(byte[] part) {
		return Base64.getUrlEncoder().withoutPadding().encodeToString(part);
	}

	/** @param algorithm as the JDK names it */
	private static byte[] sign(String algorithm, String text, Masterkey key) throws GeneralSecurityException {
		try (Masterkey copy = key.copy()) {
			Mac mac = Mac.getInstance(algorithm);
			byte[] raw = copy.getEncoded();
			mac.init(new SecretKeySpec(raw, algorithm));
			Arrays.fill(raw, (byte) 0);
			return mac.doFinal(text.getBytes(US_ASCII));
		}
	}

	private static DamagedVaultException damaged(String vault, String what) {
		return new DamagedVaultException(vault, FILE + " " + what);
	}

	/** Refuses it if it was not signed with that key. */
	void verify(String vault, Masterkey key) throws DamagedVaultException {
		int dot = text.lastIndexOf('.');
		try {
			byte[] right = sign(ALGORITHMS.get(algorithm), text.substring(0, dot), key);
			if (!MessageDigest.isEqual(right, Base64.getUrlDecoder().decode(text.substring(dot + 1))))
				throw damaged(vault, "was not signed with this vault's key: it has been changed, or belongs to another vault");
		} catch (IllegalArgumentException e) {
			throw damaged(vault, "is not a signed configuration");
		} catch (GeneralSecurityException e) {
			throw new IllegalStateException(e);
		}
	}
}
