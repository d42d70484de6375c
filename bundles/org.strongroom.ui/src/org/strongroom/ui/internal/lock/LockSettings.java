package org.strongroom.ui.internal.lock;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

import org.eclipse.core.runtime.ILog;
import org.eclipse.jface.preference.PreferenceStore;
import org.strongroom.core.Home;

/**
 * When vaults lock by themselves, as the person wishes. Kept in Strongroom's home, for what the platform keeps is thrown away after each run.
 *
 * @param idle how long they may be left alone; empty for ever
 * @param screen whether they lock when the screen does
 * @param sleep whether they lock before the machine sleeps
 */
record LockSettings(Optional<Duration> idle, boolean screen, boolean sleep) {
	static final String BY_IDLE = "idle";
	static final String MINUTES = "idle.minutes";
	static final String BY_SCREEN = "screen";
	static final String BY_SLEEP = "sleep";
	/** A day. */
	static final int MOST_MINUTES = 24 * 60;
	private static final int USUAL_MINUTES = 15;
	private static final AtomicBoolean TOLD = new AtomicBoolean();

	/** Their file, with what is usual where it says nothing. One that cannot be read says nothing. */
	static PreferenceStore store() {
		Path file = Home.folder().resolve("locking.properties");
		var store = new PreferenceStore(file.toString()) {
			@Override
			public void save() throws IOException {
				Files.createDirectories(file.getParent());
				super.save();
			}
		};
		store.setDefault(BY_IDLE, true);
		store.setDefault(MINUTES, USUAL_MINUTES);
		store.setDefault(BY_SCREEN, true);
		store.setDefault(BY_SLEEP, true);
		if (Files.exists(file)) {
			try {
				store.load();
			} catch (IOException | IllegalArgumentException e) {
				if (TOLD.compareAndSet(false, true))
					ILog.of(LockSettings.class).warn("locking.properties cannot be read: vaults lock as is usual");
			}
		}
		return store;
	}

	/** What is wished now. */
	static LockSettings read() {
		PreferenceStore store = store();
		int minutes = Math.clamp(store.getInt(MINUTES), 1, MOST_MINUTES);
		return new LockSettings(store.getBoolean(BY_IDLE) ? Optional.of(Duration.ofMinutes(minutes)) : Optional.empty(), store.getBoolean(BY_SCREEN), store.getBoolean(BY_SLEEP));
	}
}
