package org.strongroom.auth.ssh;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code ~/.ssh/config} and {@code /etc/ssh/ssh_config} say about one host, read as {@code ssh_config(5)} describes it: the first value of a
 * keyword wins, {@code Host} patterns with {@code *}, {@code ?} and {@code !}, {@code Include}, and {@code Match} with {@code all}, {@code host}, {@code originalhost},
 * {@code user} and {@code localuser}. {@code Match exec} and everything else that would start a program never matches. Immutable.
 */
public final class SshConfig {
	/** System property that names another folder than {@code ~/.ssh}; with it, the configuration of the machine is left out too. */
	public static final String FOLDER_PROPERTY = "strongroom.ssh.folder";

	private static final int MOST_INCLUDES = 16;
	private static final long LONGEST_FILE = 1 << 20;

	private final String host;
	private final Map<String, List<String>> values;

	private SshConfig(String host, Map<String, List<String>> values) {
		this.host = host;
		this.values = values;
	}

	/** The folder of the person's SSH files: {@code ~/.ssh}. It may not exist. */
	public static Path folder() {
		String set = System.getProperty(FOLDER_PROPERTY);
		return set == null || set.isEmpty() ? Path.of(System.getProperty("user.home"), ".ssh") : Path.of(set).toAbsolutePath();
	}

	/**
	 * What is configured for a host.
	 *
	 * @param host as the person named it
	 * @param user the account asked for, or null if none was named
	 */
	public static SshConfig of(String host, String user) throws IOException {
		var reader = new Reader(host, user);
		reader.read(folder().resolve("config"), folder(), 0);
		if (System.getProperty(FOLDER_PROPERTY) == null)
			reader.read(Path.of("/etc/ssh/ssh_config"), Path.of("/etc/ssh"), 0);
		return new SshConfig(host, reader.values);
	}

	/** The first value of a keyword (any case), as written. */
	public Optional<String> value(String keyword) {
		return values(keyword).stream().findFirst();
	}

	/** All values of a keyword, as written; those of the first line with it, but of all lines for {@code IdentityFile}. */
	public List<String> values(String keyword) {
		return values.getOrDefault(keyword.toLowerCase(Locale.ROOT), List.of());
	}

	/** Whether a keyword is set to {@code yes}. */
	public boolean isYes(String keyword) {
		return value(keyword).filter(v -> v.equalsIgnoreCase("yes") || v.equalsIgnoreCase("true")).isPresent();
	}

	/** The host to connect to: {@code HostName}, or the host itself. */
	public String hostName() {
		return value("hostname").map(name -> name.replace("%h", host).replace("%%", "%")).orElse(host);
	}

	/** The values of a keyword as files, with {@code ~} and the tokens {@code %d %h %n %p %r %u %%} filled in; {@code none} stands for no file. */
	public List<Path> files(String keyword, String user, int port) {
		var files = new ArrayList<Path>();
		for (String value : values(keyword)) {
			if (!value.equalsIgnoreCase("none"))
				expand(value, user, port).ifPresent(files::add);
		}
		return files;
	}

	private Optional<Path> expand(String value, String user, int port) {
		String home = System.getProperty("user.home");
		var out = new StringBuilder();
		for (int i = 0; i < value.length(); i++) {
			char c = value.charAt(i);
			if (c == '~' && i == 0 && (value.length() == 1 || value.charAt(1) == '/')) {
				out.append(home);
			} else if (c == '%' && i + 1 < value.length()) {
				switch (value.charAt(++i)) {
				case '%' -> out.append('%');
				case 'd' -> out.append(home);
				case 'h' -> out.append(hostName());
				case 'n' -> out.append(host);
				case 'p' -> out.append(port);
				case 'r' -> out.append(user);
				case 'u' -> out.append(System.getProperty("user.name"));
				default -> {
					return Optional.empty();
				}
				}
			} else {
				out.append(c);
			}
		}
		try {
			return Optional.of(folder().resolve(out.toString()));
		} catch (java.nio.file.InvalidPathException e) {
			return Optional.empty();
		}
	}

	/** Whether a text fits a list of patterns with {@code *}, {@code ?} and a leading {@code !}: one must fit, and none of the negated ones. */
	static boolean matches(String text, List<String> patterns) {
		boolean fits = false;
		for (String pattern : patterns) {
			boolean negated = pattern.startsWith("!");
			if (glob(negated ? pattern.substring(1) : pattern, text)) {
				if (negated)
					return false;
				fits = true;
			}
		}
		return fits;
	}

