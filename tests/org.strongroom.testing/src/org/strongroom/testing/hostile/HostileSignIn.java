package org.strongroom.testing.hostile;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.server.auth.AbstractUserAuth;
import org.apache.sshd.server.auth.UserAuth;
import org.apache.sshd.server.auth.UserAuthFactory;
import org.apache.sshd.server.auth.password.UserAuthPassword;
import org.apache.sshd.server.auth.pubkey.UserAuthPublicKey;
import org.apache.sshd.server.session.ServerSession;

/** Ways to sign in that can be bent. */
final class HostileSignIn {

	/** More banners than this are sent in the background, and signing in gets no further. */
	private static final int MANY = 10_000;

	private HostileSignIn() {
	}

	private record Way(String name, Supplier<UserAuth> maker) implements UserAuthFactory {
		@Override
		public String getName() {
			return name;
		}

		@Override
		public UserAuth createUserAuth(ServerSession session) {
			return maker.get();
		}
	}

	static UserAuthFactory publicKey(HostileSftpServer server) {
		return new Way("publickey", () -> new UserAuthPublicKey() {
			@Override
			public Boolean doAuth(Buffer buffer, boolean init) throws Exception {
				return banners(server, getServerSession()) ? null : super.doAuth(buffer, init);
			}
		});
	}

	static UserAuthFactory password(HostileSftpServer server) {
		return new Way("password", () -> new UserAuthPassword() {
			@Override
			public Boolean doAuth(Buffer buffer, boolean init) throws Exception {
				Optional<Behaviour.PasswordChange> change = server.find(Behaviour.PasswordChange.class, null);
				if (change.isPresent()) {
					Buffer packet = getServerSession().createBuffer(SshConstants.SSH_MSG_USERAUTH_PASSWD_CHANGEREQ);
					packet.putString(change.get().prompt());
					packet.putString("");
					server.countSignInRound();
					getServerSession().writePacket(packet);
					return null;
				}
				return banners(server, getServerSession()) ? null : super.doAuth(buffer, init);
			}
		});
	}

	static UserAuthFactory interactive(HostileSftpServer server) {
		return new Way("keyboard-interactive", () -> new AbstractUserAuth("keyboard-interactive") {
			private long rounds;

			@Override
			protected Boolean doAuth(Buffer buffer, boolean init) throws Exception {
				if (init && banners(server, getServerSession())) {
					return null;
				}
				Optional<Behaviour.ForgedPromptCount> forged = server.find(Behaviour.ForgedPromptCount.class, null);
				Optional<Behaviour.Interactive> honest = server.find(Behaviour.Interactive.class, null);
				if (rounds++ >= honest.map(Behaviour.Interactive::rounds).orElse(1L)) {
					return true;
				}
				// Large enough from the start: growing by doubling has a limit that hostile texts would meet.
				Buffer packet = getServerSession().prepareBuffer(SshConstants.SSH_MSG_USERAUTH_INFO_REQUEST, new ByteArrayBuffer(64 * 1024));
				packet.putString(honest.map(Behaviour.Interactive::name).orElse(""));
				packet.putString(honest.map(Behaviour.Interactive::instruction).orElse(""));
				packet.putString("");
				if (forged.isPresent()) {
					packet.putUInt(Integer.toUnsignedLong(forged.get().count()));
				} else {
					packet.putUInt(honest.orElseThrow().prompts().size());
					for (Behaviour.Interactive.Prompt prompt : honest.orElseThrow().prompts()) {
						packet.putString(prompt.text());
						packet.putBoolean(prompt.echo());
					}
				}
				server.countSignInRound();
				getServerSession().writePacket(packet);
				return null;
			}
		});
	}

	/** Sends banners, if there are any to send; returns whether they have no end, so that signing in gets no further. */
	private static boolean banners(HostileSftpServer server, ServerSession session) throws IOException {
		Optional<Behaviour.Banners> banners = server.find(Behaviour.Banners.class, null);
		if (banners.isEmpty()) {
			return false;
		}
		long count = banners.get().count();
		String text = banners.get().text();
		if (count <= MANY) {
			for (long i = 0; i < count; i++) {
				session.writePacket(banner(server, session, text));
			}
			return false;
		}
		Thread.ofVirtual().name("Banners").start(() -> {
			try {
				for (long i = 0; i < count && session.isOpen() && !server.isClosed(); i++) {
					session.writePacket(banner(server, session, text)).verify(Duration.ofMinutes(1));
				}
			} catch (IOException e) {
				// The client has had enough.
			}
		});
		return true;
	}

	private static Buffer banner(HostileSftpServer server, ServerSession session, String text) {
		Buffer packet = session.createBuffer(SshConstants.SSH_MSG_USERAUTH_BANNER);
		packet.putString(text);
		packet.putString("");
		server.countSignInRound();
		return packet;
	}
}
