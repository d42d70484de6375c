package org.strongroom.residency.policy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Signature;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Where a policy is looked for. One that is there and cannot be used is damaged, and so forbids everything that can be forbidden.
 *
 * @param origin whose it is
 * @param file the policy
 * @param key an Ed25519 public key in PEM form (RFC 8410): if it is there, the policy must be signed with its private key, in a file of the policy's name and {@value #SIGNATURE}; empty for no such thing
 */
public record PolicySource(Origin origin, Path file, Optional<Path> key) {
	/** What the name of a signature ends with: the Base64 of an Ed25519 signature (RFC 8032) over the policy's bytes. */
	public static final String SIGNATURE = ".sig";
	/** Bytes. */
	private static final int LONGEST_KEY = 16 << 10;

	/**
	 * What is found there.
	 *
	 * @param policy empty if there is none that can be used
	 * @param digest SHA-256 of its bytes, in hexadecimal digits; empty if there are none to be read
	 */
	public record Found(PolicySource source, Optional<Policy> policy, Optional<String> damage, String digest) {
		/** Whether there is something that cannot be used. */
		public boolean isDamaged() {
			return damage.isPresent();
		}
	}

	/** Looks, each time anew. Does not throw. */
	public Found read() {
		String digest = "";
		try {
			byte[] content = content(file, Policy.LONGEST + 1);
			if (content != null)
				digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
			if (content == null && key.isPresent() && content(key.get(), LONGEST_KEY) != null)
				throw new DamagedPolicyException("%s is missing, though there is a key that it should be signed with; put it there again.".formatted(file));
			if (content == null)
				return new Found(this, Optional.empty(), Optional.empty(), "");
			if (origin == Origin.MACHINE)
				checkOwner();
			checkSignature(content);
			return new Found(this, Optional.of(Policy.parse(file.toString(), content)), Optional.empty(), digest);
		} catch (DamagedPolicyException e) {
			return new Found(this, Optional.empty(), Optional.of(e.getMessage()), digest);
		} catch (IOException e) {
			return new Found(this, Optional.empty(), Optional.of("%s cannot be read (%s); make it readable.".formatted(file, e.getClass().getSimpleName())), digest);
		} catch (NoSuchAlgorithmException e) {
			throw new IllegalStateException(e);
		}
	}

	/** @return null if there is none */
	private static byte[] content(Path file, int most) throws IOException {
		try (var in = Files.newInputStream(file)) {
			return in.readNBytes(most);
		} catch (NoSuchFileException | NotDirectoryException e) {
			// a link that leads nowhere is something that is there
			if (Files.exists(file, LinkOption.NOFOLLOW_LINKS))
				throw e;
			return null;
		}
	}

	/** Whoever is held to a policy must not be able to change it. */
	private void checkOwner() throws IOException {
		for (Path path : new Path[] { file.toRealPath(), file.toRealPath().getParent() }) {
			if (Files.getFileStore(path).supportsFileAttributeView("posix")) {
				var permissions = Files.readAttributes(path, PosixFileAttributes.class).permissions();
				if (permissions.contains(PosixFilePermission.OTHERS_WRITE))
					throw new DamagedPolicyException("%s can be changed by everybody, and is not trusted; take that right away (chmod o-w).".formatted(path));
			}
		}
	}

	private void checkSignature(byte[] content) throws IOException {
		byte[] pem = key.isPresent() ? content(key.get(), LONGEST_KEY) : null;
		if (pem == null)
			return;
		Path file = this.file.resolveSibling(this.file.getFileName() + SIGNATURE);
		byte[] signature = content(file, LONGEST_KEY);
		if (signature == null)
			throw new DamagedPolicyException("%s is not signed, which it has to be here: %s is missing.".formatted(this.file, file));
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
			throw new DamagedPolicyException("%s does not fit its signature %s; sign it again, or put back the one that was signed.".formatted(this.file, file));
	}
}
