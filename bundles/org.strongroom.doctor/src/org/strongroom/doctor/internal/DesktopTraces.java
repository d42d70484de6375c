package org.strongroom.doctor.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.strongroom.core.doctor.Finding;
import org.strongroom.doctor.Machine;

/** What a desktop notes of files that were used. What the person saved to this machine is theirs; names on servers are not. */
public final class DesktopTraces {
	private DesktopTraces() {
	}

	/** Lists of recent files: GTK's (Desktop Bookmark Specification) and KDE's. */
	public static final class Recent implements Check {
		private static final Pattern ENTRY = Pattern.compile("<bookmark href=\"([^\"]*)\".*?</bookmark>", Pattern.DOTALL);
		private static final Pattern OURS = Pattern.compile("<bookmark:application name=\"[^\"]*strongroom", Pattern.CASE_INSENSITIVE);

		@Override
		public String id() {
			return "leak.recent-files";
		}

		@Override
		public String subject() {
			return "The desktop's list of recent files";
		}

		@Override
		public void look(Machine machine, Mentions mentions, Consumer<Finding> found) throws IOException {
			Path list = machine.data().resolve("recently-used.xbel");
			int servers = 0;
			int chosen = 0;
			Matcher entry = ENTRY.matcher(Reading.text(list).orElse(""));
			while (entry.find()) {
				if (mentions.in(entry.group(1)))
					servers++;
				else if (OURS.matcher(entry.group()).find())
					chosen++;
			}
			Path documents = machine.data().resolve("RecentDocuments");
			int desktopFiles = 0;
			for (Path file : Reading.list(documents))
				if (mentions.in(Reading.text(file).orElse("")))
					desktopFiles++;
			if (servers > 0)
				found.accept(named(machine, list, servers, "Every program of this account can read it. Another program opened files on that server, or in a folder that shows it.", list));
			if (desktopFiles > 0)
				found.accept(named(machine, documents, desktopFiles, "Every program of this account can read it. Another program opened files on that server, or in a folder that shows it.", documents));
			if (chosen > 0)
				found.accept(Finding.note(id(), machine.name(list), "%s of this machine chosen in Strongroom's windows (upload, download) %s listed.".formatted(Reading.count(chosen, "file"), chosen == 1 ? "is" : "are"),
						"An older Strongroom let the desktop's file dialog note what was chosen in it: names of what you saved to this machine stay there after you removed it.", "rm '%s'".formatted(machine.name(list))));
			if (servers + desktopFiles + chosen == 0)
				found.accept(Finding.ok(id(), "this machine", "The lists of recent files name none of your servers, and nothing chosen in Strongroom."));
		}

		private Finding named(Machine machine, Path where, int count, String why, Path remove) {
			return Finding.warning(id(), machine.name(where), "%s of servers you have bookmarks for, or of Strongroom's own files.".formatted(Reading.count(count, "name")), why,
					"rm -r '%s'".formatted(machine.name(remove)));
		}
	}

	/** The trash (FreeDesktop Trash Specification): each file has a note of where it lay. */
	public static final class Trash implements Check {
		@Override
		public String id() {
			return "leak.trash";
		}

		@Override
		public String subject() {
			return "The desktop's trash";
		}

		@Override
		public void look(Machine machine, Mentions mentions, Consumer<Finding> found) throws IOException {
			Path trash = machine.data().resolve("Trash");
			int count = 0;
			for (Path file : Reading.list(trash.resolve("info")))
				if (mentions.in(Reading.text(file).orElse("")))
					count++;
			if (count > 0)
				found.accept(Finding.warning(id(), machine.name(trash), "%s in the trash that came from Strongroom's own folders or from a server of yours.".formatted(Reading.count(count, "item")),
						"What is in the trash is readable, and stays until somebody empties it.", "gio trash --empty"));
			else
				found.accept(Finding.ok(id(), machine.name(trash), "Nothing from Strongroom or your servers is in the trash."));
		}
	}

	/** Small pictures of files (FreeDesktop Thumbnail Managing Standard), which carry the address of the file as text. */
	public static final class Thumbnails implements Check {
		/** Where that text is, in bytes from the beginning: before the picture itself. */
		private static final int HEAD = 4096;
		/** Pictures that are looked into. */
		private static final int MOST = 20_000;

		@Override
		public String id() {
			return "leak.thumbnails";
		}

		@Override
		public String subject() {
			return "Thumbnails";
		}

		@Override
		public void look(Machine machine, Mentions mentions, Consumer<Finding> found) throws IOException {
			int all = 0;
			int ours = 0;
			Path folder = machine.caches().resolve("thumbnails");
			for (Path place : List.of(folder, machine.user().resolve(".thumbnails")))
				for (Path sizes : Reading.list(place)) {
					if (!Files.isDirectory(sizes, LinkOption.NOFOLLOW_LINKS))
						continue;
					for (Path file : Reading.list(sizes)) {
						if (Files.isDirectory(file))
							continue;
						all++;
						if (all <= MOST && mentions.in(Reading.text(file, HEAD).orElse("")))
							ours++;
					}
				}
			String mend = "rm -r '%s'".formatted(machine.name(folder));
			if (ours > 0)
				found.accept(Finding.warning(id(), machine.name(folder), "%s of files on servers you have bookmarks for.".formatted(Reading.count(ours, "small picture")),
						"They show what is in the files, and stay. Another program made them: Strongroom makes none.", mend));
			else if (all > 0)
				found.accept(Finding.note(id(), machine.name(folder), "%s of files that were shown on this machine.".formatted(Reading.count(all, "small picture")),
						"None is of your servers, but those of files you saved to this machine stay after you remove them.", mend));
			else
				found.accept(Finding.ok(id(), machine.name(folder), "There are no thumbnails."));
		}
	}
}
