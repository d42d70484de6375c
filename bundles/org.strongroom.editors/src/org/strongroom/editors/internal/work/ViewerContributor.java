package org.strongroom.editors.internal.work;

import java.util.Map;

import org.eclipse.jface.action.IAction;
import org.eclipse.ui.IActionBars;
import org.eclipse.ui.IEditorPart;
import org.eclipse.ui.part.EditorActionBarContributor;

/** Gives a viewer's actions to the menus while it is active. */
public final class ViewerContributor extends EditorActionBarContributor {

	/** An editor with actions for the workbench's menus. */
	public interface Viewer {
		/** Actions by the id of the menu entry they stand for, such as that of {@code ActionFactory.PRINT}. */
		Map<String, IAction> actions();
	}

	@Override
	public void setActiveEditor(IEditorPart editor) {
		IActionBars bars = getActionBars();
		bars.clearGlobalActionHandlers();
		if (editor instanceof Viewer viewer)
			viewer.actions().forEach(bars::setGlobalActionHandler);
		bars.updateActionBars();
	}
}
