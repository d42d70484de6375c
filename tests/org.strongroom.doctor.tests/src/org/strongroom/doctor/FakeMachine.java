package org.strongroom.doctor;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.strongroom.core.Bookmark;
import org.strongroom.core.doctor.Finding;

/** A machine made up of files in a folder: Linux, with one account, nothing to be found on it. */
final class FakeMachine {
	private final Path root;
	private final Machine machine;

	FakeMachine(Path folder) throws IOException {
		this(folder, "Linux");
	}

	FakeMachine(Path folder, String system) throws IOException {
		root = folder;
		machine = new Machine(system, root, root.resolve("home/me"), root.resolve("home/me/.config/strongroom"), Optional.of(root.resolve("product/configuration")),
				Map.of("XDG_RUNTIME_DIR", "/run/user/1000", "HOME", "/home/me"));
		Files.createDirectories(root.resolve("home/me/.config"));
		Files.createDirectory(machine.home(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
		file("/proc/swaps", "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
		file("/proc/sys/kernel/core_pattern", "core\n");
		file("/proc/sys/kernel/yama/ptrace_scope", "1\n");
		file("/proc/self/limits", "Limit                     Soft Limit           Hard Limit           Units     \nMax core file size        0                    unlimited            bytes     \n");
		file("/sys/power/state", "freeze mem\n");
		mounts("253:0 / / rw shared:1 - ext4 /dev/mapper/root rw");
		encrypted("253:0", "dm-0");
	}

	Machine machine() {
		return machine;
	}

	/** Puts a file there, private. */
	Path file(String path, String content) throws IOException {
		Path file = machine.at(path);
		Files.createDirectories(file.getParent());
		Files.writeString(file, content);
		return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
	}

	/** The lines of {@code mountinfo}, each from the numbers of the device on. */
	void mounts(String... lines) throws IOException {
		var text = new StringBuilder();
		for (int i = 0; i < lines.length; i++)
			text.append(30 + i).append(" 1 ").append(lines[i]).append('\n');
		file("/proc/self/mountinfo", text.toString());
	}

	/** A disk that is not encrypted. */
	void plain(String numbers, String name) throws IOException {
		file("/sys/class/block/" + name + "/size", "1000\n");
		file("/sys/dev/block/" + numbers + "/size", "1000\n");
	}

	/** One made by cryptsetup. */
	void encrypted(String numbers, String name) throws IOException {
		file("/sys/class/block/" + name + "/dm/uuid", "CRYPT-LUKS2-0123-root\n");
		file("/sys/dev/block/" + numbers + "/dm/uuid", "CRYPT-LUKS2-0123-root\n");
	}

	/** A logical volume on another disk. */
	void on(String numbers, String name, String below) throws IOException {
		for (String device : List.of("/sys/dev/block/" + numbers, "/sys/class/block/" + name)) {
			file(device + "/dm/uuid", "LVM-abc\n");
			file(device + "/slaves/" + below + "/size", "1000\n");
		}
	}

	void swap(String name, String type) throws IOException {
		file("/proc/swaps", "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n%-40s%s\t2097148\t\t0\t\t-2\n".formatted(name, type));
	}

	/** What is found by one check. */
	List<Finding> look(String id) {
		return lookAll().stream().filter(f -> f.id().equals(id)).toList();
	}

	List<Finding> lookAll() {
		return LeakCheck.of(machine, List.of(new Bookmark("HQ", URI.create("sftp://me@hq.example.org:2222/srv")), new Bookmark("Here", URI.create("sftp://me@localhost/"))));
	}
}
