package org.strongroom.doctor.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.strongroom.doctor.Machine;

/** Which disks are encrypted, as the kernel of Linux tells: device mapper (dm-crypt) and what lies on it, such as LVM. A disk that encrypts itself does not tell. */
final class Disks {
	/** How device mapper's own tools begin the UUID of an encrypted device (cryptsetup, {@code DM_UUID_PREFIX}). */
	private static final String CRYPT = "CRYPT-";
	private static final Set<String> ENCRYPTING = Set.of("ecryptfs", "fuse.gocryptfs", "fuse.encfs", "fuse.cryfs");
	private static final Set<String> MEMORY = Set.of("tmpfs", "ramfs");
	private static final int DEEPEST = 8;

	private final Machine machine;

	Disks(Machine machine) {
		this.machine = machine;
	}

	/** What is known of a disk or file system. */
	enum Encryption {
		ENCRYPTED, PLAIN,
		/** It is no disk: gone with the power. */
		MEMORY,
		/** Of another machine, or of a kind that does not tell. */
		UNKNOWN
	}

	/** A block device by the name that the kernel gives it, such as {@code dm-0}. */
	Encryption device(String name) throws IOException {
		return name.startsWith("zram") ? zram(name) : below(machine.at("/sys/class/block/" + name), 0);
	}

	/** Compressed memory, unless it was told to write some of it to a disk (kernel, admin-guide/blockdev/zram). */
	private Encryption zram(String name) throws IOException {
		String backing = Reading.word(machine.at("/sys/class/block/" + name + "/backing_dev")).orElse("none");
		return backing.equals("none") || backing.isEmpty() ? Encryption.MEMORY : device(backing.substring(backing.lastIndexOf('/') + 1));
	}

	/** A block device by its numbers, {@code 253:0}. */
	Encryption numbered(String numbers) throws IOException {
		return below(machine.at("/sys/dev/block/" + numbers), 0);
	}

	private Encryption below(Path device, int depth) throws IOException {
		if (!Reading.exists(device) || depth > DEEPEST)
			return Encryption.UNKNOWN;
		if (Reading.word(device.resolve("dm/uuid")).orElse("").startsWith(CRYPT))
			return Encryption.ENCRYPTED;
		List<Path> slaves = Reading.list(device.resolve("slaves"));
		if (slaves.isEmpty())
			return Encryption.PLAIN;
		var of = new ArrayList<Encryption>();
		for (Path slave : slaves)
			of.add(below(machine.at("/sys/class/block/" + Reading.name(slave)), depth + 1));
		return of.contains(Encryption.PLAIN) ? Encryption.PLAIN : of.contains(Encryption.UNKNOWN) ? Encryption.UNKNOWN : Encryption.ENCRYPTED;
	}

	/**
	 * A mounted file system.
	 *
	 * @param point where
	 * @param numbers of its device
	 * @param source as mounted, such as {@code /dev/mapper/home}
	 */
	record Mount(String point, String numbers, String type, String source) {
	}

	/** The file system that a file of the machine lies on. */
	Optional<Mount> mount(String path) throws IOException {
		Mount best = null;
		// proc_pid_mountinfo(5): id, parent, numbers, root, point, options, optional fields, "-", type, source, options
		for (String line : Reading.text(machine.at("/proc/self/mountinfo")).orElse("").lines().toList()) {
			String[] halves = line.split(" - ", 2);
			String[] first = halves[0].split(" ");
			String[] second = halves.length < 2 ? new String[0] : halves[1].split(" ");
			if (first.length < 5 || second.length < 2)
				continue;
			String point = unescape(first[4]);
			boolean holds = path.equals(point) || path.startsWith(point.equals("/") ? "/" : point + "/");
			// of two at one point the later one hides the other
			if (holds && (best == null || point.length() >= best.point().length()))
				best = new Mount(point, first[2], second[0], unescape(second[1]));
		}
		return Optional.ofNullable(best);
	}

	Encryption of(Mount mount) throws IOException {
		if (ENCRYPTING.contains(mount.type()))
			return Encryption.ENCRYPTED;
		if (MEMORY.contains(mount.type()))
			return Encryption.MEMORY;
		if (mount.type().equals("zfs"))
			return Encryption.UNKNOWN; // it encrypts by itself, or not
		Encryption byNumbers = numbered(mount.numbers());
		if (byNumbers != Encryption.UNKNOWN || !mount.source().startsWith("/dev/"))
			return byNumbers;
		// btrfs has numbers of its own
		String name = mount.source().substring(mount.source().lastIndexOf('/') + 1);
		if (mount.source().startsWith("/dev/mapper/"))
			for (Path device : Reading.list(machine.at("/sys/class/block")))
				if (Reading.word(device.resolve("dm/name")).orElse("").equals(name))
					return below(device, 0);
		return device(name);
	}

	/** The kernel writes blanks and the like as octal numbers. */
	static String unescape(String text) {
		return text.replace("\\040", " ").replace("\\011", "\t").replace("\\012", "\n").replace("\\134", "\\");
	}
}
