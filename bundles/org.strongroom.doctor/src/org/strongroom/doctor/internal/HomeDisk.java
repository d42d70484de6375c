package org.strongroom.doctor.internal;

import java.io.IOException;
import java.util.function.Consumer;

import org.strongroom.core.doctor.Finding;
import org.strongroom.doctor.Machine;

/** Whether what the person saves to this machine lies on an encrypted disk. */
public final class HomeDisk implements Check {
	@Override
	public String id() {
		return "leak.disk";
	}

	@Override
	public String subject() {
		return "Encryption of the disk";
	}

	@Override
	public void look(Machine machine, Mentions mentions, Consumer<Finding> found) throws IOException {
		var disks = new Disks(machine);
		String user = machine.name(machine.user());
		var mount = disks.mount(user);
		if (mount.isEmpty()) {
			found.accept(Finding.unchecked(id(), user, "The system does not tell which disk it lies on."));
			return;
		}
		found.accept(switch (disks.of(mount.get())) {
		case ENCRYPTED -> Finding.ok(id(), user, "Lies on an encrypted disk.");
		case MEMORY -> Finding.ok(id(), user, "Lies in memory, not on a disk.");
		case UNKNOWN -> Finding.unchecked(id(), user, "The system does not tell whether its disk (%s, %s) is encrypted.".formatted(mount.get().source(), mount.get().type()));
		case PLAIN -> Finding.warning(id(), user, "Lies on a disk that is not encrypted (%s).".formatted(mount.get().source()),
				"Strongroom writes nothing readable there by itself. What you save to this machine, your SSH keys and bookmarks can be read by whoever gets the disk.",
				"Encrypt the disk (LUKS; systems offer that when they are installed). A disk that encrypts itself, or fscrypt, is not seen here.");
		});
	}
}
