package org.strongroom.ui.internal.work;

import org.eclipse.jface.resource.ImageDescriptor;
import org.eclipse.jface.resource.ResourceLocator;

/** Strongroom's own icons. */
public enum Icon {
	BOOKMARK, BOOKMARK_OFFLINE, BOOKMARK_LOST, VAULT_LOCKED, VAULT_UNLOCKED, VAULT_UNSUPPORTED, FOLDER, FILE, LINK, DAMAGED, STRONGROOM;

	/** The drawing. */
	public ImageDescriptor descriptor() {
		String file = "icons/" + name().toLowerCase(java.util.Locale.ROOT).replace('_', '-') + ".svg";
		return ResourceLocator.imageDescriptorFromBundle("org.strongroom.ui", file).orElseGet(ImageDescriptor::getMissingImageDescriptor);
	}
}
