package org.strongroom.report;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

import org.strongroom.core.Home;
import org.strongroom.core.residency.Audit;
import org.strongroom.core.residency.AuditEvent;
import org.strongroom.core.residency.Guard;
import org.strongroom.core.residency.Outgoing;
import org.strongroom.core.residency.Passage;
import org.strongroom.core.residency.WayOut;
import org.strongroom.residency.audit.AuditLog;
import org.strongroom.residency.policy.Policies;

/**
 * A report that is asked for.
 *
 * @param copy of which copy of a log: its folder, or files of it; none for the log of this home
 * @param auditorKey file with the auditor's private key, for readable paths
 * @param notedKey file with the key that the log must be signed by, as it was noted elsewhere: it tells the log from another one that was begun after this was taken away
 * @param file where it goes
 * @param replaces whether it replaces what is there
 */
public record EvidenceReport(List<Path> copy, Period period, Format format, Optional<Path> auditorKey, Optional<Path> notedKey, Path file, boolean replaces) {
	/** How long it is waited for what was recorded just now. */
	private static final Duration PATIENCE = Duration.ofSeconds(2);

	public EvidenceReport {
		copy = List.copyOf(copy);
	}

	/** Of the log of this home. */
	public EvidenceReport(Period period, Format format, Optional<Path> auditorKey, Optional<Path> notedKey, Path file, boolean replaces) {
		this(List.of(), period, format, auditorKey, notedKey, file, replaces);
	}

	/** What a file for a report may be called if nobody says otherwise: {@code strongroom-report-2026-11-01-2026-11-30.pdf}. */
	public static String name(Period period, Format format) {
		return "strongroom-report-%s-%s.%s".formatted(period.from().atZone(period.zone()).toLocalDate(), period.to().minusNanos(1).atZone(period.zone()).toLocalDate(), format.word());
	}

	/**
	 * Makes it and writes it, and records that in the log of this home. With readable paths it is something that leaves memory, and passes the guard; without them it names no file, and needs not. For no UI thread. Nothing is
	 * written anywhere else; of a report that cannot be written whole nothing is left.
	 *
	 * @param goesOn asked now and again
	 * @return what was written
	 * @throws org.strongroom.core.residency.ForbiddenException if readable paths may not leave memory
	 * @throws NoSuchFileException if nothing was ever recorded, or there is no such copy
	 * @throws FileAlreadyExistsException if something is there that is not to be replaced
	 * @throws InterruptedIOException if it does not go on
	 */
	public Report write(Guard guard, Guard.Person person, Audit audit, BooleanSupplier goesOn) throws IOException {
		AuditLog log = copy.isEmpty() ? AuditLog.ofHome(Home.folder()) : copied();
		if (!replaces && Files.exists(file, LinkOption.NOFOLLOW_LINKS))
			throw new FileAlreadyExistsException(file.toString());
		if (copy.isEmpty() && log.isEmpty())
			throw new NoSuchFileException(AuditLog.folder(Home.folder()).toString(), null, "nothing was recorded yet: there is no audit log");
		if (notedKey.isPresent() && isBesideLog(notedKey.get()))
			throw new FileSystemException(notedKey.get().toString(), null, "this key lies beside the log itself and vouches for nothing: give a copy of it that was noted elsewhere");
		audit.settle(PATIENCE);
		AuditEvent event = AuditEvent.of(AuditEvent.Kind.REPORT, AuditEvent.Result.OK, Map.of("from", period.from().toString(), "to", period.to().toString(), "format", format.word(), "paths",
				auditorKey.isPresent() ? "readable" : "hashes"));
		if (!copy.isEmpty())
			event = event.with("of", "copy");
		if (auditorKey.isPresent()) {
			Passage passage = guard.pass(Outgoing.of(WayOut.EXPORT, Optional.empty()).to(Outgoing.here(file)), person);
			event = event.with(passage);
		}
		return audit.during(event, () -> {
			Report report = Report.of(log, period, auditorKey, notedKey, copy.isEmpty() ? Optional.of(Report.InForce.of(Policies.sources(), guard.isTravelling())) : Optional.empty(), goesOn);
			var content = new ByteArrayOutputStream();
			format.write(report, content);
			if (!goesOn.getAsBoolean())
				throw new InterruptedIOException("The report was cancelled.");
			put(content);
			return report;
		});
	}

	/** Nothing is written into a copy, and what is no copy is not called one. */
	private AuditLog copied() throws IOException {
		AuditLog log = AuditLog.of(copy);
		Path target = Path.of(Outgoing.here(file));
		Path own = AuditLog.folder(Home.folder());
		for (Path folder : folders())
			if (Files.exists(own) && Files.isSameFile(folder, own))
				throw new FileSystemException(folder.toString(), null, "this is the log of this home itself, and no copy: leave it out");
		for (Path part : copy)
			if (target.startsWith(part.toRealPath()))
				throw new FileSystemException(file.toString(), null, "this lies within the copy of the log, which stays as it is: name another place for the report");
		boolean[] isLog = new boolean[1];
		log.read(Optional.empty(), _ -> {
			isLog[0] = true;
			return false;
		});
		if (!isLog[0])
			throw new NoSuchFileException(copy.getFirst().toString(), null, "there is no audit log here");
		return log;
	}

	/** The folders in which the log lies. */
	private List<Path> folders() {
		return copy.isEmpty() ? List.of(AuditLog.folder(Home.folder())) : copy.stream().map(Path::toAbsolutePath).map(p -> Files.isDirectory(p) ? p : p.getParent()).distinct().toList();
	}

	private boolean isBesideLog(Path key) throws IOException {
		for (Path folder : folders())
			if (AuditLog.isOwnKey(folder, key))
				return true;
		return false;
	}

	/** Others on this machine need not read it. */
	private static FileAttribute<?>[] ownersAlone() {
		return FileSystems.getDefault().supportedFileAttributeViews().contains("posix") ? new FileAttribute<?>[] { PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")) }
				: new FileAttribute<?>[0];
	}

	private void put(ByteArrayOutputStream content) throws IOException {
		Set<OpenOption> how = replaces ? Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE) : Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
		try (var channel = Files.newByteChannel(file, how, ownersAlone()); OutputStream out = Channels.newOutputStream(channel)) {
			try {
				content.writeTo(out);
			} catch (IOException e) {
				if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
					Files.deleteIfExists(file);
				throw e;
			}
		}
	}
}
