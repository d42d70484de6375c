package org.strongroom.core.internal;

import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;

import org.eclipse.core.runtime.RegistryFactory;
import org.osgi.framework.Bundle;
import org.strongroom.core.Bookmark;
import org.strongroom.core.PlugIns;
import org.strongroom.core.Session;
import org.strongroom.core.SessionListener;
import org.strongroom.core.Sessions;
import org.strongroom.core.auth.Prompter;
import org.strongroom.core.auth.SignIn;
import org.strongroom.core.auth.SignInException;
import org.strongroom.core.residency.Audit;
import org.strongroom.core.residency.AuditEvent;
import org.strongroom.core.residency.AuditEvent.Kind;
import org.strongroom.core.residency.AuditEvent.Result;
import org.strongroom.core.residency.ForbiddenException;
import org.strongroom.core.residency.Guard;
import org.strongroom.core.residency.Outgoing;
import org.strongroom.core.residency.Passage;
import org.strongroom.core.residency.Requirements;
import org.strongroom.core.residency.Ruling;
import org.strongroom.core.residency.Verdict;
import org.strongroom.core.residency.WayOut;
import org.strongroom.core.storage.Protocol;
import org.strongroom.core.storage.Storage;
import org.strongroom.core.storage.StorageFileSystems;
import org.strongroom.core.vault.VaultInfo;

/** The sessions of this process. Signing in to one bookmark is done by one thread at a time, the others wait and share. */
public final class SessionRegistry implements Sessions {
	private final Map<Bookmark, RemoteSession> sessions = new ConcurrentHashMap<>();
	private final Map<Bookmark, Object> locks = new ConcurrentHashMap<>();
	private final List<SessionListener> listeners = new CopyOnWriteArrayList<>();
	private final ConcurrentSkipListMap<Rank, Prompter> prompters = new ConcurrentSkipListMap<>();
	private final List<Guard> guards = new CopyOnWriteArrayList<>();
	private StorageFileSystems fileSystems;
	private volatile Audit audit = Audit.NONE;
	private PlugIns plugIns;

	private record Rank(int ranking, long id) implements Comparable<Rank> {
		@Override
		public int compareTo(Rank other) {
			return ranking != other.ranking ? Integer.compare(other.ranking, ranking) : Long.compare(id, other.id);
		}
	}

	/** For Declarative Services. */
	public SessionRegistry() {
	}

	/** For use without Declarative Services. */
	public SessionRegistry(PlugIns plugIns, StorageFileSystems fileSystems, Prompter prompter) {
		this.plugIns = plugIns;
		this.fileSystems = fileSystems;
		prompters.put(new Rank(0, 0), prompter);
	}

	void activate() {
		plugIns = new PlugInRegistry(RegistryFactory.getRegistry(), this::admit);
	}

	void deactivate() {
		closeAll();
	}

	void setFileSystems(StorageFileSystems service) {
		fileSystems = service;
	}

	/** For Declarative Services, and for use without them. */
	public void setAudit(Audit service) {
		audit = service;
	}

	void unsetAudit(Audit service) {
		if (audit == service)
			audit = Audit.NONE;
	}

	Audit audit() {
		return audit;
	}

	void addPrompter(Prompter prompter, Map<String, Object> properties) {
		prompters.put(rank(properties), prompter);
	}

	void removePrompter(Prompter prompter, Map<String, Object> properties) {
		prompters.remove(rank(properties));
	}

	void addGuard(Guard guard) {
		guards.add(guard);
	}

	void removeGuard(Guard guard) {
		guards.remove(guard);
	}

	private void admit(Bundle plugIn) throws ForbiddenException {
		for (Guard guard : guards)
			guard.admit(plugIn);
	}

	void admit(Bookmark bookmark, String location, VaultInfo vault) throws ForbiddenException {
		for (Guard guard : guards)
			guard.admit(bookmark, location, vault);
	}

	private static Rank rank(Map<String, Object> properties) {
		return new Rank(properties.get("service.ranking") instanceof Integer i ? i : 0,
				properties.get("service.id") instanceof Long l ? l : 0);
	}

	@Override
	public Session open(Bookmark bookmark) throws IOException {
		synchronized (locks.computeIfAbsent(bookmark, _ -> new Object())) {
			RemoteSession session = sessions.get(bookmark);
			if (session != null) {
				session.reconnect();
				return session;
			}
			session = new RemoteSession(this, bookmark, connect(bookmark));
			sessions.put(bookmark, session);
			fire(session);
			return session;
		}
	}

	/** A storage that was signed in to. @param serverKey as {@link Session#serverKey} */
	record Connected(Storage storage, Optional<String> serverKey) {
	}

	Connected connect(Bookmark bookmark) throws IOException {
		var event = new AuditEvent(Instant.now(), Kind.SIGN_IN, Result.OK, Optional.of(bookmark), Optional.empty(), Optional.empty(), List.of(), Map.of());
		Protocol protocol = recorded(event, () -> plugIns.protocol(bookmark.scheme()));
		String wrong = protocol.check(bookmark);
		if (!wrong.isEmpty())
			throw new IllegalArgumentException(wrong);
		for (Guard guard : guards)
			guard.admit(bookmark);
		Requirements requirements = recorded(event, () -> requirements(bookmark, protocol));
		SignIn signIn = signIn(bookmark, requirements);
		Storage storage = audit.during(() -> with(event, signIn), () -> protocol.connect(bookmark, signIn));
		return new Connected(storage, signIn.serverKey());
	}

