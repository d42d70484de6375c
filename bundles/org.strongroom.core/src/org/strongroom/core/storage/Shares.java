package org.strongroom.core.storage;

import java.io.IOException;
import java.net.URI;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

import org.strongroom.core.auth.Secret;

/**
 * Letting others at a file or folder, on servers that can do that (see {@link Storage#extra}). Others get what is on the server: of what lies in a vault, ciphertext. All methods ask the server;
 * their errors are those of {@link Storage}.
 */
public interface Shares {
	/** Who gets at it. */
	enum With {
		/** Whoever knows the address. */
		LINK,
		/** Somebody with an account. */
		PERSON, GROUP,
		/** Another way that the server has. */
		OTHER
	}

	/** What may be done with it. */
	enum Right {
		READ, CHANGE, CREATE, DELETE, RESHARE
	}

	/**
	 * What is wished for.
	 *
	 * @param who name of the person or group; empty for a link
	 * @param rights at least one
	 * @param password that whoever uses the link has to know; closed by the caller
	 * @param expires the last day
	 * @param note for whoever gets it, may be empty
	 */
	record Wish(With with, String who, Set<Right> rights, Optional<Secret> password, Optional<LocalDate> expires, String note) {
		public Wish {
			Objects.requireNonNull(with);
			Objects.requireNonNull(who);
			rights = Set.copyOf(rights);
			Objects.requireNonNull(password);
			Objects.requireNonNull(expires);
			Objects.requireNonNull(note);
			if (rights.isEmpty() || with == With.OTHER || with != With.LINK && who.isEmpty())
				throw new IllegalArgumentException("a share is with somebody, and for something");
		}
	}

	/**
	 * A share that there is.
	 *
	 * @param id names it
	 * @param path of what is shared
	 * @param who name of the person or group; empty for a link
	 * @param link its address, if it has one
	 * @param hasPassword whether a password has to be known
	 */
	record Share(String id, String path, With with, String who, Set<Right> rights, Optional<URI> link, boolean hasPassword, Optional<LocalDate> expires, String note) {
		public Share {
			Objects.requireNonNull(id);
			Objects.requireNonNull(path);
			Objects.requireNonNull(with);
			Objects.requireNonNull(who);
			rights = Set.copyOf(rights);
			Objects.requireNonNull(link);
			Objects.requireNonNull(expires);
			Objects.requireNonNull(note);
		}
	}

	/** Shares a file or folder. */
	Share create(String path, Wish wish) throws IOException;

	/** The shares of a file or folder, in no order; of all that this account has shared if none is given. */
	List<Share> list(Optional<String> path) throws IOException;

	/** Ends a share. */
	void revoke(String id) throws IOException;
}
