package org.strongroom.ui;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.CLabel;
import org.eclipse.swt.custom.ST;
import org.eclipse.swt.custom.StyledText;
import org.eclipse.swt.dnd.Clipboard;
import org.eclipse.swt.dnd.DND;
import org.eclipse.swt.dnd.DragSource;
import org.eclipse.swt.dnd.DragSourceAdapter;
import org.eclipse.swt.dnd.DragSourceEvent;
import org.eclipse.swt.dnd.TextTransfer;
import org.eclipse.swt.graphics.ImageData;
import org.eclipse.swt.graphics.ImageLoader;
import org.eclipse.swt.graphics.PaletteData;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.MenuItem;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.Text;
import org.eclipse.swt.widgets.ToolBar;
import org.eclipse.swt.widgets.ToolItem;
import org.eclipse.swt.widgets.Tree;
import org.eclipse.swt.widgets.TreeItem;
import org.eclipse.ui.IEditorPart;
import org.eclipse.ui.IPageLayout;
import org.eclipse.ui.dialogs.PreferencesUtil;
import org.eclipse.ui.views.properties.PropertySheet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openpdf.text.pdf.PRStream;
import org.openpdf.text.pdf.PdfName;
import org.openpdf.text.pdf.PdfNumber;
import org.openpdf.text.pdf.PdfReader;
import org.openpdf.text.pdf.parser.PdfTextExtractor;
import org.strongroom.core.Bookmark;
import org.strongroom.core.Bookmarks;
import org.strongroom.core.Home;
import org.strongroom.core.residency.Guard;
import org.strongroom.editors.Exports;
import org.strongroom.testing.ui.DialogPage;
import org.strongroom.testing.ui.ExplorerPage;
import org.strongroom.testing.ui.Mouse;
import org.strongroom.testing.ui.PrinterPage;
import org.strongroom.testing.ui.Screenshots;
import org.strongroom.testing.ui.TextPage;
import org.strongroom.testing.ui.Ui;
import org.strongroom.testing.ui.WorkbenchPage;
import org.strongroom.ui.internal.work.Work;

/** What may leave the window: allowed, asked for, forbidden. */
@ExtendWith(Screenshots.class)
class WaysOutTest {
	private static final String EDIT = "org.eclipse.ui.edit.";
	private static final String TRAVEL = "org.strongroom.ui.travel";
	private static final String PRINT = "org.eclipse.ui.file.print";
	/** Of a picture, in pixels, and the colour of each. */
	private static final int WIDTH = 36;
	private static final int PIXEL = 0x3366CC;
	private static final String DOWNLOAD = "org.strongroom.ui.download";
	private static final String HERE = "This machine";
	private static final String BEFORE = "what was on the clipboard before";
	@TempDir
	Path root;
	@TempDir
	Path keys;
	@TempDir
	Path here;
	private Office office;

	@BeforeEach
	void begin() throws IOException {
		WorkbenchPage.awaitOpen();
		office = Office.embedded(root, keys);
		office.saveBookmark();
		WorkbenchPage.service(Bookmarks.class).save(new Bookmark(HERE, here.toUri()), true);
	}

	@AfterEach
	void end() throws IOException {
		WorkbenchPage.awaitIdle(Work.FAMILY);
		OwnHome.noPolicy();
		WorkbenchPage.service(Guard.class).travel(false);
		WorkbenchPage.closeEditors();
		WorkbenchPage.forget(HERE);
		office.close();
	}

	private ExplorerPage unlocked() {
		ExplorerPage explorer = office.signIn();
		office.unlock(explorer);
		explorer.row(HERE).open();
		explorer.row(HERE).awaitRemark("signed in");
		return explorer;
	}

	private static void copy(ExplorerPage explorer, String from, String to) {
		explorer.row(from).command(EDIT + "copy");
		explorer.row(to).command(EDIT + "paste");
	}

	@Test
	void copyingToThisMachineIsAllowedAskedForAndForbidden() throws Exception {
		ExplorerPage explorer = unlocked();
		OwnHome.waysOut("export: forbid");
		copy(explorer, Office.NOTES, HERE);
		DialogPage.awaitProblem().awaitSays("Forbidden by your own policy, line 2").close("OK");
		OwnHome.waysOut("export: ask");
		copy(explorer, Office.NOTES, HERE);
		DialogPage.await("Permission").awaitSays("save on this machine").awaitSays("/Vault/notes.txt").awaitSays("your own policy, line 2").close("Do Not");
		DialogPage.awaitProblem().awaitSays("Not permitted").close("OK");
		assertThat(here).isEmptyDirectory();
		copy(explorer, Office.NOTES, HERE);
		DialogPage.await("Permission").close("Permit Once");
		Ui.awaitThat("the copy", () -> Files.exists(here.resolve("notes.txt")));
		assertThat(here.resolve("notes.txt")).hasContent("first line\nsecond line\n");
		OwnHome.waysOut("export: allow");
		explorer.row(Office.NAME + "/Plain").open();
		copy(explorer, Office.NAME + "/Plain/plain.txt", HERE);
		Ui.awaitThat("the copy", () -> Files.exists(here.resolve("plain.txt")));
	}

