package org.strongroom.doctor.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;

import org.strongroom.core.doctor.Finding;
import org.strongroom.doctor.Machine;

/** Commands that name files in vaults are kept by the shell they were typed in. */
public final class ShellHistory implements Check {
	/** A command with a place on a server. */
	private static final Pattern COMMAND = Pattern.compile("\\bstrongroom\\b[^\\n]*?\\s\\S*(?:\\w:/|://)\\S");

	@Override
	public String id() {
		return "leak.shell-history";
	}

	@Override
	public String subject() {
		return "The shell's history";
	}

	@Override
	public void look(Machine machine, Mentions mentions, Consumer<Finding> found) throws IOException {
		boolean any = false;
		for (Path file : List.of(machine.user().resolve(".bash_history"), machine.user().resolve(".zsh_history"), machine.data().resolve("fish/fish_history"))) {
			int count = (int) COMMAND.matcher(Reading.text(file).orElse("")).results().count();
			if (count == 0)
				continue;
			any = true;
			found.accept(Finding.note(id(), machine.name(file), "%s that %s places on servers.".formatted(Reading.count(count, "command"), count == 1 ? "names" : "name"),
					"Names of files in a vault are encrypted on the server, and readable in this file.",
					"~/.bashrc:\nHISTIGNORE='*strongroom *'\nThen remove those lines from the file. 'strongroom shell' keeps no history."));
		}
		if (!any)
			found.accept(Finding.ok(id(), machine.name(machine.user()), "No shell's history names places on servers with Strongroom."));
	}
}
