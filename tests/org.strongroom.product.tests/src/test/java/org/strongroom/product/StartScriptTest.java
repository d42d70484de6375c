package org.strongroom.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.product.Product.Outcome;

/** A Strongroom that belongs to one person, by convention root, and is started by another. */
class StartScriptTest {
	private static final Path SCRIPT = Path.of(System.getProperty("strongroom.script"));
	/** The user and group {@code nobody} of Linux. */
	private static final String NOBODY = "65534";

	@TempDir
	private Path temporary;
	private Path root;
	private Path home;

	@BeforeEach
	void aFolderOfRoot() throws Exception {
		assumeTrue("root".equals(System.getProperty("user.name")), "only root can act as two users");
		sh("chmod 755 '%s'".formatted(temporary));
		root = temporary.resolve("opt");
		home = temporary.resolve("nobody");
		sh("mkdir '%s' '%s' && chmod 755 '%s' && chown %s '%s' && cp '%s' '%s' && chmod 755 '%s'/strongroom".formatted(root, home, root, NOBODY, home, SCRIPT, root, root));
	}

	@Test
	void aProductOfRootIsStartedByOthersAsItIs() throws Exception {
		product();
		// sources that were changed since would have their owner build
		Files.createDirectories(root.resolve("bundles"));
		Files.writeString(root.resolve("bundles/Changed.java"), "");
		sh("chmod -R a+rX '%s'".formatted(root));

		Outcome listed = nobody("plugin", "list");
		Outcome shown = nobody("policy", "show");

		assertThat(listed.err()).isEmpty();
		assertThat(listed.code()).isZero();
		assertThat(listed.lines()).anyMatch(l -> l.startsWith("sftp\torg.strongroom.sftp\t"));
		assertThat(shown.err()).isEmpty();
		assertThat(shown.lines()).anyMatch(l -> l.startsWith("export "));
		assertThat(names(home)).as("nothing but Strongroom's home").containsExactly("strongroom");
		assertThat(names(home.resolve("strongroom"))).contains("installation");
		assertThat(root.resolve("target")).doesNotExist();
	}

	@Test
	void byALinkToTheScript() throws Exception {
		product();
		sh("chmod -R a+rX '%s' && ln -s '%s/strongroom' '%s/link'".formatted(root, root, temporary));

		Outcome outcome = Product.run(asNobody(temporary.resolve("link").toString(), "--version"), "");

		assertThat(outcome.err()).isEmpty();
		assertThat(outcome.out()).startsWith("Strongroom ");
	}

	@Test
	void whereNothingIsBuiltOneLineSaysWhoHasToBuild() throws Exception {
		for (String command : List.of("ls", "build", "test")) {
			Outcome outcome = nobody(command);

			assertThat(outcome.code()).as(command).isEqualTo(1);
			assertThat(outcome.complaints()).as(command).singleElement().asString().startsWith("Strongroom: ").contains(root.toString());
		}
		assertThat(nobody("ls").err()).contains("'" + root + "/strongroom build'");
		assertThat(names(home)).as("nothing was fetched").isEmpty();
	}

	@Test
	void aProductThatOthersMayNotReadIsNotStarted() throws Exception {
		product();
		sh("chmod -R go-rwx '%s'/products".formatted(root));

		Outcome outcome = nobody("policy", "show");

		assertThat(outcome.code()).isEqualTo(1);
		assertThat(outcome.complaints()).singleElement().asString().contains("not for everybody");
	}

	@Test
	void whatIsBuiltIsForAllWhomTheUmaskLetsRead() throws Exception {
		Path product = product();
		sh("""
				cd '%s' && chmod -R go-rwx products/org.strongroom.product/target && mkdir .mvn bundles features target-platform target && touch pom.xml &&
				find "$PWD"/pom.xml "$PWD"/products -name target -prune -o -type f -print | cksum >target/built""".formatted(root));

		sh("umask 077 && '%s/strongroom' build".formatted(root));
		assertThat(permissions(product.resolve("plugins"))).isEqualTo("rwx------");

		sh("umask 022 && '%s/strongroom' build".formatted(root));
		assertThat(permissions(product.resolve("plugins"))).isEqualTo("rwxr-xr-x");
		assertThat(permissions(product.resolve("configuration/config.ini"))).isEqualTo("rw-r--r--");
		assertThat(nobody("--version").out()).startsWith("Strongroom ");
	}

	/** The finished product, where the build would put it. */
	private Path product() throws IOException, InterruptedException {
		Path product = root.resolve("products/org.strongroom.product/target/products/org.strongroom.product/linux/gtk/x86_64");
		Product.copy(product);
		sh("cd '%s' && chmod 755 products products/org.strongroom.product".formatted(root));
		return product;
	}

	private Outcome nobody(String... words) throws IOException, InterruptedException {
		var command = new ArrayList<>(List.of(root.resolve("strongroom").toString()));
		command.addAll(List.of(words));
		return Product.run(asNobody(command.toArray(String[]::new)), "");
	}

	private ProcessBuilder asNobody(String... command) throws IOException {
		var words = new ArrayList<>(Shield.before());
		// Java asks the system for the account's home, not the environment
		words.addAll(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups", "env", "-i", "PATH=" + System.getenv("PATH"), "JAVA_HOME=" + System.getProperty("java.home"),
				"LANG=C.UTF-8", "HOME=" + home, "STRONGROOM_HOME=" + home.resolve("strongroom")));
		words.addAll(List.of(command));
		return new ProcessBuilder(words).directory(home.toFile());
	}

	private static void sh(String script) throws IOException, InterruptedException {
		var builder = new ProcessBuilder("sh", "-c", script);
		builder.environment().keySet().removeAll(List.of("STRONGROOM_PRODUCT", "STRONGROOM_HOME"));
		builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
		Outcome outcome = Product.run(builder, "");
		assertThat(outcome.code()).as("%s: %s", script, outcome.err()).isZero();
	}

	private static List<String> names(Path folder) throws IOException {
		try (var all = Files.list(folder)) {
			return all.map(p -> p.getFileName().toString()).sorted().toList();
		}
	}

	private static String permissions(Path file) throws IOException {
		return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
	}
}
