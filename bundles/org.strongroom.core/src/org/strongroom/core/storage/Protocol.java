package org.strongroom.core.storage;

import java.io.IOException;
import java.net.URI;
import java.util.Optional;

import org.strongroom.core.Bookmark;
import org.strongroom.core.auth.SignIn;
import org.strongroom.core.residency.Requirements;

/**
 * Reaches one kind of server. Contributed through the extension point {@code org.strongroom.core.protocols}, which gives the URI
 * scheme; one instance serves all bookmarks of that scheme.
 */
public interface Protocol {
	/**
	 * Connects and signs in.
	 *
	 * @param bookmark where to; its scheme is one this protocol was declared for
	 * @param signIn answers what the server asks; may block for minutes while a person types
	 * @throws org.strongroom.core.auth.SignInException if the server refuses the person, or the person the server
	 * @throws ConnectionException if the server cannot be reached
	 */
	Storage connect(Bookmark bookmark, SignIn signIn) throws IOException;

	/**
	 * Says in one line what is wrong with a bookmark's URI or options for this protocol, or nothing.
	 *
	 * @return empty if the bookmark can be used
	 */
	default String check(Bookmark bookmark) {
		return "";
	}

	/**
	 * Whether {@link #connect} sees to what the policies demand of a server ({@link SignIn#requirements()}) before anything secret is sent. A protocol that does not say so is not used where they demand anything.
	 *
	 * @param requirements not empty
	 */
	default boolean follows(Requirements requirements) {
		return false;
	}

	/**
	 * The address of a bookmark for what a browser shows as the server's address.
	 *
	 * @param web {@code http} or {@code https}, with a host
	 * @return empty if this protocol has no use for it
	 */
	default Optional<URI> ofWeb(URI web) {
		return Optional.empty();
	}
}
