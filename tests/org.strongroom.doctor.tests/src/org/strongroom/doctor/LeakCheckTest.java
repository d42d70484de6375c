package org.strongroom.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

import org.assertj.core.api.ObjectAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.strongroom.core.doctor.Finding;
import org.strongroom.core.doctor.Finding.Severity;

/** Every check of the leak check, on machines made up of files: what is well and what is not. */
class LeakCheckTest {
	@TempDir
	Path temp;
	private FakeMachine fake;

	@BeforeEach
	void make() throws IOException {
		fake = new FakeMachine(temp);
	}

	/** The only finding of a check. */
	private ObjectAssert<Finding> only(String id) {
		return assertThat(fake.look(id)).singleElement(type(Finding.class));
	}

	private void is(String id, Severity severity, String says) {
		only(id).satisfies(f -> {
			assertThat(f.severity()).as(f.toString()).isEqualTo(severity);
			assertThat(f.subject() + ": " + f.what()).contains(says);
			if (severity.atLeast(Severity.NOTE)) {
				assertThat(f.why()).as("why it matters").isNotBlank();
				assertThat(f.mend()).as("how to mend it").isNotBlank();
			}
		});
	}

	@Test
	void onAMachineInOrderAllIsWell() {
		assertThat(fake.lookAll()).isNotEmpty().allSatisfy(f -> assertThat(f.severity()).as(f.toString()).isEqualTo(Severity.OK));
	}

	@Test
	void findingsTellPathsOfTheMachineAndNothingOfTheFolderItIsIn() throws IOException {
		fake.file("/tmp/strongroom-77-ab/log", "x");
		assertThat(fake.lookAll()).allSatisfy(f -> assertThat(f.toString()).doesNotContain(temp.toString()));
	}

	@ParameterizedTest
	@ValueSource(strings = { "/tmp/strongroom-77-AbCd1234/log", "/run/user/1000/strongroom-77-AbCd1234/log", "/dev/shm/strongroom-77-x/log", "/tmp/strongroom-demo-home-77-123/askpass",
			"/var/tmp/strongroom-demo-77-123/Vault/x" })
	void foldersOfProcessesThatAreGoneAreToBeTakenAway(String file) throws IOException {
		fake.file(file, "x");
		is("leak.temporary-files", Severity.WARNING, file.substring(0, file.indexOf('/', file.indexOf("strongroom"))) + ": A temporary folder");
	}

	@Test
	void foldersOfProcessesThatRunAreInOrder() throws IOException {
		fake.file("/dev/shm/strongroom-77-x/log", "x");
		fake.file("/proc/77/status", "x");
		is("leak.temporary-files", Severity.OK, "1 folder of processes that run");
	}

	@Test
	void copiesOfProcessesThatAreGoneAreReadable() throws IOException {
		fake.file("/run/user/1000/strongroom-lent-77-0123456789abcdef/1/notes.txt", "x");
		is("leak.temporary-files", Severity.WARNING, "/run/user/1000/strongroom-lent-77-0123456789abcdef: Readable copies that other programs worked on");
	}

	@Test
	void whatWasKeptIsReadable() throws IOException {
		fake.file("/dev/shm/strongroom-kept-0123456789abcdef/notes.txt", "x");
		is("leak.temporary-files", Severity.WARNING, "/dev/shm/strongroom-kept-0123456789abcdef: What another program had changed");
	}

	@Test
	void nothingIsClaimedOfNamesThatTellNoProcess() throws IOException {
		fake.file("/tmp/strongroom-server4711/x", "x");
		is("leak.temporary-files", Severity.NOTE, "whether a process still uses it cannot be told");
	}

	@Test
	void whatWaitedToBeSentIsEncryptedAndOnlyWorthKnowing() throws IOException {
		fake.file("/tmp/.strongroom-0123456789abcdef.spool", "x");
		is("leak.temporary-files", Severity.NOTE, "/tmp/.strongroom-0123456789abcdef.spool");
	}

