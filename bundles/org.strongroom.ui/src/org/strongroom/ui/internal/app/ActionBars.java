package org.strongroom.ui.internal.app;

import org.eclipse.jface.action.GroupMarker;
import org.eclipse.jface.action.IContributionItem;
import org.eclipse.jface.action.ICoolBarManager;
import org.eclipse.jface.action.IMenuManager;
import org.eclipse.jface.action.MenuManager;
import org.eclipse.jface.action.Separator;
import org.eclipse.jface.action.ToolBarContributionItem;
import org.eclipse.jface.action.ToolBarManager;
import org.eclipse.swt.SWT;
import org.eclipse.ui.IWorkbenchActionConstants;
import org.eclipse.ui.IWorkbenchCommandConstants;
import org.eclipse.ui.IWorkbenchWindow;
import org.eclipse.ui.actions.ContributionItemFactory;
import org.eclipse.ui.application.ActionBarAdvisor;
import org.eclipse.ui.application.IActionBarConfigurer;
import org.eclipse.ui.menus.CommandContributionItem;
import org.eclipse.ui.menus.CommandContributionItemParameter;

/** The menus and the tool bar. All items are commands, so each has its key and can be found by Quick Access. */
final class ActionBars extends ActionBarAdvisor {
	private static final String OURS = "org.strongroom.ui.";
	private IWorkbenchWindow window;

	ActionBars(IActionBarConfigurer configurer) {
		super(configurer);
	}

	@Override
	protected void makeActions(IWorkbenchWindow ofWindow) {
		window = ofWindow;
	}

	@Override
	protected void fillMenuBar(IMenuManager bar) {
		bar.add(file());
		bar.add(edit());
		bar.add(navigate());
		bar.add(vault());
		bar.add(tools());
		bar.add(new GroupMarker(IWorkbenchActionConstants.MB_ADDITIONS));
		bar.add(window());
		bar.add(help());
	}

	private IMenuManager file() {
		var menu = new MenuManager("&File", IWorkbenchActionConstants.M_FILE);
		menu.add(new GroupMarker(IWorkbenchActionConstants.FILE_START));
		ours(menu, "newBookmark", "newFile", "newFolder");
		menu.add(new Separator());
		ours(menu, "open", "openWith", "openWithOther", "takeBack");
		menu.add(new Separator());
		ours(menu, "uploadFiles", "uploadFolder", "download");
		menu.add(new Separator());
		ours(menu, "share", "shareCopy", "versions", "trash");
		menu.add(new Separator(IWorkbenchActionConstants.CLOSE_EXT));
		platform(menu, IWorkbenchCommandConstants.FILE_CLOSE, IWorkbenchCommandConstants.FILE_CLOSE_ALL);
		menu.add(new Separator(IWorkbenchActionConstants.SAVE_EXT));
		platform(menu, IWorkbenchCommandConstants.FILE_SAVE, IWorkbenchCommandConstants.FILE_SAVE_AS, IWorkbenchCommandConstants.FILE_SAVE_ALL,
				IWorkbenchCommandConstants.FILE_REVERT);
		menu.add(new Separator(IWorkbenchActionConstants.PRINT_EXT));
		platform(menu, IWorkbenchCommandConstants.FILE_PRINT);
		menu.add(new Separator());
		platform(menu, IWorkbenchCommandConstants.FILE_RENAME, IWorkbenchCommandConstants.FILE_REFRESH);
		menu.add(new GroupMarker(IWorkbenchActionConstants.MB_ADDITIONS));
		menu.add(new Separator());
		platform(menu, IWorkbenchCommandConstants.FILE_PROPERTIES);
		menu.add(new GroupMarker(IWorkbenchActionConstants.FILE_END));
		menu.add(new Separator());
		menu.add(command(IWorkbenchCommandConstants.FILE_EXIT, "E&xit"));
		return menu;
	}

	private IMenuManager edit() {
		var menu = new MenuManager("&Edit", IWorkbenchActionConstants.M_EDIT);
		menu.add(new GroupMarker(IWorkbenchActionConstants.EDIT_START));
		platform(menu, IWorkbenchCommandConstants.EDIT_UNDO, IWorkbenchCommandConstants.EDIT_REDO);
		menu.add(new GroupMarker(IWorkbenchActionConstants.UNDO_EXT));
		menu.add(new Separator());
		platform(menu, IWorkbenchCommandConstants.EDIT_CUT, IWorkbenchCommandConstants.EDIT_COPY, IWorkbenchCommandConstants.EDIT_PASTE);
		menu.add(new GroupMarker(IWorkbenchActionConstants.CUT_EXT));
		menu.add(new Separator());
		platform(menu, IWorkbenchCommandConstants.EDIT_DELETE, IWorkbenchCommandConstants.EDIT_SELECT_ALL);
		menu.add(new Separator());
		platform(menu, IWorkbenchCommandConstants.EDIT_FIND_AND_REPLACE);
		menu.add(new GroupMarker(IWorkbenchActionConstants.FIND_EXT));
		menu.add(new GroupMarker(IWorkbenchActionConstants.ADD_EXT));
		menu.add(new GroupMarker(IWorkbenchActionConstants.EDIT_END));
		menu.add(new Separator(IWorkbenchActionConstants.MB_ADDITIONS));
		return menu;
	}

