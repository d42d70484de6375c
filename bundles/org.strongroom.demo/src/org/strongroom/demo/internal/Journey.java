package org.strongroom.demo.internal;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import org.strongroom.core.Item;
import org.strongroom.core.Session;
import org.strongroom.core.Session.Unlocking;
import org.strongroom.core.Sessions;
import org.strongroom.core.storage.Save;
import org.strongroom.core.storage.StorageAttributes;
import org.strongroom.core.storage.Version;
import org.strongroom.core.vault.VaultState;
import org.strongroom.demo.Demo;
import org.strongroom.demo.SampleVault;
import org.strongroom.demo.ServerSide;

/** The main job, told step by step: sign in, look, unlock, read, change, save, and what the server has of it. Each step makes sure that it did what it says. */
final class Journey {
	private static final String NOTES = Demo.VAULT + "/" + SampleVault.NOTES;
	private static final String NEW_LINE = "Crane ordered, the harbour board agreed.";
	/** Names and texts in the vault, long enough not to occur in ciphertext by chance. */
	private static final List<String> READABLE = List.of(NEW_LINE, SampleVault.NOTES, SampleVault.PICTURE, SampleVault.TABLE, "Change this line", "Contracts", "Harbour Board",
			"harbour crane", "Foundation", "gate.log", "checked");
	/** In a file beside the vault. */
	private static final String PLAIN = "The crane arrives";
	private static final int MOST_FILES = 6;

	private final Demo demo;
	private final Sessions sessions;
	private final Narrator narrator;

	Journey(Demo demo, Sessions sessions, Narrator narrator) {
		this.demo = demo;
		this.sessions = sessions;
		this.narrator = narrator;
	}

	void run() throws IOException {
		Session session = signIn();
		try {
			look(session);
			unlock(session);
			List<String> text = read(session);
			save(session, text);
			readAgain(session);
			serverSide();
		} finally {
			session.close();
		}
		narrator.step("Leave");
		narrator.say("The vault is locked, you are signed out. The server, its folder and the keys go now.");
	}

	private Session signIn() throws IOException {
		narrator.step("Sign in");
		narrator.line("bookmark", "%s  %s".formatted(demo.bookmark().name(), demo.bookmark().uri()));
		long start = System.nanoTime();
		Session session = sessions.open(demo.bookmark());
		narrator.line("signed in", "as %s, in %.1f s".formatted(demo.bookmark().server(), (System.nanoTime() - start) / 1e9));
		return session;
	}

	private void look(Session session) throws IOException {
		narrator.step("Look around");
		List<Item> items = list(session, "/", Unlocking.NEVER);
		require(items.stream().anyMatch(i -> i.location().equals(Demo.VAULT) && i.vault().equals(java.util.Optional.of(VaultState.LOCKED))), "the vault was not recognised");
	}

	private void unlock(Session session) throws IOException {
		narrator.step("Unlock the vault");
		session.unlock(Demo.VAULT);
		List<Item> items = list(session, Demo.VAULT, Unlocking.FAIL);
		require(items.stream().anyMatch(i -> i.name().equals(SampleVault.NOTES)), "the vault lacks " + SampleVault.NOTES);
	}

	private List<Item> list(Session session, String folder, Unlocking unlocking) throws IOException {
		List<Item> items = session.list(folder, unlocking).stream().sorted(Comparator.comparing(Item::name)).toList();
		for (Item item : items) {
			String size = item.isFolder() ? "folder" : "%,d bytes".formatted(item.size());
			narrator.line(size, item.name() + (item.isFolder() ? "/" : "") + item.vault().map(v -> "   a vault, " + v.name().toLowerCase()).orElse(""));
		}
		return items;
	}

	private List<String> read(Session session) throws IOException {
		narrator.step("Read a file");
		narrator.line("file", NOTES);
		List<String> text = Files.readAllLines(session.item(NOTES, Unlocking.FAIL));
		text.forEach(narrator::quote);
		require(!text.isEmpty(), NOTES + " is empty");
		return text;
	}

	private void save(Session session, List<String> text) throws IOException {
		narrator.step("Change it and save");
		narrator.line("added", NEW_LINE);
		var lines = new ArrayList<>(text);
		lines.add(NEW_LINE);
		Path file = session.item(NOTES, Unlocking.FAIL);
		Version version = Files.readAttributes(file, StorageAttributes.class).version()
				.orElseThrow(() -> new IOException("The demo's server does not tell which version of a file it has."));
		Save save = Save.ifUnchanged(version);
		try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING, save)) {
			out.write((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
			save.whole();
		}
		narrator.say("Saved: encrypted here, then put in place of the old file in one step, as nobody had changed it meanwhile.");
	}

	private void readAgain(Session session) throws IOException {
		narrator.step("Lock the vault, unlock it, read again");
		session.lock(Demo.VAULT);
		session.refresh("/");
		session.unlock(Demo.VAULT);
		List<String> text = Files.readAllLines(session.item(NOTES, Unlocking.FAIL));
		narrator.quote(text.getLast());
		require(text.getLast().equals(NEW_LINE), "what was saved is not what is read");
	}

	private void serverSide() throws IOException {
		narrator.step("What the server has");
		ServerSide vault = demo.vault();
		List<ServerSide.Stored> files = vault.files();
		narrator.say("The vault's folder as those see it who run the server, without Strongroom and without a passphrase; changed last first:");
		for (ServerSide.Stored file : files.subList(0, Math.min(MOST_FILES, files.size())))
			narrator.name("%,d bytes".formatted(file.size()), file.path());
		if (files.size() > MOST_FILES)
			narrator.line("", "and %d more".formatted(files.size() - MOST_FILES));
		List<String> leaked = vault.find(READABLE);
		require(leaked.isEmpty(), "readable on the server: " + leaked);
		require(!demo.served().find(List.of(PLAIN)).isEmpty(), "the search finds nothing at all");
		narrator.say("Searched the names and contents of all %d files for %d names and texts of the vault, \"%s\" among them: none occurs. (Beside the vault, where files are not encrypted, the same search finds \"%s\".)"
				.formatted(files.size(), READABLE.size(), NEW_LINE, PLAIN));
	}

	private static void require(boolean holds, String otherwise) throws IOException {
		if (!holds)
			throw new IOException("The demo went wrong: " + otherwise + ".");
	}
}
