package org.strongroom.editors.internal.text;

import java.io.IOException;
import java.util.Optional;

import org.eclipse.core.runtime.CoreException;
import org.eclipse.core.runtime.IProgressMonitor;
import org.eclipse.core.runtime.IStatus;
import org.eclipse.core.runtime.Status;
import org.eclipse.jface.operation.IRunnableContext;
import org.eclipse.jface.text.DocumentEvent;
import org.eclipse.jface.text.IDocument;
import org.eclipse.jface.text.IDocumentExtension4;
import org.eclipse.jface.text.source.AnnotationModel;
import org.eclipse.jface.text.source.IAnnotationModel;
import org.eclipse.ui.texteditor.AbstractDocumentProvider;
import org.strongroom.core.Problem;
import org.strongroom.core.residency.Outgoing;
import org.strongroom.core.residency.WayOut;
import org.strongroom.core.storage.LockedException;
import org.strongroom.editors.SessionEditorInput;
import org.strongroom.editors.WaysOut;
import org.strongroom.editors.internal.open.Loaded;
import org.strongroom.editors.internal.open.Loader;
import org.strongroom.editors.internal.open.OpenInput;
import org.strongroom.editors.internal.open.OpenInput.Access;
import org.strongroom.editors.internal.work.Cancelled;
import org.strongroom.editors.internal.work.Ui;
import org.strongroom.editors.internal.work.Waiting;
import org.strongroom.efs.EditLock;
import org.strongroom.efs.PastFile;
import org.strongroom.efs.SessionFile;
import org.strongroom.efs.Snapshot;

/**
 * The documents of session files. They live in memory alone: no file buffer, no local history. What is shared by all editors of a file is kept here: how the
 * file stood on the server when it was read, and how its text is written down. For the UI thread.
 */
public final class SessionDocumentProvider extends AbstractDocumentProvider {

	/** One file's document, and what is needed to save it. */
	final class Info extends ElementInfo {
		/** The stamp of no document: what is shown was never saved. */
		private static final long NEVER = Long.MIN_VALUE;
		private Snapshot snapshot;
		private TextFormat format;
		private long savedStamp;
		private final EditLock lock;
		private final Optional<Outgoing> decrypted;
		private final boolean readOnly;
		/** Whether it was said that somebody else has it locked. */
		private boolean told;

		/** @param unsaved whether the text was typed here before */
		Info(Loaded.Text text, SessionFile file, Access access, boolean unsaved) {
			super(text.document(), new AnnotationModel());
			snapshot = text.snapshot();
			format = text.format();
			savedStamp = unsaved ? NEVER : stamp();
			fCanBeSaved = unsaved;
			lock = file.editLock();
			decrypted = Optional.of(WaysOut.of(WayOut.SHARE, file)).filter(o -> o.vault().isPresent());
			readOnly = access == Access.READ_ONLY;
			told = access == Access.KNOWN_TO_BE_LOCKED;
		}

		private long stamp() {
			return ((IDocumentExtension4) fDocument).getModificationStamp();
		}

		/** Undoing all changes since the last save makes the document clean again. */
		@Override
		public void documentChanged(DocumentEvent event) {
			boolean dirty = stamp() != savedStamp;
			if (dirty != fCanBeSaved) {
				fCanBeSaved = dirty;
				fireElementDirtyStateChanged(fElement, dirty);
			}
			if (dirty && lock.isDue())
				Thread.ofVirtual().name("strongroom-lock").start(this::takeLock);
		}

		private void takeLock() {
			try {
				lock.take();
			} catch (LockedException e) {
				Ui.async(() -> tellLocked(e));
			}
		}

		private void tellLocked(LockedException e) {
			if (told || getElementInfo(fElement) != this)
				return;
			told = true;
			Ui.ask("Locked", "%s\n\nWhat you type is kept here; it can be saved there once the file is unlocked, or as a copy.".formatted(Problem.of(e).message()), "OK");
		}

		/** Keeps others from changing the file on the server while it is changed here. */
		EditLock lock() {
			return lock;
		}

		/** What is shown counts as changed, whatever is undone. */
		void unsaved() {
			savedStamp = NEVER;
			fCanBeSaved = true;
			fireElementDirtyStateChanged(fElement, true);
		}

		void clean() {
			savedStamp = stamp();
			fCanBeSaved = false;
			fireElementDirtyStateChanged(fElement, false);
		}

