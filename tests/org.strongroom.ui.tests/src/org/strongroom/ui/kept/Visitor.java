package org.strongroom.ui.kept;

import java.io.IOException;

import org.eclipse.core.runtime.IConfigurationElement;
import org.eclipse.core.runtime.Platform;
import org.eclipse.equinox.app.IApplication;
import org.eclipse.equinox.app.IApplicationContext;
import org.eclipse.ui.PlatformUI;
import org.strongroom.testing.ui.Ui;
import org.strongroom.testing.ui.WorkbenchPage;

/** The workbench in a process of its own, and somebody at it. Says a word on standard output when all is done, leaves when it gets a line on standard input. */
abstract class Visitor implements IApplication {
	/** System property: the folder with the vault in it. */
	static final String FOLDER = "strongroom.test.folder";
	static final String DONE = "VISITED";
	private volatile IApplication workbench;

	@Override
	public final Object start(IApplicationContext context) throws Exception {
		IConfigurationElement run = Platform.getExtensionRegistry().getExtension("org.eclipse.core.runtime.applications", "org.strongroom.ui.application")
				.getConfigurationElements()[0].getChildren("run")[0];
		workbench = (IApplication) run.createExecutableExtension("class");
		var visitor = Thread.ofPlatform().daemon().name("Visitor").start(this::visit);
		Object code = workbench.start(context);
		visitor.join();
		return code;
	}

	private void visit() {
		try {
			WorkbenchPage.awaitOpen();
			work();
			System.out.println(DONE);
			System.in.read();
			Ui.start(() -> PlatformUI.getWorkbench().close());
		} catch (IOException | RuntimeException | Error e) {
			e.printStackTrace();
			// not by the way the window is left, which would ask about unsaved files
			Runtime.getRuntime().halt(1);
		}
	}

	/** What is done. */
	protected abstract void work() throws IOException;

	@Override
	public final void stop() {
		IApplication started = workbench;
		if (started != null)
			started.stop();
	}
}
