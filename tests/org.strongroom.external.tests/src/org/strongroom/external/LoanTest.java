package org.strongroom.external;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import org.eclipse.core.runtime.NullProgressMonitor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.strongroom.core.Session;
import org.strongroom.core.residency.ForbiddenException;
import org.strongroom.core.residency.Guard;
import org.strongroom.core.residency.Outgoing;
import org.strongroom.core.residency.Passage;
import org.strongroom.core.residency.Ruling;
import org.strongroom.core.residency.Verdict;
import org.strongroom.core.residency.WayOut;
import org.strongroom.core.storage.ConflictException;
import org.strongroom.efs.SessionFile;
import org.strongroom.efs.Snapshot;
import org.strongroom.testing.LocalSession;

class LoanTest {
	private static final int PATIENCE_SECONDS = 30;
	@TempDir
	Path folder;
	private final List<Outgoing> passed = new ArrayList<>();
	private Optional<ForbiddenException> refusal = Optional.empty();
	private Session session;
	private Path notes;

	@BeforeAll
	static void hasMemory() {
		assumeTrue(available(), "this machine has no folder in memory");
	}

	private static boolean available() {
		try {
			Loan.check();
			return true;
		} catch (FileSystemException e) {
			return false;
		}
	}

	@BeforeEach
	void open() throws IOException {
		notes = Files.writeString(folder.resolve("notes.txt"), "first");
		session = LocalSession.open(folder);
	}

	@AfterEach
	void close() throws IOException {
		session.close();
	}

	private Guard guard() {
		return (Guard) Proxy.newProxyInstance(Guard.class.getClassLoader(), new Class<?>[] { Guard.class }, (_, method, arguments) -> {
			assertThat(method.getName()).isEqualTo("pass");
			passed.add((Outgoing) arguments[0]);
			if (refusal.isPresent())
				throw refusal.get();
			return new Passage(WayOut.OPEN_WITH, "", new Ruling(Verdict.ALLOW, "nobody"));
		});
	}

	private Loan lend(String name) throws IOException {
		return Loan.lend(new SessionFile(session, "/" + name), "ed", guard(), Guard.Person.NOBODY, new NullProgressMonitor());
	}

	private Loan lend() throws IOException {
		return lend("notes.txt");
	}

	private static void replace(Loan loan, String text) throws IOException {
		Path other = Files.writeString(loan.copy().resolveSibling("lu12345.tmp"), text);
		Files.move(other, loan.copy(), StandardCopyOption.ATOMIC_MOVE);
	}

