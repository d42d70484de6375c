package org.strongroom.testing.visitor;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.CLabel;
import org.eclipse.swt.custom.StyledText;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Link;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.Text;
import org.eclipse.ui.IStartup;
import org.strongroom.core.Session;
import org.strongroom.core.Session.Unlocking;
import org.strongroom.core.Sessions;
import org.strongroom.testing.ui.DialogPage;
import org.strongroom.testing.ui.ExplorerPage;
import org.strongroom.testing.ui.Keys;
import org.strongroom.testing.ui.TextPage;
import org.strongroom.testing.ui.Ui;
import org.strongroom.testing.ui.WorkbenchPage;

/**
 * Does one step for each line of standard input: a verb and its words, with tabs between. When it is done, and can be seen to be done, says {@value #DONE} on standard output, a line for each step; or
 * {@value #FAILED} with what went wrong. It writes nothing else, for whoever has it work looks at all that is written.
 */
public final class Visitor implements IStartup {
	private static final String DONE = "done";
	private static final String FAILED = "failed";
	/** Bytes of a file that is written in pieces, out of order: three times as many as wait in memory. */
	private static final int LONG = 24 << 20;
	private static final int PIECES = 24;

	@Override
	public void earlyStartup() {
		Thread.ofPlatform().daemon().name("Visitor").start(Visitor::work);
	}

	private static void work() {
		try (var orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
			for (String order = orders.readLine(); order != null; order = orders.readLine())
				System.out.println(done(List.of(order.split("\t", -1))));
		} catch (IOException e) {
			System.out.println(FAILED + " " + e);
		}
	}

	private static String done(List<String> words) {
		try {
			WorkbenchPage.awaitOpen();
			step(words.getFirst(), words.subList(1, words.size()));
			return DONE;
		} catch (IOException | RuntimeException | Error e) {
			return FAILED + " " + words.getFirst() + ": " + e.toString().replace('\n', ' ');
		}
	}

	private static void step(String verb, List<String> words) throws IOException {
		switch (verb) {
		// rows of the explorer
		case "open" -> ExplorerPage.open().row(words.get(0)).open();
		case "see" -> ExplorerPage.open().row(words.get(0));
		case "see-remark" -> ExplorerPage.open().row(words.get(0)).awaitRemark(words.get(1));
		case "see-gone" -> ExplorerPage.open().awaitGone(words.get(0));
		case "command-on" -> ExplorerPage.open().row(words.get(0)).command(words.get(1));
		case "command" -> WorkbenchPage.command(words.get(0));
		// dialogs by their title
		case "answer" -> DialogPage.await(words.get(0)).type(words.get(1)).close(words.get(2));
		case "fill" -> DialogPage.await(words.get(0)).fill(0, words.get(1)).close(words.get(2));
		case "press" -> DialogPage.await(words.get(0)).close(words.get(1));
		case "problem" -> DialogPage.awaitProblem().awaitSays(words.get(0)).close("OK");
		// editors by their title
		case "see-editor" -> WorkbenchPage.awaitEditor(words.get(0));
		case "type" -> TextPage.await(words.get(0)).typeFirst(words.get(1));
		case "save" -> TextPage.await(words.get(0)).save();
		case "see-saved" -> TextPage.await(words.get(0)).awaitSaved();
		case "copy-all" -> copyAll(TextPage.await(words.get(0)));
		case "refused-copy" -> {
			copyAll(TextPage.await(words.get(0)));
			DialogPage.awaitProblem().awaitSays(words.get(1)).close("OK");
		}
		case "search-in-text" -> searchInText(TextPage.await(words.get(0)), words.get(1));
		// without the window, as a plug-in would
		case "write-backwards" -> writeBackwards(words.get(0), words.get(1), words.get(2));
		case "fail-to-write-backwards" -> {
			try {
				writeBackwards(words.get(0), words.get(1), words.get(2));
			} catch (IOException e) {
				return;
			}
			throw new AssertionError("it was written");
		}
		// whatever is shown
		case "press-button" -> pressButton(words.get(0));
		case "see-text" -> Ui.awaitThat("the text", () -> texts().anyMatch(t -> t.contains(words.get(0))));
		case "see-row" -> Ui.awaitThat("the row", () -> Ui.all(Table.class).stream().flatMap(t -> Arrays.stream(t.getItems())).anyMatch(i -> i.getText().contains(words.get(0))));
		case "pick" -> pick(words.get(0));
		case "accept-default-of" -> acceptDefaultOf(words.get(0), words.get(1));
		default -> throw new IllegalArgumentException("no such step");
		}
	}

