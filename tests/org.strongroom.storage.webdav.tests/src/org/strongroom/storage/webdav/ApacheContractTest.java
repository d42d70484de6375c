package org.strongroom.storage.webdav;

import java.io.IOException;

import org.junit.jupiter.api.BeforeAll;
import org.strongroom.testing.WebDavServer.Kind;

/** What is forbidden to Apache itself it does not tell from a failure (status 500, or it hangs up), so that part is not asked of it. */
class ApacheContractTest extends DavContract {
	@BeforeAll
	static void start() throws IOException {
		start(Kind.APACHE);
	}
}
