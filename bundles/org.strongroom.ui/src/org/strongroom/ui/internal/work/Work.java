package org.strongroom.ui.internal.work;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;

import org.eclipse.core.runtime.ILog;
import org.eclipse.core.runtime.IProgressMonitor;
import org.eclipse.core.runtime.IStatus;
import org.eclipse.core.runtime.QualifiedName;
import org.eclipse.core.runtime.Status;
import org.eclipse.core.runtime.jobs.Job;
import org.eclipse.ui.progress.IProgressConstants;
import org.strongroom.core.auth.SignInCancelledException;
import org.strongroom.ui.Problems;

/**
 * Work that may wait for a server: a job with progress and cancel, which tells of its own errors. Its end is never an error status, for the
 * platform logs those, and messages name files.
 */
public final class Work extends Job {
	/** Of what was done last the entry stays in the progress view, and tells what it cost. */
	private static final QualifiedName KEEP = IProgressConstants.KEEPONE_PROPERTY;
	/** The family of all such jobs. */
	public static final Object FAMILY = Work.class;

	/** What is done; an interrupt means cancel. */
	@FunctionalInterface
	public interface Body {
		/** Runs on a job's thread. */
		void run(IProgressMonitor monitor) throws IOException;
	}

	private final String doing;
	private final String failed;
	private final Body body;
	private final Runnable undone;
	/** Who is at work; guarded by this. */
	private Thread worker;

	private Work(String doing, String what, String failed, Body body, Runnable undone) {
		super(what.isEmpty() ? doing : doing + " " + what);
		this.doing = doing;
		this.failed = failed;
		this.body = body;
		this.undone = undone;
	}

	/**
	 * Starts work.
	 *
	 * @param doing what is being done, for the progress view
	 * @param what to what; may be empty. Not told any more when it is done, for a vault may be locked by then
	 * @param failed what to tell if it fails: one line that says what happened to the person's file
	 */
	public static Work start(String doing, String what, String failed, Body body) {
		return start(doing, what, failed, body, () -> {
		});
	}

	/** @param undone runs on the UI thread if the work failed or was cancelled */
	public static Work start(String doing, String what, String failed, Body body, Runnable undone) {
		var work = new Work(doing, what, failed, body, undone);
		work.schedule();
		return work;
	}

	@Override
	protected IStatus run(IProgressMonitor monitor) {
		synchronized (this) {
			worker = Thread.currentThread();
		}
		try {
			if (monitor.isCanceled())
				throw new InterruptedIOException();
			Cost cost = Cost.begin();
			body.run(monitor);
			return done(cost);
		} catch (SignInCancelledException | InterruptedIOException | ClosedByInterruptException e) {
			if (!monitor.isCanceled() && !(e instanceof SignInCancelledException) && e.getMessage() != null)
				Problems.show(failed, e);
		} catch (IOException | IllegalArgumentException | UnsupportedOperationException e) {
			if (!monitor.isCanceled())
				Problems.show(failed, e);
		} catch (RuntimeException | LinkageError | OutOfMemoryError e) {
			// our own fault, not the person's: worth a trace, but the message may name files
			ILog.of(Work.class).error("Work failed: " + trace(e));
			Problems.show(failed, e);
		} finally {
			synchronized (this) {
				worker = null;
				Thread.interrupted();
			}
			monitor.done();
		}
		Ui.async(undone);
		return Status.CANCEL_STATUS;
	}

	private IStatus done(Cost cost) {
		if (!cost.isAny())
			return Status.OK_STATUS;
		setProperty(KEEP, true);
		setName(doing);
		return new Status(IStatus.OK, Work.class, cost.toString());
	}

	/** Where an error arose, without its message. */
	static String trace(Throwable e) {
		var out = new StringBuilder();
		for (Throwable t = e; t != null; t = t.getCause()) {
			out.append(t.getClass().getName());
			for (StackTraceElement frame : t.getStackTrace())
				out.append("\n\tat ").append(frame);
			out.append('\n');
		}
		return out.toString();
	}

	@Override
	protected void canceling() {
		synchronized (this) {
			if (worker != null)
				worker.interrupt();
		}
	}

	@Override
	public boolean belongsTo(Object family) {
		return family == FAMILY || family instanceof Work;
	}
}
