package org.strongroom.cli.internal;

import static org.strongroom.cli.internal.Verb.given;
import static org.strongroom.cli.internal.Verb.word;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.strongroom.core.Bookmark;
import org.strongroom.core.Bookmarks;
import org.strongroom.core.Location;
import org.strongroom.core.PlugIns;
import org.strongroom.core.residency.ForbiddenException;
import org.strongroom.core.residency.Guard;
import org.strongroom.core.residency.Outgoing;
import org.strongroom.core.residency.Requirements;
import org.strongroom.core.residency.Ruling;
import org.strongroom.core.residency.WayOut;
import org.strongroom.residency.audit.AuditSettings;
import org.strongroom.residency.policy.DamagedPolicyException;
import org.strongroom.residency.policy.FileSource;
import org.strongroom.residency.policy.IdleLimit;
import org.strongroom.residency.policy.Origin;
import org.strongroom.residency.policy.PlugIn;
import org.strongroom.residency.policy.Policies;
import org.strongroom.residency.policy.Policy;
import org.strongroom.residency.policy.PolicySource;
import org.strongroom.residency.policy.PolicySource.Found;
import org.strongroom.residency.policy.Rule;
import org.strongroom.residency.policy.Server;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** The commands about what may leave memory. */
final class PolicyVerbs {
	private PolicyVerbs() {
	}

	static CommandSpec spec() {
		return Verb.spec("policy", "Tells what may leave memory, and which rule says so.", (_, _) -> {
			throw new UsageException("Say which: policy show or check; see 'strongroom help policy'.");
		}).addSubcommand("show", Verb.spec("show", """
				Shows the policies in force, and what they come to.
				Of the machine's, those of plug-ins and your own the stricter counts; one that is damaged forbids.
				With a bookmark: what they come to there, and what is demanded of its server.""", PolicyVerbs::show)
				.addPositional(PositionalParamSpec.builder().index("0").arity("0..1").paramLabel("BOOKMARK").type(String.class).description("A bookmark, or an address. Nobody signs in there.").build()))
				.addSubcommand("check", Verb.spec("check", "Shows what a policy says, or what is wrong with it, before it is put in force.", PolicyVerbs::check)
						.addPositional(word(0, "FILE", "The policy.")));
	}

	private static void show(Run run, ParseResult words) throws IOException {
		if (words.hasMatchedPositional(0)) {
			showFor(run, given(words, 0));
			return;
		}
		List<PolicySource> sources = Policies.sources();
		Policies policies = Policies.read(sources);
		Guard guard = run.surroundings().services().guard();
		tell(run, sources, policies, way -> guard.ruling(outgoing(way)), guard.isTravelling(), List.of());
	}

	/** What all policies together come to for one bookmark. */
	private static void showFor(Run run, String text) throws IOException {
		Bookmarks bookmarks = run.surroundings().services().bookmarks();
		Optional<Bookmark> named = bookmarks.find(text);
		Bookmark bookmark = named.isPresent() ? named.get() : Location.parse(text, bookmarks).bookmark();
		Guard guard = run.surroundings().services().guard();
		Optional<String> refusal = Optional.empty();
		var demanded = new ArrayList<Demand>();
		try {
			demanded.addAll(demands(guard.requirements(bookmark.uri())));
		} catch (ForbiddenException e) {
			refusal = Optional.of(e.getMessage());
		}
		if (run.json()) {
			run.out().json(jsonFor(bookmark, guard, refusal, demanded));
			return;
		}
		run.out().line("%s (%s)".formatted(Run.line(bookmark.name()), bookmark.uri()));
		run.out().line("Signing in: " + refusal.map(Run::line).orElse("allowed"));
		run.out().line("");
		verdicts(run, way -> guard.ruling(outgoing(way, bookmark)));
		run.out().line("Rules about vaults and places say more: 'strongroom policy show' lists them.");
		section(run, "Demanded of the server, and of the connection to it:", Optional.of(demanded.stream().map(d -> "%s: %s, by %s".formatted(d.what(), String.join(", ", d.values()), d.rule())).toList()).filter(d -> !d.isEmpty()));
	}

	private static Outgoing outgoing(WayOut way, Bookmark bookmark) {
		return Outgoing.of(way, Optional.of(bookmark));
	}

