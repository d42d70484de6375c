package org.strongroom.storage.sftp;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.apache.sshd.client.session.ClientSession;
import org.osgi.framework.FrameworkUtil;
import org.slf4j.Logger;
import org.strongroom.auth.ssh.SshConfig;
import org.strongroom.auth.ssh.internal.SshAuthenticator;
import org.strongroom.core.Bookmark;
import org.strongroom.core.Home;
import org.strongroom.core.storage.Precondition;
import org.strongroom.core.storage.Storage;
import org.strongroom.core.storage.Upload;
import org.strongroom.storage.sftp.internal.SftpProtocol;
import org.strongroom.testing.OpenSshServer;
import org.strongroom.testing.Person;

/** Another process at work on a server, to be killed. Its person has the same home. */
final class Victim implements AutoCloseable {
	/** What it is in the middle of. */
	enum Work {
		/** A new content is begun. */
		BEGUN,
		/** A new content has arrived, but is not in place. A line of input, and it is put there. */
		WRITTEN,
		/** One save after another, each of {@link Victim#LENGTH} times the same byte. */
		SAVING,
		/** A folder is being made, with a file in it and one on its way. */
		STAGE
	}

	static final int LENGTH = 300_000;

	private final Process process;
	private final BufferedReader out;

	private Victim(Process process) {
		this.process = process;
		out = process.inputReader(StandardCharsets.UTF_8);
	}

	/** Starts one; it is at that work when this returns. @param server one that a key without a passphrase opens */
	static Victim at(Work work, OpenSshServer server, String path) throws IOException {
		String classes = Stream.of(Victim.class, Person.class, SftpProtocol.class, SshAuthenticator.class, Bookmark.class, ClientSession.class, FrameworkUtil.class, Logger.class)
				.map(Victim::place).distinct().collect(Collectors.joining(java.io.File.pathSeparator));
		var builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-Dslf4j.internal.verbosity=ERROR", "-cp", classes);
		for (String property : List.of(Home.PROPERTY, SshConfig.FOLDER_PROPERTY, "strongroom.ssh.agent"))
			builder.command().add("-D" + property + "=" + System.getProperty(property));
		builder.command().addAll(List.of(Victim.class.getName(), work.name(), server.uri(), server.keyFile().toString(), path));
		var victim = new Victim(builder.redirectError(ProcessBuilder.Redirect.INHERIT).start());
		victim.hear("at work");
		return victim;
	}

	/** Where a class comes from: a jar, or the folder of classes. */
	private static String place(Class<?> type) {
		try {
			Path place = Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
			Path classes = place.resolve("target/classes");
			return (classes.toFile().isDirectory() ? classes : place).toString();
		} catch (URISyntaxException e) {
			throw new IllegalStateException(e);
		}
	}

	private void hear(String expected) throws IOException {
		String line = out.readLine();
		if (!expected.equals(line))
			throw new IOException("the other process says " + line);
	}

	/** Lets it go on to the end of its work. */
	void finish() throws IOException {
		process.getOutputStream().write('\n');
		process.getOutputStream().flush();
		hear("done");
	}

	/** Kills it at once, and returns when it is gone. */
	@Override
	public void close() {
		process.destroyForcibly().onExit().join();
	}

	public static void main(String[] arguments) throws IOException {
		var bookmark = new Bookmark("HQ", URI.create(arguments[1]), List.of(Path.of(arguments[2])), Map.of());
		Storage storage = new SftpProtocol().connect(bookmark, Servers.signIn(new Person()));
		work(Work.valueOf(arguments[0]), storage, arguments[3]);
		storage.close();
		System.out.println("done");
	}

	private static void work(Work work, Storage storage, String path) throws IOException {
		switch (work) {
		case BEGUN -> {
			storage.upload(path, new Precondition.Any());
			rest(storage);
		}
		case WRITTEN -> {
			Upload upload = storage.upload(path, new Precondition.Any());
			upload.write(0, ByteBuffer.wrap(new byte[LENGTH]));
			upload.read(0, ByteBuffer.allocate(1)); // all has arrived
			rest(storage);
			upload.commit(LENGTH);
		}
		case SAVING -> {
			System.out.println("at work");
			for (byte content = 1;; content++) {
				byte[] bytes = new byte[LENGTH];
				Arrays.fill(bytes, content);
				Servers.save(storage, path, bytes, new Precondition.Any());
			}
		}
		case STAGE -> {
			String stage = path + "/.strongroom-" + UUID.randomUUID();
			storage.createDirectory(stage);
			Servers.save(storage, stage + "/name", "name");
			storage.upload(stage + "/contents", new Precondition.Absent());
			rest(storage);
		}
		}
	}

	/** Tells how far it is, and waits for a line. */
	private static void rest(Storage storage) throws IOException {
		storage.stat("/", true); // of two temporary files the one that does not fit is given up by now,
		storage.stat("/", true); // and by now it is gone
		System.out.println("at work");
		System.in.read();
	}
}
