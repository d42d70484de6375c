package org.strongroom.residency.policy;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long a policy lets somebody leave vaults unlocked untouched.
 *
 * @param line where it is said in its file, from 1
 * @param time at least {@link #SHORTEST}
 */
public record IdleLimit(int line, Duration time) {
	/** Less would lock while somebody reads. */
	public static final Duration SHORTEST = Duration.ofSeconds(10);
	private static final Pattern FORM = Pattern.compile("(\\d{1,6})([smh])");

	/** By what a policy says, such as {@code 90s}, {@code 10m} or {@code 2h}; empty if it is no such time. */
	static Optional<Duration> time(String text) {
		Matcher m = FORM.matcher(text);
		if (!m.matches())
			return Optional.empty();
		int count = Integer.parseInt(m.group(1));
		return Optional.of(switch (m.group(2)) {
		case "s" -> Duration.ofSeconds(count);
		case "m" -> Duration.ofMinutes(count);
		default -> Duration.ofHours(count);
		});
	}

	/** A time as a policy says it, in the largest unit that it is a whole number of. */
	public static String words(Duration time) {
		long seconds = time.toSeconds();
		return seconds % 3600 == 0 ? seconds / 3600 + "h" : seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
	}
}
