package org.strongroom.ui.internal.external;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.eclipse.jface.dialogs.InputDialog;
import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.jface.window.Window;
import org.eclipse.ui.PlatformUI;
import org.strongroom.core.Problem;
import org.strongroom.core.auth.Challenge;
import org.strongroom.core.storage.ConflictException;
import org.strongroom.core.storage.StoragePaths;
import org.strongroom.efs.SessionFile;
import org.strongroom.ui.internal.work.Ui;

/** Saves what another program has made of a file, and asks what is to become of it where that fails. For the UI thread, which serves events while the server is waited for. */
final class Settling {
	private static final String AS_COPY = "Save as a Copy…";
	private static final String THROW_AWAY = "Throw Away";

	/** How it ended. */
	enum End {
		SAVED, LEFT, THROWN_AWAY
	}

	private final Returning what;
	private final String left;
	private final boolean mayThrowAway;

	/**
	 * @param left what is said of what is not saved, as a sentence
	 * @param mayThrowAway whether it may be given up
	 */
	Settling(Returning what, String left, boolean mayThrowAway) {
		this.what = what;
		this.left = left;
		this.mayThrowAway = mayThrowAway;
	}

	@FunctionalInterface
	private interface Attempt {
		void run() throws IOException;
	}

	/** Saves it, and asks if that fails. */
	End save() {
		Optional<IOException> why = attempt(what::save);
		return why.isEmpty() ? End.SAVED : ask(why.get());
	}

	/** Asks. @param failed why it was not saved */
	End ask(IOException failed) {
		IOException why = failed;
		while (true) {
			boolean isConflict = why instanceof ConflictException;
			var answers = new ArrayList<>(List.of(isConflict ? "Overwrite" : "Try Again", AS_COPY));
			if (mayThrowAway)
				answers.add(THROW_AWAY);
			answers.add("Not Now");
			Optional<IOException> next;
			switch (open(isConflict, why, answers)) {
			case "Overwrite" -> next = attempt(() -> what.saveOver(what.file().look()));
			case "Try Again" -> next = attempt(what::save);
			case AS_COPY -> {
				next = saveAs();
				if (next.isPresent()) {
					MessageDialog.openError(Ui.shell(), "Strongroom", Problem.of(next.get()).message());
					next = Optional.of(why);
				}
			}
			case THROW_AWAY -> {
				return End.THROWN_AWAY;
			}
			default -> {
				return End.LEFT;
			}
			}
			if (next.isEmpty())
				return End.SAVED;
			why = next.get();
		}
	}

	private String open(boolean isConflict, IOException why, List<String> answers) {
		String name = what.file().name();
		String happened = isConflict
				? "%s was changed on the server by somebody else since it was opened with %s. Nothing has been overwritten.".formatted(name, what.program())
				: "What %s made of %s was not saved; the file on the server is as it was.\n\n%s".formatted(what.program(), name, Problem.of(why).message());
		var dialog = new MessageDialog(Ui.shell(), isConflict ? "File Changed" : "Not Saved", null, Challenge.printable(happened + "\n\n" + left), MessageDialog.WARNING, isConflict ? 1 : 0,
				answers.toArray(String[]::new));
		int answer = dialog.open();
		return answer < 0 ? "" : answers.get(answer);
	}

	/** @return why it was not saved; the same if the person gave up */
	private Optional<IOException> saveAs() {
		SessionFile file = what.file();
		String folder = StoragePaths.parent(file.location());
		var dialog = new InputDialog(Ui.shell(), "Save as a Copy", "Name of the copy beside %s:".formatted(file.name()), copyOf(file.name()),
				text -> text.isBlank() ? "" : StoragePaths.isSafeName(text) ? null : "This cannot be a name: it must not contain / or be . or ..");
		if (dialog.open() != Window.OK)
			return Optional.of(new InterruptedIOException());
		return attempt(() -> what.saveAs(new SessionFile(file.session(), StoragePaths.child(folder, dialog.getValue()))));
	}

	private static String copyOf(String name) {
		int dot = name.lastIndexOf('.');
		return dot > 0 ? name.substring(0, dot) + " (2)" + name.substring(dot) : name + " (2)";
	}

	/** @return why it failed */
	private static Optional<IOException> attempt(Attempt attempt) {
		var failed = new IOException[1];
		try {
			PlatformUI.getWorkbench().getProgressService().busyCursorWhile(_ -> {
				try {
					attempt.run();
				} catch (IOException e) {
					failed[0] = e;
				}
			});
		} catch (InvocationTargetException e) {
			return Optional.of(new IOException(e.getCause()));
		} catch (InterruptedException e) {
			return Optional.of(new InterruptedIOException());
		}
		return Optional.ofNullable(failed[0]);
	}
}
