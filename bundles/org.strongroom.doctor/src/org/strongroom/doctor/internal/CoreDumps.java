package org.strongroom.doctor.internal;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;

import org.strongroom.core.doctor.Finding;
import org.strongroom.doctor.Machine;

/** Whether a crash writes memory to the disk (core(5)), and whether one did. */
public final class CoreDumps implements Check {
	private static final Pattern LIMIT = Pattern.compile("(?m)^Max core file size\\s+(\\S+)");
	private static final Pattern STORAGE = Pattern.compile("(?m)^\\s*Storage\\s*=\\s*(\\w+)");
	private static final String WHY = "A crash would write all memory to the disk: keys, passphrases, open files.";
	/** A program that always fails keeps nothing; an empty pattern would leave the file's name to another setting. */
	private static final String NONE = "/etc/sysctl.d/50-coredump.conf:\nkernel.core_pattern=|/bin/false\nThen: sysctl --system";
	private static final String SYSTEMD = "/etc/systemd/coredump.conf.d/none.conf:\n[Coredump]\nStorage=none\nProcessSizeMax=0";

	@Override
	public String id() {
		return "leak.core-dumps";
	}

	@Override
	public String subject() {
		return "Core dumps";
	}

	@Override
	public void look(Machine machine, Mentions mentions, Consumer<Finding> found) throws IOException {
		String pattern = Reading.word(machine.at("/proc/sys/kernel/core_pattern")).orElseThrow(() -> new IOException("no core_pattern"));
		var limit = LIMIT.matcher(Reading.text(machine.at("/proc/self/limits")).orElse(""));
		boolean limited = limit.find() && limit.group(1).equals("0");
		found.accept(of(machine, pattern, limited));
		dumps(machine, found);
	}

	private Finding of(Machine machine, String pattern, boolean limited) throws IOException {
		String here = "this machine";
		if (pattern.startsWith("|/bin/false") || pattern.startsWith("|/usr/bin/false") || pattern.startsWith("|/bin/true"))
			return Finding.ok(id(), here, "The system keeps no core dumps.");
		if (!pattern.startsWith("|"))
			return limited ? Finding.ok(id(), here, "A crash of this process writes no memory to the disk (its limit for core files is 0).")
					: Finding.warning(id(), here, "A crash of this process would write its memory to a file.", WHY, "Start Strongroom by its own script, which sets the limit to 0 (ulimit -c 0); or for all:\n" + NONE);
		if (pattern.contains("systemd-coredump")) {
			if (storage(machine).equals("none"))
				return Finding.ok(id(), here, "systemd-coredump stores nothing (Storage=none).");
			// systemd-coredump(8): it keeps nothing of processes whose limit is 0
			return limited ? Finding.ok(id(), here, "A crash of this process is not stored: its limit for core files is 0, which systemd-coredump respects.")
					: Finding.warning(id(), here, "A crash of this process would be stored by systemd-coredump.", WHY, "Start Strongroom by its own script, which sets the limit to 0; or for all:\n" + SYSTEMD);
		}
		String program = pattern.substring(1).split(" ")[0];
		// core(5): the limit is not enforced where a program takes the dump
		return Finding.note(id(), here, "Crashes are handed to %s, which gets all memory of a program whatever its limit says.".formatted(program),
				"Strongroom has the kernel write none of itself where it can (prctl). Programs that you open saved files with do not: a crash of theirs would leave what they showed.", NONE);
	}

	private static String storage(Machine machine) throws IOException {
		var files = new ArrayList<Path>();
		files.add(machine.at("/etc/systemd/coredump.conf"));
		for (String folder : List.of("/usr/lib/systemd/coredump.conf.d", "/etc/systemd/coredump.conf.d", "/run/systemd/coredump.conf.d"))
			files.addAll(Reading.list(machine.at(folder)));
		String storage = "external";
		for (Path file : files) {
			var setting = STORAGE.matcher(Reading.text(file).orElse(""));
			while (setting.find())
				storage = setting.group(1);
		}
		return storage;
	}

	private void dumps(Machine machine, Consumer<Finding> found) {
		for (String folder : List.of("/var/lib/systemd/coredump", "/var/crash")) {
			try {
				int count = (int) Reading.list(machine.at(folder)).stream().map(Reading::name).filter(n -> n.contains("java") || n.contains("strongroom")).count();
				if (count > 0)
					found.accept(Finding.serious(id(), folder, "%s of Java programs %s there.".formatted(Reading.count(count, "dump"), count == 1 ? "lies" : "lie"),
							"If one was Strongroom's, it holds keys, passphrases and open files.", "rm " + folder + "/*java*"));
			} catch (AccessDeniedException e) {
				found.accept(Finding.unchecked(id(), folder, "Old dumps: not checked, for you may not read the folder."));
			} catch (IOException e) {
				found.accept(Finding.unchecked(id(), folder, "Old dumps: not checked, for the folder cannot be read."));
			}
		}
	}
}
