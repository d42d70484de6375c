package org.strongroom.cli.internal;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.strongroom.core.Bookmarks;
import org.strongroom.core.Home;
import org.strongroom.core.Session;
import org.strongroom.core.Sessions;
import org.strongroom.core.auth.Prompter;
import org.strongroom.core.residency.Audit;
import org.strongroom.core.residency.Guard;
import org.strongroom.external.Loan;

/** The core's services, looked up when first needed: many commands get by without. */
final class FrameworkServices implements Surroundings.Services, AutoCloseable {
	private static final String ASKPASS = "STRONGROOM_ASKPASS";
	/** How long signing out may take. */
	private static final Duration GOODBYE = Duration.ofSeconds(3);
	private final BundleContext context;
	private final Consumer<String> unwritten;
	private Person person;
	private ServiceRegistration<Prompter> registration;
	private Sessions sessions;
	/** What has to be written by the end; null as long as nothing can have been recorded. */
	private Audit audit;

	/** @param unwritten told what is wrong with the audit log in the end, if anything is */
	FrameworkServices(BundleContext context, Consumer<String> unwritten) {
		this.context = context;
		this.unwritten = unwritten;
	}

	@Override
	public void settings(Optional<String> home, Optional<String> askpass) {
		if (home.isPresent()) {
			try {
				System.setProperty(Home.PROPERTY, Path.of(home.get()).toAbsolutePath().normalize().toString());
			} catch (InvalidPathException e) {
				throw new UsageException("'%s' is no name of a folder on this machine.".formatted(Run.line(home.get())));
			}
			if (home.get().isEmpty())
				throw new UsageException("--home needs the name of a folder.");
		}
		person = new Person(askpass.or(() -> Optional.ofNullable(System.getenv(ASKPASS))).filter(s -> !s.isEmpty()));
	}

	@Override
	public Bookmarks bookmarks() throws IOException {
		return service(Bookmarks.class);
	}

	@Override
	public Sessions sessions() throws IOException {
		if (sessions == null) {
			audit();
			Loan.sweep(); // not before: what only looks at this machine changes nothing
			registration = context.registerService(Prompter.class, person, null);
			sessions = service(Sessions.class);
		}
		return sessions;
	}

	@Override
	public Guard guard() throws IOException {
		audit(); // what the guard notices is recorded, and has to be written by the end
		return service(Guard.class);
	}

	@Override
	public Audit audit() throws IOException {
		audit = service(Audit.class);
		return audit;
	}

	@Override
	public Prompter person() throws IOException {
		sessions();
		return service(Prompter.class);
	}

	@Override
	public List<Session> signedIn() {
		return sessions == null ? List.of() : sessions.all();
	}

	/** What was recorded is written and signed; if it cannot be, that is told, and waits for nobody. */
	private void settle(Audit audit) {
		boolean interrupted = Thread.interrupted();
		audit.settle(GOODBYE);
		audit.problem().ifPresent(unwritten);
		if (interrupted)
			Thread.currentThread().interrupt();
	}

	private <S> S service(Class<S> type) throws IOException {
		var reference = context.getServiceReference(type);
		S service = reference == null ? null : context.getService(reference);
		if (service == null)
			throw new IOException("Strongroom is not installed completely: its service '%s' is missing; build or install it again.".formatted(type.getSimpleName()));
		return service;
	}

	/** Ends prompts that are being waited for; for any thread. */
	void stopAsking() {
		Person asked = person;
		if (asked != null)
			asked.close();
	}

	/** Signs out. */
	@Override
	public void close() {
		if (sessions != null) {
			var goodbye = Thread.ofVirtual().start(sessions::closeAll);
			// An interrupt that came to stop the command must not keep us from an orderly end.
			boolean interrupted = Thread.interrupted();
			try {
				goodbye.join(GOODBYE);
			} catch (InterruptedException e) {
				interrupted = true;
			}
			if (interrupted)
				Thread.currentThread().interrupt();
			registration.unregister();
			sessions = null;
		}
		if (audit != null)
			settle(audit);
		audit = null;
		stopAsking();
	}
}
