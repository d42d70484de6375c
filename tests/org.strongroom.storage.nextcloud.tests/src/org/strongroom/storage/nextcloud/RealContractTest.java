package org.strongroom.storage.nextcloud;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.Home;
import org.strongroom.core.storage.Storage;
import org.strongroom.testing.StorageContract;

/** What every storage promises, on a real server whose files are seen on this machine: {@code STRONGROOM_NEXTCLOUD_DISK} is where another program has mounted the user's files. */
class RealContractTest extends StorageContract {
	@TempDir
	static Path temp;

	@BeforeAll
	static void isThere() {
		assumeTrue(RealNextcloud.given().isPresent() && System.getenv("STRONGROOM_NEXTCLOUD_DISK") != null,
				"no real Nextcloud whose files are mounted: set STRONGROOM_NEXTCLOUD_URL, STRONGROOM_NEXTCLOUD_USER, STRONGROOM_NEXTCLOUD_PASSWORD and STRONGROOM_NEXTCLOUD_DISK");
		System.setProperty(Home.PROPERTY, temp.resolve("home").toString());
	}

	@Override
	protected Storage connect() throws IOException {
		return RealNextcloud.given().orElseThrow().connect();
	}

	@Override
	protected Path disk() {
		return Path.of(System.getenv("STRONGROOM_NEXTCLOUD_DISK"));
	}

	/** By one request: mounted, a deep tree takes minutes. */
	@Override
	protected void remove(Path folder) throws IOException {
		RealNextcloud.given().orElseThrow().delete(folder.getFileName().toString());
	}

	@Override
	protected String remote() {
		return "/";
	}
}
