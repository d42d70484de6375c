package org.strongroom.report.internal;

import java.io.InterruptedIOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;

import org.strongroom.core.residency.AuditEvent;
import org.strongroom.core.residency.AuditEvent.Kind;
import org.strongroom.core.residency.AuditEvent.Result;
import org.strongroom.core.residency.WayOut;
import org.strongroom.report.Period;
import org.strongroom.report.Report;
import org.strongroom.report.Report.Line;
import org.strongroom.report.Report.Some;
import org.strongroom.report.Report.Way;
import org.strongroom.residency.audit.Entry;
import org.strongroom.residency.audit.Verification;

/** Takes the lines of a log, one after the other, and keeps what a report has room for, however many there are. For one thread. */
public final class Gathering implements Predicate<Entry> {
	/** What is agreed on with a server where nothing is encrypted. */
	public static final String NOT_ENCRYPTED = "not encrypted";
	/** Lines of one annex: the last ones. */
	static final int MOST_LINES = 5_000;
	/** Servers, vaults, processes, gaps. */
	static final int MOST_THINGS = 1_000;
	/** Different values of one property of something, and names of machines and people. */
	private static final int MOST_VALUES = 20;
	/** Paths of a line, and details. */
	private static final int MOST_PARTS = 8;

	private static final Set<String> READS = words(Kind.OPEN);
	private static final Set<String> CHANGES = words(Kind.SAVE, Kind.UPLOAD, Kind.MAKE_FOLDER, Kind.COPY, Kind.RENAME, Kind.DELETE, Kind.RESTORE);
	private static final Set<String> ACCESS = words(Kind.SIGN_IN, Kind.UNLOCK);
	private static final Set<String> SETTINGS = words(Kind.POLICY_CHANGE, Kind.PLUGIN_INSTALLED, Kind.PLUGIN_REMOVED);
	private static final Set<String> OF_THE_LOG = words(Kind.BEGIN, Kind.CHECKPOINT, Kind.GAP, Kind.CLOCK, Kind.SEAL);
	/** Details of a sign-in that say what was agreed on, in the order in which people name them. */
	private static final List<String> AGREED = List.of("tls", "key-exchange", "host-key", "cipher", "mac");

	private static Set<String> words(Kind... kinds) {
		var words = new TreeSet<String>();
		for (Kind kind : kinds)
			words.add(kind.word());
		return words;
	}

	private static final class ServerTally {
		final Set<String> keys = new TreeSet<>();
		final Set<String> agreed = new TreeSet<>();
		final Set<String> methods = new TreeSet<>();
		long signIns;
		long refused;
		long plain;
		boolean isInPeriod;
		boolean isToldInPeriod;
	}

	private static final class VaultTally {
		Map<String, String> encryption = Map.of();
		long unlocked;
		long refused;
		long opened;
		long changed;
		long left;
		boolean isInPeriod;
	}

	private static final class ProcessTally {
		String machine;
		String user;
		String first;
		String last;
		long lines;
		boolean isSigned;
	}

	private record VaultKey(String server, String id) {
	}

	private record WayKey(String way, String verdict, String rule) {
	}

	/** The last ones of many. */
	private static final class Last<T> {
		private final ArrayDeque<T> shown = new ArrayDeque<>();
		private final int most;
		private long more;

		Last(int most) {
			this.most = most;
		}

		void add(T one) {
			shown.add(one);
			if (shown.size() > most) {
				shown.remove();
				more++;
			}
		}

		Some<T> some() {
			return new Some<>(List.copyOf(shown), more);
		}
	}

	private final String from;
	private final String to;
	private final Period period;
	private final long lastLine;
	private final BooleanSupplier goesOn;
	private boolean isStopped;
	private long previous;
	private long lines;
	private final Set<String> machines = new TreeSet<>();
	private final Set<String> people = new TreeSet<>();
	private final Map<String, ServerTally> servers = new LinkedHashMap<>();
	private final Map<VaultKey, VaultTally> vaults = new LinkedHashMap<>();
	private final Map<WayKey, long[]> ways = new LinkedHashMap<>();
	private final Map<String, ProcessTally> processes = new LinkedHashMap<>();
	private long moreServers;
	private long moreVaults;
	private long moreProcesses;
	private final Last<Line> opened = new Last<>(MOST_LINES);
	private final Last<Line> left = new Last<>(MOST_LINES);
	private final Last<Line> access = new Last<>(MOST_LINES);
	private final Last<Line> changes = new Last<>(MOST_THINGS);
	private final Last<String> gaps = new Last<>(MOST_THINGS);
	private Optional<Line> told = Optional.empty();
	/** Of the line before. */
	private String time = "";
	private boolean isEndSeen;

