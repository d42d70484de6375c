package org.strongroom.core.doctor;

import java.io.IOException;
import java.util.List;

/** How well a server is set up, as far as whoever is signed in can tell: an extra of a storage (see {@link org.strongroom.core.storage.Storage#extra}). Thread-safe. */
@FunctionalInterface
public interface Posture {
	/**
	 * Looks at the server. May ask it, and make further connections that sign nobody in; changes nothing there.
	 *
	 * @return one finding for each thing that was looked at, good ones too; what could not be looked at is among them
	 * @throws org.strongroom.core.storage.ConnectionException if the connection is gone
	 */
	List<Finding> examine() throws IOException;
}
