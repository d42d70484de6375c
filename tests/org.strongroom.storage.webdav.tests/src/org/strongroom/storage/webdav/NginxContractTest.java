package org.strongroom.storage.webdav;

import java.io.IOException;

import org.junit.jupiter.api.BeforeAll;
import org.strongroom.testing.Certificates;
import org.strongroom.testing.WebDavServer.Kind;

/** Over HTTP/2. */
class NginxContractTest extends DavContract {
	@BeforeAll
	static void start() throws IOException {
		start(Kind.NGINX, server -> server.tls(Certificates.selfSigned()).http2());
	}

	/** Those that begin with a dot are not listed. */
	@Override
	protected boolean takes(String name) {
		return !name.startsWith(".");
	}
}
