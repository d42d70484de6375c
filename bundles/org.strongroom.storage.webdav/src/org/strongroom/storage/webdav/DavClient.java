package org.strongroom.storage.webdav;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.CookieHandler;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.UnrecoverableKeyException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManager;

import org.strongroom.core.auth.Challenge;
import org.strongroom.core.auth.Secret;
import org.strongroom.core.auth.SignIn;
import org.strongroom.core.auth.SignInException;
import org.strongroom.core.auth.WrongSecretException;
import org.strongroom.core.doctor.Posture;
import org.strongroom.core.residency.ForbiddenException;
import org.strongroom.core.residency.Requirements;
import org.strongroom.core.residency.Requirements.Kind;
import org.strongroom.core.storage.Chain;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.Meter;
import org.strongroom.core.storage.ServerFaultException;
import org.strongroom.core.storage.SignInCost;
import org.strongroom.core.storage.Traffic;
import org.strongroom.storage.webdav.internal.Certificates;
import org.strongroom.storage.webdav.internal.Credentials;
import org.strongroom.storage.webdav.internal.DavPosture;
import org.strongroom.storage.webdav.internal.Incoming;
import org.strongroom.storage.webdav.internal.KnownCertificates;
import org.strongroom.storage.webdav.internal.Proxies;
import org.strongroom.storage.webdav.internal.TlsProbe;
import org.strongroom.storage.webdav.internal.UntrustedException;

/**
 * Speaks HTTP with one server: over HTTP/2 where that is offered, with at most {@value #CONNECTIONS} more connections for long contents, and over as many connections else. TLS is 1.2 or newer, and no request is sent to a server whose certificate
 * is not trusted. A password goes to this server alone, and not over plain HTTP unless the settings permit it; a server that sends on to another one is not followed. A call waits no
 * longer than the limit of the settings for a sign of life, and an interrupt ends it. Thread-safe.
 * <p>
 * A request whose connection is lost is sent once more, where that does no harm; if it is lost again and the server answers nothing else either, so is the client: {@link #isOpen()} is false
 * and every call throws a {@link ConnectionException}.
 */
public final class DavClient implements Closeable {
	/** Requests under way over HTTP/1.1, and so connections. */
	private static final int CONNECTIONS = 6;
	/** Requests under way over HTTP/2. */
	private static final int STREAMS = 64;
	/** Of these, long uploads: the rest is left to what they may be waiting for. */
	private static final int LONG_UPLOADS = 3;
	/** Contents longer than this, in bytes, are sent over HTTP/1.1: over HTTP/2 many servers (Apache) take no more than 64 KiB before they answer, which makes 1.3 MB/s at 50 ms. */
	private static final int LONGEST_IN_STREAM = 256 << 10;
	/** After how many milliseconds those who keep a place without using it are asked for it. */
	private static final int LENT_CHECK = 200;
	/** Requests over one HTTP/2 connection. Servers (nginx: 1000) end it after some, and of those that are under way then, nobody knows which were done. */
	private static final int MOST_OVER_ONE = 900;
	/** Of TLS, as Java names them. */
	private static final List<String> VERSIONS = List.of("TLSv1.3", "TLSv1.2");
	private static final String BUFFER_PROPERTY = "jdk.httpclient.bufsize";
	private static final int MOST_REDIRECTS = 5;
	/** How often and how long, in all, a busy server is waited for. */
	private static final int MOST_BUSY = 5;
	private static final Duration MOST_BUSY_TIME = Duration.ofSeconds(60);
	private static final int MOST_CERTIFICATES = 3;
	private static final int LONGEST_KEY_STORE = 1 << 20;
	private static final Set<String> FOLLOWED = Set.of("GET", "HEAD", "PROPFIND", "OPTIONS");
	/** Roughly the bytes of a request or answer line, and of the headers that the JDK adds. */
	private static final int LINE = 64;

	static {
		// The JDK's client takes 16 KiB from a connection at a time, and wakes several threads for that: a long file costs twice as much of the processor. It looks at this when it is used first.
		if (System.getProperty(BUFFER_PROPERTY) == null)
			System.setProperty(BUFFER_PROPERTY, Integer.toString(256 << 10));
	}

