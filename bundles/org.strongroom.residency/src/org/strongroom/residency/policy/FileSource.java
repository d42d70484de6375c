package org.strongroom.residency.policy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;

/**
 * A file.
 *
 * @param origin whose it is
 * @param file the policy
 * @param key an Ed25519 public key in PEM form (RFC 8410): if it is there, the policy must be signed with its private key, in a file of the policy's name and {@value PolicySource#SIGNATURE}; empty for no such thing
 */
public record FileSource(Origin origin, Path file, Optional<Path> key) implements PolicySource {
	@Override
	public String words() {
		return origin.words();
	}

	@Override
	public String place() {
		return file.toString();
	}

	@Override
	public Found read() {
		byte[] content = null;
		try {
			byte[] there = content(file, Policy.LONGEST + 1);
			byte[] pem = key.isPresent() ? content(key.get(), Signatures.LONGEST) : null;
			if (there == null && pem != null)
				return new Found(this, Optional.empty(), Optional.of("%s is missing, though there is a key that it should be signed with; put it there again.".formatted(file)), Optional.empty(), true);
			if (there == null)
				return new Found(this, Optional.empty(), Optional.empty(), Optional.empty(), false);
			content = there;
			if (origin == Origin.MACHINE)
				checkOwner();
			Path signature = file.resolveSibling(file.getFileName() + SIGNATURE);
			if (pem != null)
				Signatures.check(file.toString(), content, signature.toString(), content(signature, Signatures.LONGEST), pem);
			return new Found(this, Optional.of(Policy.parse(file.toString(), content)), Optional.empty(), Optional.of(content), false);
		} catch (DamagedPolicyException e) {
			return Found.damaged(this, e.getMessage(), content);
		} catch (IOException e) {
			return Found.damaged(this, "%s cannot be read (%s); make it readable.".formatted(file, e.getClass().getSimpleName()), content);
		}
	}

	/** The first bytes of a file. @return null if there is none */
	static byte[] content(Path file, int most) throws IOException {
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
}
