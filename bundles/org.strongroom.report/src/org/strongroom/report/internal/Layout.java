package org.strongroom.report.internal;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import org.strongroom.core.residency.WayOut;
import org.strongroom.report.Report;
import org.strongroom.report.Report.Line;
import org.strongroom.report.Report.PolicyText;
import org.strongroom.report.Report.Some;
import org.strongroom.report.internal.Block.Column;
import org.strongroom.report.internal.Block.Facts;
import org.strongroom.report.internal.Block.Finding;
import org.strongroom.report.internal.Block.Heading;
import org.strongroom.report.internal.Block.Level;
import org.strongroom.report.internal.Block.Rows;
import org.strongroom.report.internal.Block.Source;
import org.strongroom.report.internal.Block.Title;
import org.strongroom.report.internal.Block.Tone;
import org.strongroom.report.internal.Block.Words;
import org.strongroom.residency.audit.AuditSettings;
import org.strongroom.residency.audit.Verification;

/** What stands where in a report: two pages for a manager, then annexes. */
public final class Layout {
	/** Rows of a table on the first two pages: the rest is in the annexes. */
	static final int MOST_FIRST = 6;
	/** Names in one sentence. */
	private static final int MOST_NAMES = 8;
	/** Lines of a policy that are shown. */
	private static final int MOST_POLICY = 2_000;
	private static final DateTimeFormatter UTC = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss 'UTC'", Locale.ENGLISH).withZone(ZoneOffset.UTC);
	private static final DateTimeFormatter HERE = DateTimeFormatter.ofPattern("d MMMM uuuu, HH:mm", Locale.ENGLISH);
	/** What Cryptomator calls its ways to encrypt, and what they are. */
	private static final Map<String, String> CIPHERS = Map.of("SIV_GCM", "AES-256-GCM, names AES-SIV", "SIV_CTRMAC", "AES-256-CTR with HMAC-SHA256, names AES-SIV");

	private static final List<Column> LINES = List.of(new Column("Line", 6), new Column("Time (UTC)", 13), new Column("Who, where", 12), new Column("What", 10), new Column("Server, vault", 20),
			new Column("Paths", 22), new Column("Detail", 17));

	/** Of lines that say much beside what they are about. */
	private static final List<Column> DETAILS = List.of(new Column("Line", 6), new Column("Time (UTC)", 13), new Column("Who, where", 11), new Column("What", 10), new Column("Server, vault", 17),
			new Column("Paths", 9), new Column("Detail", 34));

	private static final String NOTHING_TOLD = "The log tells of no change of policies up to the end of the period: none was in force, or what was in force is older than the log.";

	private final Report report;
	private final List<Block> blocks = new ArrayList<>();

	private Layout(Report report) {
		this.report = report;
	}

	/** What the file is called by itself. */
	public static String title(Report report) {
		return "Strongroom evidence report, %s to %s".formatted(UTC.format(report.period().from()), UTC.format(report.period().to()));
	}

	/** All that stands in it, in order. */
	public static List<Block> of(Report report) {
		var layout = new Layout(report);
		layout.first();
		layout.second();
		layout.annexes();
		return layout.blocks;
	}

	private static String count(long n, String one, String many) {
		return n == 1 ? "1 " + one : "%,d %s".formatted(n, many);
	}

	/** A few names in one line. */
	private static String names(Collection<String> names) {
		return names.isEmpty() ? "nobody" : names.stream().limit(MOST_NAMES).map(n -> n.length() > 60 ? n.substring(0, 60) + "…" : n).collect(Collectors.joining(", "))
				+ (names.size() > MOST_NAMES ? " and %,d more".formatted(names.size() - MOST_NAMES) : "");
	}

	private String here(Instant time) {
		return HERE.format(time.atZone(zone()));
	}

	private ZoneId zone() {
		return report.period().zone();
	}

	// The first page: what is to be said in sentences.

