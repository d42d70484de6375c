package org.strongroom.residency.internal.audit;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.strongroom.core.Home;
import org.strongroom.core.Problem;
import org.strongroom.core.residency.Audit;
import org.strongroom.core.residency.AuditEvent;
import org.strongroom.core.residency.AuditEvent.Kind;
import org.strongroom.core.residency.AuditEvent.Result;
import org.strongroom.core.residency.AuditSink;
import org.strongroom.core.residency.ForbiddenException;
import org.strongroom.residency.audit.AuditLog;
import org.strongroom.residency.audit.AuditPolicy;
import org.strongroom.residency.audit.AuditSettings;
import org.strongroom.residency.audit.AuditSettings.Sink;

/** The audit log of this process's home. One virtual thread, begun when there is something to write, writes what others hand over. */
public final class AuditService implements Audit {
	/** Events that may wait to be written before who records more is slowed down. */
	private static final int ROOM = 16384;
	/** As lines have it. */
	private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder().appendInstant(3).toFormatter();
	/** How long who records waits for room at the most, in milliseconds: then the event waits nevertheless. */
	private static final long SLOWED = 1000;
	/** Lines that are written at once. */
	static final int BATCH = 2000;
	/** How long events that follow others wait to be written together: many small writes cost more than the events. One that comes after a pause is written at once. */
	private static final Duration GATHER = Duration.ofMillis(200);
	/** How long lines are without a signature at the most, while the process lives. */
	private static final Duration UNSIGNED = Duration.ofSeconds(60);
	/** How soon it is tried again after an error. */
	private static final Duration AGAIN = Duration.ofSeconds(2);
	/** How long who must not do what is not written waits for that. */
	private static final Duration PATIENCE = Duration.ofSeconds(10);
	/** How long the end of the process waits. */
	private static final Duration GOODBYE = Duration.ofSeconds(3);
	/** How long it waits for the sinks: what one does not get now, it gets from the next process. */
	private static final Duration GOODBYE_SINKS = Duration.ofSeconds(2);

	/**
	 * Something handed over.
	 *
	 * @param event null for none: all before is to be signed
	 * @param refused what is kept of it if it cannot be written now, null for the event itself: it will not have happened then
	 * @param counted whether it takes room
	 * @param written completed once it is, null if nobody waits
	 */
	private record Handed(AuditEvent event, AuditEvent refused, boolean counted, CompletableFuture<Long> written) {
	}

	private final LinkedBlockingQueue<Handed> handed = new LinkedBlockingQueue<>();
	/** Somebody waits for what was handed over. All else is gathered without waking the writer for each event: that would cost more than to write it. */
	private final Semaphore urgent = new Semaphore(0);
	private final Semaphore room = new Semaphore(ROOM);
	private final Backlog backlog = new Backlog();
	private final Supplier<LogFolder> folder;
	private final Sealing sealing = new Sealing();
	private final Origin origin;
	private final Clock clock;
	private Journal journal;
	private volatile AuditPolicy policy = () -> AuditSettings.DEFAULT;
	private final Function<String, AuditSink> kinds;
	private final Supplier<Set<String>> bundles;
	private volatile List<Outbox> outboxes = List.of();
	private volatile String problem;
	private volatile boolean writing;
	/** Whether the files could be written since this process began. */
	private volatile boolean wrote;
	private Thread writer;
	private long unsignedSince;
	/** When something was last written. For the writer alone. */
	private long lastWritten = System.nanoTime() - GATHER.toNanos();

	/** For Declarative Services. */
	public AuditService() {
		this(() -> new LogFolder(AuditLog.folder(Home.folder())), Origin.here(), Clock.systemUTC(), Contributed::sink, Installed::now);
	}

