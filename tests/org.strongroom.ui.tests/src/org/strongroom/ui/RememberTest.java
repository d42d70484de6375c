package org.strongroom.ui;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.eclipse.swt.widgets.Button;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.Home;
import org.strongroom.core.Sessions;
import org.strongroom.core.auth.Authenticator;
import org.strongroom.core.residency.Guard;
import org.strongroom.testing.ui.DialogPage;
import org.strongroom.testing.ui.ExplorerPage;
import org.strongroom.testing.ui.Keys;
import org.strongroom.testing.ui.Screenshots;
import org.strongroom.testing.ui.Ui;
import org.strongroom.testing.ui.WorkbenchPage;
import org.strongroom.ui.internal.work.Work;

/** <i>Remember</i>, with a keyring: what is ticked is kept and not asked for again; where that is not permitted it is not offered, and what is kept is not used. */
@ExtendWith(Screenshots.class)
class RememberTest {
	private static final String KEY = "Key Passphrase";
	private static final String VAULT = "Vault Passphrase";
	@TempDir
	Path root;
	@TempDir
	Path keys;
	@TempDir
	static Path desktop;
	private static DesktopKeyring keyring;
	private Office office;
	private ExplorerPage explorer;
	private int before;

	@BeforeAll
	static void open() throws IOException {
		assumeTrue(DesktopKeyring.unavailable().isEmpty(), () -> DesktopKeyring.unavailable().orElseThrow());
		WorkbenchPage.awaitOpen();
		keyring = DesktopKeyring.start(desktop);
	}

	@AfterAll
	static void close() throws Exception {
		if (keyring == null)
			return;
		keyring.close();
		Files.deleteIfExists(store()); // nobody can open it any more
	}

	@BeforeEach
	void begin() throws IOException {
		office = Office.embedded(root, keys);
		office.saveBookmark();
		before = OwnHome.events("remember").size();
		explorer = ExplorerPage.open();
		OwnHome.waysOut("remember: allow");
		explorer.row(Office.NAME).open();
		office.trust();
	}

	@AfterEach
	void end() throws Exception {
		WorkbenchPage.awaitIdle(Work.FAMILY);
		OwnHome.noPolicy();
		WorkbenchPage.service(Guard.class).travel(false);
		for (Authenticator each : authenticators())
			each.forget("");
		office.close();
	}

	private static List<Authenticator> authenticators() {
		return WorkbenchPage.service(Sessions.class).plugIns().authenticators();
	}

	private static boolean isAnythingKept() throws IOException {
		for (Authenticator each : authenticators())
			if (each.remembers(""))
				return true;
		return false;
	}

	private static Path store() {
		return Home.folder().resolve("secure_storage");
	}

	private List<String> newEvents() throws IOException {
		List<String> all = OwnHome.events("remember");
		return all.subList(before, all.size());
	}

	private static Button remember(String asks) {
		return Office.remember(DialogPage.await(asks));
	}

	private static void tick(String asks) {
		Button remember = remember(asks);
		Keys.type(remember, " ");
		Ui.awaitThat("the tick", remember::getSelection);
	}

	private void enter() {
		office.givePassphrase();
		giveCode();
	}

	private void giveCode() {
		office.giveCode();
		explorer.row(Office.NAME).awaitRemark("signed in");
		WorkbenchPage.awaitIdle(Work.FAMILY); // it is being listed
	}

	private void signOut() {
		explorer.row(Office.NAME).command("org.strongroom.ui.disconnect");
		explorer.row(Office.NAME).awaitRemark("offline");
		explorer.row(Office.NAME).open();
	}

	/** The code is asked at once. */
	private void isNotAsked() {
		DialogPage.await("Sign In");
		assertThat(DialogPage.isOpen(KEY)).isFalse();
		giveCode();
	}

	private void isAskedAndNotOffered(String forbidden) {
		Button remember = remember(KEY);
		assertThat(Ui.get(remember::isEnabled)).isFalse();
		assertThat(Ui.get(remember::getText)).isEqualTo("&Remember: forbidden by " + forbidden);
		enter();
	}

	@Test
	void whatIsTickedIsNotAskedForAgain() throws Exception {
		tick(KEY);
		assertThat(isAnythingKept()).isFalse();
		enter();
		assertThat(isAnythingKept()).isTrue();
		assertThat(keyring.secrets()).as("the key to what is remembered").isOne();
		explorer.row(Office.VAULT).open();
		tick(VAULT);
		DialogPage.await(VAULT).type(office.vault().passphrase()).close("Unlock");
		explorer.row(Office.VAULT).awaitRemark("unlocked");
		explorer.row(Office.NOTES);
		WorkbenchPage.awaitIdle(Work.FAMILY);
		assertThat(newEvents()).containsExactly("ok policy=allow rule=your own policy, line 2", "ok policy=allow rule=your own policy, line 2");
		assertThat(store()).content().doesNotContain(office.vault().passphrase(), "open sesame", "127.0.0.1");

		signOut();
		isNotAsked();
		explorer.row(Office.VAULT).open();
		explorer.row(Office.VAULT).awaitRemark("unlocked");
		explorer.row(Office.NOTES);
		WorkbenchPage.awaitIdle(Work.FAMILY);
		assertThat(newEvents()).as("what is used is not kept once more").hasSize(2);
	}

	@Test
	void whereItIsAskedForTheTickIsTheYes() throws Exception {
		OwnHome.waysOut("remember: ask");
		enter();
		assertThat(isAnythingKept()).isFalse();
		assertThat(newEvents()).isEmpty();
		signOut();
		tick(KEY);
		enter();
		assertThat(isAnythingKept()).isTrue();
		assertThat(newEvents()).containsExactly("ok policy=ask rule=your own policy, line 2");
		signOut();
		isNotAsked();
	}

	@Test
	void whereItIsForbiddenWhatIsKeptIsNotUsed() throws Exception {
		tick(KEY);
		enter();
		OwnHome.waysOut("remember: forbid");
		signOut();
		isAskedAndNotOffered("your own policy");
		OwnHome.waysOut("remember: allow");
		WorkbenchPage.service(Guard.class).travel(true);
		signOut();
		isAskedAndNotOffered("travel mode");
		WorkbenchPage.service(Guard.class).travel(false);
		signOut();
		isNotAsked();
		assertThat(newEvents()).as("nobody could tick anything but once").hasSize(1);
	}

	/** Whose bookmark it is, the dialog does not know. */
	@Test
	void whatIsTickedWhereItIsForbiddenIsNotKept() throws Exception {
		OwnHome.policy("rules:\n  - {way: remember, bookmark: %s, verdict: forbid}".formatted(Office.NAME));
		tick(KEY);
		enter();
		assertThat(isAnythingKept()).isFalse();
		assertThat(newEvents()).containsExactly("denied policy=forbid rule=your own policy, line 3 why=forbidden");
	}
}
