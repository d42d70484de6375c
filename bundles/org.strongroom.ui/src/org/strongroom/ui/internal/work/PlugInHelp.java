package org.strongroom.ui.internal.work;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.eclipse.core.commands.common.CommandException;
import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.handlers.IHandlerService;
import org.strongroom.core.PlugIns;

/** What a person needs to know of plug-ins that are missing or broken. For the UI thread. */
public final class PlugInHelp {
	private static final String INSTALL = "org.eclipse.equinox.p2.ui.sdk.install";
	private final Set<String> told = new HashSet<>();

	/** Opens <em>Install New Software</em>. */
	public static void install() {
		var window = PlatformUI.getWorkbench().getActiveWorkbenchWindow();
		var handlers = (window == null ? PlatformUI.getWorkbench() : window).getService(IHandlerService.class);
		try {
			handlers.executeCommand(INSTALL, null);
		} catch (CommandException e) {
			MessageDialog.openInformation(Ui.shell(), "Install plug-ins",
					"Plug-ins cannot be installed from the window here. Use 'strongroom plugin install' in a terminal.");
		}
	}

	/** Tells of broken plug-ins, of each once. */
	public void reportBroken(PlugIns plugIns) {
		List<String> fresh = plugIns.problems().stream().filter(told::add).toList();
		if (!fresh.isEmpty())
			MessageDialog.openWarning(Ui.shell(), "Plug-ins that do not work",
					"Strongroom goes on without them; what they open cannot be opened.\n\n" + String.join("\n\n", fresh));
	}
}
