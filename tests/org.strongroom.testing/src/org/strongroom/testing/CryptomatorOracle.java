package org.strongroom.testing;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What Cryptomator itself makes of a vault: cryptofs in a Java process of its own ({@link OracleMain}), working on a local folder with none of Strongroom's code. Tests let it make vaults for Strongroom to
 * open, and read what Strongroom has written.
 *
 * <pre>{@code
 * try (CryptomatorOracle oracle = CryptomatorOracle.create(server.root().resolve("Vault"), "correct horse", Cipher.SIV_GCM)) {
 *     oracle.write("/notes.txt", "hello");
 *     oracle.lock();
 *     // ... Strongroom works on the vault ...
 *     oracle.unlock();
 *     assertEquals("hello again", oracle.text("/notes.txt"));
 * }
 * }</pre>
 *
 * An error in the other process arrives as {@link OracleException}. Calls are made one after the other; each is given up, and the process ended, when it takes too long.
 */
public final class CryptomatorOracle implements AutoCloseable {

	/** How files are encrypted. */
	public enum Cipher {
		/** AES-SIV for names, AES-GCM for contents: the cipher of new vaults. */
		SIV_GCM,
		/** AES-SIV for names, AES-CTR with HMAC for contents: the older cipher, and the only one of format 7. */
		SIV_CTRMAC
	}

	/** Something that cryptofs refused or failed at. */
	public static final class OracleException extends IOException {
		private static final long serialVersionUID = 1;
		private final String type;

		OracleException(String type, String message) {
			super(type + ": " + message);
			this.type = type;
		}

		/** Simple name of the exception's class, such as {@code InvalidPassphraseException}. */
		public String type() {
			return type;
		}
	}

	/** A name gets shortened when, encrypted, it is longer than this: the threshold of every vault Cryptomator makes. */
	public static final int SHORTENING_THRESHOLD = 220;

	private static final Duration PATIENCE = Duration.ofMinutes(3);

	private interface Writing {
		void to(DataOutputStream out) throws IOException;
	}

	private interface Reading<T> {
		T from(DataInputStream in) throws IOException;
	}

	private final Path folder;
	private final String passphrase;
	private final Path errors;
	private final Process process;
	private final DataOutputStream commands;
	private final DataInputStream answers;