	private final DavSettings settings;
	private final Certificates certificates;
	private final Optional<CookieHandler> cookies;
	private final Credentials credentials = new Credentials();
	private final Meter meter = new Meter();
	private final Semaphore places = new Semaphore(CONNECTIONS, true);
	/** Of an HTTP/2 server: those that are under way over connections of their own, by HTTP/1.1. */
	private final Semaphore apart = new Semaphore(CONNECTIONS, true);
	private final Semaphore longUploads = new Semaphore(LONG_UPLOADS, true);
	/** Those who keep a place without using it just then. */
	private final Set<Runnable> lent = ConcurrentHashMap.newKeySet();
	/** When something last came or went, as {@link System#nanoTime()}. */
	private volatile long alive = System.nanoTime();
	private final AtomicBoolean isWide = new AtomicBoolean();
	/** How many places were given up because the server takes fewer requests at once. */
	private final AtomicInteger narrowed = new AtomicInteger();
	private final ReentrantLock asking = new ReentrantLock();
	/** Whether the server was seen to take something without a password. */
	private volatile boolean writesFreely;
	/** Has the connection. */
	private volatile HttpClient http;
	/** What a proxy on the way is told of whoever asks. */
	private volatile Optional<String> proxyAuthorization = Optional.empty();
	/** What was used before it, for what was under way over it may still be; null if there is none. Guarded by this. */
	private HttpClient former;
	private KeyManager[] keys;
	/** Requests over HTTP/2 since there is {@link #http}. */
	private final AtomicInteger sentOverOne = new AtomicInteger();
	private volatile SignIn signIn;
	/** What the last answer came by; null if it was not encrypted, or there was none. */
	private volatile SSLSession agreed;
	private volatile Requirements requirements = Requirements.NONE;
	private volatile SignInCost cost;
	private volatile ConnectionException lost;
	private volatile UnaryOperator<ConnectionException> refusal = UnaryOperator.identity();

	private DavClient(DavSettings settings, Optional<CookieHandler> cookies) throws IOException {
		this.settings = settings;
		this.cookies = cookies;
		certificates = settings.isSecure() ? new Certificates(settings.host(), settings.origin().getPort(), KnownCertificates.usual()) : null;
	}

	/** A client for a server. Nothing is sent before {@link #signIn}. */
	public static DavClient open(DavSettings settings) throws IOException {
		return new DavClient(settings, Optional.empty());
	}

	/** The same, for a server that is faster if its cookies come back. @param cookies for this client alone; they are as good as a password */
	public static DavClient open(DavSettings settings, CookieHandler cookies) throws IOException {
		return new DavClient(settings, Optional.of(cookies));
	}

	/** How the server is spoken with. */
	public DavSettings settings() {
		return settings;
	}

	/** How well the server is set up. @param target of something that whoever is signed in may ask for */
	public Posture posture(String target) {
		return new DavPosture(new DavPosture.Client() {
			@Override
			public DavSettings settings() {
				return settings;
			}

			@Override
			public boolean hasPassword() {
				return credentials.isUsed();
			}

			@Override
			public Optional<String> header(String name) throws IOException {
				try (DavAnswer answer = send(DavCall.of("OPTIONS", target))) {
					return answer.header(name);
				}
			}

			@Override
			public List<String> problems(List<X509Certificate> chain) {
				return certificates.problems(chain);
			}

			@Override
			public TlsProbe.Agreed agree(TlsProbe probe) throws IOException {
				try {
					return probe.agree(TlsProbe.context(keys, certificates));
				} catch (IOException e) {
					throw new ConnectionException("%s does not shake hands once more for being looked at: %s".formatted(settings.asker(), e.getMessage()), e);
				}
			}

			@Override
			public boolean isDirect() throws IOException {
				return settings.isLoopback() || Proxies.to(settings.origin()).isDirect(settings.origin());
			}
		});
	}

	/** Uses a password that is known already. @param secret copied */
	public void use(String user, char[] secret) {
		credentials.use(user, secret.clone());
	}

	/**
	 * Tries a user and a password, which are used from then on.
	 *
	 * @param secret copied
	 * @return the answer; if that is a 401, they are forgotten again
	 */
	public DavAnswer attempt(String user, char[] secret, DavCall call) throws IOException {
		use(user, secret);
		DavAnswer answer = send(call, true);
		if (answer.status() == 401)
			credentials.forget();
		return answer;
	}

	/**
	 * What is to be done once the server does not accept the sign-in any more, before whoever asked learns of it: given what they would be told, gives what they are told. Not told of an
	 * {@link #attempt}.
	 */
	public void onRefusal(UnaryOperator<ConnectionException> what) {
		refusal = what;
	}

