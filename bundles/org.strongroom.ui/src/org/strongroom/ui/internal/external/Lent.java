package org.strongroom.ui.internal.external;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import org.eclipse.core.runtime.ILog;
import org.eclipse.core.runtime.IProgressMonitor;
import org.eclipse.ui.IViewPart;
import org.eclipse.ui.IWorkbenchWindow;
import org.eclipse.ui.PlatformUI;
import org.strongroom.core.Session;
import org.strongroom.core.SessionListener;
import org.strongroom.core.Sessions;
import org.strongroom.core.auth.SignInCancelledException;
import org.strongroom.core.residency.Guard;
import org.strongroom.core.residency.Outgoing;
import org.strongroom.core.storage.StoragePaths;
import org.strongroom.editors.OpenEditors;
import org.strongroom.efs.SessionFile;
import org.strongroom.external.Loan;
import org.strongroom.external.Watch;
import org.strongroom.ui.Problems;
import org.strongroom.ui.internal.commands.Travelling;
import org.strongroom.ui.internal.explorer.ExplorerView;
import org.strongroom.ui.internal.prompt.DialogPrompter;
import org.strongroom.ui.internal.work.Ui;
import org.strongroom.ui.internal.work.Work;

/**
 * The readable copies that other programs work on. What these save is noticed, and saved on the server. Copies are taken back when somebody wants that, when the program ends (if that is known), before
 * their vault is locked, their server is signed out of or Strongroom is left, and when travel mode begins. For the UI thread, unless it says otherwise.
 */
public final class Lent implements SessionListener {
	/** A program that ends sooner may have handed its file over to another process of itself: then the copy stays. */
	private static final Duration HANDED_OVER = Duration.ofSeconds(5);
	private static final String STAYS = "It stays in the copy in memory until you decide.";
	private final List<Copy> copies = new CopyOnWriteArrayList<>();
	private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
	private final Kept kept = new Kept(this::saved);
	private boolean listening;

	/** One copy. */
	public static final class Copy {
		private final Loan loan;
		private final Watch watch;
		/** Whether what the program saved last could not be saved on the server. */
		private volatile boolean unsaved;
		/** Whether somebody is being asked about it. */
		private boolean asking;

		private Copy(Loan loan, Watch watch) {
			this.loan = loan;
			this.watch = watch;
		}

		/** The file's name. */
		public String name() {
			return loan.file().name();
		}

		/** Who has it. */
		public String program() {
			return loan.program();
		}

		/** What left memory with it, as the policy sees it. */
		public Outgoing outgoing() {
			return loan.outgoing();
		}

		private boolean isIn(Session session, String location) {
			return loan.file().session() == session && StoragePaths.isIn(loan.file().location(), location);
		}
	}

	/** All copies; for any thread. */
	public List<Copy> all() {
		return List.copyOf(copies);
	}

	/** The copy of a file, if it is lent; for any thread. */
	public Optional<Copy> of(Session session, String location) {
		return copies.stream().filter(c -> c.loan.file().session() == session && c.loan.file().location().equals(location)).findFirst();
	}

	/** How many changes are not saved: in copies, or kept. For any thread. */
	public int unsaved() {
		return (int) copies.stream().filter(c -> c.unsaved).count() + kept.count();
	}

	/** How many changes are kept of what is out of reach. For any thread. */
	public int kept() {
		return kept.count();
	}

	/** Told, on any thread, that a copy was lent or taken back. */
	public void addListener(Runnable listener) {
		listeners.add(listener);
	}

	/** Ends {@link #addListener}. */
	public void removeListener(Runnable listener) {
		listeners.remove(listener);
	}

	private void listen() {
		if (listening)
			return;
		listening = true;
		PlatformUI.getWorkbench().getService(Sessions.class).addListener(this);
	}

	/** Opens a file with a program: behind the scenes, asking where the policy says so. A copy that is there already is opened as it is. */
	public void open(Session session, String location, Opener opener) {
		listen();
		var file = new SessionFile(session, location);
		Guard guard = PlatformUI.getWorkbench().getService(Guard.class);
		Work.start("Opening", file.name(), "%s was not opened with another program.".formatted(file.name()), monitor -> {
			Optional<Copy> there = of(session, file.location());
			Copy copy = there.isPresent() ? there.get() : lend(file, opener, guard, monitor);
			try {
				Instant began = Instant.now();
				opener.open(copy.loan).ifPresent((CompletableFuture<?> end) -> end.thenRun(() -> saveSoon(copy, Duration.between(began, Instant.now()).compareTo(HANDED_OVER) > 0)));
			} catch (IOException | RuntimeException e) {
				if (there.isEmpty())
					end(copy);
				throw e;
			}
		});
	}

	private Copy lend(SessionFile file, Opener opener, Guard guard, IProgressMonitor monitor) throws IOException {
		Loan loan = Loan.lend(file, opener.name(), guard, Guard.Person.by(new DialogPrompter()), monitor);
		boolean done = false;
		try {
			var copy = new Copy[1];
			copy[0] = new Copy(loan, new Watch(loan, () -> saveSoon(copy[0], false)));
			copies.add(copy[0]);
			listeners.forEach(Runnable::run);
			done = true;
			return copy[0];
		} finally {
			if (!done)
				loan.close();
		}
	}

