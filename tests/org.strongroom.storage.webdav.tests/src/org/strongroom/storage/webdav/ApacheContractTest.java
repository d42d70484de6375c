package org.strongroom.storage.webdav;

import java.io.IOException;
import java.nio.file.FileSystemException;

import org.junit.jupiter.api.BeforeAll;
import org.strongroom.testing.WebDavServer.Kind;

class ApacheContractTest extends DavContract {
	@BeforeAll
	static void start() throws IOException {
		start(Kind.APACHE, server -> server);
	}

	@Override
	protected boolean isRestricted() {
		return true;
	}

	/** Some of what is forbidden to Apache itself it does not tell from a failure (status 500). */
	@Override
	protected Class<? extends FileSystemException> denial() {
		return FileSystemException.class;
	}
}
