package org.strongroom.vault.cryptomator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.Save;
import org.strongroom.core.transfer.Progress;
import org.strongroom.core.transfer.Transfer;
import org.strongroom.testing.OpenSshServer;

/**
 * Wherever the connection is cut while something is being put into a vault on a real server, and in whichever direction: files are old or new or missing, but whole, cryptofs reads
 * the vault, and nothing that was on its way is left once somebody has signed in again.
 */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class CutVaultTest {
	/** An upload is cut at every other of its first so many requests, and at every third of their answers, which are short: each cut costs a third of a second, and neighbours come to the same. */
	private static final int CUTS = 200;
	private static final int LENGTH = 10_240;

	@TempDir
	Path temp;
	private FarVault far;
	private FarVault.Session session;

	@AfterEach
	void stop() throws IOException {
		if (session != null)
			session.close();
		if (far != null)
			far.close();
	}

	/** In which direction the link is cut after so many bytes; negative: not at all. */
	private LongConsumer cut(boolean answers) {
		return answers ? far.link::cutAfterBytesFromServer : far.link::cutAfterBytes;
	}

	private long passed(boolean answers) {
		return answers ? far.link.bytesToClient() : far.link.bytesToServer();
	}

	/** If need be; as the workbench does it: the vault stays unlocked. @param serving the connection that may be lost */
	private void signInAgain(List<ProcessHandle> serving) throws IOException {
		try {
			session.storage().home(); // the cut may come behind the last answer
		} catch (ConnectionException e) {
			OpenSshServer.awaitEnd(serving);
			session = session.again(far.connect());
		}
	}

	private static byte[] content(int seed) {
		byte[] bytes = new byte[LENGTH];
		new Random(seed).nextBytes(bytes);
		return bytes;
	}

	private interface Attempt {
		void run() throws IOException;
	}

	/** @return whether it was cut off */
	private boolean isCut(boolean answers, long after, Attempt attempt) throws IOException {
		List<ProcessHandle> serving = far.server.serving();
		cut(answers).accept(after);
		try {
			attempt.run();
			return false;
		} catch (ConnectionException e) {
			return true;
		} finally {
			cut(answers).accept(-1);
			signInAgain(serving);
		}
	}

	/** Bytes that pass in one direction. */
	private long bytes(boolean answers, Attempt attempt) throws IOException {
		long before = passed(answers);
		attempt.run();
		return passed(answers) - before;
	}

	/** Cuts closer to each other than requests, but for the long one with the content: half of that arrives as none of it. */
	private static long next(long at, boolean answers) {
		return at + (answers ? 50 : at < 1500 || at >= LENGTH ? 100 : 2000);
	}

	@ParameterizedTest
	@CsvSource({ "false, false", "false, true", "true, false", "true, true" })
	void aSave(boolean longName, boolean answers) throws IOException {
		far = new FarVault(temp);
		String name = longName ? Contents.LONG : "notes.txt";
		byte[] old = content(0);
		far.oracle.write("/" + name, old);
		session = far.signIn();
		byte[] first = old;
		long bytes = bytes(answers, () -> Contents.save(session.item(name), first, Save.asFound()));
		byte[] before = old;
		int cuts = 0;
		for (long at = 0; at < bytes + 200; at = next(at, answers)) {
			byte[] fresh = content((int) at + 1);
			if (isCut(answers, at, () -> Contents.save(session.item(name), fresh, Save.asFound())))
				cuts++;
			byte[] now = far.oracle.read("/" + name);
			assertThat(List.of(fresh, old, before)).as("cut after %d bytes: what may be there", at).contains(now);
			assertThat(Files.readAllBytes(session.item(name))).as("cut after %d bytes: as Strongroom reads it", at).isEqualTo(far.oracle.read("/" + name));
			assertThat(far.strays()).as("cut after %d bytes: what is left", at).isEmpty();
			before = fresh; // the server may still have done what was on its way
			old = now;
		}
		assertThat(cuts).as("cuts").isGreaterThan(10);
	}

	@ParameterizedTest
	@CsvSource({ "false, false", "false, true", "true, false", "true, true" })
	void aNewFile(boolean longName, boolean answers) throws IOException {
		far = new FarVault(temp);
		session = far.signIn();
		String name = longName ? Contents.LONG : "notes.txt";
		byte[] content = content(1);
		long bytes = bytes(answers, () -> Contents.save(session.item(name), content, Save.createNew()));
		far.oracle.delete("/" + name);
		int cuts = 0;
		for (long at = 0; at < bytes + 200; at = next(at, answers)) {
			session.refresh();
			if (isCut(answers, at, () -> Contents.save(session.item(name), content, Save.createNew())))
				cuts++;
			assertThat(far.strays()).as("cut after %d bytes: what is left", at).isEmpty();
			if (far.oracle.list("/").containsKey("/" + name)) {
				assertThat(far.oracle.read("/" + name)).as("cut after %d bytes", at).isEqualTo(content);
				far.oracle.delete("/" + name);
			}
		}
		assertThat(cuts).as("cuts").isGreaterThan(10);
	}

	private static final class Followed implements Progress {
		final List<String> failed = new ArrayList<>();

		@Override
		public synchronized void failed(Path item, IOException why) {
			failed.add(item + ": " + why);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void anUpload(boolean answers) throws IOException {
		far = new FarVault(temp, "fsync"); // hundreds of uploads would wait for the disk and for nothing else
		Map<String, byte[]> tree = makeTree(temp.resolve("tree"));
		session = far.signIn();
		upload("whole"); // with what is loaded only once
		long before = session.storage().traffic().requests();
		long bytes = bytes(answers, () -> upload("counted"));
		long requests = session.storage().traffic().requests() - before;
		assertThat(requests).as("requests of an upload").isGreaterThan(CUTS);
		check(tree, "counted", true);
		int cuts = 0;
		for (int i = 1; i <= CUTS; i += answers ? 3 : 2) {
			String name = "cut " + i;
			if (isCut(answers, bytes * i / requests, () -> upload(name)))
				cuts++;
			assertThat(far.strays()).as("cut after request %d: what is left", i).isEmpty();
			if (far.oracle.list("/").containsKey("/" + name))
				check(tree, name, false);
			upload(name);
			check(tree, name, true);
			assertThat(far.strays()).as("cut after request %d: what is left after going on", i).isEmpty();
			far.oracle.delete("/" + name);
		}
		assertThat(cuts).as("cuts").isGreaterThan(50);
	}

	private void upload(String name) throws IOException {
		var progress = new Followed();
		Transfer.copy(temp.resolve("tree"), session.item(name), Transfer.Existing.UPDATE, progress);
		assertThat(progress.failed).isEmpty();
	}

	/** What cryptofs finds of an upload: nothing but whole files. @param all whether all must be there */
	private void check(Map<String, byte[]> tree, String name, boolean all) throws IOException {
		var found = new TreeMap<String, byte[]>();
		for (var item : far.oracle.list("/" + name).entrySet())
			if (item.getValue().startsWith("file"))
				found.put(item.getKey().substring(name.length() + 2), far.oracle.read(item.getKey()));
		for (var file : found.entrySet())
			assertThat(file.getValue()).as("%s of %s", file.getKey(), name).isEqualTo(tree.get(file.getKey()));
		if (all)
			assertThat(found.keySet()).isEqualTo(tree.keySet());
	}

	/** 40 small files in 5 folders, some with names that get shortened. */
	private static Map<String, byte[]> makeTree(Path folder) throws IOException {
		var all = new TreeMap<String, byte[]>();
		for (int f = 0; f < 5; f++) {
			String name = f == 4 ? "x".repeat(160) : "folder " + f;
			Files.createDirectories(folder.resolve(name));
			for (int i = 0; i < 8; i++) {
				String file = name + "/" + (i % 4 == 3 ? "y".repeat(160) : "file ") + i;
				byte[] content = Contents.bytes(100 * i * (f + 1));
				all.put(file, content);
				Files.write(folder.resolve(file), content);
			}
		}
		return all;
	}
}
