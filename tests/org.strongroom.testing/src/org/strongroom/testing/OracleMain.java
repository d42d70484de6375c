package org.strongroom.testing;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import org.cryptomator.cryptofs.CryptoFileSystem;
import org.cryptomator.cryptofs.CryptoFileSystemProperties;
import org.cryptomator.cryptofs.CryptoFileSystemProperties.FileSystemFlags;
import org.cryptomator.cryptofs.CryptoFileSystemProvider;
import org.cryptomator.cryptofs.migration.Migrators;
import org.cryptomator.cryptofs.migration.api.MigrationContinuationListener.ContinuationResult;
import org.cryptomator.cryptolib.api.CryptorProvider;
import org.cryptomator.cryptolib.api.Masterkey;
import org.cryptomator.cryptolib.common.MasterkeyFileAccess;

/**
 * The program behind {@link CryptomatorOracle}, in a process of its own: it works on vaults in local folders with cryptofs alone, through {@link Files}, and with nothing of
 * Strongroom.
 * <p>
 * It reads commands from standard input until that ends, and answers each on standard output: the command's name as {@link DataInputStream#readUTF UTF} followed by its arguments; the answer is 0 and the
 * result, or 1, the class of an exception and its message. Passphrases come this way too, so that they stand in no command line.
 */
public final class OracleMain {

	private static final String CONFIG = "vault.cryptomator";
	private static final String KEY = "masterkey.cryptomator";
	private static final byte[] NO_PEPPER = new byte[0];

	private final DataInputStream in;
	private FileSystem vault;

	private OracleMain(InputStream in) {
		this.in = new DataInputStream(new BufferedInputStream(in));
	}

	/** Takes no arguments. */
	public static void main(String[] arguments) throws IOException {
		OutputStream answers = System.out;
		// Whatever a library prints must not get between the answers.
		System.setOut(System.err);
		new OracleMain(System.in).serve(new DataOutputStream(new BufferedOutputStream(answers)));
	}

	private void serve(DataOutputStream out) throws IOException {
		while (true) {
			String command;
			try {
				command = in.readUTF();
			} catch (EOFException e) {
				lock();
				return;
			}
			ByteArrayOutputStream result = new ByteArrayOutputStream();
			try {
				run(command, new DataOutputStream(result));
				out.writeByte(0);
				result.writeTo(out);
			} catch (Exception e) {
				out.writeByte(1);
				out.writeUTF(e.getClass().getSimpleName());
				out.writeUTF(String.valueOf(e.getMessage()));
			}
			out.flush();
		}
	}

	private void run(String command, DataOutputStream result) throws Exception {
		switch (command) {
		case "create" -> create(Path.of(in.readUTF()), in.readUTF(), CryptorProvider.Scheme.valueOf(in.readUTF()), in.readInt());
		case "open" -> open(Path.of(in.readUTF()), in.readUTF(), in.readBoolean());
		case "lock" -> lock();
		case "downgrade" -> downgrade(Path.of(in.readUTF()), in.readUTF());
		case "migrate" -> migrate(Path.of(in.readUTF()), in.readUTF());
		case "needsMigration" -> result.writeBoolean(Migrators.get().needsMigration(Path.of(in.readUTF()), CONFIG, KEY));
		case "write" -> {
			String path = in.readUTF();
			byte[] content = in.readNBytes(in.readInt());
			Files.write(path(path), content);
		}
		case "read" -> {
			byte[] content = Files.readAllBytes(path(in.readUTF()));
			result.writeInt(content.length);
			result.write(content);
		}
		case "writeRandom" -> result.writeUTF(writeRandom(in.readUTF(), in.readLong(), in.readLong()));
		case "digest" -> result.writeUTF(digest(in.readUTF()));
		case "folder" -> Files.createDirectories(path(in.readUTF()));
		case "link" -> {
			String path = in.readUTF();
			String target = in.readUTF();
			Files.createSymbolicLink(path(path), path("/").getFileSystem().getPath(target));
		}
		case "move" -> {
			String from = in.readUTF();
			String to = in.readUTF();
			Files.move(path(from), path(to));
		}
		case "delete" -> delete(in.readUTF());
		case "list" -> list(in.readUTF(), result);
		case "ciphertext" -> {
			String path = in.readUTF();
			result.writeUTF(((CryptoFileSystem) path("/").getFileSystem()).getCiphertextPath(path(path)).toString());
		}
		default -> throw new IllegalArgumentException("unknown command " + command);
		}
	}

