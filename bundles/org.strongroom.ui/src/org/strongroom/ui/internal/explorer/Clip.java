package org.strongroom.ui.internal.explorer;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import org.eclipse.swt.dnd.ByteArrayTransfer;
import org.eclipse.swt.dnd.Clipboard;
import org.eclipse.swt.dnd.FileTransfer;
import org.eclipse.swt.dnd.Transfer;
import org.eclipse.swt.dnd.TransferData;
import org.eclipse.swt.widgets.Display;

/**
 * What was cut or copied in the explorer. The system's clipboard gets a number that means nothing to others, to know whether it
 * still is what was copied last; names and places stay in this process.
 */
public final class Clip {
	private UUID token = UUID.randomUUID();
	private List<Node> nodes = List.of();
	private boolean cut;

	/** Keeps what is to be pasted. */
	public void set(Display display, List<Node> copied, boolean isCut) {
		nodes = List.copyOf(copied);
		cut = isCut;
		token = UUID.randomUUID();
		Clipboard clipboard = new Clipboard(display);
		clipboard.setContents(new Object[] { token }, new Transfer[] { new TokenTransfer() });
		clipboard.dispose();
	}

	/** What was cut or copied, if nothing else has been copied since. */
	public Optional<List<Node>> nodes(Display display) {
		Clipboard clipboard = new Clipboard(display);
		try {
			return token.equals(clipboard.getContents(new TokenTransfer())) && !nodes.isEmpty() ? Optional.of(nodes) : Optional.empty();
		} finally {
			clipboard.dispose();
		}
	}

	/** Whether it is to be moved. */
	public boolean isCut() {
		return cut;
	}

	/** Files and folders of this machine that another program copied; full paths. */
	public Optional<List<String>> files(Display display) {
		Clipboard clipboard = new Clipboard(display);
		try {
			return clipboard.getContents(FileTransfer.getInstance()) instanceof String[] f ? Optional.of(Arrays.asList(f)) : Optional.empty();
		} finally {
			clipboard.dispose();
		}
	}

	/** What was cut has been moved. */
	public void clear() {
		nodes = List.of();
		cut = false;
	}

	/** A number for the system's clipboard. */
	private static final class TokenTransfer extends ByteArrayTransfer {
		private static final String TYPE = "application/x-strongroom-clip";

		@Override
		protected int[] getTypeIds() {
			return new int[] { registerType(TYPE) };
		}

		@Override
		protected String[] getTypeNames() {
			return new String[] { TYPE };
		}

		@Override
		protected void javaToNative(Object object, TransferData data) {
			UUID id = (UUID) object;
			super.javaToNative(ByteBuffer.allocate(16).putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits()).array(), data);
		}

		@Override
		protected Object nativeToJava(TransferData data) {
			if (!(super.nativeToJava(data) instanceof byte[] bytes) || bytes.length != 16)
				return null;
			ByteBuffer buffer = ByteBuffer.wrap(bytes);
			return new UUID(buffer.getLong(), buffer.getLong());
		}
	}
}