	private void first() {
		blocks.add(new Title("Evidence report", "Strongroom, %s to %s%s".formatted(here(report.period().from()), here(report.period().to()), report.isOfCopy() ? ". Made from a copy of the audit log" : "")));
		blocks.add(log());
		blocks.add(encryption());
		blocks.add(connections());
		blocks.add(left());
		blocks.add(gaps());
		blocks.add(report.policy().isPresent() ? policy(report.policy().get()) : toldPolicy());
		var facts = new LinkedHashMap<String, String>();
		facts.put("Period", "%s to %s".formatted(here(report.period().from()), here(report.period().to())));
		facts.put("Times", "on these two pages by the clock of %s (%s, UTC%s); in the annexes in UTC".formatted(zone().getId(), zone().getDisplayName(TextStyle.FULL, Locale.ENGLISH),
				zone().getRules().getOffset(report.made()).getId().replace("Z", "")));
		facts.put("Machines", names(report.machines()));
		facts.put("People", names(report.people()));
		facts.put("Recorded in the period", count(report.lines(), "line", "lines"));
		facts.put("Signed in", "%s, refused or failed %s".formatted(times(report.servers().shown().stream().mapToLong(Report.Server::signIns).sum()),
				times(report.servers().shown().stream().mapToLong(Report.Server::refused).sum())));
		facts.put("Vaults unlocked", "%s, wrong passphrase or refused %s".formatted(times(report.vaults().shown().stream().mapToLong(Report.Vault::unlocked).sum()),
				times(report.vaults().shown().stream().mapToLong(Report.Vault::refused).sum())));
		facts.put("Files opened or changed", times(report.opened().count()));
		facts.put("Paths", report.isReadable() ? "readable, by the auditor's key: treat this report like the files it names" : "as keyed hashes: this report names no file");
		facts.put("Made", "%s, by Strongroom%s".formatted(here(report.made()), report.isOfCopy() ? " from a copy of the log" + report.verification().map(v -> ", which was begun on %s by %s".formatted(v.machine(), v.user())).map(Harmless::line).orElse("")
				: " on this machine"));
		blocks.add(new Facts(facts));
	}

	private static String times(long n) {
		return count(n, "time", "times");
	}

	private Finding log() {
		Finding found = ofLog();
		return report.isOfCopy() ? new Finding(found.tone(), found.about(), "This report is made from a copy of the audit log. %s%s".formatted(found.text(), report.verification().map(this::end).orElse(""))) : found;
	}

	/** What a copy leaves open, however whole it is. */
	private String end(Verification whole) {
		return " The copy ends with line %,d, %s: what was recorded after that, or was cut off there, is not missed.".formatted(whole.last(), here(whole.to()));
	}

	private Finding ofLog() {
		if (report.damage().isPresent())
			return new Finding(Tone.BAD, "Log", "The audit log is DAMAGED: %s From there on nothing that this report says is proven.".formatted(report.damage().get()));
		Verification whole = report.verification().orElseThrow();
		String lines = count(whole.lines(), "line", "lines");
		if (whole.checkpoints() == 0)
			return new Finding(Tone.NOTABLE, "Log", "%s and is not signed yet: %s.".formatted(begins(whole), lines));
		String rest = whole.signed() < whole.last() ? "; the last %s not signed yet".formatted(whole.last() - whole.signed() == 1 ? "line is" : "%,d lines are".formatted(whole.last() - whole.signed())) : "";
		if (report.isNoted())
			return new Finding(Tone.GOOD, "Log", "The audit log is whole and signed by the key that was noted: %s since %s, nothing changed, removed or put in%s.".formatted(lines, begun(whole), rest));
		if (!sinks().isEmpty())
			return new Finding(Tone.GOOD, "Log", "The audit log is whole and signed: %s since %s, nothing changed, removed or put in%s. Whether another log was there before is told by what %s has received.".formatted(lines,
					begun(whole), rest, sinks()));
		return new Finding(Tone.NOTABLE, "Log", ("%s. Since then it is signed, and nothing was changed, removed or put in: %s%s. Nothing outside of this %s vouches for what was before: a log that was removed as a whole "
				+ "would not be missed. A key that was noted elsewhere ('strongroom report --key', 'strongroom audit verify --key'), or %s, mends that.").formatted(begins(whole), lines, rest,
						report.isOfCopy() ? "copy" : "machine", report.isOfCopy() ? "what a sink has received" : "a sink in the policy"));
	}

	private String begins(Verification whole) {
		return whole.first() == 1 ? "The audit log starts on " + begun(whole) : "What there is of the audit log starts with line %,d, on %s".formatted(whole.first(), begun(whole));
	}

	/** When the log was begun, as it says. */
	private String begun(Verification whole) {
		return here(whole.from());
	}

	/** A time as the log has it. */
	private String here(String time) {
		try {
			return here(Instant.parse(time));
		} catch (DateTimeException e) {
			return Harmless.line(time);
		}
	}

