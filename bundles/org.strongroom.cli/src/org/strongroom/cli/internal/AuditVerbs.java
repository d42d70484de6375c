package org.strongroom.cli.internal;

import static org.strongroom.cli.internal.Verb.option;

import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

import org.strongroom.core.Home;
import org.strongroom.core.Location;
import org.strongroom.core.Problem;
import org.strongroom.core.residency.Audit;
import org.strongroom.core.residency.AuditEvent;
import org.strongroom.core.residency.ForbiddenException;
import org.strongroom.core.residency.Outgoing;
import org.strongroom.core.residency.WayOut;
import org.strongroom.residency.audit.AuditLog;
import org.strongroom.residency.audit.DamagedLogException;
import org.strongroom.residency.audit.Entry;
import org.strongroom.residency.audit.Verification;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** The commands about the audit log. They sign in nowhere. */
final class AuditVerbs {
	/** As the log has times, so that they compare as text. */
	private static final DateTimeFormatter MILLISECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
	private static final Set<String> FORMATS = Set.of("csv", "json");
	private static final List<String> COLUMNS = List.of("number", "time", "event", "result", "machine", "user", "process", "server", "key", "vault", "paths", "readable", "place", "readable-place", "detail", "hash");

	private AuditVerbs() {
	}

	static CommandSpec spec() {
		return Verb.spec("audit", "Verifies and shows the audit log.", (_, _) -> {
			throw new UsageException("Say which: audit verify, show or export; see 'strongroom help audit'.");
		}).addSubcommand("verify", Verb.spec("verify", """
				Makes sure that the audit log is what was written: nothing changed, removed, put in or cut off.
				Ends with exit code 7 and the file and line if it is not. Asks no server.""", AuditVerbs::verify)
				.addOption(option("--checkpoint", "HASH", "A line with this hash must be there, as it was noted elsewhere."))
				.addOption(option("--key", "FILE", "The key it must be signed by: 'sign.pub' of that log, from a place that can be trusted.")).addPositional(files()))
				.addSubcommand("show", filtered(Verb.spec("show", "Shows lines of the audit log: number, time, event, result, user, server, vault, paths and where they went, detail.", AuditVerbs::show)))
				.addSubcommand("export", filtered(Verb.spec("export", "Prints lines of the audit log with all they hold.", AuditVerbs::export)
						.addOption(option("--format", "csv|json", "How: csv (RFC 4180), or json: one array of objects. csv unless said."))));
	}

	private static CommandSpec filtered(CommandSpec spec) {
		return spec.addOption(option("--from", "TIME", "Lines of this time or later: 2026-11-29, or 2026-11-29T21:05:00Z."))
				.addOption(option("--to", "TIME", "Lines before this time; of a day that day, too.")).addOption(option("--event", "WORDS", "These events, with commas between them: sign-in, open, save ..."))
				.addOption(option("--result", "WORDS", "These results: ok, failed, denied, refused, cancelled."))
				.addOption(option("--server", "TEXT", "Lines whose server holds this text.")).addOption(option("--user", "NAME", "Lines of this user of a machine."))
				.addOption(option("--vault", "ID", "Lines about this vault.")).addOption(option("--path", "LOC", "Lines about just this file or folder, and what went there; where the log was written."))
				.addOption(option("--last", "COUNT", "So many lines at the most: the last ones."))
				.addOption(option("--auditor-key", "FILE", "The auditor's private key (PEM): shows readable paths, and readable places where they went, too.")).addPositional(files());
	}

	/** Words for a copy of a log. */
	static PositionalParamSpec files() {
		return PositionalParamSpec.builder().index("0..*").arity("0..*").paramLabel("FILE").type(List.class).auxiliaryTypes(String.class)
				.description("A copy of a log: its folder, or files of it. Without, the log of this home.").build();
	}

	private static AuditLog log(Run run, ParseResult words) throws IOException {
		List<String> files = words.matchedPositionalValue(0, List.of());
		if (files.isEmpty())
			return AuditLog.ofHome(Home.folder());
		return AuditLog.of(files.stream().map(run::local).toList());
	}

