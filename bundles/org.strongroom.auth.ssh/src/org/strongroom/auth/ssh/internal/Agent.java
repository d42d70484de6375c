package org.strongroom.auth.ssh.internal;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.strongroom.auth.ssh.Wire;
import org.strongroom.core.auth.Identity;
import org.strongroom.core.auth.SignInException;

/**
 * The person's SSH agent, spoken to over its Unix socket as draft-miller-ssh-agent describes it. Each request is a connection of its own, with a limit of time and size.
 *
 * @param socket where it listens
 */
record Agent(Path socket) {
	/** System property that names another socket than {@code SSH_AUTH_SOCK}; empty for no agent. */
	static final String PROPERTY = "strongroom.ssh.agent";

	private static final int FAILURE = 5;
	private static final int REQUEST_IDENTITIES = 11;
	private static final int IDENTITIES_ANSWER = 12;
	private static final int SIGN_REQUEST = 13;
	private static final int SIGN_RESPONSE = 14;
	private static final int RSA_SHA2_256 = 2;
	private static final int RSA_SHA2_512 = 4;

	private static final int LONGEST_ANSWER = 256 << 10;
	private static final int MOST_KEYS = 256;
	private static final Duration TO_LIST = Duration.ofSeconds(10);
	/** Signing may wait for a touch of a token or a confirmation. */
	private static final Duration TO_SIGN = Duration.ofMinutes(2);

	/** The agent of this process's environment, if there is one. */
	static Optional<Agent> find() {
		String set = System.getProperty(PROPERTY, System.getenv("SSH_AUTH_SOCK"));
		if (set == null || set.isEmpty() || set.equalsIgnoreCase("none"))
			return Optional.empty();
		Path socket = Path.of(set);
		return Files.exists(socket) ? Optional.of(new Agent(socket)) : Optional.empty();
	}

	/** The keys it holds; none if it does not answer. */
	List<Identity> identities() {
		var found = new ArrayList<Identity>();
		try (var request = new Wire.Writer()) {
			var answer = new Wire.Reader(ask(request.u8(REQUEST_IDENTITIES).toByteArray(), TO_LIST));
			if (answer.u8() != IDENTITIES_ANSWER)
				return List.of();
			long count = Math.min(answer.u32(), MOST_KEYS);
			for (int i = 0; i < count; i++) {
				byte[] key = answer.bytes();
				String comment = answer.string();
				found.add(new AgentIdentity(this, Wire.type(key), key, comment));
			}
		} catch (IOException | IllegalArgumentException e) {
			return List.copyOf(found); // an agent that is broken is as good as none
		}
		return found;
	}

	private byte[] sign(byte[] key, String signatureAlgorithm, byte[] data) throws IOException {
		int flags = signatureAlgorithm.startsWith("rsa-sha2-512") ? RSA_SHA2_512 : signatureAlgorithm.startsWith("rsa-sha2-256") ? RSA_SHA2_256 : 0;
		try (var request = new Wire.Writer()) {
			var answer = new Wire.Reader(ask(request.u8(SIGN_REQUEST).string(key).string(data).u32(flags).toByteArray(), TO_SIGN));
			int type = answer.u8();
			if (type == SIGN_RESPONSE)
				return answer.bytes();
			throw new SignInException(type == FAILURE ? "The SSH agent refused to sign." : "The SSH agent gave an answer that makes no sense.");
		} catch (IllegalArgumentException e) {
			throw new SignInException("The SSH agent gave an answer that makes no sense.", e);
		}
	}

	@SuppressWarnings("try") // closed from outside on purpose
	private byte[] ask(byte[] request, Duration limit) throws IOException {
		try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
			// A blocking channel knows no timeout, but closing it ends whatever waits on it.
			Thread watchdog = Thread.startVirtualThread(() -> {
				try {
					Thread.sleep(limit);
					channel.close();
				} catch (InterruptedException | IOException e) {
					// Answered in time.
				}
			});
			try {
				channel.connect(UnixDomainSocketAddress.of(socket));
				ByteBuffer out = ByteBuffer.allocate(4 + request.length).putInt(request.length).put(request).flip();
				while (out.hasRemaining())
					channel.write(out);
				int length = read(channel, 4).getInt();
				if (length < 1 || length > LONGEST_ANSWER)
					throw new IOException("The SSH agent gave an answer that makes no sense.");
				return read(channel, length).array();
			} finally {
				watchdog.interrupt();
			}
		}
	}

	private static ByteBuffer read(SocketChannel channel, int count) throws IOException {
		ByteBuffer in = ByteBuffer.allocate(count);
		while (in.hasRemaining())
			if (channel.read(in) < 0)
				throw new IOException("The SSH agent hung up.");
		return in.flip();
	}

	private record AgentIdentity(Agent agent, String algorithm, byte[] key, String name) implements Identity {
		@Override
		public byte[] publicKey() {
			return key.clone();
		}

		@Override
		public byte[] sign(String signatureAlgorithm, byte[] data) throws IOException {
			try {
				return agent.sign(key, signatureAlgorithm, data);
			} catch (SignInException e) {
				throw e;
			} catch (java.nio.channels.ClosedByInterruptException e) {
				throw new java.io.InterruptedIOException();
			} catch (IOException e) {
				throw new SignInException("The SSH agent does not answer: check whether it still runs (ssh-add -l).", e);
			}
		}
	}
}
