package org.strongroom.editors.internal.preview;

/** How bytes are laid out in rows. Rows begin at byte offsets, and are found from any of them without reading what is before. */
interface Rows {
	/** Most bytes that make one row. */
	int longest();

	/** Where the row after the one at an offset begins. */
	long next(long offset);

	/** Where the row before an offset begins; 0 at the beginning. */
	long previous(long offset);

	/** Where the row that holds an offset begins. */
	long begin(long offset);

	/** What the row at an offset says, without line ends; dots for what is not here yet. */
	String text(long offset);
}
