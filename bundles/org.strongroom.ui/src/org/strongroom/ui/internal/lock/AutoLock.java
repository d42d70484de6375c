package org.strongroom.ui.internal.lock;

import java.io.IOException;
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

import org.eclipse.core.runtime.jobs.Job;
import org.eclipse.jface.dialogs.ProgressMonitorDialog;
import org.eclipse.jface.operation.ModalContext;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Shell;
import org.osgi.framework.BundleContext;
import org.osgi.util.tracker.ServiceTracker;
import org.strongroom.core.Session;
import org.strongroom.core.Sessions;
import org.strongroom.core.residency.Guard;
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
	/** How long settings and policies are believed, in milliseconds. */
	private static final int BELIEVED = 5000;
	/** How long a machine that is about to sleep may be kept from it, in milliseconds; logind waits 5 s for all (logind.conf(5), InhibitDelayMaxSec). */
	private static final int PATIENCE = 4000;

	private final Display display;
	private final ServiceTracker<Sessions, Sessions> sessions;
	private final ServiceTracker<Guard, Guard> guards;
	private final ServiceTracker<Presence, Presence> presence;
	private volatile LockSettings settings = LockSettings.read();
	private Optional<Duration> limit = Optional.empty();
	private long limitRead;
	/** When a key or the mouse was used last, by the clock that goes on only while the machine is awake, in nanoseconds; and by the one that goes on while it sleeps, in milliseconds. */
	private long used = System.nanoTime();
	private long usedTime = System.currentTimeMillis();
	private boolean screenLocked;

	/** Begins at once. */
	public AutoLock(BundleContext bundles, Display display) {
		this.display = display;
		sessions = new ServiceTracker<>(bundles, Sessions.class, null);
		guards = new ServiceTracker<>(bundles, Guard.class, null);
		presence = new ServiceTracker<>(bundles, Presence.class, null) {
			@Override
			public Presence addingService(org.osgi.framework.ServiceReference<Presence> reference) {
				Presence service = super.addingService(reference);
				if (service != null)
					service.addListener(AutoLock.this);
				return service;
			}

			@Override
			public void removedService(org.osgi.framework.ServiceReference<Presence> reference, Presence service) {
				service.removeListener(AutoLock.this);
				super.removedService(reference, service);
			}
		};
		sessions.open();
		guards.open();
		presence.open();
		for (int event : USE)
			display.addFilter(event, _ -> used());
		tick();
	}

	/** Ends. */
	public void stop() {
		presence.close();
		guards.close();
		sessions.close();
	}

	private void used() {
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
		if (!isAnyUnlocked())
			return;
		boolean isDue = screenLocked || left().filter(left -> !left.isPositive()).isPresent();
		if (isDue && !isBusy())
			lockEverything();
	}

	/** How long until vaults lock, if nothing is touched; empty for never, or if none is unlocked. Not positive if it waits for a transfer. */
	public Optional<Duration> left() {
		if (!isAnyUnlocked())
			return Optional.empty();
		long idle = Math.max(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - used), System.currentTimeMillis() - usedTime);
		return limit().map(most -> most.minusMillis(idle));
	}

	/** The shorter of what the person wishes and a policy demands. */
	private Optional<Duration> limit() {
		long now = System.nanoTime();
		if (limitRead == 0 || now - limitRead > TimeUnit.MILLISECONDS.toNanos(BELIEVED)) {
			limitRead = now;
			settings = LockSettings.read();
			limit = Stream.concat(settings.idle().stream(), policy().stream()).min(Duration::compareTo);
		}
		return limit;
	}

	/** What a policy demands. */
	Optional<Duration> policy() {
		Guard guard = guards.getService();
		return guard == null ? Optional.empty() : guard.idleLimit();
	}

	/** What of the desktop cannot be noticed here, in words; empty if all can. */
	Optional<String> unnoticed() {
		Presence service = presence.getService();
		return service == null ? Optional.of("Neither is noticed on this system.") : service.unnoticed();
	}

	/** Reads the settings anew. */
	void changed() {
		limitRead = 0;
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
		boolean isWaiting = dialogs().stream().anyMatch(shell -> !(shell.getData() instanceof ProgressMonitorDialog));
		return !isWaiting && (ModalContext.getModalLevel() > 0 || Job.getJobManager().find(Work.FAMILY).length > 0);
	}

	private List<Shell> dialogs() {
		return Arrays.stream(display.getShells()).filter(shell -> !shell.isDisposed() && shell.isVisible() && (shell.getStyle() & MODAL) != 0).toList();
	}

	/** Locks all vaults of all sessions now. @return completed when they are locked */
	public CompletableFuture<Void> lockEverything() {
		dialogs().reversed().forEach(shell -> {
			if (!shell.isDisposed())
				shell.close(); // as if it was cancelled
		});
		for (Session session : all())
			for (String vault : session.vaults().keySet())
				OpenEditors.putAway(session, vault);
		var done = new CompletableFuture<Void>();
		Work.start("Locking", "all vaults", "Not all vaults were locked cleanly.", _ -> {
			try {
				lock(all());
			} finally {
				// keys, names and texts that were let go are to be gone now, not some time later
				System.gc();
				done.complete(null);
			}
		});
		return done;
	}

	private static void lock(List<Session> sessions) throws IOException {
		var failed = new ArrayList<IOException>();
		for (Session session : sessions)
			for (String vault : session.vaults().keySet())
				try {
					session.lock(vault);
				} catch (IOException e) {
					failed.add(e);
				}
		if (!failed.isEmpty())
			throw failed.getFirst();
	}

	@Override
	public void screenLocked(boolean locked) {
		Ui.async(() -> {
			screenLocked = locked && settings.screen();
			look();
		});
	}

	@Override
	public void sleeping() {
		if (!settings.sleep())
			return;
		var done = new CompletableFuture<Void>();
		Ui.async(() -> lockEverything().thenAccept(done::complete));
		try {
			done.get(PATIENCE, TimeUnit.MILLISECONDS);
		} catch (InterruptedException e) {
			Thread.currentThread().interrupt();
		} catch (ExecutionException | TimeoutException e) {
			// the machine does not wait longer; it is locked as soon as it can be
		}
	}
}
