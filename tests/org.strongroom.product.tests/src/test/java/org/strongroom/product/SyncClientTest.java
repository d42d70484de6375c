package org.strongroom.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.product.Product.Outcome;
import org.strongroom.testing.CryptomatorOracle;
import org.strongroom.testing.CryptomatorOracle.Cipher;
import org.strongroom.testing.OpenSshServer;

/**
 * Beside Nextcloud's own sync client: it keeps a folder of a real SSH server in step with one of a real Nextcloud, and somebody works through either. Needs {@code nextcloudcmd} (Debian:
 * nextcloud-desktop-cmd) and the Nextcloud that {@code STRONGROOM_NEXTCLOUD_URL}, {@code _USER} and {@code _PASSWORD} tell.
 */
class SyncClientTest {
	private static final String PASSPHRASE = "correct horse battery staple";
	@TempDir
	private Path temp;
	private URI cloud;
	private Path synced;
	private String remote;
	private OpenSshServer server;
	private User user;

	@BeforeEach
	void bothWays() throws Exception {
		String url = System.getenv("STRONGROOM_NEXTCLOUD_URL");
		String name = System.getenv("STRONGROOM_NEXTCLOUD_USER");
		String password = System.getenv("STRONGROOM_NEXTCLOUD_PASSWORD");
		assumeTrue(url != null && name != null && password != null, "no real Nextcloud: set STRONGROOM_NEXTCLOUD_URL, STRONGROOM_NEXTCLOUD_USER and STRONGROOM_NEXTCLOUD_PASSWORD");
		assumeTrue(Stream.of("/usr/bin", "/usr/local/bin").anyMatch(folder -> Files.isExecutable(Path.of(folder, "nextcloudcmd"))), "nextcloudcmd is missing (Debian: nextcloud-desktop-cmd)");
		assumeTrue(OpenSshServer.unavailableWithoutCode().isEmpty(), () -> OpenSshServer.unavailableWithoutCode().orElseThrow());
		cloud = URI.create(url);
		remote = "sync-" + UUID.randomUUID();
		synced = Files.createDirectory(temp.resolve("synced"));
		Path netrc = Files.writeString(Files.createDirectory(temp.resolve("client")).resolve(".netrc"), "machine %s login %s password %s\n".formatted(cloud.getHost(), name, password));
		Files.setPosixFilePermissions(netrc, PosixFilePermissions.fromString("rw-------"));
		server = OpenSshServer.builder().keyOnly().root(synced).start();
		user = User.of(server, Files.createDirectory(temp.resolve("user")));
		user.answer("password", password);
		user.answer("vault-passphrase", PASSPHRASE);
		user.done("bookmark", "add", "Office", server.uri(), "--key", server.keyFile().toString());
		user.done("bookmark", "add", "Cloud", "nextcloud://%s@%s/".formatted(name, cloud.getRawAuthority() + cloud.getRawPath().replaceAll("/+$", "")), "--option", "sign-in=password");
		user.done("mkdir", "Cloud:/" + remote);
	}

	@AfterEach
	void cleanUp() throws Exception {
		if (server == null)
			return;
		user.run("--no-unlock", "rm", "-r", "Cloud:/" + remote);
		server.close();
	}

	private String shell(String place, String... commands) throws Exception {
		Outcome outcome = user.runWith(String.join("\n", commands) + "\n", "shell", place);
		assertThat(outcome.err()).isEmpty();
		assertThat(outcome.code()).isZero();
		return outcome.out();
	}

	/** Lets the client bring both sides in step, once. */
	private void sync() throws Exception {
		Path log = temp.resolve("client/log");
		var command = new ProcessBuilder("nextcloudcmd", "-n", "-h", "--non-interactive", "--path", "/" + remote, synced.toString(), cloud.toString()).redirectErrorStream(true)
				.redirectOutput(log.toFile());
		command.environment().put("HOME", temp.resolve("client").toString());
		command.environment().put("QT_QPA_PLATFORM", "offscreen");
		assertThat(command.start().waitFor()).as(() -> read(log)).isZero();
	}

