package org.strongroom.auth.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SshConfigTest {
	@TempDir
	Path folder;

	@BeforeEach
	void settle() {
		System.setProperty(SshConfig.FOLDER_PROPERTY, folder.toString());
	}

	@AfterEach
	void tidy() {
		System.clearProperty(SshConfig.FOLDER_PROPERTY);
	}

	private SshConfig config(String text, String host) throws Exception {
		Files.writeString(folder.resolve("config"), text);
		return SshConfig.of(host, null);
	}

	@Test
	void theFirstValueWins() throws Exception {
		String text = "Port 1\n\nHost a\n\tPort 2\n  User  me # really\nHost *\nuser you\nHOSTNAME = %h.example.org\n";
		assertThat(config(text, "a").value("port")).contains("1");
		assertThat(config(text, "a").value("User")).contains("me");
		assertThat(config(text, "b").value("user")).contains("you");
		assertThat(config(text, "b").hostName()).isEqualTo("b.example.org");
		assertThat(config("", "c").hostName()).isEqualTo("c");
		assertThat(config("Host x\n", "c").value("user")).isEmpty();
	}

	@Test
	void patterns() throws Exception {
		String text = "Host *.example.org !bad.example.org  10.0.0.?\n  User me\n";
		assertThat(config(text, "a.example.org").value("user")).contains("me");
		assertThat(config(text, "bad.example.org").value("user")).isEmpty();
		assertThat(config(text, "10.0.0.7").value("user")).contains("me");
		assertThat(config(text, "10.0.0.77").value("user")).isEmpty();
		assertThat(config("Host " + "*a".repeat(2000) + "\n User me\n", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaab").value("user")).isEmpty();
	}

	@Test
	void files() throws Exception {
		SshConfig config = config("IdentityFile ~/a\nIdentityFile \"%d/with space\"\nIdentityFile key-%r@%n:%p\nHost x\nIdentityFile /abs\nIdentityFile none\n", "x");
		Path home = Path.of(System.getProperty("user.home"));
		assertThat(config.files("IdentityFile", "me", 7)).containsExactly(home.resolve("a"), home.resolve("with space"), folder.resolve("key-me@x:7"), Path.of("/abs"));
	}

	@Test
	void includes() throws Exception {
		Files.createDirectory(folder.resolve("conf.d"));
		Files.writeString(folder.resolve("conf.d/1.conf"), "Host x\n User one\n");
		Files.writeString(folder.resolve("conf.d/2.conf"), "User two\nInclude config\n");
		SshConfig config = config("Include conf.d/*.conf\nUser three\n", "x");
		assertThat(config.value("user")).contains("one");
		assertThat(config("Include conf.d/*.conf\nUser three\n", "y").value("user")).contains("two");
		assertThat(config("Host z\nInclude conf.d/*.conf\nHost *\nUser three\n", "y").value("user")).contains("three");
	}

	@Test
	void matches() throws Exception {
		String text = "Match host 10.* user me\n Port 1\nMatch originalhost hq !user me\n Port 2\nMatch exec true\n Port 3\nMatch final\n Port 4\nMatch all\n Port 5\n";
		Files.writeString(folder.resolve("config"), text);
		assertThat(SshConfig.of("10.0.0.1", "me").value("port")).contains("1");
		assertThat(SshConfig.of("hq", "you").value("port")).contains("2");
		assertThat(SshConfig.of("hq", "me").value("port")).contains("5");
	}

	@Test
	void oddLines() throws Exception {
		assertThat(config("\u0000\nUser\n\"\nHost \"a b\" c\nUser me\n=\nPort=\n", "c").values("user")).isEqualTo(List.of("me"));
	}
}
