package org.strongroom.efs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

import org.eclipse.core.filesystem.EFS;
import org.eclipse.core.filesystem.IFileInfo;
import org.eclipse.core.filesystem.IFileStore;
import org.eclipse.core.runtime.CoreException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.Session;
import org.strongroom.core.storage.ConflictException;
import org.strongroom.testing.LocalSession;

class SessionStoresTest {
	@TempDir
	Path folder;
	private Session session;

	@BeforeEach
	void open() throws IOException {
		Files.createDirectories(folder.resolve("Geheim/sub"));
		Files.writeString(folder.resolve("Geheim/notes.txt"), "first");
		session = LocalSession.open(folder);
	}

	@AfterEach
	void close() throws IOException {
		session.close();
	}

	private IFileStore store(String location) {
		return SessionStores.store(session, location);
	}

	private static String read(IFileStore store) throws CoreException, IOException {
		try (InputStream in = store.openInputStream(EFS.NONE, null)) {
			return new String(in.readAllBytes(), UTF_8);
		}
	}

	private static void write(IFileStore store, String text) throws CoreException, IOException {
		try (OutputStream out = store.openOutputStream(EFS.NONE, null)) {
			out.write(text.getBytes(UTF_8));
		}
	}

	@Test
	void urisSayNothing() throws Exception {
		URI uri = store("/Geheim/notes.txt").toURI();
		assertThat(uri.toString()).matches("strongroom://[0-9a-f]{32}");
		assertThat(store("/Geheim/notes.txt").toURI()).as("one location, one URI").isEqualTo(uri);
		assertThat(store("/Geheim/sub").toURI()).isNotEqualTo(uri);
		assertThat(store("/Geheim/notes.txt").toString()).isEqualTo(uri.toString());
	}

	@Test
	void urisLeadBack() throws Exception {
		IFileStore there = EFS.getStore(store("/Geheim/notes.txt").toURI());
		assertThat(there).isEqualTo(store("/Geheim/notes.txt"));
		assertThat(there.getName()).isEqualTo("notes.txt");
		assertThat(read(there)).isEqualTo("first");
	}

	@Test
	void urisOfClosedSessionsLeadNowhere() throws Exception {
		URI uri = store("/Geheim/notes.txt").toURI();
		session.close();
		Session other = LocalSession.open(folder);
		SessionStores.store(other, "/").toURI();
		assertThat(EFS.getStore(uri).fetchInfo().exists()).isFalse();
		other.close();
	}

	@Test
	void foreignTokensLeadNowhere() throws Exception {
		assertThat(EFS.getStore(URI.create("strongroom://00000000000000000000000000000000")).fetchInfo().exists()).isFalse();
		assertThat(EFS.getStore(URI.create("strongroom://host/etc/passwd")).fetchInfo().exists()).isFalse();
	}

	@Test
	void tellsOfFilesAndFolders() throws Exception {
		IFileInfo info = store("/Geheim/notes.txt").fetchInfo();
		assertThat(info.exists()).isTrue();
		assertThat(info.isDirectory()).isFalse();
		assertThat(info.getLength()).isEqualTo(5);
		assertThat(info.getLastModified()).isCloseTo(Files.getLastModifiedTime(folder.resolve("Geheim/notes.txt")).toMillis(), org.assertj.core.data.Offset.offset(1L));
		assertThat(store("/Geheim").fetchInfo().isDirectory()).isTrue();
		assertThat(store("/nothing").fetchInfo().exists()).isFalse();
		assertThat(store("/Geheim").childNames(EFS.NONE, null)).containsExactlyInAnyOrder("notes.txt", "sub");
		assertThat(store("/Geheim").childInfos(EFS.NONE, null)).extracting(IFileInfo::getName).containsExactlyInAnyOrder("notes.txt", "sub");
		assertThat(store("/Geheim").getChild("notes.txt")).isEqualTo(store("/Geheim/notes.txt"));
		assertThat(store("/Geheim/notes.txt").getParent()).isEqualTo(store("/Geheim"));
		assertThat(store("/").getParent()).isNull();
	}

	@Test
	void writesOverWhatWasRead() throws Exception {
		IFileStore file = store("/Geheim/notes.txt");
		read(file);
		write(file, "second");
		write(file, "third");
		assertThat(folder.resolve("Geheim/notes.txt")).hasContent("third");
	}

	@Test
	void doesNotWriteOverAnothersChange() throws Exception {
		IFileStore file = store("/Geheim/notes.txt");
		read(file);
		Files.writeString(folder.resolve("Geheim/notes.txt"), "by somebody else");
		assertThatThrownBy(() -> write(file, "mine")).isInstanceOf(ConflictException.class);
		assertThat(folder.resolve("Geheim/notes.txt")).hasContent("by somebody else");
	}

	@Test
	void aStoreThatDidNotReadReplaces() throws Exception {
		write(store("/Geheim/notes.txt"), "mine");
		write(store("/Geheim/new.txt"), "new");
		assertThat(folder.resolve("Geheim/notes.txt")).hasContent("mine");
		assertThat(folder.resolve("Geheim/new.txt")).hasContent("new");
	}

	@Test
	void makesMovesAndDeletes() throws Exception {
		store("/a/b/c").mkdir(EFS.NONE, null);
		assertThat(folder.resolve("a/b/c")).isDirectory();
		assertThatThrownBy(() -> store("/x/y").mkdir(EFS.SHALLOW, null)).isInstanceOf(CoreException.class);
		store("/Geheim/notes.txt").move(store("/a/b/c/moved.txt"), EFS.NONE, null);
		assertThat(folder.resolve("a/b/c/moved.txt")).hasContent("first");
		assertThat(folder.resolve("Geheim/notes.txt")).doesNotExist();
		store("/a").delete(EFS.NONE, null);
		assertThat(folder.resolve("a")).doesNotExist();
		store("/a").delete(EFS.NONE, null);
	}

	@Test
	void keepsNoCopyOnThisMachine() throws Exception {
		assertThat(store("/Geheim/notes.txt").toLocalFile(EFS.NONE, null)).isNull();
		assertThatThrownBy(() -> store("/Geheim/notes.txt").toLocalFile(EFS.CACHE, null)).isInstanceOf(CoreException.class)
				.hasMessageContaining("nothing readable is written here").message().doesNotContain("notes");
	}

	@Test
	void saysWhatIsWrong() {
		assertThatThrownBy(() -> store("/Geheim/none.txt").openInputStream(EFS.NONE, null))
				.isInstanceOfSatisfying(CoreException.class, e -> assertThat(e.getStatus().getCode()).isEqualTo(EFS.ERROR_NOT_EXISTS));
		assertThatThrownBy(() -> store("/Geheim/notes.txt").openOutputStream(EFS.APPEND, null)).isInstanceOf(CoreException.class);
	}
}
