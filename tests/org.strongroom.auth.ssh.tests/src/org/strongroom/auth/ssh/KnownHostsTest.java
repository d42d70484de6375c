package org.strongroom.auth.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.auth.ssh.KnownHosts.Verdict;

class KnownHostsTest {
	@TempDir
	Path folder;

	private static byte[] key(String type, String content) {
		try (var out = new Wire.Writer()) {
			return out.string(type).string(content).toByteArray();
		}
	}

	private static String line(byte[] key) {
		return Wire.type(key) + " " + Base64.getEncoder().encodeToString(key) + " comment";
	}

	private final byte[] first = key("ssh-ed25519", "first");
	private final byte[] second = key("ssh-ed25519", "second");
	private final byte[] rsa = key("ssh-rsa", "rsa");

	private KnownHosts hosts(String text) throws Exception {
		Path file = Files.writeString(folder.resolve("known_hosts"), text);
		return new KnownHosts(List.of(folder.resolve("missing"), file), folder.resolve("home/own"), false);
	}

	@Test
	void severalKeysOfOneHost() throws Exception {
		KnownHosts hosts = hosts("# comment\n\nhq,10.0.0.1 " + line(first) + "\nHQ " + line(rsa) + "\r\n");
		assertThat(hosts.check("HQ", 22, first)).isInstanceOf(Verdict.Known.class);
		assertThat(hosts.check("hq", 22, rsa)).isInstanceOf(Verdict.Known.class);
		assertThat(hosts.check("10.0.0.1", 22, first)).isInstanceOf(Verdict.Known.class);
		assertThat(hosts.check("hq", 22, second)).isEqualTo(new Verdict.Changed(folder.resolve("known_hosts"), 3, "ssh-ed25519"));
		assertThat(hosts.check("other", 22, first)).isInstanceOf(Verdict.Unknown.class);
		assertThat(hosts.types("hq", 22)).containsExactly("ssh-ed25519", "ssh-rsa");
		assertThat(hosts.types("other", 22)).isEmpty();
	}

	@Test
	void ports() throws Exception {
		KnownHosts hosts = hosts("[hq]:2222 " + line(first) + "\nplain " + line(rsa) + "\n");
		assertThat(hosts.check("hq", 2222, first)).isInstanceOf(Verdict.Known.class);
		assertThat(hosts.check("hq", 22, first)).isInstanceOf(Verdict.Unknown.class);
		assertThat(hosts.check("hq", 2223, first)).isInstanceOf(Verdict.Unknown.class);
		assertThat(hosts.check("plain", 2222, rsa)).as("as OpenSSH, which looks without the port too").isInstanceOf(Verdict.Known.class);
		assertThat(hosts.check("plain", 2222, first)).as("another server at another port").isInstanceOf(Verdict.Unknown.class);
	}

	@Test
	void patternsAndRevoked() throws Exception {
		KnownHosts hosts = hosts("*.example.org,!bad.example.org " + line(first) + "\n@revoked * " + line(second) + "\n@cert-authority * " + line(rsa) + "\n");
		assertThat(hosts.check("a.example.org", 22, first)).isInstanceOf(Verdict.Known.class);
		assertThat(hosts.check("bad.example.org", 22, first)).isInstanceOf(Verdict.Unknown.class);
		assertThat(hosts.check("anything", 22, second)).isEqualTo(new Verdict.Revoked(folder.resolve("known_hosts"), 2));
		assertThat(hosts.check("a.example.org", 22, second)).isInstanceOf(Verdict.Revoked.class);
		assertThat(hosts.check("anything", 22, rsa)).isInstanceOf(Verdict.Unknown.class);
	}

	@Test
	void added() throws Exception {
		hosts("").add("HQ", 2222, first);
		Path own = folder.resolve("home/own");
		assertThat(own).hasContent("[hq]:2222 ssh-ed25519 " + Base64.getEncoder().encodeToString(first));
		Files.writeString(own, "half a line");
		hosts("").add("10.0.0.1", 22, rsa);
		assertThat(hosts("").check("10.0.0.1", 22, rsa)).isInstanceOf(Verdict.Known.class);
		var hashing = new KnownHosts(List.of(), own, true);
		hashing.add("secret.example.org", 22, second);
		assertThat(own).content().doesNotContain("secret").contains("|1|");
		assertThat(hashing.check("secret.example.org", 22, second)).isInstanceOf(Verdict.Known.class);
		assertThat(hashing.check("secret.example.org", 22, first)).isInstanceOf(Verdict.Changed.class);
	}

	@Test
	void damagedLines() throws Exception {
		KnownHosts hosts = hosts("hq\nhq ssh-ed25519\nhq ssh-ed25519 %%%\n|1|x|y ssh-rsa AAAA\n|1| ssh-rsa AAAA\n|2|a|b ssh-rsa AAAA\n@revoked\n\u0000\u0001\nhq " + line(first));
		assertThat(hosts.check("hq", 22, first)).isInstanceOf(Verdict.Known.class);
	}
}