	private static String read(Path log) {
		try {
			return Files.readString(log);
		} catch (IOException e) {
			return e.toString();
		}
	}

	/** All there is in the folder that is kept in step, but for the client's own records. */
	private List<String> names() throws IOException {
		try (Stream<Path> all = Files.walk(synced)) {
			return all.filter(p -> !p.equals(synced)).map(p -> synced.relativize(p).toString()).filter(name -> !name.startsWith(".sync_") && !name.startsWith("._sync_")
					&& !name.startsWith(".nextcloudsync") && !name.startsWith(".owncloudsync")).sorted().toList();
		}
	}

	private void assertNobodyDisagreed() throws Exception {
		assertThat(names()).noneMatch(name -> name.contains("conflict")).noneMatch(name -> name.contains(".strongroom"));
		assertThat(user.done("--no-unlock", "find", "Cloud:/" + remote).lines()).noneMatch(name -> name.contains("conflict")).noneMatch(name -> name.contains(".strongroom"));
	}

	@Test
	void onePersonWorksThroughEither() throws Exception {
		try (var oracle = CryptomatorOracle.create(synced.resolve("Vault"), PASSPHRASE, Cipher.SIV_GCM)) {
			oracle.write("/notes.txt", "one\n");
		}
		sync();
		String office = "Office:/Vault";
		String inCloud = "Cloud:/" + remote + "/Vault";
		user.file("two", "two\n");
		user.file("large", "x".repeat(12_000_000));
		user.file("plain.txt", "plain\n");
		assertThat(shell(inCloud, "cat notes.txt", "put two notes.txt", "mkdir Contracts", "put large Contracts/large", "put plain.txt ../plain.txt")).isEqualTo("one\n");
		sync();
		assertNobodyDisagreed();
		user.file("three", "three\n");
		assertThat(shell(office, "cat notes.txt", "stat Contracts/large", "cat ../plain.txt", "put three notes.txt", "mv Contracts/large moved", "rm -r Contracts", "put three ../plain.txt")).contains("two\n", "size: 12000000",
				"plain\n");
		sync();
		assertNobodyDisagreed();
		user.file("four", "four\n");
		assertThat(shell(inCloud, "cat notes.txt", "ls .", "cat ../plain.txt", "mv notes.txt renamed.txt", "put four renamed.txt", "rm moved")).isEqualTo("three\nmoved\nnotes.txt\nthree\n");
		sync();
		assertNobodyDisagreed();
		assertThat(shell(office, "ls .", "cat renamed.txt")).isEqualTo("renamed.txt\nfour\n");
		try (var oracle = CryptomatorOracle.open(synced.resolve("Vault"), PASSPHRASE)) {
			assertThat(oracle.text("/renamed.txt")).isEqualTo("four\n");
		}
	}

	@Test
	void whatWasChangedOnBothSidesIsThereTwice() throws Exception {
		try (var oracle = CryptomatorOracle.create(synced.resolve("Vault"), PASSPHRASE, Cipher.SIV_GCM)) {
			oracle.write("/notes.txt", "one\n");
		}
		Files.writeString(synced.resolve("plain.txt"), "one\n");
		sync();
		user.file("office", "of the office\n");
		user.file("cloud", "of the cloud\n");
		shell("Office:/Vault", "put office notes.txt", "put office ../plain.txt");
		shell("Cloud:/" + remote + "/Vault", "put cloud notes.txt", "put cloud ../plain.txt");
		sync();
		sync();
		for (String place : List.of("Office:/", "Office:/Vault")) {
			List<String> files = new ArrayList<>(user.done("ls", place).lines().filter(name -> !name.endsWith("/") && !name.startsWith(".") && !name.contains("cryptomator") && !name.equals("IMPORTANT.rtf")).toList());
			assertThat(files).as(place).hasSize(2);
			List<String> contents = new ArrayList<>();
			for (String name : files)
				contents.add(user.done("cat", place + (place.endsWith("/") ? "" : "/") + name));
			assertThat(contents).as(place).containsExactlyInAnyOrder("of the office\n", "of the cloud\n");
		}
	}
}
