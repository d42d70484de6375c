package org.strongroom.ui;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Link;
import org.eclipse.swt.widgets.MenuItem;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.TableColumn;
import org.eclipse.swt.widgets.ToolBar;
import org.eclipse.swt.widgets.ToolItem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.testing.ui.DialogPage;
import org.strongroom.testing.ui.ExplorerPage;
import org.strongroom.testing.ui.Screenshots;
import org.strongroom.testing.ui.TextPage;
import org.strongroom.testing.ui.Ui;
import org.strongroom.testing.ui.WorkbenchPage;

/** Files are found by their names: by the index of a server, by looking through folders, and in vaults. */
@ExtendWith(Screenshots.class)
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class FindTest {
	private static final String FIND = "org.strongroom.ui.find";

	/** Where what is found is shown. */
	private static final class Found {
		private static Table table() {
			return Ui.all(Table.class).stream().filter(t -> Arrays.stream(t.getColumns()).anyMatch(c -> c.getText().equals("Lies in"))).findFirst().orElseThrow();
		}

		private static Link link() {
			return Ui.all(Link.class).stream().filter(l -> l.getParent() == table().getParent().getParent()).findFirst().orElseThrow();
		}

		static String says() {
			return Ui.get(() -> link().getText());
		}

		static void awaitSays(String text) {
			Ui.awaitThat("'" + text + "' above what was found", () -> says().contains(text));
		}

		/** Names and folders. */
		static List<String> rows() {
			return Ui.get(() -> IntStream.range(0, table().getItemCount()).mapToObj(i -> table().getItem(i).getText(0) + " in " + table().getItem(i).getText(1)).toList());
		}

		private static void select(String name) {
			Ui.run(() -> {
				int row = IntStream.range(0, table().getItemCount()).filter(i -> table().getItem(i).getText(0).equals(name)).findFirst().orElseThrow();
				table().setFocus();
				table().setSelection(row);
				table().notifyListeners(SWT.Selection, new Event());
			});
		}

		static void open(String name) {
			select(name);
			Ui.start(() -> table().notifyListeners(SWT.DefaultSelection, new Event()));
		}

		static void menu(String name, String label) {
			select(name);
			Ui.run(() -> {
				table().getMenu().notifyListeners(SWT.Show, new Event());
				MenuItem item = Arrays.stream(table().getMenu().getItems()).filter(i -> i.getText().equals(label)).findFirst().orElseThrow();
				item.notifyListeners(SWT.Selection, new Event());
			});
		}

		static void sortBy(String title) {
			Ui.run(() -> {
				TableColumn column = Arrays.stream(table().getColumns()).filter(c -> c.getText().equals(title)).findFirst().orElseThrow();
				column.notifyListeners(SWT.Selection, new Event());
			});
		}

		private static Optional<ToolItem> tool(String label) {
			return Ui.all(ToolBar.class).stream().flatMap(b -> Arrays.stream(b.getItems())).filter(i -> label.equals(i.getToolTipText())).findFirst();
		}

		static void press(String tool) {
			Ui.run(() -> tool(tool).orElseThrow().notifyListeners(SWT.Selection, new Event()));
		}
	}

	private static void find(ExplorerPage explorer, String folder, String wished, boolean exact) {
		explorer.row(folder).command(FIND);
		DialogPage dialog = DialogPage.await("Find Files").fill(0, wished);
		if (exact)
			Ui.run(() -> dialog.all(Button.class).stream().filter(b -> b.getText().contains("Case")).forEach(b -> b.setSelection(true)));
		dialog.close("Find");
	}

	@Test
	void anIndexAndUnlockedVaultsTell(@TempDir Path folder) throws Exception {
		WorkbenchPage.awaitOpen();
		try (var cloud = new Cloud(folder)) {
			Files.createDirectories(cloud.server().files().resolve("Public/Plans of others"));
			Files.writeString(cloud.server().files().resolve("Public/Plans of others/a plan.txt"), "theirs\n");
			ExplorerPage explorer = cloud.signIn();
			explorer.row(Cloud.VAULT);
			find(explorer, Cloud.NAME, "PLAN", false);
			Found.awaitSays("PLAN in cloud:/: 2 items. Locked vaults, if there are any, were left out.");
			assertThat(Found.rows()).containsExactly("Plans of others in /Public", "a plan.txt in /Public/Plans of others");
			assertThat(cloud.server().seen("SEARCH")).hasSize(1);
			find(explorer, Cloud.NAME, "PLAN", true);
			Found.awaitSays("nothing.");

			cloud.unlock(explorer);
			find(explorer, Cloud.NAME, "*plan*", false);
			Found.awaitSays("4 items.");
			assertThat(Found.rows()).containsExactly("Plans in /Vault", "Plans of others in /Public", "a plan.txt in /Public/Plans of others", "plan.txt in /Vault/Plans");
			Found.sortBy("Lies in");
			assertThat(Found.rows()).containsExactly("Plans of others in /Public", "a plan.txt in /Public/Plans of others", "Plans in /Vault", "plan.txt in /Vault/Plans");
			Found.open("plan.txt");
			assertThat(TextPage.await("plan.txt").text()).isEqualTo("a plan\n");
			assertThat(explorer.has(Cloud.VAULT + "/Plans/plan.txt")).isFalse();
			Found.menu("plan.txt", "Show in Explorer");
			explorer.row(Cloud.VAULT + "/Plans/plan.txt");
			Found.open("Plans of others");
			explorer.row(Cloud.NAME + "/Public/Plans of others");

			explorer.row(Cloud.VAULT).command("org.strongroom.ui.lock");
			explorer.row(Cloud.VAULT).awaitRemark("locked");
			Ui.awaitThat("the end of what lies in the vault", () -> Found.rows().equals(List.of("Plans of others in /Public", "a plan.txt in /Public/Plans of others")));
			assertThat(Found.says()).contains("2 items");
			// what was open within is closed, and opens by itself only if it is opened again
			explorer.awaitGone(Cloud.VAULT + "/Plans");
			cloud.unlock(explorer);
			explorer.row(Cloud.VAULT + "/Plans");
			explorer.row(Cloud.VAULT + "/Plans").open();
			explorer.row(Cloud.VAULT + "/Plans/plan.txt");

			find(explorer, Cloud.VAULT, "old", false);
			Found.awaitSays("2 items.");
			explorer.row(Cloud.VAULT).command("org.strongroom.ui.lock");
			Found.awaitSays("Find Files…");
			assertThat(Found.rows()).isEmpty();
		}
	}

	@Test
	void foldersAreLookedThroughUntilItIsStopped(@TempDir Path folder) throws Exception {
		WorkbenchPage.awaitOpen();
		try (var cloud = new Cloud(folder)) {
			Files.createDirectories(cloud.server().files().resolve("Public/slow"));
			Files.writeString(cloud.server().files().resolve("Public/slow/offer.txt"), "slow\n");
			ExplorerPage explorer = cloud.signIn();
			explorer.row(Cloud.VAULT);
			var waits = new CountDownLatch(1);
			cloud.server().trouble(r -> {
				if (r.method().equals("PROPFIND") && r.path().contains("/slow"))
					await(waits);
				return r.method().equals("SEARCH") ? 500 : 0;
			});
			find(explorer, Cloud.NAME, "offer*", false);
			Found.awaitSays("one item so far; looking into /Public");
			assertThat(Found.rows()).containsExactly("Offer.txt in /");
			Found.press("Stops finding; what was found stays");
			Found.awaitSays("one item until it was stopped. There may be more. A locked vault was left out.");
			waits.countDown();
			cloud.server().trouble(r -> r.method().equals("SEARCH") || r.path().contains("/slow") ? 500 : 0);
			Found.press("Looks again for the same");
			Found.awaitSays("one item. A locked vault was left out. <a>One place could not be looked at.</a>");
			Ui.start(() -> Found.link().notifyListeners(SWT.Selection, new Event()));
			DialogPage.awaitProblem().awaitSays("What lies there may have been missed.").awaitSays("/Public/slow").close("OK");
			cloud.server().trouble(r -> r.method().equals("SEARCH") ? 500 : 0);
			Found.press("Looks again for the same");
			Found.awaitSays("2 items. A locked vault was left out.");
		}
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await(60, TimeUnit.SECONDS);
		} catch (InterruptedException e) {
			Thread.currentThread().interrupt();
		}
	}

	@Test
	void whatIsDamagedAndAConnectionThatIsCutAreTold(@TempDir Path root, @TempDir Path keys) throws Exception {
		WorkbenchPage.awaitOpen();
		try (Office office = Office.embedded(root, keys)) {
			office.vault().unlock();
			office.vault().createFolder("/deep/deeper");
			office.vault().write("/deep/deeper/last line.txt", "x");
			Path encrypted = office.vault().ciphertext("/deep");
			office.vault().lock();
			Files.writeString(encrypted.resolve("AAAAAAAAAAAAAAAAAAAAAAAAAAAA.c9r"), "x");
			office.saveBookmark();
			ExplorerPage explorer = office.signIn();
			office.unlock(explorer);
			find(explorer, Office.VAULT, "[k-l]*.TXT", false);
			Found.awaitSays("one item. <a>One place could not be looked at.</a>");
			assertThat(Found.rows()).containsExactly("last line.txt in /Vault/deep/deeper");
			office.line().cut();
			Found.press("Looks again for the same");
			DialogPage.awaitProblem().awaitSays("The search has come to an end early").close("OK");
			Found.awaitSays("nothing until it was stopped. There may be more.");
		}
	}
}
