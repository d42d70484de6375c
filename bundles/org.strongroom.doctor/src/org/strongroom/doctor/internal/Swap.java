package org.strongroom.doctor.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;

import org.strongroom.core.doctor.Finding;
import org.strongroom.doctor.Machine;
import org.strongroom.doctor.internal.Disks.Encryption;

/** Where the system may write memory to: what is read in Strongroom is in memory. */
public final class Swap {
	private static final String WHY = "The system writes memory there, and with it readable pieces of files, and passphrases: whoever gets the disk can read them.";
	private static final String MEND = """
			swapoff -a
			Then leave swap out of /etc/fstab, use zram, or encrypt it under a key that is made anew at each start:
			/etc/crypttab:  swap  DEVICE  /dev/urandom  swap,cipher=aes-xts-plain64,size=512
			/etc/fstab:     /dev/mapper/swap  none  swap  sw  0  0
			Or permit Strongroom to keep its own memory out of it:
			/etc/security/limits.d/strongroom.conf:  *  -  memlock  unlimited""";
	private static final Pattern LIMIT = Pattern.compile("(?m)^Max locked memory +(\\S+)");

	private Swap() {
	}

	private record Area(String name, boolean device, Encryption encryption) {
	}

	private static List<Area> areas(Machine machine) throws IOException {
		var disks = new Disks(machine);
		var all = new ArrayList<Area>();
		for (String line : Reading.text(machine.at("/proc/swaps")).orElseThrow(() -> new IOException("no /proc/swaps")).lines().skip(1).toList()) {
			String[] words = line.strip().split("\\s+");
			if (words.length < 2)
				continue;
			String name = Disks.unescape(words[0]);
			boolean device = words[1].equals("partition");
			Encryption encryption;
			if (device) {
				encryption = disks.device(name.substring(name.lastIndexOf('/') + 1));
			} else {
				var mount = disks.mount(name);
				encryption = mount.isEmpty() ? Encryption.UNKNOWN : disks.of(mount.get());
			}
			all.add(new Area(name, device, encryption));
		}
		return all;
	}

	/** Whether memory of this process is never swapped out: it locks it where it may, see mlockall(2). */
	private static boolean isKeptOut(Machine machine) throws IOException {
		var limit = LIMIT.matcher(Reading.text(machine.at("/proc/self/limits")).orElse(""));
		return limit.find() && limit.group(1).equals("unlimited");
	}

	/** What is in use as swap. */
	public static final class Areas implements Check {
		@Override
		public String id() {
			return "leak.swap";
		}

		@Override
		public String subject() {
			return "Swap";
		}

		@Override
		public void look(Machine machine, Mentions mentions, Consumer<Finding> found) throws IOException {
			List<Area> areas = areas(machine);
			if (areas.isEmpty())
				found.accept(Finding.ok(id(), "this machine", "No swap is in use."));
			boolean isKeptOut = isKeptOut(machine);
			for (Area area : areas)
				found.accept(switch (area.encryption()) {
				case ENCRYPTED -> Finding.ok(id(), area.name(), "Swap is encrypted.");
				case MEMORY -> Finding.ok(id(), area.name(), "Swap is in memory (zram).");
				case PLAIN -> isKeptOut ? Finding.note(id(), area.name(), "Swap is not encrypted; Strongroom, which may lock its memory, keeps its own out of it.",
						"What other programs show of files that were saved on this machine may be written there.", MEND.replace("DEVICE", area.device() ? area.name() : "a partition or a loop device")) : Finding.serious(id(), area.name(), area.device() ? "Swap is not encrypted." : "The swap file lies on a disk that is not encrypted.", WHY,
						area.device() ? MEND.replace("DEVICE", area.name()) : MEND.replace("DEVICE", "a partition or a loop device"));
				case UNKNOWN -> Finding.unchecked(id(), area.name(), "Swap: the system does not tell whether it is encrypted.");
				});
		}
	}

	/** Whether all memory may be written to a disk when the machine is put to sleep. */
	public static final class Hibernation implements Check {
		@Override
		public String id() {
			return "leak.hibernation";
		}

		@Override
		public String subject() {
			return "Hibernation";
		}

		@Override
		public void look(Machine machine, Mentions mentions, Consumer<Finding> found) throws IOException {
			// kernel, Documentation/admin-guide/pm/sleep-states: "disk" is offered if it can hibernate at all
			String states = Reading.word(machine.at("/sys/power/state")).orElse("");
			String modes = Reading.word(machine.at("/sys/power/disk")).orElse("");
			String resume = Reading.word(machine.at("/sys/power/resume")).orElse("0:0");
			if (!List.of(states.split(" ")).contains("disk") || modes.contains("[disabled]")) {
				found.accept(Finding.ok(id(), "this machine", "The system cannot hibernate."));
				return;
			}
			List<Area> onDisk = areas(machine).stream().filter(a -> a.encryption() != Encryption.MEMORY).toList();
			Encryption where;
			if (!resume.equals("0:0") && !resume.isEmpty())
				where = new Disks(machine).numbered(resume);
			else if (onDisk.isEmpty()) {
				found.accept(Finding.ok(id(), "this machine", "There is nowhere to hibernate to: no swap is on a disk."));
				return;
			} else
				where = onDisk.stream().anyMatch(a -> a.encryption() == Encryption.PLAIN) ? Encryption.PLAIN
						: onDisk.stream().anyMatch(a -> a.encryption() == Encryption.UNKNOWN) ? Encryption.UNKNOWN : Encryption.ENCRYPTED;
			found.accept(switch (where) {
			case ENCRYPTED, MEMORY -> Finding.ok(id(), "this machine", "Hibernation goes to an encrypted disk.");
			case UNKNOWN -> Finding.unchecked(id(), "this machine", "Hibernation: the system does not tell whether what it is written to is encrypted.");
			case PLAIN -> Finding.serious(id(), "this machine", "Hibernation would write all memory to a disk that is not encrypted.",
					"Unlocked vaults, their keys and open files are in memory. Once written, they can be read from the disk.",
					"systemctl mask hibernate.target hybrid-sleep.target suspend-then-hibernate.target\nor put swap on an encrypted disk.");
			});
		}
	}
}