	/**
	 * @param lastLine number of the last line that was verified: what was written since is for the next report
	 * @param goesOn asked now and again
	 */
	public Gathering(Period period, long lastLine, BooleanSupplier goesOn) {
		this.period = period;
		this.from = period.fromWords();
		this.to = period.toWords();
		this.lastLine = lastLine;
		this.goesOn = goesOn;
	}

	@Override
	public boolean test(Entry entry) {
		if (!goesOn.getAsBoolean()) {
			isStopped = true;
			return false;
		}
		if (entry.number() > lastLine)
			return false;
		follow(entry);
		if (entry.time().compareTo(to) >= 0) {
			isEndSeen = true;
			return true;
		}
		if (entry.event().equals(Kind.POLICY_CHANGE.word()))
			told = Optional.of(line(entry));
		boolean isInPeriod = entry.time().compareTo(from) >= 0;
		if (ACCESS.contains(entry.event()))
			access(entry, isInPeriod);
		if (isInPeriod)
			take(entry);
		return true;
	}

	/** The first line is before the period, and numbers go on one by one, unless a line cannot be read. */
	private void follow(Entry entry) {
		if (previous > 0 && entry.number() > previous + 1)
			gaps.add(entry.number() == previous + 2 ? "Line %,d of the log cannot be read, or is missing.".formatted(previous + 1)
					: "Lines %,d to %,d of the log cannot be read, or are missing.".formatted(previous + 1, entry.number() - 1));
		else if (previous == 0 && entry.time().compareTo(from) > 0)
			gaps.add(Harmless.line("The log begins with line %,d, %s: it says nothing of the period before that.".formatted(entry.number(), entry.time())));
		else if (entry.number() <= previous)
			gaps.add("Line %,d of the log comes after line %,d.".formatted(entry.number(), previous));
		previous = entry.number();
		time = entry.time();
	}

	private static void add(Set<String> values, String value) {
		if (!value.isEmpty() && values.size() < MOST_VALUES)
			values.add(Harmless.line(value));
	}

	private ServerTally server(Entry entry) {
		String address = Harmless.line(entry.server());
		ServerTally known = servers.get(address);
		if (known == null) {
			known = new ServerTally();
			if (servers.size() < MOST_THINGS)
				servers.put(address, known);
			else
				moreServers++;
		}
		return known;
	}

	private VaultTally vault(Entry entry) {
		var key = new VaultKey(Harmless.line(entry.server()), Harmless.line(entry.vault()));
		VaultTally known = vaults.get(key);
		if (known == null) {
			known = new VaultTally();
			if (vaults.size() < MOST_THINGS)
				vaults.put(key, known);
			else
				moreVaults++;
		}
		return known;
	}

	/** Whether a line before, which says that it happened, is not to be counted. */
	private static boolean isTakenBack(Entry entry) {
		return entry.detail().containsKey(AuditEvent.INSTEAD_OF);
	}

	/** That line may be from before the period. */
	private static long less(long count) {
		return Math.max(0, count - 1);
	}

	private static long counted(long count, boolean isOk, boolean isTakenBack) {
		return isOk ? count + 1 : isTakenBack ? less(count) : count;
	}

