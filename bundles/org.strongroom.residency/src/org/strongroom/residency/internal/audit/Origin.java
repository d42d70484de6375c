package org.strongroom.residency.internal.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

import org.strongroom.core.residency.AuditEvent.Kind;

/** Who writes. For one thread at a time. */
final class Origin {
	private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.").withZone(ZoneOffset.UTC);

	private final String fields;
	private long second = Long.MIN_VALUE;
	private String untilSecond;

	/** @param process its number, and something random, for numbers are used again */
	Origin(String machine, String user, String process) {
		var out = new StringBuilder();
		Json.field(out, "machine", machine);
		Json.field(out, "user", user);
		fields = Json.field(out, "process", process).toString();
	}

	/** This process. Asks no server for the machine's name. */
	static Origin here() {
		byte[] random = new byte[4];
		new SecureRandom().nextBytes(random);
		return new Origin(machineName(), System.getProperty("user.name", ""), ProcessHandle.current().pid() + "-" + HexFormat.of().formatHex(random));
	}

	private static String machineName() {
		for (String file : new String[] { "/proc/sys/kernel/hostname", "/etc/hostname" }) {
			try {
				return Files.readString(Path.of(file)).strip();
			} catch (IOException | RuntimeException e) {
				// Not that kind of system.
			}
		}
		for (String variable : new String[] { "COMPUTERNAME", "HOSTNAME" })
			if (System.getenv(variable) != null)
				return System.getenv(variable);
		try {
			return java.net.InetAddress.getLocalHost().getHostName();
		} catch (IOException e) {
			return "";
		}
	}

	/** The beginning of a body: what each line has. */
	StringBuilder body(Instant time, String event, String result) {
		var out = new StringBuilder(512).append("\"time\":\"");
		time(out, time);
		return out.append("\",\"event\":\"").append(event).append("\",\"result\":\"").append(result).append('"').append(fields);
	}

	/** That of a body. */
	static Instant time(String body) {
		int from = body.indexOf(":\"") + 2;
		return Instant.parse(body.substring(from, body.indexOf('"', from)));
	}

	/** In UTC, to the millisecond: {@code 2026-11-29T21:05:03.123Z}. Of many lines within a second it is worked out once. */
	private void time(StringBuilder out, Instant time) {
		if (time.getEpochSecond() != second) {
			second = time.getEpochSecond();
			untilSecond = TIME.format(time);
		}
		int millis = time.getNano() / 1_000_000;
		out.append(untilSecond).append((char) ('0' + millis / 100)).append((char) ('0' + millis / 10 % 10)).append((char) ('0' + millis % 10)).append('Z');
	}

	/** A line about the log itself. */
	String own(Instant time, Kind kind, Map<String, String> detail) {
		StringBuilder out = body(time, kind.word(), "ok");
		Json.object(out, "detail", new TreeMap<>(detail));
		return out.toString();
	}
}