	/** Where the log goes besides; empty for nowhere. */
	private String sinks() {
		List<AuditSettings.Sink> sinks = report.policy().map(p -> p.audit().sinks()).orElse(List.of());
		return sinks.isEmpty() ? "" : "the sink " + names(sinks.stream().map(AuditSettings.Sink::name).toList());
	}

	private Finding encryption() {
		List<Report.Vault> vaults = report.vaults().shown();
		long servers = report.servers().count();
		long plain = report.servers().shown().stream().mapToLong(Report.Server::plain).sum();
		if (servers == 0 && vaults.isEmpty())
			return new Finding(Tone.GOOD, "Encryption", "Nothing was done on any server.");
		List<Report.Vault> unknown = vaults.stream().filter(v -> v.encryption().isEmpty()).toList();
		Set<String> how = vaults.stream().filter(v -> !v.encryption().isEmpty()).map(Layout::encryption).collect(Collectors.toCollection(LinkedHashSet::new));
		String of = vaults.isEmpty() ? "No vault on %s was used.".formatted(count(servers, "server", "servers"))
				: "%s on %s: %s.".formatted(count(vaults.size(), "vault", "vaults"), count(servers, "server", "servers"),
						unknown.isEmpty() ? (vaults.size() == 1 ? "encrypted" : "all encrypted") + " (" + names(how) + ")" : "of %s the log does not tell how".formatted(unknown.size() == 1 ? "one" : "%,d".formatted(unknown.size())));
		String beside = plain == 0 ? " Nothing was read or changed outside of vaults."
				: " Outside of vaults files were read, changed or copied %s: the server keeps those as they are, readable for whoever runs it.".formatted(times(plain));
		return new Finding(plain > 0 || !unknown.isEmpty() ? Tone.NOTABLE : Tone.GOOD, "Encryption", of + beside);
	}

	private Finding connections() {
		List<Report.Server> servers = report.servers().shown();
		List<String> plain = servers.stream().filter(Report.Server::isPlain).map(Report.Server::address).toList();
		List<String> unknown = servers.stream().filter(s -> s.agreed().isEmpty() && !s.address().startsWith("file:")).map(Report.Server::address).toList();
		if (!plain.isEmpty())
			return new Finding(Tone.BAD, "Connections", "Not encrypted: %s. Who is in between reads what passes, except for what lies in vaults.".formatted(names(plain)));
		if (!unknown.isEmpty())
			return new Finding(Tone.NOTABLE, "Connections", "The log does not tell how the connections to these were encrypted: %s.".formatted(names(unknown)));
		return new Finding(Tone.GOOD, "Connections", servers.isEmpty() ? "No server was signed in to." : "All connections to servers were encrypted.");
	}

	private Finding left() {
		long out = report.ways().stream().mapToLong(Report.Way::out).sum();
		long refused = report.ways().stream().mapToLong(Report.Way::refused).sum();
		String kept = refused == 0 ? "" : " %s it was refused, or did not come to that.".formatted(first(times(refused)));
		if (out == 0)
			return new Finding(Tone.GOOD, "Left memory", "Nothing readable left Strongroom.%s".formatted(kept));
		var byWay = new LinkedHashMap<String, Long>();
		report.ways().forEach(w -> byWay.merge(w.way(), w.out(), Long::sum));
		String ways = byWay.entrySet().stream().filter(w -> w.getValue() > 0).map(w -> "%s %,d".formatted(w.getKey(), w.getValue())).collect(Collectors.joining(", "));
		return new Finding(Tone.NOTABLE, "Left memory", "%s something readable left Strongroom (%s).%s".formatted(first(times(out)), ways, kept));
	}

	private static String first(String words) {
		return Character.toUpperCase(words.charAt(0)) + words.substring(1);
	}

	private Finding gaps() {
		long gaps = report.gaps().shown().stream().filter(g -> !g.endsWith("not signed yet.")).count() + report.gaps().more();
		// a log that has no line before the period began
		boolean isLater = report.verification().filter(v -> v.from().compareTo(report.period().fromWords()) > 0).isPresent();
		return gaps == 0 ? new Finding(report.damage().isPresent() ? Tone.BAD : Tone.GOOD, "Gaps", report.damage().isPresent() ? "None besides the damage." : "There are no gaps in the log.")
				: new Finding(Tone.NOTABLE, "Gaps", "%s in the log or odd about it: see annex G.%s".formatted(first(gaps == 1 ? "one thing is missing" : "%,d things are missing".formatted(gaps)),
						isLater ? " The period begins before the log does, which says nothing of that time." : ""));
	}

