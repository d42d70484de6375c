package org.strongroom.ui.internal.commands;

import java.util.Map;
import java.util.Optional;

import org.eclipse.core.commands.AbstractHandler;
import org.eclipse.core.commands.ExecutionEvent;
import org.eclipse.core.commands.ExecutionException;
import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.commands.ICommandService;
import org.eclipse.ui.commands.IElementUpdater;
import org.eclipse.ui.handlers.HandlerUtil;
import org.eclipse.ui.menus.UIElement;
import org.strongroom.core.Session;
import org.strongroom.core.Sessions;
import org.strongroom.core.residency.Guard;
import org.strongroom.ui.internal.work.Ui;
import org.strongroom.ui.internal.work.Work;

/** Begins travelling at once, and ends it for whoever knows the passphrase of a vault. */
public final class TravelHandler extends AbstractHandler implements IElementUpdater {
	private static final String COMMAND = "org.strongroom.ui.travel";

	private record Vault(Session session, String location) {
	}

	@Override
	public Object execute(ExecutionEvent event) throws ExecutionException {
		Guard guard = guard();
		if (!guard.isTravelling()) {
			guard.travel(true);
			update();
			return null;
		}
		Optional<Vault> vault = vault();
		if (vault.isEmpty()) {
			MessageDialog.openInformation(HandlerUtil.getActiveShell(event), "Travel Mode", "Travel mode ends for whoever knows the passphrase of a vault: unlock one first.");
			update();
			return null;
		}
		Work.start("Ending", "travel mode", "Travel mode is still on.", _ -> {
			try {
				vault.get().session().prove(vault.get().location());
				guard.travel(false);
			} finally {
				Ui.async(TravelHandler::update);
			}
		});
		update(); // it is on as long as nobody has given the passphrase
		return null;
	}

	private static Guard guard() {
		return PlatformUI.getWorkbench().getService(Guard.class);
	}

	/** One that is unlocked. */
	private static Optional<Vault> vault() {
		return PlatformUI.getWorkbench().getService(Sessions.class).all().stream().flatMap(s -> s.vaults().keySet().stream().map(v -> new Vault(s, v))).findFirst();
	}

	/** Has the button and the menu entry show how it is. */
	public static void update() {
		PlatformUI.getWorkbench().getService(ICommandService.class).refreshElements(COMMAND, null);
	}

	@Override
	public void updateElement(UIElement element, @SuppressWarnings("rawtypes") Map parameters) {
		Travelling travelling = PlatformUI.getWorkbench().getService(Travelling.class);
		element.setChecked(travelling != null && travelling.isOn());
	}
}