	private static Optional<Path> file(Run run, ParseResult words, String option) {
		return Optional.ofNullable(words.<String>matchedOptionValue(option, null)).map(run::local);
	}

	private static void verify(Run run, ParseResult words) throws IOException {
		Verification found;
		try {
			found = log(run, words).verify(Optional.ofNullable(words.<String>matchedOptionValue("--checkpoint", null)), file(run, words, "--key"));
		} catch (DamagedLogException e) {
			run.surroundings().err().line(Run.line(e.getMessage()));
			run.endsWith(Problem.Kind.DAMAGED.exitCode());
			return;
		} catch (IllegalArgumentException e) {
			throw new UsageException(e.getMessage());
		}
		if (run.json()) {
			var object = new LinkedHashMap<String, Object>();
			object.put("log", found.log());
			object.put("machine", found.machine());
			object.put("user", found.user());
			object.put("files", found.files());
			object.put("lines", found.lines());
			object.put("first", found.first());
			object.put("last", found.last());
			object.put("from", found.from());
			object.put("to", found.to());
			object.put("checkpoints", found.checkpoints());
			object.put("signed", found.signed());
			object.put("hash", found.hash());
			object.put("key", found.key());
			object.put("notes", found.notes());
			run.out().json(List.of(object));
			return;
		}
		run.out().line("log: %s, begun on %s by %s".formatted(found.log(), found.machine(), found.user()));
		run.out().line("lines: %d to %d, in %d file%s".formatted(found.first(), found.last(), found.files(), found.files() == 1 ? "" : "s"));
		run.out().line("from: " + found.from());
		run.out().line("to: " + found.to());
		run.out().line("checkpoints: %d, the last at line %d".formatted(found.checkpoints(), found.signed()));
		run.out().line("key: " + found.key());
		run.out().line("hash: " + found.hash());
		for (String note : found.notes())
			run.out().line("note: " + note);
	}

	/** @param always whether they leave even if they are printed on a terminal */
	private static List<Entry> entries(Run run, ParseResult words, boolean always) throws IOException {
		AuditLog log = log(run, words);
		Predicate<Entry> wanted = filter(run, words, log);
		int most = most(words);
		Audit.Work<List<Entry>> reading = () -> log.last(file(run, words, "--auditor-key"), wanted, most, () -> !run.cancelled());
		if (given(words, "--auditor-key").isEmpty() || !always && run.out().isTerminal())
			return reading.run();
		var lines = Outgoing.of(WayOut.EXPORT, Optional.empty()).to(Outgoing.STANDARD_OUTPUT);
		AuditEvent leaving = AuditEvent.of(lines, AuditEvent.Result.OK).with(run.pass(lines)).with("what", "log");
		Audit audit = run.surroundings().services().audit();
		try {
			List<Entry> read = reading.run();
			audit.grant(leaving);
			return read;
		} catch (ForbiddenException e) {
			throw e; // recorded by whoever refused it
		} catch (IOException e) {
			audit.failed(leaving, e);
			throw e;
		}
	}

	private static int most(ParseResult words) throws UsageException {
		String last = words.matchedOptionValue("--last", null);
		try {
			int most = last == null ? Integer.MAX_VALUE : Integer.parseInt(last);
			if (most > 0)
				return most;
		} catch (NumberFormatException e) {
			// Said below.
		}
		throw new UsageException("--last is a number of lines, 1 or more.");
	}

