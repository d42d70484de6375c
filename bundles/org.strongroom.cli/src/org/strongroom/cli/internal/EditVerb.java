package org.strongroom.cli.internal;

import static org.strongroom.cli.internal.Verb.given;
import static org.strongroom.cli.internal.Verb.option;
import static org.strongroom.cli.internal.Verb.word;

import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import org.eclipse.core.runtime.NullProgressMonitor;
import org.strongroom.core.Problem;
import org.strongroom.core.Session.Unlocking;
import org.strongroom.core.residency.Guard;
import org.strongroom.core.storage.ConflictException;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.efs.SessionFile;
import org.strongroom.efs.Snapshot;
import org.strongroom.external.Loan;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** The command edit: another program works on a file of a server. */
final class EditVerb {
	/** How long a program may take to end when the command is to end, in seconds. */
	private static final int PATIENCE = 2;
	private static final List<String> VARIABLES = List.of("VISUAL", "EDITOR");

	private final Run run;
	private final Place place;
	private final Path path;
	private final Loan loan;

	private EditVerb(Run run, Place place, Path path, Loan loan) {
		this.run = run;
		this.place = place;
		this.path = path;
		this.loan = loan;
	}

	static CommandSpec spec() {
		return Verb.spec("edit", """
				Opens a file with another program of this machine, and saves what that changes.
				The readable copy lies in memory alone, and is gone when the program ends. If it cannot be saved then, whoever is at the terminal is asked what to do; where nobody is, the copy stays in memory, and it is said where.""",
				EditVerb::edit)
				.addOption(option("--with", "PROGRAM", "The program, and words for it: 'code --wait'. It must not end before you are done. Else $VISUAL, or else $EDITOR."))
				.addPositional(word(0, "LOC", "A file."));
	}

	private static void edit(Run run, ParseResult words) throws IOException {
		List<String> program = program(words.matchedOptionValue("--with", null));
		if (run.unlocking() == Unlocking.NEVER)
			throw new UsageException("Other programs open what is readable: leave out --no-unlock.");
		Loan.check();
		Place place = run.place(given(words, 0));
		Path path = run.subject(run.named(place.session().item(place.path(), run.unlocking()), place));
		if (Transfers.source(place, path, false))
			throw new FileSystemException(path.toString(), null, "this is a folder");
		String name = Path.of(program.getFirst()).getFileName().toString();
		var services = run.surroundings().services();
		Loan loan = Loan.lend(new SessionFile(place.session(), place.path()), name, services.guard(), Guard.Person.by(services.person()), new Following(run));
		var edit = new EditVerb(run, place, path, loan);
		try {
			edit.work(program);
		} finally {
			edit.leave();
		}
	}

	/** Takes the copy back; whatever went wrong, nothing is lost with it. */
	private void leave() throws IOException {
		try (loan) {
			if (loan.isChanged())
				keep(new IOException("It was not saved."));
		}
	}

	/** The program and its words. */
	private static List<String> program(String given) {
		String text = Optional.ofNullable(given).or(() -> VARIABLES.stream().map(System::getenv).filter(v -> v != null && !v.isBlank()).findFirst())
				.orElseThrow(() -> new UsageException("Say which program: give --with, or set $VISUAL or $EDITOR."));
		List<String> words;
		try {
			words = Words.of(text);
		} catch (IllegalArgumentException e) {
			throw new UsageException("'%s' is no program: %s".formatted(Run.line(text), e.getMessage()));
		}
		if (words.isEmpty() || words.getFirst().isEmpty() || Path.of(words.getFirst()).getFileName() == null)
			throw new UsageException("'%s' is no program.".formatted(Run.line(text)));
		return words;
	}

	/** Tells a reading file that the command is to end. */
	private static final class Following extends NullProgressMonitor {
		private final Run run;

		Following(Run run) {
			this.run = run;
		}

		@Override
		public boolean isCanceled() {
			return run.cancelled();
		}
	}

	private void work(List<String> program) throws IOException {
		while (true) {
			int code = run(program);
			if (!saveOrAsk())
				continue;
			if (code != 0 && !run.cancelled())
				run.failed(path, new Problem(Problem.Kind.OTHER, "%s: %s ended with exit code %d.".formatted(Run.line(place.shown()), Run.line(loan.program()), code)));
			return;
		}
	}

	/** Runs the program to its end; where a command is told to end, so is the program. @return its exit code */
	private int run(List<String> program) throws IOException {
		ProcessBuilder builder = loan.command(program).directory(run.surroundings().folder().toFile()).inheritIO();
		if (run.surroundings().in() == null)
			builder.redirectInput(terminal()); // ours are commands
		try (var _ = Interrupts.kept()) {
			Process process = start(builder);
			try {
				return process.waitFor();
			} catch (InterruptedException e) {
				return end(process);
			}
		}
	}

