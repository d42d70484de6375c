package org.strongroom.ui.internal.explorer;

import java.util.Optional;

import org.eclipse.jface.resource.LocalResourceManager;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.jface.viewers.StyledCellLabelProvider;
import org.eclipse.jface.viewers.StyledString;
import org.eclipse.jface.viewers.ViewerCell;
import org.strongroom.core.Item;
import org.strongroom.core.Session.State;
import org.strongroom.core.auth.Challenge;
import org.strongroom.core.storage.Change;
import org.strongroom.core.storage.FileInfo.Type;
import org.strongroom.core.vault.VaultState;
import org.strongroom.ui.internal.work.Icon;

/** How the rows of the explorer look. */
public final class Labels extends StyledCellLabelProvider {
	private final LocalResourceManager images = new LocalResourceManager(JFaceResources.getResources());

	@Override
	public void update(ViewerCell cell) {
		Node node = (Node) cell.getElement();
		var text = new StyledString();
		String name = shown(node.name());
		text.append(name, node instanceof NoteNode ? StyledString.QUALIFIER_STYLER : null);
		remark(node).ifPresent(r -> text.append("  (" + r + ")", StyledString.DECORATIONS_STYLER));
		cell.setText(text.getString());
		cell.setStyleRanges(text.getStyleRanges());
		cell.setImage(icon(node).map(i -> images.get(i.descriptor())).orElse(null));
		super.update(cell);
	}

	/** A name made harmless, on one line. */
	public static String shown(String name) {
		return Challenge.printable(name).replace('\n', '\uFFFD');
	}

	/** What is said beside the name. */
	static Optional<String> remark(Node node) {
		return switch (node) {
		case BookmarkNode b when b.isBusy() && b.state().filter(s -> s == State.SIGNED_IN).isEmpty() -> Optional.of("signing in…");
		case BookmarkNode b when b.state().filter(s -> s == State.LOST).isPresent() -> Optional.of("offline, connection lost");
		case BookmarkNode b when b.state().isEmpty() -> Optional.of("offline" + unsaved(b));
		case BookmarkNode b when b.isUnlockedVault() -> Optional.of("signed in, unlocked");
		case BookmarkNode b when b.isLockedVault() -> Optional.of("signed in, locked" + unsaved(b));
		case BookmarkNode _ -> Optional.of("signed in");
		case FolderNode f when f.isUnsupportedVault() -> Optional.of("plug-in missing");
		case FolderNode f when f.isUnlockedVault() -> Optional.of("unlocked");
		case FolderNode f when f.isVault() -> Optional.of(f.isBusy() ? "unlocking…" : "locked" + unsaved(f));
		case FileNode f when f.item().get().problem().isPresent() -> Optional.of("damaged");
		default -> Optional.empty();
		};
	}

	/** How many unsaved texts are kept; nothing for none. */
	private static String unsaved(Container container) {
		int kept = container.kept();
		return kept == 0 ? "" : ", %d unsaved".formatted(kept);
	}

	private static Optional<Icon> icon(Node node) {
		return switch (node) {
		case BookmarkNode b when b.state().isEmpty() -> Optional.of(Icon.BOOKMARK_OFFLINE);
		case BookmarkNode b when b.state().get() == State.LOST -> Optional.of(Icon.BOOKMARK_LOST);
		case BookmarkNode _ -> Optional.of(Icon.BOOKMARK);
		case FolderNode f when f.isUnsupportedVault() -> Optional.of(Icon.VAULT_UNSUPPORTED);
		case FolderNode f when f.isUnlockedVault() -> Optional.of(Icon.VAULT_UNLOCKED);
		case FolderNode f when f.isVault() -> Optional.of(Icon.VAULT_LOCKED);
		case FolderNode _ -> Optional.of(Icon.FOLDER);
		case FileNode f -> Optional.of(icon(f.item().get()));
		default -> Optional.empty();
		};
	}

	/** Of an item outside of the tree, where a row does not tell how it stands. */
	public static Icon icon(Item item) {
		if (item.problem().isPresent())
			return Icon.DAMAGED;
		if (item.vault().isPresent())
			return item.vault().get() == VaultState.UNLOCKED ? Icon.VAULT_UNLOCKED : Icon.VAULT_LOCKED;
		return item.type() == Type.DIRECTORY ? Icon.FOLDER : item.type() == Type.SYMLINK ? Icon.LINK : Icon.FILE;
	}

	/** What is told of a row under the pointer; null if there is nothing to tell. */
	static String toolTip(Node node) {
		return switch (node) {
		case BookmarkNode b -> b.saved().uri() + hint(b) + keeps(b.kept());
		case FolderNode f when f.isUnsupportedVault() -> "A vault of a kind whose plug-in is not installed";
		case FolderNode f when f.isLockedVault() -> "A locked vault: double-click to unlock it" + keeps(f.kept());
		case FileNode f when f.item().get().problem().isPresent() -> shown(f.item().get().problem().get());
		case FileNode f when f.item().get().type() == Type.FILE -> details(f.item().get());
		case null, default -> null;
		};
	}

	private static String hint(BookmarkNode b) {
		return b.state().filter(s -> s == State.SIGNED_IN).isPresent() ? "" : "\nDouble-click to sign in";
	}

	private static String keeps(int texts) {
		return switch (texts) {
		case 0 -> "";
		case 1 -> "\nA text that is not saved is kept in memory, encrypted, and comes back when its vault is unlocked";
		default -> "\n%d texts that are not saved are kept in memory, encrypted, and come back when their vaults are unlocked".formatted(texts);
		};
	}

	private static String details(Item item) {
		return "%s, changed %s%s".formatted(Sizes.human(item.size()), Times.human(item.modified()), item.refused().contains(Change.WRITE) ? "\nRead-only" : "");
	}

	@Override
	public void dispose() {
		images.dispose();
		super.dispose();
	}
}
