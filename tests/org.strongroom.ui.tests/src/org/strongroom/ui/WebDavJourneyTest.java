package org.strongroom.ui;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;

import org.eclipse.swt.widgets.Text;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.strongroom.testing.Certificates;
import org.strongroom.testing.CryptomatorOracle.Cipher;
import org.strongroom.testing.CryptomatorOracle;
import org.strongroom.testing.WebDavServer.Kind;
import org.strongroom.testing.WebDavServer;
import org.strongroom.testing.ui.DialogPage;
import org.strongroom.testing.ui.ExplorerPage;
import org.strongroom.testing.ui.Screenshots;
import org.strongroom.testing.ui.TextPage;
import org.strongroom.testing.ui.Ui;
import org.strongroom.testing.ui.WorkbenchPage;

/** The main job in the window through WebDAV: real servers over HTTPS whose certificate nobody knows yet, from no bookmark to a file of a vault that is changed on the server. */
@ExtendWith(Screenshots.class)
class WebDavJourneyTest {
	private static final String NAME = "Files";
	private static final String PASSPHRASE = "correct horse";

	@AfterEach
	void leave() throws Exception {
		WorkbenchPage.forget(NAME);
	}

	@ParameterizedTest
	@EnumSource(Kind.class)
	void fromNoBookmarkToASavedFile(Kind kind) throws Exception {
		assumeTrue(WebDavServer.unavailable(kind).isEmpty(), () -> WebDavServer.unavailable(kind).orElseThrow());
		WorkbenchPage.awaitOpen();
		Certificates.Identity identity = Certificates.selfSigned();
		try (WebDavServer server = WebDavServer.of(kind).tls(identity).start(); var vault = CryptomatorOracle.create(server.root().resolve("Vault"), PASSPHRASE, Cipher.SIV_GCM)) {
			vault.write("/notes.txt", "first line\n");
			vault.lock();
			server.handOverAll();
			WorkbenchPage.command("org.strongroom.ui.newBookmark");
			DialogPage wizard = DialogPage.await("New Bookmark");
			wizard.fill(1, "davs://%s@%s:%d/".formatted(server.user(), server.host(), server.port()));
			Ui.awaitThat("the parts of the address in their fields", () -> Ui.get(() -> wizard.all(Text.class).get(2).getText()).equals(Integer.toString(server.port())));
			wizard.fill(0, NAME).close("Finish");
			ExplorerPage explorer = ExplorerPage.open();
			explorer.row(NAME).open();
			DialogPage.await("Certificate Not Trusted").close("Do Not Connect");
			assertThat(server.requests()).isEmpty();

			explorer.row(NAME).awaitRemark("offline"); // until then it is still signing in
			explorer.row(NAME).open();
			DialogPage.await("Certificate Not Trusted").close("Trust This Server");
			DialogPage.await("Password").type("wrong").close("Sign In");
			DialogPage.await("Password").awaitSays("That was not right, try again.").type(server.password()).close("Sign In");
			explorer.row(NAME).awaitRemark("signed in");
			explorer.row(NAME + "/Vault").awaitRemark("locked");
			explorer.row(NAME + "/Vault").open();
			DialogPage.await("Vault Passphrase").type(PASSPHRASE).close("Unlock");
			explorer.row(NAME + "/Vault/notes.txt").open();
			TextPage text = TextPage.await("notes.txt");
			assertThat(text.text()).isEqualTo("first line\n");
			text.typeFirst("Hello ");
			text.saveAndWait();

			vault.unlock();
			assertThat(vault.text("/notes.txt")).isEqualTo("Hello first line\n");
		}
	}
}
