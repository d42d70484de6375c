package org.strongroom.vault.cryptomator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotLinkException;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.vault.Vault;
import org.strongroom.testing.CryptomatorOracle;
import org.strongroom.testing.CryptomatorOracle.Cipher;

class LinkTest {
	@TempDir
	Path folder;

	@Test
	void areFollowedWithinTheVault() throws Exception {
		Files.writeString(folder.resolveSibling("outside"), "outside");
		try (var oracle = CryptomatorOracle.create(folder.resolve("v"), Server.PASSPHRASE, Cipher.SIV_GCM); var server = new Server(folder.resolve("v"))) {
			oracle.createFolder("/a/b");
			oracle.write("/a/file", "file");
			oracle.createLink("/a/b/up", "../file");
			oracle.createLink("/a/b/root", "/a/file");
			oracle.createLink("/dir", "a/b");
			oracle.createLink("/chain", "dir/up");
			oracle.createLink("/out", "../../../../../../../../a/file");
			oracle.createLink("/etc", "/etc/passwd");
			oracle.createLink("/loop1", "loop2");
			oracle.createLink("/loop2", "/loop1");
			oracle.createLink("/self", "self/x");
			oracle.createLink("/dangling", "a/new");
			oracle.createLink("/" + Contents.LONG, "a");
			oracle.lock();
			try (Vault vault = server.unlock()) {
				Path root = vault.root();
				for (String path : new String[] { "a/b/up", "a/b/root", "dir/up", "dir/root", "chain", "out", Contents.LONG + "/file", "dir/../file" })
					assertThat(root.resolve(path)).as(path).hasContent("file").hasSize(4);
				assertThat(root.resolve("chain").toRealPath()).hasToString("/a/file");
				assertThat(root.resolve("etc")).isSymbolicLink();
				assertThat(Files.exists(root.resolve("etc"))).isFalse();
				for (String path : new String[] { "loop1", "loop2", "self" }) {
					assertThatThrownBy(() -> Files.readString(root.resolve(path))).isInstanceOf(FileSystemLoopException.class);
					assertThat(Files.exists(root.resolve(path))).isFalse();
					assertThat(Files.exists(root.resolve(path), LinkOption.NOFOLLOW_LINKS)).isTrue();
				}
				assertThatThrownBy(() -> Files.readSymbolicLink(root.resolve("a"))).isInstanceOf(NotLinkException.class);
				assertThatThrownBy(() -> Files.newByteChannel(root.resolve("chain"), LinkOption.NOFOLLOW_LINKS)).isInstanceOf(FileSystemException.class);
				assertThat(Files.readAttributes(root.resolve("dir"), java.nio.file.attribute.BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).isSymbolicLink()).isTrue();
				Files.writeString(root.resolve("chain"), "through links");
				Files.writeString(root.resolve("dangling"), "made");
				Files.writeString(root.resolve("dir/beside"), "beside");
				Files.delete(root.resolve("loop1"));
				Files.move(root.resolve("out"), root.resolve("dir/moved link"));
				Files.copy(root.resolve("chain"), root.resolve("copy"));
				Files.copy(root.resolve("chain"), root.resolve("copied link"), LinkOption.NOFOLLOW_LINKS);
				assertThat(vault.encrypted(root.resolve("dir")).getFileName()).hasToString("symlink.c9r");
			}
			oracle.unlock();
			assertThat(oracle.text("/a/file")).isEqualTo("through links");
			assertThat(oracle.text("/a/new")).isEqualTo("made");
			assertThat(oracle.text("/a/b/beside")).isEqualTo("beside");
			assertThat(oracle.list("/")).containsEntry("/chain", "link dir/up").containsEntry("/copied link", "link dir/up").containsEntry("/copy", "file 13")
					.containsEntry("/a/b/moved link", "link ../../../../../../../../a/file").doesNotContainKeys("/loop1", "/out");
		}
	}
}
