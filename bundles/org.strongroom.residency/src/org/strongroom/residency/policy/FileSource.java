package org.strongroom.residency.policy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A file.
 *
 * @param origin whose it is
 * @param file the policy
 * @param key an Ed25519 public key in PEM form (RFC 8410): if it is there, the policy must be signed with its private key, in a file of the policy's name and {@value PolicySource#SIGNATURE}; empty for no such thing
 * @param ofRoot whether all of it must belong to root, and nobody else be able to change it; where files have no owner by number (Windows) this is not asked
 */
public record FileSource(Origin origin, Path file, Optional<Path> key, boolean ofRoot) implements PolicySource {
	/** The number of the user and of the group. */
	private static final int ROOT = 0;
	/** As POSIX has S_IWGRP and S_IWOTH. */
	private static final int GROUP_WRITE = 0020;
	private static final int OTHERS_WRITE = 0002;

	/** What may belong to anybody. */
	public FileSource(Origin origin, Path file, Optional<Path> key) {
		this(origin, file, key, false);
	}

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
			Path signature = file.resolveSibling(file.getFileName() + SIGNATURE);
			if (origin == Origin.MACHINE && (there != null || pem != null))
				checkOwners(signature);
			if (there == null && pem != null)
				return new Found(this, Optional.empty(), Optional.of("%s is missing, though there is a key that it should be signed with; put it there again.".formatted(file)), Optional.empty(), true);
			if (there == null)
				return new Found(this, Optional.empty(), Optional.empty(), Optional.empty(), false);
			content = there;
			// without the key it would count unsigned, and nobody would notice
			if (pem == null && key.isPresent() && Files.exists(signature, LinkOption.NOFOLLOW_LINKS))
				throw new DamagedPolicyException("%s is signed, but %s, the key that tells by whom, is missing; put it there, or take %s away.".formatted(file, key.get(), signature));
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

	/** Whoever is held to a policy must not be able to change what is read, nor the folders that say which file that is. */
	private void checkOwners(Path signature) throws IOException {
		if (!file.getFileSystem().supportedFileAttributeViews().contains("unix"))
			return;
		var paths = new LinkedHashSet<Path>();
		Path folder = file.toAbsolutePath().getParent();
		if (Files.exists(folder)) // the key may lie elsewhere
			paths.add(folder.toRealPath());
		for (Path path : Stream.concat(Stream.of(file, signature), key.stream()).toList())
			if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
				paths.add(path.toRealPath());
				paths.add(path.toRealPath().getParent());
			}
		for (Path path : paths) {
			Map<String, Object> unix = Files.readAttributes(path, "unix:uid,gid,mode");
			int mode = (Integer) unix.get("mode");
			boolean byAll = (mode & OTHERS_WRITE) != 0;
			boolean byGroup = (mode & GROUP_WRITE) != 0 && (Integer) unix.get("gid") != ROOT;
			if (ofRoot && (byAll || byGroup || (Integer) unix.get("uid") != ROOT))
				throw new DamagedPolicyException("%s can be changed by others than root, and is not trusted; as root: chown root '%s'; chmod go-w '%s'.".formatted(path, path, path));
			if (byAll)
				throw new DamagedPolicyException("%s can be changed by everybody, and is not trusted; take that right away (chmod o-w).".formatted(path));
		}
	}
}
