package org.strongroom.auth.ssh.internal;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

import org.apache.sshd.common.config.keys.loader.openssh.kdf.BCrypt;
import org.strongroom.auth.ssh.Wire;
import org.strongroom.core.auth.Secret;
import org.strongroom.core.auth.SignInException;
import org.strongroom.core.auth.WrongSecretException;

/**
 * A private key file: OpenSSH's own format (its {@code PROTOCOL.key}), traditional PEM ({@code RSA}, {@code EC PRIVATE KEY}), PKCS #8 (RFC 5958), encrypted or not. Read with the
 * Java platform alone, so that a passphrase never becomes a {@code String}; only the key derivation of OpenSSH's format is MINA's.
 */
final class KeyFile {
	private static final long LONGEST = 64 << 10;
	/** What a file may make us compute; ssh-keygen's default is 16 (24 since OpenSSH 9.x), 1,000 take minutes. */
	private static final int MOST_ROUNDS = 2_000;
	private static final byte[] MAGIC = "openssh-key-v1\0".getBytes(StandardCharsets.US_ASCII);
	private static final String RSA_OID = "2a864886f70d010101";
	private static final String EC_OID = "2a8648ce3d0201";
	private static final String ED25519_OID = "2b6570";

	private final Path path;
	private final String label;
	private final Map<String, String> headers;
	private final byte[] content;
	private final byte[] publicKey;

	private KeyFile(Path path, String label, Map<String, String> headers, byte[] content) throws IOException {
		this.path = path;
		this.label = label;
		this.headers = headers;
		this.content = content;
		publicKey = isOpenSsh() ? openSshPublicKey() : beside(path);
	}

