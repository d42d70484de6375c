package org.strongroom.core;

import java.io.IOException;

/** Something can be opened only with a plug-in that is not installed (or does not work). */
public class MissingPlugInException extends IOException {
	private static final long serialVersionUID = 1L;
	private final String plugIn;

	/**
	 * @param plugIn short name of the plug-in that would help, such as {@code sftp}
	 * @param what what cannot be opened
	 */
	public MissingPlugInException(String plugIn, String what) {
		super("%s: the plug-in '%s' is missing; install it with 'strongroom plugin install %s' or Help > Install New Software."
				.formatted(what, plugIn, plugIn));
		this.plugIn = plugIn;
	}

	/** Short name of the plug-in that would help. */
	public String plugIn() {
		return plugIn;
	}
}
