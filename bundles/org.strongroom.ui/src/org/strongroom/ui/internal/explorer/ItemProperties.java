package org.strongroom.ui.internal.explorer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import org.eclipse.core.runtime.ICoreRunnable;
import org.eclipse.core.runtime.jobs.Job;
import org.eclipse.ui.PlatformUI;
import org.strongroom.core.Held;
import org.strongroom.core.Item;
import org.strongroom.core.Problem;
import org.strongroom.core.Session;
import org.strongroom.core.Session.State;
import org.strongroom.core.Sessions;
import org.strongroom.core.storage.FileInfo.Type;
import org.strongroom.core.storage.Shares;
import org.strongroom.core.storage.Storage;
import org.strongroom.core.storage.StorageAttributes;
import org.strongroom.core.vault.Vault;
import org.strongroom.ui.internal.app.Latency;
import org.strongroom.ui.internal.explorer.ItemPropertyPage.Row;
import org.strongroom.ui.internal.work.Cost;
import org.strongroom.ui.internal.work.Ui;

/** What can be told of a row. */
final class ItemProperties {
	private static final String GENERAL = "General";
	private static final String SERVER = "On the server";
	private static final String VAULT = "Vault";
	private static final String BOOKMARK = "Bookmark";
	private static final String CONNECTION = "Connection";
	/** In the order they are shown. */
	static final List<String> GROUPS = List.of(GENERAL, BOOKMARK, CONNECTION, VAULT, SERVER);
	/** Of a group that are shown first, in that order: what is encrypted stands beside what is readable. */
	static final List<String> FIRST = List.of("Name", "Encrypted name", "Size", "Encrypted size");

	private ItemProperties() {
	}

	/** What is known without asking anybody. */
	static List<Row> atHand(Node node) {
		var rows = new ArrayList<Row>();
		if (node instanceof BookmarkNode b) {
			rows.add(new Row(BOOKMARK, "Name", b.name()));
			rows.add(new Row(BOOKMARK, "Address", b.saved().uri().toString()));
			rows.add(new Row(BOOKMARK, "State", state(b)));
			if (!b.saved().keys().isEmpty() || usesKeys(b.saved().scheme()))
				rows.add(new Row(BOOKMARK, "Keys", b.saved().keys().isEmpty() ? "the usual ones and the agent's"
					: String.join(", ", b.saved().keys().stream().map(Path::toString).toList())));
		}
		node.item().ifPresent(i -> {
			rows.add(new Row(GENERAL, "Name", Labels.shown(i.name())));
			rows.add(new Row(GENERAL, "Location", Labels.shown(i.location())));
			rows.add(new Row(GENERAL, "Type", type(node, i)));
			if (i.type() == Type.FILE)
				rows.add(new Row(GENERAL, "Size", size(i.size())));
			if (i.modified().isAfter(Instant.EPOCH))
				rows.add(new Row(GENERAL, "Modified", DateTimeFormatter.ofLocalizedDateTime(FormatStyle.FULL, FormatStyle.MEDIUM)
						.format(i.modified().atZone(ZoneId.systemDefault()))));
			i.problem().ifPresent(p -> rows.add(new Row(GENERAL, "Problem", Labels.shown(p))));
		});
		return rows;
	}

	private static boolean usesKeys(String scheme) {
		return PlatformUI.getWorkbench().getService(Sessions.class).plugIns().protocols().stream().anyMatch(p -> p.scheme().equals(scheme) && p.usesKeys());
	}

	private static String state(BookmarkNode b) {
		return b.state().map(s -> s == State.SIGNED_IN ? "signed in" : "offline, connection lost").orElse("offline");
	}

	private static String type(Node node, Item item) {
		if (node instanceof FolderNode f && f.isVault())
			return f.isUnsupportedVault() ? "vault (plug-in missing)" : f.isUnlockedVault() ? "vault, unlocked" : "vault, locked";
		return switch (item.type()) {
		case FILE -> "file";
		case DIRECTORY -> "folder";
		case SYMLINK -> "link";
		case OTHER -> item.problem().isPresent() ? "damaged" : "special file";
		};
	}

	private static String size(long bytes) {
		return bytes < 1024 ? Sizes.human(bytes) : "%s (%,d bytes)".formatted(Sizes.human(bytes), bytes);
	}