	private static Finding policy(Report.InForce policy) {
		List<PolicyText> texts = policy.texts();
		boolean isDamaged = texts.stream().anyMatch(t -> t.state().startsWith(PolicyText.DAMAGED));
		String words = texts.stream().map(t -> "%s: %s".formatted(t.whose(), Harmless.line(t.state()))).collect(Collectors.joining("; ")) + ".";
		if (texts.stream().allMatch(t -> t.state().equals(PolicyText.NONE)))
			return new Finding(Tone.NOTABLE, "Policy", "No policy is in force: everything that is asked for may leave Strongroom." + (policy.isTravelling() ? " Travel mode is on." : ""));
		return new Finding(isDamaged ? Tone.BAD : Tone.GOOD, "Policy", first(words.replaceAll("\\.\\.$", ".")) + (policy.isTravelling() ? " Travel mode is on." : ""));
	}

	/** Of a copy: what was in force where the log was written. */
	private Finding toldPolicy() {
		if (report.told().isEmpty())
			return new Finding(Tone.NOTABLE, "Policy", NOTHING_TOLD);
		Line told = report.told().get();
		String since = "since %s (line %,d)".formatted(here(told.time()), told.number());
		if (told.detail().containsValue("none"))
			return new Finding(Tone.NOTABLE, "Policy", "By what the log tells, no policy was in force at the end of the period, %s.".formatted(since));
		boolean isDamaged = told.detail().values().stream().anyMatch(v -> v.contains("damaged:"));
		return new Finding(isDamaged ? Tone.BAD : Tone.NOTABLE, "Policy", "The log tells which policy was in force, not its text: at the end of the period %s, %s%s. Annex E has the digests.".formatted(
				told.detail().keySet().stream().map(Layout::whose).collect(Collectors.joining(" and ")), since, isDamaged ? "; what is damaged forbids everything" : ""));
	}

	/** Whose policy a line tells of. */
	private static String whose(String word) {
		return switch (word) {
		case "machine" -> "that of the machine";
		case "plug-in" -> "that of a plug-in";
		case "own" -> "the account's own";
		default -> word;
		};
	}

	// The second page: what a manager may want to see in tables.

	private void second() {
		blocks.add(new Heading("Servers, vaults, and what left them", Level.PAGE));
		blocks.add(servers(MOST_FIRST, "A"));
		blocks.add(vaults(MOST_FIRST, "A"));
		List<Report.Way> ways = report.ways();
		blocks.add(new Rows("What left Strongroom, and by which rule" + more(ways.size() - Math.min(MOST_FIRST, ways.size()), "more are in annex C"),
				List.of(new Column("Way", 30), new Column("Policy said", 14), new Column("Rule", 36), new Column("Left", 10), new Column("Refused", 10)),
				ways.stream().limit(MOST_FIRST).map(Layout::way).toList(), "Nothing was asked for."));
		blocks.add(new Words("In the annexes: A servers and vaults, B who opened and changed what, C what left memory, D sign-ins and unlocking, E policy in force, F changes of policies and plug-ins, G gaps in the log, H how to check this report."));
	}

	private static List<String> way(Report.Way way) {
		return List.of(WayOut.of(way.way()).map(w -> "%s (%s)".formatted(w.word(), w.action())).orElse(way.way()), said(way.verdict()), way.rule().isEmpty() ? "none was asked" : way.rule(),
				"%,d".formatted(way.out()), "%,d".formatted(way.refused()));
	}

	private static String said(String verdict) {
		return verdict.isEmpty() ? "-" : verdict;
	}

	private static String more(long more, String where) {
		return more > 0 ? " (%,d %s)".formatted(more, where) : "";
	}

	private Rows servers(int most, String annex) {
		List<Report.Server> all = report.servers().shown();
		return new Rows("Servers" + more(all.size() - Math.min(most, all.size()), "more are in annex " + annex) + more(report.servers().more(), "lines are about more servers"),
				List.of(new Column("Server", 24), new Column("Connection", 24), new Column("Its key or certificate", 22), new Column("Signed in by", 14), new Column("Sign-ins", 8), new Column("Refused, failed", 9)),
				all.stream().limit(most).map(s -> List.of(s.address(), s.agreed().isEmpty() ? s.address().startsWith("file:") ? "this machine" : "not told" : String.join("; ", few(s.agreed(), most)),
						s.keys().isEmpty() ? "-" : String.join("; ", few(s.keys(), most)), s.methods().isEmpty() ? "-" : String.join("; ", few(s.methods(), most)).replace(",", ", "), "%,d".formatted(s.signIns()),
						"%,d".formatted(s.refused()))).toList(),
				"None.");
	}