	@ParameterizedTest
	@ValueSource(strings = { "notes.txt", "-rf", "a b'c\"$(x)\n.txt", "Ünïcödé" })
	void theCopyIsInMemoryAndItsOwnersAlone(String name) throws IOException {
		Files.writeString(folder.resolve(name), "second");
		Path copy;
		try (Loan loan = lend(name)) {
			copy = loan.copy();
			assertThat(copy.getFileName()).hasToString(name);
			assertThat(copy).hasContent("second");
			assertThat(Files.getFileStore(copy).type()).isIn("tmpfs", "ramfs");
			assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy))).isEqualTo("rw-------");
			for (Path above : List.of(copy.getParent(), copy.getParent().getParent()))
				assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(above))).isEqualTo("rwx------");
			assertThat(passed).singleElement().satisfies(o -> {
				assertThat(o.way()).isEqualTo(WayOut.OPEN_WITH);
				assertThat(o.items()).containsExactly("/" + name);
				assertThat(o.place()).isEqualTo("ed");
			});
			assertThat(loan.save()).as("something was saved").isFalse();
		}
		assertThat(copy.getParent().getParent()).doesNotExist();
	}

	@Test
	void whatMayNotLeaveIsNotLent() throws IOException {
		refusal = Optional.of(new ForbiddenException("no"));
		assertThatThrownBy(this::lend).isSameAs(refusal.get());
		assertThatThrownBy(() -> lend("nowhere")).isInstanceOf(NoSuchFileException.class);
		assertThat(passed).as("of what is not there nobody is asked").hasSize(1);
	}

	@Test
	void whatTheProgramSavesComesBack() throws IOException {
		try (Loan loan = lend()) {
			Files.writeString(loan.copy(), "written over");
			assertThat(loan.isChanged()).isTrue();
			assertThat(loan.save()).isTrue();
			assertThat(notes).hasContent("written over");
			assertThat(loan.save()).isFalse();
			replace(loan, "put in its place");
			assertThat(loan.save()).isTrue();
			assertThat(notes).hasContent("put in its place");
			Files.writeString(loan.copy(), "");
			assertThat(loan.save()).isTrue();
			assertThat(notes).isEmptyFile();
			Files.delete(loan.copy());
			assertThat(loan.save()).as("removed by the program").isFalse();
			assertThat(notes).isEmptyFile();
		}
		assertThat(folder).isDirectoryNotContaining(p -> !p.equals(notes));
	}

	@Test
	void whatOthersChangedIsNotOverwritten() throws IOException {
		try (Loan loan = lend()) {
			Files.writeString(loan.copy(), "mine");
			Files.writeString(notes, "theirs");
			assertThatThrownBy(loan::save).isInstanceOf(ConflictException.class);
			assertThat(notes).hasContent("theirs");
			assertThat(loan.isChanged()).isTrue();
			assertThat(new String(loan.content(), StandardCharsets.UTF_8)).isEqualTo("mine");
			loan.saveAs(new SessionFile(session, "/mine.txt"), Snapshot.ABSENT);
			assertThat(folder.resolve("mine.txt")).hasContent("mine");
			assertThat(loan.isChanged()).isFalse();
			Files.writeString(loan.copy(), "mine again");
			assertThat(loan.save()).as("it goes on with the other file").isTrue();
			assertThat(folder.resolve("mine.txt")).hasContent("mine again");
			assertThat(notes).hasContent("theirs");
		}
	}

	@Test
	void whoKnowsOverwrites() throws IOException {
		try (Loan loan = lend()) {
			Files.writeString(loan.copy(), "mine");
			Files.writeString(notes, "theirs");
			Snapshot seen = loan.file().look();
			Files.writeString(notes, "theirs, once more");
			assertThatThrownBy(() -> loan.saveOver(seen)).isInstanceOf(ConflictException.class);
			loan.saveOver(loan.file().look());
			assertThat(notes).hasContent("mine");
		}
	}

	@Test
	void longFilesPass() throws IOException {
		byte[] bytes = new byte[(64 << 20) + 4711];
		new Random(1).nextBytes(bytes);
		Path film = Files.write(folder.resolve("film"), bytes);
		try (Loan loan = lend("film")) {
			assertThat(Files.mismatch(film, loan.copy())).isEqualTo(-1);
			try (var out = Files.newOutputStream(loan.copy(), StandardOpenOption.APPEND)) {
				out.write(1);
			}
			assertThat(loan.save()).isTrue();
			assertThat(Files.mismatch(film, loan.copy())).isEqualTo(-1);
			assertThat(loan.save()).isFalse();
			try (var out = Files.newOutputStream(film, StandardOpenOption.APPEND)) {
				out.write(2);
			}
			try (var out = Files.newOutputStream(loan.copy(), StandardOpenOption.APPEND)) {
				out.write(3);
			}
			assertThatThrownBy(loan::save).isInstanceOf(ConflictException.class);
			Files.copy(loan.copy(), film, StandardCopyOption.REPLACE_EXISTING);
			assertThat(loan.save()).as("it is there already: that counts as saved").isTrue();
			assertThat(loan.isChanged()).isFalse();
		}
	}

	@Test
	void nothingElseIsReadInPlaceOfTheCopy() throws IOException {
		try (Loan loan = lend()) {
			Files.delete(loan.copy());
			Files.createSymbolicLink(loan.copy(), Path.of("/etc/passwd"));
			assertThatThrownBy(loan::save).isInstanceOf(FileSystemException.class).hasMessageContaining("ed has put something else");
			assertThat(notes).hasContent("first");
		}
	}

	@Test
	void whatCannotBeSavedCanBeKept() throws IOException {
		Loan loan = lend();
		Path lent = loan.copy().getParent().getParent();
		Files.writeString(loan.copy(), "mine");
		Path kept = loan.keep();
		try {
			assertThat(kept).hasContent("mine");
			assertThat(lent).doesNotExist();
			loan.close();
			assertThat(kept).hasContent("mine");
			assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept.getParent()))).isEqualTo("rwx------");
		} finally {
			Files.delete(kept);
			Files.delete(kept.getParent());
		}
	}

	@Test
	void whoHasToEndAtOnceKeepsWhatIsNotSaved() throws IOException {
		Loan changed = lend();
		Loan same = lend();
		Path lent = same.copy().getParent().getParent();
		Files.writeString(changed.copy(), "mine");
		List<Path> kept = Loan.leave();
		assertThat(kept).singleElement().satisfies(k -> assertThat(k).hasContent("mine"));
		assertThat(lent).doesNotExist();
		assertThat(Loan.leave()).isEmpty();
		Files.delete(kept.getFirst());
		Files.delete(kept.getFirst().getParent());
	}

	@Test
	void theProgramIsToldLittle() throws Exception {
		try (Loan loan = lend()) {
			var program = loan.command(List.of("sh", "-c", "env; stat -c %a:%n \"$TMPDIR\"; cat \"$0\""));
			program.environment().put("PATH", System.getenv("PATH"));
			Process process = program.redirectErrorStream(true).start();
			String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			assertThat(process.waitFor()).isZero();
			assertThat(said).doesNotContain("STRONGROOM_").contains("700:" + loan.copy().getParent().getParent()).endsWith("first");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "printf changed >\"$1\"", "cp \"$1\" \"$1~\"; printf changed >\"$1.new\"; mv \"$1.new\" \"$1\"", ": >\"$1\"; sleep 0.1; printf cha >>\"$1\"; sleep 0.1; printf nged >>\"$1\"" })
	void savingIsNoticed(String way) throws Exception {
		var noticed = new Semaphore(0);
		try (Loan loan = lend(); Watch _ = new Watch(loan, noticed::release)) {
			for (int i = 0; i < 2; i++) {
				assertThat(new ProcessBuilder("sh", "-c", way, "sh", loan.copy().toString()).start().waitFor()).isZero();
				assertThat(noticed.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
				assertThat(loan.save()).isTrue();
				assertThat(notes).as("all of it, not what was there for a moment").hasContent("changed");
				Files.writeString(loan.copy(), "something else " + i);
				assertThat(noticed.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
				assertThat(loan.save()).isTrue();
			}
		}
	}
}
