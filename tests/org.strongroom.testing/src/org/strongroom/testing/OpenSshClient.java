package org.strongroom.testing;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * OpenSSH's own {@code sftp} as a second opinion: tests let it read what Strongroom wrote and write what Strongroom reads. It uses no configuration, agent or key of the
 * account it runs in. Secrets reach it through a helper program and private files, never through its command line.
 */
public final class OpenSshClient {

	/**
	 * What came of a run.
	 *
	 * @param exit 0 when signing in and every command succeeded
	 * @param output what was printed, standard error included
	 */
	public record Result(int exit, String output) {
		/** Whether signing in and every command succeeded. */
		public boolean ok() {
			return exit == 0;
		}
	}

	private final List<String> options = new ArrayList<>();
	private final Map<String, String> answers = new LinkedHashMap<>();
	private final String target;
	private String knownHosts = "";

	private OpenSshClient(String host, int port, String user) {
		target = user + '@' + host;
		options.addAll(List.of("-F", "/dev/null", "-P", Integer.toString(port), "-oBatchMode=no", "-oIdentityAgent=none", "-oIdentitiesOnly=yes",
				"-oNumberOfPasswordPrompts=1", "-oGlobalKnownHostsFile=/dev/null", "-oConnectTimeout=20"));
	}

	/** A client for the given server. */
	public static OpenSshClient of(String host, int port, String user) {
		return new OpenSshClient(host, port, user);
	}

	/** A client that signs in to the given server with all that it may ask, checking its host key. */
	public static OpenSshClient of(OpenSshServer server) throws IOException {
		return new OpenSshClient(server.host(), server.port(), server.user()).key(server.keyFile(), server.keyPassphrase())
				.answer(OpenSshServer.CODE_PROMPT.strip(), server.currentCode()).answer("assword", server.password()).knownHosts(server.knownHostsLine());
	}

	/** Whether the program is there. */
	public static boolean isAvailable() {
		return OpenSshServer.program("sftp").isPresent();
	}

	/** Offers this key file. */
	public OpenSshClient key(Path file, String passphrase) {
		options.add("-oIdentityFile=" + file);
		return answer("passphrase", passphrase);
	}

	/** Answers prompts that hold the given text. Earlier answers win. */
	public OpenSshClient answer(String promptPart, String answer) {
		answers.put(promptPart, answer);
		return this;
	}

	/** Accepts these host keys ({@code known_hosts} lines) and no others. Without any, all are accepted. */
	public OpenSshClient knownHosts(String lines) {
		knownHosts = lines;
		return this;
	}

	/** An option as after {@code -o}. */
	public OpenSshClient option(String option) {
		options.add("-o" + option);
		return this;
	}

	/**
	 * Signs in, runs the given {@code sftp} commands until one fails, and signs out. To read a file, {@code get} it into a local one.
	 *
	 * @throws IOException when the program is missing or not ready within the given time
	 */
	public Result run(Duration limit, String... commands) throws IOException {
		Path state = Files.createTempDirectory("strongroom-sftp", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
		try {
			StringBuilder script = new StringBuilder("#!/bin/sh\ncase \"$1\" in\n");
			int number = 0;
			for (Map.Entry<String, String> entry : answers.entrySet()) {
				Path file = state.resolve("answer" + number++);
				OpenSshServer.writePrivately(file, entry.getValue() + '\n');
				script.append("*'").append(entry.getKey().replace("'", "'\\''")).append("'*) exec cat '").append(file).append("' ;;\n");
			}
			script.append("esac\nexit 1\n");
			Path asker = state.resolve("ask");
			OpenSshServer.writePrivately(asker, script.toString());
			Files.setPosixFilePermissions(asker, PosixFilePermissions.fromString("rwx------"));
			Path known = state.resolve("known_hosts");
			Files.writeString(known, knownHosts + '\n');
			Path batch = state.resolve("batch");
			Files.writeString(batch, String.join("\n", commands) + '\n');
			Path output = state.resolve("output");
			List<String> command = new ArrayList<>();
			command.add(OpenSshServer.program("sftp").orElseThrow(() -> new IOException("sftp is missing (Debian: openssh-client)")).toString());
			command.addAll(options);
			command.addAll(List.of("-oUserKnownHostsFile=" + known, "-oStrictHostKeyChecking=" + (knownHosts.isEmpty() ? "no" : "yes"), "-b", batch.toString(), target));
			ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile())
					.redirectInput(Path.of("/dev/null").toFile());
			builder.environment().putAll(Map.of("SSH_ASKPASS", asker.toString(), "SSH_ASKPASS_REQUIRE", "force"));
			builder.environment().remove("SSH_AUTH_SOCK");
			Process process = builder.start();
			try {
				if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
					throw new IOException("sftp was not ready after " + limit + ": " + Files.readString(output));
				}
				return new Result(process.exitValue(), Files.readString(output));
			} catch (InterruptedException e) {
				Thread.currentThread().interrupt();
				throw new InterruptedIOException("sftp");
			} finally {
				// sftp starts ssh, which must not outlive it.
				process.descendants().forEach(ProcessHandle::destroyForcibly);
				process.destroyForcibly();
			}
		} finally {
			OpenSshServer.deleteTree(state);
		}
	}
}
