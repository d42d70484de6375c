package org.strongroom.demo;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Locale;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/**
 * A fresh folder full of samples for {@link EmbeddedServer} to serve: a few plain files, and an encrypted folder {@value #VAULT_NAME} with what is worth protecting. Who makes and opens the vault is the
 * caller's business ({@link VaultWriter}); readable samples meant for the vault are never written anywhere else.
 * <p>
 * The content is the same every time. The folder lies in the system's folder for temporary files, is accessible to this account alone, and is gone after {@link #close()}, or when the Java process ends.
 */
public final class SampleVault implements AutoCloseable {

	/** Name of the encrypted folder. */
	public static final String VAULT_NAME = "Vault";

	/** A text file in the vault that is short and easy to change. */
	public static final String NOTES = "notes.txt";

	/** A picture in the vault. */
	public static final String PICTURE = "plan.png";

	/** A table in the vault. */
	public static final String TABLE = "prices.csv";

	/** Makes vaults. */
	@FunctionalInterface
	public interface VaultWriter {
		/**
		 * Makes a vault, opens it, has it filled, and closes it.
		 *
		 * @param folder where to make it; it does not exist yet, its parent does
		 * @param passphrase of the new vault; the caller keeps and wipes it
		 * @param filler to be called once with the readable root of the open vault
		 */
		void create(Path folder, char[] passphrase, Filler filler) throws IOException;
	}

	/** Fills a folder. */
	@FunctionalInterface
	public interface Filler {
		/** Writes all samples into a folder that is there and empty, of any file system. */
		void fill(Path root) throws IOException;
	}

	private final TemporaryFolder folder;

	private SampleVault(TemporaryFolder folder) {
		this.folder = folder;
	}

	/** Makes the folder, and the vault in it. */
	public static SampleVault create(char[] passphrase, VaultWriter writer) throws IOException {
		SampleVault sample = new SampleVault(TemporaryFolder.create("strongroom-demo"));
		try {
			fillPlain(sample.folder());
			writer.create(sample.vault(), passphrase, SampleVault::fillVault);
			return sample;
		} catch (IOException | RuntimeException e) {
			sample.close();
			throw e;
		}
	}

	/** The folder to serve. */
	public Path folder() {
		return folder.path();
	}

	/** The encrypted folder in it. */
	public Path vault() {
		return folder().resolve(VAULT_NAME);
	}

	/** Removes the folder and all in it. */
	@Override
	public void close() {
		folder.close();
	}

	/** What lies readable on the server, as on any. */
	static void fillPlain(Path root) throws IOException {
		text(root, "README.txt", """
				This is a sample server, running inside Strongroom on this machine alone.

				The folder Vault beside this file is encrypted: open it with the passphrase you
				were shown. Everything here is removed when the demo ends.
				""");
		Files.createDirectories(root.resolve("Projects").resolve("Harbour"));
		text(root, "Projects/Harbour/minutes.txt", """
				Minutes of the meeting
				1. The crane arrives in week 14.
				2. Prices and contracts are in the vault, not here.
				""");
		text(root, "Projects/todo.md", """
				# To do

				- [x] order the crane
				- [ ] ask for the second offer
				""");
		try {
			text(root, "Projects/Zürich – Überblick.txt", "Names with letters beyond ASCII are names like any other.\n");
		} catch (InvalidPathException e) {
			// In some locales (such as LC_ALL=C) Java cannot name such a file on the local disk.
		}
	}

	/** What lies in the vault: nested folders, texts, a picture, a table, and names of all kinds. */
	static void fillVault(Path root) throws IOException {
		text(root, NOTES, """
				Notes

				Change this line, save, and look at the server: it holds the new text,
				encrypted, and this machine holds nothing readable of it.
				""");
		Files.write(root.resolve(PICTURE), plan());
		text(root, TABLE, prices());
		Files.createDirectories(root.resolve("Contracts").resolve("2026").resolve("Signed"));
		text(root, "Contracts/2026/harbour crane.txt", """
				CONTRACT

				between the Harbour Board and the makers of the crane. The price is in prices.csv.
				""");
		text(root, "Contracts/2026/Signed/harbour crane (signed).txt", "Signed on the 2nd of March.\n");
		text(root, "Contracts/offer.html", """
				<!DOCTYPE html>
				<html lang="en"><head><meta charset="utf-8"><title>Offer</title></head>
				<body><h1>Offer</h1><p>One crane, <b>blue</b>.</p></body></html>
				""");
		text(root, "Contracts/terms.json", """
				{
				  "days": 30,
				  "currency": "EUR",
				  "partial": false
				}
				""");
		Files.createDirectories(root.resolve("Names"));
		// Encrypted, this is far longer than the 220 characters a Cryptomator vault keeps as a name of its own.
		text(root, "Names/" + longName() + ".txt", "A name of more than 220 letters.\n");
		text(root, "Names/emoji \uD83D\uDD10 \uD83D\uDC77\uD83C\uDFFD\u200D\u2640\uFE0F.txt", "A padlock, and a construction worker made of five characters.\n");
		text(root, "Names/日本語 Ελληνικά العربية.txt", "Three scripts, two directions.\n");
		text(root, "Names/ leading space & ~tilde #hash %41.txt", "Signs that mean something elsewhere.\n");
		// In folders of their own: some file systems take the two for one.
		String name = "Müller é å.txt";
		Files.createDirectories(root.resolve("Names").resolve("composed"));
		Files.createDirectories(root.resolve("Names").resolve("decomposed"));
		text(root, "Names/composed/" + Normalizer.normalize(name, Normalizer.Form.NFC), "Unicode form NFC.\n");
		text(root, "Names/decomposed/" + Normalizer.normalize(name, Normalizer.Form.NFD), "Unicode form NFD, as older Macs write it.\n");
		Files.createDirectories(root.resolve("Empty folder"));
		Files.write(root.resolve("empty file"), new byte[0]);
		StringBuilder log = new StringBuilder();
		for (int i = 1; i <= 20_000; i++) {
			log.append(String.format(Locale.ROOT, "%05d  gate %d  %s\n", i, i % 7, i % 11 == 0 ? "opened" : "checked"));
		}
		text(root, "gate.log", log.toString());
	}

