package org.strongroom.ui.internal.external;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;

import org.strongroom.core.Session;
import org.strongroom.core.vault.Vault;
import org.strongroom.efs.SessionFile;
import org.strongroom.efs.Snapshot;
import org.strongroom.external.Loan;
import org.strongroom.ui.internal.work.Ui;
import org.strongroom.ui.internal.work.Work;

/**
 * What other programs had made of files when these got out of reach, before it was saved: in memory, of a vault's file encrypted under the vault's key, until the vault is unlocked again, or the server
 * signed in to. Then it is saved. Thread-safe.
 */
final class Kept {
	/**
	 * @param server of the bookmark, as people call it: bookmarks may be changed meanwhile
	 * @param by the vault, or the session, that it got out of reach with; as long as that is still there it does not come back
	 * @param isSealed whether it is a vault's
	 * @param location where it belongs, in the vault or in the session; sealed with the vault, as is its content
	 * @param expected how the file stood
	 */
	private record Piece(String server, WeakReference<Object> by, boolean isSealed, byte[] location, byte[] content, Snapshot expected, String program) {
	}

	private final List<Piece> pieces = new CopyOnWriteArrayList<>();
	/** Those that are just being saved. */
	private final List<Piece> returning = new CopyOnWriteArrayList<>();
	private final BiConsumer<Session, String> saved;

	/** @param saved told, on the UI thread, what was saved after all */
	Kept(BiConsumer<Session, String> saved) {
		this.saved = saved;
	}

	int count() {
		return pieces.size() + returning.size();
	}

	/** Keeps what a program has saved last. Does not ask the server. @throws IOException if that cannot be done */
	void keep(Loan loan) throws IOException {
		SessionFile file = loan.file();
		Optional<Map.Entry<String, Vault>> vault = file.session().vaultOf(file.location());
		byte[] content = loan.content();
		if (vault.isEmpty()) {
			pieces.add(new Piece(server(file.session()), new WeakReference<>(file.session()), false, utf8(file.location()), content, loan.server(), loan.program()));
			return;
		}
		try {
			Vault by = vault.get().getValue();
			String within = file.location().substring(vault.get().getKey().equals("/") ? 0 : vault.get().getKey().length());
			pieces.add(new Piece(server(file.session()), new WeakReference<>(by), true, by.seal(utf8(within)), by.seal(content), loan.server(), loan.program()));
		} finally {
			Arrays.fill(content, (byte) 0);
		}
	}

	private static byte[] utf8(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private static String server(Session session) {
		return session.bookmark().scheme() + "://" + session.bookmark().server();
	}

	/** Gives all up. */
	void discard() {
		pieces.clear();
	}

	/** Saves what belongs to a session, and to vaults that are unlocked in it. Returns at once. */
	void bringBack(Session session) {
		if (session.state() != Session.State.SIGNED_IN)
			return;
		for (Piece piece : pieces)
			if (piece.server().equals(server(session))) {
				if (piece.isSealed())
					session.vaults().forEach((location, vault) -> bringBack(piece, session, location, vault));
				else if (!piece.by().refersTo(session) && take(piece))
					save(piece, session, new SessionFile(session, text(piece.location())), session, piece.content());
			}
	}

	private void bringBack(Piece piece, Session session, String location, Vault vault) {
		if (piece.by().refersTo(vault))
			return;
		try {
			String within = text(vault.unseal(piece.location()));
			if (take(piece))
				save(piece, vault, new SessionFile(session, location + within), session, vault.unseal(piece.content()));
		} catch (IOException e) {
			// it is another vault's
		}
	}

	private static String text(byte[] bytes) {
		return new String(bytes, StandardCharsets.UTF_8);
	}

	/** Only one saves it. */
	private synchronized boolean take(Piece piece) {
		return pieces.remove(piece) && returning.add(piece);
	}

	/** @param by if it cannot be saved, it does not come back as long as this is there */
	private void save(Piece piece, Object by, SessionFile file, Session session, byte[] content) {
		Returning what = Returning.of(file, piece.program(), content, piece.expected());
		Work.start("Saving", file.name(), "%s was not saved.".formatted(file.name()), _ -> {
			try {
				what.save();
				returning.remove(piece);
				wipe(piece, content);
				Ui.async(() -> saved.accept(session, file.location()));
			} catch (IOException e) {
				Ui.async(() -> settle(piece, by, what, session, content, e));
			}
		}, () -> {
			// cancelled before it began
			if (returning.remove(piece))
				pieces.add(piece);
		});
	}

	private static void wipe(Piece piece, byte[] content) {
		Arrays.fill(content, (byte) 0);
		Arrays.fill(piece.content(), (byte) 0);
	}

	private void settle(Piece piece, Object by, Returning what, Session session, byte[] content, IOException why) {
		Settling.End end = new Settling(what, "It is kept in memory, and tried again when you come back to it the next time.", true).ask(why);
		returning.remove(piece);
		if (end == Settling.End.LEFT) {
			if (piece.isSealed())
				Arrays.fill(content, (byte) 0);
			pieces.add(new Piece(piece.server(), new WeakReference<>(by), piece.isSealed(), piece.location(), piece.content(), piece.expected(), piece.program()));
			return;
		}
		wipe(piece, content);
		if (end == Settling.End.SAVED)
			saved.accept(session, what.file().location());
	}
}