	private CryptomatorOracle(Path folder, String passphrase) throws IOException {
		this.folder = folder.toAbsolutePath();
		this.passphrase = passphrase;
		errors = Files.createTempFile("strongroom-oracle", ".log");
		// Compiled early: else a large file is at its end before its cipher is as fast as it can be.
		process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:CompileThresholdScaling=0.02", "-Xshare:auto",
				"-Dfile.encoding=UTF-8", "-Dsun.jnu.encoding=UTF-8", "-cp", String.join(File.pathSeparator, classPath()), OracleMain.class.getName())
				.redirectError(errors.toFile()).start();
		commands = new DataOutputStream(new BufferedOutputStream(process.getOutputStream()));
		answers = new DataInputStream(new BufferedInputStream(process.getInputStream()));
	}

	/** Makes a vault of format 8 in the folder, which is made where it is missing, and unlocks it. */
	public static CryptomatorOracle create(Path folder, String passphrase, Cipher cipher) throws IOException {
		return create(folder, passphrase, cipher, SHORTENING_THRESHOLD);
	}

	/** Like {@link #create(Path, String, Cipher)}, with another shortening threshold. */
	public static CryptomatorOracle create(Path folder, String passphrase, Cipher cipher, int shorteningThreshold) throws IOException {
		CryptomatorOracle oracle = new CryptomatorOracle(folder, passphrase);
		return oracle.orClose(() -> {
			oracle.call("create", out -> {
				out.writeUTF(oracle.folder.toString());
				out.writeUTF(passphrase);
				out.writeUTF(cipher.name());
				out.writeInt(shorteningThreshold);
			}, in -> null);
			oracle.unlock();
		});
	}

	/** Unlocks a vault that is there; cryptofs makes a backup of its configuration beside it. */
	public static CryptomatorOracle open(Path folder, String passphrase) throws IOException {
		CryptomatorOracle oracle = new CryptomatorOracle(folder, passphrase);
		return oracle.orClose(oracle::unlock);
	}

	/** An oracle for a vault that stays locked for now. */
	public static CryptomatorOracle locked(Path folder, String passphrase) throws IOException {
		return new CryptomatorOracle(folder, passphrase);
	}

	/** The encrypted folder. */
	public Path folder() {
		return folder;
	}

	/** The vault's passphrase. */
	public String passphrase() {
		return passphrase;
	}

	/** Locks the vault, so that another program can work on it; nothing is remembered of its files. */
	public void lock() throws IOException {
		call("lock", out -> {
			// No arguments.
		}, in -> null);
	}

	/** Unlocks the vault (again). */
	public void unlock() throws IOException {
		unlock(false);
	}

	/** Unlocks the vault (again) for reading only. */
	public void unlockReadOnly() throws IOException {
		unlock(true);
	}

	private void unlock(boolean readOnly) throws IOException {
		call("open", out -> {
			out.writeUTF(folder.toString());
			out.writeUTF(passphrase);
			out.writeBoolean(readOnly);
		}, in -> null);
	}

	/** Locks the vault and makes it one of format 7. Its cipher must be {@link Cipher#SIV_CTRMAC}; {@link #unlock()} refuses it then, as cryptofs does. */
	public void downgradeToFormat7() throws IOException {
		onVault("downgrade");
	}

	/** Locks the vault and lets cryptofs bring an older format up to the current one. */
	public void migrate() throws IOException {
		onVault("migrate");
	}

	/** Whether cryptofs takes the vault for one of an older format. */
	public boolean needsMigration() throws IOException {
		return call("needsMigration", out -> out.writeUTF(folder.toString()), DataInputStream::readBoolean);
	}

	private void onVault(String command) throws IOException {
		call(command, out -> {
			out.writeUTF(folder.toString());
			out.writeUTF(passphrase);
		}, in -> null);
	}

	/** Makes or replaces a file; its folder must be there. */
	public void write(String path, byte[] content) throws IOException {
		call("write", out -> {
			out.writeUTF(path);
			out.writeInt(content.length);
			out.write(content);
		}, in -> null);
	}

	/** Makes or replaces a file with a text in UTF-8. */
	public void write(String path, String text) throws IOException {
		write(path, text.getBytes(StandardCharsets.UTF_8));
	}

	/** Makes or replaces a file of so many bytes that look random and are the same for the same seed; returns its SHA-256 in hexadecimal. */
	public String writeRandom(String path, long size, long seed) throws IOException {
		return call("writeRandom", out -> {
			out.writeUTF(path);
			out.writeLong(size);
			out.writeLong(seed);
		}, in -> in.readUTF());
	}

	/** The content of a file. */
	public byte[] read(String path) throws IOException {
		return call("read", out -> out.writeUTF(path), in -> in.readNBytes(in.readInt()));
	}

	/** The content of a file, read as UTF-8. */
	public String text(String path) throws IOException {
		return new String(read(path), StandardCharsets.UTF_8);
	}

	/** The content of a file of a vault that is locked, read as UTF-8. It is locked again afterwards. */
	public String textOfLocked(String path) throws IOException {
		unlock();
		try {
			return text(path);
		} finally {
			lock();
		}
	}

	/** The SHA-256 of a file's content, in hexadecimal. */
	public String digest(String path) throws IOException {
		return call("digest", out -> out.writeUTF(path), in -> in.readUTF());
	}

	/** Makes a folder and those it lies in. */
	public void createFolder(String path) throws IOException {
		call("folder", out -> out.writeUTF(path), in -> null);
	}

	/** Makes a symbolic link in the vault. */
	public void createLink(String path, String target) throws IOException {
		callWithTwo("link", path, target);
	}

	/** Moves or renames. */
	public void move(String from, String to) throws IOException {
		callWithTwo("move", from, to);
	}

	/** Removes a file, or a folder with all in it. */
	public void delete(String path) throws IOException {
		call("delete", out -> out.writeUTF(path), in -> null);
	}

	/** All there is below a folder: absolute paths, and {@code folder}, {@code file 123} (bytes) or {@code link target}. */
	public Map<String, String> list(String path) throws IOException {
		return call("list", out -> out.writeUTF(path), in -> {
			Map<String, String> all = new TreeMap<>();
			for (int left = in.readInt(); left > 0; left--) {
				String name = in.readUTF();
				all.put(name, in.readUTF());
			}
			return all;
		});
	}

	/** Where a file's or folder's encrypted form lies: for a folder the one with its encrypted entries. */
	public Path ciphertext(String path) throws IOException {
		String found = call("ciphertext", out -> out.writeUTF(path), in -> in.readUTF());
		return Path.of(found);
	}

	private void callWithTwo(String command, String first, String second) throws IOException {
		call(command, out -> {
			out.writeUTF(first);
			out.writeUTF(second);
		}, in -> null);
	}

	/** Locks the vault and ends the other process. The vault's folder is left alone. */
	@Override
	public void close() throws IOException {
		try {
			// The end of its input is the end of the program.
			commands.close();
			if (!process.waitFor(20, TimeUnit.SECONDS)) {
				throw new IOException("the oracle did not end by itself");
			}
		} catch (InterruptedException e) {
			Thread.currentThread().interrupt();
		} finally {
			process.destroyForcibly();
			Files.deleteIfExists(errors);
		}
	}

	private interface Step {
		void run() throws IOException;
	}

	private CryptomatorOracle orClose(Step step) throws IOException {
		try {
			step.run();
			return this;
		} catch (IOException | RuntimeException e) {
			try {
				close();
			} catch (IOException second) {
				e.addSuppressed(second);
			}
			throw e;
		}
	}

	private synchronized <T> T call(String command, Writing arguments, Reading<T> result) throws IOException {
		AtomicBoolean late = new AtomicBoolean();
		Thread watchdog = Thread.ofVirtual().name("Oracle watchdog").start(() -> {
			try {
				if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
					late.set(true);
					process.destroyForcibly();
				}
			} catch (InterruptedException e) {
				// The answer came in time.
			}
		});
		try {
			commands.writeUTF(command);
			arguments.to(commands);
			commands.flush();
			if (answers.readByte() != 0) {
				throw new OracleException(answers.readUTF(), answers.readUTF());
			}
			return result.from(answers);
		} catch (OracleException e) {
			throw e;
		} catch (IOException e) {
			if (Thread.currentThread().isInterrupted()) {
				throw new InterruptedIOException(command);
			}
			throw new IOException((late.get() ? "the oracle took too long to " : "the oracle ended during ") + command + ": " + Files.readString(errors), e);
		} finally {
			watchdog.interrupt();
		}
	}

	private static List<String> classPath() {
		try {
			Class.forName("org.osgi.framework.FrameworkUtil");
			if (OsgiClassPath.isBundle(OracleMain.class)) {
				return OsgiClassPath.of(OracleMain.class, "org.cryptomator.cryptofs");
			}
		} catch (ClassNotFoundException e) {
			// No OSGi here.
		}
		return List.of(System.getProperty("java.class.path").split(File.pathSeparator));
	}
}
