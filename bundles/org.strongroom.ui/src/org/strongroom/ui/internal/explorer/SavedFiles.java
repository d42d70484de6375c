package org.strongroom.ui.internal.explorer;

import org.eclipse.ui.IEditorPart;
import org.eclipse.ui.IPartListener2;
import org.eclipse.ui.IPropertyListener;
import org.eclipse.ui.IWorkbenchPartReference;
import org.strongroom.editors.OpenEditors;
import org.strongroom.editors.SessionEditorInput;

/** Lets the explorer show what editors save: other sizes, and copies that were not there before. */
final class SavedFiles implements IPartListener2 {
	private final Explorer explorer;
	private final IPropertyListener saving = (source, property) -> {
		if (source instanceof IEditorPart editor && property == IEditorPart.PROP_DIRTY && !editor.isDirty())
			saved(editor);
	};

	SavedFiles(Explorer explorer) {
		this.explorer = explorer;
	}

	private void saved(IEditorPart editor) {
		OpenEditors.input(editor).ifPresent((SessionEditorInput i) -> explorer.saved(i.session(), i.location()));
	}

	@Override
	public void partOpened(IWorkbenchPartReference reference) {
		if (reference.getPart(false) instanceof IEditorPart editor && OpenEditors.input(editor).isPresent())
			editor.addPropertyListener(saving);
	}

	@Override
	public void partInputChanged(IWorkbenchPartReference reference) {
		if (reference.getPart(false) instanceof IEditorPart editor)
			saved(editor);
	}
}
