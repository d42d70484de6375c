package org.strongroom.remotefs.internal;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;

import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Blocks on this machine's disk, readable by nobody but this object: each is encrypted with AES-256-GCM (NIST SP 800-38D) under a key that was made for this
 * file and lives in memory alone, with a nonce that is never used again (a counter). Which nonce a block has is known in memory only, so that a block that was
 * changed, exchanged or put back is noticed. The file is readable by its owner alone and has no name once it is open, where the system allows that: when
 * the process ends, however it ends, nothing is left.
 */
final class SpoolFile implements Closeable {
	private static final int TAG = 16;
	private static final int SLOT = Spool.BLOCK + TAG;

	/** Where a block lies. */
	private record Place(long slot, long nonce) {
	}

	private final FileChannel channel;
	private final byte[] key;
	private final Cipher cipher;
	private final Map<Long, Place> places = new HashMap<>();
	private final ArrayDeque<Long> free = new ArrayDeque<>();
	private final ByteBuffer slot = ByteBuffer.allocate(SLOT);
	private long slots;
	private long nonces;

	private SpoolFile(FileChannel channel) {
		this.channel = channel;
		key = new byte[32];
		new SecureRandom().nextBytes(key);
		try {
			cipher = Cipher.getInstance("AES/GCM/NoPadding");
		} catch (GeneralSecurityException e) {
			throw new IllegalStateException(e);
		}
	}

	static SpoolFile create(Path folder) throws IOException {
		var random = new byte[8];
		new SecureRandom().nextBytes(random);
		Path path = folder.resolve(".strongroom-" + HexFormat.of().formatHex(random) + ".spool");
		FileAttribute<?>[] mine = folder.getFileSystem().supportedFileAttributeViews().contains("posix")
				? new FileAttribute<?>[] { PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")) }
				: new FileAttribute<?>[0];
		// on unix DELETE_ON_CLOSE takes the name away as soon as the file is open
		return new SpoolFile(FileChannel.open(path,
				Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE), mine));
	}

	boolean has(long block) {
		return places.containsKey(block);
	}

	void write(long block, byte[] bytes) throws IOException {
		remove(block);
		var place = new Place(free.isEmpty() ? slots++ : free.pop(), nonces++);
		try {
			prepare(Cipher.ENCRYPT_MODE, block, place);
			slot.clear();
			cipher.doFinal(ByteBuffer.wrap(bytes), slot);
		} catch (GeneralSecurityException e) {
			throw new IOException(e);
		}
		slot.flip();
		try {
			for (long at = place.slot * SLOT; slot.hasRemaining();)
				at += channel.write(slot, at);
		} catch (IOException e) {
			free.push(place.slot);
			var full = new FileSystemException(null, null, "what waits to be sent could not be kept on this machine's disk (encrypted); is it full?");
			full.initCause(e);
			throw e instanceof java.nio.channels.ClosedByInterruptException ? e : full;
		}
		places.put(block, place);
	}

	byte[] read(long block) throws IOException {
		Place place = places.get(block);
		slot.clear();
		while (slot.hasRemaining())
			if (channel.read(slot, place.slot * SLOT + slot.position()) < 0)
				throw new EOFException("what waited to be sent is gone from this machine's disk");
		slot.flip();
		var bytes = new byte[Spool.BLOCK];
		try {
			prepare(Cipher.DECRYPT_MODE, block, place);
			cipher.doFinal(slot, ByteBuffer.wrap(bytes));
		} catch (GeneralSecurityException e) {
			throw new IOException("what waited to be sent was changed on this machine's disk", e);
		}
		return bytes;
	}

	private void prepare(int mode, long block, Place place) throws GeneralSecurityException {
		byte[] nonce = ByteBuffer.allocate(12).putInt(0).putLong(place.nonce).array();
		cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG * 8, nonce));
		cipher.updateAAD(ByteBuffer.allocate(8).putLong(block).flip());
	}

	void remove(long block) {
		Place place = places.remove(block);
		if (place != null)
			free.push(place.slot);
	}

	void removeFrom(long block) {
		for (long b : places.keySet().toArray(Long[]::new))
			if (b >= block)
				remove(b);
	}

	@Override
	public void close() throws IOException {
		Arrays.fill(key, (byte) 0);
		places.clear();
		channel.close();
	}
}