	/** What the server tells, later; nothing if it does not. */
	static void load(Node node, Consumer<List<Row>> shown) {
		var session = node instanceof Container c ? c.session() : node.parent().session();
		if (session.isEmpty() || session.get().state() != State.SIGNED_IN)
			return;
		String location = node instanceof Container c ? c.location() : node.item().map(Item::location).orElse("/");
		boolean vault = node instanceof Container c && c.isVault() && !(node instanceof FolderNode f && f.isUnsupportedVault());
		Job job = Job.createSystem("Properties", (ICoreRunnable) _ -> {
			var rows = new ArrayList<Row>();
			try {
				if (node instanceof BookmarkNode)
					connection(session.get(), rows);
				ask(session.get(), location, node.item().map(Item::path), vault, rows);
			} catch (IOException e) {
				rows.add(new Row(GENERAL, "Problem", Problem.of(e).message()));
			}
			Ui.async(() -> shown.accept(rows));
		});
		job.setPriority(Job.SHORT);
		job.schedule();
	}

	private static void ask(Session session, String location, Optional<Path> path, boolean isVault, List<Row> rows) throws IOException {
		if (isVault)
			for (Map.Entry<String, String> p : session.vaultInfo(location).properties().entrySet())
				rows.add(new Row(VAULT, p.getKey(), p.getValue()));
		if (path.isEmpty())
			return;
		var a = Files.readAttributes(path.get(), StorageAttributes.class, LinkOption.NOFOLLOW_LINKS);
		a.permissions().ifPresent(bits -> rows.add(new Row(SERVER, "Permissions", permissions(bits))));
		a.owner().ifPresent(o -> rows.add(new Row(SERVER, "Owner", Labels.shown(o))));
		a.group().ifPresent(g -> rows.add(new Row(SERVER, "Group", Labels.shown(g))));
		if (a.isSymbolicLink())
			rows.add(new Row(SERVER, "Leads to", Labels.shown(Files.readSymbolicLink(path.get()).toString())));
		var vault = session.vaultOf(location).filter(v -> !v.getKey().equals(location));
		if (vault.isPresent())
			encrypted(vault.get().getValue(), path.get(), rows);
		told(session.fileSystem().storage(), Held.path(session, location, path.get()), rows);
	}

	/** What only some servers tell. */
	private static void told(Storage storage, String path, List<Row> rows) throws IOException {
		storage.details(path).forEach((name, value) -> rows.add(new Row(SERVER, name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1), Labels.shown(value))));
		Optional<Shares> shares = storage.extra(Shares.class);
		if (shares.isEmpty())
			return;
		List<Shares.Share> all = shares.get().list(Optional.of(path));
		if (!all.isEmpty())
			rows.add(new Row(SERVER, "Shared with", Labels.shown(all.stream().map(ShareWords::with).collect(Collectors.joining(", ")))));
	}

	private static void connection(Session session, List<Row> rows) throws IOException {
		Storage storage = session.fileSystem().storage();
		rows.add(new Row(CONNECTION, "Latency", "%,d ms".formatted(Latency.ofNow(session))));
		storage.signInCost().ifPresent(c -> rows.add(new Row(CONNECTION, "Sign-in", Cost.words(c))));
		if (storage.traffic().requests() > 0)
			rows.add(new Row(CONNECTION, "Since sign-in", Cost.words(storage.traffic())));
	}

	private static void encrypted(Vault vault, Path readable, List<Row> rows) throws IOException {
		Path encrypted = vault.encrypted(readable);
		rows.add(new Row(GENERAL, "Encrypted name", Labels.shown(encrypted.getFileName().toString())));
		rows.add(new Row(SERVER, "Encrypted path", Labels.shown(encrypted.toString())));
		var a = Files.readAttributes(encrypted, StorageAttributes.class, LinkOption.NOFOLLOW_LINKS);
		if (a.isRegularFile())
			rows.add(new Row(GENERAL, "Encrypted size", size(a.size())));
	}

	/** As {@code ls} writes them, and in octal. */
	static String permissions(int bits) {
		var set = EnumSet.noneOf(java.nio.file.attribute.PosixFilePermission.class);
		var all = java.nio.file.attribute.PosixFilePermission.values();
		for (int i = 0; i < 9; i++)
			if ((bits & (1 << (8 - i))) != 0)
				set.add(all[i]);
		return "%s (%03o)".formatted(PosixFilePermissions.toString(set), bits & 0777);
	}
}