	private static java.util.stream.Stream<String> texts() {
		return Ui.all(Control.class).stream().map(c -> switch (c) {
		case StyledText t -> t.getText();
		case Label l -> l.getText();
		case CLabel l -> Objects.requireNonNullElse(l.getText(), "");
		case Link l -> l.getText();
		default -> "";
		});
	}

	/** Writes a new file that is longer than what waits in memory, its last bytes first. */
	private static void writeBackwards(String bookmark, String location, String line) throws IOException {
		Session session = WorkbenchPage.service(Sessions.class).all().stream().filter(s -> s.bookmark().name().equals(bookmark)).findFirst().orElseThrow();
		byte[] piece = Arrays.copyOf(line.repeat(LONG / PIECES / line.length() + 1).getBytes(StandardCharsets.UTF_8), LONG / PIECES);
		Path file = session.folder("/", Unlocking.FAIL).resolve(location.substring(1));
		try (var channel = Files.newByteChannel(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
			for (int i = PIECES - 1; i >= 0; i--) {
				channel.position((long) i * piece.length);
				for (var left = ByteBuffer.wrap(piece); left.hasRemaining();)
					channel.write(left);
			}
		}
	}

	private static void copyAll(TextPage text) {
		Keys.press(text.widget(), 'a', SWT.MOD1);
		Keys.press(text.widget(), 'c', SWT.MOD1);
	}

	private static Optional<Control> field() {
		return Optional.ofNullable(Ui.display().getFocusControl()).filter(Text.class::isInstance);
	}

	/** Looks for a word in a text, as Ctrl+F does. */
	private static void searchInText(TextPage text, String word) {
		WorkbenchPage.command("org.eclipse.ui.edit.findReplace");
		Control field = Ui.await("the field to search by", () -> field().filter(c -> c != text.widget()));
		Keys.type(field, word + "\r");
		Ui.awaitThat("the word found", () -> text.widget().getSelectionText().equalsIgnoreCase(word));
		Ui.run(() -> WorkbenchPage.page().activate(text.editor()));
	}

	/** Goes to something by <em>Find an Action</em>. */
	private static void pick(String word) {
		WorkbenchPage.command("org.eclipse.ui.window.quickAccess");
		Control field = Ui.await("the field of Find an Action", Visitor::field);
		Keys.type(field, word);
		Ui.awaitThat("something found", () -> Ui.all(Table.class).stream().flatMap(t -> Arrays.stream(t.getItems())).anyMatch(i -> i.getText(1).contains(word)));
		Keys.type(field, "\r");
		Ui.awaitThat("the end of Find an Action", field::isDisposed);
	}

	private static void pressButton(String label) {
		Button button = Ui.await("the button " + label, () -> Ui.all(Button.class).stream().filter(b -> b.getText().replace("&", "").equals(label)).findFirst());
		Ui.start(() -> {
			for (Button b : Ui.all(Button.class))
				if (b.getParent() == button.getParent() && (b.getStyle() & SWT.RADIO) != 0)
					b.setSelection(b == button);
			button.notifyListeners(SWT.Selection, null);
		});
	}

	/** Runs a command that opens a dialog of the desktop's own, and presses Enter in that. As long as it is open, the UI thread does nothing else. */
	private static void acceptDefaultOf(String row, String command) {
		var opened = new CountDownLatch(1);
		var closed = new CountDownLatch(1);
		Shell shell = Ui.get(() -> WorkbenchPage.window().getShell());
		Ui.run(() -> {
			shell.addListener(SWT.Deactivate, _ -> opened.countDown());
			shell.addListener(SWT.Activate, _ -> {
				if (opened.getCount() == 0)
					closed.countDown();
			});
		});
		ExplorerPage.open().row(row).command(command);
		try {
			if (!opened.await(Ui.PATIENCE.toSeconds(), TimeUnit.SECONDS))
				throw new AssertionError("the desktop's dialog does not open");
			// it takes no key before it has looked at its folder
			for (int i = 0; i < Ui.PATIENCE.toSeconds() && closed.getCount() > 0; i++) {
				Keys.enter();
				closed.await(1, TimeUnit.SECONDS);
			}
		} catch (InterruptedException e) {
			Thread.currentThread().interrupt();
		}
		if (closed.getCount() > 0)
			throw new AssertionError("the desktop's dialog does not close");
	}
}
