package org.strongroom.residency.internal.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.strongroom.residency.audit.DamagedLogException;
import org.strongroom.residency.audit.Verification;

class JournalTest {
	@TempDir
	private Path home;
	private Path folder;
	private Path file;

	@BeforeEach
	void where() {
		folder = home.resolve("audit");
		file = folder.resolve("audit-000001.jsonl");
	}

	private void write(int lines, boolean sign) throws IOException {
		try (Journal journal = Logs.journal(folder)) {
			Logs.append(journal, 0, lines, sign);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 60, 300 })
	void goesOnAfterAProcessThatWasKilledWhileItWrote(int left) throws IOException {
		write(5, false);
		byte[] before = Files.readAllBytes(file);
		byte[] state = Files.readAllBytes(folder.resolve("state"));
		write(2, false);
		byte[] after = Files.readAllBytes(file);
		// Half of what the process wrote is there, and it did not come to write the state.
		int firstLine = 0;
		while (after[before.length + firstLine] != '\n')
			firstLine++;
		Files.write(file, java.util.Arrays.copyOf(after, before.length + Math.min(firstLine, left)));
		Files.write(folder.resolve("state"), state);

		assertThat(Logs.verify(folder).notes()).anySatisfy(n -> assertThat(n).contains("line 7 is not whole"));
		write(1, true);

		Verification found = Logs.verify(folder);
		assertThat(found.notes()).singleElement().asString().contains("line 7 is not whole").contains("Line 7 of the log says so");
		// the first line, five events, what is said of the gap, one event, the signature
		assertThat(found.last()).isEqualTo(9);
	}

	/** Of all that is in the folder; or of the lines and the state alone, so that the keys stay. */
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void aLogThatIsBegunAnewIsToldFromTheOneThatWasRemovedByItsKey(boolean keysToo) throws IOException {
		try (Journal other = Logs.journal(folder)) { // another process, which goes on
			Logs.append(other, 0, 2, true);
			write(2, true);
			Path noted = Files.copy(folder.resolve("sign.pub"), home.resolve("noted.pub"));
			assertThat(LogFiles.ofFolder(folder, true).verify(Optional.empty(), Optional.of(noted)).lines()).isEqualTo(7);
			try (var files = Files.list(folder)) {
				for (Path f : files.filter(f -> keysToo || !f.getFileName().toString().matches("(secret|sign)\\..*")).toList())
					Files.delete(f);
			}
			write(2, true);
			Logs.append(other, 2, 2, true);
			assertThat(Logs.verify(folder)).as("nothing is wrong with it by itself").returns(7L, Verification::lines).satisfies(v -> assertThat(v.notes()).isEmpty());
			assertThatThrownBy(() -> LogFiles.ofFolder(folder, true).verify(Optional.empty(), Optional.of(noted))).isInstanceOf(DamagedLogException.class).hasMessageContaining("another key than the one it should have");
		}
	}

	@Test
	void takesOverWholeLinesThatTheStateDoesNotKnow() throws IOException {
		write(5, false);
		byte[] state = Files.readAllBytes(folder.resolve("state"));
		write(3, false);
		Files.write(folder.resolve("state"), state);
		write(1, true);
		assertThat(Logs.verify(folder)).returns(11L, Verification::last).satisfies(v -> assertThat(v.notes()).isEmpty());
	}

	@Test
	void aTornLineIsNoPlaceToHideAChange() throws IOException {
		write(5, false);
		Files.writeString(file, "{\"n\":7,\"time\"", StandardOpenOption.APPEND);
		write(1, true);
		String content = Files.readString(file);
		Files.writeString(file, content.replace("{\"n\":7,\"time\"\n", "{\"n\":8,\"time\"\n"));
		assertThatThrownBy(() -> Logs.verify(folder)).isInstanceOf(DamagedLogException.class).hasMessageContaining("line 7");
	}

