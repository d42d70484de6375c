package org.strongroom.testing.ui;

import org.eclipse.jface.text.IDocument;
import org.eclipse.jface.text.ITextOperationTarget;
import org.eclipse.swt.custom.CLabel;
import org.eclipse.swt.custom.StyledText;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.ui.ISaveablePart;
import org.eclipse.ui.texteditor.ITextEditor;

/** A text editor that is open. */
public final class TextPage {
	private final ITextEditor editor;

	private TextPage(ITextEditor editor) {
		this.editor = editor;
	}

	/** Waits for the text editor with this title, without its star. */
	public static TextPage await(String title) {
		if (WorkbenchPage.awaitEditor(title) instanceof ITextEditor text) {
			Ui.run(() -> WorkbenchPage.page().activate(text));
			return new TextPage(text);
		}
		throw new AssertionError(title + " is not open as a text");
	}

	/** The editor itself. */
	public ITextEditor editor() {
		return editor;
	}

	private IDocument document() {
		return editor.getDocumentProvider().getDocument(editor.getEditorInput());
	}

	/** All of its text. */
	public String text() {
		return Ui.get(() -> document().get());
	}

	/** Types at its beginning. */
	public TextPage typeFirst(String text) {
		Ui.run(() -> editor.selectAndReveal(0, 0));
		Keys.type(widget(), text);
		Ui.awaitThat("what was typed", () -> document().get().startsWith(text));
		return this;
	}

	/** Replaces all of its text. */
	public TextPage replaceAll(String text) {
		Ui.run(() -> document().set(text));
		return this;
	}

	/** The widget that shows it. */
	public StyledText widget() {
		return (StyledText) Ui.get(() -> editor.getAdapter(Control.class));
	}

	/** What is said above the text; empty if nothing is. */
	public String says() {
		return Ui.get(() -> {
			Composite part = widget().getParent();
			while (part.getParent() != null && Ui.controls(part).stream().noneMatch(CLabel.class::isInstance))
				part = part.getParent();
			return Ui.controls(part).stream().filter(c -> c instanceof CLabel && c.isVisible()).map(c -> ((CLabel) c).getText()).findFirst().orElse("");
		});
	}

	/** Undoes the last change. */
	public void undo() {
		Ui.run(() -> editor.getAdapter(ITextOperationTarget.class).doOperation(ITextOperationTarget.UNDO));
	}

	/** Whether it has changes that are not saved. */
	public boolean isDirty() {
		return Ui.get(((ISaveablePart) editor)::isDirty);
	}

	/** Saves by the menu's command; returns at once. */
	public void save() {
		Ui.run(() -> WorkbenchPage.page().activate(editor));
		WorkbenchPage.command("org.eclipse.ui.file.save");
	}

	/** Saves and waits until that is done. */
	public void saveAndWait() {
		save();
		awaitSaved();
	}

	/** Waits until all is saved. */
	public void awaitSaved() {
		Ui.awaitThat(editor.getTitle() + " to be saved", () -> !editor.isDirty());
	}
}
