package org.strongroom.core.storage;

import java.util.stream.Stream;

/** The form of the paths that a {@link Storage} takes: absolute, {@code /}-separated, without {@code .}, {@code ..} or empty names. */
public final class StoragePaths {
	/** The longest name of one file, in UTF-16 units, that is taken from a server; ext4, NTFS and APFS allow 255 bytes or units. */
	public static final int LONGEST_NAME = 4096;
	/**
	 * How the names of what is on its way begin: a file beside the one it is to replace, or a folder that is not whole yet or not whole any more. What follows is random, for a folder a UUID.
	 * Once whoever made a file or folder under such a name is gone, nobody needs it: a storage that can takes it away, a folder with the files in it. What was renamed so is left: it may be wanted back.
	 */
	public static final String TEMPORARY = ".strongroom-";

	private StoragePaths() {
	}

	/** Whether a name that a server sent may name a file: not empty, not {@code .} or {@code ..}, without {@code /} and NUL. */
	public static boolean isSafeName(String name) {
		return !name.isEmpty() && name.length() <= LONGEST_NAME && !name.equals(".") && !name.equals("..")
				&& name.indexOf('/') < 0 && name.indexOf('\0') < 0;
	}

	/** Whether a path that a server sent is one that a {@link Storage} takes. */
	public static boolean isNormal(String path) {
		return path.equals("/") || path.startsWith("/") && Stream.of(path.substring(1).split("/", -1)).allMatch(StoragePaths::isSafeName);
	}

	/** Whether something of that name is on its way (see {@link #TEMPORARY}). */
	public static boolean isTemporary(String name) {
		return name.startsWith(TEMPORARY);
	}

	/** {@code folder} and {@code name} as one path. */
	public static String child(String folder, String name) {
		return folder.equals("/") ? "/" + name : folder + "/" + name;
	}

	/** The folder a path lies in; {@code "/"} for itself. */
	public static String parent(String path) {
		int slash = path.lastIndexOf('/');
		return slash <= 0 ? "/" : path.substring(0, slash);
	}

	/** Whether a path lies in a folder, at any depth. */
	public static boolean isBelow(String path, String folder) {
		return !path.equals(folder) && (folder.equals("/") || path.startsWith(folder + "/"));
	}

	/** Whether a path is that of a folder, or lies in it at any depth. */
	public static boolean isIn(String path, String folder) {
		return path.equals(folder) || isBelow(path, folder);
	}

	/** The last name of a path; empty for {@code "/"}. */
	public static String name(String path) {
		return path.substring(path.lastIndexOf('/') + 1);
	}
}
