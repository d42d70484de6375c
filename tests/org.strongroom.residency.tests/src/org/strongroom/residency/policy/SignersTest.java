package org.strongroom.residency.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who signed a JAR, by the JDK's own tools. */
class SignersTest {
	@TempDir
	Path temp;

	@Test
	void whoSignedAllOfIt() throws Exception {
		Path jar = temp.resolve("a.jar");
		SignedJars.write(jar, "META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n");
		SignedJars.write(jar, "org/a/A.class", "code");
		SignedJars.write(jar, "plugin.xml", "<plugin/>");
		var jars = new SignedJars(temp);
		String me = jars.key("me");
		String you = jars.key("you");
		assertThat(Signers.of(jar.toFile())).isEmpty();
		jars.sign(jar, "me");
		assertThat(Signers.of(jar.toFile())).containsExactly(me);
		jars.sign(jar, "you");
		assertThat(Signers.of(jar.toFile())).containsExactlyInAnyOrder(me, you);
		Path changed = Files.copy(jar, temp.resolve("changed.jar"));
		SignedJars.write(changed, "org/a/A.class", "other code");
		assertThat(Signers.of(changed.toFile())).as("what was signed was changed").isEmpty();
		SignedJars.write(jar, "org/a/B.class", "more code");
		assertThat(Signers.of(jar.toFile())).as("something is in it that nobody signed").isEmpty();
		jars.sign(jar, "me");
		assertThat(Signers.of(jar.toFile())).as("who signs it again has signed what was added").containsExactly(me);
	}

	@Test
	void whatIsNoJarIsSignedByNobody() throws Exception {
		assertThat(Signers.of(temp.toFile())).isEmpty();
		assertThat(Signers.of(Files.writeString(temp.resolve("text.jar"), "text").toFile())).isEqualTo(Set.of());
	}
}
