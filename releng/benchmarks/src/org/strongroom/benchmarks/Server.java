package org.strongroom.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** A private OpenSSH on a free port of 127.0.0.1 that takes one key without a passphrase, so that every peer can sign in by itself. */
final class Server implements AutoCloseable {
	private final Path state;
	private final int port;
	private final Process process;

	Server(Path state) throws IOException, InterruptedException {
		this.state = Files.createDirectories(state);
		Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwx------"));
		Files.createDirectories(Path.of("/run/sshd"));
		for (String key : List.of("host_key", "key"))
			new Shell(60).run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", state.resolve(key).toString());
		Files.copy(state.resolve("key.pub"), state.resolve("authorized_keys"));
		try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			port = free.getLocalPort();
		}
		Files.writeString(state.resolve("sshd_config"), """
				ListenAddress 127.0.0.1:%d
				HostKey %s/host_key
				AuthorizedKeysFile %s/authorized_keys
				PidFile none
				UsePAM no
				StrictModes no
				PermitRootLogin yes
				PasswordAuthentication no
				KbdInteractiveAuthentication no
				MaxStartups 100
				Subsystem sftp internal-sftp
				""".formatted(port, state, state));
		process = new ProcessBuilder("/usr/sbin/sshd", "-D", "-e", "-f", state.resolve("sshd_config").toString()).redirectErrorStream(true)
				.redirectOutput(state.resolve("log").toFile()).start();
		for (long end = System.nanoTime() + 10_000_000_000L;; Thread.sleep(20)) {
			try (var _ = new Socket("127.0.0.1", port)) {
				return;
			} catch (IOException e) {
				if (!process.isAlive() || System.nanoTime() > end)
					throw new IOException("sshd does not start: " + Files.readString(state.resolve("log")));
			}
		}
	}

	int port() {
		return port;
	}

	Path key() {
		return state.resolve("key");
	}

	/** What a client of OpenSSH's needs to know, as options. */
	List<String> options() {
		return List.of("-o", "IdentityFile=" + key(), "-o", "IdentitiesOnly=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR");
	}

	@Override
	public void close() {
		process.descendants().forEach(ProcessHandle::destroyForcibly);
		process.destroyForcibly();
	}
}