	@Test
	void whatLeavesAVaultForAPlainFolderIsAskedFor() throws Exception {
		ExplorerPage explorer = unlocked();
		OwnHome.waysOut("share: ask");
		copy(explorer, Office.NOTES, Office.NAME + "/Plain");
		DialogPage.await("Permission").awaitSays("share a readable copy").awaitSays("/Vault/notes.txt").awaitSays("HQ:/Plain").close("Do Not");
		DialogPage.awaitProblem().close("OK");
		assertThat(root.resolve("Plain/notes.txt")).doesNotExist();
		OwnHome.waysOut("share: forbid");
		copy(explorer, Office.NOTES, Office.NAME + "/Plain");
		DialogPage.awaitProblem().awaitSays("Forbidden by").close("OK");
		OwnHome.waysOut("share: allow");
		copy(explorer, Office.NOTES, Office.NAME + "/Plain");
		Ui.awaitThat("the copy", () -> Files.exists(root.resolve("Plain/notes.txt")));
	}

	@Test
	void eachOfSeveralIsAskedFor() throws Exception {
		ExplorerPage explorer = unlocked();
		Files.writeString(here.resolve("mine.txt"), "mine");
		explorer.row(HERE).command("org.eclipse.ui.file.refresh");
		Ui.awaitThat("the file of this machine", () -> explorer.has(HERE + "/mine.txt"));
		OwnHome.waysOut("export: forbid");
		explorer.select(HERE + "/mine.txt", Office.NOTES);
		WorkbenchPage.command(EDIT + "copy");
		explorer.row(HERE).command(EDIT + "paste");
		DialogPage.awaitProblem().awaitSays("Forbidden by your own policy, line 2: save on this machine (/Vault/notes.txt)").close("OK");
		assertThat(here).isDirectoryNotContaining(file -> !file.endsWith("mine.txt"));

		explorer.row(Office.NAME + "/Plain").open();
		Ui.awaitThat("the plain file", () -> explorer.has(Office.NAME + "/Plain/plain.txt"));
		OwnHome.waysOut("share: forbid");
		explorer.select(Office.NAME + "/Plain/plain.txt", Office.NOTES);
		WorkbenchPage.command(EDIT + "copy");
		explorer.row(Office.NAME + "/Plain").command(EDIT + "paste");
		DialogPage.awaitProblem().awaitSays("Forbidden by your own policy, line 2: share a readable copy (/Vault/notes.txt)").close("OK");
		assertThat(root.resolve("Plain/notes.txt")).doesNotExist();

		OwnHome.waysOut("share: ask");
		explorer.row(Office.NAME + "/Plain").command(EDIT + "paste");
		DialogPage.await("Permission").awaitSays("share a readable copy").awaitSays("/Vault/notes.txt").close("Permit Once");
		Ui.awaitThat("the copies", () -> Files.exists(root.resolve("Plain/notes.txt")) && Files.exists(root.resolve("Plain/plain (2).txt")));
	}

	private static void saveAs(String location) {
		WorkbenchPage.command("org.eclipse.ui.file.saveAs");
		saveThere(location);
	}

	/** It is asked again where something was not saved. */
	private static void saveThere(String location) {
		DialogPage.await("Save As").fill(0, location).close("OK");
	}

	/** What an editor has from a vault is not encrypted anywhere else. */
	@Test
	void savingAVaultsTextInAPlainFolderIsAllowedAskedForAndForbidden() throws Exception {
		TextPage text = notes(unlocked());
		Path plain = root.resolve("Plain/taken.txt");
		OwnHome.waysOut("share: forbid");
		saveAs("/Plain/taken.txt");
		DialogPage.awaitProblem().awaitSays("Forbidden by your own policy, line 2: share a readable copy (/Vault/notes.txt), to HQ:/Plain/taken.txt").close("OK");
		OwnHome.waysOut("share: ask");
		saveThere("/Plain/taken.txt");
		DialogPage.await("Permission").awaitSays("share a readable copy").awaitSays("HQ:/Plain/taken.txt").close("No");
		assertThat(plain).doesNotExist();
		assertThat(Ui.get(() -> text.editor().getTitle())).isEqualTo("notes.txt");
		saveThere("/Vault/within.txt");
		TextPage within = TextPage.await("within.txt");
		assertThat(office.inVault("/within.txt")).isEqualTo("first line\nsecond line\n");
		saveAs("/Plain/taken.txt");
		DialogPage.await("Permission").close("Yes");
		TextPage.await("taken.txt").typeFirst("more ").saveAndWait();
		assertThat(OwnHome.events("copy").getLast()).isEqualTo("ok policy=ask rule=your own policy, line 2 way=share");
		assertThat(plain).hasContent("more first line\nsecond line\n");
		assertThat(within.isDirty()).isFalse();
	}

