package org.strongroom.editors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Hashtable;
import java.util.Map;

import org.eclipse.swt.widgets.Label;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.strongroom.core.Bookmark;
import org.strongroom.core.Item;
import org.strongroom.core.Session;
import org.strongroom.core.Session.Unlocking;
import org.strongroom.core.Sessions;
import org.strongroom.core.auth.Challenge;
import org.strongroom.core.auth.Prompter;
import org.strongroom.testing.CryptomatorOracle;
import org.strongroom.testing.CryptomatorOracle.Cipher;
import org.strongroom.testing.DelayProxy;
import org.strongroom.testing.Person;
import org.strongroom.testing.WebDavServer;
import org.strongroom.testing.WebDavServer.Kind;
import org.strongroom.testing.WebDavServer.Request;
import org.strongroom.testing.ui.DialogPage;
import org.strongroom.testing.ui.Screenshots;
import org.strongroom.testing.ui.TextPage;
import org.strongroom.testing.ui.Ui;
import org.strongroom.testing.ui.WorkbenchPage;

/** Texts on a real WebDAV server that locks files, which another program wants to change, too. */
@ExtendWith(Screenshots.class)
class LockingTest {
	private static final String PASSPHRASE = "the vault's passphrase";
	@TempDir
	static Path temp;
	private static WebDavServer server;
	private static DelayProxy line;
	private static ServiceRegistration<Prompter> person;
	private static Session session;

	@BeforeAll
	static void open() throws IOException {
		assumeTrue(WebDavServer.unavailable(Kind.APACHE).isEmpty(), () -> WebDavServer.unavailable(Kind.APACHE).orElseThrow());
		WorkbenchPage.awaitOpen();
		server = WebDavServer.apache().start();
		person = FrameworkUtil.getBundle(LockingTest.class).getBundleContext().registerService(Prompter.class,
				new Person().secret(c -> c instanceof Challenge.VaultPassphrase ? PASSPHRASE : server.password()), new Hashtable<>(Map.of("service.ranking", 2)));
		line = DelayProxy.to(server.host(), server.port()).start();
		session = WorkbenchPage.service(Sessions.class).open(new Bookmark("Files", URI.create("dav://%s@%s:%d/".formatted(server.user(), line.host(), line.port()))));
	}

	@AfterEach
	void closeEditors() {
		WorkbenchPage.closeEditors();
	}

	@AfterAll
	static void close() throws IOException {
		if (session != null)
			session.close();
		if (person != null)
			person.unregister();
		if (line != null)
			line.close();
		if (server != null)
			server.close();
	}

	private static Path file(String name) throws IOException {
		Path file = Files.writeString(server.root().resolve(name), "as it was\n");
		server.handOver(file);
		return file;
	}

	private static void open(String location) throws IOException {
		Item item = session.stat(location, Unlocking.ASK);
		Ui.run(() -> OpenFile.open(WorkbenchPage.page(), session, item));
	}

	private static boolean isLocked(String path) {
		try {
			return server.send("PROPFIND", path, "<propfind xmlns='DAV:'><prop><lockdiscovery/></prop></propfind>", Map.of("Depth", "0")).body().contains(server.user() + " (Strongroom)");
		} catch (IOException e) {
			throw new AssertionError(e);
		}
	}

	private static long locks() throws IOException {
		return server.requests().stream().map(Request::method).filter("LOCK"::equals).count();
	}

	@Test
	void aFileIsLockedFromItsFirstChangeUntilItsEditorCloses() throws Exception {
		Path file = file("notes.txt");
		long before = locks();
		open("/notes.txt");
		TextPage text = TextPage.await("notes.txt");
		assertThat(locks() - before).as("looking locks nothing").isZero();
		text.typeFirst("mine ");
		Ui.awaitThat("the lock", () -> isLocked("/notes.txt"));
		text.saveAndWait();
		assertThat(file).hasContent("mine as it was\n");
		assertThat(server.isLockedForOthers("/notes.txt")).as("saved, and still open").isTrue();
		text.typeFirst("more ").saveAndWait();
		assertThat(file).hasContent("more mine as it was\n");
		closeEditors();
		Ui.awaitThat("the end of the lock", () -> !isLocked("/notes.txt"));
		assertThat(server.isLockedForOthers("/notes.txt")).isFalse();
	}

