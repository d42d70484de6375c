package org.strongroom.product.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.product.Product;
import org.strongroom.testing.Certificates;
import org.strongroom.testing.DelayProxy;
import org.strongroom.testing.OpenSshServer;
import org.strongroom.testing.WebDavServer;
import org.strongroom.testing.WebDavServer.Kind;

/** Law 1 at the window, proved by tracing it: whatever happens, no name and no content of the server is written on this machine. */
class WindowProofTest {
	/** What is shown on the screen goes there: pictures of letters, titles of windows, what was copied. It is in memory. */
	private static final Predicate<String> SCREEN = w -> w.startsWith("socket ") && w.contains("/.X11-unix/X");
	/** Two bytes of memory by which the desktop's settings tell each other that they have changed. What the file holds is looked at, too. */
	private static final Predicate<String> SETTINGS = w -> w.endsWith("/run/dconf/user");
	private static final Predicate<String> ASIDE = SCREEN.or(SETTINGS);
	private static final String EDIT = "org.eclipse.ui.edit.";
	private static final String OURS = "org.strongroom.ui.";
	private static final Canaries CANARIES = new Canaries();
	private static Company company;
	@TempDir
	Path base;
	private Observed observed;
	private Window window;
	private static String vault;

	@BeforeAll
	static void open() throws Exception {
		assumeTrue(Trace.unavailable().isEmpty(), () -> Trace.unavailable().orElseThrow());
		assumeTrue(OpenSshServer.isAvailable(), () -> OpenSshServer.unavailable().orElseThrow());
		assumeTrue(System.getenv("DISPLAY") != null, "there is no display to open a window on");
		company = new Company(CANARIES);
		vault = "HQ/" + company.vault();
	}

	@AfterAll
	static void close() throws Exception {
		if (company != null)
			company.close();
	}

	@BeforeEach
	void signIn() throws Exception {
		observed = new Observed(base, company.server().root(), CANARIES);
		assertThat(Product.run(observed.machine().command("bookmark", "add", "HQ", company.uri(), "--key", company.server().keyFile().toString()), "").code()).isZero();
		Window.invite(observed.machine());
		window = Window.open(observed.machine(), observed.machine().home().resolve(".xsession-errors"));
		window.step("open", "HQ").step("press", "Unknown Server", "Trust This Server");
		givePassphraseAndCode();
		window.step("see-remark", "HQ", "signed in").step("open", vault).step("answer", "Vault Passphrase", company.oracle().passphrase(), "Unlock").step("see-remark", vault, "unlocked");
	}

	private void givePassphraseAndCode() throws Exception {
		window.step("answer", "Key Passphrase", company.server().keyPassphrase(), "Sign In").step("answer", "Sign In", company.server().currentCode(), "Continue");
	}

	@AfterEach
	void leave() throws Exception {
		try {
			if (window != null)
				window.close();
		} finally {
			if (observed != null)
				observed.close();
		}
	}

	private String inVault(String name) {
		return vault + "/" + name;
	}

	@Test
	void aDayAtTheWindow() throws Exception {
		String word = CANARIES.word();
		String text = company.text();
		window.step("open", inVault(text)).step("type", text, word).step("save", text).step("see-saved", text).step("copy-all", text).step("search-in-text", text, word);
		window.step("open", inVault(company.utf16())).step("type", company.utf16(), word).step("save", company.utf16()).step("see-saved", company.utf16());
		window.step("open", inVault(company.picture())).step("see-editor", company.picture());
		window.step("open", inVault(company.binary())).step("see-editor", company.binary()).step("press-button", "Text").step("see-text", word);
		window.step("open", "HQ/" + company.plain()).step("open", "HQ/" + company.plain() + "/" + company.plainText()).step("see-editor", company.plainText());
		window.step("pick", word);
		window.step("command-on", vault, OURS + "find").step("fill", "Find Files", word, "Find").step("see-row", text);
		makeAndRemove(CANARIES.name("made"));
		othersChange();
		goneMeanwhile();
		loseConnection();
		travel();
		window.exit();
		assertThat(observed.assertNothingFound(ASIDE)).flatExtracting(t -> t.written().keySet()).as("what was looked at").anyMatch(SCREEN).anyMatch(w -> w.startsWith("socket ") && w.contains("dbus"))
				.contains(observed.machine().home().resolve(".config/strongroom/known_hosts").toString());
	}

	private void makeAndRemove(String folder) throws Exception {
		String file = CANARIES.name("new") + ".txt";
		String renamed = CANARIES.name("renamed") + ".txt";
		window.step("command-on", vault, OURS + "newFolder").step("fill", "New Folder", folder, "OK");
		window.step("command-on", inVault(folder), OURS + "newFile").step("fill", "New File", file, "OK").step("type", file, CANARIES.word()).step("save", file).step("see-saved", file);
		window.step("command-on", inVault(folder + "/" + file), EDIT + "rename").step("fill", "Rename", renamed, "OK").step("see", inVault(folder + "/" + renamed));
		window.step("command-on", inVault(folder + "/" + renamed), EDIT + "copy").step("command-on", vault, EDIT + "paste").step("see", inVault(renamed));
		window.step("command-on", inVault(renamed), "org.eclipse.ui.file.properties");
		window.step("command-on", inVault(folder), EDIT + "delete").step("press", "Delete", "Delete").step("see-gone", inVault(folder));
	}

