package org.strongroom.storage.webdav;

import java.io.IOException;

import org.junit.jupiter.api.BeforeAll;
import org.strongroom.testing.WebDavServer.Kind;

class NginxContractTest extends DavContract {
	@BeforeAll
	static void start() throws IOException {
		start(Kind.NGINX);
	}

	/** Those that begin with a dot are not listed. */
	@Override
	protected boolean takes(String name) {
		return !name.startsWith(".");
	}
}
