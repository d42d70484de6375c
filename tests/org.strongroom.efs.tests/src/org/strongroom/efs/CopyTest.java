package org.strongroom.efs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Hashtable;
import java.util.Map;
import java.util.Random;

import org.eclipse.core.filesystem.EFS;
import org.eclipse.core.filesystem.IFileStore;
import org.eclipse.core.runtime.CoreException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.strongroom.core.Bookmark;
import org.strongroom.core.Home;
import org.strongroom.core.Session;
import org.strongroom.core.auth.Prompter;
import org.strongroom.demo.EmbeddedServer;
import org.strongroom.demo.EmbeddedServer.SignIn;
import org.strongroom.testing.DelayProxy;
import org.strongroom.testing.LocalSession;
import org.strongroom.testing.Person;

/** Copies between two sessions through Eclipse's file stores. */
class CopyTest {
	private static final int SIZE = 8 << 20;
	@TempDir
	Path there;
	@TempDir
	Path here;
	@TempDir
	Path home;
	private EmbeddedServer server;
	private DelayProxy link;
	private ServiceRegistration<Prompter> person;
	private Session far;
	private Session near;
	private byte[] content;

	@BeforeEach
	void open() throws IOException {
		System.setProperty(Home.PROPERTY, home.toString());
		content = new byte[SIZE];
		new Random(7).nextBytes(content);
		Files.write(there.resolve("plan.bin"), content);
		server = EmbeddedServer.serving(there).signIn(SignIn.PASSWORD).start();
		link = DelayProxy.to(server.host(), server.port()).start();
		var knows = new Hashtable<String, Object>(Map.of("service.ranking", 1));
		person = FrameworkUtil.getBundle(CopyTest.class).getBundleContext().registerService(Prompter.class, new Person().secret(_ -> server.password()), knows);
		far = LocalSession.open(new Bookmark("far", URI.create("sftp://%s@%s:%d/".formatted(server.user(), link.host(), link.port()))));
		near = LocalSession.open(here);
	}

	@AfterEach
	void close() throws IOException {
		near.close();
		far.close();
		person.unregister();
		link.close();
		server.close();
		System.clearProperty(Home.PROPERTY);
	}

	private IFileStore source() {
		return SessionStores.store(far, "/plan.bin");
	}

	private IFileStore target() {
		return SessionStores.store(near, "/copy.bin");
	}

	@Test
	void copiesWhole() throws Exception {
		source().copy(target(), EFS.NONE, null);
		assertThat(here.resolve("copy.bin")).hasBinaryContent(content);
	}

	@Test
	void whatBreaksOffIsNotThere() throws IOException {
		link.cutAfterBytesFromServer(SIZE / 2);
		assertThatThrownBy(() -> source().copy(target(), EFS.NONE, null)).isInstanceOf(CoreException.class);
		assertThat(here).isEmptyDirectory();
	}

	@Test
	void whatBreaksOffLeavesTheOldFile() throws IOException {
		Files.writeString(here.resolve("copy.bin"), "old");
		link.cutAfterBytesFromServer(SIZE / 2);
		assertThatThrownBy(() -> source().copy(target(), EFS.OVERWRITE, null)).isInstanceOf(CoreException.class);
		assertThat(here.resolve("copy.bin")).hasContent("old");
	}

	@Test
	void replacesOnlyIfAsked() throws Exception {
		Files.writeString(here.resolve("copy.bin"), "old");
		assertThatThrownBy(() -> source().copy(target(), EFS.NONE, null)).isInstanceOf(CoreException.class);
		assertThat(here.resolve("copy.bin")).hasContent("old");
		source().copy(target(), EFS.OVERWRITE, null);
		assertThat(here.resolve("copy.bin")).hasBinaryContent(content);
	}
}
