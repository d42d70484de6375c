package org.strongroom.core.transfer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.strongroom.core.Session;
import org.strongroom.core.internal.Trails;
import org.strongroom.core.residency.AuditEvent;
import org.strongroom.core.residency.AuditEvent.Kind;
import org.strongroom.core.residency.AuditEvent.Result;
import org.strongroom.core.residency.ForbiddenException;
import org.strongroom.core.residency.Outgoing;
import org.strongroom.core.residency.Passage;
import org.strongroom.core.storage.StoragePaths;

/** Records in the audit log what is done with each item, and hands on to whoever follows. What stays on this machine is nobody's business. */
final class Recorded implements Progress {
	/** A place in the tree of a session, and what lies below it. */
	private record Place(Session session, String location, Optional<String> vault) {
		static Optional<Place> of(Path path) {
			return Trails.of(path).map(at -> new Place(at.session(), at.location(), at.session().vaultOf(at.location()).flatMap(v -> v.getValue().info().id())));
		}

		AuditEvent event(Kind kind, List<String> locations) {
			return new AuditEvent(Instant.now(), kind, Result.OK, Optional.of(session.bookmark()), session.serverKey(), vault, locations, Map.of());
		}

		/** @param item below it, with slashes between names; empty for itself */
		String at(String item) {
			return item.isEmpty() ? location : StoragePaths.child(location, item);
		}
	}

	private final Progress onward;
	private final Path top;
	private final Optional<Place> source;
	private final Optional<Place> target;
	private final boolean isCopy;
	private final boolean isGone;
	private final Kind read;
	/** Where the first item goes if it leaves memory; empty for nowhere that has a name of its own. */
	private final Optional<String> out;
	/** Why no more may be done after something that is recorded as it was: that did not fail. */
	private volatile ForbiddenException refusal;

	/**
	 * @param isCopy whether items appear elsewhere
	 * @param isGone whether they are not where they were, in the end
	 * @param read what it is where items appear in no session
	 */
	private Recorded(Progress onward, Path top, Optional<Place> source, Optional<Place> target, boolean isCopy, boolean isGone, Kind read, Optional<String> out) {
		this.onward = onward;
		this.top = top;
		this.source = source;
		this.target = target;
		this.isCopy = isCopy;
		this.isGone = isGone;
		this.read = read;
		this.out = out;
	}

	private static Progress of(Progress progress, Path top, Optional<Path> from, Optional<Path> to, boolean isCopy, boolean isGone) throws ForbiddenException {
		Optional<Place> source = from.flatMap(Place::of);
		Optional<Place> target = to.flatMap(Place::of);
		if (source.isEmpty() && target.isEmpty())
			return progress;
		// what passed no guard on its way to nowhere on this machine is looked at by the person who is there
		Kind read = to.isEmpty() && progress.passage().isEmpty() ? Kind.OPEN : Kind.EXPORT;
		var recorded = new Recorded(progress, top, source, target, isCopy, isGone, read, progress.passage().isPresent() ? to.map(Outgoing::place) : Optional.empty());
		try {
			for (Optional<Place> place : List.of(source, target))
				if (place.isPresent())
					place.get().session().audit().admit();
		} catch (ForbiddenException e) {
			recorded.record(top, e);
			throw e;
		}
		return recorded;
	}

	/** Of items that are copied. @throws ForbiddenException if the policy says <em>no log, no access</em> and the log cannot be written */
	static Progress copy(Path source, Path target, Progress progress) throws ForbiddenException {
		return of(progress, source, Optional.of(source), Optional.of(target), true, false);
	}

	/** Of items that are moved by copying. */
	static Progress move(Path source, Path target, Progress progress) throws ForbiddenException {
		return of(progress, source, Optional.of(source), Optional.of(target), true, true);
	}

	/** Of items that are removed. */
	static Progress delete(Path item, Progress progress) throws ForbiddenException {
		return of(progress, item, Optional.of(item), Optional.empty(), false, true);
	}

	/** Of a content that goes somewhere else. */
	static Progress read(Path source, Progress progress) throws ForbiddenException {
		return of(progress, source, Optional.of(source), Optional.empty(), true, false);
	}

	/** Of a content that comes from somewhere else. */
	static Progress write(Path target, Progress progress) throws ForbiddenException {
		return of(progress, target, Optional.empty(), Optional.of(target), true, false);
	}

	/** Records something that is no matter of a progress. */
	static void failed(Progress progress, Path item, Exception why) {
		if (progress instanceof Recorded recorded)
			recorded.record(item, why);
	}

	@Override
	public void begin(Path item, long size) {
		onward.begin(item, size);
	}

	@Override
	public void bytes(long count) {
		onward.bytes(count);
	}

	@Override
	public void done(Path item) {
		record(item, null);
		onward.done(item);
	}

	@Override
	public void failed(Path item, IOException why) {
		record(item, why);
		onward.failed(item, why);
	}

	@Override
	public boolean cancelled() {
		return onward.cancelled();
	}

	/** @param why it failed; null if it did not */
	private void record(Path item, Exception why) {
		if (why != null && why == refusal)
			return;
		String below;
		try {
			below = item.equals(top) ? "" : top.relativize(item).toString().replace(top.getFileSystem().getSeparator(), "/");
		} catch (IllegalArgumentException e) {
			return; // of another file system: the item that it is about is told, too
		}
		boolean within = source.isPresent() && target.isPresent() && source.get().session() == target.get().session();
		if (isCopy && within) {
			record(source.get(), isGone ? Kind.RENAME : Kind.COPY, List.of(source.get().at(below), target.get().at(below)), passage(below), why);
			return;
		}
		if (isCopy && source.isPresent())
			record(source.get(), target.isPresent() ? Kind.COPY : read, List.of(source.get().at(below)), passage(below), why);
		if (target.isPresent())
			record(target.get(), Kind.UPLOAD, List.of(target.get().at(below)), Optional.empty(), why);
		if (isGone && source.isPresent())
			record(source.get(), Kind.DELETE, List.of(source.get().at(below)), Optional.empty(), why);
	}

	/** What let an item leave memory, if it does: to a place of its own. */
	private Optional<Passage> passage(String below) {
		return onward.passage().map(passage -> out.map(first -> passage.to(below.isEmpty() ? first : StoragePaths.child(first, below))).orElse(passage));
	}

	/** @param passage what let it leave memory; empty if it did not */
	private void record(Place place, Kind kind, List<String> locations, Optional<Passage> passage, Exception why) {
		AuditEvent plain = place.event(kind, locations);
		AuditEvent event = passage.map(plain::with).orElse(plain);
		if (why != null) {
			place.session().audit().failed(event, why);
			return;
		}
		try {
			place.session().audit().record(event);
		} catch (ForbiddenException e) {
			refusal = e;
			throw new UncheckedIOException(e);
		}
	}
}
