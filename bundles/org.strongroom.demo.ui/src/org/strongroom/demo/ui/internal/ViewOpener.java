package org.strongroom.demo.ui.internal;

import org.eclipse.core.runtime.ILog;
import org.eclipse.ui.IPageLayout;
import org.eclipse.ui.IViewReference;
import org.eclipse.ui.IWindowListener;
import org.eclipse.ui.IWorkbenchPage;
import org.eclipse.ui.IWorkbenchWindow;
import org.eclipse.ui.PartInitException;

/** Opens the demo view in each new window, at full height: what lies below the editors gives way, one click brings it back. The focus stays where it is. */
final class ViewOpener implements IWindowListener {

	@Override
	public void windowOpened(IWorkbenchWindow window) {
		try {
			IWorkbenchPage page = window.getActivePage();
			IViewReference below = page.findViewReference(IPageLayout.ID_PROP_SHEET);
			if (below != null)
				page.setPartState(below, IWorkbenchPage.STATE_MINIMIZED);
			page.showView(DemoView.ID, null, IWorkbenchPage.VIEW_VISIBLE);
		} catch (PartInitException e) {
			ILog.get().log(e.getStatus());
		}
	}

	@Override
	public void windowActivated(IWorkbenchWindow window) {
		// Nothing to do.
	}

	@Override
	public void windowDeactivated(IWorkbenchWindow window) {
		// Nothing to do.
	}

	@Override
	public void windowClosed(IWorkbenchWindow window) {
		// Nothing to do.
	}
}