	/** What one rule demands of a server. */
	private record Demand(String what, List<String> values, String rule) {
	}

	private static List<Demand> demands(Requirements requirements) {
		var all = new ArrayList<Demand>();
		requirements.hostKeys().forEach(k -> all.add(new Demand("one of these host keys", k.fingerprints().stream().sorted().toList(), k.rule())));
		for (Requirements.Certified c : requirements.certificates())
			all.add(new Demand("a certificate that is one of these, or issued by one of them", Stream.concat(c.own().stream(), c.issuers().stream()).sorted().toList(), c.rule()));
		new TreeMap<>(requirements.algorithms()).forEach((kind, names) -> names.forEach(n -> all.add(new Demand(kind(kind), n.patterns(), n.rule()))));
		requirements.rsa().ifPresent(r -> all.add(new Demand("RSA keys", List.of("at least %d bits".formatted(r.bits())), r.rule())));
		return all;
	}

	private static List<Map<String, Object>> jsonFor(Bookmark bookmark, Guard guard, Optional<String> refusal, List<Demand> demanded) {
		var all = new ArrayList<Map<String, Object>>();
		var first = new LinkedHashMap<String, Object>();
		first.put("bookmark", bookmark.name());
		first.put("uri", bookmark.uri().toString());
		first.put("signIn", refusal.isEmpty() ? "allow" : "forbid");
		refusal.ifPresent(why -> first.put("why", why));
		all.add(first);
		for (WayOut way : WayOut.values())
			all.add(json(way, guard.ruling(outgoing(way, bookmark)), guard.isTravelling()));
		for (Demand demand : demanded) {
			var object = new LinkedHashMap<String, Object>();
			object.put("demanded", demand.what());
			object.put("values", demand.values());
			object.put("by", demand.rule());
			all.add(object);
		}
		return all;
	}

	private static void check(Run run, ParseResult words) throws IOException {
		Path file = run.local(given(words, 0));
		var source = new FileSource(Origin.OWN, file, Optional.empty());
		Found found = source.read();
		if (found.isDamaged())
			throw new DamagedPolicyException(found.damage().get());
		if (found.policy().isEmpty())
			throw new NoSuchFileException(file.toString());
		var policies = new Policies(List.of(found));
		List<String> notes = notes(found.policy().get(), run.surroundings().services().sessions().plugIns().protocols().stream().map(PlugIns.ProtocolInfo::scheme).sorted().toList());
		tell(run, List.of(source), policies, way -> policies.ruling(outgoing(way)), false, notes);
	}

	/** What may be meant, and may be a slip. @param schemes of this installation's protocols; another machine may have more */
	private static List<String> notes(Policy policy, List<String> schemes) {
		return policy.servers().stream().flatMap(said -> said.what().stream()).filter(server -> !schemes.contains(server.scheme()))
				.map(server -> line(server.line(), "%s fits no server here, for no protocol of this installation has addresses that begin so (it has %s). A plug-in of another machine may.".formatted(server,
						String.join(", ", schemes)))).toList();
	}

	private static Outgoing outgoing(WayOut way) {
		return Outgoing.of(way, Optional.empty());
	}

	private interface Says {
		Ruling to(WayOut way);
	}