	@Test
	void severalProcessesAppendAtOnce() throws Exception {
		int processes = 3;
		int rounds = 60;
		var started = new java.util.ArrayList<Process>();
		String classPath = java.util.stream.Stream.of(Journal.class, JournalTest.class, org.strongroom.core.Bookmark.class).map(c -> Path.of(c.getProtectionDomain().getCodeSource().getLocation().getPath()))
				.flatMap(p -> java.util.stream.Stream.of(p, p.resolve("target/classes"), p.resolve("bin"))).map(Path::toString).collect(java.util.stream.Collectors.joining(java.io.File.pathSeparator));
		for (int i = 0; i < processes; i++)
			started.add(new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", classPath, Appending.class.getName(), folder.toString(), Integer.toString(rounds))
					.redirectErrorStream(true).redirectOutput(home.resolve("out-" + i).toFile()).start());
		for (int i = 0; i < processes; i++) {
			assertThat(started.get(i).waitFor(60, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
			assertThat(Files.readString(home.resolve("out-" + i))).isEmpty();
		}
		Verification found = Logs.verify(folder);
		long events = Files.readAllLines(file).stream().filter(l -> l.contains("\"event\":\"open\"")).count();
		assertThat(events).isEqualTo(processes * rounds * 2);
		assertThat(found.notes()).isEmpty();
		assertThat(found.signed()).isEqualTo(found.last());
	}

	@Test
	void threadsOfOneProcessAppendAtOnce() throws Exception {
		var all = new java.util.ArrayList<CompletableFuture<Void>>();
		for (int i = 0; i < 4; i++)
			all.add(CompletableFuture.runAsync(() -> {
				try (Journal journal = Logs.journal(folder)) {
					for (int round = 0; round < 50; round++)
						Logs.append(journal, round, 2, false);
				} catch (IOException e) {
					throw new IllegalStateException(e);
				}
			}));
		CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(60, java.util.concurrent.TimeUnit.SECONDS);
		assertThat(Logs.verify(folder).last()).isEqualTo(1 + 400);
	}

	@Test
	void goesOnWhereSomebodyTookTheStateAway() throws IOException {
		try (Journal journal = Logs.journal(folder)) {
			Logs.append(journal, 0, 3, true);
			Files.delete(folder.resolve("state"));
			Logs.append(journal, 0, 3, true);
		}
		assertThatThrownBy(() -> Logs.verify(folder)).isInstanceOf(DamagedLogException.class);
	}

	@Test
	void beginsAnotherFileAndChainsIt() throws IOException {
		try (Journal journal = new Journal(new LogFolder(folder), Logs.ORIGIN, java.time.Clock.systemUTC(), 3000)) {
			for (int i = 0; i < 30; i++)
				Logs.append(journal, i, 3, i % 5 == 0);
		}
		Verification found = Logs.verify(folder);
		assertThat(found.files()).isGreaterThan(5);
		assertThat(found.last()).isEqualTo(found.lines());
	}

	@Test
	void takesOverAFileThatAKilledProcessHadJustBegun() throws IOException {
		try (Journal journal = new Journal(new LogFolder(folder), Logs.ORIGIN, java.time.Clock.systemUTC(), 1000)) {
			Logs.append(journal, 0, 3, false);
			byte[] state = Files.readAllBytes(folder.resolve("state"));
			Logs.append(journal, 3, 1, false);
			assertThat(folder.resolve("audit-000002.jsonl")).exists();
			Files.write(folder.resolve("state"), state);
			Logs.append(journal, 4, 1, true);
		}
		assertThat(Logs.verify(folder)).returns(2, Verification::files);
	}

	@Test
	void writesNothingOfABatchThatFails() throws IOException {
		try (Journal journal = Logs.journal(folder)) {
			Logs.append(journal, 0, 3, false);
			long size = Files.size(file);
			assertThatThrownBy(() -> journal.append(_ -> java.util.List.of("\"x\":\"" + "y".repeat(2 << 20) + "\""), false)).isInstanceOf(IOException.class);
			assertThat(Files.size(file)).isEqualTo(size);
			Logs.append(journal, 3, 1, true);
		}
		assertThat(Logs.verify(folder).notes()).isEmpty();
	}

	@Test
	void aNotedLineStaysProof() throws IOException {
		write(5, true);
		String noted = Logs.verify(folder).hash();
		write(5, true);
		assertThat(LogFiles.ofFolder(folder, true).verify(Optional.of(noted), Optional.empty()).last()).isGreaterThan(7);
	}
}
