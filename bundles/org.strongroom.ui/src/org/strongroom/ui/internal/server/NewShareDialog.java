package org.strongroom.ui.internal.server;

import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Combo;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.DateTime;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Text;
import org.strongroom.core.Held;
import org.strongroom.core.Item;
import org.strongroom.core.Session;
import org.strongroom.core.Session.Unlocking;
import org.strongroom.core.auth.Secret;
import org.strongroom.core.storage.Shares.Right;
import org.strongroom.core.storage.Shares.Share;
import org.strongroom.core.storage.Shares.Wish;
import org.strongroom.core.storage.Shares.With;
import org.strongroom.ui.internal.prompt.PromptDialog;
import org.strongroom.ui.internal.work.Ui;
import org.strongroom.ui.internal.work.Work;

/** Asks how something is to be shared, and shares it. What was entered stays until the server has agreed. For the UI thread. */
final class NewShareDialog extends PromptDialog {
	private static final List<With> WITH = List.of(With.LINK, With.PERSON, With.GROUP);

	/** What others may do. */
	private enum May {
		READ("Read it", Set.of(Right.READ)), CHANGE_FILE("Read and change it", Set.of(Right.READ, Right.CHANGE)),
		CHANGE_FOLDER("Read, change, add and delete", Set.of(Right.READ, Right.CHANGE, Right.CREATE, Right.DELETE)),
		UPLOAD("Upload files into it, but see none", Set.of(Right.CREATE));

		private final String words;
		private final Set<Right> rights;

		May(String words, Set<Right> rights) {
			this.words = words;
			this.rights = rights;
		}

		static List<May> of(boolean folder, With with) {
			return !folder ? List.of(READ, CHANGE_FILE) : with == With.LINK ? List.of(READ, CHANGE_FOLDER, UPLOAD) : List.of(READ, CHANGE_FOLDER);
		}
	}

	private final Session session;
	private final Item item;
	private final Consumer<Share> made;
	private Combo with;
	private Text who;
	private Combo may;
	private Text password;
	private Button ends;
	private DateTime day;
	private Text note;

	/** @param made told of the share, on the UI thread */
	NewShareDialog(Shell parent, Session session, Item item, Consumer<Share> made) {
		super(parent, "New Share", "Share %s".formatted(harmless(item.name())), "Share");
		this.session = session;
		this.item = item;
		this.made = made;
	}

	@Override
	protected void createFields(Composite fields) {
		setMessage("%s lets others at it, until you end the share.".formatted(session.bookmark().name()));
		with = combo(fields, "&With:", "With");
		Stream.of("Whoever has the link", "A person with an account there", "A group there").forEach(with::add);
		with.select(0);
		who = field(fields, "Name there:", true);
		may = combo(fields, "They &may:", "They may");
		password = field(fields, "Password of the link:", false);
		password.setMessage("none");
		ends = new Button(fields, SWT.CHECK);
		ends.setText("&Until the end of:");
		day = new DateTime(fields, SWT.DATE | SWT.DROP_DOWN | SWT.BORDER);
		LocalDate month = LocalDate.now().plusMonths(1);
		day.setDate(month.getYear(), month.getMonthValue() - 1, month.getDayOfMonth());
		named(day, "Last day");
		GridDataFactory.fillDefaults().align(SWT.BEGINNING, SWT.CENTER).applyTo(day);
		note = field(fields, "Note for them:", true);
		with.addListener(SWT.Selection, _ -> chosen());
		ends.addListener(SWT.Selection, _ -> chosen());
		who.addModifyListener(_ -> check());
		with.setFocus();
	}

	private Combo combo(Composite parent, String label, String name) {
		new Label(parent, SWT.NONE).setText(label);
		var combo = new Combo(parent, SWT.READ_ONLY | SWT.DROP_DOWN);
		GridDataFactory.fillDefaults().grab(true, false).applyTo(combo);
		named(combo, name);
		return combo;
	}

	@Override
	protected Control createContents(Composite parent) {
		Control contents = super.createContents(parent);
		chosen();
		return contents;
	}

	private With chosenWith() {
		return WITH.get(with.getSelectionIndex());
	}

	private List<May> choices() {
		return May.of(item.isFolder(), chosenWith());
	}

	private void chosen() {
		int before = Math.max(0, may.getSelectionIndex());
		may.setItems(choices().stream().map(m -> m.words).toArray(String[]::new));
		may.select(Math.min(before, may.getItemCount() - 1));
		boolean link = chosenWith() == With.LINK;
		who.setEnabled(!link);
		password.setEnabled(link);
		day.setEnabled(ends.getSelection());
		check();
	}

	private void check() {
		Button ok = getButton(IDialogConstants.OK_ID);
		if (ok != null)
			ok.setEnabled(chosenWith() == With.LINK || !who.getText().isBlank());
	}

	@Override
	protected void okPressed() {
		boolean link = chosenWith() == With.LINK;
		Optional<Secret> secret = link && password.getCharCount() > 0 ? Optional.of(Secret.of(password.getTextChars())) : Optional.empty();
		Optional<LocalDate> last = ends.getSelection() ? Optional.of(LocalDate.of(day.getYear(), day.getMonth() + 1, day.getDay())) : Optional.empty();
		var wish = new Wish(chosenWith(), link ? "" : who.getText().strip(), choices().get(may.getSelectionIndex()).rights, secret, last, note.getText().strip());
		getButton(IDialogConstants.OK_ID).setEnabled(false);
		Work.start("Sharing", item.name(), "%s was not shared.".formatted(item.name()), _ -> {
			try {
				Held held = Held.item(session, item.location(), Unlocking.FAIL);
				Share share = held.shares().create(held.path(), wish);
				Ui.async(() -> shared(share));
			} finally {
				secret.ifPresent(Secret::close);
			}
		}, () -> {
			if (getShell() != null && !getShell().isDisposed())
				check();
		});
	}

	private void shared(Share share) {
		if (getShell() != null && !getShell().isDisposed()) {
			setReturnCode(OK);
			close();
		}
		made.accept(share);
	}
}
