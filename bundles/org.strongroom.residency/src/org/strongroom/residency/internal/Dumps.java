package org.strongroom.residency.internal;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Keeps the kernel, and other programs of the same person, from copying this process's memory: Linux writes no core dump of it, and lets nobody but root trace it or read it by {@code /proc}. */
final class Dumps {
	/** {@code PR_GET_DUMPABLE} and {@code PR_SET_DUMPABLE} of {@code linux/prctl.h}; see prctl(2). */
	private static final int GET_DUMPABLE = 3;
	private static final int SET_DUMPABLE = 4;

	private Dumps() {
	}

	/** Forbids it, for good. @return whether that is so now; never on other systems */
	static boolean forbid() {
		if (!System.getProperty("os.name", "").equals("Linux"))
			return false;
		try {
			Linker linker = Linker.nativeLinker();
			MemorySegment address = linker.defaultLookup().find("prctl").orElse(null);
			if (address == null)
				return false;
			MethodHandle prctl = linker.downcallHandle(address, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG,
					ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG), Linker.Option.firstVariadicArg(1));
			int set = (int) prctl.invokeExact(SET_DUMPABLE, 0L, 0L, 0L, 0L);
			return set == 0 && (int) prctl.invokeExact(GET_DUMPABLE, 0L, 0L, 0L, 0L) == 0;
		} catch (RuntimeException | Error e) {
			return false;
		} catch (Throwable e) {
			throw new IllegalStateException(e);
		}
	}
}