	/** Signing in and unlocking before the period tells how what was still open in it is encrypted. */
	private void access(Entry entry, boolean isInPeriod) {
		boolean isOk = entry.result().equals(Result.OK.word());
		boolean isTakenBack = isTakenBack(entry);
		if (entry.event().equals(Kind.UNLOCK.word())) {
			VaultTally vault = vault(entry);
			if (entry.detail().containsKey("format"))
				vault.encryption = parts(entry.detail(), Function.identity());
			vault.isInPeriod |= isInPeriod;
			if (isInPeriod && isOk)
				vault.unlocked++;
			else if (isInPeriod)
				vault.refused++;
			if (isInPeriod && isTakenBack)
				vault.unlocked = less(vault.unlocked);
			return;
		}
		ServerTally server = server(entry);
		server.isInPeriod |= isInPeriod;
		if (isInPeriod && isOk)
			server.signIns++;
		else if (isInPeriod)
			server.refused++;
		if (isInPeriod && isTakenBack)
			server.signIns = less(server.signIns);
		String agreed = agreed(entry.detail());
		if (!isInPeriod && !isOk || agreed.isEmpty() && entry.serverKey().isEmpty() && !isOk)
			return;
		if (!isInPeriod || !server.isToldInPeriod) {
			// what counts is the period, or what was last before it
			server.agreed.clear();
			server.keys.clear();
			server.methods.clear();
			server.isToldInPeriod = isInPeriod;
		}
		add(server.keys, entry.serverKey());
		add(server.agreed, agreed);
		if (isOk)
			add(server.methods, entry.detail().getOrDefault("methods", ""));
	}

	private static String agreed(Map<String, String> detail) {
		if ("none".equals(detail.get("tls")))
			return NOT_ENCRYPTED;
		return String.join(", ", AGREED.stream().filter(detail::containsKey).map(detail::get).toList());
	}

	private static Map<String, String> parts(Map<String, String> detail, Function<String, String> name) {
		var parts = new TreeMap<String, String>();
		detail.forEach((n, value) -> {
			if (parts.size() < MOST_PARTS)
				parts.put(Harmless.line(name.apply(n)), Harmless.line(value));
		});
		return parts;
	}

	private void take(Entry entry) {
		lines++;
		add(machines, entry.machine());
		add(people, entry.user());
		process(entry);
		String event = entry.event();
		if (event.equals(Kind.GAP.word()) || event.equals(Kind.CLOCK.word()))
			gaps.add(gap(entry));
		if (OF_THE_LOG.contains(event))
			return;
		boolean isOk = entry.result().equals(Result.OK.word());
		Optional<String> way = way(entry);
		boolean isRead = READS.contains(event);
		boolean isChange = CHANGES.contains(event);
		boolean isTakenBack = isTakenBack(entry);
		if (!entry.server().isEmpty() && !ACCESS.contains(event))
			server(entry).isInPeriod = true;
		if (!entry.vault().isEmpty() && !ACCESS.contains(event)) {
			VaultTally vault = vault(entry);
			vault.isInPeriod = true;
			if (isRead)
				vault.opened = counted(vault.opened, isOk, isTakenBack);
			if (isChange)
				vault.changed = counted(vault.changed, isOk, isTakenBack);
			if (way.isPresent())
				vault.left = counted(vault.left, isOk, isTakenBack);
		} else if (!entry.server().isEmpty() && (isRead || isChange || way.isPresent())) {
			ServerTally server = server(entry);
			server.plain = counted(server.plain, isOk, isTakenBack);
		}
		if (ACCESS.contains(event))
			access.add(line(entry));
		if (isRead || isChange)
			opened.add(line(entry));
		if (SETTINGS.contains(event))
			changes.add(line(entry));
		if (way.isPresent()) {
			left.add(line(entry));
			var key = new WayKey(way.get(), Harmless.line(entry.detail().getOrDefault("policy", "")), Harmless.line(entry.detail().getOrDefault("rule", "")));
			if (ways.size() < MOST_THINGS || ways.containsKey(key))
				count(ways.computeIfAbsent(key, _ -> new long[2]), isOk, isTakenBack);
		}
	}

	/** @param went how often it left, and how often it was kept */
	private static void count(long[] went, boolean isOk, boolean isTakenBack) {
		went[0] = counted(went[0], isOk, isTakenBack);
		if (!isOk)
			went[1]++;
	}

	/** By which way something left memory, or was to; empty if it was not about that. */
	private static Optional<String> way(Entry entry) {
		return WayOut.of(entry.event()).or(() -> WayOut.of(entry.detail().getOrDefault("way", ""))).map(WayOut::word);
	}

	private void process(Entry entry) {
		String name = Harmless.line(entry.process());
		ProcessTally process = processes.get(name);
		if (process == null) {
			if (processes.size() >= MOST_THINGS) {
				// the first one goes: what is recent is asked for
				processes.remove(processes.keySet().iterator().next());
				moreProcesses++;
			}
			process = new ProcessTally();
			process.machine = Harmless.line(entry.machine());
			process.user = Harmless.line(entry.user());
			process.first = Harmless.line(entry.time());
			processes.put(name, process);
		}
		process.last = Harmless.line(entry.time());
		process.lines++;
		process.isSigned = entry.event().equals(Kind.CHECKPOINT.word());
	}

