package org.strongroom.doctor.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

import org.strongroom.core.doctor.Finding;
import org.strongroom.doctor.Machine;

/** What other programs for the same servers and vaults are known to keep on a machine. */
public final class OtherPrograms implements Check {
	private record Known(String program, List<Path> places, String keeps, String mend) {
	}

	@Override
	public String id() {
		return "leak.other-programs";
	}

	@Override
	public String subject() {
		return "Caches of other programs";
	}

	private static List<Known> known(Machine machine) {
		Path user = machine.user();
		Path caches = machine.caches();
		Path settings = machine.settings();
		Path data = machine.data();
		return List.of(
				new Known("rclone", List.of(caches.resolve("rclone/vfs"), caches.resolve("rclone/vfsMeta")), "copies of files that were opened on a mounted drive, readable", "rclone mount with --vfs-cache-mode off, and rm -r PLACE"),
				new Known("Cyberduck", List.of(user.resolve(".duck"), user.resolve(".CyberDuck"), settings.resolve("Cyberduck"), user.resolve("Library/Application Support/Cyberduck")),
						"bookmarks, a history of servers, and a log of what was done", "rm -r PLACE, if it is not used"),
				new Known("Mountain Duck", List.of(user.resolve("Library/Group Containers/G69SCX94XU.duck"), user.resolve(".wine/drive_c/users/Public/Mountain Duck")),
						"copies of files that were opened on its drive, readable", "Preferences > Sync > delete the cache on disconnecting; then rm -r PLACE"),
				new Known("WinSCP", List.of(user.resolve(".wine/drive_c/users/" + Reading.name(user) + "/AppData/Roaming/WinSCP.ini"), user.resolve(".wine/drive_c/users/" + Reading.name(user) + "/Temp")),
						"sessions, and temporary copies of files that were edited", "rm -r PLACE, if it is not used"),
				new Known("FileZilla", List.of(settings.resolve("filezilla/recentservers.xml"), settings.resolve("filezilla/sitemanager.xml"), user.resolve(".filezilla/recentservers.xml")),
						"servers and accounts, and passwords that are encoded, not encrypted, unless a master password was set", "Set a master password in FileZilla, or rm PLACE"),
				new Known("Cryptomator", List.of(data.resolve("Cryptomator/logs"), user.resolve(".local/share/Cryptomator/logs"), user.resolve(".Cryptomator/logs")),
						"logs that name vaults, and in debug mode names of files", "rm -r PLACE; Preferences > Debug logging off"),
				new Known("davfs2", List.of(user.resolve(".davfs2/cache"), machine.at("/var/cache/davfs2")), "copies of files that were opened on a mounted server, readable", "cache_size 1 in ~/.davfs2/davfs2.conf, and rm -r PLACE"),
				new Known("Nextcloud's sync client", List.of(settings.resolve("Nextcloud/nextcloud.cfg"), user.resolve(".var/app/com.nextcloud.desktopclient.nextcloud/config/Nextcloud/nextcloud.cfg")),
						"a copy of all your files in the folders it keeps in step, readable unless they are in a vault", "Keep readable data in vaults, or take the folder out of the client"),
				new Known("the desktop's network folders (gvfs)", List.of(data.resolve("gvfs-metadata")), "names of files on servers that were opened in the file manager", "rm -r PLACE"),
				new Known("the desktop's search (Tracker, Baloo)", List.of(caches.resolve("tracker3/files"), caches.resolve("tracker"), data.resolve("baloo/index")),
						"the text of files that were saved to this machine, also after they were removed, until it tidies up", "tracker3 reset --filesystem, or balooctl purge"));
	}

	@Override
	public void look(Machine machine, Mentions mentions, Consumer<Finding> found) throws IOException {
		boolean any = false;
		for (Known known : known(machine))
			for (Path place : known.places()) {
				if (!Files.exists(place) || Files.isDirectory(place) && isEmpty(place))
					continue;
				any = true;
				found.accept(Finding.note(id(), machine.name(place), "Left by %s.".formatted(known.program()), "Known to hold %s.".formatted(known.keeps()), known.mend().replace("PLACE", "'" + machine.name(place) + "'")));
				break;
			}
		if (!any)
			found.accept(Finding.ok(id(), "this machine", "No caches of other programs for servers and vaults were found, as far as they are known here."));
	}

	private static boolean isEmpty(Path folder) {
		try {
			return Reading.list(folder).isEmpty();
		} catch (IOException e) {
			return false; // there is something that is not ours to see
		}
	}
}
