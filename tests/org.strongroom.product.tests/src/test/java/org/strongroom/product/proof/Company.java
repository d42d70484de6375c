package org.strongroom.product.proof;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import org.strongroom.testing.CryptomatorOracle;
import org.strongroom.testing.CryptomatorOracle.Cipher;
import org.strongroom.testing.DelayProxy;
import org.strongroom.testing.OpenSshServer;

/**
 * A company's server, a real OpenSSH that demands key and code, behind a line that can be cut. On it everything is a canary: the names of vault, folders and files, the contents, the passphrases.
 */
final class Company implements AutoCloseable {
	/** Long enough to be read and written in several requests. */
	private static final int LONG_LINE = 100_000;
	private final Canaries canaries;
	private final OpenSshServer server;
	private final DelayProxy line;
	private final CryptomatorOracle vault;

	Company(Canaries canaries) throws IOException {
		this.canaries = canaries;
		server = OpenSshServer.builder().keyPassphrase("open sesame " + canaries.word()).start();
		line = DelayProxy.to(server.host(), server.port()).start();
		Path plain = Files.createDirectory(server.root().resolve(plain()));
		Files.writeString(plain.resolve(plainText()), canaries.lines());
		vault = CryptomatorOracle.create(server.root().resolve(vault()), "correct horse " + canaries.word(), Cipher.SIV_GCM);
		vault.createFolder("/" + folder());
		vault.write("/" + folder() + "/" + text(), canaries.lines());
		vault.write("/" + text(), canaries.lines() + canaries.line(LONG_LINE) + canaries.lines());
		vault.write("/" + utf16(), canaries.utf16());
		vault.write("/" + picture(), canaries.picture());
		vault.write("/" + binary(), canaries.binary());
		vault.lock();
	}

	/** Folder names, at the server's root. */
	String plain() {
		return canaries.name("plain");
	}

	/** In the plain folder. */
	String plainText() {
		return canaries.name("plain-text") + ".txt";
	}

	String vault() {
		return canaries.name("vault");
	}

	/** Names in the vault. */
	String folder() {
		return canaries.name("folder");
	}

	String text() {
		return canaries.name("text") + ".txt";
	}

	String utf16() {
		return canaries.name("utf16") + ".txt";
	}

	String picture() {
		return canaries.name("picture") + ".png";
	}

	String binary() {
		return canaries.name("binary") + ".bin";
	}

	OpenSshServer server() {
		return server;
	}

	DelayProxy line() {
		return line;
	}

	/** What the vault holds, by an independent program. */
	CryptomatorOracle oracle() {
		return vault;
	}

	/** The address that a bookmark has. */
	String uri() {
		return server.uri().replace(":" + server.port(), ":" + line.port());
	}

	/**
	 * Makes a program that knows the answer to everything, as {@code --askpass} wants it.
	 *
	 * @param folder an empty one, which holds the answers
	 */
	Path askpass(Path folder) throws IOException {
		answer(folder, "host-key", "yes");
		answer(folder, "key-passphrase", server.keyPassphrase());
		answer(folder, "vault-passphrase", vault.passphrase());
		freshCode(folder);
		Path program = Files.writeString(folder.resolve("askpass"), "#!/bin/sh\ncat \"$(dirname \"$0\")/$STRONGROOM_CHALLENGE\"\n");
		return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
	}

	/** Has the program give the code of this moment. */
	void freshCode(Path folder) throws IOException {
		answer(folder, "keyboard-interactive", server.currentCode());
	}

	/** Has the program give this answer. */
	static void answer(Path folder, String challenge, String answer) throws IOException {
		Files.write(folder.resolve(challenge), (answer + "\n").getBytes(StandardCharsets.UTF_8));
	}

	@Override
	public void close() throws IOException {
		vault.close();
		line.close();
		server.close();
	}
}
