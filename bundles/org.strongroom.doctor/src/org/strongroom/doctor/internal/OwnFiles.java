package org.strongroom.doctor.internal;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.strongroom.core.doctor.Finding;
import org.strongroom.core.storage.StoragePaths;
import org.strongroom.doctor.Machine;

/** What Strongroom itself has on a machine. */
public final class OwnFiles {
	/** How the start script and the demo name their folders, after the process they belong to, and a process those with copies that other programs work on. */
	private static final Pattern OF_A_PROCESS = Pattern.compile("strongroom-(?:demo-|demo-home-|lent-)?(\\d{1,18})-.+");
	private static final String LENT = "strongroom-lent-";
	/** Of what another program had changed, and could not be saved. */
	private static final String KEPT = "strongroom-kept-";
	private static final String ANY = "strongroom-";
	/** Of an upload that did not fit into memory; encrypted under a key that was in memory alone. */
	private static final String SPOOL = ".spool";

	private OwnFiles() {
	}

	/** Folders and files for the time that a process runs. */
	public static final class Temporary implements Check {
		@Override
		public String id() {
			return "leak.temporary-files";
		}

		@Override
		public String subject() {
			return "Strongroom's temporary files";
		}

		@Override
		public boolean isLinuxOnly() {
			return false;
		}

		@Override
		public void look(Machine machine, Mentions mentions, Consumer<Finding> found) throws IOException {
			var places = new LinkedHashSet<Path>();
			for (String variable : List.of("TMPDIR", "XDG_RUNTIME_DIR"))
				machine.folder(variable).ifPresent(places::add);
			if (machine.isLinux())
				List.of("/tmp", "/var/tmp", "/dev/shm").forEach(p -> places.add(machine.at(p)));
			else
				places.add(Path.of(System.getProperty("java.io.tmpdir")));
			int running = 0;
			int left = 0;
			for (Path place : places) {
				for (Path path : Reading.list(place)) {
					String name = Reading.name(path);
					Matcher owner = OF_A_PROCESS.matcher(name);
					if (owner.matches() && isAlive(machine, owner.group(1))) {
						running++;
					} else if (name.startsWith(StoragePaths.TEMPORARY) && name.endsWith(SPOOL)) {
						left++;
						found.accept(Finding.note(id(), machine.name(path), "What waited to be sent when Strongroom was killed is still there.",
								"It is encrypted, and its key was in memory alone: nobody can read it. It takes room.", "rm '%s'".formatted(machine.name(path))));
					} else if (owner.matches() && name.startsWith(LENT)) {
						left++;
						found.accept(Finding.warning(id(), machine.name(path), "Readable copies that other programs worked on were left by a process that is gone.",
								"They are in memory until you log out or the machine is started anew. They should be gone when that process ends; it may have been killed.",
								"rm -r '%s'\nor start the workbench once, or sign in by any command: that takes away what is left by those that are gone.".formatted(machine.name(path))));
					} else if (name.startsWith(KEPT)) {
						left++;
						found.accept(Finding.warning(id(), machine.name(path), "What another program had changed, and could not be saved on the server, is kept there, readable.",
								"'strongroom edit' left it so that nothing is lost. It is in memory until you log out or the machine is started anew.",
								"Put it where it belongs ('strongroom put'), then: rm -r '%s'".formatted(machine.name(path))));
					} else if (owner.matches() || name.startsWith(StoragePaths.TEMPORARY)) {
						left++;
						found.accept(Finding.warning(id(), machine.name(path), "A temporary %s of Strongroom was left by a process that is gone.".formatted(kind(path)),
								"The workbench keeps its notes there while it runs (the demo: keys and a vault). They should be gone when it ends; it may have been killed.",
								"rm -r '%s'\nor start the workbench once: it takes away what is left by those that are gone.".formatted(machine.name(path))));
					} else if (name.startsWith(ANY)) {
						left++;
						found.accept(Finding.note(id(), machine.name(path), "A temporary %s with a name like Strongroom's; whether a process still uses it cannot be told.".formatted(kind(path)),
								"Strongroom itself makes none of that name; programs beside it may.", "If nothing uses it: rm -r '%s'".formatted(machine.name(path))));
					}
				}
			}
			if (left == 0)
				found.accept(Finding.ok(id(), "this machine", "Nothing is left in the folders for temporary files"
						+ (running == 0 ? "." : "; " + Reading.count(running, "folder") + " of processes that run.")));
		}