	private static AuditEvent with(AuditEvent event, SignIn signIn) {
		AuditEvent known = event.with(signIn.serverKey());
		for (var algorithm : signIn.protection().entrySet())
			known = known.with(algorithm.getKey(), algorithm.getValue());
		return signIn.methods().isEmpty() ? known : known.with("methods", String.join(",", signIn.methods()));
	}

	/** Does what is recorded only if it is forbidden. */
	<T> T recorded(AuditEvent event, Audit.Work<T> work) throws IOException {
		try {
			return work.run();
		} catch (ForbiddenException e) {
			audit.failed(event, e);
			throw e;
		}
	}

	private Requirements requirements(Bookmark bookmark, Protocol protocol) throws ForbiddenException {
		Requirements requirements = requirements(bookmark.uri());
		if (!requirements.isEmpty() && !protocol.follows(requirements))
			throw new ForbiddenException("The policy demands something of servers that the plug-in for '%s' addresses cannot see to ('strongroom policy show' tells what): nobody may sign in to %s.".formatted(bookmark.scheme(), bookmark.server()));
		return requirements;
	}

	private Requirements requirements(URI server) throws ForbiddenException {
		Requirements all = Requirements.NONE;
		for (Guard guard : guards)
			all = all.and(guard.requirements(server));
		return all;
	}

	/** For what is no server: a vault. */
	SignIn signIn(Bookmark bookmark) throws SignInException {
		return signIn(bookmark, Requirements.NONE);
	}

	private SignIn signIn(Bookmark bookmark, Requirements requirements) throws SignInException {
		var first = prompters.firstEntry();
		if (first == null)
			throw new SignInException("Nobody can be asked for passphrases and codes here.");
		return new SignIn(plugIns.authenticators(), first.getValue(), new Remembering(Outgoing.of(WayOut.REMEMBER, Optional.of(bookmark))), requirements, this::requirements);
	}

	/** As the guards have it. */
	private final class Remembering implements SignIn.Remembering {
		private final Outgoing secret;

		Remembering(Outgoing secret) {
			this.secret = secret;
		}

		private Optional<Ruling> ruling() {
			return guards.stream().map(guard -> guard.ruling(secret)).reduce(Ruling::or);
		}

		@Override
		public boolean isPermitted() {
			// where it is asked for, the tick is the person's yes
			return ruling().filter(ruling -> ruling.verdict() == Verdict.FORBID).isEmpty();
		}

		@Override
		public void ticked(boolean isKept) throws ForbiddenException {
			Optional<Ruling> ruling = ruling();
			AuditEvent event = AuditEvent.of(secret, Result.OK);
			if (ruling.isPresent())
				event = event.with(new Passage(secret.way(), secret.place(), ruling.get()));
			if (!isKept)
				event = event.failed(ruling.filter(r -> r.verdict() == Verdict.FORBID).<IOException>map(r -> ForbiddenException.by(r, secret.words())).orElseGet(() -> new IOException("it is not kept")));
			audit.record(event);
		}
	}

	StorageFileSystems fileSystems() {
		return fileSystems;
	}

	@Override
	public Optional<Session> find(Bookmark bookmark) {
		return Optional.ofNullable(sessions.get(bookmark));
	}

	@Override
	public List<Session> all() {
		return List.copyOf(sessions.values());
	}

	@Override
	public void test(Bookmark bookmark) throws IOException {
		if (find(bookmark).filter(s -> s.state() == Session.State.SIGNED_IN).isPresent())
			return;
		try (var session = new RemoteSession(this, bookmark, connect(bookmark))) {
			session.list("/", Session.Unlocking.NEVER);
		}
	}

	@Override
	public void addListener(SessionListener listener) {
		listeners.add(listener);
	}

	@Override
	public void removeListener(SessionListener listener) {
		listeners.remove(listener);
	}

	void fire(Session session) {
		for (SessionListener l : listeners)
			tell(() -> l.changed(session));
	}

	void fireLocking(Session session, String location) {
		for (SessionListener l : listeners)
			tell(() -> l.locking(session, location));
	}

	private static void tell(Runnable call) {
		try {
			call.run();
		} catch (RuntimeException | LinkageError e) {
			Log.error("A listener of sessions failed", e);
		}
	}

	void closed(RemoteSession session) {
		if (sessions.remove(session.bookmark(), session))
			fire(session);
	}

	@Override
	public void closeAll() {
		for (Session s : all()) {
			try {
				s.close();
			} catch (IOException e) {
				Log.warn("A session did not close cleanly (" + e.getClass().getSimpleName() + ")");
			}
		}
	}

	@Override
	public PlugIns plugIns() {
		return plugIns;
	}
}