	private static File terminal() throws IOException {
		Optional<Terminal> there = Terminal.open();
		if (there.isEmpty())
			return new File("/dev/null");
		there.get().close();
		return Terminal.DEVICE.toFile();
	}

	private static Process start(ProcessBuilder builder) throws IOException {
		try {
			return builder.start();
		} catch (IOException e) {
			// the error names all of the command
			throw new IOException("The program '%s' cannot be started: is it installed?".formatted(Run.line(builder.command().getFirst())), e);
		}
	}

	private static int end(Process process) {
		process.destroy();
		try {
			if (!process.waitFor(PATIENCE, TimeUnit.SECONDS))
				process.destroyForcibly();
		} catch (InterruptedException e) {
			process.destroyForcibly();
		}
		return 0;
	}

	/** What comes after something was not saved. */
	private enum Next {
		TRY_AGAIN, EDIT_AGAIN, END
	}

	/** Saves; tells if that fails, and does what a person says. @return false if the program is to be run again */
	private boolean saveOrAsk() throws IOException {
		boolean again = false;
		while (true) {
			try {
				if (loan.save())
					place.changed();
				return true;
			} catch (ConnectionException e) {
				if (again || run.cancelled()) {
					Next next = failed(e);
					if (next != Next.TRY_AGAIN)
						return next == Next.END;
				}
				again = true; // once more at once: a line that was cut long ago is noticed by this
			} catch (InterruptedIOException e) {
				Thread.interrupted();
				keep(e);
				return true;
			} catch (IOException e) {
				Next next = failed(e);
				if (next != Next.TRY_AGAIN)
					return next == Next.END;
			} catch (RuntimeException | LinkageError e) {
				keep(new IOException("It could not be saved (%s).".formatted(run.cancelled() ? "Strongroom was told to end" : e.getClass().getSimpleName()), e)); // nothing is lost by a fault, nor where the framework ends already
				return true;
			}
		}
	}

	/** Tells why it was not saved, and asks; keeps it where nobody can be asked. */
	private Next failed(IOException why) throws IOException {
		Optional<Terminal> there = run.cancelled() || !run.surroundings().interactive() ? Optional.empty() : Terminal.open();
		if (there.isEmpty()) {
			keep(why);
			return Next.END;
		}
		try (Terminal terminal = there.get()) {
			run.surroundings().err().line(words(why));
			boolean isConflict = why instanceof ConflictException;
			while (true) {
				switch (ask(terminal, "[t]ry again, [e]dit again, save under [a]nother name%s, or [k]eep the copy in memory and end? ".formatted(isConflict ? ", [o]verwrite" : ""))) {
				case "t" -> {
					return Next.TRY_AGAIN;
				}
				case "e" -> {
					return Next.EDIT_AGAIN;
				}
				case "a" -> {
					if (saveAs(terminal))
						return Next.END;
				}
				case "o" -> {
					if (isConflict && overwrite())
						return Next.END;
				}
				case "k", "" -> {
					keep(why);
					return Next.END;
				}
				default -> {
					// asked again
				}
				}
			}
		}
	}

	private static String ask(Terminal terminal, String question) throws IOException {
		char[] answer = terminal.ask(question, true);
		return answer == null ? "" : new String(answer).strip();
	}

	private boolean overwrite() {
		return done(() -> loan.saveOver(loan.file().look()));
	}

	private boolean saveAs(Terminal terminal) throws IOException {
		String name = ask(terminal, "Name in the same folder, or a path: ");
		return !name.isEmpty() && done(() -> {
			Place other = name.startsWith("/") ? run.place(place, name) : place.parent().child(name);
			var file = new SessionFile(other.session(), other.path());
			if (file.look().exists())
				throw new FileAlreadyExistsException(other.shown());
			loan.saveAs(file, Snapshot.ABSENT);
			other.changed();
		});
	}

	@FunctionalInterface
	private interface Attempt {
		void run() throws IOException;
	}

	private boolean done(Attempt attempt) {
		try {
			attempt.run();
			place.changed();
			return true;
		} catch (IOException e) {
			run.surroundings().err().line(words(e));
			return false;
		}
	}

	/** It was not saved: the copy stays, and the command ends with why. */
	private void keep(IOException why) throws IOException {
		Path kept = loan.keep();
		run.failed(path, new Problem(Problem.of(why).kind(), "%s What %s saved is kept, readable, in memory alone: %s. Put it there ('strongroom put'), then remove its folder."
				.formatted(words(why), Run.line(loan.program()), Run.line(kept.toString()))));
	}

	/** Why, with the place named as it was typed. */
	private String words(IOException why) {
		String message = run.problem(why).message();
		String name = loan.file().name() + ": ";
		String shown = Run.line(place.shown()) + ": ";
		return message.startsWith(shown) ? message : shown + (message.startsWith(name) ? message.substring(name.length()) : message);
	}
}
