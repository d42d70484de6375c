package org.strongroom.benchmarks;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Random;

import org.cryptomator.cryptofs.CryptoFileSystem;
import org.cryptomator.cryptofs.CryptoFileSystemProperties;
import org.cryptomator.cryptofs.CryptoFileSystemProvider;
import org.cryptomator.cryptolib.api.CryptorProvider.Scheme;
import org.cryptomator.cryptolib.api.Masterkey;
import org.cryptomator.cryptolib.common.MasterkeyFileAccess;

/** What is measured on: a vault that cryptofs makes, and files of this machine. */
final class Fixtures {
	static final String PASSPHRASE = "benchmark passphrase";
	/** One of the small files in the folder that is listed. */
	static final String SMALL = "a file of a customer, number 7.txt";
	private static final String KEY = "masterkey.cryptomator";

	final Path served;
	final Path vault;
	/** A large and a small file of this machine, in memory where there is /dev/shm. */
	final Path hugeFile;
	final Path smallFile;
	/** Length of the large files. */
	final int megabytes;
	/** The encrypted large file, for peers that know no vaults. */
	final Path hugeCiphertext;
	private final Path memory;

	/** @param megabytes of the large files @param large whether there is to be a very large folder, too */
	Fixtures(Path state, Path memory, int megabytes, boolean large) throws IOException {
		this.memory = memory;
		this.megabytes = megabytes;
		served = Files.createDirectories(state.resolve("served"));
		vault = served.resolve("Vault");
		hugeFile = memory.resolve("huge");
		smallFile = memory.resolve("small");
		write(hugeFile, (long) megabytes << 20, 1);
		write(smallFile, 10 << 10, 2);
		create(vault);
		try (FileSystem readable = open(vault)) {
			folder(readable.getPath("/big"), 800, 200);
			if (large)
				folder(readable.getPath("/large"), 10_000, 1_000);
			Files.copy(hugeFile, readable.getPath("/huge"));
			hugeCiphertext = ((CryptoFileSystem) readable).getCiphertextPath(readable.getPath("/huge"));
		}
	}

	/** A tree of small files of this machine, a hundred to a folder. */
	Path tree(int files) throws IOException {
		Path tree = memory.resolve("tree-" + files);
		if (Files.exists(tree))
			return tree;
		for (int i = 0; i < files; i++)
			write(Files.createDirectories(tree.resolve("folder-" + i / 100)).resolve("file-" + i), 4 << 10, i);
		return tree;
	}

	/** A folder of the server's that peers list that know no vaults: as many files and folders as there are in that of the vault. */
	Path plain() throws IOException {
		Path plain = served.resolve("plain");
		if (Files.notExists(plain))
			folder(plain, 800, 200);
		return plain;
	}

	private static void write(Path file, long size, long seed) throws IOException {
		var random = new Random(seed);
		byte[] buffer = new byte[(int) Math.min(size, 1 << 20)];
		try (OutputStream out = Files.newOutputStream(file)) {
			for (long left = size; left > 0; left -= buffer.length) {
				random.nextBytes(buffer);
				out.write(buffer, 0, (int) Math.min(left, buffer.length));
			}
		}
	}

	private static void folder(Path folder, int files, int folders) throws IOException {
		Files.createDirectory(folder);
		for (int i = 0; i < files; i++)
			write(folder.resolve("a file of a customer, number " + i + ".txt"), 10 << 10, i);
		for (int i = 0; i < folders; i++)
			Files.createDirectory(folder.resolve("folder number " + i));
	}

	private static void create(Path vault) throws IOException {
		Files.createDirectories(vault);
		var access = new MasterkeyFileAccess(new byte[0], new SecureRandom());
		try (Masterkey key = Masterkey.generate(new SecureRandom())) {
			access.persist(key, vault.resolve(KEY), PASSPHRASE);
		}
		CryptoFileSystemProvider.initialize(vault, properties(vault), URI.create("masterkeyfile:" + KEY));
	}

	private static CryptoFileSystemProperties properties(Path vault) {
		return CryptoFileSystemProperties.cryptoFileSystemProperties().withCipherCombo(Scheme.SIV_GCM)
				.withKeyLoader(_ -> new MasterkeyFileAccess(new byte[0], new SecureRandom()).load(vault.resolve(KEY), PASSPHRASE)).build();
	}

	/** The vault as cryptofs sees it. */
	static FileSystem open(Path vault) throws IOException {
		return CryptoFileSystemProvider.newFileSystem(vault, properties(vault));
	}
}