	private static String clipboard() {
		return Ui.get(() -> {
			var clipboard = new Clipboard(Display.getCurrent());
			try {
				return (String) clipboard.getContents(TextTransfer.getInstance());
			} finally {
				clipboard.dispose();
			}
		});
	}

	private static void onClipboard(String text) {
		Ui.run(() -> {
			var clipboard = new Clipboard(Display.getCurrent());
			clipboard.setContents(new Object[] { text }, new org.eclipse.swt.dnd.Transfer[] { TextTransfer.getInstance() });
			clipboard.dispose();
		});
	}

	private static TextPage notes(ExplorerPage explorer) {
		explorer.row(Office.NOTES).open();
		TextPage text = TextPage.await("notes.txt");
		Ui.run(() -> text.editor().selectAndReveal(0, 5));
		return text;
	}

	@Test
	void theClipboardIsAllowedAskedForAndForbidden() throws Exception {
		TextPage text = notes(unlocked());
		onClipboard(BEFORE);
		OwnHome.waysOut("clipboard: forbid");
		WorkbenchPage.command(EDIT + "copy");
		DialogPage.awaitProblem().awaitSays("Forbidden by your own policy, line 2: copy to the clipboard (/Vault/notes.txt)").close("OK");
		WorkbenchPage.command(EDIT + "cut");
		DialogPage.awaitProblem().close("OK");
		assertThat(text.text()).as("nothing was cut").startsWith("first");
		OwnHome.waysOut("clipboard: ask");
		WorkbenchPage.command(EDIT + "copy");
		DialogPage.await("Permission").awaitSays("copy to the clipboard").close("No");
		assertThat(clipboard()).isEqualTo(BEFORE);
		WorkbenchPage.command(EDIT + "copy");
		DialogPage.await("Permission").close("Yes");
		assertThat(clipboard()).isEqualTo("first");
		onClipboard(BEFORE);
		OwnHome.waysOut("clipboard: allow");
		WorkbenchPage.command(EDIT + "cut");
		Ui.awaitThat("what was cut", () -> "first".equals(clipboard()));
	}

	/** What other programs paste by the middle button; {@code null} if nothing. */
	private static String primary() {
		return Ui.get(() -> {
			var clipboard = new Clipboard(Display.getCurrent());
			try {
				return (String) clipboard.getContents(TextTransfer.getInstance(), DND.SELECTION_CLIPBOARD);
			} finally {
				clipboard.dispose();
			}
		});
	}

	private static void onPrimary(String text) {
		Ui.run(() -> {
			var clipboard = new Clipboard(Display.getCurrent());
			clipboard.setContents(new Object[] { text }, new org.eclipse.swt.dnd.Transfer[] { TextTransfer.getInstance() }, DND.SELECTION_CLIPBOARD);
			clipboard.dispose();
		});
	}

	private static Event key(int code, char character, int mask) {
		var event = new Event();
		event.keyCode = code;
		event.character = character;
		event.stateMask = mask;
		return event;
	}

	/** Selects by a key that is pressed with another: the bindings may take the key itself, but the text sees the other. */
	private static void byKeyboard(StyledText widget, int with, int code, Runnable selecting) {
		Ui.run(() -> {
			widget.setSelection(0);
			widget.notifyListeners(SWT.KeyDown, key(with, (char) 0, 0));
			selecting.run();
			widget.notifyListeners(SWT.KeyUp, key(code, (char) 0, with));
			widget.notifyListeners(SWT.KeyUp, key(with, (char) 0, with));
		});
	}

	private static void byDoubleClick(StyledText widget) {
		Ui.run(() -> {
			widget.setSelection(0);
			Point at = widget.getLocationAtOffset(1);
			for (int click = 1; click <= 2; click++) {
				var event = new Event();
				event.button = 1;
				event.count = click;
				event.x = at.x;
				event.y = at.y + widget.getLineHeight() / 2;
				widget.notifyListeners(SWT.MouseDown, event);
				widget.notifyListeners(SWT.MouseUp, event);
			}
			assertThat(widget.getSelectionText()).isEqualTo("first");
		});
	}

