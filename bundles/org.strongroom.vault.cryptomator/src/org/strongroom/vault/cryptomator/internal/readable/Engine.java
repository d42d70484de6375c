package org.strongroom.vault.cryptomator.internal.readable;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import org.cryptomator.cryptofs.CryptoFileSystem;
import org.strongroom.vault.cryptomator.internal.encrypted.EncryptedFileSystem;
import org.strongroom.vault.cryptomator.internal.encrypted.EncryptedPath;

/** One file system of cryptofs with the encrypted side it works on. Replaced by a fresh one whenever what it has kept in mind may be wrong. */
final class Engine {
	/** Longest time that what cryptofs keeps of other people's folders is believed. */
	private static final long LONGEST_LIFE = TimeUnit.SECONDS.toNanos(30);
	/** As long as a folder that was just seen needs no new look on the way to things in it. */
	private static final long SEEN = TimeUnit.MILLISECONDS.toNanos(200);

	private record Seen(EncryptedPath content, long when) {
	}

	private final EncryptedFileSystem encrypted;
	private final CryptoFileSystem cryptofs;
	private final long born = System.nanoTime();
	private final Map<VaultPath, Seen> folders = new ConcurrentHashMap<>();
	private volatile boolean outdated;
	private int users;
	private boolean retired;

	Engine(EncryptedFileSystem encrypted, CryptoFileSystem cryptofs) {
		this.encrypted = encrypted;
		this.cryptofs = cryptofs;
	}

	CryptoFileSystem cryptofs() {
		return cryptofs;
	}

	/** Has the next operation use a fresh one. */
	void outdate() {
		outdated = true;
	}

	/** Whether an answer of it may be wrong. */
	boolean isStale() {
		return encrypted.isStale();
	}

	boolean isFit() {
		return !outdated && !isStale() && System.nanoTime() - born < LONGEST_LIFE;
	}

	/** The content folder of a folder seen a moment ago; its path holds no links. */
	Optional<EncryptedPath> seen(VaultPath folder) {
		Seen seen = folders.get(folder);
		return seen != null && System.nanoTime() - seen.when() < SEEN ? Optional.of(seen.content()) : Optional.empty();
	}

	void see(VaultPath folder, EncryptedPath content) {
		if (folders.size() > 10_000)
			folders.clear();
		folders.put(folder, new Seen(content, System.nanoTime()));
	}

	// what follows is guarded by the lock of Engines

	void use() {
		users++;
	}

	/** Whether it is to be closed now. */
	boolean leave() {
		users--;
		return retired && users == 0;
	}

	/** Whether it is to be closed now. */
	boolean retire() {
		retired = true;
		return users == 0;
	}

	void close() throws IOException {
		cryptofs.close();
	}
}
