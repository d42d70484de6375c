package org.strongroom.ui.internal.work;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import org.eclipse.ui.PlatformUI;
import org.strongroom.core.Measurement;
import org.strongroom.core.Session;
import org.strongroom.core.Sessions;
import org.strongroom.core.storage.SignInCost;
import org.strongroom.core.storage.Storage;
import org.strongroom.core.storage.Traffic;
import org.strongroom.ui.internal.explorer.Sizes;

/** What a piece of work cost, in words. For the thread that does it. */
public final class Cost {
	private final Measurement measurement = new Measurement(sessions());
	private final long begun = System.nanoTime();

	private Cost() {
	}

	/** Begins to measure. */
	static Cost begin() {
		return new Cost();
	}

	private static Collection<Session> sessions() {
		Sessions sessions = PlatformUI.isWorkbenchRunning() ? PlatformUI.getWorkbench().getService(Sessions.class) : null;
		return sessions == null ? List.of() : sessions.all();
	}

	/** Whether a server was asked at all. */
	boolean isAny() {
		return measurement.passed(sessions()).requests() > 0 || measurement.connections(sessions()).stream().anyMatch(measurement::isNew);
	}

	/** Such as {@code 3 round trips, 5 requests, 1.2 KiB sent, 80 bytes received, 160 ms}. */
	@Override
	public String toString() {
		var words = new ArrayList<String>();
		for (Storage connection : measurement.connections(sessions()))
			if (measurement.isNew(connection))
				connection.signInCost().ifPresent(c -> words.add("sign-in with " + count(c.roundTrips(), "round trip")));
		Traffic passed = measurement.passed(sessions());
		words.add(count(passed.roundTrips(), "round trip"));
		words.add(words(passed));
		words.add(time(Duration.ofNanos(System.nanoTime() - begun)));
		return String.join(", ", words);
	}

	/** What passed, without its round trips, which are one thread's own. */
	public static String words(Traffic traffic) {
		return "%s, %s sent, %s received".formatted(count(traffic.requests(), "request"), Sizes.human(traffic.sent()), Sizes.human(traffic.received()));
	}

	/** What it took to sign in. */
	public static String words(SignInCost cost) {
		return "%s, %s, prompts included".formatted(count(cost.roundTrips(), "round trip"), time(cost.time()));
	}

	private static String count(long number, String what) {
		return "%,d %s%s".formatted(number, what, number == 1 ? "" : "s");
	}

	private static String time(Duration time) {
		return time.toSeconds() < 10 ? "%,d ms".formatted(time.toMillis()) : "%,d s".formatted(time.toSeconds());
	}
}
