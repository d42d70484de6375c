package org.strongroom.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.strongroom.testing.WebDavServer;

/** Those that speak WebDAV. */
final class WebDavPeers extends Peers {
	private final WebDavServer server;
	private final boolean secure;
	private final Path authority;

	/** @param authority whose certificates are trusted */
	WebDavPeers(WebDavServer server, boolean secure, Path authority, int port, Path state, long limit) {
		super(port, state, limit);
		this.server = server;
		this.secure = secure;
		this.authority = authority;
	}

	@Override
	Took rclone(String... words) {
		return super.rclone(Shell.words(List.of("--ca-cert", authority.toString()), words).toArray(String[]::new));
	}

	@Override
	String remote(Path path) {
		try {
			String password = shell.run("rclone", "obscure", server.password()).said().strip();
			return ":webdav,url='%s://127.0.0.1:%d/',vendor=other,user=%s,pass=%s:%s".formatted(secure ? "https" : "http", port, server.user(), password, server.root().relativize(path));
		} catch (IOException | InterruptedException e) {
			throw new IllegalStateException(e);
		}
	}

	/** What is written goes to the server at once, not some seconds after the file was closed. */
	@Override
	<T> T mounted(Path folder, Mounted<T> work) throws IOException, InterruptedException {
		Path mount = Files.createDirectories(state.resolve("mount"));
		Path cache = Files.createDirectories(state.resolve("cache"));
		shell.run("rclone", "--config", "/dev/null", "--ca-cert", authority.toString(), "mount", remote(folder), mount.toString(), "--daemon", "--cache-dir", cache.toString(), "--vfs-cache-mode",
				"writes", "--vfs-write-back", "0");
		try {
			return work.work(mount);
		} finally {
			unmount(mount);
			Part.delete(cache);
		}
	}
}
