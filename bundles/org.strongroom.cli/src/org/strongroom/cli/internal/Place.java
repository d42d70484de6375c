package org.strongroom.cli.internal;

import org.strongroom.core.Session;

/**
 * A LOC, its server signed in to.
 *
 * @param prefix what stands before the path when it is shown: {@code HQ:}, {@code sftp://me@hq}
 * @param path normal and absolute in the session's tree
 * @param contents whether what lies in it is meant rather than itself: it is a root, or was written with {@code /.} at the end
 * @param folder whether it was written as a folder, with {@code /} at the end
 */
record Place(String prefix, Session session, String path, boolean contents, boolean folder) {

	/** As a person would write it (a URI without its quoting). */
	String shown() {
		return prefix + path;
	}

	boolean isRoot() {
		return path.equals("/");
	}

	/** The item's own name; empty for a root. */
	String name() {
		return path.substring(path.lastIndexOf('/') + 1);
	}

	/** The place of the folder it lies in. */
	Place parent() {
		int slash = path.lastIndexOf('/');
		return new Place(prefix, session, slash <= 0 ? "/" : path.substring(0, slash), false, true);
	}

	/** Something in this folder. */
	Place child(String name) {
		return new Place(prefix, session, isRoot() ? "/" + name : path + "/" + name, false, false);
	}

	/** Something was done there: what folders are vaults may be another matter now, but nothing within a vault is one. */
	void changed() {
		if (session.vaultOf(path).isEmpty())
			session.refresh(path);
	}
}
