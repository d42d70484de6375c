package org.strongroom.editors.internal.text;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.Optional;

import org.eclipse.jface.text.Document;
import org.eclipse.jface.text.IDocument;
import org.eclipse.jface.text.IDocumentExtension4;
import org.eclipse.ui.PlatformUI;
import org.strongroom.core.Problem;
import org.strongroom.core.Session;
import org.strongroom.core.Sessions;
import org.strongroom.core.residency.AuditEvent;
import org.strongroom.core.residency.Outgoing;
import org.strongroom.core.residency.Passage;
import org.strongroom.core.storage.ConflictException;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.editors.SessionEditorInput;
import org.strongroom.editors.WaysOut;
import org.strongroom.editors.internal.open.Loaded;
import org.strongroom.editors.internal.text.TextFormat.UnencodableException;
import org.strongroom.editors.internal.work.Cancelled;
import org.strongroom.editors.internal.work.Ui;
import org.strongroom.editors.internal.work.Waiting;
import org.strongroom.efs.EditLock;
import org.strongroom.efs.SessionFile;
import org.strongroom.efs.Snapshot;

/**
 * Saves an editor's text, asking what must be asked until it is saved or the person gives up: then the text stays as it is, unsaved. For the UI thread, which
 * serves events while the server is waited for.
 */
final class Saving {
	private final StrongroomTextEditor editor;
	private final SessionDocumentProvider provider;
	private final SessionEditorInput input;
	/** What the input stands for; it may forget that while somebody is asked. */
	private final SessionFile file;
	private final String text;
	private final long stamp;
	private final EditLock lock;
	private final Optional<Outgoing> decrypted;
	/** A file that it may be written in though nothing is encrypted there, and by what. */
	private SessionFile permitted;
	private Passage passage;
	private TextFormat format;
	/** Whether the person wants to sign in again. */
	private boolean agreed;

	Saving(StrongroomTextEditor editor) {
		this.editor = editor;
		provider = editor.provider();
		input = editor.input();
		file = input.file();
		IDocument document = editor.document();
		text = document.get();
		stamp = ((IDocumentExtension4) document).getModificationStamp();
		format = provider.info(input).orElseThrow().format();
		lock = provider.info(input).orElseThrow().lock();
		decrypted = provider.info(input).orElseThrow().decrypted();
	}

	/** What one attempt came to. */
	private sealed interface Outcome {
		/** @param file as it was reached */
		record Saved(SessionFile file, Snapshot now) implements Outcome {
		}

		/** @param now how the file stands instead */
		record Changed(Snapshot now) implements Outcome {
		}

		/** It would not be encrypted there, as it was where it is from. */
		record Readable() implements Outcome {
		}

		record Unencodable(int character) implements Outcome {
		}

		record Lost(IOException why) implements Outcome {
		}

		record Failed(IOException why) implements Outcome {
		}

		record GivenUp() implements Outcome {
		}
	}

	/** Whether the editor was closed meanwhile, as its vault was locked: then its text is kept, and nothing more is asked. */
	private boolean isPutAway() {
		return provider.info(input).isEmpty();
	}

	/** Saves over what was read. Gives whether it was saved. */
	boolean save() {
		Snapshot expected = provider.info(input).orElseThrow().snapshot();
		while (true) {
			switch (attempt(file, expected)) {
			case Outcome.Saved s -> {
				saved(s);
				return true;
			}
			case Outcome.Changed c when c.now().exists() -> {
				switch (askChanged(c.now())) {
				case OVERWRITE -> expected = c.now();
				case COPY -> {
					if (saveAs())
						return true;
				}
				case GIVE_UP -> {
					return false;
				}
				}
			}
			case Outcome.Changed _ -> {
				switch (Ui.ask("File Gone", "%s is no longer on the server: somebody else has deleted or moved it.\n\nYour text is kept here until you decide.".formatted(file.name()),
						"Create It Again", "Save as a Copy", "Cancel")) {
				case 0 -> expected = Snapshot.ABSENT;
				case 1 -> {
					if (saveAs())
						return true;
				}
				default -> {
					return false;
				}
				}
			}
			case Outcome other -> {
				if (!again(other, file))
					return false;
			}
			}
		}
	}

	private void saved(Outcome.Saved saved) {
		if (saved.file().session() != file.session()) {
			goOver(saved);
			return;
		}
		provider.saved(input, saved.now(), format, stamp);
		editor.saved();
	}

	private void goOver(Outcome.Saved saved) {
		editor.goOver(saved.file(), new Loaded.Text(new Document(text), format, saved.now()));
	}

	/** Asks for another name and saves there, over nothing or what the person agrees to replace; the editor goes on with that file. Gives whether it was saved. */
	boolean saveAs() {
		String proposed = SaveAsDialog.copyOf(file.location());
		while (true) {
			var dialog = new SaveAsDialog(Ui.shell(), file.session(), proposed);
			if (isPutAway() || dialog.open() != SaveAsDialog.OK || isPutAway())
				return false;
			proposed = dialog.location();
			if (proposed.equals(file.location())) {
				Ui.ask("Save As", "That is this file itself. Give the copy another name.", "OK");
				continue;
			}
			Outcome.Saved saved = saveTo(new SessionFile(file.session(), proposed));
			if (saved != null) {
				goOver(saved);
				return true;
			}
		}
	}

