package org.strongroom.residency.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

import org.osgi.framework.Bundle;
import org.strongroom.core.Bookmark;
import org.strongroom.core.Home;
import org.strongroom.core.residency.Audit;
import org.strongroom.core.residency.AuditEvent;
import org.strongroom.core.residency.ForbiddenException;
import org.strongroom.core.residency.Guard;
import org.strongroom.core.residency.Outgoing;
import org.strongroom.core.residency.Passage;
import org.strongroom.core.residency.Requirements;
import org.strongroom.core.residency.Ruling;
import org.strongroom.core.residency.Verdict;
import org.strongroom.core.residency.WayOut;
import org.strongroom.core.vault.VaultInfo;
import org.strongroom.residency.policy.Policies;
import org.strongroom.residency.policy.PolicySource;

/** Follows the policies. They are read each time, for they are short, and an administrator's change holds at once. */
public final class PolicyGuard implements Guard {
	/** The file in Strongroom's home that is there while somebody is travelling, so that a new start is no way to end it. */
	private static final String TRAVELLING = "travelling";
	private static final Set<WayOut> CLOSED_TO_TRAVELLERS = EnumSet.of(WayOut.EXPORT, WayOut.DRAG, WayOut.OPEN_WITH, WayOut.DRIVE, WayOut.PRINT, WayOut.CLIPBOARD, WayOut.REMEMBER);
	private static final Ruling TRAVEL = new Ruling(Verdict.FORBID, "travel mode, which is on");

	/** Ways out of which those who go them record how that ended. */
	private static final Set<WayOut> TOLD_BY_OTHERS = EnumSet.of(WayOut.EXPORT, WayOut.SHARE);

	private final Supplier<List<PolicySource>> sources;
	private final SeenPolicy seen = new SeenPolicy();
	private volatile Audit audit = Audit.NONE;
	private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

	/** For Declarative Services. */
	public PolicyGuard() {
		this(Policies::sources);
	}

	PolicyGuard(Supplier<List<PolicySource>> sources) {
		this.sources = sources;
	}

	/** Before anybody signs in there is a guard. */
	void activate() {
		OwnMemory.forbidDumps();
		OwnMemory.forbidSwapping();
	}

	void setAudit(Audit service) {
		audit = service;
	}

	void unsetAudit(Audit service) {
		if (audit == service)
			audit = Audit.NONE;
	}

	private Policies policies() {
		var policies = Policies.read(sources.get());
		seen.change(policies).ifPresent(detail -> {
			try {
				audit.record(AuditEvent.of(AuditEvent.Kind.POLICY_CHANGE, AuditEvent.Result.OK, detail));
			} catch (ForbiddenException e) {
				// whatever is done next is refused for the same reason
			}
		});
		return policies;
	}

	@Override
	public Ruling ruling(Outgoing outgoing) {
		return isClosed(outgoing) ? TRAVEL : policies().ruling(outgoing);
	}

	@Override
	public Ruling mildest(Outgoing outgoing) {
		return isClosed(outgoing) ? TRAVEL : policies().mildest(outgoing);
	}

	private boolean isClosed(Outgoing outgoing) {
		return isTravelling() && CLOSED_TO_TRAVELLERS.contains(outgoing.way());
	}

	@Override
	public Passage pass(Outgoing outgoing, Person person) throws ForbiddenException {
		Ruling ruling = ruling(outgoing);
		var passage = new Passage(outgoing.way(), outgoing.place(), ruling);
		ForbiddenException refusal = switch (ruling.verdict()) {
		case ALLOW -> null;
		case ASK -> person.permits(outgoing, ruling) ? null : new ForbiddenException("Not permitted, and %s asks for that: %s.%s".formatted(ruling.rule(), outgoing.words(),
				person.absence().map(" Nobody can be asked here, for %s."::formatted).orElse("")));
		case FORBID -> ForbiddenException.by(ruling, outgoing.words());
		};
		if (refusal != null) {
			audit.failed(event(outgoing, passage), refusal);
			throw refusal;
		}
		if (!TOLD_BY_OTHERS.contains(outgoing.way()))
			audit.grant(event(outgoing, passage));
		return passage;
	}

	/** Without the reason of the rule, which may name what it likes. */
	private static AuditEvent event(Outgoing outgoing, Passage passage) {
		return AuditEvent.of(outgoing, AuditEvent.Result.OK).with(passage);
	}

	@Override
	public void admit(Bookmark bookmark) throws ForbiddenException {
		try {
			policies().admit(bookmark.uri());
		} catch (ForbiddenException e) {
			audit.failed(new AuditEvent(Instant.now(), AuditEvent.Kind.SIGN_IN, AuditEvent.Result.OK, Optional.of(bookmark), Optional.empty(), Optional.empty(), List.of(), Map.of()), e);
			throw e;
		}
	}

	@Override
	public Requirements requirements(URI server) throws ForbiddenException {
		return policies().requirements(server);
	}

	@Override
	public void admit(Bookmark bookmark, String location, VaultInfo vault) throws ForbiddenException {
		try {
			policies().admit(bookmark, location, vault);
		} catch (ForbiddenException e) {
			audit.failed(new AuditEvent(Instant.now(), AuditEvent.Kind.UNLOCK, AuditEvent.Result.OK, Optional.of(bookmark), Optional.empty(), vault.id(), List.of(location), Map.of()), e);
			throw e;
		}
	}

	@Override
	public void admit(Bundle plugIn) throws ForbiddenException {
		policies().admit(plugIn);
	}

	@Override
	public Optional<Duration> idleLimit() {
		return policies().idle().map(Policies.Idle::time);
	}

	@Override
	public boolean isTravelling() {
		return Boolean.getBoolean(TRAVEL_PROPERTY) || Files.exists(sign());
	}

	private static Path sign() {
		return Home.folder().resolve(TRAVELLING);
	}

	@Override
	public void travel(boolean travelling) {
		boolean changes = travelling != Files.exists(sign());
		try {
			if (travelling)
				Owned.write(sign(), "");
			// closing the ways out does not wait for the log, opening them does
			if (changes)
				recordTravel(travelling);
			if (!travelling)
				Files.deleteIfExists(sign());
		} catch (IOException e) {
			throw new UncheckedIOException(e);
		}
		listeners.forEach(Runnable::run);
	}

	private void recordTravel(boolean travelling) throws ForbiddenException {
		AuditEvent event = AuditEvent.of(AuditEvent.Kind.TRAVEL, AuditEvent.Result.OK, Map.of("mode", travelling ? "on" : "off"));
		if (!travelling) {
			audit.grant(event);
			return;
		}
		try {
			audit.record(event);
		} catch (ForbiddenException e) {
			// it is closed by now, and the event waits
		}
	}

	@Override
	public void addListener(Runnable listener) {
		listeners.add(listener);
	}

	@Override
	public void removeListener(Runnable listener) {
		listeners.remove(listener);
	}
}
