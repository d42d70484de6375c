package org.strongroom.ui.internal.lock;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

import org.eclipse.core.runtime.ILog;
import org.eclipse.core.runtime.jobs.Job;
import org.eclipse.jface.dialogs.ProgressMonitorDialog;
import org.eclipse.jface.operation.ModalContext;
import org.eclipse.jface.preference.IPreferencePageContainer;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Shell;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;
import org.strongroom.core.Session;
import org.strongroom.core.Sessions;
import org.strongroom.core.residency.Guard;
import org.strongroom.core.storage.Chain;
import org.strongroom.editors.OpenEditors;
import org.strongroom.presence.Presence;
import org.strongroom.ui.internal.work.Ui;
import org.strongroom.ui.internal.work.Work;

/**
 * Locks all vaults when nobody uses them any more: after a while without a key or the mouse, with the screen, before the machine sleeps, and at once when told. Nobody is asked anything: editors close,
 * and what is not saved comes back when its vault is unlocked. As long as something is being transferred or saved, the first two wait for its end, unless somebody is there again by then.
 * <p>
 * For the UI thread, but for what the desktop tells.
 */
public final class AutoLock implements Presence.Listener {
	private static final int[] USE = { SWT.KeyDown, SWT.MouseDown, SWT.MouseMove, SWT.MouseVerticalWheel, SWT.MouseHorizontalWheel };
	private static final int MODAL = SWT.APPLICATION_MODAL | SWT.PRIMARY_MODAL | SWT.SYSTEM_MODAL;
	/** How often it is looked, in milliseconds. */
	private static final int EVERY = 1000;
	/** How often settings and policies are read while a vault is unlocked, in nanoseconds. */
	private static final long READ = TimeUnit.SECONDS.toNanos(5);
	/** Most dialogs that are closed: one may ask whether it is to be closed, again and again. */
	private static final int MOST_DIALOGS = 20;
	/** How long a machine that is about to sleep may be kept from it, in milliseconds; logind waits 5 s for all (logind.conf(5), InhibitDelayMaxSec). */
	private static final int PATIENCE = 4000;

	private final Display display;
	private final ServiceTracker<Sessions, Sessions> sessions;
	private final ServiceTracker<Guard, Guard> guards;
	private final ServiceTracker<Presence, Presence> presence;
	private Limits limits = new Limits(LockSettings.read(), Optional.empty());
	/** When they were read, as {@link System#nanoTime}; empty if nothing was unlocked since, so that they may be old, and nothing locks by them. */
	private Optional<Long> read = Optional.empty();
	private boolean isReading;
	/** When a key or the mouse was used last, by the clock that goes on only while the machine is awake, in nanoseconds; and by the one that goes on while it sleeps, in milliseconds. */
	private long used = System.nanoTime();
	private long usedTime = System.currentTimeMillis();
	private boolean screenLocked;
	/** Whether it was time, before somebody came back from a sleep that was not noticed. */
	private boolean overslept;

	/** @param policy what policies demand */
	private record Limits(LockSettings settings, Optional<Duration> policy) {
		/** The shorter of what the person wishes and a policy demands. */
		Optional<Duration> idle() {
			return Stream.concat(settings.idle().stream(), policy.stream()).min(Duration::compareTo);
		}
	}

	/** Begins at once. */
	public AutoLock(BundleContext bundles, Display display) {
		this.display = display;
		sessions = new ServiceTracker<>(bundles, Sessions.class, null);
		guards = new ServiceTracker<>(bundles, Guard.class, null);
		presence = new ServiceTracker<>(bundles, Presence.class, null) {
			@Override
			public Presence addingService(ServiceReference<Presence> reference) {
				Presence service = super.addingService(reference);
				if (service != null)
					service.addListener(AutoLock.this);
				return service;
			}

			@Override
			public void removedService(ServiceReference<Presence> reference, Presence service) {
				service.removeListener(AutoLock.this);
				super.removedService(reference, service);
			}
		};
		sessions.open();
		guards.open();
		presence.open();
		for (int event : USE)
			display.addFilter(event, this::used);
		tick();
	}

	/** Ends. */
	public void stop() {
		presence.close();
		guards.close();
		sessions.close();
	}

	/** Reads settings and policies now and then. Policies are files, and a change of them is recorded: nothing that the window waits for. */
	private void read() {
		if (isReading || read.filter(at -> System.nanoTime() - at < READ).isPresent())
			return;
		isReading = true;
		CompletableFuture.supplyAsync(() -> new Limits(LockSettings.read(), demanded()), Thread::startVirtualThread).whenComplete((now, _) -> Ui.async(() -> {
			isReading = false;
			if (now == null)
				return;
			limits = now;
			read = Optional.of(System.nanoTime());
		}));
	}

	private Optional<Duration> demanded() {
		Guard guard = guards.getService();
		return guard == null ? Optional.empty() : guard.idleLimit();
	}

	private void used(Event event) {
		if (limits.idle().filter(limit -> System.currentTimeMillis() - usedTime > limit.toMillis()).isPresent() && isAnyUnlocked()) {
			overslept = true;
			display.asyncExec(this::look); // not under the hands of whoever handles this event
		}
		if (event.type == SWT.KeyDown || event.type == SWT.MouseDown)
			screenLocked = false; // not every desktop tells when it is unlocked
		used = System.nanoTime();
		usedTime = System.currentTimeMillis();
	}

