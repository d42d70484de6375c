package org.strongroom.storage.sftp;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.strongroom.auth.ssh.SshConfig;
import org.strongroom.auth.ssh.internal.SshAuthenticator;
import org.strongroom.core.Bookmark;
import org.strongroom.core.Home;
import org.strongroom.core.auth.Authenticator;
import org.strongroom.core.auth.Prompter;
import org.strongroom.core.auth.SignIn;
import org.strongroom.core.storage.Entry;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.Listing;
import org.strongroom.core.storage.Precondition;
import org.strongroom.core.storage.Reader;
import org.strongroom.core.storage.Storage;
import org.strongroom.core.storage.Upload;
import org.strongroom.storage.sftp.internal.SftpProtocol;
import org.strongroom.testing.DelayProxy;
import org.strongroom.testing.OpenSshServer;
import org.strongroom.testing.Person;

/** What tests of SFTP need again and again. */
final class Servers {

	private Servers() {
	}

	/** Lets SSH files be looked for in this folder, and nowhere else; no agent. */
	static void settle(Path folder) {
		System.setProperty(SshConfig.FOLDER_PROPERTY, folder.resolve("ssh").toString());
		System.setProperty(Home.PROPERTY, folder.resolve("home").toString());
		System.setProperty("strongroom.ssh.agent", "none");
	}

	static SignIn signIn(Prompter person, Authenticator... more) {
		var authenticators = new ArrayList<Authenticator>(List.of(more));
		authenticators.add(new SshAuthenticator());
		return new SignIn(authenticators, person);
	}

	static Storage connect(OpenSshServer server) throws IOException {
		return connect(server, Person.of(server));
	}

	static Storage connect(OpenSshServer server, Person person) throws IOException {
		return new SftpProtocol().connect(bookmark(server), signIn(person));
	}

	/** Connects over a link in front of a server. */
	static Storage connectThrough(DelayProxy link, OpenSshServer server) throws IOException {
		URI uri = URI.create("sftp://%s@%s:%d%s".formatted(server.user(), link.host(), link.port(), server.remoteRoot()));
		return new SftpProtocol().connect(new Bookmark("Far", uri, List.of(server.keyFile()), Map.of()), signIn(Person.of(server)));
	}

	static Bookmark bookmark(OpenSshServer server) {
		return new Bookmark("HQ", URI.create(server.uri()), List.of(server.keyFile()), Map.of());
	}

	static List<Entry> list(Storage storage, String path) throws IOException {
		var all = new ArrayList<Entry>();
		try (Listing listing = storage.list(path)) {
			for (List<Entry> some = listing.next(); !some.isEmpty(); some = listing.next())
				all.addAll(some);
		}
		return all;
	}

	static byte[] read(Storage storage, String path) throws IOException {
		var out = new java.io.ByteArrayOutputStream();
		try (Reader reader = storage.open(path)) {
			ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
			for (int n = reader.read(0, buffer); n > 0; n = reader.read(out.size(), buffer.clear()))
				out.write(buffer.array(), 0, n);
		}
		return out.toByteArray();
	}

	static FileInfo save(Storage storage, String path, byte[] content, Precondition precondition) throws IOException {
		try (Upload upload = storage.upload(path, precondition)) {
			upload.write(0, ByteBuffer.wrap(content));
			return upload.commit(content.length);
		}
	}

	static FileInfo save(Storage storage, String path, String content) throws IOException {
		return save(storage, path, content.getBytes(StandardCharsets.UTF_8), new Precondition.Any());
	}
}
