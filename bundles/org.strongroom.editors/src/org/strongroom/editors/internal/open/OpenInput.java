package org.strongroom.editors.internal.open;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

import org.strongroom.editors.SessionEditorInput;
import org.strongroom.efs.SessionFile;

/** An input that hands over what has been fetched already, once. */
public final class OpenInput extends SessionEditorInput {
	private final AtomicReference<Loaded> loaded;
	private final Access access;
	private final boolean unsaved;

	/** What the person knows and wants. */
	public enum Access {
		USUAL,
		/** Somebody else has it locked, which has been told. */
		KNOWN_TO_BE_LOCKED,
		/** To read only. */
		READ_ONLY
	}

	/** @param loaded what the editor is to show first */
	public OpenInput(SessionFile file, Loaded loaded) {
		this(file, loaded, Access.USUAL);
	}

	/** @param loaded what the editor is to show first */
	OpenInput(SessionFile file, Loaded loaded, Access access) {
		this(file, loaded, access, false);
	}

	private OpenInput(SessionFile file, Loaded loaded, Access access, boolean unsaved) {
		super(file);
		this.loaded = new AtomicReference<>(loaded);
		this.access = access;
		this.unsaved = unsaved;
	}

	/** An input that begins with a text which was typed before and is not saved. @param text with the file as it stood when it was read */
	public static OpenInput unsaved(SessionFile file, Loaded.Text text, Access access) {
		return new OpenInput(file, text, access, true);
	}

	/** Whether what is shown first is not saved. */
	public boolean isUnsaved() {
		return unsaved;
	}

	/** What the person knows and wants. */
	public Access access() {
		return access;
	}

	/** What was fetched, if it is of that kind and was not taken before. */
	public <T extends Loaded> Optional<T> take(Class<T> kind) {
		Loaded there = loaded.get();
		return kind.isInstance(there) && loaded.compareAndSet(there, null) ? Optional.of(kind.cast(there)) : Optional.empty();
	}
}