	/** Matches without going back further than to the last star, so that no pattern takes long. */
	private static boolean glob(String pattern, String text) {
		int p = 0;
		int t = 0;
		int star = -1;
		int afterStar = 0;
		while (t < text.length()) {
			if (p < pattern.length() && pattern.charAt(p) == '*') {
				star = p++;
				afterStar = t;
			} else if (p < pattern.length() && (pattern.charAt(p) == '?' || Character.toLowerCase(pattern.charAt(p)) == Character.toLowerCase(text.charAt(t)))) {
				p++;
				t++;
			} else if (star >= 0) {
				p = star + 1;
				t = ++afterStar;
			} else {
				return false;
			}
		}
		while (p < pattern.length() && pattern.charAt(p) == '*')
			p++;
		return p == pattern.length();
	}

	/** Reads files for one host. */
	private static final class Reader {
		private final String host;
		private final String user;
		private final Map<String, List<String>> values = new HashMap<>();

		Reader(String host, String user) {
			this.host = host;
			this.user = user;
		}

		void read(Path file, Path folder, int depth) throws IOException {
			if (!Files.isRegularFile(file) || !Files.isReadable(file) || Files.size(file) > LONGEST_FILE)
				return;
			List<String> lines;
			try {
				lines = Files.readAllLines(file);
			} catch (MalformedInputException e) {
				lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
			}
			boolean applies = true;
			for (String line : lines) {
				List<String> words = words(line);
				if (words.isEmpty())
					continue;
				String keyword = words.getFirst().toLowerCase(Locale.ROOT);
				List<String> rest = words.subList(1, words.size());
				switch (keyword) {
				case "host" -> applies = SshConfig.matches(host, rest);
				case "match" -> applies = match(rest);
				case "include" -> {
					if (applies && depth < MOST_INCLUDES)
						for (String pattern : rest)
							for (Path included : included(pattern, folder))
								read(included, folder, depth + 1);
				}
				case "identityfile" -> {
					if (applies)
						values.computeIfAbsent(keyword, _ -> new ArrayList<>()).addAll(rest);
				}
				default -> {
					if (applies && !rest.isEmpty())
						values.putIfAbsent(keyword, List.copyOf(rest));
				}
				}
			}
		}

		private boolean match(List<String> criteria) {
			for (int i = 0; i < criteria.size(); i++) {
				String criterion = criteria.get(i).toLowerCase(Locale.ROOT);
				boolean negated = criterion.startsWith("!");
				if (negated)
					criterion = criterion.substring(1);
				if (criterion.equals("all"))
					continue;
				if (i + 1 == criteria.size())
					return false;
				List<String> patterns = List.of(criteria.get(++i).split(","));
				String text = switch (criterion) {
				case "host" -> values.containsKey("hostname") ? values.get("hostname").getFirst() : host;
				case "originalhost" -> host;
				case "user" -> user != null ? user : values.containsKey("user") ? values.get("user").getFirst() : System.getProperty("user.name");
				case "localuser" -> System.getProperty("user.name");
				default -> null;
				};
				if (text == null || SshConfig.matches(text, patterns) == negated)
					return false;
			}
			return !criteria.isEmpty();
		}

		private static List<Path> included(String pattern, Path folder) throws IOException {
			String home = System.getProperty("user.home");
			Path path = pattern.startsWith("~/") ? Path.of(home, pattern.substring(2)) : folder.resolve(pattern);
			Path parent = path.getParent();
			if (parent == null || !Files.isDirectory(parent))
				return List.of();
			var found = new ArrayList<Path>();
			try (DirectoryStream<Path> files = Files.newDirectoryStream(parent, f -> glob(path.getFileName().toString(), f.getFileName().toString()))) {
				files.forEach(found::add);
			}
			Collections.sort(found);
			return found;
		}

		/** The words of a line: the keyword, an optional {@code =}, and values that may be in double quotes; a comment ends it. */
		private static List<String> words(String line) {
			var words = new ArrayList<String>();
			int i = 0;
			int end = line.length();
			while (i < end) {
				char c = line.charAt(i);
				if (Character.isWhitespace(c) || c == '=' && words.size() == 1) {
					i++;
				} else if (c == '#') {
					break;
				} else if (c == '"') {
					int close = line.indexOf('"', i + 1);
					if (close < 0)
						close = end;
					words.add(line.substring(i + 1, close));
					i = close + 1;
				} else {
					int from = i;
					while (i < end && !Character.isWhitespace(line.charAt(i)) && line.charAt(i) != '"' && !(words.isEmpty() && line.charAt(i) == '='))
						i++;
					words.add(line.substring(from, i));
				}
			}
			return words;
		}
	}
}
