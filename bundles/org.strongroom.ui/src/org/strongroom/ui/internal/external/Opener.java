package org.strongroom.ui.internal.external;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import org.eclipse.swt.program.Program;
import org.strongroom.external.Loan;
import org.strongroom.ui.internal.work.Ui;

/** A program that opens copies. */
public sealed interface Opener {
	/** As a person knows it. */
	String name();

	/**
	 * Starts it on a copy; not for the UI thread.
	 *
	 * @return completed when it has ended; empty if that cannot be told
	 * @throws IOException if it does not start
	 */
	Optional<CompletableFuture<?>> open(Loan loan) throws IOException;

	/** What the system opens files with that have this name; empty if nothing. For the UI thread. */
	static Optional<Opener> usual(String fileName) {
		int dot = fileName.lastIndexOf('.');
		Program program = dot < 0 || dot == fileName.length() - 1 ? null : Program.findProgram(fileName.substring(dot));
		return program == null ? Optional.empty() : Optional.of(of(program));
	}

	/** A program that the desktop knows. */
	static Opener of(Program program) {
		return new Known(program);
	}

	/** A file of this machine that can be run. */
	static Opener of(Path program) {
		return new Picked(program);
	}

	/** @param program as the desktop has it; it starts it and says nothing more */
	record Known(Program program) implements Opener {
		@Override
		public String name() {
			return program.getName();
		}

		@Override
		public Optional<CompletableFuture<?>> open(Loan loan) throws IOException {
			if (!Ui.ask(() -> program.execute(loan.copy().toString()), () -> {
			}))
				throw new IOException("%s cannot be started.".formatted(name()));
			return Optional.empty();
		}
	}

	/** @param program a file of this machine */
	record Picked(Path program) implements Opener {
		@Override
		public String name() {
			return program.getFileName().toString();
		}

		@Override
		public Optional<CompletableFuture<?>> open(Loan loan) throws IOException {
			try {
				return Optional.of(loan.command(List.of(program.toString())).redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile())).redirectOutput(ProcessBuilder.Redirect.DISCARD)
						.redirectError(ProcessBuilder.Redirect.DISCARD).start().onExit());
			} catch (IOException e) {
				// the error names the copy
				throw new IOException("%s cannot be started.".formatted(program), e);
			}
		}
	}
}
