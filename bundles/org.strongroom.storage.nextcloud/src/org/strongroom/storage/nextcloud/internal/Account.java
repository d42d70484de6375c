package org.strongroom.storage.nextcloud.internal;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import javax.xml.namespace.QName;

import org.strongroom.core.Bookmark;
import org.strongroom.core.auth.Challenge;
import org.strongroom.core.auth.Prompter;
import org.strongroom.core.auth.Secret;
import org.strongroom.core.auth.SignIn;
import org.strongroom.core.auth.SignInCancelledException;
import org.strongroom.core.auth.SignInException;
import org.strongroom.core.auth.WrongSecretException;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.ServerFaultException;
import org.strongroom.core.storage.StoragePaths;
import org.strongroom.storage.webdav.DavAnswer;
import org.strongroom.storage.webdav.DavCall;
import org.strongroom.storage.webdav.DavClient;
import org.strongroom.storage.webdav.DavPaths;
import org.strongroom.storage.webdav.DavResource;
import org.strongroom.storage.webdav.DavSettings;
import org.strongroom.storage.webdav.DavStorage;
import org.strongroom.storage.webdav.Multistatus;

/**
 * Somebody signed in to a server: by Login Flow v2 in the browser, which grants an app password, or by a password. What was granted is shared by all storages of this process that go to the
 * same server for the same user, so that a lost connection does not lead to the browser again; the last one that is closed revokes it, unless the person wanted it kept and has not had it forgotten
 * since. Thread-safe.
 * <p>
 * What is kept is the login name, a line feed and the app password; or, where a password was typed, the password alone.
 */
public final class Account {
	/** How long somebody has for signing in in the browser; the server forgets about it after 20 minutes. */
	private static final Duration PATIENCE = Duration.ofMinutes(15);
	private static final Duration FIRST_POLL = Duration.ofMillis(200);
	private static final Duration LAST_POLL = Duration.ofSeconds(3);
	/** How long signing out may wait for a server. */
	private static final Duration GOODBYE = Duration.ofSeconds(2);
	private static final int LONGEST = 64 << 10;
	private static final String AGENT = "User-Agent";
	private static final String FORM = "application/x-www-form-urlencoded";
	private static final QName PRINCIPAL = new QName(DavResource.DAV, "current-user-principal");

	/** What was granted and is in use. */
	private static final Map<String, Account> GRANTED = new HashMap<>();
	/** What was kept and is in use, each storage with one of its own. Guarded by {@link #GRANTED}. */
	private static final List<Account> KEPT = new ArrayList<>();

	private final DavSettings settings;
	private final String base;
	private final Bookmark bookmark;
	/** What one signs in by that was granted before, in the words of the audit log. */
	private static final String APP_PASSWORD = "app-password";

	private final SignIn signIn;
	private final String login;
	private final char[] password;
	private String user;
	private volatile boolean revocable;
	/** Whether it was granted in the browser and is kept on this machine. */
	private volatile boolean kept;
	/** Guarded by this. */
	private boolean wiped;
	/** Storages that use it. */
	private int users = 1;

	private Account(Installation installation, Bookmark bookmark, SignIn signIn, String login, char[] password) {
		settings = installation.client().settings();
		base = installation.base();
		this.bookmark = bookmark;
		this.signIn = signIn;
		this.login = login;
		this.password = password;
	}

	/** The user's id, as paths have it. */
	public String user() {
		return user;
	}

	/** A name that the app password has in the server's list. */
	static String agent() {
		String host;
		try {
			host = InetAddress.getLocalHost().getHostName();
		} catch (UnknownHostException e) {
			host = "a machine without a name";
		}
		return "Strongroom on " + host.replaceAll("[^\\x20-\\x7e]", "?");
	}

	/**
	 * Signs in.
	 *
	 * @return to be {@link #release}d
	 */
	static Account signIn(Installation installation, Bookmark bookmark, SignIn signIn) throws IOException {
		var way = new Way(installation, bookmark, signIn);
		Optional<Account> shared = way.shared();
		if (shared.isPresent()) {
			signIn.passed(APP_PASSWORD);
			return shared.get();
		}
		if (NextcloudProtocol.PASSWORD.equals(bookmark.options().get(NextcloudProtocol.SIGN_IN)))
			return way.byPassword();
		Optional<Account> known = way.known();
		Account account = known.isPresent() ? known.get() : way.byBrowser();
		signIn.passed(known.isPresent() ? APP_PASSWORD : "browser");
		synchronized (GRANTED) {
			if (account.kept)
				KEPT.add(account);
		}
		return account;
	}

	/** One sign-in. */
	private record Way(Installation installation, Bookmark bookmark, SignIn signIn) {
		private DavClient client() {
			return installation.client();
		}

		private DavSettings settings() {
			return client().settings();
		}

