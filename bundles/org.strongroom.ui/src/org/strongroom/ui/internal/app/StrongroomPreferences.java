package org.strongroom.ui.internal.app;

import java.io.IOException;

import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.preference.PreferencePage;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Text;
import org.eclipse.ui.IWorkbench;
import org.eclipse.ui.IWorkbenchPreferencePage;
import org.strongroom.core.Home;
import org.strongroom.core.Sessions;
import org.strongroom.core.auth.Authenticator;
import org.strongroom.ui.internal.work.Work;

/** What Strongroom keeps on this machine, and how to be rid of it. */
public final class StrongroomPreferences extends PreferencePage implements IWorkbenchPreferencePage {
	private IWorkbench workbench;

	/** For the platform. */
	public StrongroomPreferences() {
		noDefaultAndApplyButton();
		setDescription("What Strongroom keeps on this machine");
	}

	@Override
	public void init(IWorkbench ofWorkbench) {
		workbench = ofWorkbench;
	}

	@Override
	protected Control createContents(Composite parent) {
		Composite area = new Composite(parent, SWT.NONE);
		GridLayoutFactory.fillDefaults().numColumns(2).spacing(8, 10).applyTo(area);
		new Label(area, SWT.NONE).setText("Bookmarks and known hosts:");
		Text home = new Text(area, SWT.READ_ONLY | SWT.SINGLE);
		home.setText(Home.folder().toString());
		GridDataFactory.fillDefaults().grab(true, false).applyTo(home);
		new Label(area, SWT.NONE).setText("Passphrases and passwords:");
		Label secrets = new Label(area, SWT.WRAP);
		secrets.setText("only those for which you ticked Remember, encrypted under the desktop's keyring; never one-time codes");
		GridDataFactory.fillDefaults().grab(true, false).hint(convertWidthInCharsToPixels(40), SWT.DEFAULT).applyTo(secrets);
		new Label(area, SWT.NONE).setText("Files and their names:");
		Label files = new Label(area, SWT.WRAP);
		files.setText("none, unless you save a copy on this machine yourself");
		GridDataFactory.fillDefaults().grab(true, false).applyTo(files);
		Button forget = new Button(area, SWT.PUSH);
		forget.setText("&Forget All Remembered Secrets…");
		forget.setToolTipText("You are asked for passphrases and passwords again");
		GridDataFactory.swtDefaults().span(2, 1).applyTo(forget);
		forget.addListener(SWT.Selection, _ -> forgetAll());
		return area;
	}

	private void forgetAll() {
		Sessions sessions = workbench.getService(Sessions.class);
		if (!MessageDialog.openConfirm(getShell(), "Forget All", "Forget all remembered passphrases and passwords?"))
			return;
		Work.start("Forgetting remembered secrets", "", "Not all remembered secrets were forgotten.", _ -> {
			IOException failed = null;
			for (Authenticator a : sessions.plugIns().authenticators())
				try {
					a.forget("");
				} catch (IOException e) {
					failed = e;
				}
			if (failed != null)
				throw failed;
		});
	}
}
