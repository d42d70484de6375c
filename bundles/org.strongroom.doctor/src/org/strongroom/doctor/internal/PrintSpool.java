package org.strongroom.doctor.internal;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

import org.strongroom.core.doctor.Finding;
import org.strongroom.doctor.Machine;

/** What was printed and is still there (CUPS: files {@code d…} are documents, {@code c…} their descriptions). */
public final class PrintSpool implements Check {
	@Override
	public String id() {
		return "leak.print-spool";
	}

	@Override
	public String subject() {
		return "The printer's spool";
	}

	@Override
	public void look(Machine machine, Mentions mentions, Consumer<Finding> found) throws IOException {
		Path spool = machine.at("/var/spool/cups");
		if (!Files.exists(spool)) {
			found.accept(Finding.ok(id(), machine.name(spool), "There is no print system (CUPS)."));
			return;
		}
		try {
			var names = Reading.list(spool).stream().map(Reading::name).toList();
			int documents = (int) names.stream().filter(n -> n.matches("d\\d+-\\d+")).count();
			int descriptions = (int) names.stream().filter(n -> n.matches("c\\d+")).count();
			String mend = "cancel -a -x\n/etc/cups/cups-files.conf and cupsd.conf: PreserveJobFiles No, PreserveJobHistory No";
			if (documents > 0)
				found.accept(Finding.warning(id(), machine.name(spool), "%s that %s printed or %s to be.".formatted(Reading.count(documents, "document"), documents == 1 ? "was" : "were", documents == 1 ? "waits" : "wait"),
						"They are readable copies of what was printed.", mend));
			else if (descriptions > 0)
				found.accept(Finding.note(id(), machine.name(spool), "%s of what was printed.".formatted(Reading.count(descriptions, "description")), "They hold titles, which are names of files.", mend));
			else
				found.accept(Finding.ok(id(), machine.name(spool), "Nothing that was printed is there."));
		} catch (AccessDeniedException e) {
			found.accept(Finding.unchecked(id(), machine.name(spool), "Not checked, for only the administrator may look: sudo ls " + machine.name(spool)));
		}
	}
}