		private Challenge.Password challenge(int attempt) {
			return new Challenge.Password(settings().asker(), settings().user().orElse(""), attempt);
		}

		private String key() {
			return settings().origin() + installation.base() + " " + settings().user().orElse("");
		}

		private Account account(String login, char[] password) {
			return new Account(installation, bookmark, signIn, login, password);
		}

		/** @param secret what was kept, or a password */
		private Account account(Secret secret) throws SignInException {
			char[] chars = secret.chars();
			int end = 0;
			while (end < chars.length && chars[end] != '\n')
				end++;
			if (end == chars.length)
				return account(settings().someUser(), chars.clone());
			Account account = account(new String(chars, 0, end), Arrays.copyOfRange(chars, end + 1, chars.length));
			account.kept = true;
			return account;
		}

		/** What was granted to another storage. */
		Optional<Account> shared() throws IOException {
			Account account;
			synchronized (GRANTED) {
				account = GRANTED.get(key());
				if (account == null)
					return Optional.empty();
				account.users++;
			}
			try {
				if (account.tryOn(client()))
					return Optional.of(account);
			} catch (IOException | RuntimeException e) {
				account.release(Optional.empty());
				throw e;
			}
			account.revocable = false; // somebody else did that
			account.kept = false;
			account.release(Optional.empty());
			return Optional.empty();
		}

		/** What was kept. */
		Optional<Account> known() throws IOException {
			try (Secret secret = signIn.known(challenge(1)).orElse(null)) {
				if (secret == null)
					return Optional.empty();
				Account account = account(secret);
				if (account.tryOn(client()))
					return Optional.of(account);
				if (account.isToBeWiped()) {
					account.wipe(form("token", account.password));
					throw new SignInException("The owner of this account had it removed from this machine: what was kept of %s is gone.".formatted(settings().asker()));
				}
				account.forget();
				signIn.rejected(challenge(1));
				return Optional.empty();
			}
		}

		Account byPassword() throws IOException {
			try {
				return signIn.open(this::challenge, secret -> {
					Account account = account(secret);
					if (account.tryOn(client()))
						return account;
					account.forget();
					throw new WrongSecretException("%s refuses the password.".formatted(settings().asker()));
				});
			} catch (WrongSecretException e) {
				throw new SignInException("%s refuses the password of %s; with a second factor in use, it has to be an app password: make one in Nextcloud's settings, under Security.".formatted(settings().asker(), settings().user().orElse("")), e);
			}
		}

		Account byBrowser() throws IOException {
			Json begun;
			try (DavAnswer answer = client().send(DavCall.of("POST", installation.base() + "/index.php/login/v2").with(AGENT, agent()).with(new byte[0]).once())) {
				if (answer.status() != 200)
					throw new SignInException("%s lets nobody sign in in the browser (status %d): make an app password in its settings, and give the bookmark the option %s=%s."
							.formatted(settings().asker(), answer.status(), NextcloudProtocol.SIGN_IN, NextcloudProtocol.PASSWORD));
				begun = Json.of(answer.content(LONGEST));
			}
			DavCall poll = poll(begun);
			Challenge.BrowserLogin challenge = browserLogin(begun);
			var granted = new CompletableFuture<Account>();
			Thread polling = Thread.ofVirtual().name("wait for the browser").start(() -> {
				try {
					Account account = granted(poll);
					if (!granted.complete(account))
						account.revokeQuietly(Optional.empty());
				} catch (IOException | RuntimeException e) {
					granted.completeExceptionally(e);
				}
			});
			boolean remember = false;
			Account account = null;
			try {
				remember = signIn.person().browse(challenge, granted);
				account = granted.get();
				if (!account.tryOn(client()))
					throw new SignInException("%s refuses what it has granted a moment ago.".formatted(settings().asker()));
				account.mustBe(settings().user());
			} catch (InterruptedException e) {
				giveUp(polling, granted);
				throw new InterruptedIOException("signing in was cancelled");
			} catch (ExecutionException e) {
				throw e.getCause() instanceof IOException io ? io : new SignInException("%s could not be signed in to in the browser.".formatted(settings().asker()), e.getCause());
			} catch (IOException | RuntimeException e) {
				giveUp(polling, granted);
				throw e;
			}
			account.kept = remember && account.remember(challenge(1));
			account.revocable = !account.kept;
			if (account.revocable)
				synchronized (GRANTED) {
					GRANTED.put(key(), account);
				}
			return account;
		}

		/** Nobody waits for the browser any more; the server may have granted it all the same. */
		private void giveUp(Thread polling, CompletableFuture<Account> granted) {
			polling.interrupt();
			granted.completeExceptionally(new SignInException("nobody waits any more"));
			if (granted.isCompletedExceptionally())
				return;
			Account account = granted.join();
			account.revocable = true;
			account.release(Optional.empty());
		}

