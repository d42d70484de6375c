package org.strongroom.storage.nextcloud;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.strongroom.demo.Totp;
import org.strongroom.testing.nextcloud.NextcloudUnderTest;

/**
 * A server that somebody has, given by the environment: {@code STRONGROOM_NEXTCLOUD_URL}, {@code _USER} and {@code _PASSWORD}. The browser is played over HTTP, as pages of Nextcloud 27 have it.
 */
final class RealNextcloud implements NextcloudUnderTest {
	private static final Duration PATIENCE = Duration.ofSeconds(30);
	private static final String SECURITY = "/index.php/settings/user/security";
	private static final String TOTP = "/index.php/apps/twofactor_totp/settings/enable";
	private final URI uri;
	private final String user;
	private final String password;
	/** What the user's phone makes codes of; null if there is no need for it. */
	private Totp phone;
	/** Of the last code. */
	private long step;

	private RealNextcloud(URI uri, String user, String password) {
		this.uri = uri;
		this.user = user;
		this.password = password;
	}

	/** The server; without one, the test is skipped. */
	static RealNextcloud given() {
		Optional<RealNextcloud> server = given("");
		assumeTrue(server.isPresent(), "no real Nextcloud: set STRONGROOM_NEXTCLOUD_URL, STRONGROOM_NEXTCLOUD_USER and STRONGROOM_NEXTCLOUD_PASSWORD");
		return server.get();
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

	/** Whether an account can want codes of an app on a phone. */
	boolean hasCodes() throws IOException {
		try (HttpClient http = HttpClient.newHttpClient()) {
			return http.send(HttpRequest.newBuilder(at(TOTP)).timeout(PATIENCE).build(), BodyHandlers.discarding()).statusCode() != 404;
		} catch (InterruptedException e) {
			throw new InterruptedIOException();
		}
	}

	private static HttpResponse<String> send(HttpClient http, HttpRequest.Builder request) throws IOException {
		try {
			HttpResponse<String> answer = http.send(request.header("Accept", "text/html, */*").timeout(PATIENCE).build(), BodyHandlers.ofString());
			if (answer.statusCode() >= 400)
				throw new IOException("status " + answer.statusCode() + " of " + answer.uri().getPath());
			return answer;
		} catch (InterruptedException e) {
			throw new InterruptedIOException();
		}
	}

	private static String found(String page, String pattern) throws IOException {
		Matcher matcher = Pattern.compile(pattern).matcher(page);
		if (!matcher.find())
			throw new IOException("a page of the server is not as expected");
		return matcher.group(1).replace("&#x2B;", "+").replace("&amp;", "&");
	}

	private URI at(String path) {
		return URI.create(uri + path);
	}

	/** A browser, and the user at it. */
	private final class Browser implements AutoCloseable {
		private final HttpClient http = HttpClient.newBuilder().cookieHandler(new CookieManager()).followRedirects(HttpClient.Redirect.NORMAL).build();
		private HttpResponse<String> page;

		String open(URI address) throws IOException {
			page = send(http, HttpRequest.newBuilder(address));
			return page.body();
		}

		/** Sends a form of the page that is open. */
		String post(URI to, Map<String, String> form) throws IOException {
			var fields = new HashMap<>(form);
			fields.put("requesttoken", found(page.body(), "data-requesttoken=\"([^\"]+)\""));
			String body = fields.entrySet().stream().map(f -> f.getKey() + "=" + URLEncoder.encode(f.getValue(), StandardCharsets.UTF_8)).collect(Collectors.joining("&"));
			HttpResponse<String> answer = send(http, HttpRequest.newBuilder(to).header("Content-Type", "application/x-www-form-urlencoded").header("Origin", uri.getScheme() + "://" + uri.getRawAuthority())
					.POST(BodyPublishers.ofString(body)));
			if (answer.body().contains("data-requesttoken"))
				page = answer;
			return answer.body();
		}

		/** Signs in on the way to a page, and shows that. */
		String signIn(String to) throws IOException {
			open(at(to));
			post(at("/index.php/login?redirect_url=" + URLEncoder.encode(to, StandardCharsets.UTF_8)), Map.of("user", user, "password", password, "timezone", "UTC", "timezone_offset", "0"));
			if (page.uri().getPath().endsWith("/login/challenge/totp"))
				post(page.uri(), Map.of("challenge", code()));
			return open(at(to));
		}

		@Override
		public void close() {
			http.close();
		}
	}

	@Override
	public boolean browse(URI address) throws IOException {
		try (var browser = new Browser()) {
			String state = found(browser.open(address), "stateToken=([A-Za-z0-9]+)");
			browser.signIn("/index.php/login/v2/grant?stateToken=" + state);
			browser.post(at("/index.php/login/v2/grant"), Map.of("stateToken", state));
			return true;
		}
	}

	/** The next code that the server has not seen yet; it takes those of the next one and a half minutes, too. */
	private synchronized String code() {
		step = Math.max(step + 1, Totp.step(Instant.now()));
		return phone.code(step);
	}

	/** The account wants a code of an app on a phone from now on, whoever signs in. */
	void demandCode() throws IOException {
		try (var browser = new Browser()) {
			browser.signIn(SECURITY);
			phone = Totp.ofBase32(found(browser.post(at(TOTP), Map.of("state", "1")), "\"secret\":\"([A-Z2-7]+)\""));
			found(browser.post(at(TOTP), Map.of("state", "2", "code", code())), "\"state\":(2)");
		}
	}

	void demandNoCode() throws IOException {
		try (var browser = new Browser()) {
			browser.signIn(SECURITY);
			found(browser.post(at(TOTP), Map.of("state", "0")), "\"state\":(0)");
		}
	}

	/** An app password as the user makes it in the settings. */
	String appPasswordByHand() throws IOException {
		try (var browser = new Browser()) {
			browser.signIn(SECURITY);
			return found(browser.post(at("/index.php/settings/personal/authtokens"), Map.of("name", "made by hand")), "\"token\":\"([^\"]+)\"");
		}
	}

	/** One more app password: with the account's, the server works at a hash for each request. */
	String appPassword() throws IOException {
		try (HttpClient http = HttpClient.newHttpClient()) {
			return found(send(http, HttpRequest.newBuilder(at("/ocs/v2.php/core/getapppassword?format=json")).header("OCS-APIRequest", "true").header("Authorization", basic(password))).body(), "\"apppassword\":\"([^\"]+)\"");
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
