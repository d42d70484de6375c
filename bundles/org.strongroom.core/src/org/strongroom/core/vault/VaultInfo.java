package org.strongroom.core.vault;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * What a vault tells everybody.
 *
 * @param format name of the kind, such as {@code Cryptomator}
 * @param properties name and value for a person, in the order to show them: format number, cipher, key id, cost of the passphrase …
 */
public record VaultInfo(String format, Map<String, String> properties) {
	public VaultInfo {
		Objects.requireNonNull(format);
		properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
	}
}