	/** On the first pages the first two. */
	private static List<String> few(Set<String> values, int most) {
		return most > MOST_FIRST || values.size() <= 2 ? List.copyOf(values) : List.of(values.iterator().next(), "%,d more, see annex A".formatted(values.size() - 1));
	}

	private Rows vaults(int most, String annex) {
		List<Report.Vault> all = report.vaults().shown();
		return new Rows("Vaults" + more(all.size() - Math.min(most, all.size()), "more are in annex " + annex) + more(report.vaults().more(), "lines are about more vaults"),
				List.of(new Column("Server", 20), new Column("Vault", 20), new Column("Encryption", 19), new Column("Unlocked", 10), new Column("Refused", 9), new Column("Read", 6), new Column("Changed", 10),
						new Column("Left", 6)),
				all.stream().limit(most).map(v -> List.of(v.server(), v.id().isEmpty() ? "(has no id)" : v.id(), encryption(v), "%,d".formatted(v.unlocked()), "%,d".formatted(v.refused()),
						"%,d".formatted(v.opened()), "%,d".formatted(v.changed()), "%,d".formatted(v.left()))).toList(),
				"None.");
	}

	/** How a vault is encrypted, in a few words. */
	private static String encryption(Report.Vault vault) {
		Map<String, String> told = vault.encryption();
		if (told.isEmpty())
			return "not told";
		String cipher = told.getOrDefault("cipher", "");
		return "%s%s%s".formatted(told.getOrDefault("format", ""), told.containsKey("format-version") ? " " + told.get("format-version") : "", cipher.isEmpty() ? "" : ": " + CIPHERS.getOrDefault(cipher, cipher));
	}

	// Annexes.

	private void annexes() {
		blocks.add(new Heading("Annex A: servers and vaults", Level.PAGE));
		blocks.add(servers(Integer.MAX_VALUE, ""));
		blocks.add(vaults(Integer.MAX_VALUE, ""));
		blocks.add(new Rows("What vaults tell of their encryption", List.of(new Column("Vault", 30), new Column("As it was last unlocked", 70)),
				report.vaults().shown().stream().filter(v -> !v.encryption().isEmpty()).map(v -> List.of(v.id().isEmpty() ? "(has no id)" : v.id(), detail(v.encryption()))).toList(), "Nothing."));
		if (report.vaults().shown().stream().anyMatch(v -> v.id().isEmpty()))
			blocks.add(new Words("A vault without an id of its own (Cryptomator's format 7) cannot be told from another one on the same server, and what was done in it is counted as outside of vaults."));
		lines("Annex B: who opened and changed what", "Files that were read, and what was made, changed or removed", report.opened(), LINES, "open,save,upload,make-folder,copy,rename,delete,restore");
		blocks.add(new Heading("Annex C: what left memory, or was kept from it", Level.PART));
		blocks.add(new Rows("By way and rule", List.of(new Column("Way", 30), new Column("Policy said", 14), new Column("Rule", 36), new Column("Left", 10), new Column("Refused", 10)),
				report.ways().stream().map(Layout::way).toList(), "Nothing was asked for."));
		blocks.add(new Words("The policy's word 'ask' and the result 'ok' mean that it was asked for just then, and answered yes: in the window, on the terminal, or by the askpass program of a command, which may be a script. A rule is told as it was told then: whose policy, and the line. Which policy that was is told by the digests in annexes E and F. Where no rule was asked, a person read it on a terminal, or shared on the server what lies there."));
		table("Each", report.left(), LINES, "export,drag,open-with,drive,print,clipboard,share,remember,copy,rename,report");
		lines("Annex D: sign-ins and unlocking", "Sign-ins and vaults unlocked, refused and failed ones, too", report.access(), DETAILS, "sign-in,unlock");
		policyAnnex();
		lines("Annex F: changes of policies and plug-ins", "Policies that came into force, and plug-ins installed or removed", report.changes(), DETAILS, "policy-change,plug-in-installed,plug-in-removed");
		blocks.add(new Words("A policy is told by the SHA-256 of its bytes."));
		gapsAnnex();
		check();
	}

