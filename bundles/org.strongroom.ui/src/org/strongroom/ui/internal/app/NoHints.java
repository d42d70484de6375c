package org.strongroom.ui.internal.app;

import org.eclipse.core.runtime.jobs.IJobChangeEvent;
import org.eclipse.core.runtime.jobs.Job;
import org.eclipse.core.runtime.jobs.JobChangeAdapter;

/**
 * Keeps Secure Storage from asking for hints to recover a master password that was just chosen: whoever knew the answers could open it. There is no setting for that, but the
 * question is a job, which can be cancelled before it begins.
 */
final class NoHints extends JobChangeAdapter {
	private static final String ASKS = "org.eclipse.equinox.internal.security.ui.storage.UICallbackProvider$1";

	static void install() {
		Job.getJobManager().addJobChangeListener(new NoHints());
	}

	@Override
	public void scheduled(IJobChangeEvent event) {
		if (event.getJob().getClass().getName().equals(ASKS))
			event.getJob().cancel();
	}
}
