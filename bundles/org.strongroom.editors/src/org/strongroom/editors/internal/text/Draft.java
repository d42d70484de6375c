package org.strongroom.editors.internal.text;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

import org.eclipse.jface.text.Document;
import org.strongroom.core.storage.Version;
import org.strongroom.editors.internal.open.Loaded;
import org.strongroom.editors.internal.open.OpenInput.Access;
import org.strongroom.efs.Snapshot;

/**
 * A text that is not saved, and what its editor needs to go on with it.
 *
 * @param within where its file lies in the vault: {@code /notes.txt}
 * @param format how it is to be written down
 * @param snapshot how the file stood when it was read or saved
 * @param access what the person knows and wants
 * @param caret offset of it, in characters
 * @param top index of the first line that was shown, from 0
 */
record Draft(String within, String text, TextFormat format, Snapshot snapshot, Access access, int caret, int top) {
	/** Bytes of all that is of fixed length, and more. */
	private static final int FRAME = 128;

	/** What its editor is to show. */
	Loaded.Text loaded() {
		return new Loaded.Text(new Document(text), format, snapshot);
	}

	/** As bytes, which live in this process only; the caller wipes them. */
	byte[] bytes() {
		String version = snapshot.version().map(Version::token).orElse("");
		byte[] digest = snapshot.digest().map(Draft::content).orElseGet(() -> new byte[0]);
		String charset = format.charset().name();
		var out = ByteBuffer.allocate(FRAME + 2 * (within.length() + text.length() + version.length() + charset.length()) + digest.length + format.bom().length);
		put(out, within);
		put(out, text);
		put(out, charset);
		put(out, format.bom());
		out.put((byte) (snapshot.exists() ? 1 : 0)).putLong(snapshot.size()).putLong(snapshot.modified().getEpochSecond()).putInt(snapshot.modified().getNano());
		put(out, version);
		put(out, digest);
		out.put((byte) (snapshot.isReadOnly() ? 1 : 0)).putInt(access.ordinal()).putInt(caret).putInt(top);
		return out.array();
	}

	/** The reverse. @throws IOException if these are no such bytes */
	static Draft of(byte[] bytes) throws IOException {
		try {
			var in = ByteBuffer.wrap(bytes);
			String within = text(in);
			String text = text(in);
			var format = new TextFormat(Charset.forName(text(in)), bytes(in));
			boolean exists = in.get() == 1;
			long size = in.getLong();
			Instant modified = Instant.ofEpochSecond(in.getLong(), in.getInt());
			Optional<Version> version = Optional.of(text(in)).filter(v -> !v.isEmpty()).map(Version::new);
			Optional<ByteBuffer> digest = Optional.of(bytes(in)).filter(d -> d.length > 0).map(d -> ByteBuffer.wrap(d).asReadOnlyBuffer());
			var snapshot = new Snapshot(exists, size, modified, version, digest, in.get() == 1);
			return new Draft(within, text, format, snapshot, Access.values()[in.getInt()], in.getInt(), in.getInt());
		} catch (BufferUnderflowException | IllegalArgumentException | DateTimeException | IndexOutOfBoundsException | NegativeArraySizeException e) {
			throw new IOException("this is no text that was kept", e);
		}
	}

	private static byte[] content(ByteBuffer buffer) {
		byte[] content = new byte[buffer.remaining()];
		buffer.duplicate().get(content);
		return content;
	}

	private static void put(ByteBuffer out, byte[] bytes) {
		out.putInt(bytes.length).put(bytes);
	}

	/** In characters, not in an encoding: a text may have half of one. */
	private static void put(ByteBuffer out, String text) {
		out.putInt(text.length());
		out.asCharBuffer().put(text);
		out.position(out.position() + 2 * text.length());
	}

	private static byte[] bytes(ByteBuffer in) {
		byte[] bytes = new byte[in.getInt()];
		in.get(bytes);
		return bytes;
	}

	private static String text(ByteBuffer in) {
		int length = in.getInt();
		String text = in.asCharBuffer().subSequence(0, length).toString();
		in.position(in.position() + 2 * length);
		return text;
	}
}
