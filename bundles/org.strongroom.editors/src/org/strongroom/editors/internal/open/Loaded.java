package org.strongroom.editors.internal.open;

import org.eclipse.jface.text.IDocument;
import org.eclipse.swt.graphics.ImageData;
import org.strongroom.editors.internal.text.TextFormat;
import org.strongroom.efs.Snapshot;

/** What was fetched of a file before its editor opens. */
public sealed interface Loaded {
	/**
	 * All of a text.
	 *
	 * @param format how it was written down
	 * @param snapshot how the file stood when it was read
	 */
	record Text(IDocument document, TextFormat format, Snapshot snapshot) implements Loaded {
	}

	/** A picture, decoded. */
	record Picture(ImageData image, String kind) implements Loaded {
	}

	/**
	 * Something to look at piece by piece.
	 *
	 * @param size in bytes, as the server says
	 * @param text whether its beginning looks like text
	 * @param why it is not shown otherwise; may be empty
	 */
	record Raw(long size, boolean text, String why) implements Loaded {
	}
}
