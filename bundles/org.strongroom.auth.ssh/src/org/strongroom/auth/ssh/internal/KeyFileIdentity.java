package org.strongroom.auth.ssh.internal;

import java.io.IOException;

import org.strongroom.auth.ssh.Wire;
import org.strongroom.core.auth.Challenge;
import org.strongroom.core.auth.Identity;
import org.strongroom.core.auth.SignIn;
import org.strongroom.core.auth.SignInException;
import org.strongroom.core.auth.WrongSecretException;

/** A key of a file. Its passphrase is asked when it has to sign, once for a sign-in. */
final class KeyFileIdentity implements Identity {
	private final KeyFile file;
	private final String asker;
	private final SignIn signIn;
	private final byte[] publicKey;
	private SigningKey opened;

	private KeyFileIdentity(KeyFile file, String asker, SignIn signIn, SigningKey opened, byte[] publicKey) {
		this.file = file;
		this.asker = asker;
		this.signIn = signIn;
		this.opened = opened;
		this.publicKey = publicKey;
	}

	/** The identity of a key file. Where only the encrypted part tells the public key, the passphrase is asked at once. */
	static KeyFileIdentity of(KeyFile file, String asker, SignIn signIn) throws IOException {
		if (file.publicKey().isPresent())
			return new KeyFileIdentity(file, asker, signIn, null, file.publicKey().get());
		SigningKey key = open(file, asker, signIn);
		if (key.publicKey() == null)
			throw new SignInException("The key file %s does not hold the public key, nor is there a file %s.pub: ssh-keygen -y makes it.".formatted(file.path(), file.path().getFileName()));
		return new KeyFileIdentity(file, asker, signIn, key, key.publicKey());
	}

	private static SigningKey open(KeyFile file, String asker, SignIn signIn) throws IOException {
		if (!file.isEncrypted())
			return file.open(null);
		try {
			return signIn.open(attempt -> new Challenge.KeyPassphrase(asker, file.path(), attempt), file::open);
		} catch (WrongSecretException e) {
			throw new SignInException("The passphrase does not open the key %s, tried %d times.".formatted(file.path(), SignIn.ATTEMPTS), e);
		}
	}

	@Override
	public String algorithm() {
		return Wire.type(publicKey);
	}

	@Override
	public byte[] publicKey() {
		return publicKey.clone();
	}

	@Override
	public String name() {
		return file.path().getFileName().toString();
	}

	@Override
	public synchronized byte[] sign(String signatureAlgorithm, byte[] data) throws IOException {
		if (opened == null)
			opened = open(file, asker, signIn);
		return opened.sign(signatureAlgorithm, data);
	}
}