	/** Saves behind the scenes what a program has saved; for any thread. @param last whether the copy is not needed any more then */
	private void saveSoon(Copy copy, boolean last) {
		if (copy.loan.isClosed())
			return;
		Work.start("Saving", copy.name(), "%s was not saved.".formatted(copy.name()), _ -> {
			try {
				boolean any = copy.loan.save();
				copy.unsaved = false;
				if (any)
					Ui.async(() -> saved(copy.loan.file().session(), copy.loan.file().location()));
				if (last)
					end(copy);
			} catch (InterruptedIOException | SignInCancelledException e) {
				copy.unsaved = true; // the person wanted it so
			} catch (IOException e) {
				copy.unsaved = !copy.loan.isClosed();
				Ui.async(() -> ask(copy, e, last));
			}
		});
	}

	private void ask(Copy copy, IOException why, boolean last) {
		if (copy.asking || copy.loan.isClosed())
			return;
		copy.asking = true;
		try {
			if (new Settling(Returning.of(copy.loan), STAYS, false).ask(why) == Settling.End.SAVED) {
				savedAfterAll(copy);
				if (last)
					end(copy);
			}
		} finally {
			copy.asking = false;
		}
	}

	private void savedAfterAll(Copy copy) {
		copy.unsaved = false;
		saved(copy.loan.file().session(), copy.loan.file().location());
	}

	/** The explorer and editors show what is there now. */
	private void saved(Session session, String location) {
		OpenEditors.reload(session, location);
		for (IWorkbenchWindow window : PlatformUI.getWorkbench().getWorkbenchWindows()) {
			IViewPart part = window.getActivePage() == null ? null : window.getActivePage().findView(ExplorerView.ID);
			if (part instanceof ExplorerView view) {
				view.explorer().saved(session, location);
				view.getViewSite().getActionBars().getStatusLineManager().setMessage("%s was saved on %s.".formatted(StoragePaths.name(location), session.bookmark().name()));
			}
		}
	}

	/**
	 * Takes back the copies of a session's files, having saved what was changed; the window goes on living meanwhile.
	 *
	 * @param location of a file, or of a folder or vault the files lie in, at any depth; {@code /} for all
	 * @return false if one stays, for it could not be saved and the person wants it so
	 */
	public boolean takeBack(Session session, String location) {
		return takeBack(copies.stream().filter(c -> c.isIn(session, location)).toList());
	}

	/** Takes all back if somebody travels now. */
	public void travel() {
		Travelling travelling = PlatformUI.getWorkbench().getService(Travelling.class);
		if (travelling != null && travelling.isOn())
			takeBack(all());
	}

	/** Takes back copies, as above. */
	public boolean takeBack(List<Copy> some) {
		boolean all = true;
		for (Copy copy : some)
			all &= takeBack(copy);
		return all;
	}

	private boolean takeBack(Copy copy) {
		if (copy.loan.isClosed())
			return true;
		if (copy.asking)
			return false;
		copy.asking = true;
		try {
			boolean changed = isChanged(copy);
			Settling.End end = changed ? new Settling(Returning.of(copy.loan), STAYS, true).save() : Settling.End.SAVED;
			if (end == Settling.End.LEFT) {
				copy.unsaved = true;
				return copy.loan.isClosed(); // it may have been put away under the question
			}
			if (end == Settling.End.SAVED && changed)
				savedAfterAll(copy);
			end(copy);
			return true;
		} finally {
			copy.asking = false;
		}
	}

	private static boolean isChanged(Copy copy) {
		try {
			return copy.loan.isChanged();
		} catch (IOException e) {
			return true; // saving tells
		}
	}

	/** The copy is gone; for any thread. */
	private void end(Copy copy) {
		copies.remove(copy);
		try {
			copy.watch.close();
			copy.loan.close();
		} catch (IOException e) {
			ILog.of(Lent.class).error("A copy in memory was not taken away (" + e.getClass().getName() + ")");
		}
		listeners.forEach(Runnable::run);
	}

	/** Saves what was kept, if it can be reached again. */
	@Override
	public void changed(Session session) {
		kept.bringBack(session);
	}

	/** Nobody is asked, and no server: what is not saved is kept, and comes back. */
	@Override
	public void locking(Session session, String location) {
		for (Copy copy : copies)
			if (copy.isIn(session, location))
				putAway(copy);
	}

	private void putAway(Copy copy) {
		try {
			if (copy.loan.isChanged())
				kept.keep(copy.loan);
		} catch (IOException | OutOfMemoryError e) {
			Problems.show("What %s changed last in %s could not be kept, and is lost.".formatted(copy.program(), copy.name()), e);
		} finally {
			end(copy);
		}
	}

	/** Takes all away as Strongroom ends, and asks nobody. */
	public void close() {
		copies.forEach(this::end);
		kept.discard();
	}
}
