package org.strongroom.residency.policy;

import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.strongroom.core.residency.Outgoing;
import org.strongroom.core.residency.Requirements.Kind;
import org.strongroom.core.residency.Verdict;
import org.strongroom.core.residency.WayOut;
import org.strongroom.residency.audit.AuditSettings;

/**
 * A policy as it is written: YAML 1.2, described in {@code docs/policy.md}. What it does not know it does not take: a word that is misspelt must not be a rule that is not followed.
 *
 * @param name what it calls itself; may be empty
 * @param waysOut what is said to a way out that no rule fits, with the line it is said in
 * @param rules in their order: the first that fits decides
 * @param protocols by which one may sign in, as schemes of addresses; empty for any
 * @param plugIns that may be used; empty for any
 * @param servers to which one may sign in; empty for any
 * @param algorithms what may be agreed on with servers, as patterns; a kind that is not named is free
 * @param rsa bits of the shortest RSA keys; empty for any
 * @param vaults ids of the vaults that one may unlock; empty for any
 * @param idle how long vaults may be left unlocked untouched; empty for any time
 * @param audit how the audit log is to be kept; empty if nothing is said of that
 */
public record Policy(String name, Map<WayOut, Clause> waysOut, List<Rule> rules, Optional<Said<Set<String>>> protocols, Optional<Said<List<PlugIn>>> plugIns, Optional<Said<List<Server>>> servers,
		 Map<Kind, Said<List<String>>> algorithms, Optional<Said<Integer>> rsa,
		Optional<Said<Set<String>>> vaults, Optional<IdleLimit> idle, Optional<AuditSettings> audit) {
	/** The one form there is. */
	private static final String FORM = "1";
	private static final String HOST_KEYS = "host-keys";
	private static final String ISSUERS = "issuers";
	private static final String CERTIFICATES = "certificates";
	private static final String SIGNED_BY = "signed-by";
	private static final String SFTP = "sftp";
	/** Words for several schemes, or for one that nobody would think of. */
	private static final Map<String, List<String>> SCHEMES = Map.of("webdav", List.of("davs", "dav"), "local", List.of("file"));
	/** Schemes of what speaks HTTP. */
	private static final Set<String> WEB = Set.of("dav", "davs", "nextcloud");
	/** Bytes. */
	static final int LONGEST = 1 << 20;

	/** What is said in a line. @param line from 1 @param because the reason, for a person */
	public record Clause(int line, Verdict verdict, Optional<String> because) {
	}

	/** Something that is said in a line. @param line from 1 */
	public record Said<T>(int line, T what) {
	}

	public Policy {
		waysOut = Map.copyOf(waysOut);
		rules = List.copyOf(rules);
		algorithms = Map.copyOf(algorithms);
	}

	/** What it says to something, and in which line; empty if it says nothing. */
	public Optional<Clause> clause(Outgoing outgoing) {
		return rules.stream().filter(rule -> rule.fits(outgoing)).findFirst().map(Rule::clause)
				.or(() -> Optional.ofNullable(waysOut.get(outgoing.way())));
	}

	/** The mildest of what it says to something, whatever place that goes to; empty if there are places of which it says nothing. */
	Optional<Clause> mildest(Outgoing outgoing) {
		var said = new ArrayList<Clause>();
		for (Rule rule : rules) {
			if (!rule.fitsSomewhere(outgoing))
				continue;
			said.add(rule.clause());
			if (rule.place().isEmpty())
				return said.stream().min(Comparator.comparing(Clause::verdict));
		}
		return Optional.ofNullable(waysOut.get(outgoing.way())).flatMap(rest -> Stream.concat(said.stream(), Stream.of(rest)).min(Comparator.comparing(Clause::verdict)));
	}

	/**
	 * Reads one.
	 *
	 * @param file what to call it in messages
	 * @throws DamagedPolicyException if anything of it is not understood
	 */
	public static Policy parse(String file, byte[] content) throws DamagedPolicyException {
		return new Parser(file).policy(content);
	}

	private static final class Parser {
		private final String file;

		Parser(String file) {
			this.file = file;
		}

		private DamagedPolicyException wrong(int line, String what) {
			return new DamagedPolicyException("%s, line %d: %s.".formatted(file, line, what));
		}

		private static int line(Node node) {
			return node.getStartMark().map(Mark::getLine).orElse(0) + 1;
		}

		Policy policy(byte[] content) throws DamagedPolicyException {
			Map<String, Node> fields = fields(root(content), Set.of("policy", "name", "ways-out", "rules", "protocols", "plug-ins", "servers", "ssh", "tls", "vaults", "lock", "audit"));
			if (!fields.containsKey("policy"))
				throw wrong(1, "it does not say 'policy: 1', which is how a policy begins");
			if (!text(fields.get("policy")).equals(FORM))
				throw wrong(line(fields.get("policy")), "it is of a form that is not known here, update Strongroom (this one knows 'policy: 1')");
			var waysOut = new EnumMap<WayOut, Clause>(WayOut.class);
			if (fields.containsKey("ways-out"))
				for (var way : fields(fields.get("ways-out"), null).entrySet())
					waysOut.put(way(way.getKey(), way.getValue()), new Clause(line(way.getValue()), verdict(way.getValue()), Optional.empty()));
			var rules = new ArrayList<Rule>();
			if (fields.containsKey("rules"))
				for (Node rule : items(fields.get("rules")))
					rules.add(rule(rule));
			var algorithms = new EnumMap<Kind, Said<List<String>>>(Kind.class);
			Optional<Said<Integer>> rsa = fields.containsKey("ssh") ? ssh(fields.get("ssh"), algorithms) : Optional.empty();
			if (fields.containsKey("tls"))
				tls(fields.get("tls"), algorithms);
			return new Policy(fields.containsKey("name") ? text(fields.get("name")) : "", waysOut, rules,
					fields.containsKey("protocols") ? Optional.of(new Said<>(line(fields.get("protocols")), protocols(fields.get("protocols")))) : Optional.empty(),
					fields.containsKey("plug-ins") ? Optional.of(new Said<>(line(fields.get("plug-ins")), plugIns(fields.get("plug-ins")))) : Optional.empty(),
					fields.containsKey("servers") ? Optional.of(new Said<>(line(fields.get("servers")), servers(fields.get("servers")))) : Optional.empty(), algorithms, rsa,
					fields.containsKey("vaults") ? Optional.of(new Said<>(line(fields.get("vaults")), Set.copyOf(texts(fields.get("vaults"))))) : Optional.empty(),
					fields.containsKey("lock") ? lock(fields.get("lock")) : Optional.empty(),
					fields.containsKey("audit") ? Optional.of(audit(fields.get("audit"))) : Optional.empty());
		}

		private Node root(byte[] content) throws DamagedPolicyException {
			if (content.length > LONGEST)
				throw wrong(1, "it is longer than %,d bytes, and was not read".formatted(LONGEST));
			try {
				String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
				return new Compose(LoadSettings.builder().setUseMarks(true).build()).composeString(text).orElseThrow(() -> wrong(1, "it is empty, begin with 'policy: 1'"));
			} catch (CharacterCodingException e) {
				throw wrong(1, "it is not UTF-8");
			} catch (MarkedYamlEngineException e) {
				throw wrong(e.getProblemMark().map(Mark::getLine).orElse(0) + 1, "this is not YAML (%s)".formatted(e.getProblem()));
			} catch (YamlEngineException e) {
				throw wrong(1, "this is not YAML");
			} catch (StackOverflowError e) {
				throw wrong(1, "its brackets or lists are nested too deeply");
			}
		}

		/** What a mapping has, in order. @param known the names it may have; null for any */
		private Map<String, Node> fields(Node node, Set<String> known) throws DamagedPolicyException {
			if (!(node instanceof MappingNode mapping))
				throw wrong(line(node), "here is expected 'name: value'");
			var fields = new LinkedHashMap<String, Node>();
			for (NodeTuple field : mapping.getValue()) {
				String name = text(field.getKeyNode());
				if (known != null && !known.contains(name))
					throw wrong(line(field.getKeyNode()), "'%s' is not known here; known are %s".formatted(name, String.join(", ", known.stream().sorted().toList())));
				if (fields.put(name, field.getValueNode()) != null)
					throw wrong(line(field.getKeyNode()), "'%s' is here twice".formatted(name));
			}
			return fields;
		}

		private String text(Node node) throws DamagedPolicyException {
			if (node instanceof ScalarNode scalar && !scalar.getValue().isBlank())
				return scalar.getValue();
			throw wrong(line(node), "here is expected a word or text");
		}

		private List<Node> items(Node node) throws DamagedPolicyException {
			if (node instanceof SequenceNode sequence)
				return sequence.getValue();
			throw wrong(line(node), "here is expected a list, each item after a '-'");
		}

		private List<String> texts(Node node) throws DamagedPolicyException {
			var texts = new ArrayList<String>();
			for (Node item : items(node))
				texts.add(text(item));
			return texts;
		}

		private WayOut way(String word, Node at) throws DamagedPolicyException {
			return WayOut.of(word).orElseThrow(() -> wrong(line(at), "'%s' is no way out; they are %s".formatted(word, String.join(", ", EnumSet.allOf(WayOut.class).stream().map(WayOut::word).toList()))));
		}

		private Verdict verdict(Node node) throws DamagedPolicyException {
			String word = text(node);
			return Verdict.of(word).orElseThrow(() -> wrong(line(node), "'%s' is none of allow, ask, forbid".formatted(word)));
		}

		private Rule rule(Node node) throws DamagedPolicyException {
			Map<String, Node> fields = fields(node, Set.of("way", "bookmark", "vault", "place", "verdict", "because"));
			if (!fields.containsKey("verdict"))
				throw wrong(line(node), "the rule has no 'verdict' (allow, ask or forbid)");
			Set<WayOut> ways = EnumSet.allOf(WayOut.class);
			if (fields.get("way") instanceof Node way) {
				ways = EnumSet.noneOf(WayOut.class);
				for (Node one : way instanceof SequenceNode ? items(way) : List.of(way))
					ways.add(way(text(one), one));
				if (ways.isEmpty())
					throw wrong(line(way), "the rule is about no way out");
			}
			Optional<String> place = optional(fields, "place");
			if (place.isPresent()) {
				try {
					Rule.matcher(place.get());
				} catch (PatternSyntaxException e) {
					throw wrong(line(fields.get("place")), "'%s' is no pattern (%s)".formatted(place.get(), e.getDescription()));
				}
			}
			return new Rule(line(node), ways, optional(fields, "bookmark"), optional(fields, "vault"), place, verdict(fields.get("verdict")), optional(fields, "because"));
		}

		private Optional<IdleLimit> lock(Node node) throws DamagedPolicyException {
			Map<String, Node> fields = fields(node, Set.of("idle"));
			return fields.containsKey("idle") ? Optional.of(idle(fields.get("idle"))) : Optional.empty();
		}

		private IdleLimit idle(Node node) throws DamagedPolicyException {
			String text = text(node);
			Duration time = IdleLimit.time(text).orElseThrow(() -> wrong(line(node), "'%s' is no time; write it as in 90s, 10m or 2h".formatted(text)));
			if (time.compareTo(IdleLimit.SHORTEST) < 0)
				throw wrong(line(node), "'%s' is too short; the shortest time is %s".formatted(text, IdleLimit.words(IdleLimit.SHORTEST)));
			return new IdleLimit(line(node), time);
		}

		private AuditSettings audit(Node node) throws DamagedPolicyException {
			Map<String, Node> fields = fields(node, Set.of("auditor-key", "no-log-no-access", "sinks"));
			Optional<byte[]> key = fields.get("auditor-key") instanceof Node at ? Optional.of(auditorKey(at)) : Optional.empty();
			boolean must = fields.get("no-log-no-access") instanceof Node at && truth(at);
			var sinks = new ArrayList<AuditSettings.Sink>();
			if (fields.containsKey("sinks"))
				for (Node sink : items(fields.get("sinks")))
					sinks.add(sink(sink));
			return new AuditSettings(true, key, sinks, must);
		}

		private boolean truth(Node node) throws DamagedPolicyException {
			return switch (text(node)) {
			case "true" -> true;
			case "false" -> false;
			default -> throw wrong(line(node), "here is expected true or false");
			};
		}

		private byte[] auditorKey(Node node) throws DamagedPolicyException {
			try {
				return Pem.publicKey("X25519", text(node)).getEncoded();
			} catch (GeneralSecurityException e) {
				throw wrong(line(node), "this is no X25519 public key in PEM form");
			}
		}

		private AuditSettings.Sink sink(Node node) throws DamagedPolicyException {
			var settings = new LinkedHashMap<String, String>();
			for (var field : fields(node, null).entrySet())
				settings.put(field.getKey(), text(field.getValue()));
			String name = settings.remove("name");
			String kind = settings.remove("kind");
			if (name == null || kind == null)
				throw wrong(line(node), "a sink has a 'name' and a 'kind'");
			try {
				return new AuditSettings.Sink(name, kind, settings);
			} catch (IllegalArgumentException e) {
				throw wrong(line(node), e.getMessage().replaceAll("\\.$", ""));
			}
		}

		private Optional<String> optional(Map<String, Node> fields, String name) throws DamagedPolicyException {
			return fields.containsKey(name) ? Optional.of(text(fields.get(name))) : Optional.empty();
		}

		private Set<String> protocols(Node node) throws DamagedPolicyException {
			var schemes = new LinkedHashSet<String>();
			for (Node item : items(node)) {
				String word = text(item).toLowerCase(Locale.ROOT);
				if (!word.matches("[a-z][a-z0-9+.-]*"))
					throw wrong(line(item), "'%s' is no protocol; write it as in sftp, webdav, nextcloud, local, or as addresses begin".formatted(text(item)));
				schemes.addAll(SCHEMES.getOrDefault(word, List.of(word)));
			}
			return Collections.unmodifiableSet(schemes);
		}

		private List<PlugIn> plugIns(Node node) throws DamagedPolicyException {
			var plugIns = new ArrayList<PlugIn>();
			for (Node item : items(node)) {
				if (!(item instanceof MappingNode)) {
					plugIns.add(new PlugIn(line(item), text(item), Set.of()));
					continue;
				}
				Map<String, Node> fields = fields(item, Set.of("bundle", SIGNED_BY));
				if (!fields.containsKey("bundle"))
					throw wrong(line(item), "the plug-in has no 'bundle: name'");
				plugIns.add(new PlugIn(line(item), text(fields.get("bundle")), certificates(fields, SIGNED_BY, new ArrayList<>())));
			}
			return List.copyOf(plugIns);
		}

		private List<Server> servers(Node node) throws DamagedPolicyException {
			var servers = new ArrayList<Server>();
			for (Node item : items(node))
				servers.add(item instanceof MappingNode ? known(item) : server(item, item, Server.Proof.NONE));
			return List.copyOf(servers);
		}

		private Server server(Node node, Node whole, Server.Proof proof) throws DamagedPolicyException {
			String text = text(node);
			Server server = Server.of(line(whole), text, proof).orElseThrow(() -> wrong(line(node), "'%s' is no server; write it as in sftp://*.example.org:2222".formatted(text)));
			List<String> schemes = SCHEMES.get(server.scheme());
			if (schemes != null) // a word of 'protocols'; it would fit nothing, and everybody would be locked out
				throw wrong(line(node), "'%s' fits no server; write it as addresses begin: %s".formatted(text, String.join(" or ", schemes.stream().map(s -> s + text.substring(text.indexOf(':'))).toList())));
			return server;
		}

		/** A server with what it is known by. */
		private Server known(Node node) throws DamagedPolicyException {
			Map<String, Node> fields = fields(node, Set.of("server", HOST_KEYS, ISSUERS, CERTIFICATES));
			if (!fields.containsKey("server"))
				throw wrong(line(node), "the server has no 'server: address'");
			var keys = new HashSet<String>();
			var types = new HashSet<String>();
			for (Node item : listed(fields, HOST_KEYS)) {
				Fingerprints.HostKey key = Fingerprints.hostKey(text(item)).orElseThrow(() -> wrong(line(item), "this is no host key; write its fingerprint (SHA256:…), or the public key as in its .pub file"));
				keys.add(key.fingerprint());
				key.type().ifPresent(types::add);
			}
			var authorities = new ArrayList<X509Certificate>();
			Set<String> issuers = certificates(fields, ISSUERS, authorities);
			Set<String> own = certificates(fields, CERTIFICATES, new ArrayList<>());
			Server server = server(fields.get("server"), node, new Server.Proof(keys, types, issuers, authorities, own));
			if (!keys.isEmpty() && WEB.contains(server.scheme()))
				throw wrong(line(fields.get(HOST_KEYS)), "host-keys are of SSH, and %s is reached by TLS; write issuers or certificates".formatted(server));
			if (server.proof().isOfTls() && server.scheme().equals(SFTP))
				throw wrong(line(node), "issuers and certificates are of TLS, and %s is reached by SSH; write host-keys".formatted(server));
			return server;
		}

		/** The items of a list that may be left out, but not be empty: nobody would get in. */
		private List<Node> listed(Map<String, Node> fields, String name) throws DamagedPolicyException {
			if (!fields.containsKey(name))
				return List.of();
			List<Node> items = items(fields.get(name));
			if (items.isEmpty())
				throw wrong(line(fields.get(name)), "'%s' names none; leave it out where any will do".formatted(name));
			return items;
		}

		private Set<String> certificates(Map<String, Node> fields, String name, List<X509Certificate> whole) throws DamagedPolicyException {
			var all = new HashSet<String>();
			for (Node item : listed(fields, name)) {
				Fingerprints.Certificate certificate = Fingerprints.certificate(text(item))
						.orElseThrow(() -> wrong(line(item), "this is no certificate; write it in PEM form, or its SHA-256 fingerprint (openssl x509 -noout -fingerprint -sha256)"));
				all.add(certificate.fingerprint());
				certificate.certificate().ifPresent(whole::add);
			}
			return all;
		}

		/** @return bits of the shortest RSA keys */
		private Optional<Said<Integer>> ssh(Node node, Map<Kind, Said<List<String>>> algorithms) throws DamagedPolicyException {
			Map<String, Node> fields = fields(node, Set.of("key-exchanges", "ciphers", "macs", "host-key-algorithms", "minimum-rsa"));
			for (var kind : Map.of("key-exchanges", Kind.KEY_EXCHANGE, "ciphers", Kind.CIPHER, "macs", Kind.MAC, "host-key-algorithms", Kind.HOST_KEY_ALGORITHM).entrySet())
				names(fields, kind.getKey(), kind.getValue(), algorithms);
			return fields.get("minimum-rsa") instanceof Node at ? Optional.of(new Said<>(line(at), bits(at))) : Optional.empty();
		}

		private int bits(Node node) throws DamagedPolicyException {
			String text = text(node);
			if (!text.matches("[1-9]\\d{2,4}"))
				throw wrong(line(node), "'%s' is no length of an RSA key; write its bits, as in 3072".formatted(text));
			return Integer.parseInt(text);
		}

		private void tls(Node node, Map<Kind, Said<List<String>>> algorithms) throws DamagedPolicyException {
			Map<String, Node> fields = fields(node, Set.of("minimum", "ciphers"));
			if (fields.get("minimum") instanceof Node at)
				algorithms.put(Kind.TLS_VERSION, new Said<>(line(at), switch (text(at)) {
				case "1.2" -> List.of("TLSv1.2", "TLSv1.3");
				case "1.3" -> List.of("TLSv1.3");
				default -> throw wrong(line(at), "'%s' is no version of TLS to demand; write 1.2 or 1.3".formatted(text(at)));
				}));
			names(fields, "ciphers", Kind.TLS_CIPHER, algorithms);
		}

		private void names(Map<String, Node> fields, String name, Kind kind, Map<Kind, Said<List<String>>> algorithms) throws DamagedPolicyException {
			var names = new ArrayList<String>();
			for (Node item : listed(fields, name))
				names.add(text(item));
			if (!names.isEmpty())
				algorithms.put(kind, new Said<>(line(fields.get(name)), List.copyOf(names)));
		}
	}
}