	private static Predicate<Entry> filter(Run run, ParseResult words, AuditLog log) throws IOException {
		var all = new ArrayList<Predicate<Entry>>();
		given(words, "--from").ifPresent(text -> {
			String from = time(text, false);
			all.add(e -> e.time().compareTo(from) >= 0);
		});
		given(words, "--to").ifPresent(text -> {
			String to = time(text, true);
			all.add(e -> e.time().compareTo(to) < 0);
		});
		given(words, "--event").map(t -> Set.of(t.split(","))).ifPresent(events -> all.add(e -> events.contains(e.event())));
		given(words, "--result").map(t -> Set.of(t.split(","))).ifPresent(results -> all.add(e -> results.contains(e.result())));
		given(words, "--server").ifPresent(server -> all.add(e -> e.server().contains(server)));
		given(words, "--user").ifPresent(user -> all.add(e -> e.user().equals(user)));
		given(words, "--vault").ifPresent(vault -> all.add(e -> e.vault().equals(vault)));
		Optional<String> path = given(words, "--path");
		if (path.isPresent()) {
			Location location = Location.parse(path.get(), run.surroundings().services().bookmarks());
			String hash = log.hash(location.bookmark(), location.path());
			all.add(e -> e.paths().contains(hash) || e.place().equals(hash));
		}
		return e -> all.stream().allMatch(p -> p.test(e));
	}

	private static Optional<String> given(ParseResult words, String option) {
		return Optional.ofNullable(words.matchedOptionValue(option, null));
	}

	/** A time as the log has it, to be compared as text. @param after of a day its end */
	private static String time(String text, boolean after) {
		try {
			Instant time = text.indexOf('T') < 0 ? LocalDate.parse(text).plusDays(after ? 1 : 0).atStartOfDay(ZoneId.systemDefault()).toInstant() : Instant.parse(text);
			return MILLISECONDS.format(time);
		} catch (DateTimeException e) {
			throw new UsageException("'%s' is no time: give one such as 2026-11-29 or 2026-11-29T21:05:00Z.".formatted(Run.line(text)));
		}
	}

	private static void show(Run run, ParseResult words) throws IOException {
		List<Entry> entries = entries(run, words, false);
		if (run.json()) {
			run.out().json(entries.stream().map(AuditVerbs::json).toList());
			return;
		}
		run.out().table(entries.stream().map(e -> List.of(Long.toString(e.number()), e.time(), e.event(), e.result(), orNone(e.user()), orNone(e.server()), orNone(e.vault()),
				orNone(e.pathWords()), orNone(e.detailWords()))).toList());
	}

	private static String orNone(String text) {
		return text.isEmpty() ? "-" : text;
	}

	private static Map<String, Object> json(Entry e) {
		var object = new LinkedHashMap<String, Object>();
		object.put("number", e.number());
		object.put("time", e.time());
		object.put("event", e.event());
		object.put("result", e.result());
		object.put("machine", e.machine());
		object.put("user", e.user());
		object.put("process", e.process());
		object.put("server", e.server());
		object.put("key", e.serverKey());
		object.put("vault", e.vault());
		object.put("paths", e.paths());
		object.put("readable", e.readable().orElse(null));
		object.put("place", e.place());
		object.put("readable-place", e.readablePlace().orElse(null));
		object.put("detail", e.detail());
		object.put("hash", e.hash());
		return object;
	}

	private static void export(Run run, ParseResult words) throws IOException {
		String format = words.matchedOptionValue("--format", run.json() ? "json" : "csv");
		if (!FORMATS.contains(format))
			throw new UsageException("'%s' is no format of an export: give csv or json.".formatted(Run.line(format)));
		List<Entry> entries = entries(run, words, true);
		if (format.equals("json")) {
			run.out().json(entries.stream().map(AuditVerbs::json).toList());
			return;
		}
		// RFC 4180: CRLF, and quotes where they are needed.
		run.out().print(String.join(",", COLUMNS) + "\r\n");
		for (Entry e : entries) {
			var cells = new ArrayList<String>();
			json(e).forEach((name, value) -> cells.add(cell(switch (value) {
			case null -> "";
			case List<?> list -> String.join(" ", list.stream().map(Object::toString).toList());
			case Map<?, ?> _ -> e.detailWords();
			default -> value.toString();
			})));
			run.out().print(String.join(",", cells) + "\r\n");
		}
	}

	private static String cell(String text) {
		// A spreadsheet would take what begins with one of these for a formula.
		String safe = !text.isEmpty() && "=+-@".indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
		return safe.chars().anyMatch(c -> c == '"' || c == ',' || c == '\n' || c == '\r') ? "\"" + safe.replace("\"", "\"\"") + "\"" : safe;
	}
}
