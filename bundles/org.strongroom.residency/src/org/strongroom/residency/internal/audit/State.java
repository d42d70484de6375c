package org.strongroom.residency.internal.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * Where a log ends, so that a line is appended without reading what is before, and a log that was cut is noticed.
 *
 * @param log its id
 * @param file number of the last file
 * @param size of that file in bytes
 * @param number of the last line, 0 for none
 * @param hash of the last line
 * @param unsigned lines since the last checkpoint
 * @param time of the clock when it was written, in milliseconds since 1970 (UTC)
 */
record State(String log, int file, long size, long number, byte[] hash, int unsigned, long time) {
	/** Bytes of the file, whatever is in it: so it is written anew in its place even when the disk is full. */
	private static final int LENGTH = 512;
	private static final String MAC = ",\"mac\":\"";

	/** Nothing written yet. */
	static State fresh(String log) {
		return new State(log, 1, 0, 0, Line.NOTHING, 0, 0);
	}

	private String text() {
		var out = new StringBuilder("{\"log\":");
		Json.string(out, log);
		return out.append(",\"file\":").append(file).append(",\"size\":").append(size).append(",\"n\":").append(number).append(",\"hash\":\"").append(HexFormat.of().formatHex(hash))
				.append("\",\"unsigned\":").append(unsigned).append(",\"time\":").append(time).toString();
	}

	void write(FileChannel channel, LogKeys keys) throws IOException {
		String text = text();
		String line = text + MAC + keys.seal(text) + "\"}";
		ByteBuffer bytes = ByteBuffer.wrap(Line.bytes(line + " ".repeat(Math.max(0, LENGTH - 1 - line.length())) + "\n"));
		for (long at = 0; bytes.hasRemaining();)
			at += channel.write(bytes, at);
	}

	/** @return empty if there is none, or it was not written by whoever has the keys */
	static Optional<State> read(FileChannel channel, LogKeys keys) throws IOException {
		ByteBuffer bytes = ByteBuffer.allocate(2 * LENGTH);
		for (int n; bytes.hasRemaining() && (n = channel.read(bytes, bytes.position())) >= 0;)
			if (n == 0)
				break;
		String line = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8).strip();
		int mac = line.indexOf(MAC);
		if (mac < 0 || !line.equals(line.substring(0, mac) + MAC + keys.seal(line.substring(0, mac)) + "\"}"))
			return Optional.empty();
		try {
			Map<String, Object> is = Json.read(line);
			return Optional.of(new State((String) is.get("log"), Math.toIntExact((Long) is.get("file")), (Long) is.get("size"), (Long) is.get("n"), HexFormat.of().parseHex((String) is.get("hash")),
					Math.toIntExact((Long) is.get("unsigned")), (Long) is.get("time")));
		} catch (RuntimeException e) {
			return Optional.empty();
		}
	}
}
