package org.strongroom.storage.local.internal;

import java.io.IOException;
import java.nio.file.FileSystems;

import org.strongroom.core.Bookmark;
import org.strongroom.core.auth.SignIn;
import org.strongroom.core.residency.Requirements;
import org.strongroom.core.storage.Protocol;
import org.strongroom.core.storage.Storage;

/** Reaches the folders of this machine: {@code file:///home/me/Vault}. Nobody signs in, and there is no server to lose. */
public final class LocalProtocol implements Protocol {
	@Override
	public Storage connect(Bookmark bookmark, SignIn signIn) throws IOException {
		return new LocalStorage(FileSystems.getDefault());
	}

	@Override
	public boolean follows(Requirements requirements) {
		return true; // nothing goes to a server
	}

	@Override
	public String check(Bookmark bookmark) {
		return bookmark.uri().getRawAuthority() == null ? "" : "A folder on this machine has no server in its address: write file:///folder.";
	}
}