	private void lines(String heading, String caption, Some<Line> lines, List<Column> columns, String events) {
		blocks.add(new Heading(heading, Level.PART));
		table(caption, lines, columns, events);
	}

	private void table(String caption, Some<Line> lines, List<Column> columns, String events) {
		if (lines.more() > 0)
			blocks.add(new Words("Here are the last %,d lines. %,d more of the period are not printed here: strongroom audit export --from %s --to %s --event %s".formatted(lines.shown().size(), lines.more(),
					report.period().from(), report.period().to(), events)));
		blocks.add(new Rows(caption, columns, lines.shown().stream().map(this::row).toList(), "Nothing in this period."));
	}

	private List<String> row(Line line) {
		String paths = (String.join("; ", line.paths()) + (line.place().isEmpty() ? "" : " to " + line.place())).strip();
		return List.of(Long.toString(line.number()), line.time().replace('T', ' ').replace("Z", ""), line.user() + (line.machine().isEmpty() ? "" : " on " + line.machine()), line.event() + " " + line.result(),
				line.server() + (line.vault().isEmpty() ? "" : ", vault " + line.vault()), paths, detail(line.detail()) + (line.key().isEmpty() || !line.event().equals("sign-in") ? "" : " key=" + line.key()));
	}

	private static String detail(Map<String, String> detail) {
		return detail.entrySet().stream().map(d -> d.getKey() + "=" + d.getValue()).collect(Collectors.joining(", "));
	}

	private void policyAnnex() {
		blocks.add(new Heading("Annex E: policy in force", Level.PART));
		if (report.policy().isPresent()) {
			inForce(report.policy().get());
			return;
		}
		blocks.add(new Words("This report is made from a copy of the log. The policies in force where it is made say nothing of those the log was written under, and are left out. What was in force there is told by the log alone: by the SHA-256 of each policy's bytes, with which a text can be compared that was kept elsewhere ('sha256sum policy.yaml')."));
		blocks.add(new Rows("In force at the end of the period, by the last line that tells of it", DETAILS, report.told().stream().map(this::row).toList(), NOTHING_TOLD));
	}

	private void inForce(Report.InForce policy) {
		blocks.add(new Words("When this report was made. Of several policies that say something the strictest counts; one that is damaged forbids everything.%s".formatted(
				policy.isTravelling() ? " Travel mode is on: every way out but 'share' is forbidden." : "")));
		blocks.add(new Rows("Where it comes from", List.of(new Column("Whose", 20), new Column("Where", 30), new Column("State", 25), new Column("SHA-256", 25)),
				policy.texts().stream().map(t -> List.of(first(t.whose()), Harmless.line(t.place()), Harmless.line(t.state()), t.digest().isEmpty() ? "-" : t.digest())).toList(), "None."));
		blocks.add(new Rows("What it says where no rule fits better", List.of(new Column("Way out", 35), new Column("Says", 15), new Column("By", 50)), policy.rulings().entrySet().stream()
				.map(r -> List.of("%s (%s)".formatted(r.getKey().word(), r.getKey().action()), r.getValue().verdict().word(), Harmless.line(r.getValue().rule()))).toList(), "Nothing."));
		AuditSettings audit = policy.audit();
		var facts = new LinkedHashMap<String, String>();
		facts.put("Vaults left unlocked", policy.idle().map(i -> "lock after %s untouched, by %s".formatted(count(i.time().toSeconds(), "second", "seconds"), Harmless.line(i.rule()))).orElse("for any time"));
		facts.put("Paths in the log", audit.auditorKey().isPresent() ? "as keyed hashes, and readable for the auditor" : "as keyed hashes");
		facts.put("Log also goes to", audit.sinks().isEmpty() ? "nowhere else" : audit.sinks().stream().map(s -> "%s (%s)".formatted(s.name(), Harmless.line(s.kind()))).collect(Collectors.joining(", ")));
		facts.put("Nothing without the log", audit.noLogNoAccess() ? "nothing is done that cannot be written there" : "not demanded: what cannot be written waits");
		blocks.add(new Facts(facts));
		for (PolicyText text : policy.texts()) {
			if (text.digest().isEmpty())
				continue;
			blocks.add(new Heading("The text: " + text.whose(), Level.PIECE));
			blocks.add(text.text().isPresent() ? new Source(source(text.text().get())) : new Words("It is longer than a policy may be, and is not shown."));
		}
	}

