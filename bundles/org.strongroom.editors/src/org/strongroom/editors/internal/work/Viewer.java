package org.strongroom.editors.internal.work;

import java.util.Map;

import org.eclipse.core.runtime.IProgressMonitor;
import org.eclipse.jface.action.IAction;
import org.eclipse.jface.commands.ActionHandler;
import org.eclipse.ui.IEditorInput;
import org.eclipse.ui.IEditorSite;
import org.eclipse.ui.PartInitException;
import org.eclipse.ui.handlers.IHandlerService;
import org.eclipse.ui.part.EditorPart;
import org.strongroom.editors.SessionEditorInput;

/** An editor that changes nothing. */
public abstract class Viewer extends EditorPart {

	@Override
	public void init(IEditorSite site, IEditorInput input) throws PartInitException {
		if (!(input instanceof SessionEditorInput))
			throw new PartInitException("This viewer opens files on a server only.");
		setSite(site);
		setInput(input);
		setPartName(input.getName());
		IHandlerService handlers = site.getService(IHandlerService.class);
		actions().forEach((command, action) -> handlers.activateHandler(command, new ActionHandler(action)));
	}

	/** What it does while it is active, by the id of the command in the menus. */
	protected abstract Map<String, IAction> actions();

	/** What is shown. */
	protected final SessionEditorInput input() {
		return (SessionEditorInput) getEditorInput();
	}

	@Override
	public void doSave(IProgressMonitor monitor) {
		// never dirty
	}

	@Override
	public void doSaveAs() {
		// not allowed
	}

	@Override
	public boolean isDirty() {
		return false;
	}

	@Override
	public boolean isSaveAsAllowed() {
		return false;
	}
}
