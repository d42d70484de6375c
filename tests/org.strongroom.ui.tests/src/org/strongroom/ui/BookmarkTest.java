package org.strongroom.ui;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Combo;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Text;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.strongroom.testing.ui.DialogPage;
import org.strongroom.testing.ui.Screenshots;
import org.strongroom.testing.ui.Ui;
import org.strongroom.testing.ui.WorkbenchPage;

/** What the wizard makes of what is entered. */
@ExtendWith(Screenshots.class)
class BookmarkTest {
	private DialogPage wizard;

	@BeforeEach
	void open() {
		WorkbenchPage.awaitOpen();
		WorkbenchPage.command("org.strongroom.ui.newBookmark");
		wizard = DialogPage.await("New Bookmark");
	}

	@AfterEach
	void cancel() {
		wizard.close("Cancel");
	}

	/** Name, server, port, user and folder. */
	private List<String> fields() {
		return Ui.get(() -> wizard.all(Text.class).stream().filter(Text::getEditable).map(Text::getText).toList());
	}

	@Test
	void aPastedAddressIsTakenApart() {
		wizard.fill(0, "HQ").fill(1, "sftp://anna:secret@files.example.org:2222/srv/a%20b");
		Ui.awaitThat("the parts of the address in their fields", () -> fields().equals(List.of("HQ", "files.example.org", "2222", "anna", "/srv/a b")));
		assertThat(wizard.canPress("Finish")).isTrue();
	}

	@Test
	void anAddressOfABrowserIsEnough() {
		Ui.run(() -> {
			Combo protocol = wizard.all(Combo.class).getFirst();
			protocol.select(protocol.indexOf("Nextcloud"));
			protocol.notifyListeners(SWT.Selection, new Event());
		});
		assertThat(wizard.canPress("Add…")).as("key files where nobody asks for them").isFalse();
		wizard.fill(1, "https://cloud.example.org/index.php/apps/files/?dir=/Contracts%20of%202026&fileid=7");
		Ui.awaitThat("the parts of the address in their fields", () -> fields().equals(List.of("cloud.example.org", "cloud.example.org", "", "", "/Contracts of 2026")));
		assertThat(wizard.canPress("Finish")).isTrue();
		wizard.fill(4, "").fill(1, "https://files.example.org:8443/cloud/login");
		Ui.awaitThat("the parts of the address in their fields", () -> fields().equals(List.of("cloud.example.org", "files.example.org", "8443", "", "/cloud/")));
		assertThat(wizard.canPress("Finish")).isTrue();
	}

	@Test
	void whatIsNoAddressOfAServerStays() {
		wizard.fill(0, "HQ").fill(1, "gopher://files.example.org");
		wizard.awaitSays("Give the server's name alone");
		assertThat(fields().get(1)).isEqualTo("gopher://files.example.org");
		assertThat(wizard.canPress("Finish")).isFalse();
	}
}
