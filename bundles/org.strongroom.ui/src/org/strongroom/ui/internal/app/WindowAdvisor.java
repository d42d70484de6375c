package org.strongroom.ui.internal.app;

import java.util.List;

import org.eclipse.swt.graphics.Point;
import org.eclipse.ui.IWorkbenchPage;
import org.eclipse.ui.application.ActionBarAdvisor;
import org.eclipse.ui.application.IActionBarConfigurer;
import org.eclipse.ui.application.IWorkbenchWindowConfigurer;
import org.eclipse.ui.application.WorkbenchWindowAdvisor;
import org.eclipse.ui.contexts.IContextService;

/** What the window looks like. */
final class WindowAdvisor extends WorkbenchWindowAdvisor {
	/** As in {@code plugin.xml}: where our keys hold. */
	private static final String CONTEXT = "org.strongroom.ui.context";

	/** What the platform adds for files of workspaces and of this machine. */
	private static final List<String> FOREIGN = List.of("org.eclipse.ui.edit.text.actionSet.annotationNavigation",
			"org.eclipse.ui.edit.text.actionSet.navigation", "org.eclipse.ui.edit.text.actionSet.convertLineDelimitersTo",
			"org.eclipse.ui.NavigateActionSet", "org.eclipse.ui.actionSet.keyBindings", "org.eclipse.ui.WorkingSetModificationActionSet",
			"org.eclipse.ui.WorkingSetActionSet", "org.eclipse.ui.actionSet.openFiles");

	WindowAdvisor(IWorkbenchWindowConfigurer configurer) {
		super(configurer);
	}

	@Override
	public ActionBarAdvisor createActionBarAdvisor(IActionBarConfigurer configurer) {
		return new ActionBars(configurer);
	}

	@Override
	public void preWindowOpen() {
		IWorkbenchWindowConfigurer window = getWindowConfigurer();
		window.setTitle("Strongroom");
		window.setInitialSize(new Point(1320, 820));
		window.setShowMenuBar(true);
		window.setShowCoolBar(true);
		window.setShowStatusLine(true);
		window.setShowProgressIndicator(true);
		window.setShowPerspectiveBar(false);
	}

	@Override
	public void postWindowOpen() {
		hideForeign(getWindowConfigurer().getWindow().getActivePage());
		getWindowConfigurer().getWindow().getService(IContextService.class).activateContext(CONTEXT);
	}

	private static void hideForeign(IWorkbenchPage page) {
		if (page != null)
			FOREIGN.forEach(page::hideActionSet);
	}
}
