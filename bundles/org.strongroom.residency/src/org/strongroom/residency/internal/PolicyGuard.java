package org.strongroom.residency.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

import org.strongroom.core.Bookmark;
import org.strongroom.core.Home;
import org.strongroom.core.residency.ForbiddenException;
import org.strongroom.core.residency.Guard;
import org.strongroom.core.residency.Outgoing;
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

	private final Supplier<List<PolicySource>> sources;
	private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

	/** For Declarative Services. */
	public PolicyGuard() {
		this(Policies::sources);
	}

	PolicyGuard(Supplier<List<PolicySource>> sources) {
		this.sources = sources;
	}

	private Policies policies() {
		return Policies.read(sources.get());
	}

	@Override
	public Ruling ruling(Outgoing outgoing) {
		return isTravelling() && CLOSED_TO_TRAVELLERS.contains(outgoing.way()) ? TRAVEL : policies().ruling(outgoing);
	}

	@Override
	public void pass(Outgoing outgoing, Person person) throws ForbiddenException {
		Ruling ruling = ruling(outgoing);
		switch (ruling.verdict()) {
		case ALLOW -> {
		}
		case ASK -> {
			if (!person.permits(outgoing, ruling))
				throw new ForbiddenException("Not permitted, and %s asks for that: %s.".formatted(ruling.rule(), outgoing.words()));
		}
		case FORBID -> throw ForbiddenException.by(ruling, outgoing.words());
		}
	}

	@Override
	public void admit(Bookmark bookmark) throws ForbiddenException {
		policies().admit(bookmark);
	}

	@Override
	public void admit(Bookmark bookmark, String location, VaultInfo vault) throws ForbiddenException {
		policies().admit(bookmark, location, vault);
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
		try {
			if (travelling) {
				Files.createDirectories(Home.folder(), owners("rwx------"));
				Files.createFile(sign(), owners("rw-------"));
			} else {
				Files.deleteIfExists(sign());
			}
		} catch (FileAlreadyExistsException e) {
			// it is on already
		} catch (IOException e) {
			throw new UncheckedIOException(e);
		}
		listeners.forEach(Runnable::run);
	}

	private static FileAttribute<?>[] owners(String permissions) {
		return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
				? new FileAttribute<?>[] { PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)) }
				: new FileAttribute<?>[0];
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