	private void othersChange() throws Exception {
		String text = company.text();
		window.step("type", text, CANARIES.word());
		company.oracle().unlock();
		company.oracle().write("/" + text, "others " + CANARIES.lines());
		company.oracle().lock();
		window.step("save", text).step("press", "File Changed", "Overwrite").step("see-saved", text);
	}

	private void goneMeanwhile() throws Exception {
		String gone = CANARIES.name("renamed") + ".txt";
		company.oracle().unlock();
		company.oracle().delete("/" + gone);
		company.oracle().lock();
		window.step("open", inVault(gone)).step("problem", gone);
	}

	private void loseConnection() throws Exception {
		String text = company.text();
		window.step("type", text, CANARIES.word());
		company.line().cut();
		window.step("save", text).step("press", "Connection Lost", "Reconnect and Save");
		givePassphraseAndCode();
		window.step("see-saved", text);
	}

	/** Nothing that would put something on this machine, or the clipboard, does so. */
	private void travel() throws Exception {
		String text = company.text();
		window.step("command", OURS + "travel").step("command-on", inVault(text), OURS + "download").step("problem", "travel mode");
		window.step("refused-copy", text, "travel mode");
		window.step("command", OURS + "travel").step("answer", "Vault Passphrase", "wrong " + CANARIES.word(), "Unlock").step("answer", "Vault Passphrase", company.oracle().passphrase(), "Unlock");
		window.step("copy-all", text);
	}

	@Test
	void workWhileTheDiskIsFull() throws Exception {
		assumeTrue(observed.isSmall(), "a small disk, to be filled, cannot be had here: mounting one in memory (tmpfs) is for root");
		String text = company.text();
		window.step("open", inVault(text)).step("see-editor", text);
		Path filling = observed.fillDisk();
		window.step("type", text, CANARIES.word()).step("save", text).step("see-saved", text);
		window.step("open", inVault(company.folder())).step("open", inVault(company.folder() + "/" + text)).step("see", inVault(company.folder() + "/" + text));
		Files.delete(filling);
		window.exit();
		observed.assertNothingFound(ASIDE);
	}

	/** As a plug-in may: the last bytes first, and to be read again before all is there. To a server that takes no parts out of order, over a long line; what waits spills to this machine. */
	@Test
	void whatDoesNotFitIntoMemorySpillsEncrypted() throws Exception {
		assumeTrue(WebDavServer.unavailable(Kind.APACHE).isEmpty(), () -> WebDavServer.unavailable(Kind.APACHE).orElseThrow());
		String file = CANARIES.name("spilled");
		try (WebDavServer server = WebDavServer.of(Kind.APACHE).tls(Certificates.selfSigned()).start(); DelayProxy line = DelayProxy.to(server.host(), server.port()).start()) {
			observed.server(server.root());
			observed.server(server.state());
			window.exit();
			assertThat(Product.run(observed.machine().command("bookmark", "add", "Files", "davs://%s@%s:%d/".formatted(server.user(), server.host(), line.port())), "").code()).isZero();
			window = Window.open(observed.machine(), observed.machine().home().resolve(".xsession-errors-again"));
			window.step("open", "Files").step("press", "Certificate Not Trusted", "Trust This Server").step("answer", "Password", server.password(), "Sign In").step("see-remark", "Files", "signed in");
			line.delay(Duration.ofMillis(25), Duration.ofMillis(25));
			window.step("write-backwards", "Files", "/" + file, CANARIES.line(100).strip());
			assertThat(Files.size(server.root().resolve(file))).isEqualTo(24 << 20);
			line.cutAfterBytes(4 << 20);
			window.step("fail-to-write-backwards", "Files", "/" + file + "-cut", CANARIES.line(100).strip());
			window.exit();
		}
		assertThat(observed.assertNothingFound(ASIDE)).flatExtracting(t -> t.written().keySet()).as("what was looked at").anyMatch(w -> w.contains(".spool"));
	}

	@Test
	void killedWithUnsavedText() throws Exception {
		String text = company.text();
		window.step("open", inVault(text)).step("type", text, CANARIES.word()).step("open", inVault(company.picture())).step("see-editor", company.picture());
		window.kill();
		observed.assertNothingFound(ASIDE);
		assertThat(observed.machine().folder().resolve("run")).as("what nobody could tidy up").isNotEmptyDirectory();
	}

	/** The check can fail: what is saved on this machine because somebody wants it is found, there and nowhere else, not even in the desktop's list of recent files. */
	@Test
	void anExportIsFoundWhereItWent() throws Exception {
		String text = company.text();
		window.step("open", inVault(company.folder())).step("accept-default-of", inVault(company.folder() + "/" + text), OURS + "download");
		Path copy = observed.machine().home().resolve(text);
		window.step("see-text", "1 readable");
		window.exit();
		assertThat(copy).hasContent(CANARIES.lines());
		observed.assertFoundIn(observed.machine().home(), List.of(text), ASIDE);
	}
}