	@Test
	void whatIsSelectedIsPastedElsewhereByTheMouseOnlyWhereItIsAllowed() throws Exception {
		StyledText widget = notes(unlocked()).widget();
		int before = OwnHome.events("clipboard").size();
		for (String verdict : List.of("forbid", "ask", "allow")) {
			OwnHome.waysOut("clipboard: " + verdict);
			boolean allowed = verdict.equals("allow");
			onPrimary(BEFORE);
			byKeyboard(widget, SWT.SHIFT, SWT.END, () -> widget.invokeAction(ST.SELECT_LINE_END));
			assertThat(Ui.get(widget::getSelectionText)).isEqualTo("first line");
			assertThat(primary()).as("%s, keyboard", verdict).isEqualTo(allowed ? "first line" : BEFORE);
			onPrimary(BEFORE);
			byDoubleClick(widget);
			assertThat(primary()).as("%s, double click", verdict).isEqualTo(allowed ? "first" : BEFORE);
			onPrimary(BEFORE);
			byKeyboard(widget, SWT.CTRL, 'a', widget::selectAll);
			assertThat(primary()).as("%s, all", verdict).isEqualTo(allowed ? "first line\nsecond line\n" : BEFORE);
		}
		List<String> recorded = OwnHome.events("clipboard");
		assertThat(recorded.subList(before, recorded.size())).as("three selections within a minute").containsExactly("ok policy=allow rule=your own policy, line 2");
	}

