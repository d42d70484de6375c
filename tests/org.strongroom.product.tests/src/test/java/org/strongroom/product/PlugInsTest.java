package org.strongroom.product;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.product.Product.Outcome;

/** Plug-ins are taken out of a copy of the product and put back. */
class PlugInsTest {
	@TempDir
	private Path temporary;
	private User user;

	@BeforeEach
	void installation() throws Exception {
		user = new User(temporary);
		user.installation(Product.copy(temporary.resolve("product")));
	}

	private void fails(int code, String said, String... words) throws Exception {
		Outcome outcome = user.run(words);
		assertThat(outcome.out()).isEmpty();
		assertThat(outcome.complaints()).singleElement().asString().contains(said);
		assertThat(outcome.code()).isEqualTo(code);
	}

	@Test
	void eachCanBeRemovedAndBroughtBack() throws Exception {
		String all = user.done("plugin", "list");
		assertThat(all.lines()).extracting(line -> line.split("\t")[1]).containsExactly("org.strongroom.cryptomator", "org.strongroom.demo", "org.strongroom.nextcloud", "org.strongroom.platform", "org.strongroom.sftp",
				"org.strongroom.webdav", "org.strongroom.workbench");

		assertThat(user.done("plugin", "remove", "sftp")).startsWith("sftp ").endsWith("is removed.\n");
		assertThat(user.done("plugin", "list")).doesNotContain("sftp").contains("demo");
		fails(1, "the plug-in 'sftp' is missing; install it with 'strongroom plugin install sftp'", "ls", "sftp://somebody@127.0.0.1:1/");
		assertThat(user.done("plugin", "install", "--repository", Product.REPOSITORY.toString(), "sftp")).endsWith("is installed.\n");
		fails(5, "refuses connections", "ls", "sftp://somebody@127.0.0.1:1/");

		user.done("plugin", "remove", "cryptomator", "org.strongroom.demo");
		Path vault = Files.createDirectories(temporary.resolve("files/Vault"));
		Files.writeString(vault.resolve("masterkey.cryptomator"), "{}");
		Files.writeString(vault.resolve("vault.cryptomator"), "x");
		String here = vault.getParent().toUri().toString().replaceFirst("^file:/+", "file:///");
		assertThat(user.done("ls", "-l", here)).startsWith("locked-vault");
		fails(1, "the plug-in 'cryptomator' is missing", "ls", here + "Vault");
		assertThat(user.done("--no-unlock", "ls", here + "Vault")).isEqualTo("masterkey.cryptomator\nvault.cryptomator\n");
		user.done("plugin", "install", "--repository", zipped().toString(), "cryptomator", "org.strongroom.demo");
		fails(7, "damaged", "ls", here + "Vault");
		assertThat(user.done("plugin", "list")).isEqualTo(all);
	}

	@Test
	void whatThePolicyDoesNotLetBeUsedIsNotInstalled() throws Exception {
		user.done("plugin", "remove", "sftp");
		String without = user.done("plugin", "list");
		String[] install = { "plugin", "install", "--repository", Product.REPOSITORY.toString(), "sftp" };
		Path policy = Files.createDirectories(user.home()).resolve("policy.yaml");

		Files.writeString(policy, "policy: 1\nplug-ins: [org.strongroom.storage.*, org.strongroom.vault.*]\n");
		fails(8, "Forbidden by your own policy, line 2: it does not name the plug-in org.strongroom.auth.ssh among those that may be used", install);
		String signed = "org.strongroom.storage.sftp', signed-by: ['" + "0C:".repeat(31) + "0C']}]\n";
		Files.writeString(policy, "policy: 1\nplug-ins: ['org.strongroom.[!s]*', 'org.strongroom.storage.[!s]*', {bundle: '" + signed);
		fails(8, "it does not name the plug-in org.strongroom.storage.sftp, signed as it is, among those that may be used", "plugin", "install", "--repository", zipped().toString(), "sftp");
		Files.writeString(policy, "policy: 1\nplug-ins: none of them\n");
		fails(8, "your own policy, which is damaged", install);
		Files.delete(policy);
		assertThat(user.done("plugin", "list")).as("nothing was changed").isEqualTo(without);

		Files.writeString(policy, "policy: 1\nplug-ins: [org.strongroom.storage.*, org.strongroom.auth.*]\n");
		assertThat(user.done(install)).as("of what adds nothing to Strongroom's extension points policies say nothing").startsWith("sftp ").endsWith("is installed.\n");
	}

	@Test
	void whatCannotBeDoneIsOneLine() throws Exception {
		user.file("text", "text");

		Outcome outcome = user.runWith("""
				plugin remove nothing
				plugin remove sftp workbench
				plugin install sftp
				plugin install --repository '%s' nothing
				plugin install --repository nowhere sftp
				plugin install --repository text sftp
				plugin list
				""".formatted(Product.REPOSITORY), "shell");

		String[] said = { "none of that name is installed", "'workbench' is Strongroom itself", "Say where from", "the repository has none of that name", "nowhere: there is no such file", "text cannot be read" };
		assertThat(outcome.complaints()).hasSameSizeAs(said);
		for (int i = 0; i < said.length; i++)
			assertThat(outcome.complaints().get(i)).contains(said[i]);
		assertThat(outcome.lines()).as("nothing was changed").hasSize(7);
		assertThat(outcome.code()).isEqualTo(3);
	}

	private Path zipped() throws Exception {
		Path zip = temporary.resolve("repository.zip");
		try (var out = new ZipOutputStream(Files.newOutputStream(zip)); Stream<Path> files = Files.walk(Product.REPOSITORY)) {
			out.setLevel(0);
			for (Path file : files.filter(Files::isRegularFile).toList()) {
				out.putNextEntry(new ZipEntry(Product.REPOSITORY.relativize(file).toString()));
				Files.copy(file, out);
			}
		}
		return zip;
	}
}
