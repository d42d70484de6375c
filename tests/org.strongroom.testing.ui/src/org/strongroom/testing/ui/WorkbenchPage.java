package org.strongroom.testing.ui;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.eclipse.core.commands.Command;
import org.eclipse.core.commands.common.CommandException;
import org.eclipse.core.runtime.jobs.Job;
import org.eclipse.swt.widgets.Tree;
import org.eclipse.swt.widgets.TreeItem;
import org.eclipse.ui.IEditorPart;
import org.eclipse.ui.IEditorReference;
import org.eclipse.ui.IPageLayout;
import org.eclipse.ui.IWorkbenchPage;
import org.eclipse.ui.IWorkbenchWindow;
import org.eclipse.ui.PartInitException;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.commands.ICommandService;
import org.eclipse.ui.handlers.IHandlerService;
import org.eclipse.ui.views.properties.PropertySheet;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.strongroom.core.Bookmarks;
import org.strongroom.core.Sessions;

/** The workbench's window. */
public final class WorkbenchPage {
	private WorkbenchPage() {
	}

	/** Waits until the window is open. */
	public static void awaitOpen() {
		long end = System.nanoTime() + Ui.PATIENCE.toNanos();
		while (!PlatformUI.isWorkbenchRunning()) {
			if (System.nanoTime() > end)
				throw new AssertionError("the workbench does not start");
			Thread.onSpinWait();
		}
		Ui.awaitThat("the window", () -> window() != null && window().getActivePage() != null && window().getShell().isVisible());
	}

	/** The window. For the UI thread. */
	public static IWorkbenchWindow window() {
		IWorkbenchWindow active = PlatformUI.getWorkbench().getActiveWorkbenchWindow();
		IWorkbenchWindow[] all = PlatformUI.getWorkbench().getWorkbenchWindows();
		return active != null ? active : all.length > 0 ? all[0] : null;
	}

	/** What the window shows. For the UI thread. */
	public static IWorkbenchPage page() {
		return window().getActivePage();
	}

	/** Brings a view to the front. */
	public static void show(String view) {
		Ui.run(() -> {
			try {
				page().showView(view);
			} catch (PartInitException e) {
				throw new AssertionError(e);
			}
		});
	}

	/** Waits until a command can be run, and runs it as its menu entry does; returns at once. */
	public static void command(String id) {
		Command command = Ui.get(() -> window().getService(ICommandService.class).getCommand(id));
		Ui.awaitThat("the command " + id, command::isEnabled);
		Ui.start(() -> {
			try {
				window().getService(IHandlerService.class).executeCommand(id, null);
			} catch (CommandException e) {
				throw new AssertionError(e);
			}
		});
	}

	/** Whether a command can be run now. */
	public static boolean can(String id) {
		return Ui.get(() -> window().getService(ICommandService.class).getCommand(id).isEnabled());
	}

	/** What the properties view tells now, by name. */
	public static Map<String, String> properties() {
		return Ui.get(() -> {
			var all = new TreeMap<String, String>();
			if (page().findView(IPageLayout.ID_PROP_SHEET) instanceof PropertySheet sheet && sheet.getCurrentPage().getControl() instanceof Tree tree)
				for (TreeItem group : tree.getItems())
					for (TreeItem row : group.getItems())
						all.put(row.getText(0), row.getText(1));
			return all;
		});
	}

	/** Titles of the open editors, with a star before unsaved ones. */
	public static List<String> editors() {
		return Ui.get(() -> Arrays.stream(page().getEditorReferences()).map(r -> (r.isDirty() ? "*" : "") + r.getName()).toList());
	}

	/** Waits until exactly these editors are open. */
	public static void awaitEditors(String... titles) {
		Ui.awaitThat("the editors " + List.of(titles), () -> Arrays.stream(page().getEditorReferences()).map(r -> (r.isDirty() ? "*" : "") + r.getName()).toList()
				.equals(List.of(titles)));
	}

	/** Waits for an editor, by its title. */
	public static IEditorPart awaitEditor(String title) {
		return Ui.await("the editor " + title, () -> Arrays.stream(page().getEditorReferences()).filter(r -> r.getName().equals(title))
				.map((IEditorReference r) -> r.getEditor(true)).findFirst().flatMap(Optional::ofNullable));
	}

	/** Closes all editors, without saving. */
	public static void closeEditors() {
		Ui.run(() -> page().closeAllEditors(false));
	}

	/** Closes all editors without saving, signs out everywhere, and removes a bookmark if there is one. */
	public static void forget(String bookmark) throws IOException {
		closeEditors();
		service(Sessions.class).closeAll();
		Bookmarks bookmarks = service(Bookmarks.class);
		if (bookmarks.find(bookmark).isPresent())
			bookmarks.remove(bookmark);
	}

	/** Waits until no job of a family is at work. */
	public static void awaitIdle(Object family) {
		Ui.awaitThat("the end of jobs", () -> Job.getJobManager().find(family).length == 0);
	}

	/** A service. It is held as long as the workbench holds it. */
	public static <T> T service(Class<T> type) {
		BundleContext context = FrameworkUtil.getBundle(WorkbenchPage.class).getBundleContext();
		return Ui.await("the service " + type.getSimpleName(), () -> Optional.ofNullable(context.getServiceReference(type)).map(context::getService));
	}
}
