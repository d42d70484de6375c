package org.strongroom.storage.sftp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.storage.Entry;
import org.strongroom.core.storage.Storage;
import org.strongroom.testing.OpenSshServer;

class StorageTest {
	@TempDir
	Path temp;

	@Test
	void listsReadsAndSaves() throws Exception {
		Servers.settle(temp);
		try (OpenSshServer server = OpenSshServer.builder().start(); Storage storage = Servers.connect(server)) {
			Files.writeString(server.root().resolve("notes.txt"), "hello");
			assertThat(Servers.list(storage, server.remoteRoot())).extracting(Entry::name).containsExactly("notes.txt");
			assertThat(Servers.read(storage, server.remoteRoot() + "/notes.txt")).asString().isEqualTo("hello");
			assertThat(Servers.save(storage, server.remoteRoot() + "/notes.txt", "changed").size()).isEqualTo(7);
			assertThat(server.root().resolve("notes.txt")).hasContent("changed");
		}
	}
}
