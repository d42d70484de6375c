package org.strongroom.storage.webdav;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

import javax.xml.namespace.QName;

/**
 * One {@code response} of a multistatus (RFC 4918 section 14.24). Nothing in it is checked beyond its form.
 *
 * @param href as the server wrote it
 * @param status of the response as a whole, 0 if none was given
 * @param collection whether it is a folder
 * @param properties the text of those that were found (status 200)
 * @param locks if they were asked for by {@code lockdiscovery}
 */
public record DavResource(String href, int status, boolean collection, Map<QName, String> properties, List<DavLock> locks) {
	/** The namespace of RFC 4918. */
	public static final String DAV = "DAV:";

	/** The text of a property, without white space around it; empty where there is none. */
	public Optional<String> property(String namespace, String name) {
		return Optional.ofNullable(properties.get(new QName(namespace, name))).map(String::strip).filter(s -> !s.isEmpty());
	}

	/** A property that is a number from 0 on. */
	public OptionalLong number(String namespace, String name) {
		try {
			long value = Long.parseLong(property(namespace, name).orElse("-1"));
			return value < 0 ? OptionalLong.empty() : OptionalLong.of(value);
		} catch (NumberFormatException e) {
			return OptionalLong.empty();
		}
	}

	/** The length in bytes, 0 where it is not told. */
	public long size() {
		return number(DAV, "getcontentlength").orElse(0);
	}

	/** Whether the length is told. */
	public boolean tellsSize() {
		return number(DAV, "getcontentlength").isPresent();
	}

	/** The time of the last change, {@link Instant#EPOCH} where it is not told. */
	public Instant modified() {
		return property(DAV, "getlastmodified").flatMap(DavResource::time).orElse(Instant.EPOCH);
	}

	/** The entity tag as the server wrote it. */
	public Optional<String> etag() {
		return property(DAV, "getetag");
	}

	/** A time as HTTP writes it (RFC 9110 section 5.6.7). */
	public static Optional<Instant> time(String text) {
		try {
			return Optional.of(ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME.withLocale(Locale.ROOT)).toInstant());
		} catch (DateTimeException e) {
			return Optional.empty();
		}
	}
}
