package org.strongroom.cli.internal;

import java.security.cert.Certificate;
import java.util.stream.Stream;

import org.eclipse.equinox.p2.core.UIServices;

/**
 * What p2 asks while it installs. Whoever names a repository on this machine trusts what is in it, signed or not; without an answer p2 takes unsigned bundles, but
 * refuses those that somebody signed whom Java does not know, such as Bouncy Castle's. Nothing of this trust is kept.
 */
final class Trust extends UIServices {
	@Override
	public TrustInfo getTrustInfo(Certificate[][] unknown, String[] unsigned) {
		Certificate[] all = unknown == null ? new Certificate[0] : Stream.of(unknown).flatMap(Stream::of).toArray(Certificate[]::new);
		return new TrustInfo(all, false, true);
	}

	@Override
	public AuthenticationInfo getUsernamePassword(String location) {
		return AUTHENTICATION_PROMPT_CANCELED;
	}

	@Override
	public AuthenticationInfo getUsernamePassword(String location, AuthenticationInfo before) {
		return AUTHENTICATION_PROMPT_CANCELED;
	}
}
