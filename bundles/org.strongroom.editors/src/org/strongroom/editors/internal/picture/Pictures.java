package org.strongroom.editors.internal.picture;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Optional;

import org.eclipse.swt.SWTException;
import org.eclipse.swt.graphics.ImageData;
import org.eclipse.swt.graphics.ImageLoader;

/** Tells pictures by their first bytes and decodes them. */
public final class Pictures {
	/** Largest picture file, in bytes, that is decoded. */
	public static final long MOST_BYTES = 64L << 20;
	/** Most pixels, of all frames together, that are decoded: a header may promise any number. */
	public static final long MOST_PIXELS = 64_000_000;

	private Pictures() {
	}

	/** What kind of picture begins so: {@code PNG}, {@code JPEG} …; empty if it is none that can be shown. */
	public static Optional<String> kind(byte[] head, int length) {
		return PictureHeader.of(head, length).map(PictureHeader::kind);
	}

	/**
	 * Decodes the first frame. Uses much memory for a while; not for the UI thread.
	 *
	 * @throws IOException with a line for the person if the picture is damaged or too large
	 */
	public static ImageData decode(byte[] bytes, int length) throws IOException {
		long pixels = PictureHeader.pixels(bytes, length);
		if (pixels > MOST_PIXELS)
			throw new IOException("The picture is too large to be shown (%,d million pixels).".formatted(pixels / 1_000_000));
		try {
			ImageData[] frames = new ImageLoader().load(new ByteArrayInputStream(bytes, 0, length));
			return frames[0];
		} catch (SWTException | IllegalArgumentException | ArrayIndexOutOfBoundsException | NegativeArraySizeException e) {
			throw new IOException("The picture is damaged.");
		}
	}
}