		private DavCall poll(Json begun) throws IOException {
			try {
				String endpoint = URI.create(begun.get("poll", "endpoint").text().orElse("")).getRawPath();
				if (endpoint == null || !endpoint.startsWith(installation.base() + "/"))
					throw senseless();
				byte[] form = form("token", begun.get("poll", "token").text().orElseThrow(this::senseless).toCharArray());
				return DavCall.of("POST", endpoint).with(AGENT, agent()).with("Content-Type", FORM).with(form).once();
			} catch (IllegalArgumentException e) {
				throw senseless();
			}
		}

		private Challenge.BrowserLogin browserLogin(Json begun) throws IOException {
			try {
				return new Challenge.BrowserLogin(settings().asker(), URI.create(begun.get("login").text().orElse("")));
			} catch (IllegalArgumentException e) {
				throw senseless();
			}
		}

		private ServerFaultException senseless() {
			return new ServerFaultException(null, settings().asker() + " gives no address to sign in at");
		}

		/** Waits until somebody signed in in the browser. */
		private Account granted(DavCall poll) throws IOException {
			long end = System.nanoTime() + PATIENCE.toNanos();
			Duration pause = FIRST_POLL;
			while (System.nanoTime() < end) {
				try (DavAnswer answer = client().send(poll)) {
					switch (answer.status()) {
					case 200 -> {
						Json json = Json.of(answer.content(LONGEST));
						return account(json.get("loginName").text().orElseThrow(this::senseless), json.get("appPassword").text().orElseThrow(this::senseless).toCharArray());
					}
					case 404, 429, 503 -> {
						// not yet
					}
					default -> throw new SignInException("%s ended the sign-in in the browser (status %d).".formatted(settings().asker(), answer.status()));
					}
				}
				try {
					Thread.sleep(pause);
				} catch (InterruptedException e) {
					throw new InterruptedIOException("signing in was cancelled");
				}
				pause = pause.multipliedBy(3).dividedBy(2).compareTo(LAST_POLL) < 0 ? pause.multipliedBy(3).dividedBy(2) : LAST_POLL;
			}
			throw new SignInException("Nobody signed in to %s in the browser for %d minutes.".formatted(settings().asker(), PATIENCE.toMinutes()));
		}
	}

	private static byte[] form(String name, char[] value) {
		ByteBuffer bytes = StandardCharsets.UTF_8.encode(CharBuffer.wrap(value));
		var out = ByteBuffer.allocate(name.length() + 1 + 3 * bytes.limit()).put((name + "=").getBytes(StandardCharsets.US_ASCII));
		while (bytes.hasRemaining()) {
			byte b = bytes.get();
			out.put((byte) '%').put((byte) Character.forDigit(b >> 4 & 15, 16)).put((byte) Character.forDigit(b & 15, 16));
		}
		Arrays.fill(bytes.array(), (byte) 0);
		return out.array();
	}

	/** Whether the server lets it in; then the client is signed in, and the user's id is known. */
	private boolean tryOn(DavClient client) throws IOException {
		DavCall who = DavStorage.propfind(base + "/remote.php/dav/", 0, DavStorage.propfindOf("<current-user-principal/>"));
		try (DavAnswer answer = client.attempt(login, password, who)) {
			if (answer.status() == 401)
				return false;
			if (answer.status() == 403)
				throw new SignInException("%s does not let %s in.".formatted(settings.asker(), Challenge.printable(login)));
			if (answer.status() != 207)
				throw new ConnectionException("Nextcloud on %s does not tell who is signed in (status %d): try again later.".formatted(settings.asker(), answer.status()));
			try (var responses = new Multistatus(answer, null)) {
				user = responses.next().map(r -> r.properties().get(PRINCIPAL)).flatMap(DavPaths::decode).map(StoragePaths::name).filter(StoragePaths::isSafeName)
						.orElseThrow(() -> new ServerFaultException(null, settings.asker() + " does not tell who is signed in"));
			}
			return true;
		}
	}

	/** Somebody may be signed in in the browser as somebody else. */
	private void mustBe(Optional<String> wanted) throws SignInException {
		if (wanted.isPresent() && !wanted.get().equalsIgnoreCase(login) && !wanted.get().equalsIgnoreCase(user))
			throw new SignInException("In the browser you are signed in as %s, but the address is for %s: sign out there, or change the address.".formatted(Challenge.printable(login), wanted.get()));
	}

	/** @return whether it is kept indeed */
	private boolean remember(Challenge.Password challenge) throws IOException {
		var chars = new char[login.length() + 1 + password.length];
		login.getChars(0, login.length(), chars, 0);
		chars[login.length()] = '\n';
		System.arraycopy(password, 0, chars, login.length() + 1, password.length);
		try (Secret secret = new Secret(chars, true)) {
			signIn.accepted(challenge, secret);
		}
		try (Secret kept = signIn.known(challenge).orElse(null)) {
			return kept != null;
		}
	}