	/**
	 * Connects, and signs in if the server asks for it.
	 *
	 * @param person is asked for what is needed: whether a certificate is right, a password
	 * @param first the first request, which shows whether the server lets us in
	 * @return its answer
	 * @throws SignInException if the server refuses the person, or the person the server
	 * @throws ForbiddenException if the server has not what the policies demand
	 * @throws ConnectionException if the server cannot be reached
	 */
	public DavAnswer signIn(SignIn person, DavCall first) throws IOException {
		long begun = System.nanoTime();
		long before = Chain.length();
		follow(person.requirements());
		keys = clientKeys(person);
		http = client(keys);
		DavAnswer answer = null;
		for (int shown = 1; answer == null; shown++) {
			try {
				answer = enter(person, first);
			} catch (IOException e) {
				ForbiddenException forbidden = cause(e, ForbiddenException.class);
				if (forbidden != null)
					throw forbidden;
				UntrustedException untrusted = cause(e, UntrustedException.class);
				if (untrusted == null)
					throw e;
				if (shown > MOST_CERTIFICATES)
					throw new SignInException("%s shows another certificate each time; nothing was sent to it.".formatted(settings.asker()), e);
				Challenge.Certificate challenge = certificates.challenge(settings.asker(), untrusted);
				person.confirm(challenge);
				certificates.accept(challenge);
				lost = null;
			}
		}
		signIn = person;
		cost = new SignInCost(Chain.length() - before, Duration.ofNanos(System.nanoTime() - begun));
		return answer;
	}

	/** From now on the policies are followed. */
	private void follow(Requirements demanded) throws ForbiddenException {
		if (!settings.isSecure() && demanded.demandsTls())
			throw demanded.refusedPlain(settings.asker());
		requirements = demanded;
		if (settings.isSecure())
			certificates.demand(demanded.certificates());
	}

	private DavAnswer enter(SignIn person, DavCall first) throws IOException {
		DavAnswer answer = send(first);
		tell(person);
		if (answer.status() != 401)
			return answer;
		answer.close();
		return ask(person, first);
	}

	/** Which certificate the server showed, trusted by whomever, and what was agreed on with it. */
	private void tell(SignIn person) {
		SSLSession session = agreed;
		if (session == null) {
			if (!settings.isSecure())
				person.agreed(Map.of("tls", "none"));
			return;
		}
		person.agreed(Map.of("tls", session.getProtocol(), "cipher", session.getCipherSuite()));
		try {
			person.shown(Challenge.Certificate.fingerprintOf((X509Certificate) session.getPeerCertificates()[0]));
		} catch (SSLPeerUnverifiedException e) {
			// then it showed none
		}
	}

	/** Asks for the password until a request passes with it. */
	private DavAnswer ask(SignIn person, DavCall call) throws IOException {
		if (!settings.maySendPassword())
			throw new SignInException("%s asks for a password, but the connection is not encrypted, so none was sent. Write davs:// for HTTPS, or permit it by the bookmark's option %s=yes."
					.formatted(settings.asker(), DavSettings.UNENCRYPTED_PASSWORD));
		String user = settings.someUser();
		try {
			return person.open(attempt -> new Challenge.Password(settings.asker(), user, attempt), secret -> {
				DavAnswer answer = attempt(user, secret.chars(), call);
				if (answer.status() != 401)
					return answer;
				answer.close();
				throw new WrongSecretException("%s refuses the password.".formatted(settings.asker()));
			});
		} catch (WrongSecretException e) {
			throw new SignInException("%s refuses the password of %s.".formatted(settings.asker(), user), e);
		}
	}

	private KeyManager[] clientKeys(SignIn person) throws IOException {
		if (settings.clientCertificate().isEmpty())
			return null;
		Path file = settings.clientCertificate().get();
		if (!Files.isReadable(file) || Files.size(file) > LONGEST_KEY_STORE)
			throw new SignInException("The client certificate %s cannot be read.".formatted(file));
		byte[] bytes = Files.readAllBytes(file);
		try {
			KeyManager[] opened = person.open(attempt -> new Challenge.KeyPassphrase(settings.asker(), file, attempt), secret -> keys(file, bytes, secret));
			person.passed("certificate");
			return opened;
		} catch (WrongSecretException e) {
			throw new SignInException(e.getMessage(), e);
		}
	}

	private static KeyManager[] keys(Path file, byte[] bytes, Secret secret) throws IOException {
		try (InputStream in = new java.io.ByteArrayInputStream(bytes)) {
			KeyStore store = KeyStore.getInstance("PKCS12");
			store.load(in, secret.chars());
			KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
			factory.init(store, secret.chars());
			return factory.getKeyManagers();
		} catch (GeneralSecurityException e) {
			throw new SignInException("The client certificate %s cannot be used.".formatted(file), e);
		} catch (IOException e) {
			if (cause(e, UnrecoverableKeyException.class) != null)
				throw new WrongSecretException("The passphrase does not open the client certificate %s.".formatted(file));
			throw new SignInException("The client certificate %s is no PKCS#12 file that can be used.".formatted(file), e);
		}
	}

