package org.strongroom.ui.internal.app;

import org.eclipse.ui.IFolderLayout;
import org.eclipse.ui.IPageLayout;
import org.eclipse.ui.IPerspectiveFactory;
import org.eclipse.ui.progress.IProgressConstants;
import org.strongroom.ui.internal.audit.AuditView;
import org.strongroom.ui.internal.doctor.DoctorView;
import org.strongroom.ui.internal.explorer.ExplorerView;
import org.strongroom.ui.internal.find.FindView;

/** The explorer on the left, the file in the middle, what is known of it below. */
public final class StrongroomPerspective implements IPerspectiveFactory {
	/** As in {@code plugin.xml}. */
	public static final String ID = "org.strongroom.ui.perspective";

	@Override
	public void createInitialLayout(IPageLayout layout) {
		layout.setEditorAreaVisible(true);
		IFolderLayout left = layout.createFolder("left", IPageLayout.LEFT, 0.28f, IPageLayout.ID_EDITOR_AREA);
		left.addView(ExplorerView.ID);
		IFolderLayout below = layout.createFolder("below", IPageLayout.BOTTOM, 0.64f, IPageLayout.ID_EDITOR_AREA);
		below.addView(IPageLayout.ID_PROP_SHEET);
		below.addView(IProgressConstants.PROGRESS_VIEW_ID);
		below.addPlaceholder(FindView.ID);
		below.addPlaceholder(DoctorView.ID);
		below.addPlaceholder(AuditView.ID);
		layout.getViewLayout(ExplorerView.ID).setCloseable(false);
		layout.addShowViewShortcut(ExplorerView.ID);
		layout.addShowViewShortcut(FindView.ID);
		layout.addShowViewShortcut(DoctorView.ID);
		layout.addShowViewShortcut(AuditView.ID);
		layout.addShowViewShortcut(IPageLayout.ID_PROP_SHEET);
		layout.addShowViewShortcut(IProgressConstants.PROGRESS_VIEW_ID);
	}
}
