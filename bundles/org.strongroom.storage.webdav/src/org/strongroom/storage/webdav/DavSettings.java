package org.strongroom.storage.webdav;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

import org.strongroom.core.Bookmark;
import org.strongroom.core.auth.SignInException;

/**
 * How a server is spoken with.
 *
 * @param origin {@code http} or {@code https}, host and port, nothing else
 * @param asker the server as a person knows it
 * @param user the account; empty for none
 * @param limit how long the server may be silent
 * @param unencryptedPassword whether a password may go to a server over plain HTTP that is not this machine
 * @param clientCertificate a PKCS#12 file to sign in with, empty for none
 */
public record DavSettings(URI origin, String asker, Optional<String> user, Duration limit, boolean unencryptedPassword, Optional<Path> clientCertificate) {
	/** Option of a bookmark: {@value #YES} lets the password go unencrypted to a server that is not this machine. */
	public static final String UNENCRYPTED_PASSWORD = "send-password-unencrypted";
	/** Option of a bookmark: a PKCS#12 file with the certificate and key to sign in with. */
	public static final String CLIENT_CERTIFICATE = "client-certificate";
	private static final String YES = "yes";

	public DavSettings {
		Objects.requireNonNull(origin);
		Objects.requireNonNull(asker);
		Objects.requireNonNull(user);
		Objects.requireNonNull(limit);
		Objects.requireNonNull(clientCertificate);
	}

	/**
	 * The settings of a bookmark.
	 *
	 * @param secure whether the server speaks HTTPS
	 * @throws IllegalArgumentException with one line that says what is wrong with the bookmark
	 */
	public static DavSettings of(Bookmark bookmark, boolean secure) {
		URI uri = bookmark.uri();
		if (uri.getHost() == null)
			throw new IllegalArgumentException("The address '%s' names no server: write %s://user@host/folder.".formatted(uri, bookmark.scheme()));
		int port = uri.getPort() >= 0 ? uri.getPort() : secure ? 443 : 80;
		if (port == 0 || port > 65_535)
			throw new IllegalArgumentException("The port %d is not usable: give 1 to 65535.".formatted(port));
		String permission = bookmark.options().getOrDefault(UNENCRYPTED_PASSWORD, "no");
		if (!permission.equals(YES) && !permission.equals("no"))
			throw new IllegalArgumentException("The option %s is '%s': give yes or no.".formatted(UNENCRYPTED_PASSWORD, permission));
		Optional<Path> certificate = Optional.ofNullable(bookmark.options().get(CLIENT_CERTIFICATE)).map(Path::of);
		if (certificate.isPresent() && !secure)
			throw new IllegalArgumentException("A client certificate needs HTTPS: write davs://.");
		return new DavSettings(URI.create((secure ? "https://" : "http://") + uri.getHost().toLowerCase(Locale.ROOT) + ":" + port), bookmark.server(),
				Optional.ofNullable(uri.getUserInfo()).filter(u -> !u.isEmpty()), bookmark.timeout(), permission.equals(YES), certificate);
	}

	/**
	 * The account, for what cannot be done without one.
	 *
	 * @throws SignInException with a line for the person if there is none
	 */
	public String someUser() throws SignInException {
		return user.orElseThrow(() -> new SignInException("%s wants to know who you are: write user@ before the server's name in the address.".formatted(asker)));
	}

	/** Whether what passes is encrypted. */
	public boolean isSecure() {
		return origin.getScheme().equals("https");
	}

	/** Host name or address, in lower case, without the brackets of an IPv6 address. */
	public String host() {
		String host = origin.getHost();
		return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
	}

	/** Whether the server is this machine, by its address or the name {@code localhost}; names are not looked up. */
	public boolean isLoopback() {
		return host().equals("localhost") || host().equals("::1") || host().matches("127(\\.\\d{1,3}){3}");
	}

	/** Whether a password may be sent. */
	public boolean maySendPassword() {
		return isSecure() || isLoopback() || unencryptedPassword;
	}
}