	private HttpClient client(KeyManager[] keys) throws IOException {
		Proxies.Way way = settings.isLoopback() ? Proxies.Way.DIRECT : Proxies.to(settings.origin()); // what goes to this machine unencrypted is for nobody else
		proxyAuthorization = way.authorization();
		HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(settings.limit()).followRedirects(HttpClient.Redirect.NEVER)
				.executor(Executors.newVirtualThreadPerTaskExecutor()).proxy(way.selector());
		cookies.ifPresent(builder::cookieHandler);
		if (!settings.isSecure())
			return builder.version(HttpClient.Version.HTTP_1_1).build();
		try {
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(keys, new TrustManager[] { certificates }, null);
			var parameters = new SSLParameters();
			parameters.setProtocols(allowed(Kind.TLS_VERSION, VERSIONS));
			if (requirements.algorithms().containsKey(Kind.TLS_CIPHER))
				parameters.setCipherSuites(allowed(Kind.TLS_CIPHER, List.of(context.getDefaultSSLParameters().getCipherSuites())));
			return builder.version(HttpClient.Version.HTTP_2).sslContext(context).sslParameters(parameters).build();
		} catch (GeneralSecurityException e) {
			throw new IOException("This Java has no TLS.", e);
		}
	}

	/** Those that the policies leave. @throws ForbiddenException if that is none */
	private String[] allowed(Kind kind, List<String> all) throws ForbiddenException {
		List<String> allowed = requirements.narrow(kind, all, n -> n);
		if (allowed.isEmpty())
			throw requirements.refused(kind, "Strongroom", all);
		return allowed.toArray(String[]::new);
	}

	/**
	 * Sends a request and waits for the beginning of its answer, whatever its status. Challenges are answered, redirects on the same server followed for requests that only look, and a server
	 * that says when it will be ready again is waited for, if that is soon.
	 */
	public DavAnswer send(DavCall call) throws IOException {
		return send(call, signIn == null);
	}

	/** @param trying whether it is still to be found out if the server accepts the sign-in, so that a refusal is an answer */
	private DavAnswer send(DavCall call, boolean trying) throws IOException {
		DavCall now = call;
		int redirects = 0;
		int busy = 0;
		long waited = 0;
		boolean answered = false;
		boolean again = false;
		for (;;) {
			boolean carried = credentials.isUsed();
			DavAnswer answer;
			try {
				answer = exchange(now);
			} catch (ConnectionException e) {
				boolean untrusted = cause(e, UntrustedException.class) != null || cause(e, ForbiddenException.class) != null;
				boolean unsent = untrusted || e.getCause() instanceof ConnectException;
				boolean silent = e.getCause() == null;
				if (!unsent && !now.repeatable())
					throw new UnansweredException(e.getMessage(), e);
				if (again && !unsent && !silent && answers())
					throw new ServerFaultException(null, "%s hangs up instead of answering".formatted(settings.asker()));
				if (again || untrusted || silent)
					throw lose(e);
				again = true;
				continue;
			}
			switch (answer.status()) {
			case 401 -> {
				boolean can = credentials.challenged(answer.headers().allValues("WWW-Authenticate"));
				boolean there = credentials.isThere();
				if (can && !there && signIn != null) {
					answer.close();
					return askInTheMiddle(now);
				}
				// the same again is of no use, unless it was right before
				if (!can || !there || answered || carried && !credentials.isStale() && trying)
					return refused(answer, can || carried, trying);
				answer.close();
				answered = true;
			}
			case 301, 302, 303, 307, 308 -> {
				Optional<String> to = follow(now, answer);
				if (to.isEmpty() || redirects++ == MOST_REDIRECTS)
					return answer;
				answer.close();
				now = now.at(to.get());
			}
			case 429, 503 -> {
				Duration pause = pause(answer);
				if (pause == null || busy++ == MOST_BUSY || waited + pause.toNanos() > MOST_BUSY_TIME.toNanos())
					return answer;
				answer.close();
				waited += pause.toNanos();
				sleep(pause);
			}
			default -> {
				credentials.answered(answer.header("Authentication-Info"));
				return answer;
			}
			}
		}
	}

	/** Whether the server answers anything at all. */
	private boolean answers() throws InterruptedIOException {
		try {
			exchange(DavCall.of("OPTIONS", "/")).close();
			return true;
		} catch (InterruptedIOException e) {
			throw e;
		} catch (IOException e) {
			return false;
		}
	}

	/** In the middle of a session a refusal ends it: signing in anew asks the person. @param known whether the server has said how it wants to be answered */
	private DavAnswer refused(DavAnswer answer, boolean known, boolean trying) throws IOException {
		if (trying && known)
			return answer;
		answer.close();
		if (trying)
			throw new SignInException("%s knows no way to sign in that Strongroom knows, too.".formatted(settings.asker()));
		throw lose(refusal.apply(new ConnectionException("%s does not accept the sign-in any more: sign in again.".formatted(settings.asker()))));
	}