	/** Keys, as the field's system sees them: whether it is let do something with them. */
	private static boolean passes(Text field, Event key) {
		var done = new CompletableFuture<Boolean>();
		Ui.start(() -> {
			field.notifyListeners(SWT.KeyDown, key);
			done.complete(key.doit);
		});
		for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(1); System.nanoTime() < end && !done.isDone() && !DialogPage.isProblemOpen();)
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
		if (!done.isDone())
			DialogPage.awaitProblem().awaitSays("copy to the clipboard").close("OK");
		return done.join();
	}

	@Test
	void whatFieldsOfDialogsHaveIsCopiedAsThePolicyHasIt() throws Exception {
		ExplorerPage explorer = unlocked();
		onClipboard(BEFORE);
		OwnHome.waysOut("clipboard: forbid");
		explorer.row(Office.NOTES).command("org.eclipse.ui.edit.rename");
		DialogPage rename = DialogPage.await("Rename");
		Text name = Ui.get(() -> rename.all(Text.class).getFirst());
		assertThat(Ui.<String>get(name::getText)).isEqualTo("notes.txt");
		assertThat(passes(name, key('c', 'c', SWT.CTRL))).isFalse();
		assertThat(passes(name, key('x', 'x', SWT.CTRL))).isFalse();
		assertThat(passes(name, key(SWT.INSERT, (char) 0, SWT.CTRL))).isFalse();
		assertThat(passes(name, key(SWT.DEL, SWT.DEL, SWT.SHIFT))).isFalse();
		assertThat(passes(name, key('c', 'c', 0))).isTrue();
		var menu = new Event();
		Ui.run(() -> name.notifyListeners(SWT.MenuDetect, menu));
		assertThat(menu.doit).isFalse();
		assertThat(clipboard()).isEqualTo(BEFORE);
		OwnHome.waysOut("clipboard: allow");
		passes(name, key('c', 'c', SWT.CTRL));
		assertThat(DialogPage.isProblemOpen()).isFalse();
		assertThat(OwnHome.events("clipboard").getLast()).isEqualTo("ok policy=allow rule=your own policy, line 2");
		rename.close("Cancel");
	}

	@Test
	void whatIsSelectedIsLookedForOnlyWhereItMayBePastedElsewhere() throws Exception {
		ExplorerPage explorer = unlocked();
		for (String verdict : List.of("forbid", "allow")) {
			OwnHome.waysOut("clipboard: " + verdict);
			onPrimary(BEFORE);
			notes(explorer);
			WorkbenchPage.command("org.eclipse.ui.edit.findReplace");
			Text field = Ui.await("the field for what is looked for", () -> Ui.all(Text.class).stream().filter(Text::isFocusControl).findFirst());
			assertThat(Ui.<String>get(field::getText)).isEqualTo(verdict.equals("allow") ? "first" : "");
			assertThat(primary()).as(verdict).isEqualTo(verdict.equals("allow") ? "first" : BEFORE);
			WorkbenchPage.closeEditors();
		}
	}

	@Test
	void whatPropertiesTellIsCopiedAsThePolicyHasIt() throws Exception {
		ExplorerPage explorer = unlocked();
		explorer.row(Office.NOTES).command("org.eclipse.ui.file.properties");
		Tree rows = Ui.await("the properties", () -> propertyTree().filter(t -> row(t, "Encrypted name").isPresent()));
		Ui.run(() -> {
			rows.setFocus();
			rows.setSelection(row(rows, "Name").orElseThrow());
			rows.notifyListeners(SWT.Selection, new Event());
		});
		onClipboard(BEFORE);
		OwnHome.waysOut("clipboard: forbid");
		WorkbenchPage.command(EDIT + "copy");
		DialogPage.awaitProblem().awaitSays("copy to the clipboard (/Vault/notes.txt)").close("OK");
		assertThat(Ui.get(() -> menu(rows))).singleElement().asString().startsWith("&Copy");
		Ui.start(() -> rows.getMenu().getItem(0).notifyListeners(SWT.Selection, new Event()));
		DialogPage.awaitProblem().awaitSays("copy to the clipboard (/Vault/notes.txt)").close("OK");
		OwnHome.waysOut("clipboard: ask");
		WorkbenchPage.command(EDIT + "copy");
		DialogPage.await("Permission").close("No");
		assertThat(clipboard()).isEqualTo(BEFORE);
		WorkbenchPage.command(EDIT + "copy");
		DialogPage.await("Permission").close("Yes");
		assertThat(clipboard()).isEqualTo("Name\tnotes.txt");
		onClipboard(BEFORE);
		OwnHome.waysOut("clipboard: allow");
		WorkbenchPage.command(EDIT + "copy");
		Ui.awaitThat("the name on the clipboard", () -> "Name\tnotes.txt".equals(clipboard()));
		assertThat(Ui.get(() -> rows.getData(DND.DRAG_SOURCE_KEY))).as("what drags it out of the view").isNull();
	}

	@Test
	void whatThePreviewShowsIsCopiedAsThePolicyHasIt() throws Exception {
		office.vault().unlock();
		office.vault().write("/bytes", new byte[] { 0, 1, 'a', (byte) 0xFF });
		office.vault().lock();
		unlocked().row(Office.VAULT + "/bytes").open();
		IEditorPart viewer = WorkbenchPage.awaitEditor("bytes");
		Ui.run(() -> WorkbenchPage.page().activate(viewer));
		Ui.awaitThat("the bytes", () -> Ui.all(StyledText.class).stream().anyMatch(text -> text.getText().contains("00 01 61 ff")));
		WorkbenchPage.command(EDIT + "selectAll");
		onClipboard(BEFORE);
		OwnHome.waysOut("clipboard: forbid");
		WorkbenchPage.command(EDIT + "copy");
		DialogPage.awaitProblem().awaitSays("copy to the clipboard (/Vault/bytes)").close("OK");
		assertThat(clipboard()).isEqualTo(BEFORE);
		OwnHome.waysOut("clipboard: allow");
		WorkbenchPage.command(EDIT + "copy");
		Ui.awaitThat("the bytes on the clipboard", () -> clipboard().contains("00 01 61 ff"));
	}

	private static Optional<Tree> propertyTree() {
		return WorkbenchPage.page().findView(IPageLayout.ID_PROP_SHEET) instanceof PropertySheet sheet && sheet.getCurrentPage().getControl() instanceof Tree tree ? Optional.of(tree) : Optional.empty();
	}

	private static Optional<TreeItem> row(Tree properties, String name) {
		return Arrays.stream(properties.getItems()).flatMap(group -> Arrays.stream(group.getItems())).filter(row -> row.getText(0).equals(name)).findFirst();
	}

	private static List<String> menu(Tree properties) {
		properties.getMenu().notifyListeners(SWT.Show, new Event());
		return Arrays.stream(properties.getMenu().getItems()).map(MenuItem::getText).toList();
	}

	@Test
	void linesAreNotCutPastTheGuard() {
		notes(unlocked());
		for (String cutting : List.of("cut.line", "cut.line.to.beginning", "cut.line.to.end"))
			assertThat(WorkbenchPage.can(EDIT + "text." + cutting)).as(cutting).isFalse();
		assertThat(WorkbenchPage.can(EDIT + "text.delete.line")).isTrue();
	}

	@Test
	void detailsOfAnErrorAreCopiedAsThePolicyHasIt() throws Exception {
		Problems.show("notes.txt was not saved.", new IOException("/Vault/notes.txt: no space"));
		DialogPage problem = DialogPage.awaitProblem();
		problem.press("Details >>");
		StyledText details = Ui.await("the details", () -> problem.all(StyledText.class).stream().findFirst());
		onClipboard(BEFORE);
		OwnHome.waysOut("clipboard: forbid");
		Ui.run(details::selectAll);
		Ui.start(details::copy);
		DialogPage.awaitProblem("Forbidden by your own policy, line 2: copy to the clipboard").close("OK");
		assertThat(clipboard()).isEqualTo(BEFORE);
		OwnHome.waysOut("clipboard: allow");
		Ui.run(details::copy);
		assertThat(clipboard()).contains("/Vault/notes.txt: no space");
		problem.close("OK");
	}

	@Test
	void whereItGoesIsNotAskedIfItMayGoNowhere() throws Exception {
		ExplorerPage explorer = unlocked();
		OwnHome.waysOut("export: forbid");
		explorer.row(Office.NOTES).command(DOWNLOAD);
		DialogPage.awaitProblem().awaitSays("Forbidden by your own policy, line 2: save on this machine (/Vault/notes.txt)").close("OK");
		explorer.row(Office.NAME + "/Vault").command(DOWNLOAD);
		DialogPage.awaitProblem().awaitSays("save on this machine (/Vault)").close("OK");
		OwnHome.waysOut("export: allow");
		WorkbenchPage.command(TRAVEL);
		Ui.awaitThat("travelling", WorkbenchPage.service(Guard.class)::isTravelling);
		explorer.row(Office.NOTES).command(DOWNLOAD);
		DialogPage.awaitProblem().awaitSays("Forbidden by travel mode").close("OK");
	}

	@Test
	void draggingIsAllowedAskedForAndForbidden() throws Exception {
		TextPage text = notes(unlocked());
		AtomicInteger begun = countDrags(text);
		OwnHome.waysOut("drag: forbid");
		drag(text, DialogPage::isProblemOpen);
		DialogPage.awaitProblem().awaitSays("Forbidden by your own policy, line 2: drag out of Strongroom (/Vault/notes.txt)").close("OK");
		OwnHome.waysOut("drag: ask");
		drag(text, () -> DialogPage.isOpen("Permission"));
		DialogPage.await("Permission").awaitSays("drag out of Strongroom (/Vault/notes.txt)").close("No");
		drag(text, () -> DialogPage.isOpen("Permission"));
		DialogPage.await("Permission").close("Yes");
		assertThat(begun).hasValue(0);
		drag(text, () -> begun.get() == 1);
		drag(text, () -> DialogPage.isOpen("Permission"));
		DialogPage.await("Permission").close("No");
		assertThat(begun).as("permitted once").hasValue(1);
		OwnHome.waysOut("drag: allow");
		drag(text, () -> begun.get() == 2);
	}

	/** How often something began to be dragged. Nothing arrives anywhere: after a whole drag by GTK, the tests that follow would type in vain. */
	private static AtomicInteger countDrags(TextPage text) {
		var begun = new AtomicInteger();
		Ui.run(() -> ((DragSource) text.widget().getData(DND.DRAG_SOURCE_KEY)).addDragListener(new DragSourceAdapter() {
			@Override
			public void dragStart(DragSourceEvent event) {
				if (event.doit)
					begun.incrementAndGet();
				event.doit = false;
			}
		}));
		return begun;
	}

	/** Drags the first word of a text by the mouse. */
	private static void drag(TextPage text, BooleanSupplier until) {
		StyledText widget = text.widget();
		Mouse.drag(() -> {
			widget.getShell().forceActive();
			widget.setFocus();
			text.editor().selectAndReveal(0, 5);
			Point at = widget.getLocationAtOffset(2);
			return widget.toDisplay(at.x, at.y + widget.getLineHeight() / 2);
		}, 100, "the end of the drag", until);
	}

	@Test
	void printingTextIsAllowedAskedForAndForbidden(@TempDir Path printed) throws Exception {
		notes(unlocked());
		for (byte[] pdf : printings("notes.txt", printed))
			try (var reader = new PdfReader(pdf)) {
				assertThat(reader.getNumberOfPages()).isOne();
				List<String> lines = new PdfTextExtractor(reader).getTextFromPage(1).strip().lines().map(String::strip).toList();
				assertThat(lines.getFirst()).startsWith("notes.txt ");
				assertThat(lines.subList(1, lines.size())).as("the text, numbered, and the page").containsExactly("1first line", "2second line", "3", "Page 1");
			}
	}

	@Test
	void whatIsPrintedToAFileIsSavedOnThisMachine(@TempDir Path printed) throws Exception {
		notes(unlocked());
		int before = OwnHome.events("export").size();
		Path pdf = printed.resolve("notes.pdf");
		OwnHome.waysOut("export: forbid");
		WorkbenchPage.command(PRINT);
		PrinterPage.await().printTo(pdf);
		DialogPage.awaitProblem().awaitSays("Forbidden by your own policy, line 2: save on this machine (/Vault/notes.txt), to " + pdf).close("OK");
		OwnHome.waysOut("export: ask");
		WorkbenchPage.command(PRINT);
		PrinterPage.await().printTo(pdf);
		DialogPage.await("Permission").awaitSays("save on this machine (/Vault/notes.txt), to " + pdf).close("No");
		assertThat(printed).isEmptyDirectory();
		WorkbenchPage.command(PRINT);
		PrinterPage.await().printTo(pdf);
		DialogPage.await("Permission").close("Yes");
		whole(pdf);
		List<String> exports = OwnHome.events("export");
		assertThat(exports.subList(before, exports.size())).containsExactly("denied policy=forbid rule=your own policy, line 2 why=forbidden", "denied policy=ask rule=your own policy, line 2 why=forbidden",
				"ok policy=ask rule=your own policy, line 2");
		assertThat(WorkbenchPage.service(Exports.class).count()).isPositive();
	}

	@Test
	void printingAPictureIsAllowedAskedForAndForbidden(@TempDir Path printed) throws Exception {
		office.vault().unlock();
		office.vault().write("/plan.png", picture());
		office.vault().lock();
		unlocked().row(Office.VAULT + "/plan.png").open();
		IEditorPart viewer = WorkbenchPage.awaitEditor("plan.png");
		Ui.run(() -> WorkbenchPage.page().activate(viewer));
		for (byte[] pdf : printings("plan.png", printed))
			try (var reader = new PdfReader(pdf)) {
				assertThat(reader.getNumberOfPages()).isOne();
				assertThat(colours(reader)).as("the picture's pixels").containsExactly(PIXEL);
			}
	}

	/** A picture in one colour. */
	private static byte[] picture() {
		var data = new ImageData(WIDTH, 20, 24, new PaletteData(0xFF0000, 0xFF00, 0xFF));
		for (int pixel = 0; pixel < data.width * data.height; pixel++)
			data.setPixel(pixel % data.width, pixel / data.width, PIXEL);
		var loader = new ImageLoader();
		loader.data = new ImageData[] { data };
		var out = new ByteArrayOutputStream();
		loader.save(out, SWT.IMAGE_PNG);
		return out.toByteArray();
	}

	/** The colours of the picture of that width in a PDF. */
	private static Set<Integer> colours(PdfReader reader) throws IOException {
		for (int i = 1; i < reader.getXrefSize(); i++)
			if (reader.getPdfObject(i) instanceof PRStream stream && PdfName.IMAGE.equals(stream.get(PdfName.SUBTYPE)) && stream.get(PdfName.WIDTH) instanceof PdfNumber width && width.intValue() == WIDTH) {
				byte[] pixels = PdfReader.getStreamBytes(stream);
				var colours = new HashSet<Integer>();
				for (int at = 0; at < pixels.length; at += 3)
					colours.add((pixels[at] & 0xFF) << 16 | (pixels[at + 1] & 0xFF) << 8 | pixels[at + 2] & 0xFF);
				return colours;
			}
		return Set.of();
	}

	/** Prints what is open, forbidden, asked for with both answers, and allowed, to files of a folder, and gives those that were made. */
	private static List<byte[]> printings(String name, Path folder) throws IOException {
		int before = OwnHome.events("print").size();
		OwnHome.waysOut("print: forbid");
		WorkbenchPage.command(PRINT);
		DialogPage.awaitProblem().awaitSays("Forbidden by your own policy, line 2: print (/Vault/" + name + ")").close("OK");
		OwnHome.waysOut("print: ask");
		WorkbenchPage.command(PRINT);
		DialogPage.await("Permission").awaitSays("print (/Vault/" + name + ")").close("No");
		assertThat(folder).isEmptyDirectory();
		WorkbenchPage.command(PRINT);
		DialogPage.await("Permission").press("Yes");
		PrinterPage.await().printTo(folder.resolve("asked.pdf"));
		OwnHome.waysOut("print: allow");
		WorkbenchPage.command(PRINT);
		PrinterPage.await().printTo(folder.resolve("allowed.pdf"));
		WorkbenchPage.command(PRINT);
		PrinterPage.await().cancel();
		var made = List.of(whole(folder.resolve("asked.pdf")), whole(folder.resolve("allowed.pdf")));
		assertThat(folder).isDirectoryNotContaining(file -> !file.getFileName().toString().matches("(asked|allowed)\\.pdf"));
		assertThat(OwnHome.events("print").subList(before, OwnHome.events("print").size())).containsExactly("denied policy=forbid rule=your own policy, line 2 why=forbidden", "denied policy=ask rule=your own policy, line 2 why=forbidden",
				"ok policy=ask rule=your own policy, line 2", "ok policy=allow rule=your own policy, line 2", "ok policy=allow rule=your own policy, line 2");
		return made;
	}

	/** A PDF once it is written, by another thread. */
	private static byte[] whole(Path pdf) {
		return Ui.await("what is printed", () -> {
			try {
				byte[] now = Files.readAllBytes(pdf);
				return new String(now, StandardCharsets.ISO_8859_1).strip().endsWith("%%EOF") ? Optional.of(now) : Optional.empty();
			} catch (IOException e) {
				return Optional.empty();
			}
		});
	}

	@Test
	void theWindowShowsWhichPolicyIsInForce() throws Exception {
		OwnHome.waysOut("print: forbid");
		Ui.start(() -> PreferencesUtil.createPreferenceDialogOn(Ui.display().getActiveShell(), "org.strongroom.ui.preferences.policy", null, null).open());
		DialogPage preferences = DialogPage.await("Preferences");
		preferences.awaitSays("Your own policy: " + Home.folder().resolve("policy.yaml"));
		List<String> verdicts = Ui.get(() -> Arrays.stream(preferences.all(Table.class).getFirst().getItems()).map(i -> i.getText(0) + ": " + i.getText(1) + " by " + i.getText(2)).toList());
		assertThat(verdicts).contains("print: forbid by your own policy, line 2", "copy to the clipboard: allow by no rule").hasSize(8);
		preferences.close("Cancel");
	}

	@Test
	void rememberingIsOfferedWhereItIsAllowedOrAskedFor() throws Exception {
		ExplorerPage explorer = ExplorerPage.open();
		boolean trusted = false;
		for (String verdict : List.of("allow", "ask")) {
			OwnHome.waysOut("remember: " + verdict);
			explorer.row(Office.NAME).open();
			if (!trusted)
				office.trust();
			trusted = true;
			DialogPage asks = DialogPage.await("Key Passphrase");
			assertThat(Ui.get(Office.remember(asks)::isEnabled)).as(verdict).isTrue();
			assertThat(Ui.get(Office.remember(asks)::getSelection)).as("ticked by itself").isFalse();
			asks.close("Cancel");
			WorkbenchPage.awaitIdle(Work.FAMILY);
		}
	}

	@Test
	void rememberingIsNotOfferedWhereItIsForbidden() throws Exception {
		OwnHome.waysOut("remember: forbid");
		ExplorerPage explorer = ExplorerPage.open();
		explorer.row(Office.NAME).open();
		office.trust();
		DialogPage asks = DialogPage.await("Key Passphrase");
		Button remember = Office.remember(asks);
		assertThat(Ui.get(remember::isEnabled)).isFalse();
		assertThat(Ui.get(remember::getText)).isEqualTo("&Remember: forbidden by your own policy");
		asks.close("Cancel");
	}

	private static ToolItem travelButton() {
		return Ui.all(ToolBar.class).stream().flatMap(bar -> Arrays.stream(bar.getItems())).filter(item -> item.getText().equals("Travel Mode")).findFirst().orElseThrow();
	}

	private static void awaitShown(boolean travelling) {
		Ui.awaitThat("travel mode " + (travelling ? "on" : "off"),
				() -> travelButton().getSelection() == travelling && Ui.all(CLabel.class).stream().anyMatch(label -> label.getText().startsWith("travel mode")) == travelling);
	}

	@Test
	void travelModeIsShownWhoeverBeginsOrEndsIt() throws Exception {
		awaitShown(false);
		Path sign = Files.createFile(Home.folder().resolve("travelling")); // as another process does
		awaitShown(true);
		Files.delete(sign);
		awaitShown(false);
		WorkbenchPage.service(Guard.class).travel(true);
		awaitShown(true);
	}

	@Test
	void travelModeEndsForWhoeverKnowsAVaultsPassphrase() throws Exception {
		ExplorerPage explorer = ExplorerPage.open();
		Guard guard = WorkbenchPage.service(Guard.class);
		WorkbenchPage.command(TRAVEL);
		Ui.awaitThat("travelling", guard::isTravelling);
		WorkbenchPage.command(TRAVEL);
		DialogPage.await("Travel Mode").awaitSays("unlock one first").close("OK");
		assertThat(guard.isTravelling()).isTrue();
		explorer = unlocked();
		copy(explorer, Office.NOTES, HERE);
		DialogPage.awaitProblem().awaitSays("Forbidden by travel mode").close("OK");
		assertThat(here).isEmptyDirectory();
		WorkbenchPage.command(TRAVEL);
		DialogPage.await("Vault Passphrase").type(Office.WRONG).close("Unlock");
		DialogPage.await("Vault Passphrase").close("Cancel");
		assertThat(guard.isTravelling()).isTrue();
		WorkbenchPage.command(TRAVEL);
		DialogPage.await("Vault Passphrase").type(office.vault().passphrase()).close("Unlock");
		Ui.awaitThat("being at home", () -> !guard.isTravelling());
	}
}
