package org.strongroom.residency.policy;

import java.util.Set;
import java.util.function.Supplier;

import org.strongroom.core.find.Glob;

/**
 * Plug-ins that a policy lets be used.
 *
 * @param line where it is said in its file, from 1
 * @param bundle pattern of the symbolic name, which is what a plug-in says of itself
 * @param signers SHA-256 fingerprints of certificates, by one of which all of it must be signed; empty for none
 */
public record PlugIn(int line, String bundle, Set<String> signers) {
	public PlugIn {
		signers = Set.copyOf(signers);
	}

	/** Whether a plug-in is one of them. @param by fingerprints of those who signed all of it; looked up if need be */
	boolean fits(String name, Supplier<Set<String>> by) {
		return new Glob(bundle).matches(name) && (signers.isEmpty() || by.get().stream().anyMatch(signers::contains));
	}

	@Override
	public String toString() {
		return bundle + (signers.isEmpty() ? "" : " signed by " + String.join(" or ", signers.stream().sorted().toList()));
	}
}
