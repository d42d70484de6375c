package org.strongroom.editors.internal.text;

import java.io.IOException;
import java.util.List;
import java.util.ListResourceBundle;
import java.util.Optional;
import java.util.ResourceBundle;
import java.util.concurrent.TimeUnit;

import org.eclipse.core.runtime.CoreException;
import org.eclipse.core.runtime.IProgressMonitor;
import org.eclipse.core.runtime.IStatus;
import org.eclipse.core.runtime.Status;
import org.eclipse.jface.action.IAction;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.text.IDocument;
import org.eclipse.jface.text.source.ISourceViewer;
import org.eclipse.jface.text.source.IVerticalRuler;
import org.eclipse.jface.text.source.SourceViewer;
import org.eclipse.jface.viewers.ISelection;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.CLabel;
import org.eclipse.swt.custom.StyledText;
import org.eclipse.swt.custom.StyledTextPrintOptions;
import org.eclipse.swt.layout.FillLayout;
import org.eclipse.swt.layout.GridData;
import org.eclipse.swt.printing.PrinterData;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.ui.IEditorInput;
import org.eclipse.ui.ISharedImages;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.editors.text.TextEditor;
import org.eclipse.ui.texteditor.FindReplaceAction;
import org.eclipse.ui.texteditor.ITextEditorActionConstants;
import org.strongroom.core.residency.WayOut;
import org.strongroom.editors.GuardedText;
import org.strongroom.editors.SessionEditorInput;
import org.strongroom.editors.WaysOut;
import org.strongroom.editors.internal.open.Loaded;
import org.strongroom.editors.internal.open.Loader;
import org.strongroom.editors.internal.open.OpenInput;
import org.strongroom.editors.internal.text.SessionDocumentProvider.Info;
import org.strongroom.editors.internal.work.Cancelled;
import org.strongroom.editors.internal.work.Printing;
import org.strongroom.editors.internal.work.Ui;
import org.strongroom.editors.internal.work.Waiting;
import org.strongroom.efs.SessionFile;
import org.strongroom.efs.Snapshot;

/** Eclipse's text editor on a file of a session. */
public final class StrongroomTextEditor extends TextEditor {
	/** As in {@code plugin.xml}. */
	public static final String ID = "org.strongroom.editors.text";
	private static final ResourceBundle NO_WORDS = new ListResourceBundle() {
		@Override
		protected Object[][] getContents() {
			return new Object[0][];
		}
	};
	/** Least time between two looks whether the file changed on the server, in nanoseconds. */
	private static final long LOOK_AGAIN = TimeUnit.SECONDS.toNanos(10);
	private CLabel readOnly;
	private long lastLook = System.nanoTime();
	private boolean asking;
	/** What the person does not want to have loaded. */
	private Snapshot declined;

	@Override
	protected void doSetInput(IEditorInput input) throws CoreException {
		if (input != null && !(input instanceof SessionEditorInput))
			throw new CoreException(new Status(IStatus.ERROR, "org.strongroom.editors", "This editor opens files on a server only."));
		super.doSetInput(input);
		sayReadOnly();
	}

	@Override
	public void createPartControl(Composite parent) {
		Composite area = new Composite(parent, SWT.NONE);
		GridLayoutFactory.fillDefaults().spacing(0, 0).applyTo(area);
		readOnly = new CLabel(area, SWT.NONE);
		readOnly.setImage(PlatformUI.getWorkbench().getSharedImages().getImage(ISharedImages.IMG_OBJS_INFO_TSK));
		GridDataFactory.fillDefaults().grab(true, false).applyTo(readOnly);
		Composite text = new Composite(area, SWT.NONE);
		text.setLayout(new FillLayout());
		GridDataFactory.fillDefaults().grab(true, true).applyTo(text);
		super.createPartControl(text);
		sayReadOnly();
	}

	/** Says above the text why it cannot be changed, if it cannot. */
	private void sayReadOnly() {
		if (readOnly == null || readOnly.isDisposed())
			return;
		Optional<String> why = provider().whyReadOnly(getEditorInput());
		readOnly.setText(why.orElse(""));
		((GridData) readOnly.getLayoutData()).exclude = why.isEmpty();
		readOnly.setVisible(why.isPresent());
		readOnly.getParent().layout();
	}

	@Override
	protected ISourceViewer createSourceViewer(Composite parent, IVerticalRuler ruler, int styles) {
		var viewer = new SourceViewer(parent, ruler, getOverviewRuler(), isOverviewRulerVisible(), styles) {
			@Override
			protected StyledText createTextWidget(Composite parent, int styles) {
				return new GuardedText(parent, styles, () -> getEditorInput() instanceof SessionEditorInput input ? input.file() : null);
			}

			@Override
			public void print(StyledTextPrintOptions options) {
				options.jobName = WaysOut.PRINT_JOB;
				Printing.print(getTextWidget().getShell(), new PrinterData(), input().file(), printer -> getTextWidget().print(printer, options));
			}
		};
		getSourceViewerDecorationSupport(viewer);
		return viewer;
	}