	/**
	 * Reads a file without opening what is encrypted in it.
	 *
	 * @throws SignInException if it is missing or no key file
	 */
	static KeyFile read(Path path) throws SignInException {
		try {
			if (Files.size(path) > LONGEST || !Files.isRegularFile(path))
				throw new IllegalArgumentException("too long");
			String text = Files.readString(path, StandardCharsets.ISO_8859_1);
			int begin = text.indexOf("-----BEGIN ");
			int labelEnd = text.indexOf("-----", begin + 11);
			if (begin < 0 || labelEnd < 0)
				throw new IllegalArgumentException("no PEM");
			String label = text.substring(begin + 11, labelEnd);
			int end = text.indexOf("-----END " + label + "-----");
			if (end < 0 || !label.endsWith("PRIVATE KEY"))
				throw new IllegalArgumentException("no private key");
			var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
			var base64 = new StringBuilder();
			for (String line : text.substring(labelEnd + 5, end).split("\r?\n")) {
				int colon = line.indexOf(':');
				if (colon > 0)
					headers.put(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
				else
					base64.append(line.strip());
			}
			return new KeyFile(path, label, headers, Base64.getDecoder().decode(base64.toString()));
		} catch (NoSuchFileException e) {
			throw new SignInException("The key file " + path + " does not exist: choose another one in the bookmark.", e);
		} catch (IOException e) {
			throw new SignInException("The key file " + path + " cannot be read: check whose it is and its permissions.", e);
		} catch (IllegalArgumentException e) {
			throw new SignInException("The file " + path + " is no private key that Strongroom can read: choose a key file in OpenSSH, PEM or PKCS #8 format.", e);
		}
	}

	Path path() {
		return path;
	}

	/** The public key in SSH wire format, where it can be had without a passphrase. */
	Optional<byte[]> publicKey() {
		return Optional.ofNullable(publicKey);
	}

	boolean isEncrypted() {
		if (isOpenSsh())
			return !new Wire.Reader(Arrays.copyOfRange(content, MAGIC.length, content.length)).string().equals("none");
		return label.equals("ENCRYPTED PRIVATE KEY") || headers.getOrDefault("Proc-Type", "").contains("ENCRYPTED");
	}

	/**
	 * The key itself.
	 *
	 * @param secret null for a file that is not encrypted
	 * @throws WrongSecretException if the secret does not open it
	 * @throws SignInException if it is damaged or of an unknown kind
	 */
	SigningKey open(Secret secret) throws IOException {
		byte[] passphrase = secret == null ? new byte[0] : utf8(secret.chars());
		try {
			SigningKey key = isOpenSsh() ? openSsh(passphrase) : label.equals("ENCRYPTED PRIVATE KEY") ? encryptedPkcs8(secret) : pem(passphrase);
			return key.publicKey() == null ? new SigningKey(key.type(), publicKey, key.key()) : key;
		} catch (GeneralSecurityException | IllegalArgumentException | ClassCastException e) {
			throw new SignInException("The key file " + path + " cannot be used: it is damaged or of an unknown kind.", e);
		} finally {
			Arrays.fill(passphrase, (byte) 0);
		}
	}

	private boolean isOpenSsh() {
		return label.equals("OPENSSH PRIVATE KEY");
	}

	private byte[] openSshPublicKey() {
		if (content.length < MAGIC.length || !Arrays.equals(content, 0, MAGIC.length, MAGIC, 0, MAGIC.length))
			throw new IllegalArgumentException("no OpenSSH key");
		var in = new Wire.Reader(Arrays.copyOfRange(content, MAGIC.length, content.length));
		in.bytes();
		in.bytes();
		in.bytes();
		if (in.u32() != 1)
			throw new IllegalArgumentException("not one key");
		byte[] key = in.bytes();
		Wire.type(key);
		return key;
	}

	private SigningKey openSsh(byte[] passphrase) throws IOException, GeneralSecurityException {
		var in = new Wire.Reader(Arrays.copyOfRange(content, MAGIC.length, content.length));
		String cipher = in.string();
		String derivation = in.string();
		byte[] options = in.bytes();
		in.u32();
		in.bytes();
		byte[] encrypted = in.bytes();
		byte[] clear = cipher.equals("none") ? encrypted : decrypt(cipher, derivation, new Wire.Reader(options), passphrase, encrypted, in);
		try {
			return openSshKey(new Wire.Reader(clear), !cipher.equals("none"));
		} finally {
			Arrays.fill(clear, (byte) 0);
		}
	}

	private byte[] decrypt(String cipher, String derivation, Wire.Reader options, byte[] passphrase, byte[] encrypted, Wire.Reader rest)
			throws IOException, GeneralSecurityException {
		if (!derivation.equals("bcrypt"))
			throw new GeneralSecurityException("key derivation " + derivation);
		byte[] salt = options.bytes();
		long rounds = options.u32();
		if (rounds < 1 || rounds > MOST_ROUNDS)
			throw new SignInException("The key file %s asks for %,d rounds of key derivation; at most %,d are done.".formatted(path, rounds, MOST_ROUNDS));
		if (passphrase.length == 0)
			throw wrong();
		boolean gcm = cipher.endsWith("-gcm@openssh.com");
		int keyLength = switch (cipher) {
		case "aes128-ctr", "aes128-cbc", "aes128-gcm@openssh.com" -> 16;
		case "aes192-ctr", "aes192-cbc" -> 24;
		case "aes256-ctr", "aes256-cbc", "aes256-gcm@openssh.com" -> 32;
		default -> throw new SignInException("The key file %s is encrypted with %s, which Strongroom does not know: ssh-keygen -p -Z aes256-ctr changes that.".formatted(path, cipher));
		};
		byte[] derived = new byte[keyLength + (gcm ? 12 : 16)];
		new BCrypt().pbkdf(passphrase, salt, (int) rounds, derived);
		try {
			var key = new SecretKeySpec(derived, 0, keyLength, "AES");
			Cipher aes = Cipher.getInstance(gcm ? "AES/GCM/NoPadding" : cipher.endsWith("-ctr") ? "AES/CTR/NoPadding" : "AES/CBC/NoPadding");
			if (!gcm) {
				aes.init(Cipher.DECRYPT_MODE, key, new IvParameterSpec(derived, keyLength, 16));
				return aes.doFinal(encrypted);
			}
			aes.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(128, derived, keyLength, 12));
			byte[] whole = Arrays.copyOf(encrypted, encrypted.length + 16);
			System.arraycopy(rest.raw(16), 0, whole, encrypted.length, 16);
			try {
				return aes.doFinal(whole);
			} catch (GeneralSecurityException e) {
				throw wrong();
			}
		} finally {
			Arrays.fill(derived, (byte) 0);
		}
	}