	/**
	 * @param kinds gives sinks by their id
	 * @param bundles of which the program consists
	 */
	AuditService(Supplier<LogFolder> folder, Origin origin, Clock clock, Function<String, AuditSink> kinds, Supplier<Set<String>> bundles) {
		this.bundles = bundles;
		this.kinds = kinds;
		this.folder = folder;
		this.origin = origin;
		this.clock = clock;
	}

	/** That of the home, which a command line may name after others have looked for it. */
	private Journal journal() {
		LogFolder now = folder.get();
		if (journal == null || !journal.folder().equals(now)) {
			if (journal != null) {
				journal.close();
				outboxes.forEach(Outbox::close);
				outboxes = List.of();
			}
			journal = new Journal(now, origin, clock, Journal.LARGEST_FILE);
		}
		return journal;
	}

	void setPolicy(AuditPolicy service) {
		policy = service;
	}

	void unsetPolicy(AuditPolicy service) {
		if (policy == service)
			policy = () -> AuditSettings.DEFAULT;
	}

	void deactivate() {
		if (writing)
			settle(GOODBYE);
		Thread ended;
		synchronized (this) {
			ended = writer;
			writer = null;
			writing = false;
		}
		if (ended != null) {
			ended.interrupt();
			try {
				ended.join(GOODBYE);
			} catch (InterruptedException e) {
				Thread.currentThread().interrupt();
			}
		}
		outboxes.forEach(Outbox::end);
		outboxes.forEach(Outbox::close);
	}

	@Override
	public void admit() throws ForbiddenException {
		AuditSettings settings = policy.settings();
		if (!settings.noLogNoAccess())
			return;
		boolean isKnown = outboxes.stream().map(Outbox::sink).toList().equals(settings.sinks());
		if (problem != null || !isKnown || !wrote)
			written(hand(null));
		taken(0);
	}

	@Override
	public void record(AuditEvent event) throws ForbiddenException {
		AuditSettings settings = policy.settings();
		if (!settings.recording())
			return;
		if (!settings.noLogNoAccess()) {
			hand(event, null, null);
			return;
		}
		long number = written(hand(event));
		if (event.result() == Result.OK) // else nobody has got anything
			taken(number);
	}

	@Override
	public void grant(AuditEvent event) throws ForbiddenException {
		AuditSettings settings = policy.settings();
		if (!settings.recording() || !settings.noLogNoAccess()) {
			record(event);
			return;
		}
		admit(() -> event);
		CompletableFuture<Long> written = hand(event, event.failed(refusal("")), new CompletableFuture<>());
		try {
			taken(written(written));
		} catch (ForbiddenException e) {
			// what could not be written waits as what was refused
			if (!written.isCompletedExceptionally())
				failed(event.with(AuditEvent.INSTEAD_OF, TIME.format(event.time())), e);
			throw e;
		}
	}

	private CompletableFuture<Long> hand(AuditEvent event) {
		return hand(event, null, new CompletableFuture<>());
	}

	private CompletableFuture<Long> hand(AuditEvent event, AuditEvent refused, CompletableFuture<Long> written) {
		boolean counted = room.tryAcquire();
		if (!counted) {
			try {
				counted = room.tryAcquire(SLOWED, TimeUnit.MILLISECONDS);
			} catch (InterruptedException e) {
				Thread.currentThread().interrupt(); // who is to end is not kept from it
			}
		}
		handed.add(new Handed(event, refused, counted, written));
		if (written != null)
			urgent.release();
		if (!writing)
			begin();
		return written;
	}

	private synchronized void begin() {
		if (writer == null) {
			writer = Thread.ofVirtual().name("audit log").start(this::run);
			writing = true;
		}
	}

	/** Waits until something is written to the files. @return the number of its line */
	private long written(CompletableFuture<Long> written) throws ForbiddenException {
		try {
			return written.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
		} catch (TimeoutException | ExecutionException e) {
			throw refusal(problem().orElse("the audit log cannot be written now; try again."));
		} catch (InterruptedException e) {
			throw cancelled();
		}
	}

