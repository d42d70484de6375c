package org.strongroom.residency.policy;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Where a policy is looked for. One that is there and cannot be used is damaged, and so forbids everything that can be forbidden. */
public sealed interface PolicySource permits FileSource, PlugInSource {
	/** What the name of a signature ends with: the Base64 of an Ed25519 signature (RFC 8032) over the policy's bytes. */
	String SIGNATURE = ".sig";

	/**
	 * What is found there.
	 *
	 * @param policy empty if there is none that can be used
	 * @param content its bytes, whatever they are worth; empty if there are none to be read
	 * @param isMissing whether nothing is wrong with it but that there is none, though it is told that there has to be one
	 */
	record Found(PolicySource source, Optional<Policy> policy, Optional<String> damage, Optional<byte[]> content, boolean isMissing) {
		/** Whether there is something that cannot be used. */
		public boolean isDamaged() {
			return damage.isPresent();
		}

		/** SHA-256 of its bytes, in hexadecimal digits; empty if there are none. */
		public String digest() {
			return content.map(Signatures::sha256).orElse("");
		}

		/** Its bytes as text; empty if there are none, or more than a policy may have. */
		public Optional<String> text() {
			return content.filter(bytes -> bytes.length <= Policy.LONGEST).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
		}

		static Found damaged(PolicySource source, String damage, byte[] content) {
			return new Found(source, Optional.empty(), Optional.of(damage), Optional.ofNullable(content), false);
		}
	}

	/** Whose it is. */
	Origin origin();

	/** Whose it is, in words that go on from <i>by</i>. */
	String words();

	/** Where it lies, for a person. */
	String place();

	/** Looks, each time anew. Does not throw. */
	Found read();
}
