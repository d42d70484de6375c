package org.strongroom.editors.internal.work;

import java.io.InterruptedIOException;

/** The person gave up waiting. */
public final class Cancelled extends InterruptedIOException {
	private static final long serialVersionUID = 1L;
}
