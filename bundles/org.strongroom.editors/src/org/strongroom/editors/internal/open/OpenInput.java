package org.strongroom.editors.internal.open;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

import org.strongroom.editors.SessionEditorInput;
import org.strongroom.efs.SessionFile;

/** An input that hands over what has been fetched already, once. */
public final class OpenInput extends SessionEditorInput {
	private final AtomicReference<Loaded> loaded;

	/** @param loaded what the editor is to show first */
	public OpenInput(SessionFile file, Loaded loaded) {
		super(file);
		this.loaded = new AtomicReference<>(loaded);
	}

	/** What was fetched, if it is of that kind and was not taken before. */
	public <T extends Loaded> Optional<T> take(Class<T> kind) {
		Loaded there = loaded.get();
		return kind.isInstance(there) && loaded.compareAndSet(there, null) ? Optional.of(kind.cast(there)) : Optional.empty();
	}
}