	@Test
	void theNextConnectionGoesOnWithTheLock() throws Exception {
		Path file = file("far.txt");
		open("/far.txt");
		TextPage text = TextPage.await("far.txt").typeFirst("mine ");
		Ui.awaitThat("the lock", () -> isLocked("/far.txt"));
		line.refuse(true);
		line.cut();
		text.save();
		DialogPage.await("Connection Lost").awaitSays("Your text is kept here, unsaved.");
		line.refuse(false);
		DialogPage.await("Connection Lost").close("Reconnect and Save");
		text.awaitSaved();
		assertThat(file).hasContent("mine as it was\n");
		assertThat(server.isLockedForOthers("/far.txt")).isTrue();
		closeEditors();
		Ui.awaitThat("the end of the lock", () -> !isLocked("/far.txt"));
	}

	@Test
	void whoHasItLockedIsToldWhenItIsOpenedAndWhenItIsSaved() throws Exception {
		Path file = file("theirs.txt");
		String token = server.lockForOthers("/theirs.txt");
		open("/theirs.txt");
		DialogPage.await("Locked").awaitSays("theirs.txt is locked by mailto:bob@example.org.").close("Read Only");
		TextPage text = TextPage.await("theirs.txt");
		assertThat(Ui.get(() -> text.widget().getEditable())).isFalse();
		closeEditors();
		open("/theirs.txt");
		DialogPage.await("Locked").close("Cancel");
		WorkbenchPage.awaitEditors();
		open("/theirs.txt");
		DialogPage.await("Locked").close("Edit Anyway");
		TextPage edited = TextPage.await("theirs.txt");
		Ui.run(() -> edited.editor().getDocumentProvider().getDocument(edited.editor().getEditorInput()).set("mine\n"));
		edited.save();
		Ui.awaitThat("the refusal", () -> Ui.all(Label.class).stream().anyMatch(l -> l.getText().endsWith("/theirs.txt: locked by mailto:bob@example.org")));
		DialogPage.await("Strongroom").close("OK");
		assertThat(edited.isDirty()).isTrue();
		assertThat(file).hasContent("as it was\n");
		assertThat(server.send("UNLOCK", "/theirs.txt", "", Map.of("Lock-Token", token)).statusCode()).isEqualTo(204);
		edited.saveAndWait();
		assertThat(file).hasContent("mine\n");
		assertThat(server.isLockedForOthers("/theirs.txt")).isTrue();
	}

	@Test
	void ofAVaultsFileTheEncryptedOneIsLockedUntilTheVaultIs() throws Exception {
		String holder;
		try (CryptomatorOracle oracle = CryptomatorOracle.create(server.root().resolve("vault"), PASSPHRASE, Cipher.SIV_GCM)) {
			oracle.write("/secret.txt", "as it was\n");
			holder = "/" + server.root().relativize(oracle.ciphertext("/secret.txt").toRealPath()).toString().replace("=", "%3D");
			oracle.lock();
			server.handOverAll();
			session.refresh("/");
			open("/vault/secret.txt");
			TextPage text = TextPage.await("secret.txt").typeFirst("mine ");
			Ui.awaitThat("the lock", () -> isLocked(holder));
			text.saveAndWait();
			text.typeFirst("more ");
			Thread.ofVirtual().start(() -> {
				try {
					session.lock("/vault");
				} catch (IOException e) {
					throw new AssertionError(e);
				}
			});
			DialogPage.await("Unsaved Changes").close("Keep Open");
			Ui.awaitThat("the end of the lock", () -> !isLocked(holder));
			oracle.unlock();
			assertThat(oracle.text("/secret.txt")).isEqualTo("mine as it was\n");
		}
	}
}