	/** A server that let us look without a password wants one now. */
	private DavAnswer askInTheMiddle(DavCall call) throws IOException {
		try {
			asking.lockInterruptibly();
		} catch (InterruptedException e) {
			throw new InterruptedIOException("a request to " + settings.asker() + " was cancelled");
		}
		try {
			return credentials.isThere() ? send(call) : ask(signIn, call);
		} finally {
			asking.unlock();
		}
	}

	private Optional<String> follow(DavCall call, DavAnswer answer) throws IOException {
		String location = answer.header("Location").orElse("");
		URI to;
		try {
			to = URI.create(settings.origin() + call.target()).resolve(location);
		} catch (IllegalArgumentException e) {
			return Optional.empty();
		}
		if (location.isEmpty() || to.getHost() == null || to.getScheme() == null)
			return Optional.empty();
		int port = to.getPort() >= 0 ? to.getPort() : to.getScheme().equalsIgnoreCase("https") ? 443 : 80;
		if (!to.getScheme().equalsIgnoreCase(settings.origin().getScheme()) || !to.getHost().equalsIgnoreCase(settings.origin().getHost()) || port != settings.origin().getPort()) {
			answer.close();
			throw new ServerFaultException(null, "%s sends on to another server, %s://%s:%d, where nothing is sent: if that is right, give its address".formatted(settings.asker(), to.getScheme(), to.getHost(), port));
		}
		if (!FOLLOWED.contains(call.method()))
			return Optional.empty();
		String target = to.getRawPath() == null || to.getRawPath().isEmpty() ? "/" : to.getRawPath();
		return Optional.of(to.getRawQuery() == null ? target : target + "?" + to.getRawQuery());
	}

	/** How long a busy server wants to be left alone; null for too long or not said. */
	private static Duration pause(DavAnswer answer) {
		String text = answer.header("Retry-After").map(String::strip).orElse("");
		long seconds;
		if (text.matches("\\d{1,9}"))
			seconds = Long.parseLong(text);
		else if (DavResource.time(text).isPresent())
			seconds = Math.max(0, Duration.between(Instant.now(), DavResource.time(text).get()).toSeconds());
		else
			return answer.status() == 429 ? Duration.ofSeconds(1) : null;
		return seconds <= MOST_BUSY_TIME.toSeconds() ? Duration.ofSeconds(seconds) : null;
	}

	private static void sleep(Duration pause) throws InterruptedIOException {
		try {
			Thread.sleep(pause);
		} catch (InterruptedException e) {
			throw new InterruptedIOException("waiting for a busy server was cancelled");
		}
	}

	private DavAnswer exchange(DavCall call) throws IOException {
		for (;;) {
			Place place = place(isApart(call));
			try {
				var body = new Watched(call.content().map(BodyPublishers::ofByteArray).orElseGet(BodyPublishers::noBody));
				Started started = start(call, body, place, false);
				return await(started, body.alive, call.target());
			} catch (IOException | RuntimeException e) {
				if (!isOneTooMany(e) || narrowed.getAndIncrement() >= STREAMS - CONNECTIONS) {
					place.close();
					throw e;
				}
				// nothing was sent; the place is not given back, so that from now on there is one fewer under way
			}
		}
	}

	/** Whether a request was not sent because the server takes fewer at once over HTTP/2 than we thought. The JDK tells that by its words alone. */
	private static boolean isOneTooMany(Throwable t) {
		for (Throwable c = t; c != null; c = c.getCause())
			if ("too many concurrent streams".equals(c.getMessage()))
				return true;
		return false;
	}

	/** Whether a request goes over HTTP/1.1. An empty content does, too: over HTTP/2 nginx fails to store it. */
	private static boolean isApart(DavCall call) {
		return call.apart() || call.content().filter(c -> c.length == 0 || c.length > LONGEST_IN_STREAM).isPresent();
	}

	/** One of the requests that may be under way at once. */
	private static final class Place implements Closeable {
		private final Semaphore from;
		private final AtomicBoolean taken = new AtomicBoolean(true);

		Place(Semaphore from) {
			this.from = from;
		}

		@Override
		public void close() {
			if (taken.compareAndSet(true, false))
				from.release();
		}
	}

