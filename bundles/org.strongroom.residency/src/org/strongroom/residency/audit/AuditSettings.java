package org.strongroom.residency.audit;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * How the audit log is kept.
 *
 * @param recording whether it is kept at all
 * @param auditorKey the public key (X25519, SubjectPublicKeyInfo as of RFC 8410) that readable paths are encrypted for; empty for keyed hashes alone
 * @param sinks where the lines go besides the files in the home
 * @param noLogNoAccess whether nothing may be done that cannot be written to the files and all sinks
 */
public record AuditSettings(boolean recording, Optional<byte[]> auditorKey, List<Sink> sinks, boolean noLogNoAccess) {
	/** Without a policy: files in the home, and nothing that is readable. */
	public static final AuditSettings DEFAULT = new AuditSettings(true, Optional.empty(), List.of(), false);

	/**
	 * A sink.
	 *
	 * @param name by which it is told from others in this home: letters, digits, hyphens
	 * @param kind id of what is contributed to {@code org.strongroom.core.auditSinks}
	 * @param settings what that understands
	 */
	public record Sink(String name, String kind, Map<String, String> settings) {
		public Sink {
			if (!name.matches("[A-Za-z0-9-]{1,64}"))
				throw new IllegalArgumentException("The name '%s' of an audit sink is not usable: give letters, digits and hyphens.".formatted(name));
			Objects.requireNonNull(kind);
			settings = Map.copyOf(settings);
		}
	}

	public AuditSettings {
		Objects.requireNonNull(auditorKey);
		sinks = List.copyOf(sinks);
	}
}