	@Override
	protected void createActions() {
		super.createActions();
		// they put lines on the clipboard by themselves, without asking the text
		for (String cutting : List.of(ITextEditorActionConstants.CUT_LINE, ITextEditorActionConstants.CUT_LINE_TO_BEGINNING, ITextEditorActionConstants.CUT_LINE_TO_END))
			setAction(cutting, null);
		// it offers words of all open editors: what is in a vault would be in a plain file
		setAction(ITextEditorActionConstants.HIPPIE_COMPLETION, null);
		setAction(ITextEditorActionConstants.FIND, find(getAction(ITextEditorActionConstants.FIND)));
	}

	/** What is selected becomes what is looked for, in a field of the system's own: other programs paste it from there. */
	private IAction find(IAction like) {
		var find = new FindReplaceAction(NO_WORDS, "", this) {
			@Override
			public void run() {
				if (!WaysOut.isFree(WaysOut.of(WayOut.CLIPBOARD, input().file())))
					getSourceViewer().setSelectedRange(getSourceViewer().getSelectedRange().x, 0);
				super.run();
			}
		};
		find.setText(like.getText());
		find.setToolTipText(like.getToolTipText());
		find.setActionDefinitionId(like.getActionDefinitionId());
		return find;
	}

	/** The encoding is that of the file. */
	@Override
	protected void installEncodingSupport() {
		// nothing to choose
	}

	SessionEditorInput input() {
		return (SessionEditorInput) getEditorInput();
	}

	SessionDocumentProvider provider() {
		return (SessionDocumentProvider) getDocumentProvider();
	}

	IDocument document() {
		return provider().getDocument(getEditorInput());
	}

	@Override
	public void doSave(IProgressMonitor monitor) {
		if (!new Saving(this).save())
			monitor.setCanceled(true);
	}

	@Override
	protected void performSaveAs(IProgressMonitor monitor) {
		if (!new Saving(this).saveAs() && monitor != null)
			monitor.setCanceled(true);
	}

	@Override
	protected void performRevert() {
		load("could not be loaded again; your text is as it was.");
	}

	private void load(String failed) {
		SessionFile file = input().file();
		try {
			Loaded.Text text = Waiting.run("Loading " + file.name(), monitor -> Loader.text(file, monitor));
			if (getSourceViewer() != null)
				provider().replace(input(), text);
		} catch (Cancelled e) {
			// as the person wished
		} catch (IOException e) {
			Ui.tell(file.name() + " " + failed, e);
		}
	}

	/** Called when the editor is activated: looks, behind the scenes, whether the file changed. */
	@Override
	protected void safelySanityCheckState(IEditorInput input) {
		long now = System.nanoTime();
		if (asking || now - lastLook < LOOK_AGAIN || !(input instanceof SessionEditorInput session))
			return;
		lastLook = now;
		Thread.ofVirtual().name("strongroom-look").start(() -> {
			try {
				session.file().lookQuietly().ifPresent(look -> Ui.async(() -> looked(session, look)));
			} catch (IOException e) {
				// nobody asked; saving will tell
			}
		});
	}

	private void looked(SessionEditorInput looked, Snapshot look) {
		if (asking || getSourceViewer() == null || !looked.equals(getEditorInput()) || isDirty())
			return;
		var info = provider().info(looked);
		if (info.isEmpty() || info.get().snapshot().sameAs(look) || declined != null && declined.sameAs(look))
			return;
		asking = true;
		try {
			if (look.exists())
				offerReload(look);
			else
				offerClose(look);
		} finally {
			asking = false;
		}
	}

	private void offerReload(Snapshot look) {
		int answer = Ui.ask("File Changed", "%s was changed on the server by somebody else. Do you want to load it again?".formatted(getTitle()), "Load Again", "Not Now");
		if (answer == 0)
			load("could not be loaded again; what you see is what it was before.");
		else
			declined = look;
	}

	private void offerClose(Snapshot look) {
		int answer = Ui.ask("File Gone", "%s is no longer on the server. Keep what you see open, to save it again?".formatted(getTitle()), "Keep Open", "Close");
		if (answer == 0) {
			declined = look;
			provider().info(input()).ifPresent(Info::unsaved); // it is nowhere else any more
		} else
			close(false);
	}

	/** Goes on with another file, in which the text has been saved. */
	void goOver(SessionFile file, Loaded.Text text) {
		ISelection selection = getSelectionProvider().getSelection();
		int top = getSourceViewer().getTopIndex();
		var input = new OpenInput(file, text);
		// an editor that is open on that file already shows what is in it now
		provider().replace(input, text);
		setInput(input);
		getSelectionProvider().setSelection(selection);
		getSourceViewer().setTopIndex(top);
		saved();
	}

	/** What it shows; empty if it is closed. @param within where its file lies in the vault */
	Optional<Draft> draft(String within) {
		ISourceViewer viewer = getSourceViewer();
		return viewer == null ? Optional.empty()
				: provider().info(input()).map(info -> new Draft(within, document().get(), info.format(), info.snapshot(), info.access(), viewer.getSelectedRange().x, viewer.getTopIndex()));
	}

	/** Puts the caret and the lines to where they were. */
	void show(Draft draft) {
		getSourceViewer().setSelectedRange(draft.caret(), 0);
		getSourceViewer().setTopIndex(draft.top());
	}

	/** Its file is about to be out of reach, or may be: it is not kept from others any more. */
	public void letGoOfLock() {
		provider().info(input()).ifPresent(info -> info.lock().release());
	}

	/** After a save: there is nothing older to ask about. */
	void saved() {
		declined = null;
		lastLook = System.nanoTime();
		editorSaved();
	}
}
