package org.strongroom.core;

import java.io.IOException;
import java.util.List;

import org.strongroom.core.auth.Authenticator;
import org.strongroom.core.storage.Protocol;
import org.strongroom.core.vault.VaultFormat;

/** What is contributed to the extension points of the core. A broken plug-in is reported and left out. Thread-safe. */
public interface PlugIns {
	/**
	 * A protocol that is installed.
	 *
	 * @param scheme URI scheme, in lower case
	 * @param name for a person
	 * @param defaultPort TCP port, 0 for none
	 * @param hasHost whether its addresses name a server
	 * @param usesKeys whether one signs in with the key files of a bookmark
	 */
	record ProtocolInfo(String scheme, String name, int defaultPort, boolean hasHost, boolean usesKeys) {
	}

	/**
	 * A vault format that is installed.
	 *
	 * @param id of the contribution
	 * @param name for a person
	 * @param markers a folder that holds a file of one of these names is a vault of this kind
	 */
	record VaultFormatInfo(String id, String name, List<String> markers) {
	}

	/** The protocols, by name, also those that may not be used; activates nothing. */
	List<ProtocolInfo> protocols();

	/**
	 * The protocol for a URI scheme.
	 *
	 * @throws MissingPlugInException if there is none
	 * @throws org.strongroom.core.residency.ForbiddenException if the policy does not let it be used
	 */
	Protocol protocol(String scheme) throws IOException;

	/** The vault formats, also those that may not be used: what is a vault stays one; activates nothing. */
	List<VaultFormatInfo> vaultFormats();

	/**
	 * A vault format by its id.
	 *
	 * @throws MissingPlugInException if there is none, or it is broken
	 * @throws org.strongroom.core.residency.ForbiddenException if the policy does not let it be used
	 */
	VaultFormat vaultFormat(String id) throws IOException;

	/** The authenticators that work and that the policy lets be used, in the order they are asked. */
	List<Authenticator> authenticators();

	/** One line for each broken plug-in met so far, and for each that the policy does not let answer what servers ask. */
	List<String> problems();
}