	private IMenuManager navigate() {
		var menu = new MenuManager("&Navigate", IWorkbenchActionConstants.M_NAVIGATE);
		ours(menu, "connect", "reconnect", "disconnect");
		menu.add(new Separator());
		ours(menu, "find");
		menu.add(new Separator());
		ours(menu, "editBookmark");
		menu.add(new Separator(IWorkbenchActionConstants.NAV_START));
		menu.add(new GroupMarker(IWorkbenchActionConstants.MB_ADDITIONS));
		menu.add(new GroupMarker(IWorkbenchActionConstants.NAV_END));
		platform(menu, IWorkbenchCommandConstants.WINDOW_NEXT_EDITOR, IWorkbenchCommandConstants.WINDOW_PREVIOUS_EDITOR);
		return menu;
	}

	private IMenuManager vault() {
		var menu = new MenuManager("&Vault", "vault");
		ours(menu, "unlock", "lock", "lockEverything");
		menu.add(new Separator());
		menu.add(toggle(OURS + "travel"));
		ours(menu, "forget");
		menu.add(new Separator(IWorkbenchActionConstants.MB_ADDITIONS));
		return menu;
	}

	private IMenuManager tools() {
		var menu = new MenuManager("&Tools", "tools");
		ours(menu, "checkMachine", "checkServer", "audit", "report");
		menu.add(new Separator(IWorkbenchActionConstants.MB_ADDITIONS));
		menu.add(command("org.eclipse.ui.window.quickAccess", "&Find an Action…"));
		menu.add(new Separator());
		menu.add(command(IWorkbenchCommandConstants.WINDOW_PREFERENCES, "&Preferences…"));
		return menu;
	}

	private IMenuManager window() {
		var menu = new MenuManager("&Window", IWorkbenchActionConstants.M_WINDOW);
		var views = new MenuManager("Show &View", "showView");
		views.add(ContributionItemFactory.VIEWS_SHORTLIST.create(window));
		menu.add(views);
		menu.add(command(IWorkbenchCommandConstants.WINDOW_RESET_PERSPECTIVE, "&Reset Layout…"));
		menu.add(new Separator());
		platform(menu, IWorkbenchCommandConstants.WINDOW_MAXIMIZE_ACTIVE_VIEW_OR_EDITOR, IWorkbenchCommandConstants.WINDOW_ACTIVATE_EDITOR,
				IWorkbenchCommandConstants.WINDOW_NEXT_VIEW, IWorkbenchCommandConstants.WINDOW_PREVIOUS_VIEW);
		menu.add(new Separator(IWorkbenchActionConstants.MB_ADDITIONS));
		return menu;
	}

	private IMenuManager help() {
		var menu = new MenuManager("&Help", IWorkbenchActionConstants.M_HELP);
		menu.add(new GroupMarker(IWorkbenchActionConstants.HELP_START));
		menu.add(command("org.eclipse.ui.window.showKeyAssist", "&Keys…"));
		menu.add(new Separator("group.updates"));
		menu.add(command("org.eclipse.ui.help.installationDialog", "Installed &Plug-ins…"));
		menu.add(new Separator(IWorkbenchActionConstants.MB_ADDITIONS));
		menu.add(new GroupMarker(IWorkbenchActionConstants.HELP_END));
		menu.add(new Separator("group.about"));
		menu.add(command(IWorkbenchCommandConstants.HELP_ABOUT, "&About Strongroom"));
		return menu;
	}

	@Override
	protected void fillCoolBar(ICoolBarManager bar) {
		var tools = new ToolBarManager(SWT.FLAT);
		for (String id : new String[] { "newBookmark", "connect", "disconnect" })
			tools.add(command(OURS + id, null));
		tools.add(new Separator());
		tools.add(command(IWorkbenchCommandConstants.FILE_SAVE, null));
		tools.add(command(IWorkbenchCommandConstants.FILE_REFRESH, null));
		tools.add(new Separator());
		for (String id : new String[] { "newFile", "newFolder", "uploadFiles", "download" })
			tools.add(command(OURS + id, null));
		tools.add(new Separator());
		tools.add(command(OURS + "unlock", null));
		bar.add(new ToolBarContributionItem(tools, "org.strongroom.ui.toolbar"));
		bar.add(new GroupMarker(IWorkbenchActionConstants.MB_ADDITIONS));
	}

	private void ours(IMenuManager menu, String... ids) {
		for (String id : ids)
			menu.add(command(OURS + id, null));
	}

	private void platform(IMenuManager menu, String... ids) {
		for (String id : ids)
			menu.add(command(id, null));
	}

	private IContributionItem toggle(String id) {
		return new CommandContributionItem(new CommandContributionItemParameter(window, null, id, CommandContributionItem.STYLE_CHECK));
	}

	private IContributionItem command(String id, String label) {
		var parameter = new CommandContributionItemParameter(window, null, id, CommandContributionItem.STYLE_PUSH);
		parameter.label = label;
		return new CommandContributionItem(parameter);
	}
}
