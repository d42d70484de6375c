package org.strongroom.core.vault;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import org.strongroom.core.doctor.Finding;

/**
 * What a vault tells everybody.
 *
 * @param format name of the kind, such as {@code Cryptomator}
 * @param id what the vault is called by itself, wherever it lies; empty for kinds without such a name
 * @param properties name and value for a person, in the order to show them: format number, cipher, key id, cost of the passphrase …
 * @param findings how good all that is
 */
public record VaultInfo(String format, Optional<String> id, Map<String, String> properties, List<Finding> findings) {
	public VaultInfo {
		Objects.requireNonNull(format);
		Objects.requireNonNull(id);
		properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
		findings = List.copyOf(findings);
	}

	/** Of which nothing is said about how good it is. */
	public VaultInfo(String format, Optional<String> id, Map<String, String> properties) {
		this(format, id, properties, List.of());
	}
}
