package org.strongroom.efs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;

import org.eclipse.core.runtime.NullProgressMonitor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.strongroom.core.Session;
import org.strongroom.core.storage.ConflictException;
import org.strongroom.efs.SessionFile.Content;
import org.strongroom.testing.LocalSession;

class SessionFileTest {
	@TempDir
	Path folder;
	private Session session;
	private Path notes;
	private SessionFile file;

	@BeforeEach
	void open() throws IOException {
		notes = Files.writeString(folder.resolve("notes.txt"), "first");
		session = LocalSession.open(folder);
		file = new SessionFile(session, "/notes.txt");
	}

	@AfterEach
	void close() throws IOException {
		session.close();
	}

	private static String text(Content content) {
		return new String(content.bytes(), 0, content.length(), UTF_8);
	}

	private Content read() throws IOException {
		return file.read(1 << 26, new NullProgressMonitor());
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 1023, 1024, 1025, 1 << 20, (1 << 20) + 1, 5_000_001 })
	void readsAndSavesAnySize(int size) throws IOException {
		byte[] bytes = new byte[size];
		new Random(size).nextBytes(bytes);
		Files.write(notes, bytes);
		Content content = read();
		assertThat(content.length()).isEqualTo(size);
		assertThat(Arrays.copyOf(content.bytes(), size)).isEqualTo(bytes);
		byte[] reversed = new byte[size];
		for (int i = 0; i < size; i++)
			reversed[i] = bytes[size - 1 - i];
		Snapshot saved = file.save(reversed, content.snapshot());
		assertThat(notes).hasBinaryContent(reversed);
		assertThat(saved.sameAs(file.look())).isTrue();
		assertThat(folder).isDirectoryContaining(p -> p.equals(notes)).satisfies(f -> {
			try (var all = Files.list(f)) {
				assertThat(all).as("nothing else is left in the folder").hasSize(1);
			}
		});
	}

	@Test
	void savesAgainAndAgain() throws IOException {
		Snapshot at = read().snapshot();
		for (String text : new String[] { "second", "third", "fourth, longer", "" })
			at = file.save(text.getBytes(UTF_8), at);
		assertThat(notes).hasContent("");
	}

	@Test
	void refusesToOverwriteWhatChanged() throws IOException {
		Snapshot at = read().snapshot();
		Files.writeString(notes, "by somebody else");
		assertThatThrownBy(() -> file.save("mine".getBytes(UTF_8), at)).isInstanceOf(ConflictException.class);
		assertThat(notes).hasContent("by somebody else");
		file.save("mine after all".getBytes(UTF_8), file.look());
		assertThat(notes).hasContent("mine after all");
	}

	@Test
	void noticesAChangeThatSizeAndTimeDoNotShow() throws IOException {
		Snapshot at = read().snapshot();
		FileTime time = Files.getLastModifiedTime(notes);
		Files.writeString(notes, "FIRST");
		Files.setLastModifiedTime(notes, time);
		assertThatThrownBy(() -> file.save("mine".getBytes(UTF_8), at)).isInstanceOf(ConflictException.class);
		assertThat(notes).hasContent("FIRST");
	}

	@Test
	void savesOverTheSameContentThoughItsVersionIsAnother() throws IOException {
		Snapshot at = read().snapshot();
		Files.setLastModifiedTime(notes, FileTime.fromMillis(1_000_000_000_000L));
		assertThat(file.look().sameAs(at)).isFalse();
		file.save("mine".getBytes(UTF_8), at);
		assertThat(notes).hasContent("mine");
	}

	@Test
	void noticesSuchAChangeAfterAnOwnSaveToo() throws IOException {
		Snapshot at = file.save("saved".getBytes(UTF_8), read().snapshot());
		FileTime time = Files.getLastModifiedTime(notes);
		Files.writeString(notes, "SAVED");
		Files.setLastModifiedTime(notes, time);
		assertThatThrownBy(() -> file.save("again".getBytes(UTF_8), at)).isInstanceOf(ConflictException.class);
		assertThat(notes).hasContent("SAVED");
	}

	@Test
	void takesItForSavedIfTheServerHasTheNewContentAlready() throws IOException {
		Snapshot at = read().snapshot();
		Files.writeString(notes, "mine, saved before the connection was lost");
		Snapshot now = file.save("mine, saved before the connection was lost".getBytes(UTF_8), at);
		assertThat(now.sameAs(file.look())).isTrue();
	}

	@Test
	void noticesThatTheFileIsGone() throws IOException {
		Snapshot at = read().snapshot();
		Files.delete(notes);
		assertThatThrownBy(() -> file.save("mine".getBytes(UTF_8), at)).isInstanceOf(ConflictException.class);
		assertThat(notes).doesNotExist();
		assertThat(file.look()).isEqualTo(Snapshot.ABSENT);
		file.save("mine".getBytes(UTF_8), Snapshot.ABSENT);
		assertThat(notes).hasContent("mine");
	}

	@Test
	void makesNoNewFileOverAnother() throws IOException {
		assertThatThrownBy(() -> file.save("new".getBytes(UTF_8), Snapshot.ABSENT)).isInstanceOf(ConflictException.class);
		assertThat(notes).hasContent("first");
	}

	@Test
	void takesNoMoreThanAsked() throws IOException {
		Files.write(notes, new byte[5000]);
		assertThatThrownBy(() -> file.read(4999, new NullProgressMonitor())).isInstanceOf(TooLargeException.class);
		assertThat(file.read(5000, new NullProgressMonitor()).length()).isEqualTo(5000);
	}

	@Test
	void readingChangesNothing() throws IOException {
		FileTime old = FileTime.fromMillis(1_000_000_000_000L);
		Files.setLastModifiedTime(notes, old);
		assertThat(text(read())).isEqualTo("first");
		try (var in = file.open()) {
			assertThat(in.size()).isEqualTo(5);
		}
		assertThat(Files.getLastModifiedTime(notes)).isEqualTo(old);
	}

	@Test
	void streamsReplaceWhenClosed() throws IOException {
		var saved = new AtomicReference<Snapshot>();
		try (OutputStream out = file.stream(Optional.of(read().snapshot()), saved::set)) {
			out.write("stre".getBytes(UTF_8));
			assertThat(notes).hasContent("first");
			out.write("amed".getBytes(UTF_8));
		}
		assertThat(notes).hasContent("streamed");
		assertThat(saved.get().sameAs(file.look())).isTrue();
	}

	@Test
	void aSessionThatEndsMeanwhileLeavesTheOldFile() throws IOException {
		OutputStream out = file.stream(Optional.of(read().snapshot()), _ -> {
		});
		out.write("half".getBytes(UTF_8));
		session.close();
		assertThatThrownBy(out::close).isInstanceOfAny(IOException.class, java.nio.file.ClosedFileSystemException.class);
		assertThat(notes).hasContent("first");
	}
}
