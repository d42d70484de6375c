package org.strongroom.storage.webdav;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.storage.Storage;
import org.strongroom.testing.WebDavServer;
import org.strongroom.testing.WebDavServer.Kind;

/** A test on a real server. */
abstract class OnAServer {
	@TempDir
	Path temp;
	WebDavServer server;
	Storage storage;

	@AfterEach
	final void stop() throws IOException {
		if (storage != null)
			storage.close();
		if (server != null)
			server.close();
	}

	/** Starts the server and signs in to it. */
	final void start(Kind kind) throws IOException {
		assumeTrue(WebDavServer.unavailable(kind).isEmpty(), () -> WebDavServer.unavailable(kind).orElseThrow());
		Servers.settle(temp);
		server = WebDavServer.of(kind).start();
		storage = Servers.connect(server);
	}

	/** Puts a file on the server's disk. */
	final Path there(String name, byte[] content) throws IOException {
		Path file = Files.write(server.root().resolve(name), content);
		server.handOver(file);
		return file;
	}

	static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}
}