		/** What the person knows and wants. */
		Access access() {
			return readOnly ? Access.READ_ONLY : told ? Access.KNOWN_TO_BE_LOCKED : Access.USUAL;
		}

		/** How the file stood on the server when it was last read or saved here. */
		Snapshot snapshot() {
			return snapshot;
		}

		/** What it is if it is written where nothing is encrypted; empty if that is where it is from. */
		Optional<Outgoing> decrypted() {
			return decrypted;
		}

		/** How the text is written down. */
		TextFormat format() {
			return format;
		}
	}

	/** What is known of a file that is open. */
	Optional<Info> info(Object element) {
		return Optional.ofNullable((Info) getElementInfo(element));
	}

	/** The text as it was at that stamp has been saved. */
	void saved(SessionEditorInput input, Snapshot snapshot, TextFormat format, long stamp) {
		info(input).ifPresent(info -> {
			info.snapshot = snapshot;
			info.format = format;
			if (info.stamp() == stamp)
				info.clean();
			else
				info.savedStamp = stamp;
		});
	}

	/** Shows another content, as just read; it counts as saved. */
	void replace(SessionEditorInput input, Loaded.Text text) {
		info(input).ifPresent(info -> {
			fireElementContentAboutToBeReplaced(input);
			info.fDocument.set(text.document().get());
			info.snapshot = text.snapshot();
			info.format = text.format();
			fireElementContentReplaced(input);
			info.clean();
		});
	}

	@Override
	protected ElementInfo createElementInfo(Object element) throws CoreException {
		if (!(element instanceof SessionEditorInput input))
			throw failed("This editor opens files on a server only.", null);
		Optional<Loaded.Text> ready = input instanceof OpenInput open ? open.take(Loaded.Text.class) : Optional.empty();
		Access access = input instanceof OpenInput open ? open.access() : Access.USUAL;
		boolean unsaved = ready.isPresent() && input instanceof OpenInput open && open.isUnsaved();
		return new Info(ready.isPresent() ? ready.get() : load(input.file()), input.file(), access, unsaved);
	}

	@Override
	protected void disposeElementInfo(Object element, ElementInfo info) {
		((Info) info).lock.close();
		super.disposeElementInfo(element, info);
	}

	private static Loaded.Text load(SessionFile file) throws CoreException {
		try {
			return Waiting.run("Opening " + file.name(), monitor -> Loader.text(file, monitor));
		} catch (Cancelled e) {
			throw new CoreException(Status.CANCEL_STATUS);
		} catch (IOException e) {
			throw failed(Problem.of(e).message(), e);
		}
	}

	private static CoreException failed(String message, Throwable why) {
		return new CoreException(new Status(IStatus.ERROR, "org.strongroom.editors", message, why));
	}

	@Override
	protected IDocument createDocument(Object element) throws CoreException {
		return load(((SessionEditorInput) element).file()).document();
	}

	@Override
	protected IAnnotationModel createAnnotationModel(Object element) {
		return new AnnotationModel();
	}

	/** Saving needs answers of a person, which the editor asks for. */
	@Override
	protected void doSaveDocument(IProgressMonitor monitor, Object element, IDocument document, boolean overwrite) throws CoreException {
		throw failed("Files on a server are saved by their editor.", null);
	}

	@Override
	protected void removeUnchangedElementListeners(Object element, ElementInfo info) {
		// the listener also notices that changes have been undone; it goes when the document does
		if (getElementInfo(element) != info)
			super.removeUnchangedElementListeners(element, info);
	}

	@Override
	protected IRunnableContext getOperationRunner(IProgressMonitor monitor) {
		return null;
	}

	@Override
	public boolean isReadOnly(Object element) {
		return whyReadOnly(element).isPresent();
	}

	@Override
	public boolean isModifiable(Object element) {
		return !isReadOnly(element);
	}

	/** Why a file cannot be changed here, in words; empty if it can. */
	Optional<String> whyReadOnly(Object element) {
		if (element instanceof SessionEditorInput input && input.file() instanceof PastFile past)
			return Optional.of("Read-only: this is what was in the file on %s.".formatted(past.time()));
		Optional<Info> info = info(element);
		if (info.filter(i -> i.snapshot.isReadOnly()).isPresent())
			return Optional.of("Read-only: the server does not permit you to change this file.");
		return info.filter(i -> i.readOnly).map(_ -> "Read-only, as you chose: somebody else has it locked.");
	}
}
