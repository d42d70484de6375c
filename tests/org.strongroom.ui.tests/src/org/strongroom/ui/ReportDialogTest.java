package org.strongroom.ui;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Combo;
import org.eclipse.swt.widgets.DateTime;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Table;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.Home;
import org.strongroom.residency.audit.AuditLog;
import org.strongroom.testing.ui.DialogPage;
import org.strongroom.testing.ui.ExplorerPage;
import org.strongroom.testing.ui.Screenshots;
import org.strongroom.testing.ui.Ui;
import org.strongroom.testing.ui.WorkbenchPage;
import org.strongroom.ui.internal.audit.AuditView;

/** The evidence report at the window, and the auditor's key in the audit view. */
@ExtendWith(Screenshots.class)
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class ReportDialogTest {
	private static final String COMMAND = "org.strongroom.ui.report";
	private static final String TITLE = "Evidence Report";
	private static final String WRITE = "Write the Report";
	private static final int COPY = 0;
	private static final int KEY = 1;
	private static final int NOTED = 2;
	private static final int FILE = 3;
	@TempDir
	Path temp;

	@AfterEach
	void noPolicy() throws IOException {
		OwnHome.noPolicy();
	}

	private static String pem(String kind, byte[] encoded) {
		return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(kind, Base64.getEncoder().encodeToString(encoded), kind);
	}

	/** The policy has paths readable for the auditor, and exports asked for. @return the auditor's key */
	private Path auditor() throws Exception {
		var pair = KeyPairGenerator.getInstance("X25519").generateKeyPair();
		OwnHome.policy("ways-out: {export: ask}\naudit:\n  auditor-key: |\n    %s".formatted(pem("PUBLIC KEY", pair.getPublic().getEncoded()).strip().replace("\n", "\n    ")));
		return Files.writeString(temp.resolve("auditor.key"), pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
	}

	private static void choose(DialogPage dialog, int format) {
		Ui.run(() -> {
			Combo combo = dialog.all(Combo.class).getFirst();
			combo.select(format);
			combo.notifyListeners(SWT.Selection, new Event());
		});
	}

	private static Table lines() {
		return Ui.all(Table.class).stream().filter(t -> Arrays.stream(t.getColumns()).anyMatch(c -> c.getText().equals("Paths"))).findFirst().orElseThrow();
	}

	private static String paths() {
		return Ui.get(() -> String.join("\n", Arrays.stream(lines().getItems()).map(i -> i.getText(7)).toList()));
	}

	@Test
	void isWrittenWhereItWasAskedFor(@TempDir Path root, @TempDir Path keys) throws Exception {
		WorkbenchPage.awaitOpen();
		try (Office office = Office.embedded(root, keys)) {
			office.saveBookmark();
			ExplorerPage explorer = office.signIn();
			office.unlock(explorer);
			Path pdf = temp.resolve("report.pdf");
			WorkbenchPage.command(COMMAND);
			DialogPage dialog = DialogPage.await(TITLE);
			assertThat(Ui.get(() -> dialog.all(DateTime.class))).hasSize(2);
			dialog.fill(FILE, "no-folder.pdf");
			Ui.awaitThat("no place is no place", () -> !dialog.canPress(WRITE));
			dialog.fill(FILE, pdf.toString());
			Ui.awaitThat("it may be written", () -> dialog.canPress(WRITE));
			dialog.close(WRITE);
			DialogPage.await(TITLE).awaitSays("The evidence report was written to " + pdf).close("OK");
			assertThat(Files.readAllBytes(pdf)).startsWith("%PDF-".getBytes(StandardCharsets.US_ASCII));

			WorkbenchPage.command(COMMAND);
			DialogPage second = DialogPage.await(TITLE);
			second.fill(FILE, pdf.toString());
			choose(second, 1);
			second.close(WRITE);
			Path html = temp.resolve("report.html");
			DialogPage.await(TITLE).awaitSays(html.toString()).close("OK");
			assertThat(html).content().contains("The audit log starts on ", "Cryptomator 8: AES-256-GCM", "aes256-gcm@openssh.com").doesNotContain("notes.txt");

			Path noted = Files.copy(AuditLog.folder(Home.folder()).resolve("sign.pub"), temp.resolve("noted.pub"));
			Path vouched = temp.resolve("vouched.html");
			WorkbenchPage.command(COMMAND);
			DialogPage third = DialogPage.await(TITLE);
			choose(third, 1);
			third.fill(NOTED, noted.toString());
			third.fill(FILE, vouched.toString());
			third.close(WRITE);
			DialogPage.await(TITLE).awaitSays(vouched.toString()).close("OK");
			assertThat(vouched).content().contains("The audit log is whole and signed by the key that was noted");

			Path copy = Files.createDirectory(temp.resolve("copy"));
			Files.copy(AuditLog.folder(Home.folder()).resolve("audit-000001.jsonl"), copy.resolve("audit-000001.jsonl"));
			Path anew = temp.resolve("anew.html");
			WorkbenchPage.command(COMMAND);
			DialogPage fourth = DialogPage.await(TITLE);
			choose(fourth, 1);
			fourth.fill(COPY, copy.toString());
			fourth.fill(FILE, anew.toString());
			fourth.close(WRITE);
			DialogPage.await(TITLE).awaitSays(anew.toString()).close("OK");
			assertThat(anew).content().contains("This report is made from a copy of the audit log. ", "Cryptomator 8: AES-256-GCM");
		}
	}

	@Test
	void withTheAuditorsKeyItPassesThePolicyAndTheViewShowsPaths(@TempDir Path root, @TempDir Path keys) throws Exception {
		WorkbenchPage.awaitOpen();
		Path key = auditor();
		try (Office office = Office.embedded(root, keys)) {
			office.saveBookmark();
			ExplorerPage explorer = office.signIn();
			office.unlock(explorer);
			Path html = temp.resolve("readable.html");
			for (String answer : new String[] { "Do Not", "Permit Once" }) {
				WorkbenchPage.command(COMMAND);
				DialogPage dialog = DialogPage.await(TITLE);
				choose(dialog, 1);
				dialog.fill(KEY, key.toString());
				dialog.fill(FILE, html.toString());
				dialog.close(WRITE);
				DialogPage.await("Permission").awaitSays("save on this machine").awaitSays("your own policy, line 2").close(answer);
				if (answer.equals("Do Not")) {
					DialogPage.awaitProblem().awaitSays("Not permitted").close("OK");
					assertThat(html).doesNotExist();
				} else {
					DialogPage.await(TITLE).awaitSays(html.toString()).close("OK");
				}
			}
			assertThat(html).content().contains("/Vault");

			Ui.run(() -> Optional.ofNullable(WorkbenchPage.page().findView(AuditView.ID)).ifPresent(WorkbenchPage.page()::hideView)); // without filters of others
			WorkbenchPage.command(AuditView.ID);
			Ui.awaitThat("lines", () -> Ui.get(() -> lines().getItemCount()) > 0);
			assertThat(paths()).doesNotContain("/Vault", html.toString());
			AuditView view = Ui.get(() -> (AuditView) WorkbenchPage.page().findView(AuditView.ID));
			Ui.run(() -> view.use(Optional.of(key)));
			Ui.awaitThat("readable paths", () -> paths().contains("/Vault"));
			assertThat(paths().lines()).as("where the report was denied to go, and went").filteredOn(l -> l.equals("to " + html)).hasSize(2);
			Ui.run(() -> view.use(Optional.of(html)));
			DialogPage.awaitProblem().awaitSays("this is no private key of X25519").close("OK");
			Ui.awaitThat("hashes again", () -> !paths().isEmpty() && !paths().contains("/Vault"));
			Ui.run(() -> view.use(Optional.of(key)));
			Ui.awaitThat("readable paths", () -> paths().contains("/Vault"));
			Ui.run(() -> WorkbenchPage.page().hideView(view));
			WorkbenchPage.command(AuditView.ID);
			Ui.awaitThat("lines", () -> Ui.get(() -> lines().getItemCount()) > 0);
			assertThat(paths()).as("forgotten when the view was closed").doesNotContain("/Vault");
		}
	}
}
