package org.strongroom.editors.internal.open;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.NoSuchFileException;
import java.util.Optional;

import org.eclipse.core.runtime.IProgressMonitor;
import org.eclipse.core.runtime.NullProgressMonitor;
import org.eclipse.jface.text.Document;
import org.strongroom.editors.internal.picture.Pictures;
import org.strongroom.editors.internal.text.TextFormat;
import org.strongroom.efs.SessionFile;
import org.strongroom.efs.SessionFile.Content;
import org.strongroom.efs.Snapshot;
import org.strongroom.efs.TooLargeException;

/** Fetches what an editor needs of a file, by what the file's first bytes show it to be. Waits for the server; not for the UI thread. */
public final class Loader {
	/** Largest file, in bytes, that is fetched before it is known what it is. */
	private static final long SMALL = 1 << 20;
	/** Largest text, in bytes, that is edited. */
	public static final long MOST_TEXT = 64L << 20;
	/** Longest line, in characters, that the text editor shows without stalling. */
	public static final int LONGEST_LINE = 200_000;

	private Loader() {
	}

	/** Fetches a file as the text, picture or other thing it is. */
	public static Loaded load(SessionFile file, IProgressMonitor monitor) throws IOException {
		try {
			Content content = file.read(SMALL, new NullProgressMonitor());
			try {
				return whole(content);
			} finally {
				content.wipe();
			}
		} catch (TooLargeException e) {
			return large(file, monitor);
		}
	}

	private static Loaded large(SessionFile file, IProgressMonitor monitor) throws IOException {
		Snapshot look = file.look();
		if (!look.exists())
			throw new NoSuchFileException(file.name());
		byte[] head = head(file);
		boolean picture = Pictures.kind(head, head.length).isPresent();
		boolean text = !picture && TextFormat.looksLikeText(head, head.length);
		if (picture && look.size() > Pictures.MOST_BYTES)
			return new Loaded.Raw(look.size(), false, "The picture is too large to be shown (%,d MiB).".formatted(look.size() >> 20));
		if (text && look.size() > MOST_TEXT)
			return new Loaded.Raw(look.size(), true, "The text is too large to be edited (%,d MiB).".formatted(look.size() >> 20));
		if (!picture && !text)
			return new Loaded.Raw(look.size(), false, "");
		Content content = file.read(picture ? Pictures.MOST_BYTES : MOST_TEXT, monitor);
		try {
			return whole(content);
		} finally {
			content.wipe();
		}
	}

	private static byte[] head(SessionFile file) throws IOException {
		ByteBuffer head = ByteBuffer.allocate(TextFormat.HEAD);
		try (SeekableByteChannel in = file.open()) {
			while (head.hasRemaining() && in.read(head) >= 0) {
				// until full or at the end
			}
		}
		return java.util.Arrays.copyOf(head.array(), head.position());
	}

	private static Loaded whole(Content content) {
		byte[] bytes = content.bytes();
		int length = content.length();
		Optional<String> picture = Pictures.kind(bytes, length);
		if (picture.isPresent()) {
			try {
				return new Loaded.Picture(Pictures.decode(bytes, length), picture.get());
			} catch (IOException e) {
				return new Loaded.Raw(length, false, e.getMessage());
			}
		}
		if (!TextFormat.looksLikeText(bytes, Math.min(length, TextFormat.HEAD)))
			return new Loaded.Raw(length, false, "");
		return text(content);
	}

	private static Loaded text(Content content) {
		TextFormat.Decoded decoded = TextFormat.decode(content.bytes(), content.length());
		if (longestLine(decoded.text()) > LONGEST_LINE)
			return new Loaded.Raw(content.length(), true, "The text has lines too long to be edited here.");
		return new Loaded.Text(new Document(decoded.text()), decoded.format(), content.snapshot());
	}

	private static int longestLine(String text) {
		int longest = 0;
		int start = 0;
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (c == '\n' || c == '\r') {
				longest = Math.max(longest, i - start);
				start = i + 1;
			}
		}
		return Math.max(longest, text.length() - start);
	}

	/** Fetches a file as text, whatever it is: for an editor that is open on it already. */
	public static Loaded.Text text(SessionFile file, IProgressMonitor monitor) throws IOException {
		Content content = file.read(MOST_TEXT, monitor);
		try {
			TextFormat.Decoded decoded = TextFormat.decode(content.bytes(), content.length());
			return new Loaded.Text(new Document(decoded.text()), decoded.format(), content.snapshot());
		} finally {
			content.wipe();
		}
	}
}
