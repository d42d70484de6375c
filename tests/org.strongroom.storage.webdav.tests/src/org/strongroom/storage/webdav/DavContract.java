package org.strongroom.storage.webdav;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.storage.Storage;
import org.strongroom.testing.StorageContract;
import org.strongroom.testing.WebDavServer;
import org.strongroom.testing.WebDavServer.Kind;

/** What every storage promises, on a real server. */
abstract class DavContract extends StorageContract {
	@TempDir
	static Path temp;
	private static WebDavServer server;

	static void start(Kind kind, UnaryOperator<WebDavServer.Builder> setUp) throws IOException {
		assumeTrue(WebDavServer.unavailable(kind).isEmpty(), () -> WebDavServer.unavailable(kind).orElseThrow());
		Servers.settle(temp);
		server = setUp.apply(WebDavServer.of(kind)).start();
	}

	@AfterAll
	static void stop() {
		if (server != null)
			server.close();
		server = null;
	}

	@Override
	protected Storage connect() throws IOException {
		return Servers.connect(server);
	}

	@Override
	protected Path disk() {
		return server.root();
	}

	@Override
	protected String remote() {
		return "/";
	}

	@Override
	protected void handOver(Path path) throws IOException {
		server.handOver(path);
	}
}