		private static String kind(Path path) {
			return Files.isDirectory(path) ? "folder" : "file";
		}

		private static boolean isAlive(Machine machine, String process) {
			return machine.isLinux() ? Files.exists(machine.at("/proc/" + process)) : ProcessHandle.of(Long.parseLong(process)).isPresent();
		}
	}

	/** Downloads that were cut off. */
	public static final class Unfinished implements Check {
		private static final List<String> FOLDERS = List.of("", "Desktop", "Documents", "Downloads");

		@Override
		public String id() {
			return "leak.unfinished-downloads";
		}

		@Override
		public String subject() {
			return "Downloads that were cut off";
		}

		@Override
		public boolean isLinuxOnly() {
			return false;
		}

		@Override
		public void look(Machine machine, Mentions mentions, Consumer<Finding> found) throws IOException {
			boolean any = false;
			for (String folder : FOLDERS)
				for (Path path : Reading.list(machine.user().resolve(folder)))
					if (Reading.name(path).startsWith(StoragePaths.TEMPORARY) && Reading.name(path).endsWith(".part")) {
						any = true;
						found.accept(Finding.warning(id(), machine.name(path), "Part of a file that was being downloaded when Strongroom was killed.",
								"What was saved to this machine is readable, and nobody misses this piece.", "rm '%s'".formatted(machine.name(path))));
					}
			if (!any)
				found.accept(Finding.ok(id(), machine.name(machine.user()), "No unfinished download lies in it, nor in Desktop, Documents, Downloads."));
		}
	}

	/** What lies in Strongroom's home. */
	public static final class HomeContent implements Check {
		/** See the README, What is stored on this machine. */
		private static final Set<String> KNOWN = Set.of("bookmarks", "connections", "known_hosts", "known_certificates", "secure_storage", "audit", "policy", "policy-seen", "travelling", "installation");

		@Override
		public String id() {
			return "leak.home-content";
		}

		@Override
		public String subject() {
			return "Strongroom's home";
		}

		@Override
		public boolean isLinuxOnly() {
			return false;
		}

		@Override
		public void look(Machine machine, Mentions mentions, Consumer<Finding> found) throws IOException {
			String home = machine.name(machine.home());
			var strange = new ArrayList<String>();
			for (Path path : Reading.list(machine.home()))
				if (KNOWN.stream().noneMatch(k -> isOf(k, Reading.name(path))))
					strange.add(Reading.name(path));
			if (strange.isEmpty())
				found.accept(Finding.ok(id(), home, Files.exists(machine.home()) ? "Holds what Strongroom keeps there, and nothing else." : "Is not there: nothing was ever kept."));
			else
				found.accept(Finding.note(id(), home, "Holds what Strongroom does not keep there: %s.".formatted(shown(strange)),
						"Strongroom puts nothing readable there; somebody else did.", "Look at it, and take away what does not belong there."));
			if (Files.exists(machine.home().resolve("secure_storage")))
				found.accept(Finding.note("leak.remembered-secrets", machine.name(machine.home().resolve("secure_storage")), "Passphrases or passwords are remembered.",
						"They are encrypted under a key in the desktop's keyring: whoever is at the unlocked desktop can use them.", "Vault > Forget Remembered Secrets in the workbench, if that is not wanted."));
		}

		/** The file itself, or one that it has beside it, such as {@code known_hosts.lock}. */
		private static boolean isOf(String known, String name) {
			return name.equals(known) || name.startsWith(known + ".");
		}
	}

