package org.strongroom.testing.ui;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.Text;

/** A dialog that is open. */
public final class DialogPage {
	private final Shell shell;

	private DialogPage(Shell shell) {
		this.shell = shell;
	}

	/** Waits for the dialog with this title. */
	public static DialogPage await(String title) {
		return new DialogPage(Ui.await("the dialog '" + title + "'", () -> find(title)));
	}

	/** Waits for the dialog that tells of an error. */
	public static DialogPage awaitProblem() {
		return new DialogPage(Ui.await("the dialog that tells of an error", DialogPage::problem));
	}

	/** Waits for a dialog that tells of this error; others may be open already. */
	public static DialogPage awaitProblem(String text) {
		return new DialogPage(Ui.await("the dialog that tells '" + text + "'", () -> shells("Strongroom").filter(s -> s.getParent() != null && says(s).contains(text)).findFirst()));
	}

	/** Whether there is a dialog that tells of an error now. */
	public static boolean isProblemOpen() {
		return Ui.get(() -> problem().isPresent());
	}

	private static Optional<Shell> problem() {
		return shells("Strongroom").filter(s -> s.getParent() != null).reduce((_, last) -> last);
	}

	/** Whether there is such a dialog now. */
	public static boolean isOpen(String title) {
		return Ui.get(() -> find(title).isPresent());
	}

	private static Optional<Shell> find(String title) {
		return shells(title).reduce((_, last) -> last);
	}

	private static Stream<Shell> shells(String title) {
		return Arrays.stream(Ui.display().getShells()).filter(s -> s.isVisible() && s.getText().equals(title));
	}

	/** Closes all dialogs that are open now, the last one first. */
	static void cancelAll() {
		for (Shell shell : Arrays.asList(Ui.get(() -> Ui.display().getShells())).reversed())
			Ui.run(() -> {
				if (!shell.isDisposed() && shell.isVisible() && shell.getParent() != null)
					shell.close();
			});
	}

	/** The titles of all windows, for messages. On the UI thread. */
	static String titles() {
		return Arrays.stream(Ui.display().getShells()).filter(Control::isVisible).map(s -> "'" + s.getText() + "' " + says(s)).collect(Collectors.joining(", "));
	}

	/** Types into a field, by its place among the fields that can be written in, from 0. */
	public DialogPage type(int field, String text) {
		Text into = Ui.get(() -> {
			Text there = fields().get(field);
			there.setFocus();
			there.selectAll();
			return there;
		});
		Keys.type(into, text);
		return this;
	}

	/** Types into the only or first field. */
	public DialogPage type(String text) {
		return type(0, text);
	}

	/** Puts a text into a field at once, as by pasting. */
	public DialogPage fill(int field, String text) {
		Ui.run(() -> fields().get(field).setText(text));
		return this;
	}

	private List<Text> fields() {
		return Ui.controls(shell).stream().filter(Text.class::isInstance).map(Text.class::cast).filter(t -> (t.getStyle() & SWT.READ_ONLY) == 0 && t.isVisible()).toList();
	}

	/** Presses a button; returns at once. */
	public void press(String label) {
		Button button = Ui.await("the button '" + label + "' that can be pressed", () -> button(label).filter(Button::isEnabled));
		Ui.start(() -> button.notifyListeners(SWT.Selection, null));
	}

	/** Presses a button and waits until the dialog is gone. */
	public void close(String label) {
		press(label);
		Ui.awaitThat("the end of the dialog after '" + label + "'", shell::isDisposed);
	}

	/** Whether a button can be pressed now. */
	public boolean canPress(String label) {
		return Ui.get(() -> button(label).filter(Button::isEnabled).isPresent());
	}

	private Optional<Button> button(String label) {
		return Ui.controls(shell).stream().filter(Button.class::isInstance).map(Button.class::cast).filter(b -> b.getText().replace("&", "").equals(label)).findFirst();
	}

	/** The labels of its buttons, from left to right. */
	public List<String> buttons() {
		return Ui.get(() -> Ui.controls(shell).stream().filter(c -> c instanceof Button b && (b.getStyle() & SWT.PUSH) != 0 && b.isVisible())
				.map(c -> ((Button) c).getText().replace("&", "")).toList());
	}

	/** All that it says, titles of fields included. */
	public String says() {
		return Ui.get(() -> says(shell));
	}

	private static String says(Shell shell) {
		return Ui.controls(shell).stream().filter(Control::isVisible).map(c -> switch (c) {
		case Label l -> l.getText();
		case Text t when (t.getStyle() & SWT.READ_ONLY) != 0 -> t.getText();
		default -> "";
		}).filter(t -> !t.isBlank()).collect(Collectors.joining("\n"));
	}

	/** Waits until it says something. */
	public DialogPage awaitSays(String text) {
		Ui.awaitThat("'" + text + "' in the dialog", () -> says(shell).contains(text));
		return this;
	}

	/** What a row of its table says, column by column; empty if there is no such row (yet). */
	public List<String> row(int row) {
		return Ui.get(() -> {
			Table table = all(Table.class).getFirst();
			return row >= table.getItemCount() ? List.of() : IntStream.range(0, table.getColumnCount()).mapToObj(table.getItem(row)::getText).toList();
		});
	}

	/** How many rows its table has. */
	public int rows() {
		return Ui.get(() -> all(Table.class).getFirst().getItemCount());
	}

	/** Selects rows of its table. */
	public DialogPage select(int... rows) {
		Ui.run(() -> {
			Table table = all(Table.class).getFirst();
			table.setSelection(rows);
			table.notifyListeners(SWT.Selection, new Event());
		});
		return this;
	}

	/** Waits until its table has that many rows. */
	public DialogPage awaitRows(int count) {
		Ui.awaitThat(count + " rows in the dialog", () -> !shell.isDisposed() && all(Table.class).getFirst().getItemCount() == count);
		return this;
	}

	/** The controls of one kind in it, in their order. For the UI thread. */
	public <T extends Control> List<T> all(Class<T> kind) {
		return Ui.controls(shell).stream().filter(kind::isInstance).map(kind::cast).toList();
	}
}
