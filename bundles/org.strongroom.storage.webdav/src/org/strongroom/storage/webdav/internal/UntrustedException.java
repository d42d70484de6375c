package org.strongroom.storage.webdav.internal;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;

/** A server showed a certificate that is not trusted. Ends the handshake, so that no request is sent. */
public final class UntrustedException extends CertificateException {
	private static final long serialVersionUID = 1L;
	private final transient List<X509Certificate> chain;
	private final transient List<String> problems;

	UntrustedException(List<X509Certificate> chain, List<String> problems, Throwable cause) {
		super("The certificate " + String.join(", and ", problems) + ".", cause);
		this.chain = chain;
		this.problems = problems;
	}

	/** What the server showed, its own certificate first. */
	public List<X509Certificate> chain() {
		return chain;
	}

	/** What is wrong, in words that go on from <i>the certificate</i>. */
	public List<String> problems() {
		return problems;
	}
}