	private static void tell(Run run, List<PolicySource> sources, Policies policies, Says says, boolean travelling, List<String> notes) throws IOException {
		if (run.json()) {
			run.out().json(Stream.concat(json(sources, policies, says, travelling).stream(), notes.stream().map(note -> Map.of("note", note))).toList());
			return;
		}
		for (PolicySource source : sources)
			run.out().line(Run.line(policies.words(source)));
		if (travelling)
			run.out().line("Travel mode: on");
		run.out().line("");
		verdicts(run, says);
		run.out().line("");
		Optional<Policies.Idle> idle = policies.idle();
		if (idle.isPresent())
			run.out().line("Vaults lock when untouched for %s, by %s".formatted(IdleLimit.words(idle.get().time()), Run.line(idle.get().rule())));
		run.out().line("Audit log: " + Run.line(words(policies.audit())));
		for (Found found : policies.found()) {
			if (found.policy().isEmpty())
				continue;
			Policy policy = found.policy().get();
			if (!policy.rules().isEmpty()) {
				run.out().line("");
				run.out().line("Rules of %s, of which the first that fits decides:".formatted(found.source().words()));
				for (Rule rule : policy.rules())
					run.out().line("  line %d: %s".formatted(rule.line(), Run.line(words(rule))));
			}
			section(run, "Protocols of %s, and no others:".formatted(found.source().words()), policy.protocols().map(said -> List.of(line(said.line(), String.join(", ", said.what())))));
			section(run, "Plug-ins of %s, and no others:".formatted(found.source().words()), policy.plugIns().map(said -> said.what().stream().map(p -> line(p.line(), p.toString())).toList()));
			section(run, "Servers of %s, and no others:".formatted(found.source().words()), policy.servers().map(said -> said.what().stream().map(PolicyVerbs::words).toList()));
			section(run, "Connections to servers, by %s:".formatted(found.source().words()), Optional.of(connections(policy)).filter(c -> !c.isEmpty()));
			section(run, "Vaults of %s by their id, and no others:".formatted(found.source().words()), policy.vaults().map(said -> said.what().stream().sorted().map(id -> line(said.line(), id)).toList()));
		}
		section(run, "To be noted:", Optional.of(notes).filter(n -> !n.isEmpty()));
	}

	private static void verdicts(Run run, Says says) throws IOException {
		for (WayOut way : WayOut.values()) {
			Ruling ruling = says.to(way);
			run.out().line("%-10s %-7s by %s".formatted(way.word(), ruling.verdict().word(), Run.line(ruling.rule())));
		}
	}

	/** A heading, and lines below it; nothing where nothing is said. */
	private static void section(Run run, String heading, Optional<List<String>> lines) throws IOException {
		if (lines.isEmpty())
			return;
		run.out().line("");
		run.out().line(heading);
		for (String line : lines.get().isEmpty() ? List.of("none") : lines.get())
			run.out().line("  " + Run.line(line));
	}

	private static String line(int line, String words) {
		return "line %d: %s".formatted(line, words);
	}

	private static String words(Server server) {
		var by = new ArrayList<String>();
		var proof = server.proof();
		count(by, proof.hostKeys().size(), "host key");
		count(by, proof.issuers().size(), "issuer");
		count(by, proof.certificates().size(), "certificate");
		return line(server.line(), server + (by.isEmpty() ? "" : ", known by " + String.join(" or ", by)));
	}

	private static void count(List<String> words, int count, String what) {
		if (count > 0)
			words.add(count + " " + what + (count == 1 ? "" : "s"));
	}

	private static List<String> connections(Policy policy) {
		var lines = new ArrayList<String>();
		new TreeMap<>(policy.algorithms()).forEach((kind, said) -> lines.add(line(said.line(), "%s: %s".formatted(kind(kind), String.join(", ", said.what())))));
		policy.rsa().ifPresent(said -> lines.add(line(said.line(), "RSA keys: at least %d bits".formatted(said.what()))));
		return lines;
	}

	private static String kind(Requirements.Kind kind) {
		return switch (kind) {
		case KEY_EXCHANGE -> "SSH key exchanges";
		case CIPHER -> "SSH ciphers";
		case MAC -> "SSH MACs";
		case HOST_KEY_ALGORITHM -> "SSH host key algorithms";
		case TLS_VERSION -> "versions of TLS";
		case TLS_CIPHER -> "TLS cipher suites";
		};
	}

	private static String words(AuditSettings audit) {
		var words = new ArrayList<String>();
		words.add(audit.auditorKey().isPresent() ? "paths as hashes, and readable for the auditor" : "paths as hashes");
		audit.sinks().forEach(sink -> words.add("to %s (%s)".formatted(sink.name(), sink.kind())));
		if (audit.noLogNoAccess())
			words.add("no log, no access");
		return String.join("; ", words);
	}

	private static String words(Rule rule) {
		var words = new ArrayList<String>();
		words.add(rule.ways().size() == WayOut.values().length ? "every way out" : String.join(", ", rule.ways().stream().sorted().map(WayOut::word).toList()));
		rule.bookmark().ifPresent(b -> words.add("of bookmark " + b));
		rule.vault().ifPresent(v -> words.add(v.equals(Rule.NO_VAULT) ? "of no vault" : "of vault " + v));
		rule.place().ifPresent(p -> words.add("to " + p));
		return String.join(" ", words) + ": " + rule.verdict().word() + rule.because().map(b -> " (" + b + ")").orElse("");
	}

