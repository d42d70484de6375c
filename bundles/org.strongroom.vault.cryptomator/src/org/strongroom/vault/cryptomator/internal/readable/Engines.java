package org.strongroom.vault.cryptomator.internal.readable;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

import org.cryptomator.cryptofs.CryptoFileSystemProperties;
import org.cryptomator.cryptofs.VaultOpener;
import org.cryptomator.cryptolib.api.Masterkey;
import org.strongroom.core.vault.VaultLockedException;
import org.strongroom.vault.cryptomator.internal.encrypted.EncryptedFileSystem;
import org.strongroom.vault.cryptomator.internal.encrypted.EncryptedPath;
import org.strongroom.vault.cryptomator.internal.encrypted.EncryptedVault;
import org.strongroom.vault.cryptomator.internal.encrypted.Operation;

import org.cryptomator.cryptofs.event.BrokenFileNodeEvent;

/** The engines of one unlocked vault: one that serves new operations, and older ones that still have files open. Owns the master key. Thread-safe. */
final class Engines {
	private final EncryptedVault vault;
	private final String name;
	private final Masterkey key;
	private final VaultOpener opener = new VaultOpener();
	private final ReentrantLock lock = new ReentrantLock();
	private final Set<Engine> all = new HashSet<>();
	private Engine current;
	private volatile boolean closed;

	/** @param key taken over */
	Engines(EncryptedVault vault, Masterkey key) {
		this.vault = vault;
		this.name = vault.folder().toString();
		this.key = key;
	}

	boolean isClosed() {
		return closed;
	}

	VaultLockedException locked() {
		return new VaultLockedException(name);
	}

	/** An engine to use; given back by {@link #release}. */
	Engine acquire() throws IOException {
		lock.lock();
		try {
			if (closed)
				throw locked();
			if (current == null || !current.isFit()) {
				Engine fresh = open();
				if (current != null && current.retire())
					discard(current);
				current = fresh;
				all.add(fresh);
			}
			current.use();
			return current;
		} finally {
			lock.unlock();
		}
	}

	private Engine open() throws IOException {
		var encrypted = new EncryptedFileSystem(vault);
		var properties = CryptoFileSystemProperties.cryptoFileSystemProperties().withKeyLoader(_ -> key.copy()).withFilesystemEventConsumer(event -> {
			if (event instanceof BrokenFileNodeEvent broken && broken.ciphertextPath() instanceof EncryptedPath path)
				Operation.broken(path);
		}).build();
		var operation = Operation.of(Operation.Kind.UNLOCK);
		try {
			return new Engine(encrypted, ScopedValue.where(Operation.CURRENT, operation).call(() -> opener.open(encrypted.root(), properties)));
		} catch (IOException | RuntimeException e) {
			throw Failures.of(name, operation, e);
		}
	}

	void release(Engine engine) {
		lock.lock();
		try {
			if (engine.leave())
				discard(engine);
		} finally {
			lock.unlock();
		}
	}

	private void discard(Engine engine) {
		all.remove(engine);
		try {
			engine.close();
		} catch (IOException e) {
			// it has nothing open that could fail to be closed
		}
	}

	/** Wipes the keys; engines in use fail from now on. */
	void close() throws IOException {
		lock.lock();
		try {
			closed = true;
			key.destroy();
			vault.names().close();
			IOException failed = null;
			for (Engine engine : all) {
				try {
					engine.close();
				} catch (IOException e) {
					failed = e;
				}
			}
			all.clear();
			if (failed != null)
				throw failed;
		} finally {
			lock.unlock();
		}
	}
}
