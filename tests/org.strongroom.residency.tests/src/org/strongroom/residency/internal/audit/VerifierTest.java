package org.strongroom.residency.internal.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.residency.audit.DamagedLogException;
import org.strongroom.residency.audit.Verification;

class VerifierTest {
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

	private List<String> lines() throws IOException {
		return new ArrayList<>(Files.readAllLines(file));
	}

	private void lines(List<String> lines) throws IOException {
		Files.write(file, lines);
	}

	private DamagedLogException damaged() {
		return catchThrowableOfType(DamagedLogException.class, () -> Logs.verify(folder));
	}

	@Test
	void tellsWhatItCovers() throws IOException {
		write(10, true);

		Verification found = Logs.verify(folder);

		// The line that the file begins with, ten events, the signature.
		assertThat(found).returns(12L, Verification::lines).returns(1L, Verification::first).returns(12L, Verification::last).returns(1L, Verification::checkpoints).returns(12L, Verification::signed)
				.returns("desk", Verification::machine).returns(List.of(), Verification::notes);
		assertThat(found.hash()).hasSize(64);
	}

	@Test
	void namesOfFilesAreNotInIt() throws IOException {
		write(3, true);
		assertThat(Files.readString(file)).contains("\"event\":\"open\"", "sftp://ann@hq").doesNotContain("Vault/", "file-1");
	}

