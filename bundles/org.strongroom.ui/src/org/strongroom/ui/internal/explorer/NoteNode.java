package org.strongroom.ui.internal.explorer;

/** A remark in place of items: that they are being loaded, or cannot be read. */
public final class NoteNode extends Node {
	private final String text;

	NoteNode(Container parent, String text) {
		super(parent);
		this.text = text;
	}

	@Override
	public String name() {
		return text;
	}
}
