package org.strongroom.storage.nextcloud;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.strongroom.testing.nextcloud.NextcloudUnderTest;

/**
 * A server that somebody has, given by the environment: {@code STRONGROOM_NEXTCLOUD_URL}, {@code _USER} and {@code _PASSWORD}. The browser is played over HTTP, as pages of Nextcloud 27 have it.
 */
final class RealNextcloud implements NextcloudUnderTest {
	private static final Duration PATIENCE = Duration.ofSeconds(30);
	private final URI uri;
	private final String user;
	private final String password;

	private RealNextcloud(URI uri, String user, String password) {
		this.uri = uri;
		this.user = user;
		this.password = password;
	}

	/** The server, if there is one. */
	static Optional<RealNextcloud> given() {
		return given("");
	}

	/** The same for a colleague, if there is one: {@code STRONGROOM_NEXTCLOUD_OTHER_USER} and {@code _OTHER_PASSWORD}. */
	static Optional<RealNextcloud> other() {
		return given("OTHER_");
	}

	private static Optional<RealNextcloud> given(String whose) {
		String url = System.getenv("STRONGROOM_NEXTCLOUD_URL");
		String user = System.getenv("STRONGROOM_NEXTCLOUD_" + whose + "USER");
		String password = System.getenv("STRONGROOM_NEXTCLOUD_" + whose + "PASSWORD");
		return url == null || user == null || password == null ? Optional.empty() : Optional.of(new RealNextcloud(URI.create(url.replaceAll("/+$", "")), user, password));
	}

	@Override
	public URI uri() {
		return uri;
	}

	@Override
	public String user() {
		return user;
	}

	@Override
	public String password() {
		return password;
	}

	private static String send(HttpClient http, HttpRequest.Builder request) throws IOException {
		try {
			HttpResponse<String> answer = http.send(request.header("Accept", "text/html, */*").timeout(PATIENCE).build(), BodyHandlers.ofString());
			if (answer.statusCode() >= 400)
				throw new IOException("status " + answer.statusCode() + " of " + answer.uri().getPath());
			return answer.body();
		} catch (InterruptedException e) {
			throw new InterruptedIOException();
		}
	}

	private static HttpRequest.Builder post(URI to, Map<String, String> form) {
		String body = form.entrySet().stream().map(f -> f.getKey() + "=" + URLEncoder.encode(f.getValue(), StandardCharsets.UTF_8)).collect(Collectors.joining("&"));
		return HttpRequest.newBuilder(to).header("Content-Type", "application/x-www-form-urlencoded").POST(BodyPublishers.ofString(body));
	}

	private static String found(String page, String pattern) throws IOException {
		Matcher matcher = Pattern.compile(pattern).matcher(page);
		if (!matcher.find())
			throw new IOException("a page of the sign-in is not as expected");
		return matcher.group(1).replace("&#x2B;", "+").replace("&amp;", "&");
	}

	private URI at(String path) {
		return URI.create(uri + path);
	}

	@Override
	public boolean browse(URI address) throws IOException {
		try (HttpClient http = HttpClient.newBuilder().cookieHandler(new CookieManager()).followRedirects(HttpClient.Redirect.NORMAL).build()) {
			String picker = send(http, HttpRequest.newBuilder(address));
			String state = found(picker, "stateToken=([A-Za-z0-9]+)");
			String grant = "/index.php/login/v2/grant?stateToken=" + state;
			String login = send(http, HttpRequest.newBuilder(at(grant)));
			send(http, post(at("/index.php/login?redirect_url=" + URLEncoder.encode(grant, StandardCharsets.UTF_8)),
					Map.of("user", user, "password", password, "timezone", "UTC", "timezone_offset", "0", "requesttoken", found(login, "data-requesttoken=\"([^\"]+)\""))).header("Origin", origin()));
			String question = send(http, HttpRequest.newBuilder(at(grant)));
			send(http, post(at("/index.php/login/v2/grant"), Map.of("stateToken", state, "requesttoken", found(question, "data-requesttoken=\"([^\"]+)\""))).header("Origin", origin()));
			return true;
		}
	}

	private String origin() {
		return uri.getScheme() + "://" + uri.getRawAuthority();
	}

	/** One more app password: with the account's, the server works at a hash for each request. */
	String appPassword() throws IOException {
		try (HttpClient http = HttpClient.newHttpClient()) {
			return found(send(http, HttpRequest.newBuilder(at("/ocs/v2.php/core/getapppassword?format=json")).header("OCS-APIRequest", "true").header("Authorization", basic(password))), "\"apppassword\":\"([^\"]+)\"");
		}
	}

	/** The user's files, as another program sees them. */
	SecondView files(String appPassword) {
		return new SecondView(at("/remote.php/dav/files/" + user), basic(appPassword));
	}

	/** What the user has removed. */
	SecondView trash(String appPassword) {
		return new SecondView(at("/remote.php/dav/trashbin/" + user + "/trash"), basic(appPassword));
	}

	/** Asks for something to be done with one of the user's files. @param path percent-encoded @param headers names and values @return the status */
	int status(String method, String path, String body, String... headers) throws IOException {
		HttpRequest.Builder request = HttpRequest.newBuilder(at("/remote.php/dav/files/" + user + path)).method(method, BodyPublishers.ofString(body)).header("Authorization", basic(password)).timeout(PATIENCE);
		if (headers.length > 0)
			request.headers(headers);
		try (HttpClient http = HttpClient.newHttpClient()) {
			return http.send(request.build(), BodyHandlers.discarding()).statusCode();
		} catch (InterruptedException e) {
			throw new InterruptedIOException();
		}
	}

	private String basic(String secret) {
		return "Basic " + Base64.getEncoder().encodeToString((user + ":" + secret).getBytes(StandardCharsets.UTF_8));
	}

	@Override
	public void revoke(String appPassword) throws IOException {
		try (HttpClient http = HttpClient.newHttpClient()) {
			send(http, HttpRequest.newBuilder(at("/ocs/v2.php/core/apppassword?format=json")).DELETE().header("OCS-APIRequest", "true").header("Authorization", basic(appPassword)));
		}
	}

	@Override
	public void close() {
		// it goes on
	}
}
