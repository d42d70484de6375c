package org.strongroom.storage.sftp;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.storage.Storage;
import org.strongroom.testing.OpenSshServer;
import org.strongroom.testing.StorageContract;

/** On a real OpenSSH server, under an account that may not do all. */
class SftpContractTest extends StorageContract {
	@TempDir
	static Path temp;
	private static OpenSshServer server;

	@BeforeAll
	static void start() throws IOException {
		assumeTrue(OpenSshServer.unavailableWithoutCode().isEmpty(), () -> OpenSshServer.unavailableWithoutCode().orElseThrow());
		Servers.settle(temp);
		server = OpenSshServer.builder().keyOnly().testUser().start();
	}

	@AfterAll
	static void stop() {
		if (server != null)
			server.close();
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
		return server.remoteRoot();
	}

	@Override
	protected void handOver(Path path) throws IOException {
		Files.setOwner(path, path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(server.user()));
	}

	@Override
	protected boolean isRestricted() {
		return true;
	}
}
