package org.strongroom.ui;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import org.strongroom.core.Bookmark;
import org.strongroom.core.Bookmarks;
import org.strongroom.testing.CryptomatorOracle.Cipher;
import org.strongroom.testing.CryptomatorOracle;
import org.strongroom.testing.nextcloud.EmulatedNextcloud;
import org.strongroom.testing.ui.DialogPage;
import org.strongroom.testing.ui.ExplorerPage;
import org.strongroom.testing.ui.WorkbenchPage;

/** A server that shares files, and keeps old versions and what was removed; with a vault that an independent program made. */
final class Cloud implements AutoCloseable {
	/** What the bookmark is called. */
	static final String NAME = "cloud";
	static final String VAULT = NAME + "/Vault";
	static final String NOTES = VAULT + "/notes.txt";
	static final String OFFER = NAME + "/Offer.txt";
	private static final String PASSPHRASE = "correct horse";

	private final EmulatedNextcloud server;
	private final CryptomatorOracle vault;

	/** @param folder empty */
	Cloud(Path folder) throws IOException {
		server = new EmulatedNextcloud(folder, "");
		vault = CryptomatorOracle.create(server.files().resolve("Vault"), PASSPHRASE, Cipher.SIV_GCM);
		vault.write("/notes.txt", "first\n");
		vault.write("/other.txt", "other\n");
		vault.createFolder("/Plans/Old");
		vault.write("/Plans/plan.txt", "a plan\n");
		vault.write("/Plans/Old/older.txt", "an older plan\n");
		vault.lock();
		Files.writeString(server.files().resolve("Offer.txt"), "first offer\n");
		Files.createDirectory(server.files().resolve("Public"));
		server.longAgo();
	}

	/** The server, to be given trouble. */
	EmulatedNextcloud server() {
		return server;
	}

	/** What a file of the vault holds, by the independent program. */
	String inVault(String path) throws IOException {
		return vault.textOfLocked(path);
	}

	/** Signs in with the account's password, and opens the bookmark. */
	ExplorerPage signIn() throws IOException {
		Bookmark made = server.bookmark(server.user(), Map.of("sign-in", "password"));
		WorkbenchPage.service(Bookmarks.class).save(new Bookmark(NAME, made.uri(), made.keys(), made.options()), true);
		ExplorerPage explorer = ExplorerPage.open();
		explorer.row(NAME).open();
		DialogPage.await("Password").type(server.password()).close("Sign In");
		explorer.row(NAME).awaitRemark("signed in");
		return explorer;
	}

	/** Double-clicks the vault and gives its passphrase. */
	void unlock(ExplorerPage explorer) {
		explorer.row(VAULT).open();
		DialogPage.await("Vault Passphrase").type(PASSPHRASE).close("Unlock");
		explorer.row(VAULT).awaitRemark("unlocked");
	}

	@Override
	public void close() throws IOException {
		WorkbenchPage.forget(NAME);
		vault.close();
		server.close();
	}
}
