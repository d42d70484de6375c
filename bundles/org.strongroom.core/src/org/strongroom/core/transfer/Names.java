package org.strongroom.core.transfer;

import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

import org.strongroom.core.auth.Challenge;
import org.strongroom.core.storage.StoragePaths;

/** Names of one file system as names on another. */
final class Names {
	/** Names that are devices on Windows, whatever ending they have (learn.microsoft.com, "Naming Files, Paths, and Namespaces"). */
	private static final Set<String> DEVICES = Set.of("CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "COM0", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7",
			"COM8", "COM9", "LPT0", "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9");

	private Names() {
	}

	/** @throws FileSystemException if the name is no plain name of one file in that folder */
	static Path child(Path folder, String name) throws FileSystemException {
		if (!StoragePaths.isSafeName(name))
			throw refused(name, "this is no name of a file");
		var system = folder.getFileSystem();
		boolean windows = Target.isLocal(folder) && system.getSeparator().equals("\\");
		if (windows && !isSafeOnWindows(name))
			throw refused(name, "this name cannot be used on Windows");
		try {
			Path alone = system.getPath(name);
			Path parent = folder.toAbsolutePath();
			Path child = parent.resolve(alone);
			if (alone.isAbsolute() || alone.getNameCount() != 1 || !alone.getFileName().toString().equals(name)
					|| child.getNameCount() != parent.getNameCount() + 1 || !child.getFileName().equals(alone))
				throw refused(name, "this is no name of a file there");
			return child;
		} catch (InvalidPathException e) {
			throw refused(name, "there can be no such name there");
		}
	}

	/** The name of an item of a folder, if it can be carried elsewhere: bytes that are no text would come out as another name. */
	static String of(Path item) throws FileSystemException {
		String name = item.getFileName() == null ? "" : item.getFileName().toString();
		if (Target.isLocal(item) && name.indexOf('\uFFFD') >= 0 && !item.getFileSystem().getPath(name).equals(item.getFileName()))
			throw refused(name, "its name is no text in UTF-8; rename it first");
		return name;
	}

	static boolean isSafeOnWindows(String name) {
		if (name.endsWith(".") || name.endsWith(" "))
			return false;
		if (name.chars().anyMatch(c -> c < 0x20 || "<>:\"/\\|?*".indexOf(c) >= 0))
			return false;
		int dot = name.indexOf('.');
		return !DEVICES.contains((dot < 0 ? name : name.substring(0, dot)).strip().toUpperCase(Locale.ROOT));
	}

	private static FileSystemException refused(String name, String why) {
		return new FileSystemException(Challenge.printable(name), null, why);
	}
}
