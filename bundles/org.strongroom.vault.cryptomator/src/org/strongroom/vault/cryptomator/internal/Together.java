package org.strongroom.vault.cryptomator.internal;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;

import org.strongroom.core.storage.Chain;

/** Work that is done while other work goes on, each on a virtual thread of its own: requests that need not wait for each other. */
public final class Together {
	private Together() {
	}

	/** Starts it. */
	public static <T> Future<T> start(Callable<T> work) {
		return Chain.start("vault", work);
	}

	/** Waits for the result, or throws what the work threw. Who is interrupted cancels it. */
	public static <T> T get(Future<T> work) throws IOException {
		try {
			return Chain.await(work);
		} catch (InterruptedIOException e) {
			work.cancel(true);
			throw e;
		}
	}
}
