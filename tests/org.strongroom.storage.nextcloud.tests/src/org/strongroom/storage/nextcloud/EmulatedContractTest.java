package org.strongroom.storage.nextcloud;

import java.io.IOException;
import java.nio.file.Path;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.Home;
import org.strongroom.core.storage.Storage;
import org.strongroom.testing.StorageContract;
import org.strongroom.testing.nextcloud.EmulatedNextcloud;

/** What every storage promises. */
class EmulatedContractTest extends StorageContract {
	@TempDir
	static Path temp;
	private static EmulatedNextcloud server;

	@BeforeAll
	static void start() throws IOException {
		System.setProperty(Home.PROPERTY, temp.resolve("home").toString());
		server = new EmulatedNextcloud(temp.resolve("server"), "");
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@Override
	protected Storage connect() throws IOException {
		return server.connect();
	}

	@Override
	protected Path disk() {
		return server.files();
	}

	@Override
	protected String remote() {
		return "/";
	}
}
