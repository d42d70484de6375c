package org.strongroom.ui.internal.lock;

import java.io.IOException;
import java.time.Duration;

import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.preference.BooleanFieldEditor;
import org.eclipse.jface.preference.FieldEditorPreferencePage;
import org.eclipse.jface.preference.IntegerFieldEditor;
import org.eclipse.jface.preference.PreferenceStore;
import org.eclipse.jface.util.PropertyChangeEvent;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Label;
import org.eclipse.ui.IWorkbench;
import org.eclipse.ui.IWorkbenchPreferencePage;
import org.strongroom.ui.internal.work.Ui;

/** When vaults lock by themselves. */
public final class LockPreferences extends FieldEditorPreferencePage implements IWorkbenchPreferencePage {
	private static final int WIDTH = 60;
	private final PreferenceStore store = LockSettings.store();
	private AutoLock lock;
	private BooleanFieldEditor idle;
	private IntegerFieldEditor minutes;

	/** For the platform. */
	public LockPreferences() {
		super(GRID);
		setPreferenceStore(store);
		setDescription("When vaults lock by themselves. Editors close then; unsaved text is kept in memory, encrypted under its vault's key, and comes back when the vault is unlocked.");
	}

	@Override
	public void init(IWorkbench workbench) {
		lock = workbench.getService(AutoLock.class);
	}

	@Override
	protected void createFieldEditors() {
		idle = new BooleanFieldEditor(LockSettings.BY_IDLE, "When Strongroom is not &used for a while", getFieldEditorParent());
		minutes = new IntegerFieldEditor(LockSettings.MINUTES, "&Minutes until then:", getFieldEditorParent(), 4);
		minutes.setValidRange(1, LockSettings.MOST_MINUTES);
		minutes.setErrorMessage("The minutes are a number from 1 to %d.".formatted(LockSettings.MOST_MINUTES));
		addField(idle);
		addField(minutes);
		Label waited = say("A running transfer is waited for.");
		if (lock != null)
			lock.policy().thenAccept(policy -> policy.ifPresent(most -> Ui.async(() -> demand(waited, most))));
		addField(new BooleanFieldEditor(LockSettings.BY_SCREEN, "When the &screen is locked", getFieldEditorParent()));
		addField(new BooleanFieldEditor(LockSettings.BY_SLEEP, "Before the machine s&leeps", getFieldEditorParent()));
		if (lock != null)
			lock.unnoticed().ifPresent(this::say);
	}

	private static void demand(Label label, Duration most) {
		if (label.isDisposed())
			return;
		label.setText("A policy demands it after %s at the latest. %s".formatted(words(most), label.getText()));
		label.requestLayout();
	}

	private Label say(String text) {
		Label label = new Label(getFieldEditorParent(), SWT.WRAP);
		label.setText(text);
		GridDataFactory.fillDefaults().span(2, 1).indent(20, 0).hint(convertWidthInCharsToPixels(WIDTH), SWT.DEFAULT).applyTo(label);
		return label;
	}

	private static String words(Duration time) {
		return time.toSeconds() % 60 != 0 ? time.toSeconds() + " seconds" : time.toMinutes() == 1 ? "a minute" : time.toMinutes() + " minutes";
	}

	@Override
	protected void initialize() {
		super.initialize();
		minutes.setEnabled(idle.getBooleanValue(), getFieldEditorParent());
	}

	@Override
	public void propertyChange(PropertyChangeEvent event) {
		super.propertyChange(event);
		if (event.getSource() == idle)
			minutes.setEnabled(idle.getBooleanValue(), getFieldEditorParent());
	}

	@Override
	public boolean performOk() {
		if (!super.performOk())
			return false;
		try {
			store.save();
		} catch (IOException e) {
			setErrorMessage("This could not be kept: Strongroom's home cannot be written to.");
			return false;
		}
		if (lock != null)
			lock.changed();
		return true;
	}
}