	private static String gap(Entry entry) {
		Map<String, String> detail = entry.detail();
		String what;
		if (entry.event().equals(Kind.CLOCK.word()))
			what = "the clock of the machine was put back by %s s.".formatted(detail.getOrDefault("seconds", "?"));
		else if (detail.containsKey("lost"))
			what = "%s events could not be written, and are lost: there was no room for them while the log could not be written.".formatted(detail.get("lost"));
		else if (detail.containsKey("missing"))
			what = "the end of the log was not where it should have been (%s). That is damage.".formatted(detail.get("missing"));
		else
			what = "%s bytes of a line that was not finished stand before it: a process was ended while it wrote, or the disk was full.".formatted(detail.getOrDefault("torn", "?"));
		return Harmless.line("Line %,d, %s: %s".formatted(entry.number(), entry.time(), what));
	}

	private static Line line(Entry entry) {
		List<String> paths = entry.readable().orElse(entry.paths());
		var shown = new ArrayList<String>(paths.stream().limit(MOST_PARTS).map(Harmless::line).toList());
		if (paths.size() > MOST_PARTS)
			shown.add("and %,d more".formatted(paths.size() - MOST_PARTS));
		return new Line(entry.number(), Harmless.line(entry.time()), Harmless.line(entry.machine()), Harmless.line(entry.user()), Harmless.line(entry.event()), Harmless.line(entry.result()),
				Harmless.line(entry.server()), Harmless.line(entry.serverKey()), Harmless.line(entry.vault()), List.copyOf(shown), Harmless.line(entry.readablePlace().orElse(entry.place())), parts(entry.detail(), Function.identity()));
	}

	/** @throws InterruptedIOException if it was not to go on */
	public Report report(Instant made, Optional<Verification> whole, boolean isNoted, Optional<String> damage, boolean isReadable, Optional<Report.InForce> policy) throws InterruptedIOException {
		if (isStopped)
			throw new InterruptedIOException("The report was cancelled.");
		whole.ifPresent(v -> v.notes().forEach(gaps::add));
		if (policy.isEmpty() && previous > 0 && !isEndSeen)
			gaps.add(Harmless.line("The copy ends with line %,d, %s: it says nothing of the period after that.".formatted(previous, time)));
		return new Report(made, period, whole, isNoted, damage.map(Harmless::line), lines, isReadable, copy(machines), copy(people), new Some<>(servers(), moreServers), new Some<>(vaults(), moreVaults), waysOut(),
				opened.some(), left.some(), access.some(), changes.some(), new Some<>(processes(), moreProcesses), gaps.some(), policy, told);
	}

	private List<Report.Server> servers() {
		return servers.entrySet().stream().filter(e -> e.getValue().isInPeriod)
				.map(e -> new Report.Server(e.getKey(), copy(e.getValue().keys), copy(e.getValue().agreed), copy(e.getValue().methods), e.getValue().signIns, e.getValue().refused, e.getValue().plain)).toList();
	}

	private static Set<String> copy(Collection<String> values) {
		return java.util.Collections.unmodifiableSortedSet(new TreeSet<>(values));
	}

	private List<Report.Vault> vaults() {
		return vaults.entrySet().stream().filter(e -> e.getValue().isInPeriod).map(e -> new Report.Vault(e.getKey().server(), e.getKey().id(), e.getValue().encryption, e.getValue().unlocked,
				e.getValue().refused, e.getValue().opened, e.getValue().changed, e.getValue().left)).toList();
	}

	private List<Way> waysOut() {
		return ways.entrySet().stream().map(e -> new Way(e.getKey().way(), e.getKey().verdict(), e.getKey().rule(), e.getValue()[0], e.getValue()[1]))
				.sorted(java.util.Comparator.comparing(Way::way).thenComparing(Way::rule).thenComparing(Way::verdict)).toList();
	}

	private List<Report.Process> processes() {
		return processes.entrySet().stream().map(e -> new Report.Process(e.getKey(), e.getValue().machine, e.getValue().user, e.getValue().first, e.getValue().last, e.getValue().lines, e.getValue().isSigned))
				.toList();
	}
}
