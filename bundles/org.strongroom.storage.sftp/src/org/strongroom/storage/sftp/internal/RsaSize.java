package org.strongroom.storage.sftp.internal;

import org.apache.sshd.common.SshException;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.strongroom.core.residency.ForbiddenException;
import org.strongroom.core.residency.Requirements;

/** How long RSA keys are, and how long policies want them. */
final class RsaSize {
	private static final String RSA = "ssh-rsa";

	private RsaSize() {
	}

	/** Whether a key is shorter than the policies want. @param type SSH key type @param key in SSH wire format */
	static boolean isTooSmall(Requirements requirements, String type, byte[] key) {
		return type.equals(RSA) && !requirements.permitsRsa(bits(key));
	}

	/** @param whose key, in words that begin a clause */
	static ForbiddenException refused(Requirements requirements, String whose, byte[] key) {
		return new ForbiddenException("Forbidden by %s: %s is an RSA key of %d bits, and %d are wanted there.".formatted(requirements.rsa().orElseThrow().rule(), whose, bits(key), requirements.rsa().get().bits()));
	}

	/** Of the modulus; 0 for what is no key. */
	private static int bits(byte[] key) {
		try {
			return KeyUtils.getKeySize(new ByteArrayBuffer(key).getRawPublicKey());
		} catch (SshException | RuntimeException e) {
			return 0;
		}
	}
}
