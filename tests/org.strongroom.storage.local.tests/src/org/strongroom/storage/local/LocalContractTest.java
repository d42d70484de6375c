package org.strongroom.storage.local;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;

import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.Bookmark;
import org.strongroom.core.storage.Storage;
import org.strongroom.storage.local.internal.LocalProtocol;
import org.strongroom.testing.StorageContract;

class LocalContractTest extends StorageContract {
	@TempDir
	static Path temp;

	@Override
	protected Storage connect() throws IOException {
		return new LocalProtocol().connect(new Bookmark("here", URI.create("file:///")), null);
	}

	@Override
	protected Path disk() {
		return temp;
	}

	@Override
	protected String remote() {
		return temp.toString();
	}
}
