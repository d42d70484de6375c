package org.strongroom.core.auth;

import java.io.IOException;

/** A public key that a person can sign with: of a key file, an agent, a token. */
public interface Identity {
	/** SSH key type, such as {@code ssh-ed25519} or {@code ssh-rsa} (RFC 4253 section 6.6, RFC 8709). */
	String algorithm();

	/** The public key in SSH wire format. */
	byte[] publicKey();

	/** What a person calls it: file name or comment. */
	String name();

	/**
	 * Signs. May ask for the passphrase, and so block for minutes.
	 *
	 * @param signatureAlgorithm one that fits the key, such as {@code rsa-sha2-512} for an {@code ssh-rsa} key (RFC 8332)
	 * @return the signature in SSH wire format: algorithm name and signature blob
	 * @throws SignInCancelledException if the person cancels
	 * @throws SignInException if the key cannot be opened
	 */
	byte[] sign(String signatureAlgorithm, byte[] data) throws IOException;
}
