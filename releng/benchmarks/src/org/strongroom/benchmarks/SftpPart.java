package org.strongroom.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** SFTP, on the real OpenSSH. */
final class SftpPart extends Part {
	private final Server server;

	SftpPart(Run run) throws Exception {
		super(run);
		server = new Server(run.state().resolve("sshd"));
	}

	@Override
	String name() {
		return "sftp";
	}

	@Override
	int serverPort() {
		return server.port();
	}

	@Override
	Way way(int port) {
		return new Way("sftp://root@127.0.0.1:%d%s --key %s".formatted(port, fixtures.served, server.key()), "");
	}

	@Override
	SftpPeers peers(int port) {
		return new SftpPeers(server, port, run.state(), run.limit());
	}

	@Override
	void work(int delay, int port) throws Exception {
		SftpPeers others = peers(port);
		if (does("list"))
			list(delay, port, others);
		if (does("list-large"))
			listLarge(delay, port);
		if (does("small"))
			small(delay, port, others);
		if (does("read"))
			read(delay, port, others);
		if (does("part"))
			part(delay, port, others);
		if (does("write"))
			write(delay, port, others);
		if (does("copy"))
			copy(delay, port);
		if (does("tree"))
			tree(delay, port, others, 5000);
	}

	private void list(int delay, int port, SftpPeers others) throws Exception {
		ownList(delay, port);
		if (run.peers())
			add(LIST, delay, "cryptofs over sshfs", others.cryptofs(fixtures.served, 1, "list", "/big").getFirst());
	}

	private void listLarge(int delay, int port) throws Exception {
		try (Strongroom own = strongroom(port, "400m")) {
			own.run("ls bench:/Vault");
			add("list 10,000 files + 1,000 folders, with sizes (heap 400 MB)", delay, "Strongroom", own.run("ls -l bench:/Vault/large"));
		}
	}

	private void small(int delay, int port, SftpPeers others) throws Exception {
		ownSmall(delay, port);
		if (run.peers())
			cryptofsSmall(delay, others, "cryptofs over sshfs");
	}

	private void read(int delay, int port, SftpPeers others) throws Exception {
		String work = reading();
		ownRead(delay, port);
		if (!run.peers())
			return;
		Path target = run.memory().resolve("got");
		String plain = fixtures.hugeCiphertext.toString();
		add(work, delay, "sftp (the ciphertext)", several(delay, () -> others.sftp("get " + plain + " " + target)));
		add(work, delay, "rclone (the ciphertext)", others.rclone("copyto", others.remote(fixtures.hugeCiphertext), target.toString()));
		Files.deleteIfExists(target);
		add(work, delay, "cryptofs over sshfs", others.cryptofs(fixtures.served, 1, "read", "/huge").getFirst());
		add(work, delay, "Cryptomator's drive over sshfs", others.drive(fixtures.served, "dd", "if=DRIVE/huge", "of=/dev/null", "bs=1M"));
	}

	private void part(int delay, int port, SftpPeers others) throws Exception {
		String work = "1 MiB out of the middle of %d MiB".formatted(fixtures.megabytes);
		String where = "--offset %d --count %d".formatted(fixtures.megabytes * 5L << 17, 1 << 20);
		try (Strongroom own = strongroom(port, null)) {
			own.run("ls bench:/Vault");
			add(work, delay, "Strongroom", own.run("cat " + where + " bench:/Vault/huge"));
		}
		if (run.peers())
			add(work, delay, "rclone (the ciphertext), with its sign-in", others.rclone(Shell.words(List.of("cat", others.remote(fixtures.hugeCiphertext)), where.split(" ")).toArray(String[]::new)));
	}

	private void write(int delay, int port, SftpPeers others) throws Exception {
		String work = writing();
		ownWrite(delay, port);
		if (!run.peers())
			return;
		Path target = fixtures.served.resolve("written");
		add(work, delay, "sftp (the ciphertext)", several(delay, () -> others.sftp("put " + fixtures.hugeCiphertext + " " + target)));
		Files.deleteIfExists(target);
		add(work, delay, "sftp, flushed to the disk (ciphertext)", several(delay, () -> others.sftp("put -f " + fixtures.hugeCiphertext + " " + target)));
		Files.deleteIfExists(target);
		add(work, delay, "rclone (the ciphertext)", others.rclone("copyto", fixtures.hugeCiphertext.toString(), others.remote(target)));
		Files.deleteIfExists(target);
		add(work, delay, "cryptofs over sshfs", others.cryptofs(fixtures.served, 1, "write", fixtures.hugeFile.toString(), "/written").getFirst());
		removeWritten();
		add(work, delay, "Cryptomator's drive over sshfs", others.drive(fixtures.served, "dd", "if=" + fixtures.hugeFile, "of=DRIVE/written", "bs=1M", "conv=fsync"));
		removeWritten();
	}

	private void copy(int delay, int port) throws Exception {
		try (Strongroom own = strongroom(port, null)) {
			own.run("ls bench:/Vault");
			add("copy %d MiB inside the vault".formatted(fixtures.megabytes), delay, "Strongroom", own.run("cp bench:/Vault/huge bench:/Vault/copied"));
			own.run("rm bench:/Vault/copied");
		}
	}

	@Override
	public void close() {
		server.close();
	}
}
