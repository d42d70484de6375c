package org.strongroom.core.vault;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a vault tells everybody.
 *
 * @param format name of the kind, such as {@code Cryptomator}
 * @param id what the vault is called by itself, wherever it lies; empty for kinds without such a name
 * @param properties name and value for a person, in the order to show them: format number, cipher, key id, cost of the passphrase …
 */
public record VaultInfo(String format, Optional<String> id, Map<String, String> properties) {
	public VaultInfo {
		Objects.requireNonNull(format);
		Objects.requireNonNull(id);
		properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
	}
}
