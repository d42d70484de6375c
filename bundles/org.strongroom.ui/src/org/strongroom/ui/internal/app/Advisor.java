package org.strongroom.ui.internal.app;

import java.util.Set;

import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.jface.preference.IPreferenceNode;
import org.eclipse.jface.preference.PreferenceManager;
import org.eclipse.jface.window.Window;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.graphics.ImageData;
import org.eclipse.swt.widgets.Display;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.application.IWorkbenchConfigurer;
import org.eclipse.ui.application.IWorkbenchWindowConfigurer;
import org.eclipse.ui.application.WorkbenchAdvisor;
import org.eclipse.ui.application.WorkbenchWindowAdvisor;
import org.strongroom.editors.OpenEditors;
import org.strongroom.ui.internal.external.Lent;
import org.strongroom.ui.internal.work.Icon;
import org.strongroom.ui.internal.work.Ui;

/** What kind of workbench this is: one that keeps nothing. */
final class Advisor extends WorkbenchAdvisor {
	/** Preference pages of the platform that make sense here; others belong to workspaces and projects, which there are none of. */
	private static final Set<String> PAGES = Set.of("org.strongroom.ui.preferences", "org.eclipse.ui.preferencePages.Workbench",
			"org.eclipse.ui.preferencePages.Views", "org.eclipse.ui.preferencePages.ColorsAndFonts", "org.eclipse.ui.preferencePages.Keys",
			"org.eclipse.ui.preferencePages.Editors", "org.eclipse.ui.preferencePages.GeneralTextEditor", "org.eclipse.ui.editors.preferencePages.Annotations",
			"org.eclipse.ui.editors.preferencePages.QuickDiff", "org.eclipse.ui.editors.preferencePages.Accessibility",
			"org.eclipse.ui.net.NetPreferences", "org.eclipse.equinox.security.ui.category", "org.eclipse.equinox.security.ui.storage",
			"org.eclipse.equinox.internal.p2.ui.sdk.ProvisioningPreferencePage",
			"org.eclipse.equinox.internal.p2.ui.sdk.SitesPreferencePage");
	private static final int[] ICON_SIZES = { 16, 32, 48, 64, 128, 256 };

	@Override
	public void initialize(IWorkbenchConfigurer configurer) {
		super.initialize(configurer);
		configurer.setSaveAndRestore(false);
	}

	@Override
	public String getInitialWindowPerspectiveId() {
		return StrongroomPerspective.ID;
	}

	@Override
	public String getMainPreferencePageId() {
		return "org.strongroom.ui.preferences";
	}

	@Override
	public WorkbenchWindowAdvisor createWorkbenchWindowAdvisor(IWorkbenchWindowConfigurer configurer) {
		return new WindowAdvisor(configurer);
	}

	@Override
	public void preStartup() {
		Image[] icons = new Image[ICON_SIZES.length];
		for (int i = 0; i < icons.length; i++) {
			ImageData data = Icon.STRONGROOM.descriptor().getImageData(ICON_SIZES[i] * 100 / 16);
			icons[i] = new Image(Display.getCurrent(), data);
		}
		Window.setDefaultImages(icons);
	}

	@Override
	public void postStartup() {
		PreferenceManager manager = PlatformUI.getWorkbench().getPreferenceManager();
		for (IPreferenceNode node : manager.getRootSubNodes()) {
			if (!prune(node))
				manager.remove(node);
		}
	}

	@Override
	public boolean preShutdown() {
		Lent lent = PlatformUI.getWorkbench().getService(Lent.class);
		if (lent != null && !lent.takeBack(lent.all()))
			return false;
		int kept = OpenEditors.kept();
		int changed = lent == null ? 0 : lent.kept();
		return (kept == 0 || asks("%s not saved, and kept in memory only, for %s locked. Unlock to save; closing Strongroom loses what was typed.".formatted(kept == 1 ? "A text is" : kept + " texts are",
				kept == 1 ? "its vault is" : "their vaults are")))
				&& (changed == 0 || asks("What other programs changed in %s is not saved, and kept in memory only. Unlock or connect to save; closing Strongroom loses it."
						.formatted(changed == 1 ? "a file" : changed + " files")));
	}

	/** @return whether it is closed all the same */
	private static boolean asks(String message) {
		return new MessageDialog(Ui.shell(), "Unsaved Changes", null, message, MessageDialog.WARNING, 0, "Don't Close", "Close and Lose It").open() == 1;
	}

	@Override
	public void postShutdown() {
		OpenEditors.giveUp();
	}

	/** Whether anything is left of a page and those below it. */
	private static boolean prune(IPreferenceNode node) {
		boolean any = false;
		for (IPreferenceNode sub : node.getSubNodes())
			if (prune(sub))
				any = true;
			else
				node.remove(sub);
		return any || PAGES.contains(node.getId()) || node.getId().startsWith("org.strongroom.");
	}
}
