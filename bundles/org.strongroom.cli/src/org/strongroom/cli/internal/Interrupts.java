package org.strongroom.cli.internal;

import sun.misc.Signal;
import sun.misc.SignalHandler;

/** Keeps Ctrl+C from ending this process while another program has the terminal, whose business it is; {@link #close} lets it end this one again. */
final class Interrupts implements AutoCloseable {
	private static final Signal CTRL_C = new Signal("INT");
	private final SignalHandler before;

	private Interrupts(SignalHandler before) {
		this.before = before;
	}

	/** From now on. A handler that does nothing, for what is ignored would be ignored by programs that are started, too (execve(2)). */
	static Interrupts kept() {
		return new Interrupts(Signal.handle(CTRL_C, _ -> {
		}));
	}

	@Override
	public void close() {
		Signal.handle(CTRL_C, before);
	}
}
