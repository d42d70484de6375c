package org.strongroom.ui;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import org.eclipse.swt.widgets.Button;
import org.strongroom.core.Bookmark;
import org.strongroom.core.Bookmarks;
import org.strongroom.core.Home;
import org.strongroom.core.Session;
import org.strongroom.core.Sessions;
import org.strongroom.demo.EmbeddedServer;
import org.strongroom.testing.CryptomatorOracle.Cipher;
import org.strongroom.testing.CryptomatorOracle;
import org.strongroom.testing.DelayProxy;
import org.strongroom.testing.OpenSshServer;
import org.strongroom.testing.ui.DialogPage;
import org.strongroom.testing.ui.ExplorerPage;
import org.strongroom.testing.ui.Ui;
import org.strongroom.testing.ui.WorkbenchPage;

/** A company's server that demands key and code, reached over a line that can be cut, with a vault that an independent program made. */
final class Office implements AutoCloseable {
	/** What the bookmark is called. */
	static final String NAME = "HQ";
	static final String VAULT = NAME + "/Vault";
	static final String NOTES = VAULT + "/notes.txt";
	static final String WRONG = "wrong";

	private final AutoCloseable server;
	private final String user;
	private final String folder;
	private final Path keyFile;
	private final String passphrase;
	private final Supplier<String> code;
	private final DelayProxy line;
	private final CryptomatorOracle vault;

	private Office(AutoCloseable server, int port, String user, String folder, Path root, Path keyFile, String passphrase, Supplier<String> code) throws IOException {
		this.server = server;
		this.user = user;
		this.folder = folder;
		this.keyFile = keyFile;
		this.passphrase = passphrase;
		this.code = code;
		// ports come again, with other keys: to this office's person no server is known
		Files.deleteIfExists(Home.folder().resolve("known_hosts"));
		line = DelayProxy.to("127.0.0.1", port).start();
		vault = CryptomatorOracle.create(root.resolve("Vault"), "correct horse", Cipher.SIV_GCM);
		vault.write("/notes.txt", "first line\nsecond line\n");
		vault.lock();
		Files.createDirectories(root.resolve("Plain"));
		Files.writeString(root.resolve("Plain/plain.txt"), "plain\n");
	}

	/** On the server that Strongroom brings. */
	static Office embedded(Path root, Path keys) throws IOException {
		EmbeddedServer server = EmbeddedServer.serving(root).keyFolder(keys).keyPassphrase("open sesame").start();
		return new Office(server, server.port(), server.user(), "", root, server.keyFile(), "open sesame", () -> server.totp().code());
	}

	/** On a real OpenSSH; see {@link OpenSshServer#unavailable()}. */
	static Office openSsh() throws IOException {
		OpenSshServer server = OpenSshServer.builder().start();
		return new Office(server, server.port(), server.user(), server.remoteRoot(), server.root(), server.keyFile(), server.keyPassphrase(), server::currentCode);
	}

	/** The vault, as the independent program sees it. */
	CryptomatorOracle vault() {
		return vault;
	}

	/** The line to the server. */
	DelayProxy line() {
		return line;
	}

	/** What a file of the vault holds, by the independent program. */
	String inVault(String path) throws IOException {
		return vault.textOfLocked(path);
	}

	/** Somebody else saves a file of the vault. */
	void othersWrite(String path, String text) throws IOException {
		vault.unlock();
		vault.write(path, text);
		vault.lock();
	}

	/** Makes the bookmark by the wizard. */
	void makeBookmark() {
		fillWizard().close("Finish");
	}

	/** Opens the wizard and enters all that the bookmark has. */
	DialogPage fillWizard() {
		WorkbenchPage.command("org.strongroom.ui.newBookmark");
		DialogPage wizard = DialogPage.await("New Bookmark");
		wizard.fill(1, line.host()).fill(2, Integer.toString(line.port())).fill(3, user).fill(4, folder);
		// the wizard asks for key files by the desktop's own dialog
		Ui.run(() -> wizard.all(org.eclipse.swt.widgets.List.class).getFirst().add(keyFile.toString()));
		return wizard.type(0, NAME);
	}

	/** Saves the bookmark without the wizard. */
	void saveBookmark() throws IOException {
		WorkbenchPage.service(Bookmarks.class).save(bookmark(), true);
	}

	private Bookmark bookmark() {
		return new Bookmark(NAME, URI.create("sftp://%s@%s:%d%s".formatted(user, line.host(), line.port(), folder)), List.of(keyFile), Map.of());
	}

	/** Double-clicks the bookmark and answers what is asked, the server being unknown or not. */
	ExplorerPage signIn() {
		ExplorerPage explorer = ExplorerPage.open();
		explorer.row(NAME).open();
		trust();
		givePassphrase();
		giveCode();
		explorer.row(NAME).awaitRemark("signed in");
		return explorer;
	}

	/** The same once the server is known. */
	void signInAgain(ExplorerPage explorer) {
		explorer.row(NAME).open();
		givePassphrase();
		giveCode();
		explorer.row(NAME).awaitRemark("signed in");
	}

	void trust() {
		DialogPage.await("Unknown Server").close("Trust This Server");
	}

	/** The tick of a prompt that has what is typed remembered. */
	static Button remember(DialogPage asks) {
		return Ui.get(() -> asks.all(Button.class).stream().filter(b -> b.getText().startsWith("&Remember")).findFirst().orElseThrow());
	}

	void givePassphrase() {
		DialogPage.await("Key Passphrase").type(passphrase).close("Sign In");
	}

	void giveCode() {
		DialogPage.await("Sign In").type(code.get()).close("Continue");
	}

	/** Double-clicks the vault and gives its passphrase. */
	void unlock(ExplorerPage explorer) {
		explorer.row(VAULT).open();
		DialogPage.await("Vault Passphrase").type(vault.passphrase()).close("Unlock");
		explorer.row(VAULT).awaitRemark("unlocked");
	}

	/** The session, if somebody is signed in. */
	Optional<Session> session() {
		return WorkbenchPage.service(Sessions.class).all().stream().filter(s -> s.bookmark().name().equals(NAME)).findFirst();
	}

	@Override
	public void close() throws IOException {
		WorkbenchPage.forget(NAME);
		vault.close();
		line.close();
		try {
			server.close();
		} catch (IOException | RuntimeException e) {
			throw e;
		} catch (Exception e) {
			throw new IOException(e);
		}
	}
}