	@Test
	void aDownloadThatWasCutOffIsReadable() throws IOException {
		fake.file("/home/me/Downloads/.strongroom-12ab.part", "x");
		is("leak.unfinished-downloads", Severity.WARNING, "/home/me/Downloads/.strongroom-12ab.part");
	}

	@Test
	void strongroomsOwnFilesBelongInItsHome() throws IOException {
		for (String own : List.of("bookmarks/HQ.bookmark", "known_hosts", "known_certificates", "connections/0af3"))
			fake.file("/home/me/.config/strongroom/" + own, "x");
		Files.setPosixFilePermissions(temp.resolve("home/me/.config/strongroom/bookmarks"), PosixFilePermissions.fromString("rwx------"));
		Files.setPosixFilePermissions(temp.resolve("home/me/.config/strongroom/connections"), PosixFilePermissions.fromString("rwx------"));
		is("leak.home-content", Severity.OK, "and nothing else");
		is("leak.home-permissions", Severity.OK, "its owner alone");
	}

	@Test
	void otherFilesDoNot() throws IOException {
		fake.file("/home/me/.config/strongroom/minutes.txt", "x");
		is("leak.home-content", Severity.NOTE, "minutes.txt");
	}

	@Test
	void rememberedSecretsAreTold() throws IOException {
		fake.file("/home/me/.config/strongroom/secure_storage", "x");
		is("leak.remembered-secrets", Severity.NOTE, "secure_storage");
		is("leak.home-content", Severity.OK, "nothing else");
	}

