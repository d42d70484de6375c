package org.strongroom.editors;

import java.lang.ref.WeakReference;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

import org.eclipse.core.filesystem.IFileStore;
import org.eclipse.core.runtime.PlatformObject;
import org.eclipse.jface.resource.ImageDescriptor;
import org.eclipse.ui.IPersistableElement;
import org.eclipse.ui.IURIEditorInput;
import org.eclipse.ui.PlatformUI;
import org.strongroom.core.Session;
import org.strongroom.core.storage.StoragePaths;
import org.strongroom.efs.SessionFile;
import org.strongroom.efs.SessionStores;

/** What an editor of a session's file is open on. Never persisted: no name of a remote file outlives the process. Two are equal if they stand for the same version of the same file. */
public class SessionEditorInput extends PlatformObject implements IURIEditorInput {
	/** All that somebody still has, for the platform keeps some of closed editors. Guarded by itself. */
	private static final List<WeakReference<SessionEditorInput>> KNOWN = new ArrayList<>();
	private volatile SessionFile file;

	/** An input for a file, whether it exists or not. */
	public SessionEditorInput(SessionFile file) {
		this.file = Objects.requireNonNull(file);
		synchronized (KNOWN) {
			KNOWN.removeIf(known -> known.refersTo(null));
			KNOWN.add(new WeakReference<>(this));
		}
	}

	/** Has inputs forget which file they stand for, as its vault is being locked. @param open those that are spared, for they are shown */
	static void forget(Session session, String vault, Set<SessionEditorInput> open) {
		synchronized (KNOWN) {
			for (WeakReference<SessionEditorInput> known : KNOWN) {
				SessionEditorInput input = known.get();
				if (input != null && input.session() == session && StoragePaths.isIn(input.location(), vault) && !open.contains(input))
					input.file = new SessionFile(session, vault);
			}
		}
	}

	/** The file. */
	public final SessionFile file() {
		return file;
	}

	/** The session it is reached by. */
	public final Session session() {
		return file.session();
	}

	/** Where it lies in the session. */
	public final String location() {
		return file.location();
	}

	@Override
	public URI getURI() {
		URI uri = SessionStores.store(session(), location()).toURI();
		return file.version().map(v -> uri.resolve("#" + URLEncoder.encode(v, StandardCharsets.UTF_8))).orElse(uri);
	}

	@Override
	public boolean exists() {
		return session().state() != Session.State.CLOSED;
	}

	@Override
	public ImageDescriptor getImageDescriptor() {
		return PlatformUI.getWorkbench().getEditorRegistry().getImageDescriptor(StoragePaths.name(location()));
	}

	@Override
	public String getName() {
		return file.name();
	}

	@Override
	public IPersistableElement getPersistable() {
		return null;
	}

	@Override
	public String getToolTipText() {
		return session().bookmark().name() + ":" + StoragePaths.child(StoragePaths.parent(location()), getName());
	}

	@Override
	public <T> T getAdapter(Class<T> adapter) {
		if (adapter == IFileStore.class && file.version().isEmpty())
			return adapter.cast(SessionStores.store(session(), location()));
		if (adapter == SessionFile.class)
			return adapter.cast(file);
		return super.getAdapter(adapter);
	}

	@Override
	public final boolean equals(Object o) {
		return o instanceof SessionEditorInput other && session() == other.session() && location().equals(other.location()) && file.version().equals(other.file.version());
	}

	@Override
	public final int hashCode() {
		return Objects.hash(System.identityHashCode(session()), location());
	}
}
