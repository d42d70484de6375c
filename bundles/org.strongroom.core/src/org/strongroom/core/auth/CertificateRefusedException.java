package org.strongroom.core.auth;

/** A server's certificate is not trusted by this machine, and was not accepted. */
public class CertificateRefusedException extends SignInException {
	private static final long serialVersionUID = 1L;

	/** @param message one line that says what is wrong with the certificate */
	public CertificateRefusedException(String message) {
		super(message);
	}
}
