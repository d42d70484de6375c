package org.strongroom.product;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What a folder on the server holds, down to inode, change time and content: two equal ones mean that nobody has touched anything. */
final class Fingerprint {
	private Fingerprint() {
	}

	static Map<String, String> of(Path folder) throws IOException {
		var all = new TreeMap<String, String>();
		try (Stream<Path> paths = Files.walk(folder)) {
			for (Path path : paths.toList()) {
				var attributes = Files.readAttributes(path, "unix:ino,mode,size,lastModifiedTime,ctime", LinkOption.NOFOLLOW_LINKS);
				String content = Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) ? digest(path) : Files.isSymbolicLink(path) ? Files.readSymbolicLink(path).toString() : "";
				all.put(folder.relativize(path).toString(), new TreeMap<>(attributes) + " " + content);
			}
		}
		return all;
	}

	private static String digest(Path file) throws IOException {
		try {
			return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
		} catch (NoSuchAlgorithmException e) {
			throw new IllegalStateException(e);
		}
	}
}
