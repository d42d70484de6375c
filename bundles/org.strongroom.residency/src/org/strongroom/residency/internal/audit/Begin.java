package org.strongroom.residency.internal.audit;

import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * What the first line of a file says.
 *
 * @param number of that line
 * @param previous hash of the line before
 * @param key as {@link LogKeys#publicKey}
 */
record Begin(long number, String log, int file, byte[] previous, String key, String machine, String user) {
	/** @return empty if a line is none of that kind */
	static Optional<Begin> of(String line) {
		try {
			Map<String, Object> is = Json.read(line);
			if (!"begin".equals(is.get("event")) || !(is.get("detail") instanceof Map<?, ?> detail) || !"1".equals(detail.get("format")))
				return Optional.empty();
			byte[] previous = HexFormat.of().parseHex((String) detail.get("prev"));
			return previous.length != Line.HASH ? Optional.empty()
					: Optional.of(new Begin((Long) is.get("n"), (String) detail.get("log"), Integer.parseInt((String) detail.get("file")), previous, (String) detail.get("key"),
							(String) is.get("machine"), (String) is.get("user")));
		} catch (RuntimeException e) {
			return Optional.empty();
		}
	}
}
