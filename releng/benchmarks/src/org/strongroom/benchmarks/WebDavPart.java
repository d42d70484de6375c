package org.strongroom.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.strongroom.testing.Certificates;
import org.strongroom.testing.WebDavServer;

/** WebDAV, on Apache's mod_dav: plain HTTP/1.1, or TLS with HTTP/2 offered. */
final class WebDavPart extends Part {
	private static final String MOUNTED = "cryptofs over rclone's mount";

	private final boolean secure;
	private final Path authority;
	private final WebDavServer server;

	WebDavPart(Run run, boolean secure) throws IOException {
		super(run);
		this.secure = secure;
		fixtures.plain();
		var certificates = Certificates.create();
		authority = run.state().resolve("authority.pem");
		Files.writeString(authority, Certificates.pem(List.of(certificates.authority())));
		WebDavServer.Builder builder = WebDavServer.apache().root(fixtures.served);
		server = (secure ? builder.tls(certificates.good()).http2() : builder).start();
		server.handOverAll();
	}

	@Override
	String name() {
		return secure ? "webdav-tls" : "webdav";
	}

	@Override
	int serverPort() {
		return server.port();
	}

	@Override
	Way way(int port) {
		return new Way("%s://%s@127.0.0.1:%d/".formatted(secure ? "davs" : "dav", server.user(), port), server.password());
	}

	@Override
	WebDavPeers peers(int port) {
		return new WebDavPeers(server, secure, authority, port, run.state(), run.limit());
	}

	@Override
	void work(int delay, int port) throws Exception {
		WebDavPeers others = peers(port);
		if (does("list"))
			list(delay, port, others);
		if (does("small"))
			small(delay, port, others);
		if (does("read"))
			read(delay, port, others);
		if (does("write"))
			write(delay, port, others);
		if (does("tree"))
			tree(delay, port, others, 500);
	}

	private void list(int delay, int port, WebDavPeers others) throws Exception {
		ownList(delay, port);
		if (!run.peers())
			return;
		add(LIST, delay, "rclone lsl (plain), with its start", others.rclone("lsl", "--max-depth", "1", others.remote(fixtures.plain())));
		add(LIST, delay, MOUNTED, others.cryptofs(fixtures.served, 1, "list", "/big").getFirst());
	}

	private void small(int delay, int port, WebDavPeers others) throws Exception {
		ownSmall(delay, port);
		if (!run.peers())
			return;
		String plain = others.remote(fixtures.plain().resolve(Fixtures.SMALL));
		add(OPEN, delay, "rclone (plain), with its start", others.rclone("cat", plain));
		add(SAVE, delay, "rclone (plain), with its start", others.rclone("copyto", fixtures.smallFile.toString(), plain));
		cryptofsSmall(delay, others, MOUNTED);
	}

	private void read(int delay, int port, WebDavPeers others) throws Exception {
		ownRead(delay, port);
		if (!run.peers())
			return;
		Path target = run.memory().resolve("got");
		add(reading(), delay, "rclone (the ciphertext)", several(delay, () -> {
			target.toFile().delete();
			return others.rclone("copyto", others.remote(fixtures.hugeCiphertext), target.toString());
		}));
		Files.deleteIfExists(target);
		add(reading(), delay, MOUNTED, others.cryptofs(fixtures.served, 1, "read", "/huge").getFirst());
	}

	private void write(int delay, int port, WebDavPeers others) throws Exception {
		ownWrite(delay, port);
		if (!run.peers())
			return;
		Path target = fixtures.served.resolve("written");
		add(writing(), delay, "rclone (the ciphertext)", several(delay, () -> {
			target.toFile().delete();
			return others.rclone("copyto", fixtures.hugeCiphertext.toString(), others.remote(target));
		}));
		Files.deleteIfExists(target);
		add(writing(), delay, MOUNTED, others.cryptofs(fixtures.served, 1, "write", fixtures.hugeFile.toString(), "/written").getFirst());
		removeWritten();
		server.handOverAll();
	}

	@Override
	String named(String work) {
		return work + (secure ? ", TLS" : ", HTTP/1.1");
	}

	@Override
	public void close() {
		server.close();
	}
}