	private SigningKey openSshKey(Wire.Reader in, boolean encrypted) throws IOException, GeneralSecurityException {
		if (in.u32() != in.u32()) {
			if (encrypted)
				throw wrong();
			throw new GeneralSecurityException("check numbers");
		}
		String type = in.string();
		if (type.equals(SigningKey.ED25519)) {
			in.bytes();
			byte[] pair = in.bytes();
			byte[] seed = Arrays.copyOf(pair, 32);
			Arrays.fill(pair, (byte) 0);
			try {
				return SigningKey.ed25519(seed);
			} finally {
				Arrays.fill(seed, (byte) 0);
			}
		}
		if (type.equals(SigningKey.RSA)) {
			BigInteger n = in.mpint();
			BigInteger e = in.mpint();
			BigInteger d = in.mpint();
			BigInteger inverse = in.mpint();
			return SigningKey.rsa(n, e, d, in.mpint(), in.mpint(), inverse);
		}
		if (type.startsWith(SigningKey.ECDSA)) {
			String curve = in.string();
			byte[] point = in.bytes();
			return SigningKey.ecdsa(curve, point, in.mpint());
		}
		if (type.startsWith("sk-"))
			throw new SignInException("The key %s lives in a security token: add it to your SSH agent (ssh-add) and sign in again.".formatted(path));
		throw new GeneralSecurityException("key type");
	}

	private SigningKey pem(byte[] passphrase) throws IOException, GeneralSecurityException {
		byte[] der = content;
		boolean encrypted = isEncrypted();
		if (encrypted)
			der = traditional(passphrase);
		try {
			return switch (label) {
			case "RSA PRIVATE KEY" -> pkcs8(Der.element(Der.SEQUENCE, Der.element(Der.INTEGER, new byte[1]),
					Der.element(Der.SEQUENCE, Der.element(Der.OID, HexFormat.of().parseHex(RSA_OID)), Der.element(Der.NULL)), Der.element(Der.OCTET_STRING, der)));
			case "EC PRIVATE KEY" -> sec1(der, null);
			case "PRIVATE KEY" -> pkcs8(der);
			default -> throw new GeneralSecurityException(label);
			};
		} catch (GeneralSecurityException | IllegalArgumentException e) {
			if (encrypted)
				throw wrong(); // a wrong key gives good padding once in 256 times
			throw e;
		}
	}

