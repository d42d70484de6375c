package org.strongroom.report;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/**
 * The time that a report is about.
 *
 * @param from the first moment
 * @param to the first moment that is not in it any more; later than {@code from}
 * @param zone in which people there count time
 */
public record Period(Instant from, Instant to, ZoneId zone) {
	/** Days before its end that a period begins if nobody says otherwise. */
	public static final int DAYS = 30;
	/** As the log has times, so that they compare as text. */
	private static final DateTimeFormatter LOG = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

	/** @throws IllegalArgumentException with one line for a person if it ends before it begins, or is none that a log could have */
	public Period {
		if (!from.isBefore(to))
			throw new IllegalArgumentException("The period ends before it begins: give a later end, or an earlier beginning.");
		if (from.atZone(zone).getYear() < 0 || to.atZone(zone).getYear() > 9999)
			throw new IllegalArgumentException("The period is none that is known here: give years of four digits.");
	}

	/** A time, as people write it: a day, or a day and time, by the clock here unless it says otherwise ({@code Z}, {@code +01:00}). @param after of a day its end @throws IllegalArgumentException with one line for a person */
	public static Instant time(String text, boolean after, ZoneId zone) {
		try {
			if (text.indexOf('T') < 0)
				return LocalDate.parse(text).plusDays(after ? 1 : 0).atStartOfDay(zone).toInstant();
			return DateTimeFormatter.ISO_DATE_TIME.parseBest(text, java.time.ZonedDateTime::from, LocalDateTime::from) instanceof java.time.ZonedDateTime fixed ? fixed.toInstant()
					: LocalDateTime.parse(text).atZone(zone).toInstant();
		} catch (DateTimeException e) {
			throw new IllegalArgumentException("'%s' is no time: give one such as 2026-11-29 or 2026-11-29T21:05.".formatted(org.strongroom.core.auth.Challenge.printable(text).replace('\n', '\uFFFD')));
		}
	}

	/** The end of a period that holds all that happened so far: the next whole second. */
	public static Instant now() {
		return Instant.now().truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
	}

	/** The last {@value #DAYS} days before a moment, from the beginning of that day on. */
	public static Instant before(Instant to, ZoneId zone) {
		return to.atZone(zone).minusDays(DAYS).truncatedTo(ChronoUnit.DAYS).toInstant();
	}

	/** As {@link org.strongroom.residency.audit.Entry#time} has it. */
	public String fromWords() {
		return LOG.format(from);
	}

	/** As {@link #fromWords}. */
	public String toWords() {
		return LOG.format(to);
	}
}