	private static String source(String text) {
		List<String> all = text.lines().limit(MOST_POLICY + 1L).map(l -> Harmless.line(l.replace("\t", "    "))).toList();
		var numbered = new StringBuilder();
		for (int i = 0; i < Math.min(MOST_POLICY, all.size()); i++)
			numbered.append("%4d  %s%n".formatted(i + 1, all.get(i)));
		if (all.size() > MOST_POLICY)
			numbered.append("      (longer than %,d lines: see the file)%n".formatted(MOST_POLICY));
		return numbered.toString();
	}

	private void gapsAnnex() {
		blocks.add(new Heading("Annex G: gaps in the log", Level.PART));
		report.damage().ifPresent(d -> blocks.add(new Finding(Tone.BAD, "Damage", d)));
		blocks.add(new Rows("What is missing or odd" + more(report.gaps().more(), "before these are not printed here"), List.of(new Column("What", 100)), report.gaps().shown().stream().map(List::of).toList(),
				report.damage().isPresent() ? "Nothing besides the damage." : "Nothing."));
		blocks.add(new Words("A log is written while Strongroom runs. The processes that wrote in this period are these; between them nothing of Strongroom ran with that home. Each signs its last line when it ends: one that did not was killed, or was still at work."));
		blocks.add(new Rows("Processes" + more(report.processes().more(), "before these are not printed here"),
				List.of(new Column("Process", 18), new Column("Who, where", 20), new Column("First line (UTC)", 20), new Column("Last line (UTC)", 20), new Column("Lines", 8), new Column("Ends with a signature", 14)),
				report.processes().shown().stream().map(p -> List.of(p.name(), p.user() + " on " + p.machine(), p.first(), p.last(), "%,d".formatted(p.lines()), p.isSigned() ? "yes" : "no")).toList(),
				"None wrote anything in this period."));
	}

	private void check() {
		blocks.add(new Heading("Annex H: how to check this report", Level.PART));
		Optional<Verification> whole = report.verification();
		blocks.add(new Words("This report is made of %s, whose lines are chained by SHA-256 and signed by Ed25519 (its form is published: docs/audit.md). With a copy of that folder, on any machine:".formatted(report.isOfCopy() ? "a copy of an audit log, the folder 'audit' of a home of Strongroom" : "the audit log in the folder 'audit' of Strongroom's home")));
		String hash = whole.map(Verification::hash).orElse("HASH");
		blocks.add(new Source("strongroom audit verify --key noted-sign.pub --checkpoint %1$s COPY%nstrongroom audit show --from %2$s --to %3$s COPY%nstrongroom report --key noted-sign.pub --from %2$s --to %3$s COPY%n".formatted(hash, report.period().from(),
				report.period().to())));
		if (whole.isPresent()) {
			var facts = new LinkedHashMap<String, String>();
			facts.put("Log", whole.get().log());
			facts.put("Begun", "on %s by %s".formatted(Harmless.line(whole.get().machine()), Harmless.line(whole.get().user())));
			facts.put("Lines", "%,d to %,d, %s to %s, in %s".formatted(whole.get().first(), whole.get().last(), Harmless.line(whole.get().from()), Harmless.line(whole.get().to()), count(whole.get().files(), "file", "files")));
			facts.put("Signatures", "%,d, the last at line %,d".formatted(whole.get().checkpoints(), whole.get().signed()));
			facts.put("Hash of the last line", whole.get().hash());
			facts.put("Key of the signatures", whole.get().key());
			facts.put("Vouched for by", report.isNoted() ? "that key, which was noted elsewhere" : sinks().isEmpty() ? "nothing outside of this " + (report.isOfCopy() ? "copy" : "machine") : sinks() + ", which was not asked: compare");
			blocks.add(new Facts(facts));
			blocks.add(new Words("Note the hash and the key elsewhere: whoever has them can prove later that nothing up to that line was changed. Without such a note the log is proof against everybody but the owner of the account that it was written in, and of that machine (docs/audit.md says what it proves and what not)."));
		} else {
			blocks.add(new Words("The log is damaged. 'strongroom audit verify' says where; a copy that was kept elsewhere (a sink of the log, a backup) can be verified in its place."));
		}
	}
}
