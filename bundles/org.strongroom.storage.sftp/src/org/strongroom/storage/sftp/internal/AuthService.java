package org.strongroom.storage.sftp.internal;

import java.io.IOException;

import org.apache.sshd.client.future.AuthFuture;
import org.apache.sshd.client.session.ClientUserAuthService;
import org.apache.sshd.common.Service;
import org.apache.sshd.common.ServiceFactory;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;

/** Hands the messages of signing in to the {@link Dialogue}, instead of answering them on MINA's own threads as its service does. */
final class AuthService extends ClientUserAuthService {
	/** Texts a server may send before signing in (RFC 4252 section 5.4), and how much of them, in bytes. */
	private static final int MOST_BANNERS = 32;
	private static final int MOST_BANNER_BYTES = 256 << 10;

	private final Dialogue dialogue;
	private int banners;
	private int bannerBytes;

	private AuthService(Session session) {
		super(session);
		dialogue = Dialogue.of(session);
	}

	/** Makes the service for each connection. */
	static final class Factory implements ServiceFactory {
		@Override
		public String getName() {
			return "ssh-userauth";
		}

		@Override
		public Service create(Session session) throws IOException {
			return new AuthService(session);
		}
	}

	@Override
	public void start() {
		try {
			dialogue.tell(new Dialogue.Event.Ready());
		} catch (IOException e) {
			dialogue.end(e);
		}
	}

	@Override
	public AuthFuture auth(String service) throws IOException {
		return updateCurrentAuthFuture(getClientSession(), service);
	}

	@Override
	public void process(int number, Buffer buffer) throws Exception {
		switch (number) {
		case SshConstants.SSH_MSG_USERAUTH_BANNER -> {
			bannerBytes += buffer.available();
			if (++banners > MOST_BANNERS || bannerBytes > MOST_BANNER_BYTES)
				throw new IOException("The server sends endless texts instead of letting anybody sign in.");
		}
		case SshConstants.SSH_MSG_USERAUTH_SUCCESS -> {
			super.process(number, buffer); // switches over to the connection proper
			dialogue.tell(new Dialogue.Event.Message(number, new byte[0]));
		}
		default -> dialogue.tell(new Dialogue.Event.Message(number, buffer.getCompactData()));
		}
	}
}
