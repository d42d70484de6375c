package org.strongroom.storage.sftp;
import static org.assertj.core.api.Assertions.assertThat;
import java.nio.file.*;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.storage.*;
import org.strongroom.testing.*;
class FirstTest {
	@TempDir Path temp;
	@Test void works() throws Exception {
		Servers.settle(temp);
		try (OpenSshServer server = OpenSshServer.builder().start()) {
			Files.writeString(server.root().resolve("notes.txt"), "hello");
			for (int i = 0; i < 5; i++) {
			long t = System.nanoTime();
			try (Storage s = Servers.connect(server)) {
				System.out.println("connect ms " + (System.nanoTime() - t) / 1000000);
				System.out.println(Servers.list(s, server.remoteRoot()));
				System.out.println(new String(Servers.read(s, server.remoteRoot() + "/notes.txt")));
				System.out.println(Servers.save(s, server.remoteRoot() + "/notes.txt", "changed"));
				assertThat(server.root().resolve("notes.txt")).hasContent("changed");
				t = System.nanoTime();
			}
				System.out.println("close ms " + (System.nanoTime() - t) / 1000000);
			}
		} catch (Throwable t) { t.printStackTrace(); throw t; }
	}
}
