package org.strongroom.storage.sftp.internal;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Security;
import java.security.interfaces.EdECKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.KeySpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Optional;

import org.apache.sshd.common.config.keys.PrivateKeyEntryDecoder;
import org.apache.sshd.common.config.keys.PublicKeyEntryDecoder;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.security.AbstractSecurityProviderRegistrar;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.apache.sshd.common.util.security.eddsa.generic.EdDSASupport;
import org.apache.sshd.common.util.security.eddsa.generic.EdDSAUtils;
import org.apache.sshd.common.util.security.eddsa.generic.GenericEd25519PublicKeyDecoder;
import org.apache.sshd.common.util.security.eddsa.generic.GenericOpenSSHEd25519PrivateKeyEntryDecoder;
import org.apache.sshd.common.util.security.eddsa.generic.GenericSignatureEd25519;

/**
 * Ed25519 of the Java platform for MINA SSHD, which by itself knows Bouncy Castle's only. Starting that up would take longer than all the rest of a sign-in, and its AES is
 * slower than Java's own.
 */
final class JdkEdDsa extends AbstractSecurityProviderRegistrar {
	private static final String NAME = "StrongroomEdDSA";

	private JdkEdDsa() {
		super(NAME);
	}

	/** Makes MINA SSHD use the Java platform's algorithms; does nothing the second time. */
	static void register() {
		if (SecurityUtils.isProviderRegistered(NAME))
			return;
		SecurityUtils.setAPrioriDisabledProvider(SecurityUtils.BOUNCY_CASTLE, true);
		SecurityUtils.registerSecurityProvider(new JdkEdDsa());
	}

	@Override
	public boolean isEnabled() {
		return true;
	}

	@Override
	public boolean isSupported() {
		return true;
	}

	@Override
	public String getProviderName() {
		return "SunEC";
	}

	@Override
	public Provider getSecurityProvider() {
		return Security.getProvider("SunEC");
	}

	@Override
	public boolean isNamedProviderUsed() {
		return false;
	}

	@Override
	public boolean isSecurityEntitySupported(Class<?> entityType, String name) {
		return false; // what is not special is looked for in all of Java's providers
	}

	@Override
	public Optional<EdDSASupport<?, ?>> getEdDSASupport() {
		return Optional.of(new Support());
	}

	private static final class Support implements EdDSASupport<EdECPublicKey, EdECPrivateKey> {
		@Override
		public PublicKeyEntryDecoder<EdECPublicKey, EdECPrivateKey> getEDDSAPublicKeyEntryDecoder() {
			return new GenericEd25519PublicKeyDecoder<>(EdECPublicKey.class, EdECPrivateKey.class, this);
		}

		@Override
		public PrivateKeyEntryDecoder<EdECPublicKey, EdECPrivateKey> getOpenSSHEDDSAPrivateKeyEntryDecoder() {
			return new GenericOpenSSHEd25519PrivateKeyEntryDecoder<>(EdECPublicKey.class, EdECPrivateKey.class, this);
		}

		@Override
		public Signature getEDDSASigner() {
			return new GenericSignatureEd25519(SecurityUtils.ED25519);
		}

		@Override
		public int getEDDSAKeySize(Key key) {
			return key instanceof EdECKey ? KEY_SIZE : -1;
		}

		@Override
		public Class<EdECPublicKey> getEDDSAPublicKeyType() {
			return EdECPublicKey.class;
		}

		@Override
		public Class<EdECPrivateKey> getEDDSAPrivateKeyType() {
			return EdECPrivateKey.class;
		}

		@Override
		public boolean compareEDDSAPPublicKeys(PublicKey a, PublicKey b) {
			return a instanceof EdECPublicKey && a.equals(b);
		}

		@Override
		public boolean compareEDDSAPrivateKeys(PrivateKey a, PrivateKey b) {
			return a instanceof EdECPrivateKey && a.equals(b);
		}

		@Override
		public EdECPublicKey recoverEDDSAPublicKey(PrivateKey key) throws GeneralSecurityException {
			throw new InvalidKeyException("An Ed25519 private key does not tell its public part");
		}

		@Override
		public EdECPublicKey generateEDDSAPublicKey(byte[] point) throws GeneralSecurityException {
			return (EdECPublicKey) KeyFactory.getInstance(SecurityUtils.ED25519).generatePublic(EdDSAUtils.createPublicKeySpec(point));
		}

		@Override
		public EdECPrivateKey generateEDDSAPrivateKey(byte[] seed) throws GeneralSecurityException {
			return (EdECPrivateKey) KeyFactory.getInstance(SecurityUtils.ED25519).generatePrivate(EdDSAUtils.createPrivateKeySpec(seed));
		}

		@Override
		public <B extends Buffer> B putRawEDDSAPublicKey(B buffer, PublicKey key) {
			buffer.putBytes(getPublicKeyData((EdECPublicKey) key));
			return buffer;
		}

		@Override
		public <B extends Buffer> B putEDDSAKeyPair(B buffer, PublicKey publicKey, PrivateKey privateKey) {
			throw new UnsupportedOperationException("key pairs are not sent");
		}

		@Override
		public KeySpec createPublicKeySpec(EdECPublicKey key) {
			return new X509EncodedKeySpec(key.getEncoded());
		}

		@Override
		public KeySpec createPrivateKeySpec(EdECPrivateKey key) {
			return new PKCS8EncodedKeySpec(key.getEncoded());
		}

		@Override
		public byte[] getPublicKeyData(EdECPublicKey key) {
			try {
				return EdDSAUtils.getBytes(key);
			} catch (InvalidKeyException e) {
				throw new IllegalArgumentException(e);
			}
		}

		@Override
		public byte[] getPrivateKeyData(EdECPrivateKey key) throws IOException {
			try {
				return EdDSAUtils.getBytes(key);
			} catch (InvalidKeyException e) {
				throw new IOException(e);
			}
		}

		@Override
		public String getKeyFactoryAlgorithm() {
			return SecurityUtils.ED25519;
		}
	}
}
