package org.strongroom.ui.internal.commands;

import java.util.Map;
import java.util.function.Consumer;

import org.eclipse.core.commands.AbstractHandler;
import org.eclipse.core.commands.ExecutionEvent;
import org.eclipse.core.commands.ExecutionException;
import org.eclipse.core.runtime.IConfigurationElement;
import org.eclipse.core.runtime.IExecutableExtension;
import org.eclipse.ui.IWorkbenchPage;
import org.eclipse.ui.PartInitException;
import org.eclipse.ui.handlers.HandlerUtil;
import org.strongroom.ui.internal.audit.AuditView;
import org.strongroom.ui.internal.audit.ReportDialog;
import org.strongroom.ui.internal.doctor.DoctorView;
import org.strongroom.ui.internal.explorer.ExplorerView;

/** Does to what is selected in the explorer what {@code plugin.xml} names after the class. */
public final class ExplorerHandler extends AbstractHandler implements IExecutableExtension {
	private static final Map<String, Consumer<ExplorerView>> ACTIONS = Map.ofEntries(
			Map.entry("newBookmark", BookmarkActions::newBookmark),
			Map.entry("editBookmark", BookmarkActions::edit),
			Map.entry("connect", BookmarkActions::connect),
			Map.entry("disconnect", BookmarkActions::disconnect),
			Map.entry("forget", BookmarkActions::forget),
			Map.entry("unlock", VaultActions::unlock),
			Map.entry("lock", VaultActions::lock),
			Map.entry("lockEverything", VaultActions::lockEverything),
			Map.entry("open", FileActions::open),
			Map.entry("find", FileActions::find),
			Map.entry("checkMachine", DoctorView::machine),
			Map.entry("checkServer", FileActions::checkServer),
			Map.entry("audit", AuditView::show),
			Map.entry("report", ReportDialog::show),
			Map.entry("newFile", FileActions::newFile),
			Map.entry("newFolder", FileActions::newFolder),
			Map.entry("rename", FileActions::rename),
			Map.entry("delete", FileActions::delete),
			Map.entry("copy", FileActions::copy),
			Map.entry("cut", FileActions::cut),
			Map.entry("paste", FileActions::paste),
			Map.entry("uploadFiles", FileActions::uploadFiles),
			Map.entry("uploadFolder", FileActions::uploadFolder),
			Map.entry("download", FileActions::download),
			Map.entry("openWith", ExternalActions::openWith),
			Map.entry("openWithOther", ExternalActions::openWithOther),
			Map.entry("takeBack", ExternalActions::takeBack),
			Map.entry("share", ServerActions::share),
			Map.entry("shareCopy", ServerActions::shareCopy),
			Map.entry("versions", ServerActions::versions),
			Map.entry("trash", ServerActions::trash),
			Map.entry("refresh", FileActions::refresh),
			Map.entry("properties", FileActions::properties));

	private Consumer<ExplorerView> action;

	@Override
	public void setInitializationData(IConfigurationElement config, String property, Object data) {
		action = ACTIONS.get(String.valueOf(data));
		if (action == null)
			throw new IllegalArgumentException("no such action: " + data);
	}

	@Override
	public Object execute(ExecutionEvent event) throws ExecutionException {
		IWorkbenchPage page = HandlerUtil.getActiveWorkbenchWindowChecked(event).getActivePage();
		try {
			if (page != null && page.showView(ExplorerView.ID, null, IWorkbenchPage.VIEW_VISIBLE) instanceof ExplorerView view)
				action.accept(view);
		} catch (PartInitException e) {
			throw new ExecutionException("the explorer cannot be shown", e);
		}
		return null;
	}
}