	@Test
	void aHomeThatOthersCanReadIsToBeClosed() throws IOException {
		Path file = fake.file("/home/me/.config/strongroom/known_hosts", "x");
		Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
		is("leak.home-permissions", Severity.NOTE, "1 item: /home/me/.config/strongroom/known_hosts");
		Files.setPosixFilePermissions(file.getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
		is("leak.home-permissions", Severity.WARNING, "2 items");
		only("leak.home-permissions").extracting(Finding::mend).isEqualTo("chmod -R go-rwx '/home/me/.config/strongroom'");
	}

	@Test
	void aHomeThatIsNotThereIsInOrder() throws IOException {
		Files.delete(temp.resolve("home/me/.config/strongroom"));
		is("leak.home-content", Severity.OK, "nothing was ever kept");
		is("leak.home-permissions", Severity.OK, "Is not there");
	}

	@Test
	void logsOfTheProductAreTold() throws IOException {
		fake.file("/product/configuration/1700000000.log", "");
		is("leak.logs", Severity.OK, "No log");
		fake.file("/product/configuration/1700000001.log", "!ENTRY org.eclipse.osgi");
		is("leak.logs", Severity.NOTE, "1 log there");
		fake.file("/product/configuration/1700000002.log", "hq.example.org");
		is("leak.logs", Severity.WARNING, "naming a server of yours");
	}

	private static String recent(String href, String application) {
		return """
				<?xml version="1.0" encoding="UTF-8"?>
				<xbel version="1.0">
				  <bookmark href="%s" added="2026-11-29T17:49:10Z">
				    <info><metadata><bookmark:applications>
				      <bookmark:application name="%s" exec="x" count="1"/>
				    </bookmark:applications></metadata></info>
				  </bookmark>
				</xbel>""".formatted(href, application);
	}

	@ParameterizedTest
	@CsvSource({ "file:///home/me/cv.odt,LibreOffice,OK,none of your servers", "sftp://me@hq.example.org/srv/a.txt,Editor,WARNING,1 name",
			"file:///run/user/1000/gvfs/sftp:host=hq.example.org/a.txt,Editor,WARNING,1 name", "file:///tmp/strongroom-demo-77-1/a.txt,Editor,WARNING,1 name",
			"file:///home/me/offer.odt,Strongroom,NOTE,1 file of this machine chosen in Strongroom", "sftp://thq.example.org/a,Editor,OK,none", "sftp://localhost/a,Editor,OK,none" })
	void theListOfRecentFilesMayNameServers(String href, String application, Severity severity, String says) throws IOException {
		fake.file("/home/me/.local/share/recently-used.xbel", recent(href, application));
		is("leak.recent-files", severity, says);
	}

	@Test
	void soMayThatOfKde() throws IOException {
		fake.file("/home/me/.local/share/RecentDocuments/a.desktop", "[Desktop Entry]\nURL[$e]=sftp://hq.example.org/srv/a.txt\n");
		fake.file("/home/me/.local/share/RecentDocuments/b.desktop", "[Desktop Entry]\nURL[$e]=file:/home/me/b.txt\n");
		is("leak.recent-files", Severity.WARNING, "RecentDocuments: 1 name");
	}

	@Test
	void theTrashMayHoldWhatCameFromStrongroom() throws IOException {
		fake.file("/home/me/.local/share/Trash/info/a.trashinfo", "[Trash Info]\nPath=/home/me/a.txt\n");
		is("leak.trash", Severity.OK, "Nothing from Strongroom");
		fake.file("/home/me/.local/share/Trash/info/b.trashinfo", "[Trash Info]\nPath=/home/me/Downloads/.strongroom-12ab.part\n");
		is("leak.trash", Severity.WARNING, "1 item");
	}

	@Test
	void thumbnailsStay() throws IOException {
		fake.file("/home/me/.cache/thumbnails/normal/0af3.png", "\u0089PNG tEXtThumb::URI file:///home/me/a.png");
		is("leak.thumbnails", Severity.NOTE, "1 small picture");
		fake.file("/home/me/.cache/thumbnails/large/0af4.png", "\u0089PNG tEXtThumb::URI sftp://hq.example.org/a.png");
		is("leak.thumbnails", Severity.WARNING, "1 small picture of files on servers");
	}

	@Test
	void theShellKeepsCommands() throws IOException {
		fake.file("/home/me/.bash_history", "ls /home\nstrongroom help\n./strongroom bookmark list\n");
		is("leak.shell-history", Severity.OK, "No shell");
		fake.file("/home/me/.bash_history", "./strongroom cat HQ:/Vault/secret-name.txt\n./strongroom ls sftp://me@hq/srv\n");
		is("leak.shell-history", Severity.NOTE, "2 commands");
		assertThat(fake.look("leak.shell-history")).noneSatisfy(f -> assertThat(f.toString()).contains("secret-name"));
	}

	@ParameterizedTest
	@CsvSource({ "/dev/dm-0,partition,OK,Swap is encrypted", "/dev/zram0,partition,OK,in memory", "/dev/sda3,partition,SERIOUS,/dev/sda3: Swap is not encrypted", "/dev/dm-1,partition,OK,Swap is encrypted",
			"/dev/dm-2,partition,SERIOUS,not encrypted", "/swapfile,file,OK,Swap is encrypted", "/data/swapfile,file,SERIOUS,swap file lies on a disk that is not encrypted", "/dev/nbd0,partition,UNCHECKED,does not tell" })
	void swapIsToBeEncrypted(String name, String type, Severity severity, String says) throws IOException {
		fake.plain("8:3", "sda3");
		fake.on("253:1", "dm-1", "dm-0");
		fake.on("253:2", "dm-2", "sda3");
		fake.mounts("253:0 / / rw shared:1 - ext4 /dev/mapper/root rw", "8:3 / /data rw - ext4 /dev/sda3 rw");
		fake.swap(name, type);
		is("leak.swap", severity, says);
	}

	@Test
	void whoseMemoryIsLockedHasNothingInSwap() throws IOException {
		fake.plain("8:3", "sda3");
		fake.swap("/dev/sda3", "partition");
		is("leak.swap", Severity.SERIOUS, "Swap is not encrypted");
		fake.file("/proc/self/limits", "Max locked memory         unlimited            unlimited            bytes     \n");
		is("leak.swap", Severity.NOTE, "keeps its own out of it");
	}

	@Test
	void swapInMemoryThatIsWrittenToADiskIsSwapOnThatDisk() throws IOException {
		fake.plain("8:3", "sda3");
		fake.file("/sys/class/block/zram0/backing_dev", "/dev/sda3\n");
		fake.swap("/dev/zram0", "partition");
		is("leak.swap", Severity.SERIOUS, "Swap is not encrypted");
		only("leak.swap").satisfies(f -> assertThat(f.mend()).contains("/etc/crypttab:  swap  /dev/zram0  /dev/urandom"));
	}

	@ParameterizedTest
	@CsvSource({ "freeze mem,,0:0,OK,cannot hibernate", "freeze mem disk,[disabled],8:3,OK,cannot hibernate", "freeze mem disk,[platform] shutdown,8:3,SERIOUS,not encrypted",
			"freeze mem disk,[platform] shutdown,253:0,OK,encrypted disk", "freeze mem disk,[platform] shutdown,7:7,UNCHECKED,does not tell" })
	void hibernationIsToBeEncrypted(String states, String modes, String resume, Severity severity, String says) throws IOException {
		fake.plain("8:3", "sda3");
		fake.file("/sys/power/state", states + "\n");
		fake.file("/sys/power/disk", (modes == null ? "" : modes) + "\n");
		fake.file("/sys/power/resume", resume + "\n");
		is("leak.hibernation", severity, says);
	}

	@ParameterizedTest
	@CsvSource({ "/dev/sda3,SERIOUS,not encrypted", "/dev/dm-0,OK,encrypted disk", "/dev/zram0,OK,nowhere to hibernate to" })
	void whereNothingIsSaidItGoesToTheSwap(String swap, Severity severity, String says) throws IOException {
		fake.plain("8:3", "sda3");
		fake.file("/sys/power/state", "freeze mem disk\n");
		fake.file("/sys/power/disk", "[platform] shutdown\n");
		fake.swap(swap, "partition");
		is("leak.hibernation", severity, says);
	}

	private void limit(String soft) throws IOException {
		fake.file("/proc/self/limits", "Max core file size        %-20s unlimited            bytes     \n".formatted(soft));
	}

	@ParameterizedTest
	@CsvSource({ "core,0,OK,limit for core files is 0", "core,unlimited,WARNING,would write its memory", "|/bin/false,unlimited,OK,keeps no core dumps", "|/usr/lib/systemd/systemd-coredump %P %u,0,OK,respects",
			"|/usr/lib/systemd/systemd-coredump %P %u,unlimited,WARNING,systemd-coredump", "|/usr/share/apport/apport -p%p,0,NOTE,handed to /usr/share/apport/apport" })
	void aCrashIsToLeaveNothing(String pattern, String limit, Severity severity, String says) throws IOException {
		fake.file("/proc/sys/kernel/core_pattern", pattern + "\n");
		limit(limit);
		is("leak.core-dumps", severity, says);
	}

	@Test
	void systemdMayBeToldToStoreNothing() throws IOException {
		fake.file("/proc/sys/kernel/core_pattern", "|/usr/lib/systemd/systemd-coredump %P %u\n");
		limit("unlimited");
		fake.file("/etc/systemd/coredump.conf", "[Coredump]\n#Storage=external\n");
		fake.file("/etc/systemd/coredump.conf.d/none.conf", "[Coredump]\nStorage=none\n");
		is("leak.core-dumps", Severity.OK, "stores nothing");
	}

	@Test
	void oldDumpsOfJavaAreSerious() throws IOException {
		fake.file("/var/lib/systemd/coredump/core.java.1000.0af3.77.zst", "x");
		fake.file("/var/lib/systemd/coredump/core.bash.1000.0af3.78.zst", "x");
		assertThat(fake.look("leak.core-dumps")).filteredOn(f -> f.severity() == Severity.SERIOUS).singleElement()
				.satisfies(f -> assertThat(f.what()).isEqualTo("1 dump of Java programs lies there."));
	}

	@ParameterizedTest
	@CsvSource({ "1,OK,may not read", "0,NOTE,ptrace_scope 0", ",NOTE,has no Yama" })
	void memoryIsToBeClosedToOtherPrograms(String scope, Severity severity, String says) throws IOException {
		Path file = fake.file("/proc/sys/kernel/yama/ptrace_scope", scope + "\n");
		if (scope == null)
			Files.delete(file);
		is("leak.ptrace", severity, says);
	}

	@Test
	void whatWasPrintedMayStay() throws IOException {
		fake.file("/var/spool/cups/tmp/x", "x");
		is("leak.print-spool", Severity.OK, "Nothing that was printed");
		fake.file("/var/spool/cups/c00012", "x");
		is("leak.print-spool", Severity.NOTE, "1 description");
		fake.file("/var/spool/cups/d00012-001", "x");
		is("leak.print-spool", Severity.WARNING, "1 document");
	}

	@ParameterizedTest
	@CsvSource(delimiter = ';', value = { "253:0 / / rw shared:1 - ext4 /dev/mapper/root rw;OK;encrypted disk", "8:3 / / rw - ext4 /dev/sda3 rw;WARNING;not encrypted (/dev/sda3)",
			"0:40 / / rw - btrfs /dev/mapper/root rw;OK;encrypted disk", "0:41 / / rw - tmpfs tmpfs rw;OK;in memory", "0:42 / / rw - nfs4 files:/home rw;UNCHECKED;files:/home, nfs4",
			"0:43 / / rw - zfs pool/home rw;UNCHECKED;zfs", "0:44 / / rw - fuse.gocryptfs /home/.me rw;OK;encrypted" })
	void theDiskIsToBeEncrypted(String mount, Severity severity, String says) throws IOException {
		fake.plain("8:3", "sda3");
		fake.file("/sys/class/block/dm-0/dm/name", "root\n");
		fake.mounts(mount);
		is("leak.disk", severity, says);
	}

	@Test
	void theDiskOfTheHomeCountsNotThatOfTheSystem() throws IOException {
		fake.plain("8:3", "sda3");
		fake.mounts("8:3 / / rw - ext4 /dev/sda3 rw", "253:0 / /home rw - ext4 /dev/mapper/home rw");
		is("leak.disk", Severity.OK, "/home/me: Lies on an encrypted disk");
	}

	@ParameterizedTest
	@CsvSource({ "/home/me/.cache/rclone/vfs/remote/a.txt,rclone", "/home/me/.davfs2/cache/a,davfs2", "/home/me/.config/Nextcloud/nextcloud.cfg,Nextcloud's sync client", "/home/me/.duck/profiles,Cyberduck",
			"/home/me/.config/filezilla/recentservers.xml,FileZilla", "/home/me/.local/share/Cryptomator/logs/a.log,Cryptomator", "/home/me/.local/share/gvfs-metadata/home,gvfs" })
	void whatOtherProgramsKeepIsTold(String file, String program) throws IOException {
		fake.file(file, "x");
		is("leak.other-programs", Severity.NOTE, program);
	}

	@Test
	void elsewhereThanOnLinuxNothingIsClaimedOfTheSystem() throws IOException {
		fake = new FakeMachine(Files.createDirectory(temp.resolve("other")), "Windows 11");
		assertThat(fake.lookAll()).filteredOn(f -> List.of("leak.swap", "leak.hibernation", "leak.core-dumps", "leak.disk", "leak.ptrace").contains(f.id())).hasSize(5)
				.allSatisfy(f -> assertThat(f.what()).endsWith("not checked on this system (Windows 11)."));
	}

	@Test
	void whatCannotBeReadIsToldAndLeavesTheRestItsSay() throws IOException {
		Files.delete(temp.resolve("proc/swaps"));
		is("leak.swap", Severity.UNCHECKED, "not checked");
		is("leak.ptrace", Severity.OK, "may not read");
	}

	@Test
	void theMachineTheTestsRunOnIsLookedAtWithoutFail() {
		assertThat(LeakCheck.of(Machine.here(), List.of())).hasSizeGreaterThanOrEqualTo(16).allSatisfy(f -> {
			assertThat(f.what()).isNotBlank().doesNotContain("\n");
			assertThat(f.id()).startsWith("leak.");
		});
	}
}
