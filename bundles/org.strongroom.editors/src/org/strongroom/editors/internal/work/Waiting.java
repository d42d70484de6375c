package org.strongroom.editors.internal.work;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.eclipse.core.runtime.IProgressMonitor;
import org.eclipse.core.runtime.NullProgressMonitor;
import org.eclipse.swt.widgets.Display;
import org.eclipse.ui.PlatformUI;
import org.strongroom.core.auth.SignInCancelledException;

/** Work that may wait for a server, for callers on the UI thread that need its end: the window goes on living meanwhile, and shows progress and <em>Cancel</em>. */
public final class Waiting {
	/** How often it is looked whether the person cancelled, in milliseconds. */
	private static final int LOOK = 100;
	/** How long cancelled work may take to end before it is left alone, in seconds. */
	private static final int PATIENCE = 10;

	/** What is done; an interrupt means cancel. */
	@FunctionalInterface
	public interface Body<T> {
		/** Runs on a thread of its own. */
		T run(IProgressMonitor monitor) throws IOException;
	}

	private Waiting() {
	}

	/**
	 * Does work and gives its result. On the UI thread it serves events while waiting; on any other it just runs.
	 *
	 * @param name what is being done, for a progress dialog that opens if it takes long
	 * @throws Cancelled if the person cancelled it
	 */
	public static <T> T run(String name, Body<T> body) throws IOException {
		if (Display.getCurrent() == null)
			return body.run(new NullProgressMonitor());
		var result = new CompletableFuture<T>();
		try {
			PlatformUI.getWorkbench().getProgressService().busyCursorWhile(monitor -> await(name, body, result, monitor));
		} catch (InvocationTargetException e) {
			throw new IllegalStateException(e.getCause());
		} catch (InterruptedException e) {
			throw new Cancelled();
		}
		try {
			return result.getNow(null);
		} catch (java.util.concurrent.CompletionException e) {
			throw ended(e.getCause());
		}
	}

	private static IOException ended(Throwable why) {
		return switch (why) {
		case SignInCancelledException _ -> new Cancelled();
		case IOException e -> e;
		case Error e -> throw e;
		default -> throw (RuntimeException) why;
		};
	}

	private static <T> void await(String name, Body<T> body, CompletableFuture<T> result, IProgressMonitor monitor) throws InterruptedException {
		monitor.setTaskName(name);
		Thread worker = Thread.ofVirtual().name("strongroom-editor").start(() -> {
			try {
				result.complete(body.run(monitor));
			} catch (InterruptedIOException e) {
				result.completeExceptionally(monitor.isCanceled() ? new Cancelled() : e);
			} catch (Throwable e) {
				result.completeExceptionally(e);
			}
		});
		long given = Long.MAX_VALUE;
		while (true) {
			try {
				result.get(LOOK, TimeUnit.MILLISECONDS);
				return;
			} catch (ExecutionException e) {
				return;
			} catch (TimeoutException e) {
				if (!monitor.isCanceled())
					continue;
				if (given == Long.MAX_VALUE) {
					worker.interrupt();
					given = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE);
				} else if (System.nanoTime() > given) {
					result.completeExceptionally(new Cancelled());
				}
			} catch (InterruptedException e) {
				worker.interrupt();
				throw e;
			}
		}
	}
}
