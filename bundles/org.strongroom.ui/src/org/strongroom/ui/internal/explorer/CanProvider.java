package org.strongroom.ui.internal.explorer;

import java.util.Map;
import java.util.Set;

import org.eclipse.ui.AbstractSourceProvider;
import org.eclipse.ui.ISources;

/** Tells the workbench what can be done with what is selected in the explorer, for commands to be enabled by. */
public final class CanProvider extends AbstractSourceProvider {
	/** The variable: a set of words of {@link Abilities}. */
	public static final String CAN = "org.strongroom.ui.can";
	private Set<String> can = Set.of();

	@Override
	public Map<String, Set<String>> getCurrentState() {
		return Map.of(CAN, can);
	}

	@Override
	public String[] getProvidedSourceNames() {
		return new String[] { CAN };
	}

	void set(Set<String> now) {
		if (now.equals(can))
			return;
		can = now;
		fireSourceChanged(ISources.WORKBENCH, CAN, can);
	}

	@Override
	public void dispose() {
		can = Set.of();
	}
}
