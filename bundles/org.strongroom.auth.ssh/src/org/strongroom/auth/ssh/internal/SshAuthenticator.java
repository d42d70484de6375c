package org.strongroom.auth.ssh.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import org.strongroom.auth.ssh.KnownHosts;
import org.strongroom.auth.ssh.KnownHosts.Verdict;
import org.strongroom.auth.ssh.SshConfig;
import org.strongroom.core.auth.Authenticator;
import org.strongroom.core.auth.Challenge;
import org.strongroom.core.auth.HostKeyException;
import org.strongroom.core.auth.Identity;
import org.strongroom.core.auth.SignIn;
import org.strongroom.core.auth.SignInCancelledException;
import org.strongroom.core.auth.SignInException;

/** Answers for SSH: key files, the agent and the usual keys, and the known hosts. */
public final class SshAuthenticator implements Authenticator {
	/** The keys that are tried when none is named, as OpenSSH does. */
	private static final List<String> USUAL = List.of("id_ed25519", "id_ecdsa", "id_rsa");

	@Override
	public List<Identity> identities(Challenge.PublicKey challenge, SignIn signIn) throws IOException {
		List<Identity> agents = Agent.find().map(Agent::identities).orElse(List.of());
		var found = new ArrayList<Identity>();
		SignInException unusable = null;
		for (Path path : challenge.keyFiles()) {
			try {
				add(found, KeyFile.read(path), agents, challenge.asker(), signIn);
			} catch (SignInCancelledException e) {
				throw e;
			} catch (SignInException e) {
				unusable = e;
			}
		}
		if (found.isEmpty() && unusable != null && challenge.onlyThese())
			throw unusable;
		if (!challenge.onlyThese())
			for (Identity identity : agents)
				if (found.stream().noneMatch(i -> Arrays.equals(i.publicKey(), identity.publicKey())))
					found.add(identity);
		if (!challenge.onlyThese() && challenge.keyFiles().isEmpty())
			addUsual(found, agents, challenge.asker(), signIn);
		return found;
	}

	private static void addUsual(List<Identity> found, List<Identity> agents, String asker, SignIn signIn) throws IOException {
		for (String name : USUAL) {
			Path path = SshConfig.folder().resolve(name);
			if (!Files.isRegularFile(path))
				continue;
			try {
				KeyFile file = KeyFile.read(path);
				// Nobody named this key: no passphrase is asked just to learn whether it could be of use.
				if (file.publicKey().isPresent() || !file.isEncrypted())
					add(found, file, agents, asker, signIn);
			} catch (SignInCancelledException e) {
				throw e;
			} catch (SignInException e) {
				// A usual key that is no key is left out, as by OpenSSH.
			}
		}
	}

	/** Adds the key of a file; an agent that holds the same one signs for it, so that no passphrase is needed. */
	private static void add(List<Identity> found, KeyFile file, List<Identity> agents, String asker, SignIn signIn) throws IOException {
		Optional<Identity> held = file.publicKey().flatMap(key -> agents.stream().filter(a -> Arrays.equals(a.publicKey(), key)).findFirst());
		Identity identity = held.isPresent() ? held.get() : KeyFileIdentity.of(file, asker, signIn);
		if (found.stream().noneMatch(i -> Arrays.equals(i.publicKey(), identity.publicKey())))
			found.add(identity);
	}

	@Override
	public Optional<Boolean> confirm(Challenge.HostKey challenge, SignIn signIn) throws IOException {
		KnownHosts known = KnownHosts.of(challenge.host());
		return switch (known.check(challenge.address(), challenge.port(), challenge.key())) {
		case Verdict.Known _ -> Optional.of(true);
		case Verdict.Revoked r -> throw new HostKeyException("The key of %s (%s) was revoked (%s, line %d): somebody may be listening in. Nothing was sent to it; ask the administrator."
				.formatted(server(challenge), challenge.fingerprint(), r.file(), r.line()));
		case Verdict.Changed c -> throw new HostKeyException(("The key of %s has changed: somebody may be listening in. Nothing was sent to it. It now shows the %s key %s, but %s, line %d, has another %s key. "
				+ "Ask the administrator; if the new key is right, remove that line and sign in again.").formatted(server(challenge), challenge.algorithm(), challenge.fingerprint(), c.file(), c.line(), c.type()));
		case Verdict.Unknown _ when signIn.isVouchedFor(challenge) -> Optional.of(true);
		case Verdict.Unknown _ -> {
			boolean yes = signIn.person().confirm(challenge);
			if (yes)
				known.add(challenge.address(), challenge.port(), challenge.key());
			yield Optional.of(yes);
		}
		};
	}

	private static String server(Challenge.HostKey challenge) {
		return challenge.port() == 22 ? challenge.host() : challenge.host() + ":" + challenge.port();
	}
}
