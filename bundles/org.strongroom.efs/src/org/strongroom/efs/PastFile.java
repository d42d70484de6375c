package org.strongroom.efs;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.ReadOnlyFileSystemException;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

import org.eclipse.core.runtime.IProgressMonitor;
import org.strongroom.core.Held;
import org.strongroom.core.Session;
import org.strongroom.core.Session.Unlocking;
import org.strongroom.core.residency.AuditEvent.Kind;
import org.strongroom.core.storage.History.Past;

/** What was in a file before, as its server keeps it: for reading alone. */
public final class PastFile extends SessionFile {
	private final Past past;

	/**
	 * @param location of the file
	 * @param past one of its old versions
	 */
	public PastFile(Session session, String location, Past past) {
		super(session, location);
		this.past = Objects.requireNonNull(past);
	}

	/** When it was written, in words. */
	public String time() {
		return DateTimeFormatter.ofLocalizedDateTime(FormatStyle.MEDIUM).format(past.modified().atZone(ZoneId.systemDefault()));
	}

	/** The file's name and the time. */
	@Override
	public String name() {
		return "%s (%s)".formatted(super.name(), time());
	}

	@Override
	public Optional<String> version() {
		return Optional.of(past.id());
	}

	private Held held() throws IOException {
		path(); // signs in and unlocks
		return Held.item(session(), location(), Unlocking.FAIL);
	}

	@Override
	public Snapshot look() throws IOException {
		return new Snapshot(true, held().size(past), past.modified(), Optional.empty(), Optional.empty(), true);
	}

	/** Nothing: an old version does not change. */
	@Override
	public Optional<Snapshot> lookQuietly() {
		return Optional.empty();
	}

	/** Nobody: it cannot be changed anyway. */
	@Override
	public Optional<String> lockedBy() {
		return Optional.empty();
	}

	@Override
	public Content read(long limit, IProgressMonitor monitor) throws IOException {
		return recorded(Kind.OPEN, () -> read(look(), this::channel, limit, monitor));
	}

	@Override
	public SeekableByteChannel open() throws IOException {
		return recorded(Kind.OPEN, this::channel);
	}

	private SeekableByteChannel channel() throws IOException {
		Held held = held();
		return new StreamedChannel(from -> held.open(past, from), held.size(past));
	}

	/** @throws ReadOnlyFileSystemException always */
	@Override
	public Snapshot save(byte[] newContent, Snapshot expected) {
		throw new ReadOnlyFileSystemException();
	}

	/** @throws ReadOnlyFileSystemException always */
	@Override
	public Snapshot overwrite(byte[] newContent) {
		throw new ReadOnlyFileSystemException();
	}

	/** @throws ReadOnlyFileSystemException always */
	@Override
	public OutputStream stream(Optional<Snapshot> expected, Consumer<Snapshot> saved) {
		throw new ReadOnlyFileSystemException();
	}
}
