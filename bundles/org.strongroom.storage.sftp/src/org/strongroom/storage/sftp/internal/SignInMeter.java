package org.strongroom.storage.sftp.internal;

import static org.apache.sshd.common.SshConstants.SSH_MSG_CHANNEL_SUCCESS;
import static org.apache.sshd.common.SshConstants.SSH_MSG_CHANNEL_WINDOW_ADJUST;
import static org.apache.sshd.common.SshConstants.SSH_MSG_DEBUG;
import static org.apache.sshd.common.SshConstants.SSH_MSG_DISCONNECT;
import static org.apache.sshd.common.SshConstants.SSH_MSG_GLOBAL_REQUEST;
import static org.apache.sshd.common.SshConstants.SSH_MSG_IGNORE;
import static org.apache.sshd.common.SshConstants.SSH_MSG_NEWKEYS;
import static org.apache.sshd.common.SshConstants.SSH_MSG_UNIMPLEMENTED;
import static org.apache.sshd.common.SshConstants.SSH_MSG_USERAUTH_BANNER;
import static org.apache.sshd.common.kex.extension.KexExtensions.SSH_MSG_EXT_INFO;

import java.util.Set;

import org.apache.sshd.client.ClientFactoryManager;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.client.session.ClientSessionImpl;
import org.apache.sshd.client.session.SessionFactory;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * Counts the round trips of signing in: a message that comes after one was sent ends one, except those that the server sends unasked or that nobody waits for. Thread-safe.
 */
final class SignInMeter {
	private static final Set<Byte> UNWAITED = Set.of(SSH_MSG_DISCONNECT, SSH_MSG_IGNORE, SSH_MSG_UNIMPLEMENTED, SSH_MSG_DEBUG, SSH_MSG_EXT_INFO, SSH_MSG_NEWKEYS,
			SSH_MSG_USERAUTH_BANNER, SSH_MSG_GLOBAL_REQUEST, SSH_MSG_CHANNEL_WINDOW_ADJUST, SSH_MSG_CHANNEL_SUCCESS);

	private long length;
	private boolean asked;
	private Object counted;

	/** A connection of the network was asked for, and stands. */
	synchronized void connected() {
		length++;
		asked = false;
	}

	/** From now on, only what passes over this connection counts: it runs through the ones before. */
	synchronized void count(Object session) {
		counted = session;
	}

	synchronized void sent(Object session) {
		asked |= session == counted;
	}

	synchronized void received(Object session, byte message) {
		if (asked && session == counted && !UNWAITED.contains(message)) {
			length++;
			asked = false;
		}
	}

	/** Round trips so far. */
	synchronized long length() {
		return length;
	}

	/** Makes connections whose messages are counted, the newest one's. */
	static final class Factory extends SessionFactory {
		private final SignInMeter meter;

		Factory(ClientFactoryManager client, SignInMeter meter) {
			super(client);
			this.meter = meter;
		}

		@Override
		protected ClientSessionImpl doCreateSession(IoSession io) throws Exception {
			return new Session(getClient(), io, meter);
		}
	}

	/** Whether both sides keep to strict key exchange. */
	static boolean isStrict(ClientSession session) {
		return session instanceof Session own && own.isStrict();
	}

	private static final class Session extends ClientSessionImpl {
		/** Not set yet while the constructor of the class above runs. */
		private final SignInMeter meter;

		Session(ClientFactoryManager client, IoSession io, SignInMeter meter) throws Exception {
			super(client, io);
			this.meter = meter;
			meter.connected();
			meter.count(this);
			meter.sent(this); // the identification, and with it what this side can do, go out at once
		}

		boolean isStrict() {
			return strictKex;
		}

		@Override
		protected Buffer preProcessEncodeBuffer(int command, Buffer buffer) throws java.io.IOException {
			if (meter != null)
				meter.sent(this);
			return super.preProcessEncodeBuffer(command, buffer);
		}

		@Override
		protected void handleMessage(Buffer buffer) throws Exception {
			meter.received(this, buffer.rawByte(buffer.rpos()));
			super.handleMessage(buffer);
		}
	}
}
