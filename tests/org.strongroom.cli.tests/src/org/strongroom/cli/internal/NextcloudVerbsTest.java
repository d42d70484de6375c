package org.strongroom.cli.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.strongroom.testing.nextcloud.EmulatedNextcloud;

/** Commands for what Nextcloud can do, on the emulated server: shares, versions, trash, the index of names; with a vault on it. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class NextcloudVerbsTest extends CommandsOnNextcloud {
	@Test
	void aLinkIsMadeListedAndRevoked() throws Exception {
		Files.writeString(temp.resolve("secret"), "Correct-horse 9\nsecond line");
		Result made = run("share", "create", at("/Offer.txt"), "--expires", "2199-01-31", "--password-file", "secret", "--note", "for you");
		assertThat(made.printed()).isNotEmpty();
		String id = made.words().getFirst();
		assertThat(made.words().get(1)).isEqualTo(server.uri() + "/s/" + id);
		assertThat(run("share", "list", at("/Offer.txt")).words()).containsExactly(id, "link with password", "read", "2199-01-31", "/Offer.txt", server.uri() + "/s/" + id);
		assertThat(run("--json", "share", "list", at("/")).printed()).contains("\"id\":\"" + id + "\"", "\"path\":\"/Offer.txt\"", "\"rights\":[\"read\"]", "\"password\":true", "\"note\":\"for you\"");
		assertThat(run("share", "revoke", at("/"), id).printed()).isEmpty();
		assertThat(run("share", "list", at("/")).printed()).isEmpty();
		run("share", "revoke", at("/"), id).failed(3, "share does not exist");
	}

	@Test
	void peopleAndGroupsGetWhatTheyAreGiven() {
		String id = run("share", "create", at("/Shared"), "--with", "bob", "--rights", "read,create").words().getFirst();
		String group = run("share", "create", at("/Shared"), "--group", "staff").words().getFirst();
		assertThat(run("share", "list", at("/Shared")).lines()).containsExactlyInAnyOrder(id + "\tuser bob\tread,create\t-\t/Shared\t-", group + "\tgroup staff\tread\t-\t/Shared\t-");
		run("share", "create", at("/Shared"), "--with", "nobody").failed(3, "valid user");
		run("share", "create", at("/none")).failed(3, "there is no such file");
		run("share", "create", at("/Shared"), "--with", "bob", "--group", "staff").failed(2, "One share is with one");
		run("share", "create", at("/Shared"), "--rights", "everything").failed(2, "'everything' is no right");
		run("share", "create", at("/Shared"), "--expires", "tomorrow").failed(2, "is no date");
		run("share", "create", at("/Shared"), "--with", "bob", "--password-file", "secret").failed(2, "Only a link has a password");
	}

	@Test
	void whatIsEncryptedIsSharedAsSuchOnlyIfThatIsSaid() {
		for (String place : List.of("/vault", "/vault/notes.txt", "/vault/Contracts"))
			run("share", "create", at(place)).failed(1, "this is encrypted on the server");
		assertThat(run("share", "list", at("/")).printed()).isEmpty();
		String id = run("share", "create", "--ciphertext", at("/vault/notes.txt")).words().getFirst();
		assertThat(run("share", "list", at("/vault/notes.txt")).words()).contains(id).doesNotContain("/vault/notes.txt");
		assertThat(run("share", "list", at("/vault/notes.txt")).words().get(4)).startsWith("/vault/d/").endsWith(".c9r");
	}

	@Test
	void aReadableCopyIsSharedOnlyIfThatIsSaid() throws Exception {
		run("share", "create", at("/vault/notes.txt"), "--readable-copy", "/Shared").failed(2, "give --yes");
		run("share", "create", at("/vault/notes.txt"), "--readable-copy", "/Shared", "--ciphertext", "--yes").failed(2, "give --readable-copy or --ciphertext");
		assertThat(server.files().resolve("Shared")).isEmptyDirectory();

		Result made = run("share", "create", at("/vault/notes.txt"), "--readable-copy", "/Shared", "--yes");
		assertThat(made.printed()).contains("/s/");
		assertThat(server.files().resolve("Shared/notes.txt")).hasContent("unter uns");
		assertThat(run("share", "list", at("/Shared/notes.txt")).words()).contains(made.words().getFirst(), "/Shared/notes.txt");
		run("share", "create", at("/vault/notes.txt"), "--readable-copy", "/Shared", "--yes").failed(1, "already something of that name");

		String folder = run("share", "create", at("/vault/Contracts"), "--readable-copy", at("/Shared"), "--yes", "--with", "bob").words().getFirst();
		assertThat(server.files().resolve("Shared/Contracts/Smith.txt")).hasContent("signed");
		assertThat(run("share", "list", at("/Shared/Contracts")).words()).contains(folder, "user bob");
	}

	@Test
	void aReadableCopyIsPlainAndNotLeftBehindUnshared() throws Exception {
		run("share", "create", at("/vault/notes.txt"), "--readable-copy", "/vault/Contracts", "--yes").failed(1, "in a vault");
		run("share", "create", at("/vault/notes.txt"), "--readable-copy", "/none", "--yes").failed(3, "/none");
		run("share", "create", at("/vault/notes.txt"), "--readable-copy", "/Offer.txt", "--yes").failed(3, "not a folder");
		run("share", "create", at("/Offer.txt"), "--readable-copy", "/Shared", "--yes").failed(1, "nothing to be made readable");
		run("share", "create", at("/vault"), "--readable-copy", "/Shared", "--yes").failed(1, "nothing to be made readable");
		run("share", "create", at("/vault/Contracts"), "--readable-copy", "/Shared", "--yes", "--with", "nobody").failed(3, "valid user");
		assertThat(server.files().resolve("Shared")).isEmptyDirectory();
		assertThat(run("share", "list", at("/")).printed()).isEmpty();
	}

	@Test
	void oldVersionsAreListedAndRestored() throws Exception {
		for (String place : List.of("/Offer.txt", "/vault/notes.txt")) {
			String before = run("cat", at(place)).printed();
			assertThat(run("versions", "list", at(place)).printed()).isEmpty();
			Path another = Files.writeString(temp.resolve("another"), "something else");
			assertThat(run("put", another.toString(), at(place)).printed()).isEmpty();
			assertThat(run("cat", at(place)).printed()).isEqualTo("something else");
			List<String> old = run("versions", "list", at(place)).words();
			assertThat(old.getFirst()).isEqualTo(Long.toString(EmulatedNextcloud.LONG_AGO.getEpochSecond()));
			assertThat(old.get(1)).isEqualTo("2009-02-13T23:31:30Z");
			assertThat(run("versions", "restore", at(place), old.getFirst()).printed()).isEmpty();
			assertThat(run("cat", at(place)).printed()).as(place).isEqualTo(before);
			run("versions", "restore", at(place), "17").failed(3, "there is no version '17'");
		}
		run("versions", "list", at("/Shared")).failed(1, "this is a folder");
	}

	@Test
	void whatWasRemovedIsListedAndRestored() {
		assertThat(run("rm", at("/Offer.txt")).printed()).isEmpty();
		assertThat(run("rm", at("/vault/Contracts/Smith.txt")).printed()).isEmpty();
		List<String> offer = run("trash", "list", at("/Shared/..")).lines().stream().filter(l -> l.endsWith("\t/Offer.txt")).map(l -> List.of(l.split("\t"))).findFirst().orElseThrow();
		assertThat(offer.get(2)).isEqualTo("8");
		List<String> smith = run("trash", "list", at("/vault/Contracts")).words();
		assertThat(smith.getLast()).isEqualTo("/vault/Contracts/Smith.txt");
		assertThat(run("trash", "list", at("/Shared")).printed()).isEmpty();
		assertThat(run("--json", "trash", "list", at("/vault/Contracts")).printed()).contains("\"path\":\"/vault/Contracts/Smith.txt\"", "\"type\":\"file\"");
		assertThat(run("trash", "restore", at("/"), offer.getFirst()).printed()).isEmpty();
		assertThat(run("trash", "restore", at("/"), smith.getFirst()).printed()).isEmpty();
		assertThat(run("cat", at("/Offer.txt")).printed()).isEqualTo("an offer");
		assertThat(run("cat", at("/vault/Contracts/Smith.txt")).printed()).isEqualTo("signed");
		run("trash", "restore", at("/"), "none.d1").failed(3, "nothing of that name in the trash");
	}

	@Test
	void aFolderOfAVaultIsRestoredWithWhatWasInIt() {
		assertThat(run("rm", "-r", at("/vault/Contracts")).printed()).isEmpty();
		List<String> contracts = run("trash", "list", at("/vault")).words();
		assertThat(contracts.getLast()).isEqualTo("/vault/Contracts/");
		assertThat(run("--json", "trash", "list", at("/vault")).printed()).contains("\"path\":\"/vault/Contracts\"", "\"type\":\"directory\"");
		run("trash", "restore", at("/"), contracts.getFirst()).failed(1, "a part of a vault");
		run("trash", "restore", at("/vault"), "none.d1").failed(3, "nothing of that name in the trash");
		assertThat(run("trash", "restore", at("/vault"), contracts.getFirst()).printed()).isEmpty();
		assertThat(run("cat", at("/vault/Contracts/Smith.txt")).printed()).isEqualTo("signed");
		assertThat(run("trash", "list", at("/vault")).printed()).isEmpty();
	}

	@Test
	void namesAreLookedUpInTheServersIndex() throws Exception {
		for (String folder : List.of("a/b", "a.d", "a/notes 100%"))
			Files.createDirectories(server.files().resolve(folder));
		for (String file : List.of("a/notes.txt", "a/b/my NOTES.txt", "a.d/notes.txt", "a/b/notes.pdf", "notes"))
			Files.writeString(server.files().resolve(file), "x");
		List<String> walked = run("find", at("/")).lines();
		int requests = server.seen("PROPFIND").size();
		assertThat(run("find", at("/"), "--name", "*notes*").lines()).containsExactly("/a/b/notes.pdf", "/a/notes 100%/", "/a/notes.txt", "/a.d/notes.txt", "/notes")
				.isEqualTo(walked.stream().filter(l -> l.matches(".*/[^/]*notes[^/]*/?")).toList());
		assertThat(server.seen("SEARCH")).hasSize(1);
		assertThat(server.seen("PROPFIND").size() - requests).as("no folder is listed").isLessThan(12);
		assertThat(run("find", at("/a"), "--name", "n*s.[tp][xd][tf]").lines()).containsExactly("/a/b/notes.pdf", "/a/notes.txt");
		assertThat(run("find", at("/a"), "--name", "*100%").lines()).containsExactly("/a/notes 100%/");
		assertThat(run("find", at("/"), "--name", "a").lines()).containsExactly("/a/");
		assertThat(run("--json", "find", at("/a.d"), "--name", "notes.txt").printed()).contains("\"path\":\"/a.d/notes.txt\"", "\"size\":1", "\"type\":\"file\"");
		// what lies in a vault is found by its readable name, once that is unlocked, and never by another one
		assertThat(run("find", at("/"), "--name", "*.c9r").lines()).isEmpty();
		assertThat(run("cat", at("/vault/notes.txt")).printed()).isEqualTo("unter uns");
		assertThat(run("find", at("/"), "--name", "notes.txt").lines()).containsExactly("/a/notes.txt", "/a.d/notes.txt", "/vault/notes.txt");
		assertThat(run("--no-unlock", "find", at("/vault"), "--name", "*.c9r").lines()).isNotEmpty().allMatch(l -> l.startsWith("/vault/d/"));
		// a pattern that says nothing, and a server that fails, are no reason to find less
		assertThat(run("find", at("/a.d"), "--name", "*").lines()).containsExactly("/a.d/notes.txt");
		server.trouble(r -> r.method().equals("SEARCH") ? 500 : 0);
		assertThat(run("find", at("/a.d"), "--name", "notes*").lines()).containsExactly("/a.d/notes.txt");
		server.trouble(_ -> 0);
		run("find", at("/none"), "--name", "notes*").failed(3, "there is no such file");
	}

	@Test
	void whoHasALockIsTold() throws Exception {
		server.installLocks();
		server.lock("Offer.txt", "bob", 0);
		assertThat(run("stat", at("/Offer.txt")).printed()).contains("locked by: Bob");
		run("rm", at("/Offer.txt")).failed(1, "locked by Bob");
		assertThat(run("stat", at("/vault/notes.txt")).printed()).doesNotContain("locked by");
		server.lock(notes, "bob", 0);
		assertThat(run("stat", at("/vault/notes.txt")).printed()).contains("locked by: Bob");
		Path another = Files.writeString(temp.resolve("another"), "something else");
		run("put", another.toString(), at("/vault/notes.txt")).failed(1, "locked by Bob");
	}
}
