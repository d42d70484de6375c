package org.strongroom.ui;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Combo;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.Text;
import org.eclipse.swt.widgets.ToolBar;
import org.eclipse.ui.PlatformUI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.residency.Audit;
import org.strongroom.core.residency.AuditEvent;
import org.strongroom.testing.ui.ExplorerPage;
import org.strongroom.testing.ui.Screenshots;
import org.strongroom.testing.ui.Ui;
import org.strongroom.testing.ui.WorkbenchPage;

/** The view of the audit log: what is in it, filters, verifying. */
@ExtendWith(Screenshots.class)
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class AuditViewTest {
	private static final String COMMAND = "org.strongroom.ui.audit";
	private static final String VERIFY = "Makes sure that the log is what was written";

	private static Table table() {
		return Ui.all(Table.class).stream().filter(t -> Arrays.stream(t.getColumns()).anyMatch(c -> c.getText().equals("Paths"))).findFirst().orElseThrow();
	}

	private static <T> List<T> filters(Class<T> kind) {
		return Arrays.stream(table().getParent().getChildren()).filter(c -> c instanceof org.eclipse.swt.widgets.Composite && c != table())
				.flatMap(c -> Arrays.stream(((org.eclipse.swt.widgets.Composite) c).getChildren())).filter(kind::isInstance).map(kind::cast).toList();
	}

	private static String says() {
		return Ui.get(() -> Arrays.stream(table().getParent().getChildren()).filter(Label.class::isInstance).map(c -> ((Label) c).getText()).findFirst().orElseThrow());
	}

	private static void awaitSays(String text) {
		Ui.awaitThat("'" + text + "' above the lines", () -> says().contains(text));
	}

	private static List<String> events() {
		return Ui.get(() -> Arrays.stream(table().getItems()).map(i -> i.getText(2) + " " + i.getText(3)).toList());
	}

	private static void choose(int filter, String word) {
		Ui.get(() -> {
			Combo combo = filters(Combo.class).get(filter);
			combo.setText(word);
			combo.notifyListeners(SWT.Selection, new Event());
			return null;
		});
	}

	@Test
	void showsFiltersAndVerifies(@TempDir Path root, @TempDir Path keys) throws Exception {
		WorkbenchPage.awaitOpen();
		String mark = UUID.randomUUID().toString();
		try (Office office = Office.embedded(root, keys)) {
			office.saveBookmark();
			ExplorerPage explorer = office.signIn();
			office.unlock(explorer);
			Ui.get(() -> PlatformUI.getWorkbench().getService(Audit.class))
					.record(AuditEvent.of(AuditEvent.Kind.PRINT, AuditEvent.Result.DENIED, Map.of("mark", mark)));
			WorkbenchPage.command(COMMAND);
			awaitSays(" lines.");
			assertThat(events()).as("the last first").contains("print denied", "sign-in ok", "unlock ok", "list ok");
			assertThat(events().indexOf("print denied")).isLessThan(events().lastIndexOf("unlock ok"));
			assertThat(Ui.get(() -> Arrays.stream(table().getItems()).map(i -> i.getText(7)).toList())).noneMatch(p -> p.contains("Vault"));

			choose(0, "unlock");
			Ui.awaitThat("only unlocking", () -> !events().isEmpty() && events().stream().allMatch(e -> e.startsWith("unlock ")));
			choose(0, "(all)");
			choose(1, "denied");
			Ui.awaitThat("only what was denied", () -> !events().isEmpty() && events().stream().allMatch(e -> e.endsWith(" denied")));
			choose(1, "(all)");
			Ui.awaitThat("all lines again", () -> events().stream().anyMatch(e -> e.endsWith(" ok")));
			Ui.get(() -> {
				filters(Text.class).getFirst().setText(mark.toUpperCase(Locale.ROOT));
				return null;
			});
			awaitSays("1 line.");
			assertThat(events()).containsExactly("print denied");

			Ui.get(() -> {
				Ui.all(ToolBar.class).stream().flatMap(b -> Arrays.stream(b.getItems())).filter(i -> VERIFY.equals(i.getToolTipText())).findFirst().orElseThrow().notifyListeners(SWT.Selection, new Event());
				return null;
			});
			awaitSays("Whole: lines 1 to ");
		}
	}
}