	/**
	 * Waits for one of those that others have, as long as there are signs of life.
	 *
	 * @param what waits, in words
	 * @param meanwhile done again and again while it is waited
	 * @return false if there were none for too long
	 */
	private boolean acquire(Semaphore from, String what, Runnable meanwhile) throws IOException {
		long asked = System.nanoTime();
		try {
			while (!from.tryAcquire(LENT_CHECK, TimeUnit.MILLISECONDS)) {
				check();
				meanwhile.run();
				if (System.nanoTime() - Math.max(asked, alive) > settings.limit().toNanos())
					return false;
			}
			return true;
		} catch (InterruptedException e) {
			throw new InterruptedIOException("%s to %s was cancelled".formatted(what, settings.asker()));
		}
	}

	private Place place(boolean isApart) throws IOException {
		check();
		Semaphore from = isApart && isWide.get() ? apart : places;
		if (!acquire(from, "a request", () -> lent.forEach(Runnable::run)))
			throw new ConnectionException("%s did nothing for %d s; the request was given up.".formatted(settings.asker(), settings.limit().toSeconds()), new ConnectException());
		var place = new Place(from);
		try {
			check();
		} catch (IOException e) {
			place.close();
			throw e;
		}
		return place;
	}

	/** Somebody keeps an answer that is not read on at the moment. @param letGo is called, by any thread, as often as others wait for a place; lets go of the answer, or does nothing */
	void lends(Runnable letGo) {
		lent.add(letGo);
	}

	/** It keeps that answer no more. */
	void lendsNoMore(Runnable letGo) {
		lent.remove(letGo);
	}

	private void received(long bytes) {
		alive = System.nanoTime();
		meter.received(bytes);
	}

	/** @throws ConnectionException if it is of no use, or no more */
	public void check() throws ConnectionException {
		ConnectionException reason = lost;
		if (reason != null)
			throw new ConnectionException(reason.getMessage(), reason);
		if (http == null)
			throw new ConnectionException("%s was not signed in to.".formatted(settings.asker()));
	}

	/** A request on its way. @param depth what the meter wants to be told when its answer was waited for */
	record Started(CompletableFuture<HttpResponse<Incoming>> answer, long depth) {
	}

