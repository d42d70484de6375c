package org.strongroom.residency.internal.audit;

import java.util.Map;

import org.strongroom.core.residency.AuditSink;

/** A line as a message of syslog (RFC 5424). */
final class SyslogMessage {
	/** "log audit" (RFC 5424 section 6.2.1, table 1). */
	private static final int FACILITY = 13;
	/** Warning, notice and informational (table 2). */
	private static final int WARNING = 4;
	private static final int NOTICE = 5;
	private static final int INFORMATIONAL = 6;
	/** Longest HOSTNAME, PROCID and MSGID (section 6). */
	private static final int HOSTNAME = 255;
	private static final int PROCID = 128;
	private static final int MSGID = 32;
	/** Largest sequenceId (section 7.3.1); then it begins at 1 again. */
	private static final long SEQUENCE = 2147483647L;

	private SyslogMessage() {
	}

	/** The message without any framing: {@code <110>1 TIME HOST strongroom PROCESS EVENT [meta sequenceId="N"][origin software="Strongroom"] JSON}. */
	static byte[] of(AuditSink.Line line) {
		Map<String, Object> is = Json.read(line.text());
		int severity = switch (line.result()) {
		case "ok" -> line.event().equals("gap") ? WARNING : INFORMATIONAL;
		case "denied", "refused" -> WARNING;
		default -> NOTICE;
		};
		return Line.bytes("<%d>1 %s %s strongroom %s %s [meta sequenceId=\"%d\"][origin software=\"Strongroom\"] %s".formatted(FACILITY * 8 + severity, is.get("time"),
				word(is.get("machine"), HOSTNAME), word(is.get("process"), PROCID), word(line.event(), MSGID), (line.number() - 1) % SEQUENCE + 1, line.text()));
	}

	/** Printable US-ASCII, or the sign for nothing. */
	private static String word(Object value, int longest) {
		String word = value == null ? "" : value.toString().replaceAll("[^!-~]", "?");
		return word.isEmpty() ? "-" : word.substring(0, Math.min(longest, word.length()));
	}
}
