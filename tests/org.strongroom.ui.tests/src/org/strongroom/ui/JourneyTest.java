package org.strongroom.ui;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.testing.OpenSshServer;
import org.strongroom.testing.ui.DialogPage;
import org.strongroom.testing.ui.ExplorerPage;
import org.strongroom.testing.ui.Screenshots;
import org.strongroom.testing.ui.TextPage;
import org.strongroom.testing.ui.WorkbenchPage;

/** The main job in the window: from no bookmark to a file of a vault that is changed on the server. */
@ExtendWith(Screenshots.class)
class JourneyTest {

	@Test
	void onTheEmbeddedServer(@TempDir Path root, @TempDir Path keys) throws Exception {
		try (Office office = Office.embedded(root, keys)) {
			travel(office);
		}
	}

	@Test
	void onRealOpenSsh() throws Exception {
		assumeTrue(OpenSshServer.unavailable().isEmpty(), () -> OpenSshServer.unavailable().orElseThrow());
		try (Office office = Office.openSsh()) {
			travel(office);
		}
	}

	private static void travel(Office office) throws IOException {
		WorkbenchPage.awaitOpen();
		office.makeBookmark();
		ExplorerPage explorer = office.signIn();
		explorer.row(Office.VAULT).awaitRemark("locked");
		assertThat(explorer.has(Office.NOTES)).isFalse();
		office.unlock(explorer);
		explorer.row(Office.NOTES).open();
		TextPage text = TextPage.await("notes.txt");
		assertThat(text.text()).isEqualTo("first line\nsecond line\n");
		text.typeFirst("Hello ");
		assertThat(WorkbenchPage.editors()).containsExactly("*notes.txt");
		assertThat(office.inVault("/notes.txt")).as("before it is saved").isEqualTo("first line\nsecond line\n");
		text.saveAndWait();
		assertThat(office.inVault("/notes.txt")).isEqualTo("Hello first line\nsecond line\n");
		assertThat(WorkbenchPage.editors()).containsExactly("notes.txt");
	}

	@Test
	void wrongAnswersAreAskedAgain(@TempDir Path root, @TempDir Path keys) throws Exception {
		WorkbenchPage.awaitOpen();
		try (Office office = Office.embedded(root, keys)) {
			office.saveBookmark();
			ExplorerPage explorer = ExplorerPage.open();
			explorer.row(Office.NAME).open();
			office.trust();
			DialogPage.await("Key Passphrase").type(Office.WRONG).close("Sign In");
			DialogPage.await("Key Passphrase").awaitSays("That was not right, try again.");
			office.givePassphrase();
			DialogPage.await("Sign In").awaitSays("Verification code:").type("000000").close("Continue");
			DialogPage.await("Sign In").awaitSays("The server asks once more:");
			office.giveCode();
			explorer.row(Office.VAULT).open();
			DialogPage.await("Vault Passphrase").type(Office.WRONG).close("Unlock");
			DialogPage.await("Vault Passphrase").awaitSays("That was not right, try again.").type(office.vault().passphrase()).close("Unlock");
			explorer.row(Office.NOTES);
		}
	}

	@Test
	void theWizardTriesTheConnection(@TempDir Path root, @TempDir Path keys) throws Exception {
		WorkbenchPage.awaitOpen();
		try (Office office = Office.embedded(root, keys)) {
			DialogPage wizard = office.fillWizard();
			wizard.press("Test Connection");
			office.trust();
			office.givePassphrase();
			office.giveCode();
			wizard.awaitSays("Signed in: the connection works.");
			wizard.close("Cancel");
			assertThat(office.session()).isEmpty();
			assertThat(ExplorerPage.open().has(Office.NAME)).isFalse();
		}
	}

	@Test
	void whatCannotBeReadIsCounted(@TempDir Path root, @TempDir Path keys) throws Exception {
		WorkbenchPage.awaitOpen();
		try (Office office = Office.embedded(root, keys)) {
			office.vault().unlock();
			Path encrypted = office.vault().ciphertext("/");
			office.vault().lock();
			Files.writeString(encrypted.resolve("AAAAAAAAAAAAAAAAAAAAAAAAAAAA.c9r"), "x");
			office.saveBookmark();
			ExplorerPage explorer = office.signIn();
			office.unlock(explorer);
			explorer.row(Office.NOTES);
			assertThat(explorer.names(Office.VAULT)).containsExactly("notes.txt", "1 item cannot be read");
			Files.writeString(encrypted.resolve("BAAAAAAAAAAAAAAAAAAAAAAAAAAA.c9r"), "x");
			explorer.row(Office.VAULT).command("org.eclipse.ui.file.refresh");
			explorer.row(Office.VAULT + "/2 items cannot be read");
			assertThat(explorer.names(Office.VAULT)).containsExactly("notes.txt", "2 items cannot be read");
			Files.delete(encrypted.resolve("AAAAAAAAAAAAAAAAAAAAAAAAAAAA.c9r"));
			Files.delete(encrypted.resolve("BAAAAAAAAAAAAAAAAAAAAAAAAAAA.c9r"));
			explorer.row(Office.VAULT).command("org.eclipse.ui.file.refresh");
			explorer.awaitGone(Office.VAULT + "/2 items cannot be read");
			assertThat(explorer.names(Office.VAULT)).containsExactly("notes.txt");
		}
	}

	@Test
	void cancelIsCancel(@TempDir Path root, @TempDir Path keys) throws Exception {
		WorkbenchPage.awaitOpen();
		try (Office office = Office.embedded(root, keys)) {
			office.saveBookmark();
			ExplorerPage explorer = ExplorerPage.open();
			explorer.row(Office.NAME).open();
			DialogPage.await("Unknown Server").close("Do Not Connect");
			explorer.row(Office.NAME).awaitRemark("offline");
			explorer.row(Office.NAME).open();
			office.trust();
			DialogPage.await("Key Passphrase").close("Cancel");
			explorer.row(Office.NAME).awaitRemark("offline");
			assertThat(office.session()).isEmpty();
		}
	}
}