	@Test
	void isForTheOwnerAlone() throws IOException {
		write(1, true);
		for (String name : List.of("audit-000001.jsonl", "state", "secret.key", "sign.key"))
			assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(name)))).as(name).isEqualTo("rw-------");
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder))).isEqualTo("rwx------");
	}

	@Test
	void findsAnyFlippedBit() throws IOException {
		write(1, true);
		byte[] whole = Files.readAllBytes(file);
		for (int i = 0; i < whole.length; i++) {
			// The fifth is the one that makes small letters of capital ones: of digits that must not make the same number.
			for (int bit : new int[] { 5, i % 8 }) {
				byte[] flipped = whole.clone();
				flipped[i] ^= (byte) (1 << bit);
				Files.write(file, flipped);
				DamagedLogException found = damaged();
				assertThat(found).as("bit %d of byte %d", bit, i).isNotNull();
				assertThat(found.line()).isBetween(1L, 4L);
			}
		}
	}

	@Test
	void findsAnyFlippedBitOfACopyWithoutState() throws IOException {
		write(2, false);
		byte[] whole = Files.readAllBytes(file);
		Path copy = home.resolve("copy.jsonl");
		for (int i = 0; i < whole.length; i++) {
			byte[] flipped = whole.clone();
			flipped[i] ^= 1;
			Files.write(copy, flipped);
			int at = i;
			assertThatThrownBy(() -> Logs.verifyCopy(copy)).as("byte %d", at).isInstanceOf(DamagedLogException.class);
		}
	}

	@Test
	void findsFlippedBitsOfALongLog() throws IOException {
		try (Journal journal = Logs.journal(folder)) {
			for (int i = 0; i < 20; i++)
				Logs.append(journal, i * 1000, 1000, true);
		}
		assertThat(Logs.verify(folder).lines()).isGreaterThan(20_000);
		byte[] whole = Files.readAllBytes(file);
		var random = new Random(7);
		for (int i = 0; i < 40; i++) {
			int at = random.nextInt(whole.length);
			byte[] flipped = whole.clone();
			flipped[at] ^= (byte) (1 << random.nextInt(8));
			Files.write(file, flipped);
			long line = 1 + new String(whole, 0, at, StandardCharsets.UTF_8).chars().filter(c -> c == '\n').count();
			DamagedLogException found = damaged();
			assertThat(found).as("byte %d", at).isNotNull();
			assertThat(found.line()).isBetween(line, line + 1);
			assertThat(found).hasMessageStartingWith("audit-000001.jsonl, line " + found.line());
		}
	}

	@Test
	void findsWhereALineIsMissing() throws IOException {
		write(10, true);
		var lines = lines();
		lines.remove(4);
		lines(lines);
		assertThat(damaged()).returns(5L, DamagedLogException::line).hasMessageContaining("line 5 of the log is missing");
	}

	@Test
	void findsSwappedLines() throws IOException {
		write(10, true);
		var lines = lines();
		lines.add(4, lines.remove(5));
		lines(lines);
		assertThat(damaged()).returns(5L, DamagedLogException::line);
	}

	@Test
	void findsALineThatIsThereTwice() throws IOException {
		write(10, true);
		var lines = lines();
		lines.add(5, lines.get(4));
		lines(lines);
		assertThat(damaged()).returns(6L, DamagedLogException::line).hasMessageContaining("out of its place");
	}

	@Test
	void findsACutEnd() throws IOException {
		write(10, true);
		var lines = lines();
		lines(lines.subList(0, 8));
		assertThat(damaged()).returns(9L, DamagedLogException::line).hasMessageContaining("lines 9 to 12");
	}

	@Test
	void findsACutEndByANotedCheckpoint() throws IOException {
		write(10, true);
		String noted = Logs.verify(folder).hash();
		Path copy = home.resolve("copy.jsonl");
		Files.write(copy, lines().subList(0, 8));
		assertThatThrownBy(() -> LogFiles.of(List.of(copy)).verify(Optional.of(noted), Optional.empty())).isInstanceOf(DamagedLogException.class).hasMessageContaining("noted");
		Files.write(copy, lines());
		assertThat(LogFiles.of(List.of(copy)).verify(Optional.of(noted), Optional.empty()).hash()).isEqualTo(noted);
	}

	@Test
	void findsACutEndOfWhichTheStateIsGoneToo() throws IOException {
		write(10, true);
		lines(lines().subList(0, 8));
		Files.delete(folder.resolve("state"));
		assertThat(damaged()).returns(8L, DamagedLogException::line).hasMessageContaining("'state'");
	}

	@Test
	void remembersThatTheStateWasGone() throws IOException {
		write(10, true);
		lines(lines().subList(0, 8));
		Files.delete(folder.resolve("state"));
		write(1, true);
		assertThat(damaged()).returns(9L, DamagedLogException::line);
	}

	@Test
	void remembersThatTheEndWasCut() throws IOException {
		write(10, true);
		lines(lines().subList(0, 8));
		write(5, true);
		assertThat(damaged()).returns(9L, DamagedLogException::line).hasMessageContaining("lines 9 to 12");
	}

	@Test
	void findsACutBeginning() throws IOException {
		write(10, true);
		lines(lines().subList(2, 12));
		assertThat(damaged()).returns(1L, DamagedLogException::line);
	}

	@Test
	void findsAMissingFile() throws IOException {
		try (Journal journal = new Journal(new LogFolder(folder), Logs.ORIGIN, java.time.Clock.systemUTC(), 2000)) {
			for (int i = 0; i < 12; i++)
				Logs.append(journal, i, 3, true);
		}
		assertThat(Logs.verify(folder)).satisfies(v -> assertThat(v.files()).isGreaterThan(3));
		Path second = folder.resolve("audit-000002.jsonl");
		byte[] content = Files.readAllBytes(second);
		Files.delete(second);
		assertThat(damaged()).returns(1L, DamagedLogException::line).hasMessageStartingWith("audit-000003.jsonl");
		Files.write(second, content);
		Files.delete(file);
		assertThat(damaged()).returns(1L, DamagedLogException::line).hasMessageStartingWith("audit-000002.jsonl");
	}

	@Test
	void partsOfALogAreVerifiedByThemselves() throws IOException {
		try (Journal journal = new Journal(new LogFolder(folder), Logs.ORIGIN, java.time.Clock.systemUTC(), 2000)) {
			for (int i = 0; i < 12; i++)
				Logs.append(journal, i, 3, true);
		}
		Verification part = Logs.verifyCopy(folder.resolve("audit-000002.jsonl"), folder.resolve("audit-000003.jsonl"));
		assertThat(part.first()).isGreaterThan(1);
		assertThat(part.notes()).anySatisfy(n -> assertThat(n).contains("in files before these"));
	}

	/** Whoever changes a line and knows the format, but has not the key, chains all that follows anew. */
	private List<String> rewritten(List<String> lines, int changed, String from, String to) {
		var sha = Line.sha256();
		byte[] hash = Line.NOTHING;
		var all = new ArrayList<String>();
		for (int i = 0; i < lines.size(); i++) {
			String line = i == changed ? lines.get(i).replace(from, to) : lines.get(i);
			byte[] hashed = Line.bytes(line.substring(0, line.lastIndexOf(",\"hash\":\"")));
			hash = Line.hash(sha, hash, hashed, 0, hashed.length);
			all.add(new String(Line.whole(hashed, hash), StandardCharsets.UTF_8).stripTrailing());
		}
		return all;
	}

	@Test
	void findsAChainThatWasMadeAnew() throws IOException {
		write(10, true);
		lines(rewritten(lines(), 4, "\"result\":\"ok\"", "\"result\":\"no\""));
		Path copy = home.resolve("copy.jsonl");
		Files.copy(file, copy);
		assertThatThrownBy(() -> Logs.verifyCopy(copy)).isInstanceOf(DamagedLogException.class).hasMessageContaining("line 12").hasMessageContaining("signature");
	}

	@Test
	void findsAReplacedCheckpoint() throws IOException {
		write(10, true);
		var lines = lines();
		String last = lines.getLast();
		int at = last.indexOf("\"sig\":\"") + 7;
		lines.set(11, last.substring(0, at) + "0".repeat(128) + last.substring(at + 128));
		lines(rewritten(lines, -1, "", ""));
		Path copy = home.resolve("copy.jsonl");
		Files.copy(file, copy);
		assertThatThrownBy(() -> Logs.verifyCopy(copy)).isInstanceOf(DamagedLogException.class).hasMessageContaining("signature");
	}

	@Test
	void findsRemovedCheckpoints() throws IOException {
		write(15_000, true);
		var lines = lines();
		lines.removeIf(l -> l.contains("\"event\":\"checkpoint\""));
		for (int i = 0; i < lines.size(); i++)
			lines.set(i, "{\"n\":" + (i + 1) + lines.get(i).substring(lines.get(i).indexOf(',')));
		Path copy = home.resolve("copy.jsonl");
		Files.write(copy, rewritten(lines, -1, "", ""));
		assertThatThrownBy(() -> Logs.verifyCopy(copy)).isInstanceOf(DamagedLogException.class).hasMessageContaining("line 10001").hasMessageContaining("no signature");
	}

	@Test
	void findsALogThatWasWrittenAnewWithAnotherKey() throws IOException {
		write(10, true);
		Path key = home.resolve("noted.pub");
		Files.copy(folder.resolve("sign.pub"), key);
		folder = home.resolve("other");
		file = folder.resolve("audit-000001.jsonl");
		write(10, true);
		assertThat(Logs.verify(folder).lines()).isEqualTo(12);
		assertThatThrownBy(() -> LogFiles.ofFolder(folder, true).verify(Optional.empty(), Optional.of(key))).isInstanceOf(DamagedLogException.class).hasMessageContaining("another key");
	}

	@Test
	void notesAClockThatWasPutBack() throws IOException {
		try (Journal journal = Logs.journal(folder)) {
			Logs.append(journal, 0, 1, true);
		}
		try (Journal journal = new Journal(new LogFolder(folder), Logs.ORIGIN, java.time.Clock.offset(java.time.Clock.systemUTC(), java.time.Duration.ofHours(-1)), Journal.LARGEST_FILE)) {
			Logs.append(journal, 0, 1, true);
		}
		assertThat(Logs.verify(folder).notes()).singleElement().asString().contains("put back by").containsPattern("(3599|3600) s");
	}

	@Test
	void aStrangerCanVerifyALineByHand() throws Exception {
		write(1, true);
		String line = lines().get(1);
		String previous = lines().get(0).replaceAll(".*\"hash\":\"([0-9a-f]{64})\"}", "$1");
		var sha = java.security.MessageDigest.getInstance("SHA-256");
		sha.update(HexFormat.of().parseHex(previous));
		sha.update(line.substring(0, line.length() - ",\"hash\":\"".length() - 64 - 2).getBytes(StandardCharsets.UTF_8));
		assertThat(line).endsWith(",\"hash\":\"" + HexFormat.of().formatHex(sha.digest()) + "\"}");
	}
}