	/** Waits until all sinks are up and have a line: as long as the slowest takes. */
	private void taken(long number) throws ForbiddenException {
		try {
			long end = System.nanoTime() + PATIENCE.toNanos();
			Map<Outbox, Long> tried = new LinkedHashMap<>();
			for (Outbox outbox : outboxes)
				tried.put(outbox, outbox.want(number));
			boolean isTaken = true;
			for (var outbox : tried.entrySet())
				isTaken &= outbox.getKey().await(number, outbox.getValue(), end);
			if (!isTaken)
				throw refusal(problem().orElse("an audit sink was down a moment ago; try again."));
		} catch (InterruptedException e) {
			throw cancelled();
		}
	}

	private static ForbiddenException refusal(String why) {
		return new ForbiddenException("Forbidden, for the policy says 'no log, no access': " + why);
	}

	private static ForbiddenException cancelled() {
		Thread.currentThread().interrupt();
		return new ForbiddenException("Cancelled before the audit log was written.");
	}

	@Override
	public void settle(Duration limit) {
		if (!writing)
			return;
		try {
			long number = hand(null).get(limit.toMillis(), TimeUnit.MILLISECONDS);
			long end = System.nanoTime() + (limit.compareTo(GOODBYE_SINKS) < 0 ? limit : GOODBYE_SINKS).toNanos();
			outboxes.forEach(Outbox::certainly);
			for (Outbox outbox : outboxes)
				outbox.awaitCertain(number, end);
		} catch (TimeoutException | ExecutionException e) {
			// It is told by problem().
		} catch (InterruptedException e) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public Optional<String> problem() {
		return Optional.ofNullable(problem).or(this::down);
	}

	/** All sinks that are down, in one line. */
	private Optional<String> down() {
		record Down(String sink, String why) {
		}
		List<Down> down = outboxes.stream().flatMap(o -> o.problem().map(why -> new Down(o.sink().name(), why)).stream()).toList();
		return switch (down.size()) {
		case 0 -> Optional.empty();
		case 1 -> Optional.of("The audit sink '%s' is down: %s".formatted(down.getFirst().sink(), down.getFirst().why()));
		default -> Optional.of("%d audit sinks are down: %s.".formatted(down.size(),
				down.stream().map(d -> "'%s' (%s)".formatted(d.sink(), d.why().replaceAll("\\.$", ""))).collect(Collectors.joining(", "))));
		};
	}

	/** Writes what is handed over, as long as the process lives. */
	private void run() {
		try {
			tellInstalled();
			writeOn();
		} finally {
			if (journal != null)
				journal.close();
		}
	}

	private void tellInstalled() {
		try {
			Set<String> now = bundles.get();
			LogFolder home = folder.get();
			List<String> changes = Installed.changes(home, now, origin);
			if (!changes.isEmpty())
				signed(journal().append(_ -> changes, false));
			if (!changes.isEmpty() || !Installed.isKnown(home)) {
				LogFolder.make(home.path());
				Installed.known(home, now);
			}
		} catch (IOException | RuntimeException e) {
			// The next process tells; what comes now says what is wrong with the log.
		}
	}

	private void writeOn() {
		while (true) {
			List<Handed> taken = List.of();
			try {
				taken = take();
				write(taken);
			} catch (InterruptedException e) {
				return;
			} catch (RuntimeException | Error e) {
				// A thread that ended would lose what comes; who waits is told.
				problem = "The audit log cannot be written (" + e.getClass().getSimpleName() + ").";
				taken.forEach(h -> fail(h, e));
			}
		}
	}

	private static void fail(Handed handed, Throwable why) {
		if (handed.written() != null)
			handed.written().completeExceptionally(why);
	}

	/** What was handed over, some of it at once; nothing if it is time to sign, or to try again. */
	private List<Handed> take() throws InterruptedException {
		var taken = new ArrayList<Handed>();
		Handed first = backlog.isEmpty() && unsignedSince == 0 ? handed.take() : handed.poll(backlog.isEmpty() ? untilSigning() : AGAIN.toMillis(), TimeUnit.MILLISECONDS);
		if (first == null)
			return taken;
		taken.add(first);
		if (first.written() == null)
			urgent.tryAcquire(GATHER.toNanos() - (System.nanoTime() - lastWritten), TimeUnit.NANOSECONDS);
		urgent.drainPermits();
		handed.drainTo(taken, BATCH - 1);
		return taken;
	}

	private long untilSigning() {
		return Math.max(0, UNSIGNED.toMillis() - (System.nanoTime() - unsignedSince) / 1_000_000);
	}

	private void write(List<Handed> taken) {
		List<Happened> events = taken.stream().filter(h -> h.event() != null).map(h -> Happened.of(h.event())).toList();
		boolean sign = taken.stream().anyMatch(h -> h.event() == null) || unsignedSince != 0 && untilSigning() == 0;
		try {
			writeBacklog();
			State end = journal().append(file -> bodies(events, file), sign);
			problem = null;
			wrote = true;
			signed(end);
			outboxes().forEach(o -> o.wake(end));
			taken.stream().filter(h -> h.written() != null).forEach(h -> h.written().complete(end.number()));
		} catch (IOException | RuntimeException e) {
			problem = "The audit log cannot be written: %s %,d events wait.".formatted(Problem.of(e).message().replaceAll("([^.])$", "$1."), backlog.size() + events.size());
			taken.stream().filter(h -> h.event() != null).map(h -> Happened.of(h.refused() == null ? h.event() : h.refused())).forEach(backlog::add);
			sealing.forget();
			taken.forEach(h -> fail(h, e));
		} finally {
			lastWritten = System.nanoTime();
			room.release((int) taken.stream().filter(Handed::counted).count());
		}
	}

	/** Those that the policy wants now. */
	private List<Outbox> outboxes() {
		List<Sink> wanted = policy.settings().sinks();
		if (!outboxes.stream().map(Outbox::sink).toList().equals(wanted)) {
			List<Outbox> before = outboxes;
			outboxes = wanted.stream().map(sink -> before.stream().filter(o -> o.sink().equals(sink)).findFirst()
					.orElseGet(() -> new Outbox(journal.folder(), sink, () -> kinds.apply(sink.kind())))).toList();
			before.stream().filter(o -> !outboxes.contains(o)).forEach(Outbox::close);
		}
		return outboxes;
	}

	private void signed(State end) {
		if (end.unsigned() == 0)
			unsignedSince = 0;
		else if (unsignedSince == 0)
			unsignedSince = System.nanoTime() | 1;
	}

	/** What waited comes first. */
	private void writeBacklog() throws IOException {
		while (!backlog.isEmpty()) {
			List<Happened> waited = backlog.first(BATCH);
			long lost = backlog.size() > waited.size() ? 0 : backlog.lost();
			signed(journal().append(file -> {
				List<String> bodies = new ArrayList<>(bodies(waited, file));
				if (lost > 0)
					bodies.add(origin.own(waited.isEmpty() ? Instant.now() : waited.getLast().time(), Kind.GAP, Map.of("lost", Long.toString(lost))));
				return bodies;
			}, false));
			backlog.written(waited.size());
			if (lost > 0)
				backlog.told();
		}
	}

	private List<String> bodies(List<Happened> events, int file) throws IOException {
		Optional<byte[]> auditor = policy.settings().auditorKey();
		var bodies = new ArrayList<String>(events.size() + 1);
		for (Happened event : events) {
			boolean isSealed = auditor.isPresent() && event.hasNames();
			if (isSealed)
				sealing.announced(auditor.get(), file, origin, event.time()).ifPresent(bodies::add);
			bodies.add(event.body(origin, journal.keys(), isSealed ? sealing.seal(event) : ""));
		}
		return bodies;
	}
}