	/** Null if the person gave up. */
	private Outcome.Saved saveTo(SessionFile copy) {
		Snapshot expected = Snapshot.ABSENT;
		while (true) {
			switch (attempt(copy, expected)) {
			case Outcome.Saved s -> {
				return s;
			}
			case Outcome.Changed c -> {
				if (c.now().exists() && Ui.ask("Save As", "There is a file %s already. Replace it?".formatted(copy.location()), "Cancel", "Replace", "Cancel") != 1)
					return null;
				expected = c.now();
			}
			case Outcome.Readable _ -> {
				Optional<Passage> passed = WaysOut.passage(decrypted.orElseThrow().inPlain(copy.session(), copy.location()));
				if (passed.isEmpty())
					return null;
				permitted = copy;
				passage = passed.get();
			}
			case Outcome other -> {
				if (!again(other, copy))
					return null;
			}
			}
		}
	}

	/** Given up, whatever else came of it, once the editor was put away. */
	private Outcome attempt(SessionFile file, Snapshot expected) {
		Outcome outcome = isPutAway() ? new Outcome.GivenUp() : save(file, expected);
		return isPutAway() ? new Outcome.GivenUp() : outcome;
	}

	private Outcome save(SessionFile file, Snapshot expected) {
		try {
			return Waiting.run("Saving " + file.name(), _ -> {
				if (file.session().state() != Session.State.SIGNED_IN && !agreed)
					throw new ConnectionException("Whatever is asked when signing in is asked again.");
				byte[] bytes = format.encode(text);
				try {
					SessionFile there = reachable(file);
					there.session().reconnect();
					if (decrypted.isPresent() && file != permitted && !there.isInVault())
						return new Outcome.Readable();
					if (there == this.file)
						lock.take();
					Snapshot now = there.save(bytes, expected);
					if (file == permitted)
						there.session().audit().record(AuditEvent.of(AuditEvent.Kind.COPY, AuditEvent.Result.OK, there.session(), this.file.location(), there.location()).with(passage));
					return new Outcome.Saved(there, now);
				} finally {
					Arrays.fill(bytes, (byte) 0);
				}
			});
		} catch (UnencodableException e) {
			return new Outcome.Unencodable(e.character());
		} catch (Cancelled e) {
			return new Outcome.GivenUp();
		} catch (ConflictException e) {
			return look(file);
		} catch (NoSuchFileException | FileAlreadyExistsException e) {
			Outcome look = look(file);
			return look instanceof Outcome.Changed c && c.now().sameAs(expected) ? new Outcome.Failed(e) : look;
		} catch (IOException e) {
			return failed(e);
		}
	}

	/** The file by a session that can be used: one that was signed out of never comes back, so its bookmark is signed in to anew. */
	private static SessionFile reachable(SessionFile file) throws IOException {
		if (file.session().state() != Session.State.CLOSED)
			return file;
		Sessions sessions = PlatformUI.getWorkbench().getService(Sessions.class);
		return new SessionFile(sessions.open(file.session().bookmark()), file.location());
	}

	private static Outcome look(SessionFile file) {
		try {
			return new Outcome.Changed(Waiting.run("Looking at " + file.name(), _ -> reachable(file).look()));
		} catch (Cancelled e) {
			return new Outcome.GivenUp();
		} catch (IOException e) {
			return failed(e);
		}
	}

	private static Outcome failed(IOException e) {
		return Problem.of(e).kind() == Problem.Kind.CONNECTION ? new Outcome.Lost(e) : new Outcome.Failed(e);
	}

	/** Whether to try again after what went wrong. */
	private boolean again(Outcome outcome, SessionFile file) {
		return switch (outcome) {
		case Outcome.Readable _ -> {
			Ui.ask("Not Saved", "%s is in a vault, which is not there any more: what is saved there now is not encrypted. Your text is kept here, unsaved.".formatted(file.name()), "OK");
			yield false;
		}
		case Outcome.Unencodable u -> convert(u.character());
		case Outcome.Lost l -> askReconnect(file.session(), l.why());
		case Outcome.Failed f -> {
			Ui.tell("%s was not saved. Your text is kept here, unsaved; the file on the server is as it was.".formatted(file.name()), f.why());
			yield false;
		}
		default -> false;
		};
	}

	private boolean convert(int character) {
		String shown = Character.isISOControl(character) || Character.getType(character) == Character.SURROGATE ? "a character (U+%04X)".formatted(character)
				: "'%s' (U+%04X)".formatted(Character.toString(character), character);
		if (format.charset().equals(StandardCharsets.UTF_8)) {
			Ui.ask("Not Saved", "The text has %s, half of a character, which cannot be written. Remove it and save again.".formatted(shown), "OK");
			return false;
		}
		if (Ui.ask("Encoding", "The file is written in %s, which has no %s.\n\nSave it in UTF-8 instead?".formatted(format.words(), shown), "Save in UTF-8", "Cancel") != 0)
			return false;
		format = TextFormat.UTF_8;
		return true;
	}

	private boolean askReconnect(Session session, IOException why) {
		agreed = Ui.ask("Connection Lost", "The connection to %s is gone. Your text is kept here, unsaved.\n\n%s\n\nReconnect and go on saving?"
				.formatted(session.bookmark().name(), Problem.of(why).message()), "Reconnect and Save", "Not Now") == 0;
		return agreed;
	}

	private enum Decision {
		OVERWRITE, COPY, GIVE_UP
	}

	private Decision askChanged(Snapshot now) {
		while (!isPutAway()) {
			// the copy is the default: whoever goes on typing while this opens loses nothing of anybody's
			switch (Ui.ask(1, "File Changed", "%s was changed on the server by somebody else since you opened it. Nothing has been overwritten.".formatted(file.name()),
					"Overwrite", "Save as a Copy", "Compare", "Cancel")) {
			case 0 -> {
				return Decision.OVERWRITE;
			}
			case 1 -> {
				return Decision.COPY;
			}
			case 2 -> Comparing.show(input, text);
			default -> {
				return Decision.GIVE_UP;
			}
			}
		}
		return Decision.GIVE_UP;
	}
}
