package org.strongroom.doctor;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import org.strongroom.core.Bookmark;
import org.strongroom.core.doctor.Finding;
import org.strongroom.doctor.internal.Check;
import org.strongroom.doctor.internal.CoreDumps;
import org.strongroom.doctor.internal.DesktopTraces;
import org.strongroom.doctor.internal.HomeDisk;
import org.strongroom.doctor.internal.Mentions;
import org.strongroom.doctor.internal.OtherPrograms;
import org.strongroom.doctor.internal.OwnFiles;
import org.strongroom.doctor.internal.PrintSpool;
import org.strongroom.doctor.internal.Ptrace;
import org.strongroom.doctor.internal.ShellHistory;
import org.strongroom.doctor.internal.Swap;

/** Looks on a machine for what Strongroom, the desktop or the system may have left readable there, and for where memory may go. Reads only. */
public final class LeakCheck {
	private static final List<Check> CHECKS = List.of(new OwnFiles.Temporary(), new OwnFiles.Unfinished(), new OwnFiles.HomeContent(), new OwnFiles.HomePermissions(), new OwnFiles.Logs(),
			new DesktopTraces.Recent(), new DesktopTraces.Trash(), new DesktopTraces.Thumbnails(), new ShellHistory(), new Swap.Areas(), new Swap.Hibernation(), new CoreDumps(), new Ptrace(),
			new PrintSpool(), new HomeDisk(), new OtherPrograms());

	private LeakCheck() {
	}

	/**
	 * Looks.
	 *
	 * @param bookmarks whose servers are looked for in the desktop's lists
	 * @return findings, each check has one at least
	 */
	public static List<Finding> of(Machine machine, Collection<Bookmark> bookmarks) {
		var found = new ArrayList<Finding>();
		var mentions = Mentions.of(bookmarks, machine);
		for (Check check : CHECKS) {
			if (check.isLinuxOnly() && !machine.isLinux()) {
				found.add(Finding.unchecked(check.id(), "this machine", check.subject() + ": not checked on this system (" + machine.system() + ")."));
				continue;
			}
			int before = found.size();
			try {
				check.look(machine, mentions, found::add);
			} catch (IOException | RuntimeException e) {
				// one that cannot be made leaves the others their say
				found.subList(before, found.size()).removeIf(f -> f.severity() == Finding.Severity.OK);
				found.add(Finding.unchecked(check.id(), "this machine", check.subject() + ": not checked, for it cannot be read (" + e.getClass().getSimpleName() + ")."));
			}
		}
		return List.copyOf(found);
	}
}
