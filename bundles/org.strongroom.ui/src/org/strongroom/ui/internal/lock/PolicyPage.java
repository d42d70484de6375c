package org.strongroom.ui.internal.lock;

import java.util.List;
import java.util.Optional;

import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.preference.PreferencePage;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.TableColumn;
import org.eclipse.swt.widgets.TableItem;
import org.eclipse.ui.IWorkbench;
import org.eclipse.ui.IWorkbenchPreferencePage;
import org.strongroom.core.residency.Guard;
import org.strongroom.core.residency.Outgoing;
import org.strongroom.core.residency.Ruling;
import org.strongroom.core.residency.WayOut;
import org.strongroom.editors.WaysOut;
import org.strongroom.residency.policy.IdleLimit;
import org.strongroom.residency.policy.Policies;
import org.strongroom.residency.policy.PolicySource;

/** Shows which policies are in force, and what they come to. Nothing can be changed here. */
public final class PolicyPage extends PreferencePage implements IWorkbenchPreferencePage {
	private static final int WIDTH = 75;
	private Optional<Guard> guard = Optional.empty();

	/** For the platform. */
	public PolicyPage() {
		noDefaultAndApplyButton();
		setDescription("What may leave Strongroom. Of several policies the strictest counts; one that is damaged forbids.");
	}

	@Override
	public void init(IWorkbench workbench) {
		guard = Optional.ofNullable(workbench.getService(Guard.class));
	}

	@Override
	protected Control createContents(Composite parent) {
		var page = new Composite(parent, SWT.NONE);
		GridLayoutFactory.fillDefaults().applyTo(page);
		List<PolicySource> sources = Policies.sources();
		Policies policies = Policies.read(sources);
		for (PolicySource source : sources)
			say(page, policies.words(source));
		if (guard.filter(Guard::isTravelling).isPresent())
			say(page, "Travel mode is on.");
		verdicts(page);
		policies.idle().ifPresent(idle -> say(page, "Vaults lock when untouched for %s, by %s.".formatted(IdleLimit.words(idle.time()), idle.rule())));
		if (policies.audit().noLogNoAccess())
			say(page, "No log, no access: nothing is done that cannot be recorded.");
		say(page, "Rules for certain bookmarks, vaults and places, and what is demanded of servers: strongroom policy show, on the command line.");
		return page;
	}

	private void verdicts(Composite page) {
		var table = new Table(page, SWT.BORDER | SWT.FULL_SELECTION);
		table.setHeaderVisible(true);
		for (String name : List.of("Way out", "Verdict", "By"))
			new TableColumn(table, SWT.NONE).setText(name);
		for (WayOut way : WayOut.values()) {
			Ruling ruling = WaysOut.ruling(Outgoing.of(way, Optional.empty()));
			new TableItem(table, SWT.NONE).setText(new String[] { way.action(), ruling.verdict().word(), ruling.rule() });
		}
		for (TableColumn column : table.getColumns())
			column.pack();
		GridDataFactory.fillDefaults().grab(true, false).applyTo(table);
	}

	private void say(Composite page, String text) {
		Label label = new Label(page, SWT.WRAP);
		label.setText(text.replace("&", "&&"));
		GridDataFactory.fillDefaults().grab(true, false).hint(convertWidthInCharsToPixels(WIDTH), SWT.DEFAULT).applyTo(label);
	}
}
