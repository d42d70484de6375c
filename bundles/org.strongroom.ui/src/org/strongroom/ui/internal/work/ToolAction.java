package org.strongroom.ui.internal.work;

import org.eclipse.jface.action.Action;
import org.eclipse.jface.resource.ImageDescriptor;

/** What a button of a view does. */
public final class ToolAction extends Action {
	private final Runnable run;

	/** @param icon the name of a picture of this bundle; null for none */
	public ToolAction(String label, String toolTip, String icon, Runnable run) {
		super(label, icon == null ? null : ImageDescriptor.createFromURL(ToolAction.class.getResource("/icons/" + icon)));
		setToolTipText(toolTip);
		this.run = run;
	}

	@Override
	public void run() {
		run.run();
	}
}
