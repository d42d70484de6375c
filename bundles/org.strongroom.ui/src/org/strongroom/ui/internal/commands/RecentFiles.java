package org.strongroom.ui.internal.commands;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

import org.eclipse.core.runtime.ILog;
import org.eclipse.swt.SWT;

/**
 * The desktop's list of recent files. GTK's file dialog puts what is chosen there by itself, where the name of a file of a vault would outlive the copy that was
 * saved for a while; SWT has no say in it, so GTK is told directly. For the UI thread.
 */
final class RecentFiles {
	private RecentFiles() {
	}

	/** Takes a file out of the list, right after a dialog has put it there. Nothing happens where the desktop is not GTK's. */
	static void forget(Path file) {
		if (!SWT.getPlatform().equals("gtk"))
			return;
		String library = System.getProperty("org.eclipse.swt.internal.gtk.version", "3").startsWith("4") ? "libgtk-4.so.1" : "libgtk-3.so.0";
		try (Arena arena = Arena.ofConfined()) {
			SymbolLookup gtk = SymbolLookup.libraryLookup(library, Arena.global());
			MemorySegment list = (MemorySegment) function(gtk, "gtk_recent_manager_get_default", FunctionDescriptor.of(ADDRESS)).invokeExact();
			MemorySegment uri = (MemorySegment) function(gtk, "g_filename_to_uri", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, ADDRESS))
					.invokeExact(arena.allocateFrom(file.toAbsolutePath().toString()), MemorySegment.NULL, MemorySegment.NULL);
			if (uri.equals(MemorySegment.NULL))
				return;
			// whether there was such an item is of no interest
			int _ = (int) function(gtk, "gtk_recent_manager_remove_item", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS)).invokeExact(list, uri,
					MemorySegment.NULL);
			function(gtk, "g_free", FunctionDescriptor.ofVoid(ADDRESS)).invokeExact(uri);
		} catch (Throwable e) {
			ILog.of(RecentFiles.class).warn("The desktop's list of recent files cannot be reached (" + e.getClass().getName() + ").");
		}
	}

	private static MethodHandle function(SymbolLookup gtk, String name, FunctionDescriptor type) {
		return Linker.nativeLinker().downcallHandle(gtk.findOrThrow(name), type);
	}
}
