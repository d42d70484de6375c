package org.strongroom.ui;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.SashForm;
import org.eclipse.swt.custom.StyledText;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.TableItem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.testing.ui.ExplorerPage;
import org.strongroom.testing.ui.Screenshots;
import org.strongroom.testing.ui.Ui;
import org.strongroom.testing.ui.WorkbenchPage;

/** The doctor's view: this machine, a server, a vault. */
@ExtendWith(Screenshots.class)
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class DoctorTest {
	private static final String MACHINE = "org.strongroom.ui.checkMachine";
	private static final String SERVER = "org.strongroom.ui.checkServer";

	private static Table table() {
		return Ui.all(Table.class).stream().filter(t -> Arrays.stream(t.getColumns()).anyMatch(c -> c.getText().equals("Severity"))).findFirst().orElseThrow();
	}

	private static String says() {
		return Ui.get(() -> Ui.all(Table.class).stream().noneMatch(t -> Arrays.stream(t.getColumns()).anyMatch(c -> c.getText().equals("Severity"))) ? ""
				: Ui.all(Label.class).stream().filter(l -> l.getParent() == table().getParent().getParent().getParent()).findFirst().orElseThrow().getText());
	}

	private static void awaitSays(String text) {
		Ui.awaitThat("'" + text + "' above what was found", () -> says().contains(text));
	}

	/** Severity, what was found, where. */
	private static List<String> rows() {
		return Ui.get(() -> Arrays.stream(table().getItems()).map(i -> i.getText(0) + " " + i.getText(1) + " " + i.getText(2)).toList());
	}

	/** What is told of a row. */
	private static String details(int row) {
		return Ui.get(() -> {
			table().setSelection(row);
			table().notifyListeners(SWT.Selection, new Event());
			return Ui.all(StyledText.class).stream().filter(t -> t.getParent() instanceof SashForm && t.getParent() == table().getParent().getParent()).findFirst().orElseThrow().getText();
		});
	}

	@Test
	void thisMachine() {
		WorkbenchPage.awaitOpen();
		ExplorerPage.open();
		WorkbenchPage.command(MACHINE);
		awaitSays("not checked.");
		assertThat(says()).startsWith("this machine: ");
		assertThat(rows()).hasSizeGreaterThanOrEqualTo(15);
		List<String> severities = Ui.get(() -> Arrays.stream(table().getItems()).map(TableItem::getText).toList());
		List<String> order = List.of("serious", "warning", "note", "unchecked", "ok");
		assertThat(severities).as("the worst first").isSortedAccordingTo((a, b) -> order.indexOf(a) - order.indexOf(b));
		int note = severities.indexOf("note");
		if (note >= 0)
			assertThat(details(note)).contains("To mend it:");
	}

	@Test
	void aServerAndAVaultUntilThatIsLocked(@TempDir Path root, @TempDir Path keys) throws Exception {
		WorkbenchPage.awaitOpen();
		try (Office office = Office.embedded(root, keys)) {
			office.saveBookmark();
			ExplorerPage explorer = office.signIn();
			explorer.row(Office.VAULT);
			explorer.row(Office.NAME).command(SERVER);
			awaitSays("HQ:/: ");
			awaitSays("not checked.");
			assertThat(rows()).anyMatch(r -> r.startsWith("ok Demands more than one thing")).anyMatch(r -> r.contains("AES-256-GCM") && r.endsWith("HQ:/Vault")).noneMatch(r -> r.contains("No damage"));

			office.unlock(explorer);
			explorer.row(Office.VAULT).command(SERVER);
			awaitSays("HQ:/Vault: ");
			awaitSays("not checked.");
			assertThat(rows()).anyMatch(r -> r.startsWith("ok No damage found: 1 folder with 1 item looked through"));

			explorer.row(Office.VAULT).command("org.strongroom.ui.lock");
			awaitSays("Check This Machine and Check Server tell");
			assertThat(rows()).as("what was found in a vault names what lies in it").isEmpty();
		}
	}
}