	private void tick() {
		if (display.isDisposed())
			return;
		display.timerExec(EVERY, this::tick);
		look();
	}

	private void look() {
		if (!isAnyUnlocked()) {
			overslept = false;
			read = Optional.empty();
			return;
		}
		boolean isDue = overslept || screenLocked && limits.settings().screen() || left().filter(left -> !left.isPositive()).isPresent();
		if (read.isPresent() && isDue && !isBusy())
			lockEverything();
		read();
	}

	/** How long until vaults lock, if nothing is touched; empty for never, or if none is unlocked. Not positive if it waits for a transfer. */
	public Optional<Duration> left() {
		if (!isAnyUnlocked())
			return Optional.empty();
		long idle = Math.max(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - used), System.currentTimeMillis() - usedTime);
		return limits.idle().map(most -> most.minusMillis(idle));
	}

	/** What a policy demands now; read by another thread. */
	CompletableFuture<Optional<Duration>> policy() {
		return CompletableFuture.supplyAsync(this::demanded, Thread::startVirtualThread);
	}

	/** What of the desktop cannot be noticed here, in words; empty if all can. */
	Optional<String> unnoticed() {
		Presence service = presence.getService();
		return service == null ? Optional.of("Neither is noticed on this system.") : service.unnoticed();
	}

	/** Reads the settings anew. */
	void changed() {
		limits = new Limits(LockSettings.read(), limits.policy());
	}

	private List<Session> all() {
		Sessions service = sessions.getService();
		return service == null ? List.of() : service.all();
	}

	private boolean isAnyUnlocked() {
		return all().stream().anyMatch(s -> !s.vaults().isEmpty());
	}

	/** Whether something is under way that locking would break off. A question that nobody answers is not. */
	private boolean isBusy() {
		boolean isWaiting = dialogs().anyMatch(shell -> !(shell.getData() instanceof ProgressMonitorDialog || shell.getData() instanceof IPreferencePageContainer));
		return !isWaiting && (ModalContext.getModalLevel() > 0 || Job.getJobManager().find(Work.FAMILY).length > 0);
	}

	private Stream<Shell> dialogs() {
		return Arrays.stream(display.getShells()).filter(AutoLock::isDialog);
	}

	private static boolean isDialog(Shell shell) {
		return !shell.isDisposed() && shell.isVisible() && (shell.getStyle() & MODAL) != 0;
	}

	/** Closes what is asked, as if it was cancelled: one after another, those in front first, each by itself, for one may ask back and wait. */
	private void closeDialogs(int most) {
		if (most > 0 && !display.isDisposed())
			display.asyncExec(() -> dialogs().filter(shell -> Arrays.stream(shell.getShells()).noneMatch(AutoLock::isDialog)).findFirst().ifPresent(shell -> {
				closeDialogs(most - 1);
				shell.close();
			}));
	}

	/** Locks all vaults of all sessions now. @return completed when they are locked */
	public CompletableFuture<Void> lockEverything() {
		var locked = new ArrayList<CompletableFuture<Void>>();
		for (Session session : all())
			for (String vault : session.vaults().keySet()) {
				putAway(session, vault);
				// each by itself: none waits for another, and cancelling the job stops none
				locked.add(CompletableFuture.runAsync(() -> lock(session, vault), Thread::startVirtualThread));
			}
		closeDialogs(MOST_DIALOGS);
		// keys, names and texts that were let go are to be gone now, not some time later
		CompletableFuture<Void> done = CompletableFuture.allOf(locked.toArray(CompletableFuture[]::new)).whenComplete((_, _) -> System.gc());
		Work.start("Locking", "all vaults", "Not all vaults were locked cleanly.", _ -> Chain.await(done));
		return done;
	}

	/** Closes the editors of all files there and keeps what is not saved of vaults, as far as that can be. For the UI thread. @param location of a vault, or a folder with vaults */
	static void putAway(Session session, String location) {
		try {
			OpenEditors.putAway(session, location);
		} catch (RuntimeException | OutOfMemoryError e) {
			// who has it open is asked, then; a vault stays unlocked for no editor
			ILog.of(AutoLock.class).error("An editor could not be put away (" + e.getClass().getName() + ")");
		}
	}

	private static void lock(Session session, String vault) {
		try {
			session.lock(vault);
		} catch (IOException e) {
			throw new UncheckedIOException(e);
		}
	}

	@Override
	public void screenLocked(boolean locked) {
		Ui.async(() -> {
			screenLocked = locked;
			look();
		});
	}

	@Override
	public void sleeping() {
		if (!LockSettings.read().sleep())
			return;
		var done = new CompletableFuture<Void>();
		Ui.async(() -> lockEverything().whenComplete((_, _) -> done.complete(null)));
		try {
			done.get(PATIENCE, TimeUnit.MILLISECONDS);
		} catch (InterruptedException e) {
			Thread.currentThread().interrupt();
		} catch (ExecutionException | TimeoutException e) {
			// the machine does not wait longer; it is locked as soon as it can be
		}
	}

	/** What was being unlocked when it fell asleep. */
	@Override
	public void awake() {
		if (LockSettings.read().sleep())
			Ui.async(() -> {
				if (isAnyUnlocked())
					lockEverything();
			});
	}
}
