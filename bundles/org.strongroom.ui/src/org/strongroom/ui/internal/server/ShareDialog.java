package org.strongroom.ui.internal.server;

import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.eclipse.jface.dialogs.IMessageProvider;
import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.swt.dnd.Clipboard;
import org.eclipse.swt.dnd.TextTransfer;
import org.eclipse.swt.dnd.Transfer;
import org.strongroom.core.Held;
import org.strongroom.core.Item;
import org.strongroom.core.Session;
import org.strongroom.core.Session.Unlocking;
import org.strongroom.core.residency.Outgoing;
import org.strongroom.core.residency.WayOut;
import org.strongroom.core.storage.Shares.Right;
import org.strongroom.core.storage.Shares.Share;
import org.strongroom.editors.WaysOut;
import org.strongroom.ui.internal.explorer.ExplorerView;
import org.strongroom.ui.internal.explorer.ShareWords;
import org.strongroom.ui.internal.work.Ui;
import org.strongroom.ui.internal.work.Work;

/** Who else gets at a file or folder. For the UI thread. */
public final class ShareDialog extends ServerDialog<Share> {
	private final Item item;
	/** Whether others get nothing but ciphertext; written by jobs. */
	private volatile boolean ciphertext;

	private ShareDialog(ExplorerView view, Session session, Item item) {
		super(view, session, item.location());
		this.item = item;
	}

	/** Shows the shares of an item. */
	public static void show(ExplorerView view, Session session, Item item) {
		new ShareDialog(view, session, item).show();
	}

	@Override
	String title() {
		return "Share";
	}

	@Override
	List<Column<Share>> columns() {
		return List.of(new Column<>("With", 22, ShareWords::with), new Column<>("May", 20, s -> rights(s.rights())), new Column<>("Until", 13, s -> s.expires().map(LocalDate::toString).orElse("")),
				new Column<>("Link", 30, s -> s.link().map(Object::toString).orElse("")), new Column<>("Note", 15, Share::note));
	}

	private static String rights(Set<Right> rights) {
		if (rights.equals(Set.of(Right.CREATE)))
			return "upload only";
		var words = new ArrayList<String>();
		for (Right right : Right.values())
			if (rights.contains(right))
				words.add(switch (right) {
				case READ -> "read";
				case CHANGE -> "change";
				case CREATE -> "add";
				case DELETE -> "delete";
				case RESHARE -> "share";
				});
		return String.join(", ", words);
	}

	@Override
	List<Action<Share>> actions() {
		return List.of(Action.ofOne("&Copy Link", "Puts the link's address on the clipboard", s -> s.link().isPresent(), this::copy),
				Action.ofOne("&End Share…", "Others do not get at it any more", _ -> true, this::revoke),
				new Action<>("&New Share…", "Lets others at it", _ -> true, _ -> newShare()));
	}

	@Override
	List<Share> ask() throws IOException {
		Held held = Held.item(session(), location(), Unlocking.FAIL);
		ciphertext = held.isCiphertext();
		return held.shares().list(Optional.of(held.path()));
	}

	@Override
	String says(List<Share> rows) {
		String shared = rows.isEmpty() ? "It is not shared." : rows.size() == 1 ? "It is shared once." : "It is shared %,d times.".formatted(rows.size());
		return ciphertext ? shared + " On the server it is encrypted: without the vault's passphrase nobody can read what they get." : shared;
	}

	@Override
	int kind() {
		return ciphertext ? IMessageProvider.WARNING : IMessageProvider.NONE;
	}

	private void copy(Share share) {
		if (!WaysOut.pass(Outgoing.of(WayOut.CLIPBOARD, session(), List.of(location()), "")))
			return;
		var clipboard = new Clipboard(getShell().getDisplay());
		clipboard.setContents(new Object[] { share.link().orElseThrow().toString() }, new Transfer[] { TextTransfer.getInstance() });
		clipboard.dispose();
		setMessage("The link is on the clipboard.", IMessageProvider.INFORMATION);
	}

	private void revoke(Share share) {
		if (new MessageDialog(getShell(), "End Share", null, "End the share of %s (%s)?\n\nWhoever has it does not get at it any more. %s itself stays as it is.".formatted(name(), ShareWords.with(share), name()),
				MessageDialog.QUESTION, 0, "End Share", "Cancel").open() != 0)
			return;
		Work.start("Ending a share", "of " + name(), "The share of %s was not ended.".formatted(name()), _ -> {
			Held.item(session(), location(), Unlocking.FAIL).shares().revoke(share.id());
			Ui.async(() -> reload(""));
		});
	}

	private void newShare() {
		if (ciphertext && !isAgreed())
			return;
		new NewShareDialog(getShell(), session(), item, made -> reload(made.id())).open();
	}

	/** Whether ciphertext is to be shared. */
	private boolean isAgreed() {
		boolean readable = session().vaultOf(location()).filter(v -> !v.getKey().equals(location())).isPresent();
		String text = "On the server %s is encrypted. Whoever you share it with gets ciphertext with an unreadable name: without the vault's passphrase nobody can read it.".formatted(name());
		String[] answers = readable ? new String[] { "Share the Ciphertext", "Share a Readable Copy…", "Cancel" } : new String[] { "Share the Ciphertext", "Cancel" };
		int answer = new MessageDialog(getShell(), "Share Ciphertext", null, text, MessageDialog.WARNING, answers.length - 1, answers).open();
		if (readable && answer == 1) {
			close();
			ReadableCopy.share(view(), session(), item);
		}
		return answer == 0;
	}

	/** @param id of the share to be selected, or else none is */
	private void reload(String id) {
		load(rows -> rows.stream().filter(s -> s.id().equals(id)).findFirst().ifPresent(this::select));
	}
}
