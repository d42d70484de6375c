package org.strongroom.ui.internal.server;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

import org.eclipse.core.runtime.IProgressMonitor;
import org.strongroom.core.Held;
import org.strongroom.core.Held.Lost;
import org.strongroom.core.Session;
import org.strongroom.core.Session.Unlocking;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.FileInfo.Type;
import org.strongroom.core.storage.StoragePaths;
import org.strongroom.core.transfer.Progress;
import org.strongroom.ui.Problems;
import org.strongroom.ui.Problems.Failure;
import org.strongroom.ui.internal.explorer.ExplorerView;
import org.strongroom.ui.internal.explorer.Sizes;
import org.strongroom.ui.internal.explorer.Times;
import org.strongroom.ui.internal.work.Ui;
import org.strongroom.ui.internal.work.Work;

/** What was removed from a folder: to be put back. For the UI thread. */
public final class TrashDialog extends ServerDialog<Lost> {
	/** How many there are besides whose names cannot be told; written by jobs. */
	private volatile int nameless;

	private TrashDialog(ExplorerView view, Session session, String location) {
		super(view, session, location);
	}

	/** Shows what was removed from a folder. */
	public static void show(ExplorerView view, Session session, String location) {
		new TrashDialog(view, session, location).show();
	}

	@Override
	String title() {
		return "Removed from";
	}

	@Override
	List<Column<Lost>> columns() {
		return List.of(new Column<>("Name", 30, TrashDialog::nameOf), new Column<>("Lay in", 30, l -> StoragePaths.parent(place(l))), new Column<>("Removed", 27, l -> Times.human(l.removed().removed())),
				new Column<>("Size", 13, this::size));
	}

	private static String place(Lost lost) {
		return lost.location().orElse(lost.removed().path());
	}

	/** Of what is several things on the server, as folders of vaults are, nobody has counted it. */
	private String size(Lost lost) {
		return lost.removed().type() == Type.DIRECTORY && session().vaultOf(location()).isPresent() ? "" : Sizes.human(lost.removed().size());
	}

	private static String nameOf(Lost lost) {
		return StoragePaths.name(place(lost)) + (lost.type() == Type.DIRECTORY ? "/" : "");
	}

	@Override
	List<Action<Lost>> actions() {
		return List.of(new Action<>("&Restore", "Puts it back where it lay", rows -> !rows.isEmpty(), this::restore));
	}

	@Override
	List<Lost> ask() throws IOException {
		Held held = Held.folder(session(), location(), Unlocking.FAIL);
		List<Lost> all = held.removed();
		if (held.vault().isEmpty())
			return all;
		List<Lost> named = all.stream().filter(l -> l.location().isPresent()).toList();
		nameless = all.size() - named.size();
		return named;
	}

	@Override
	String says(List<Lost> rows) {
		String what = rows.isEmpty() ? "Nothing of it is in the trash." : rows.size() == 1 ? "One item is in the trash." : "%,d items are in the trash, what was removed last first.".formatted(rows.size());
		String more = nameless == 0 ? "" : nameless == 1 ? " One more has a name that cannot be told." : " %,d more have names that cannot be told.".formatted(nameless);
		if (session().vaultOf(location()).isPresent())
			return what + more + " Of a vault, that is what was removed from this very folder.";
		boolean encrypted = rows.stream().anyMatch(l -> l.location().flatMap(session()::vaultOf).isPresent());
		return what + (encrypted ? " What lay in a vault has its readable name in the trash of the folder there." : "");
	}

	private void restore(List<Lost> rows) {
		String what = rows.size() == 1 ? nameOf(rows.getFirst()) : "%,d items".formatted(rows.size());
		Work.start("Restoring", what, "%s could not be restored.".formatted(what), monitor -> {
			var failures = new ArrayList<Failure>();
			var incomplete = new ArrayList<Failure>();
			monitor.beginTask("", rows.size());
			try {
				Held held = Held.folder(session(), location(), Unlocking.FAIL);
				for (Lost row : rows) {
					if (monitor.isCanceled())
						break;
					try {
						held.restore(row, new Telling(monitor, incomplete));
					} catch (ConnectionException | InterruptedIOException e) {
						throw e;
					} catch (IOException e) {
						failures.add(new Failure(nameOf(row), e));
					}
					monitor.worked(1);
				}
			} finally {
				Ui.async(() -> restored(rows));
			}
			Problems.show(failures.size() == 1 ? "%s was not restored; it is still in the trash.".formatted(failures.getFirst().item())
					: "%,d items were not restored; they are still in the trash.".formatted(failures.size()), failures);
			Problems.show("%s %s back, but not with all that was in %s.".formatted(what, rows.size() == 1 ? "is" : "are", rows.size() == 1 ? "it" : "them"), incomplete);
		});
	}

	/** Tells of the folders that come back with one. */
	private record Telling(IProgressMonitor monitor, List<Failure> incomplete) implements Progress {
		@Override
		public void begin(Path item, long size) {
			monitor.subTask(String.valueOf(item.getFileName()));
		}

		@Override
		public void failed(Path item, IOException why) {
			incomplete.add(new Failure(String.valueOf(item.getFileName()), why));
		}

		@Override
		public boolean cancelled() {
			return monitor.isCanceled();
		}
	}

	private void restored(List<Lost> rows) {
		// what has lost its folder comes back at the top
		var folders = new LinkedHashSet<String>(List.of(location()));
		rows.forEach(l -> l.location().ifPresent(at -> folders.add(StoragePaths.parent(at))));
		for (String folder : folders) {
			session().refresh(folder);
			explorer().find(session(), folder).filter(c -> c.isLoaded()).ifPresent(c -> explorer().refresh(c, () -> {
			}));
		}
		load();
	}
}
