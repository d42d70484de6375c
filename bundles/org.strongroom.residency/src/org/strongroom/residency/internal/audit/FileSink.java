package org.strongroom.residency.internal.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

import org.strongroom.core.residency.AuditSink;

/** A copy of the lines in a file elsewhere, such as on a share of the company. Setting {@code path}: the file, absolute; its folder exists. */
public final class FileSink implements AuditSink {
	@Override
	public Delivery open(Map<String, String> settings) throws IOException {
		Path file;
		try {
			file = Path.of(settings.getOrDefault("path", ""));
		} catch (InvalidPathException e) {
			throw new IllegalArgumentException("An audit sink of the kind 'file' needs a usable path.");
		}
		if (!file.isAbsolute())
			throw new IllegalArgumentException("An audit sink of the kind 'file' needs 'path', an absolute one.");
		FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
		return new Delivery() {
			@Override
			public void deliver(List<Line> lines) throws IOException {
				var all = new StringBuilder();
				for (Line line : lines)
					all.append(line.text()).append('\n');
				ByteBuffer bytes = ByteBuffer.wrap(org.strongroom.residency.internal.audit.Line.bytes(all.toString()));
				while (bytes.hasRemaining())
					out.write(bytes);
				out.force(false);
			}

			@Override
			public void close() throws IOException {
				out.close();
			}
		};
	}
}
