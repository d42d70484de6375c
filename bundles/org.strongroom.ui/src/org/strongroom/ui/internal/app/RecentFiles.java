package org.strongroom.ui.internal.app;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

import org.eclipse.core.runtime.ILog;
import org.eclipse.swt.SWT;

/**
 * The desktop's list of recent files. GTK's file dialog puts what is chosen there by itself, where the name of a file of a vault would outlive the copy that was saved for a while; SWT has no say in
 * it, and to take the name out afterwards may be too late. So GTK is kept from writing the list in this process: what other programs have put there stays as it is.
 */
final class RecentFiles {
	/** {@code G_TYPE_OBJECT}, of gtype.h. */
	private static final long OBJECT = 20 << 2;
	/** {@code GTypeQuery} of gtype.h: a type, a name, and then the size of the type's class. */
	private static final long QUERY_LENGTH = 24;
	private static final long CLASS_SIZE = 16;

	private RecentFiles() {
	}

	/** From now on nothing is put there. Nothing happens where the desktop is not GTK's. For the UI thread, once there is a display. */
	static void keepOut() {
		if (!SWT.getPlatform().equals("gtk"))
			return;
		String library = System.getProperty("org.eclipse.swt.internal.gtk.version", "3").startsWith("4") ? "libgtk-4.so.1" : "libgtk-3.so.0";
		try (Arena arena = Arena.ofConfined()) {
			SymbolLookup gtk = SymbolLookup.libraryLookup(library, Arena.global());
			MemorySegment query = arena.allocate(QUERY_LENGTH, 8);
			function(gtk, "g_type_query", FunctionDescriptor.ofVoid(JAVA_LONG, ADDRESS)).invokeExact(OBJECT, query);
			int inherited = query.get(JAVA_INT, CLASS_SIZE);
			long type = (long) function(gtk, "gtk_recent_manager_get_type", FunctionDescriptor.of(JAVA_LONG)).invokeExact();
			MemorySegment found = (MemorySegment) function(gtk, "g_type_class_ref", FunctionDescriptor.of(ADDRESS, JAVA_LONG)).invokeExact(type);
			// GtkRecentManagerClass (gtkrecentmanager.h): what every class has, then "changed", which writes the list; GLib calls nothing if there is nothing
			found.reinterpret(inherited + ADDRESS.byteSize()).set(ADDRESS, inherited, MemorySegment.NULL);
		} catch (Throwable e) {
			ILog.of(RecentFiles.class).warn("The desktop's list of recent files cannot be reached (" + e.getClass().getName() + ").");
		}
	}

	private static MethodHandle function(SymbolLookup gtk, String name, FunctionDescriptor type) {
		return Linker.nativeLinker().downcallHandle(gtk.findOrThrow(name), type);
	}
}