	private static List<Map<String, Object>> json(List<PolicySource> sources, Policies policies, Says says, boolean travelling) {
		var all = new ArrayList<Map<String, Object>>();
		for (PolicySource source : sources) {
			var object = new LinkedHashMap<String, Object>();
			object.put("policy", source.origin().name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'));
			object.put("file", source.place());
			Optional<Found> found = policies.found(source);
			object.put("state", found.isEmpty() ? "none" : found.get().isDamaged() ? "damaged" : "in force");
			found.flatMap(Found::damage).ifPresent(d -> object.put("damage", d));
			found.flatMap(Found::policy).ifPresent(p -> {
				object.put("name", p.name());
				object.put("rules", p.rules().stream().map(PolicyVerbs::json).toList());
				p.protocols().ifPresent(said -> object.put("protocols", json(said.line(), Map.of("schemes", List.copyOf(said.what())))));
				p.plugIns().ifPresent(said -> object.put("plugIns", said.what().stream().map(PolicyVerbs::json).toList()));
				p.servers().ifPresent(said -> object.put("servers", said.what().stream().map(PolicyVerbs::json).toList()));
				object.put("connections", new TreeMap<>(p.algorithms()).entrySet().stream().map(e -> json(e.getValue().line(), Map.of(kind(e.getKey()), e.getValue().what()))).toList());
				p.rsa().ifPresent(said -> object.put("rsa", json(said.line(), Map.of("bits", said.what()))));
				p.vaults().ifPresent(said -> object.put("vaults", json(said.line(), Map.of("ids", said.what().stream().sorted().toList()))));
			});
			all.add(object);
		}
		for (WayOut way : WayOut.values())
			all.add(json(way, says.to(way), travelling));
		policies.idle().ifPresent(idle -> {
			var lock = new LinkedHashMap<String, Object>();
			lock.put("idleSeconds", idle.time().toSeconds());
			lock.put("by", idle.rule());
			all.add(lock);
		});
		var log = new LinkedHashMap<String, Object>();
		AuditSettings audit = policies.audit();
		log.put("audit", audit.auditorKey().isPresent() ? "for the auditor" : "hashes");
		log.put("sinks", audit.sinks().stream().map(AuditSettings.Sink::name).toList());
		log.put("noLogNoAccess", audit.noLogNoAccess());
		all.add(log);
		return all;
	}

	private static Map<String, Object> json(WayOut way, Ruling ruling, boolean travelling) {
		var object = new LinkedHashMap<String, Object>();
		object.put("way", way.word());
		object.put("verdict", ruling.verdict().word());
		object.put("by", ruling.rule());
		object.put("travelling", travelling);
		return object;
	}

	private static Map<String, Object> json(int line, Map<String, ?> what) {
		var object = new LinkedHashMap<String, Object>();
		object.put("line", line);
		object.putAll(what);
		return object;
	}

	private static Map<String, Object> json(PlugIn plugIn) {
		var object = new LinkedHashMap<String, Object>();
		object.put("line", plugIn.line());
		object.put("bundle", plugIn.bundle());
		object.put("signers", plugIn.signers().stream().sorted().toList());
		return object;
	}

	private static Map<String, Object> json(Server server) {
		var object = new LinkedHashMap<String, Object>();
		object.put("line", server.line());
		object.put("server", server.toString());
		object.put("hostKeys", server.proof().hostKeys().stream().sorted().toList());
		object.put("issuers", server.proof().issuers().stream().sorted().toList());
		object.put("certificates", server.proof().certificates().stream().sorted().toList());
		return object;
	}

	private static Map<String, Object> json(Rule rule) {
		var object = new LinkedHashMap<String, Object>();
		object.put("line", rule.line());
		object.put("ways", rule.ways().stream().sorted().map(WayOut::word).toList());
		rule.bookmark().ifPresent(b -> object.put("bookmark", b));
		rule.vault().ifPresent(v -> object.put("vault", v));
		rule.place().ifPresent(p -> object.put("place", p));
		object.put("verdict", rule.verdict().word());
		rule.because().ifPresent(b -> object.put("because", b));
		return object;
	}
}
