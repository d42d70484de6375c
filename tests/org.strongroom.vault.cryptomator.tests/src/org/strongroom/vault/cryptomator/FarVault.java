package org.strongroom.vault.cryptomator;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import org.strongroom.auth.ssh.SshConfig;
import org.strongroom.auth.ssh.internal.SshAuthenticator;
import org.strongroom.core.Bookmark;
import org.strongroom.core.Home;
import org.strongroom.core.auth.Authenticator;
import org.strongroom.core.auth.Secret;
import org.strongroom.core.auth.SignIn;
import org.strongroom.core.storage.Storage;
import org.strongroom.core.storage.StorageFileSystem;
import org.strongroom.core.storage.Traffic;
import org.strongroom.core.vault.Vault;
import org.strongroom.remotefs.internal.RemoteFileSystems;
import org.strongroom.storage.sftp.internal.SftpProtocol;
import org.strongroom.testing.CryptomatorOracle;
import org.strongroom.testing.CryptomatorOracle.Cipher;
import org.strongroom.testing.DelayProxy;
import org.strongroom.testing.OpenSshServer;
import org.strongroom.testing.Person;
import org.strongroom.vault.cryptomator.internal.CryptomatorFormat;

/** A vault made by cryptofs on a real OpenSSH server, which any number of sessions open over one link. */
final class FarVault implements AutoCloseable {
	final OpenSshServer server;
	final DelayProxy link;
	/** Locked before anybody signs in. */
	final CryptomatorOracle oracle;

	/**
	 * @param temp where this machine's settings are looked for, and nowhere else
	 * @param denied what the server is not to offer, as {@code sftp-server -Q requests} lists it
	 */
	FarVault(Path temp, String... denied) throws IOException {
		assumeTrue(OpenSshServer.unavailable().isEmpty(), () -> OpenSshServer.unavailable().orElseThrow());
		System.setProperty(SshConfig.FOLDER_PROPERTY, temp.resolve("ssh").toString());
		System.setProperty(Home.PROPERTY, temp.resolve("home").toString());
		System.setProperty("strongroom.ssh.agent", "none");
		server = OpenSshServer.builder().keyOnly().keyPassphrase("").deny(denied).start();
		link = DelayProxy.to(server.host(), server.port()).start();
		oracle = CryptomatorOracle.create(local(), Server.PASSPHRASE, Cipher.SIV_GCM);
	}

	/** The encrypted folder as it lies on this machine. */
	Path local() {
		return server.root().resolve("vault");
	}

	/** One signed-in connection with the vault unlocked. */
	record Session(Storage storage, StorageFileSystem fileSystem, Vault vault) implements AutoCloseable {
		Path item(String name) {
			return vault.root().resolve(name);
		}

		/** Believes nothing that is remembered of the server. */
		void refresh() {
			fileSystem.refresh(fileSystem.getPath("/"));
		}

		/** Goes on with another connection, as the workbench does when one is lost: the vault stays unlocked. */
		Session again(Storage fresh) throws IOException {
			storage.close();
			fileSystem.reconnected(fresh);
			return new Session(fresh, fileSystem, vault);
		}

		@Override
		public void close() throws IOException {
			try (storage; fileSystem; vault) {
				// the vault first
			}
		}
	}

	Session signIn() throws IOException {
		Storage storage = connect();
		try {
			StorageFileSystem fileSystem = open(storage);
			return new Session(storage, fileSystem, unlock(fileSystem));
		} catch (IOException | RuntimeException e) {
			storage.close();
			throw e;
		}
	}

	static StorageFileSystem open(Storage storage) {
		return new RemoteFileSystems().open(UUID.randomUUID().toString(), storage);
	}

	/** The encrypted folder as a session sees it. */
	Path remote(StorageFileSystem fileSystem) {
		return fileSystem.getPath(server.remoteRoot() + "/vault");
	}

	Vault unlock(StorageFileSystem fileSystem) throws IOException {
		try (Secret secret = Secret.of(Server.PASSPHRASE.toCharArray())) {
			return new CryptomatorFormat().inspect(remote(fileSystem)).unlock(secret);
		}
	}

	/** Something done over a connection. */
	interface Work {
		void run() throws IOException;
	}

	/** What it costs. */
	static Traffic traffic(Storage storage, Work work) throws IOException {
		Traffic before = storage.traffic();
		work.run();
		return storage.traffic().minus(before);
	}

	/** The encrypted file of one, as it lies on this machine. */
	Path local(Session session, Path file) throws IOException {
		return local().resolve(remote(session.fileSystem()).relativize(session.vault().encrypted(file)).toString());
	}

	/** Signs in, no more. */
	Storage connect() throws IOException {
		URI uri = URI.create("sftp://%s@%s:%d%s".formatted(server.user(), link.host(), link.port(), server.remoteRoot()));
		var signIn = new SignIn(List.<Authenticator>of(new SshAuthenticator()), Person.of(server));
		return new SftpProtocol().connect(new Bookmark("Far", uri, List.of(server.keyFile()), Map.of()), signIn);
	}

	/** What lies in the vault's folder under a name of Strongroom's for what is on its way. */
	List<String> strays() throws IOException {
		try (var all = Files.walk(local())) {
			return all.filter(p -> p.getFileName().toString().startsWith(".strongroom-")).map(p -> local().relativize(p).toString()).toList();
		}
	}

	@Override
	public void close() throws IOException {
		try (server; link; oracle) {
			// the oracle first
		}
	}
}