	/** Who may read Strongroom's home. */
	public static final class HomePermissions implements Check {
		private static final Set<PosixFilePermission> OTHERS = EnumSet.copyOf(PosixFilePermissions.fromString("---rwxrwx"));
		private static final int DEEPEST = 3;

		@Override
		public String id() {
			return "leak.home-permissions";
		}

		@Override
		public String subject() {
			return "Permissions of Strongroom's home";
		}

		@Override
		public void look(Machine machine, Mentions mentions, Consumer<Finding> found) throws IOException {
			String home = machine.name(machine.home());
			if (!Files.exists(machine.home())) {
				found.accept(Finding.ok(id(), home, "Is not there: nobody can read it."));
				return;
			}
			var open = new ArrayList<String>();
			// where others do not get into the folder, what is in it is theirs to ask for in vain
			boolean closed = !isOpen(machine.home());
			walk(machine, machine.home(), 0, open);
			if (open.isEmpty())
				found.accept(Finding.ok(id(), home, "Is for its owner alone (folders 0700, files 0600)."));
			else
				found.accept(new Finding(id(), closed ? Finding.Severity.NOTE : Finding.Severity.WARNING, home,
						"Others have permissions for %s: %s.".formatted(Reading.count(open.size(), "item"), shown(open)),
						closed ? "They do not get into the folder, so nothing is open; it should not depend on that alone."
								: "Other accounts of this machine learn your servers and accounts, or may change which host keys are trusted.",
						"chmod -R go-rwx '%s'".formatted(home)));
		}

		private static void walk(Machine machine, Path path, int depth, List<String> open) throws IOException {
			if (isOpen(path))
				open.add(machine.name(path));
			if (depth < DEEPEST && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
				for (Path child : Reading.list(path))
					walk(machine, child, depth + 1, open);
		}

		private static boolean isOpen(Path path) throws IOException {
			if (Files.isSymbolicLink(path))
				return false;
			try {
				return Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS).stream().anyMatch(OTHERS::contains);
			} catch (FileSystemException e) {
				if (!Reading.exists(path))
					return false; // taken away meanwhile, as those in connections are
				throw e;
			}
		}
	}

	/** What Eclipse notes of errors beside the product's settings. */
	public static final class Logs implements Check {
		@Override
		public String id() {
			return "leak.logs";
		}

		@Override
		public String subject() {
			return "Logs of the product";
		}

		@Override
		public boolean isLinuxOnly() {
			return false;
		}

		@Override
		public void look(Machine machine, Mentions mentions, Consumer<Finding> found) throws IOException {
			if (machine.configuration().isEmpty()) {
				found.accept(Finding.unchecked(id(), "this machine", "Logs of the product: not checked, its configuration folder is not known."));
				return;
			}
			Path folder = machine.configuration().get();
			var logs = new ArrayList<Path>();
			for (Path path : Reading.list(folder))
				if (Reading.name(path).endsWith(".log") && Files.size(path) > 0)
					logs.add(path);
			boolean mentioned = false;
			for (Path log : logs)
				mentioned |= mentions.in(Reading.text(log).orElse(""));
			if (logs.isEmpty())
				found.accept(Finding.ok(id(), machine.name(folder), "No log lies there."));
			else
				found.accept(new Finding(id(), mentioned ? Finding.Severity.WARNING : Finding.Severity.NOTE, machine.name(folder),
						"%s there%s.".formatted(Reading.count(logs.size(), "log"), mentioned ? ", naming a server of yours" : ""),
						"Eclipse writes one when it fails to start. It should hold nothing of your servers.", "rm '%s'/*.log".formatted(machine.name(folder))));
		}
	}

	private static String shown(List<String> names) {
		return String.join(", ", names.subList(0, Math.min(3, names.size()))) + (names.size() > 3 ? ", and " + (names.size() - 3) + " more" : "");
	}
}
