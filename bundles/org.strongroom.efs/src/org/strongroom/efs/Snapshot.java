package org.strongroom.efs;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

import org.strongroom.core.storage.Version;

/**
 * What is known of a file on the server at one moment, to notice later that it has changed.
 *
 * @param exists whether there was a file
 * @param size in bytes (readable ones inside a vault)
 * @param modified last change (UTC)
 * @param version the server's own word on the content's state, where it has one
 * @param digest SHA-256 of the content, where it is known and the file small enough to look again. Versions of SFTP are whole seconds and a
 *               size: a change of the same length within the second is seen by the content alone
 * @param isReadOnly whether it cannot be given another content: the server says that it would not permit it, or it is an old version
 */
public record Snapshot(boolean exists, long size, Instant modified, Optional<Version> version, Optional<ByteBuffer> digest, boolean isReadOnly) {
	/** No file of that name. */
	public static final Snapshot ABSENT = new Snapshot(false, 0, Instant.EPOCH, Optional.empty(), Optional.empty(), false);
	/** Largest content, in bytes, that is read again before it is replaced. */
	static final long MOST_READ_AGAIN = 1 << 20;

	public Snapshot {
		Objects.requireNonNull(modified);
		Objects.requireNonNull(version);
		Objects.requireNonNull(digest);
	}

	/** Whether, by what the server tells, this is still the same content. */
	public boolean sameAs(Snapshot other) {
		if (exists != other.exists)
			return false;
		if (version.isPresent() && other.version.isPresent())
			return version.equals(other.version);
		return size == other.size && modified.equals(other.modified);
	}

	/** The same, with the content's digest if it is small enough. */
	Snapshot with(byte[] content, int length) {
		return new Snapshot(exists, size, modified, version, length <= MOST_READ_AGAIN ? Optional.of(digest(content, length)) : Optional.empty(), isReadOnly);
	}

	static ByteBuffer digest(byte[] content, int length) {
		try {
			MessageDigest sha = MessageDigest.getInstance("SHA-256");
			sha.update(content, 0, length);
			return ByteBuffer.wrap(sha.digest()).asReadOnlyBuffer();
		} catch (NoSuchAlgorithmException e) {
			throw new IllegalStateException(e);
		}
	}
}