	private static MasterkeyFileAccess keys() {
		return new MasterkeyFileAccess(NO_PEPPER, new SecureRandom());
	}

	private static CryptoFileSystemProperties.Builder properties(Path folder, String passphrase) {
		return CryptoFileSystemProperties.cryptoFileSystemProperties().withKeyLoader(id -> keys().load(folder.resolve(KEY), passphrase));
	}

	private static void create(Path folder, String passphrase, CryptorProvider.Scheme scheme, int threshold) throws IOException {
		Files.createDirectories(folder);
		try (Masterkey key = Masterkey.generate(new SecureRandom())) {
			keys().persist(key, folder.resolve(KEY), passphrase);
		}
		CryptoFileSystemProvider.initialize(folder, properties(folder, passphrase).withCipherCombo(scheme).withShorteningThreshold(threshold).build(),
				URI.create("masterkeyfile:" + KEY));
	}

	private void open(Path folder, String passphrase, boolean readOnly) throws IOException {
		lock();
		List<FileSystemFlags> flags = readOnly ? List.of(FileSystemFlags.READONLY) : List.of();
		vault = CryptoFileSystemProvider.newFileSystem(folder, properties(folder, passphrase).withFlags(flags).build());
	}

	private void lock() throws IOException {
		if (vault != null) {
			vault.close();
			vault = null;
		}
	}

	/**
	 * Makes a vault of format 8 with SIV_CTRMAC one of format 7: the folder {@code d} is the same in both; in format 7 the version stands, authenticated, in the master key's file, and there is no
	 * {@code vault.cryptomator} (cryptofs's Version8Migrator does the reverse).
	 */
	private void downgrade(Path folder, String passphrase) throws IOException {
		lock();
		try (Masterkey key = keys().load(folder.resolve(KEY), passphrase); OutputStream out = Files.newOutputStream(folder.resolve(KEY))) {
			keys().persist(key, out, passphrase, 7);
		}
		// The configuration, and the backups cryptofs made of it.
		try (Stream<Path> all = Files.list(folder)) {
			for (Path each : all.filter(file -> file.getFileName().toString().startsWith(CONFIG)).toList()) {
				Files.delete(each);
			}
		}
	}

	private void migrate(Path folder, String passphrase) throws Exception {
		lock();
		Migrators.get().migrate(folder, CONFIG, KEY, passphrase, (state, progress) -> {
			// Nobody is watching.
		}, event -> ContinuationResult.PROCEED);
	}

	private String writeRandom(String path, long size, long seed) throws IOException, GeneralSecurityException {
		Random random = new Random(seed);
		MessageDigest digest = MessageDigest.getInstance("SHA-256");
		byte[] buffer = new byte[64 * 1024];
		try (OutputStream out = new DigestOutputStream(Files.newOutputStream(path(path)), digest)) {
			for (long left = size; left > 0; left -= buffer.length) {
				random.nextBytes(buffer);
				out.write(buffer, 0, (int) Math.min(left, buffer.length));
			}
		}
		return HexFormat.of().formatHex(digest.digest());
	}

	private String digest(String path) throws IOException, GeneralSecurityException {
		MessageDigest digest = MessageDigest.getInstance("SHA-256");
		try (InputStream content = new DigestInputStream(Files.newInputStream(path(path)), digest)) {
			content.transferTo(OutputStream.nullOutputStream());
		}
		return HexFormat.of().formatHex(digest.digest());
	}

	private void delete(String path) throws IOException {
		try (Stream<Path> all = Files.walk(path(path))) {
			for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
				Files.delete(each);
			}
		}
	}

	private void list(String path, DataOutputStream result) throws IOException {
		List<Path> all;
		try (Stream<Path> walk = Files.walk(path(path))) {
			all = walk.skip(1).toList();
		}
		result.writeInt(all.size());
		for (Path each : all) {
			BasicFileAttributes attributes = Files.readAttributes(each, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
			result.writeUTF(each.toString());
			result.writeUTF(attributes.isDirectory() ? "folder" : attributes.isSymbolicLink() ? "link " + Files.readSymbolicLink(each) : "file " + attributes.size());
		}
	}

	private Path path(String path) {
		if (vault == null) {
			throw new IllegalStateException("the vault is locked");
		}
		return vault.getPath(path);
	}
}