	private void forget() {
		Arrays.fill(password, '\0');
	}

	/**
	 * A storage needs it no more: the last one revokes what was granted. Waits for the server, but not long.
	 *
	 * @param client of the storage, signed in and not closed yet, if there is one
	 */
	public void release(Optional<DavClient> client) {
		boolean isLast;
		synchronized (GRANTED) {
			if (--users > 0)
				return;
			GRANTED.values().remove(this);
			KEPT.remove(this);
			isLast = KEPT.stream().noneMatch(this::isSame);
		}
		if (revocable || isLast && isForgotten()) {
			Thread revoking = Thread.ofVirtual().name("revoke").start(() -> revokeQuietly(client));
			boolean interrupted = Thread.interrupted();
			try {
				revoking.join(GOODBYE);
			} catch (InterruptedException e) {
				interrupted = true;
			}
			if (interrupted)
				Thread.currentThread().interrupt();
		}
		forget();
	}

	private boolean isSame(Account other) {
		return settings.origin().equals(other.settings.origin()) && base.equals(other.base) && login.equals(other.login) && Arrays.equals(password, other.password);
	}

	/** Whether it was kept once, and is no more: nobody could sign in with it again, nor revoke it. What cannot be told counts as kept. */
	private boolean isForgotten() {
		try {
			return kept && !signIn.isKept(new Challenge.Password(settings.asker(), settings.user().orElse(""), 1));
		} catch (IOException e) {
			return false;
		}
	}

	private void revokeQuietly(Optional<DavClient> client) {
		try {
			if (client.filter(DavClient::isOpen).isPresent()) {
				revoke(client.get());
			} else {
				try (DavClient fresh = fresh()) {
					if (tryOn(fresh))
						revoke(fresh);
				}
			}
		} catch (IOException e) {
			// The server cannot be reached: there its owner finds it by its name.
		}
	}

	private void revoke(DavClient client) throws IOException {
		client.send(DavCall.of("DELETE", base + "/ocs/v2.php/core/apppassword?format=json").with("OCS-APIRequest", "true").once()).close();
	}

	/** Another connection, without a password. Nobody is asked for anything. */
	private DavClient fresh() throws IOException {
		DavClient client = DavClient.open(settings);
		try {
			client.signIn(signIn.by(new Nobody()), DavCall.of("GET", base + "/status.php")).close();
			return client;
		} catch (IOException | RuntimeException e) {
			client.close();
			throw e;
		}
	}

	private static final class Nobody implements Prompter {
		@Override
		public Secret secret(Challenge.ForSecret challenge) throws SignInCancelledException {
			throw new SignInCancelledException("Nobody is asked.");
		}

		@Override
		public List<Secret> answers(Challenge.KeyboardInteractive challenge) throws SignInCancelledException {
			throw new SignInCancelledException("Nobody is asked.");
		}

		@Override
		public boolean confirm(Challenge.HostKey challenge) {
			return false;
		}
	}

	// Remote wipe.

	/**
	 * Obeys the owner of the account, who may want everything of it removed from this machine: sessions are closed, what is kept is forgotten, and the server is told so, by a thread of its own.
	 *
	 * @return whether it is wanted
	 */
	public synchronized boolean obeyWipe() throws IOException {
		if (wiped)
			return true; // another request has found out, and the server may know nothing of it any more
		if (!isToBeWiped())
			return false;
		wiped = true;
		byte[] token = form("token", password); // before the sessions are closed
		Thread.ofVirtual().name("remote wipe").start(() -> wipe(token));
		return true;
	}

	private boolean isToBeWiped() throws IOException {
		try (DavClient client = fresh()) {
			return isYes(client);
		}
	}

	private void wipe(byte[] token) {
		revocable = false;
		kept = false;
		try (DavClient client = fresh()) {
			signIn.rejected(new Challenge.Password(settings.asker(), settings.user().orElse(""), 1));
			Wiping.wipe(bookmark);
			ask(client, "success", token).close();
		} catch (IOException e) {
			// Nobody learns that it was done; done it is.
		}
	}

	private boolean isYes(DavClient client) throws IOException {
		try (DavAnswer answer = ask(client, "check", form("token", password))) {
			return answer.status() == 200 && Json.of(answer.content(LONGEST)).get("wipe").isTrue();
		}
	}

	private DavAnswer ask(DavClient client, String what, byte[] token) throws IOException {
		return client.send(DavCall.of("POST", base + "/index.php/core/wipe/" + what).with("Content-Type", FORM).with(token).once());
	}
}
