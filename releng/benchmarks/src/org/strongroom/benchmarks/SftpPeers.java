package org.strongroom.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Those that speak SFTP. */
final class SftpPeers extends Peers {
	private static final String FASTEST = "aes256-gcm@openssh.com";

	private final Server server;

	SftpPeers(Server server, int port, Path state, long limit) {
		super(port, state, limit);
		this.server = server;
	}

	/** OpenSSH's own client, with its fastest cipher. @param command {@code get FROM TO} or {@code put FROM TO} */
	Took sftp(String command) {
		return tried("sftp", () -> {
			Path batch = state.resolve("batch");
			Files.writeString(batch, command + "\n");
			return shell.run(Shell.words(Shell.words(List.of("sftp", "-q", "-b", batch.toString(), "-P", Integer.toString(port), "-c", FASTEST),
					server.options().toArray(String[]::new)), "root@127.0.0.1")).took();
		});
	}

	@Override
	String remote(Path path) {
		return ":sftp,host=127.0.0.1,port=%d,user=root,key_file='%s',disable_hashcheck=true:%s".formatted(port, server.key(), path);
	}

	@Override
	<T> T mounted(Path folder, Mounted<T> work) throws IOException, InterruptedException {
		Path mount = Files.createDirectories(state.resolve("mount"));
		shell.run(Shell.words(Shell.words(List.of("sshfs", "-p", Integer.toString(port), "root@127.0.0.1:" + folder, mount.toString()),
				server.options().toArray(String[]::new)), "-o", "Ciphers=" + FASTEST));
		try {
			return work.work(mount);
		} finally {
			unmount(mount);
		}
	}
}
