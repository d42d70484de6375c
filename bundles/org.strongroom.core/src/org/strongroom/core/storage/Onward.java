package org.strongroom.core.storage;

import java.nio.file.OpenOption;

/**
 * Given among the open options of a channel: the content is written from its beginning to its end, and of what was written something is read again only in order to change a part of it. So what
 * is written may go to the server at once, and need not wait on this machine, even where it can be had back from there with effort only. It is a hint: everything works without it, and with it in
 * any order. File systems of servers take it; others may not.
 */
public enum Onward implements OpenOption {
	/** Given, it holds. */
	ONWARD
}
