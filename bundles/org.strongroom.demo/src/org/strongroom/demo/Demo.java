package org.strongroom.demo;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.strongroom.core.Bookmark;
import org.strongroom.core.Home;
import org.strongroom.core.PlugIns;
import org.strongroom.core.auth.Secret;
import org.strongroom.core.vault.Vault;
import org.strongroom.core.vault.VaultFormat;

/**
 * All that the main job needs, on this machine alone: a server that demands a key and a one-time code, a sample folder with a vault on it, and a home with a key file
 * and the server's host key. Everything is made afresh, with fresh secrets, and removed at the end, be it that the process is asked to end (SIGINT, SIGTERM).
 * <p>
 * While it runs, the home of this process ({@link Home}) is the demo's, and neither the person's SSH settings nor their agent are looked at. One at a time. Thread-safe.
 */
public final class Demo implements AutoCloseable {
	/** What the bookmark is called. */
	public static final String BOOKMARK = "Demo";
	/** Where the vault is, seen through the bookmark. */
	public static final String VAULT = "/" + SampleVault.VAULT_NAME;

	private static final String FORMAT = "cryptomator";
	/** As the SSH plug-ins call them: the folder that stands for {@code ~/.ssh}, and the agent's socket, {@code none} for no agent. */
	private static final String SSH_FOLDER = "strongroom.ssh.folder";
	private static final String SSH_AGENT = "strongroom.ssh.agent";

	private final Map<String, String> before = new LinkedHashMap<>();
	private final Thread ending = new Thread(this::end, "End of the demo");
	private final TemporaryFolder home;
	private final Secret vaultPassphrase;
	private SampleVault sample;
	private EmbeddedServer server;
	private Bookmark bookmark;

	private Demo() throws IOException {
		home = TemporaryFolder.create("strongroom-demo-home");
		vaultPassphrase = Secret.of(Passphrases.fresh(new SecureRandom()).toCharArray());
	}

	/**
	 * Makes everything; the server listens when this returns. The bookmark is not saved yet.
	 *
	 * @throws org.strongroom.core.MissingPlugInException if there is no plug-in for the vault
	 */
	public static Demo start(PlugIns plugIns) throws IOException {
		Demo demo = new Demo();
		try {
			demo.prepare(plugIns);
			return demo;
		} catch (IOException | RuntimeException e) {
			demo.close();
			throw e;
		}
	}

	private synchronized void prepare(PlugIns plugIns) throws IOException {
		Runtime.getRuntime().addShutdownHook(ending);
		set(Home.PROPERTY, home.path().toString());
		set(SSH_FOLDER, home.path().resolve("ssh").toString());
		set(SSH_AGENT, "none");
		VaultFormat format = plugIns.vaultFormat(FORMAT);
		sample = SampleVault.create(vaultPassphrase.chars(), (folder, passphrase, filler) -> fill(format, folder, passphrase, filler));
		server = EmbeddedServer.serving(sample.folder()).keyFolder(home.path()).keyPassphrase(Passphrases.fresh(new SecureRandom())).start();
		Files.writeString(home.path().resolve("known_hosts"), server.knownHostsLine() + "\n");
		bookmark = new Bookmark(BOOKMARK, URI.create(server.uri()), List.of(server.keyFile()), Map.of());
	}

	private static void fill(VaultFormat format, Path folder, char[] passphrase, SampleVault.Filler filler) throws IOException {
		Files.createDirectory(folder);
		try (Secret secret = Secret.of(passphrase.clone())) {
			format.create(folder, secret);
			try (Vault vault = format.inspect(folder).unlock(secret)) {
				filler.fill(vault.root());
			}
		}
	}

	/** The way to the server. */
	public Bookmark bookmark() {
		return bookmark;
	}

	/** The server. Its {@link EmbeddedServer#totp codes} are what a phone would show. */
	public EmbeddedServer server() {
		return server;
	}

	/** A copy of the vault's passphrase, for the caller to wipe. */
	public char[] vaultPassphrase() {
		return vaultPassphrase.chars().clone();
	}

	/** The served folder, seen from the server's side. */
	public ServerSide served() {
		return new ServerSide(sample.folder());
	}

	/** The vault's folder, seen from the server's side. */
	public ServerSide vault() {
		return new ServerSide(sample.vault());
	}

	/** The home of the demo; gone when it ends. */
	public Path home() {
		return home.path();
	}

	private void set(String property, String value) {
		before.put(property, System.getProperty(property));
		System.setProperty(property, value);
	}

	/** Stops the server and removes everything. Sessions with the server are to be closed before. */
	@Override
	public void close() {
		end();
		restore();
		try {
			Runtime.getRuntime().removeShutdownHook(ending);
		} catch (IllegalStateException e) {
			// The process is ending: the hook is running, or has.
		}
	}

	private synchronized void restore() {
		before.forEach((property, value) -> {
			if (value == null)
				System.clearProperty(property);
			else
				System.setProperty(property, value);
		});
		before.clear();
	}

	/** Goes on over errors: what else is to be removed must go all the same. */
	private synchronized void end() {
		if (server != null) {
			try {
				server.close();
			} catch (IOException | RuntimeException e) {
				// Its key file lies in the home, which goes next.
			}
		}
		if (sample != null)
			sample.close();
		home.close();
		vaultPassphrase.close();
	}
}
