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

import org.strongroom.core.residency.AuditEvent.Kind;

/**
 * Who writes.
 *
 * @param process its number, and something random, for numbers are used again
 */
record Origin(String machine, String user, String process) {
	private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

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
		var out = new StringBuilder(400).append("\"time\":\"").append(time(time)).append("\",\"event\":\"").append(event).append("\",\"result\":\"").append(result).append('"');
		Json.field(out, "machine", machine);
		Json.field(out, "user", user);
		return Json.field(out, "process", process);
	}

	/** In UTC, to the millisecond: {@code 2026-11-29T21:05:03.123Z}. */
	static String time(Instant time) {
		return TIME.format(time);
	}

	/** A line about the log itself. */
	String own(Instant time, Kind kind, Map<String, String> detail) {
		StringBuilder out = body(time, kind.word(), "ok");
		Json.object(out, "detail", detail);
		return out.toString();
	}
}
