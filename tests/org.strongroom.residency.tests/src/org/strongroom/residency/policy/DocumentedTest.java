package org.strongroom.residency.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.strongroom.core.residency.Requirements.Kind;
import org.strongroom.core.residency.WayOut;

/** The example in {@code docs/policy.md} is a policy, and says all that a policy can say. */
class DocumentedTest {
	private static Policy example() throws IOException {
		Path folder = Path.of("").toAbsolutePath();
		while (!Files.exists(folder.resolve("docs/policy.md")))
			folder = folder.getParent();
		Matcher block = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(folder.resolve("docs/policy.md")));
		assertThat(block.find()).isTrue();
		return Policy.parse("docs/policy.md", block.group(1).getBytes(StandardCharsets.UTF_8));
	}

	@Test
	void theExampleIsAPolicy() throws Exception {
		Policy policy = example();
		assertThat(policy.name()).isEqualTo("ACME laptops");
		assertThat(policy.waysOut()).containsKeys(WayOut.EXPORT, WayOut.CLIPBOARD, WayOut.PRINT);
		assertThat(policy.rules()).hasSize(2);
		assertThat(policy.protocols().orElseThrow().what()).containsExactly("sftp", "nextcloud", "file");
		assertThat(policy.plugIns().orElseThrow().what()).extracting(PlugIn::bundle).containsExactly("org.strongroom.*", "com.acme.*");
		assertThat(policy.servers().orElseThrow().what()).extracting(Server::toString).containsExactly("sftp://*.example.org:2222", "nextcloud://cloud.example.org", "file://", "sftp://hq.example.org", "nextcloud://files.example.org");
		assertThat(policy.servers().get().what().get(3).proof().hostKeys()).hasSize(2);
		assertThat(policy.servers().get().what().get(4).proof()).satisfies(proof -> {
			assertThat(proof.issuers()).hasSize(1);
			assertThat(proof.certificates()).hasSize(1);
		});
		assertThat(policy.algorithms()).containsOnlyKeys(Kind.values());
		assertThat(policy.rsa()).isPresent();
		assertThat(policy.vaults().orElseThrow().what()).hasSize(1);
		assertThat(policy.idle()).isPresent();
		assertThat(policy.audit().orElseThrow().sinks()).hasSize(1);
	}
}
