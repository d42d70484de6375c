package org.strongroom.storage.webdav.internal;

import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import org.strongroom.storage.webdav.DavPaths;

/**
 * A user and a password, and how a server wants them: Digest (RFC 7616) with its strongest algorithm, or else Basic (RFC 7617). Once the server has said so, every request carries them from
 * the start. Thread-safe.
 */
public final class Credentials {
	/** Algorithms of Digest, the strongest first, and what Java calls them. */
	private static final Map<String, String> ALGORITHMS = new LinkedHashMap<>();
	static {
		ALGORITHMS.put("SHA-512-256", "SHA-512/256");
		ALGORITHMS.put("SHA-256", "SHA-256");
		ALGORITHMS.put("MD5", "MD5");
	}
	private static final SecureRandom RANDOM = new SecureRandom();

	/** One challenge of a server: the scheme in lower case, its parameters by their names in lower case. */
	record Asked(String scheme, Map<String, String> parameters) {
		String get(String name) {
			return parameters.getOrDefault(name, "");
		}

		/** Name of the algorithm without {@code -sess}. */
		String algorithm() {
			String name = get("algorithm").toUpperCase(Locale.ROOT);
			return name.isEmpty() ? "MD5" : name.endsWith("-SESS") ? name.substring(0, name.length() - 5) : name;
		}

		boolean isSession() {
			return get("algorithm").toUpperCase(Locale.ROOT).endsWith("-SESS");
		}

		boolean hasQop() {
			return parameters.containsKey("qop");
		}

		/** Smaller is stronger; negative for what cannot be answered. */
		int rank() {
			if (scheme.equals("basic"))
				return ALGORITHMS.size();
			boolean auth = !hasQop() || Arrays.stream(get("qop").split(",")).anyMatch(q -> q.strip().equalsIgnoreCase("auth"));
			return scheme.equals("digest") && auth && !get("nonce").isEmpty() ? List.copyOf(ALGORITHMS.keySet()).indexOf(algorithm()) : -1;
		}
	}

	private String user;
	private char[] password;
	private Asked asked;
	private String nonce;
	private String clientNonce;
	private int count;

	/** Takes what a person typed. @param secret taken over, wiped by {@link #forget} */
	public synchronized void use(String name, char[] secret) {
		forget();
		user = name;
		password = secret;
	}

	/** Wipes the password. */
	public synchronized void forget() {
		if (password != null)
			Arrays.fill(password, '\0');
		password = null;
	}

	/** Whether there is a password. */
	public synchronized boolean isThere() {
		return password != null;
	}

	/** Whether requests carry the password, or what follows from it. */
	public synchronized boolean isUsed() {
		return password != null && asked != null;
	}

	/** Whether the last challenge says that the answer before was right, but late. */
	public synchronized boolean isStale() {
		return asked != null && asked.get("stale").equalsIgnoreCase("true");
	}

	/** Whether each answer rests on something of the server that may have run out. */
	public synchronized boolean mayRunOut() {
		return asked != null && asked.scheme().equals("digest");
	}

	/**
	 * Takes the challenges of a 401.
	 *
	 * @param values of {@code WWW-Authenticate}
	 * @return whether one of them can be answered
	 */
	public synchronized boolean challenged(List<String> values) {
		Optional<Asked> best = values.stream().flatMap(v -> parse(v).stream()).filter(a -> a.rank() >= 0).min((a, b) -> Integer.compare(a.rank(), b.rank()));
		if (best.isEmpty())
			return false;
		asked = best.get();
		renew(asked.get("nonce"));
		return true;
	}

	/** Takes {@code Authentication-Info}: the server may want another nonce from now on. */
	public synchronized void answered(Optional<String> info) {
		info.map(i -> parameters(i, 0).get("nextnonce")).filter(n -> n != null && !n.isEmpty() && !n.equals(nonce)).ifPresent(this::renew);
	}

	private void renew(String to) {
		nonce = to;
		count = 0;
		byte[] random = new byte[16];
		RANDOM.nextBytes(random);
		clientNonce = HexFormat.of().formatHex(random);
	}

	/** The value of {@code Authorization} for a request; empty as long as there is no password or nobody asked. */
	public synchronized Optional<String> header(String method, String target) {
		if (password == null || asked == null)
			return Optional.empty();
		return Optional.of(asked.scheme().equals("basic") ? basic() : digest(method, target));
	}

	private String basic() {
		byte[] both = bytes(user + ":", password);
		try {
			return "Basic " + Base64.getEncoder().encodeToString(both);
		} finally {
			Arrays.fill(both, (byte) 0);
		}
	}