	/** OpenSSL's own encryption of PEM files: one round of MD5 with the first 8 bytes of the initial vector as salt (EVP_BytesToKey). */
	private byte[] traditional(byte[] passphrase) throws IOException, GeneralSecurityException {
		String[] info = headers.getOrDefault("DEK-Info", "").split(",");
		int keyLength = switch (info[0]) {
		case "AES-128-CBC" -> 16;
		case "AES-192-CBC", "DES-EDE3-CBC" -> 24;
		case "AES-256-CBC" -> 32;
		default -> throw new GeneralSecurityException("cipher " + info[0]);
		};
		if (info.length != 2)
			throw new GeneralSecurityException("initial vector");
		byte[] iv = HexFormat.of().parseHex(info[1].strip());
		byte[] key = new byte[keyLength];
		MessageDigest md5 = MessageDigest.getInstance("MD5");
		byte[] block = new byte[0];
		for (int done = 0; done < keyLength; done += block.length) {
			md5.update(block);
			md5.update(passphrase);
			md5.update(iv, 0, 8);
			block = md5.digest();
			System.arraycopy(block, 0, key, done, Math.min(block.length, keyLength - done));
		}
		try {
			boolean des = info[0].startsWith("DES");
			Cipher cipher = Cipher.getInstance(des ? "DESede/CBC/PKCS5Padding" : "AES/CBC/PKCS5Padding");
			cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, des ? "DESede" : "AES"), new IvParameterSpec(iv));
			return cipher.doFinal(content);
		} catch (javax.crypto.BadPaddingException e) {
			throw wrong();
		} finally {
			Arrays.fill(key, (byte) 0);
		}
	}

	private SigningKey encryptedPkcs8(Secret secret) throws IOException, GeneralSecurityException {
		var info = new EncryptedPrivateKeyInfo(content);
		// For PBES2 (RFC 8018) Java names the whole scheme, such as PBEWithHmacSHA256AndAES_256, in the parameters alone.
		String algorithm = info.getAlgParameters() == null ? info.getAlgName() : info.getAlgParameters().toString();
		if (!algorithm.startsWith("PBE"))
			algorithm = info.getAlgName();
		var spec = new PBEKeySpec(secret.chars());
		try {
			SecretKey key = SecretKeyFactory.getInstance(algorithm).generateSecret(spec);
			Cipher cipher = Cipher.getInstance(algorithm);
			cipher.init(Cipher.DECRYPT_MODE, key, info.getAlgParameters());
			byte[] der;
			try {
				der = cipher.doFinal(info.getEncryptedData());
			} catch (GeneralSecurityException e) {
				throw wrong();
			}
			try {
				return pkcs8(der);
			} catch (GeneralSecurityException | IllegalArgumentException e) {
				throw wrong();
			}
		} finally {
			spec.clearPassword();
		}
	}

	private static SigningKey pkcs8(byte[] der) throws GeneralSecurityException {
		Der info = new Der(der).sequence();
		info.integer();
		Der algorithm = info.sequence();
		String oid = HexFormat.of().formatHex(algorithm.take(Der.OID));
		byte[] key = info.take(Der.OCTET_STRING);
		return switch (oid) {
		case RSA_OID -> SigningKey.rsa((RSAPrivateCrtKey) KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der)));
		case EC_OID -> sec1(key, algorithm.tag() == Der.OID ? algorithm.take(Der.OID) : null);
		case ED25519_OID -> SigningKey.ed25519(new Der(key).take(Der.OCTET_STRING));
		default -> throw new GeneralSecurityException("key type");
		};
	}

	/** An elliptic curve key (RFC 5915 section 3). */
	private static SigningKey sec1(byte[] der, byte[] curve) throws GeneralSecurityException {
		Der key = new Der(der).sequence();
		key.integer();
		var d = new BigInteger(1, key.take(Der.OCTET_STRING));
		byte[] point = null;
		if (key.tag() == Der.CONTEXT_0)
			curve = new Der(key.take(Der.CONTEXT_0)).take(Der.OID);
		if (key.tag() == Der.CONTEXT_0 + 1) {
			byte[] bits = new Der(key.take(Der.CONTEXT_0 + 1)).take(Der.BIT_STRING);
			point = Arrays.copyOfRange(bits, 1, bits.length);
		}
		if (curve == null)
			throw new GeneralSecurityException("no curve");
		return SigningKey.ecdsa(SigningKey.curve(curve), point, d);
	}

	/** The public key in the file of the same name with {@code .pub} added, if there is one. */
	private static byte[] beside(Path path) {
		Path pub = path.resolveSibling(path.getFileName() + ".pub");
		try {
			if (!Files.isRegularFile(pub) || Files.size(pub) > LONGEST)
				return null;
			String[] words = Files.readString(pub, StandardCharsets.ISO_8859_1).strip().split("\\s+");
			byte[] key = words.length < 2 ? new byte[0] : Base64.getDecoder().decode(words[1]);
			return Wire.type(key).equals(words[0]) ? key : null;
		} catch (IOException | IllegalArgumentException e) {
			return null;
		}
	}

	private WrongSecretException wrong() {
		return new WrongSecretException("The passphrase does not open the key " + path + ".");
	}

	private static byte[] utf8(char[] chars) {
		var encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(chars));
		byte[] bytes = Arrays.copyOf(encoded.array(), encoded.limit());
		Arrays.fill(encoded.array(), (byte) 0);
		return bytes;
	}
}