	private Started start(DavCall call, BodyPublisher body, Place place, boolean ask) throws IOException {
		HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(settings.origin() + call.target())).method(call.method(), body).expectContinue(ask)
				.setHeader("User-Agent", "Strongroom");
		proxyAuthorization.ifPresent(a -> builder.setHeader("Proxy-Authorization", a));
		long length = Math.max(0, body.contentLength()); // one that is not known is counted as it goes
		if (isApart(call))
			builder.version(HttpClient.Version.HTTP_1_1);
		long bytes = LINE + call.method().length() + call.target().length() + length;
		for (Map.Entry<String, String> header : call.headers().entrySet()) {
			builder.setHeader(header.getKey(), header.getValue());
			bytes += header.getKey().length() + header.getValue().length() + 4;
		}
		if (settings.maySendPassword()) {
			Optional<String> authorization = credentials.header(call.method(), call.target());
			authorization.ifPresent(a -> builder.setHeader("Authorization", a));
			bytes += authorization.map(a -> a.length() + 17).orElse(0);
		}
		long depth = meter.sent(bytes);
		CompletableFuture<HttpResponse<Incoming>> answer = http().sendAsync(builder.build(), info -> {
			received(LINE + info.headers().map().entrySet().stream().mapToLong(h -> h.getValue().stream().mapToLong(v -> h.getKey().length() + v.length() + 4).sum()).sum());
			return new Incoming(settings.asker(), settings.limit(), this::received, place::close);
		});
		return new Started(answer, depth);
	}

	/** What has the connection, another one from time to time. */
	private HttpClient http() throws IOException {
		if (isWide.get() && sentOverOne.incrementAndGet() > MOST_OVER_ONE)
			synchronized (this) {
				if (lost == null && sentOverOne.get() > MOST_OVER_ONE) {
					HttpClient fresh = client(keys);
					if (former != null)
						former.shutdown(); // without a wait
					former = http;
					http = fresh;
					sentOverOne.set(0);
				}
			}
		return http;
	}

	/** Waits for the beginning of an answer, as long as there are signs of life. @param alive the time of the last one, as {@link System#nanoTime()} */
	private DavAnswer await(Started started, AtomicLong alive, String target) throws IOException {
		try {
			for (;;) {
				long left = settings.limit().toNanos() - (System.nanoTime() - alive.get());
				if (left <= 0) {
					started.answer().cancel(true);
					throw new ConnectionException("%s did not answer for %d s; the request was given up.".formatted(settings.asker(), settings.limit().toSeconds()));
				}
				try {
					HttpResponse<Incoming> response = started.answer().get(left, TimeUnit.NANOSECONDS);
					meter.waitedFor(started.depth());
					response.sslSession().ifPresent(s -> agreed = s);
					if (response.version() == HttpClient.Version.HTTP_2 && isWide.compareAndSet(false, true))
						places.release(STREAMS - CONNECTIONS);
					if (response.statusCode() == 407)
						throw refusedByProxy(response.body());
					return new DavAnswer(response.statusCode(), response.headers(), target, response.body());
				} catch (TimeoutException e) {
					// there may have been a sign of life meanwhile
				}
			}
		} catch (InterruptedException e) {
			started.answer().cancel(true);
			throw new InterruptedIOException("a request to " + settings.asker() + " was cancelled");
		} catch (CancellationException e) {
			throw new ConnectionException("The request to %s was given up.".formatted(settings.asker()), e);
		} catch (ExecutionException e) {
			throw failure(e.getCause());
		}
	}

	/** What went wrong, in words; its cause is a {@link ConnectException} if nothing was sent. */
	private ConnectionException failure(Throwable t) {
		String server = settings.asker();
		UntrustedException untrusted = cause(t, UntrustedException.class);
		if (untrusted != null)
			return new ConnectionException("%s: %s Nothing was sent to it; sign in again to look at it.".formatted(server, Challenge.printable(untrusted.getMessage())), untrusted);
		Optional<ForbiddenException> forbidden = forbidden(t);
		if (forbidden.isPresent())
			return new ConnectionException(forbidden.get().getMessage(), forbidden.get());
		boolean unknown = cause(t, UnresolvedAddressException.class) != null || cause(t, UnknownHostException.class) != null;
		if (unknown || t instanceof ConnectException || t instanceof HttpConnectTimeoutException) {
			Optional<String> proxy = proxy();
			if (proxy.isPresent())
				return new ConnectionException("The proxy %s, by which the network settings reach %s, cannot be reached: check them.".formatted(proxy.get(), settings.host()), unsent(t));
		}
		if (unknown)
			return new ConnectionException("The server %s is not known: check its name and the network.".formatted(settings.host()), unsent(t));
		if (t instanceof HttpConnectTimeoutException)
			return new ConnectionException("%s did not answer for %d s: check its name, the network and firewalls.".formatted(server, settings.limit().toSeconds()), unsent(t));
		if (t instanceof ConnectException)
			return new ConnectionException("%s refuses connections at port %d: check name and port, and whether its server runs.".formatted(settings.host(), settings.origin().getPort()), t);
		if (cause(t, SSLException.class) != null)
			return new ConnectionException("%s and Strongroom cannot agree on an encrypted connection (TLS 1.2 or newer) at port %d: %s".formatted(server, settings.origin().getPort(),
					Challenge.printable(String.valueOf(cause(t, SSLException.class).getMessage())).replace('\n', ' ')), t);
		return new ConnectionException("The connection to %s was lost.".formatted(server), t);
	}

	/** Whether the policies are why no encrypted connection came about, where they leave less than there would be without them. */
	private Optional<ForbiddenException> forbidden(Throwable t) {
		ForbiddenException certificate = cause(t, ForbiddenException.class);
		SSLHandshakeException failed = cause(t, SSLHandshakeException.class);
		if (certificate != null || failed == null || requirements.narrow(Kind.TLS_VERSION, VERSIONS, n -> n).equals(VERSIONS) && !requirements.algorithms().containsKey(Kind.TLS_CIPHER))
			return Optional.ofNullable(certificate);
		return Optional.of(requirements.refusedTls(settings.asker(), Challenge.printable(String.valueOf(failed.getMessage())).replace('\n', ' ')));
	}

	/** @param body null if the proxy opened no tunnel */
	private ConnectionException refusedByProxy(Incoming body) {
		if (body != null)
			body.close();
		return new ConnectionException("The proxy %s %s: see the network settings.".formatted(proxy().orElse("on the way"),
				proxyAuthorization.isPresent() ? "does not accept user and password that were entered for it" : "wants user and password"));
	}

	/** Host and port of the proxy that the server is reached by, if there is one. */
	private Optional<String> proxy() {
		return http.proxy().stream().flatMap(way -> way.select(settings.origin()).stream()).map(Proxy::address).filter(InetSocketAddress.class::isInstance)
				.map(a -> ((InetSocketAddress) a).getHostString() + ':' + ((InetSocketAddress) a).getPort()).findFirst();
	}

	private static ConnectException unsent(Throwable t) {
		return t instanceof ConnectException c ? c : (ConnectException) new ConnectException().initCause(t);
	}

	/** The connection is gone for good, for nobody knows whether something was done. @return what to throw */
	public ConnectionException lose(ConnectionException e) {
		if (signIn != null)
			lost = e;
		return e;
	}

	private static <T extends Throwable> T cause(Throwable t, Class<T> kind) {
		for (Throwable c = t; c != null; c = c.getCause())
			if (kind.isInstance(c))
				return kind.cast(c);
		return null;
	}

	/** A body whose being taken is a sign of life. */
	private final class Watched implements BodyPublisher {
		private final BodyPublisher body;
		private final AtomicLong alive = new AtomicLong(System.nanoTime());

		Watched(BodyPublisher body) {
			this.body = body;
		}

		private void lives() {
			long now = System.nanoTime();
			alive.set(now);
			DavClient.this.alive = now;
		}

		@Override
		public long contentLength() {
			return body.contentLength();
		}

		@Override
		public void subscribe(Flow.Subscriber<? super ByteBuffer> to) {
			body.subscribe(new Flow.Subscriber<ByteBuffer>() {
				@Override
				public void onSubscribe(Flow.Subscription subscription) {
					to.onSubscribe(new Flow.Subscription() {
						@Override
						public void request(long n) {
							lives();
							subscription.request(n);
						}

						@Override
						public void cancel() {
							subscription.cancel();
						}
					});
				}

				@Override
				public void onNext(ByteBuffer item) {
					to.onNext(item);
				}

				@Override
				public void onError(Throwable t) {
					to.onError(t);
				}

				@Override
				public void onComplete() {
					lives();
					to.onComplete();
				}
			});
		}
	}

	/**
	 * Starts a request whose content comes bit by bit. At most {@value #LONG_UPLOADS} are under way; this waits for one of them to end, but no longer than
	 * the limit of the settings if nothing comes or goes meanwhile.
	 *
	 * @param call without content
	 */
	public DavStream stream(DavCall call) throws IOException {
		// one that let us look without a password may want one now, and a long content would have to be sent twice: it is asked with none
		if (!credentials.isThere() && !writesFreely) {
			try (DavAnswer answer = send(call.with(new byte[0]))) {
				writesFreely = answer.isOk();
			}
		}
		if (!acquire(longUploads, "an upload", () -> {
		}))
			throw new ConnectionException("%s did nothing for %d s while other uploads were under way; this one was given up.".formatted(settings.asker(), settings.limit().toSeconds()));
		try {
			return new DavStream(this, call.aside());
		} catch (IOException | RuntimeException e) {
			longUploads.release();
			throw e;
		}
	}

	// What streams need.

	Started start(DavCall call, BodyPublisher body) throws IOException {
		Place place = place(true);
		try {
			Started started = start(call, body, place, credentials.mayRunOut());
			// a request that fails has no body that would give its place back
			started.answer().whenComplete((_, failed) -> {
				if (failed != null)
					place.close();
			});
			return started;
		} catch (IOException | RuntimeException e) {
			place.close();
			throw e;
		}
	}

	DavAnswer await(Started started, DavStream body, String target) throws IOException {
		return await(started, body.alive(), target);
	}

	/** Whether a 401 can be answered by trying again. */
	boolean canAnswer(DavAnswer refused) {
		return credentials.challenged(refused.headers().allValues("WWW-Authenticate")) && credentials.isThere();
	}

	void count(long bytes) {
		alive = System.nanoTime();
		meter.sentMore(bytes);
	}

	/** A stream has come to its end. */
	void ended() {
		longUploads.release();
	}

	/** What passed since signing in; round trips are those of the current thread. */
	public Traffic traffic() {
		return meter.traffic();
	}

	/** What it took to sign in; empty before. */
	public Optional<SignInCost> signInCost() {
		return Optional.ofNullable(cost);
	}

	/** Whether requests can be sent, as far as is known. */
	public boolean isOpen() {
		return lost == null && http != null;
	}

	/** Whether it is of no more use. */
	boolean isLost() {
		return lost != null;
	}

	/** Ends all that is under way, and forgets the password. */
	@Override
	public void close() {
		if (lost == null)
			lost = new ConnectionException("%s was signed out of.".formatted(settings.asker()));
		credentials.forget();
		synchronized (this) {
			if (former != null)
				former.shutdownNow();
			if (http != null)
				http.shutdownNow();
		}
	}

	/** The absolute address of a place on the server, for headers that want one. */
	public String address(String target) {
		String origin = settings.origin().toString();
		boolean usual = settings.origin().getPort() == (settings.isSecure() ? 443 : 80);
		return (usual ? origin.substring(0, origin.lastIndexOf(':')) : origin) + target;
	}

	/** All headers of one name, split at commas. */
	static List<String> list(DavAnswer answer, String header) {
		return answer.headers().allValues(header).stream().flatMap(v -> java.util.Arrays.stream(v.split(","))).map(String::strip).toList();
	}
}