	private String digest(String method, String target) {
		String realm = asked.get("realm");
		byte[] secret = bytes(user + ":" + unquoted(realm) + ":", password);
		String a1 = hash(secret);
		Arrays.fill(secret, (byte) 0);
		if (asked.isSession())
			a1 = hash(a1 + ":" + unquoted(nonce) + ":" + clientNonce);
		String a2 = hash(method + ":" + target);
		String number = "%08x".formatted(++count);
		String response = asked.hasQop() ? hash(String.join(":", a1, unquoted(nonce), number, clientNonce, "auth", a2)) : hash(a1 + ":" + unquoted(nonce) + ":" + a2);
		var header = new StringBuilder("Digest ").append(username()).append(", realm=\"").append(realm).append("\", nonce=\"").append(nonce)
				.append("\", uri=\"").append(target).append("\", response=\"").append(response).append('"');
		if (asked.parameters().containsKey("algorithm"))
			header.append(", algorithm=").append(asked.get("algorithm"));
		if (asked.parameters().containsKey("opaque"))
			header.append(", opaque=\"").append(asked.get("opaque")).append('"');
		if (asked.hasQop())
			header.append(", qop=auth, nc=").append(number).append(", cnonce=\"").append(clientNonce).append('"');
		else if (asked.isSession())
			header.append(", cnonce=\"").append(clientNonce).append('"');
		return header.toString();
	}

	/** The user's name, in the way of RFC 7616 section 3.4 where a header cannot hold it as it is. */
	private String username() {
		return user.chars().allMatch(c -> c >= ' ' && c < 127) ? "username=\"" + quoted(user) + "\"" : "username*=UTF-8''" + DavPaths.encode(user).replace("/", "%2F");
	}

	private String hash(String text) {
		return hash(text.getBytes(StandardCharsets.UTF_8));
	}

	private String hash(byte[] bytes) {
		try {
			return HexFormat.of().formatHex(MessageDigest.getInstance(ALGORITHMS.get(asked.algorithm())).digest(bytes));
		} catch (NoSuchAlgorithmException e) {
			throw new IllegalStateException(e);
		}
	}

	private static byte[] bytes(String before, char[] secret) {
		var chars = new char[before.length() + secret.length];
		before.getChars(0, before.length(), chars, 0);
		System.arraycopy(secret, 0, chars, before.length(), secret.length);
		var encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(chars));
		byte[] bytes = new byte[encoded.remaining()];
		encoded.get(bytes);
		Arrays.fill(encoded.array(), (byte) 0);
		Arrays.fill(chars, '\0');
		return bytes;
	}

	private static String quoted(String text) {
		return text.replace("\\", "\\\\").replace("\"", "\\\"");
	}

	/** Parameters are kept as they were quoted, so that they can be sent back so. */
	private static String unquoted(String text) {
		return text.indexOf('\\') < 0 ? text : text.replaceAll("\\\\(.)", "$1");
	}

	/** The challenges of one header (RFC 9110 section 11.6.1). */
	static List<Asked> parse(String value) {
		var all = new ArrayList<Asked>();
		int at = 0;
		while (at < value.length()) {
			while (at < value.length() && (Character.isWhitespace(value.charAt(at)) || value.charAt(at) == ','))
				at++;
			int start = at;
			while (at < value.length() && isToken(value.charAt(at)))
				at++;
			if (at == start)
				return all;
			String scheme = value.substring(start, at).toLowerCase(Locale.ROOT);
			var parameters = new LinkedHashMap<String, String>();
			at = read(value, at, parameters);
			all.add(new Asked(scheme, parameters));
		}
		return all;
	}

	private static Map<String, String> parameters(String value, int from) {
		var all = new LinkedHashMap<String, String>();
		read(value, from, all);
		return all;
	}

	/** Reads {@code name=value} pairs up to what is none. @return where that begins */
	private static int read(String value, int from, Map<String, String> into) {
		int at = from;
		for (;;) {
			int next = at;
			while (next < value.length() && (Character.isWhitespace(value.charAt(next)) || value.charAt(next) == ','))
				next++;
			int end = next;
			while (end < value.length() && isToken(value.charAt(end)))
				end++;
			int equals = end;
			while (equals < value.length() && Character.isWhitespace(value.charAt(equals)))
				equals++;
			if (end == next || equals >= value.length() || value.charAt(equals) != '=')
				return end == next ? value.length() : next;
			String name = value.substring(next, end).toLowerCase(Locale.ROOT);
			int start = equals + 1;
			while (start < value.length() && Character.isWhitespace(value.charAt(start)))
				start++;
			if (start < value.length() && value.charAt(start) == '"') {
				at = start + 1;
				while (at < value.length() && value.charAt(at) != '"')
					at += value.charAt(at) == '\\' ? 2 : 1;
				into.putIfAbsent(name, value.substring(start + 1, Math.min(at, value.length())));
				at++;
			} else {
				at = start;
				while (at < value.length() && value.charAt(at) != ',' && !Character.isWhitespace(value.charAt(at)))
					at++;
				into.putIfAbsent(name, value.substring(start, at));
			}
			if (at >= value.length())
				return value.length();
		}
	}

	private static boolean isToken(char c) {
		return c > ' ' && c < 127 && "()<>@,;:\\\"/[]?={}".indexOf(c) < 0;
	}
}
