package org.strongroom.benchmarks;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A shell of the finished product: one sign-in, and what each command cost by its own account. */
final class Strongroom implements AutoCloseable {
	/** What a command cost. */
	record Cost(long roundTrips, long requests, long sent, long received, double seconds) {
	}

	private static final Pattern TRACE = Pattern.compile("trace: round-trips=(\\d+) requests=(\\d+) sent=(\\d+) received=(\\d+) ms=(\\d+)");

	private final Process process;
	private final BufferedWriter in;
	private final LinkedBlockingQueue<String> said = new LinkedBlockingQueue<>();

	/**
	 * @param root of Strongroom's checkout
	 * @param home for its bookmarks and known hosts
	 * @param place where the bookmark {@code bench} leads to, and what else the command that makes it is to be told
	 * @param password of the server, if it asks for one
	 * @param passphrase of the vault
	 * @param heap the JVM's limit, such as {@code 160m}; null for its own choice
	 */
	Strongroom(Path root, Path home, String place, String password, String passphrase, String heap) throws IOException, InterruptedException {
		Files.createDirectories(home);
		Path secrets = Files.createDirectories(home.resolve("secrets"));
		Files.writeString(secrets.resolve("password"), password + "\n");
		Files.writeString(secrets.resolve("vault-passphrase"), passphrase + "\n");
		Path askpass = home.resolve("askpass");
		Files.writeString(askpass, "#!/bin/sh\ncase $STRONGROOM_CHALLENGE in host-key | certificate) echo yes ;; *) cat '" + secrets + "'/$STRONGROOM_CHALLENGE ;; esac\n");
		Files.setPosixFilePermissions(askpass, PosixFilePermissions.fromString("rwx------"));
		var builder = new ProcessBuilder(root.resolve("strongroom").toString(), "--home", home.toString(), "--askpass", askpass.toString(), "--trace", "shell");
		if (heap != null)
			builder.environment().putAll(Map.of("JAVA_TOOL_OPTIONS", "-Xmx" + heap));
		process = builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
		in = new BufferedWriter(new OutputStreamWriter(process.getOutputStream()));
		Thread.ofPlatform().daemon().start(() -> {
			try (var err = new BufferedReader(new InputStreamReader(process.getErrorStream()))) {
				for (String line; (line = err.readLine()) != null;)
					said.add(line);
			} catch (IOException e) {
				// it has ended
			} finally {
				said.add("");
			}
		});
		run("bookmark add bench " + place);
	}

	/** Runs one command. */
	Cost run(String command) throws IOException, InterruptedException {
		in.write(command + "\n");
		in.flush();
		var errors = new StringBuilder();
		for (;;) {
			String line = said.poll(20, TimeUnit.MINUTES);
			if (line == null || line.isEmpty())
				throw new IOException("strongroom ended during '" + command + "': " + errors);
			Matcher trace = TRACE.matcher(line);
			if (!trace.find()) {
				if (!line.startsWith("trace:") && !line.startsWith("Picked up"))
					errors.append(line).append('\n');
				continue;
			}
			if (!errors.isEmpty())
				throw new IOException("'" + command + "' failed: " + errors);
			return new Cost(Long.parseLong(trace.group(1)), Long.parseLong(trace.group(2)), Long.parseLong(trace.group(3)), Long.parseLong(trace.group(4)),
					Long.parseLong(trace.group(5)) / 1e3);
		}
	}

	@Override
	public void close() throws IOException {
		in.close();
		try {
			if (!process.waitFor(30, TimeUnit.SECONDS))
				process.destroyForcibly();
		} catch (InterruptedException e) {
			Thread.currentThread().interrupt();
		}
	}
}