	private static String longName() {
		return "Minutes of the extraordinary meeting of the harbour board about the crane, the second offer for it, the question who pays for its foundation, "
				+ "and the colour it is to be painted in, with all annexes and the letters received since the last one";
	}

	private static String prices() {
		StringBuilder table = new StringBuilder("Item;Unit;Amount;Price;Remark\n");
		String[] items = { "Crane", "Foundation", "Paint, blue", "Cable", "Survey" };
		for (int i = 0; i < 40; i++) {
			table.append(String.format(Locale.ROOT, "%s %d;%s;%d;%d.%02d;%s\n", items[i % items.length], i / items.length + 1, i % 3 == 0 ? "piece" : "m", i * 3 + 1, 120 + i * 37, i * 7 % 100,
					i % 10 == 4 ? "\"says \"\"fixed\"\"; see letter\"" : ""));
		}
		return table.toString();
	}

	private static void text(Path root, String path, String text) throws IOException {
		Path file = root;
		for (String name : path.split("/")) {
			file = file.resolve(name);
		}
		Files.write(file, text.getBytes(StandardCharsets.UTF_8));
	}

	/** A floor plan of 480 by 320 pixels as PNG (RFC 2083): eight-bit RGB, no filter, no interlace. */
	static byte[] plan() throws IOException {
		int width = 480;
		int height = 320;
		ByteArrayOutputStream packed = new ByteArrayOutputStream();
		try (DeflaterOutputStream rows = new DeflaterOutputStream(packed)) {
			for (int y = 0; y < height; y++) {
				rows.write(0);
				for (int x = 0; x < width; x++) {
					int colour = colour(x, y, width, height);
					rows.write(colour >> 16);
					rows.write(colour >> 8);
					rows.write(colour);
				}
			}
		}
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		DataOutputStream png = new DataOutputStream(bytes);
		png.writeLong(0x89504e470d0a1a0aL);
		chunk(png, "IHDR", ByteBuffer.allocate(13).putInt(width).putInt(height).put((byte) 8).put((byte) 2).array());
		chunk(png, "IDAT", packed.toByteArray());
		chunk(png, "IEND", new byte[0]);
		return bytes.toByteArray();
	}

	private static int colour(int x, int y, int width, int height) {
		boolean outside = x < 20 || y < 20 || x >= width - 20 || y >= height - 20;
		boolean outerWall = !outside && (x < 26 || y < 26 || x >= width - 26 || y >= height - 26);
		boolean innerWall = !outside && (Math.abs(x - 200) < 2 && (y < 120 || y > 170) || Math.abs(y - 200) < 2 && x > 200 && (x < 300 || x > 350));
		double toSafe = Math.hypot(x - 400, y - 260);
		if (outside) {
			return (x / 10 + y / 10) % 2 == 0 ? 0xe8eef2 : 0xdfe7ec;
		}
		if (outerWall || innerWall) {
			return 0x30383f;
		}
		if (toSafe < 24) {
			return toSafe > 19 || toSafe < 4 ? 0x8a2b2b : 0xd9a441;
		}
		return x < 200 ? 0xfaf6ec : y < 200 ? 0xf1f7ee : 0xeef1fa;
	}

	private static void chunk(DataOutputStream png, String type, byte[] data) throws IOException {
		byte[] name = type.getBytes(StandardCharsets.US_ASCII);
		CRC32 crc = new CRC32();
		crc.update(name);
		crc.update(data);
		png.writeInt(data.length);
		png.write(name);
		png.write(data);
		png.writeInt((int) crc.getValue());
	}
}
