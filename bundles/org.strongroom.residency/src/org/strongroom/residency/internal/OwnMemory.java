package org.strongroom.residency.internal;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Keeps this process's memory where it is, as far as Linux has it. */
final class OwnMemory {
	/** {@code PR_GET_DUMPABLE} and {@code PR_SET_DUMPABLE} of {@code linux/prctl.h}; see prctl(2). */
	private static final int GET_DUMPABLE = 3;
	private static final int SET_DUMPABLE = 4;
	/** {@code MCL_CURRENT}, {@code MCL_FUTURE} and {@code MCL_ONFAULT} of {@code asm-generic/mman.h}; see mlockall(2). */
	private static final int ALL_THAT_IS_USED = 1 | 2 | 4;

	private OwnMemory() {
	}

	private interface Call {
		boolean with(MethodHandle function) throws Throwable;
	}

	private static boolean call(String function, FunctionDescriptor descriptor, Call call, Linker.Option... options) {
		if (!System.getProperty("os.name", "").equals("Linux"))
			return false;
		try {
			Linker linker = Linker.nativeLinker();
			MemorySegment address = linker.defaultLookup().find(function).orElse(null);
			return address != null && call.with(linker.downcallHandle(address, descriptor, options));
		} catch (RuntimeException | Error e) {
			return false;
		} catch (Throwable e) {
			throw new IllegalStateException(e);
		}
	}

	/** Keeps the kernel, and other programs of the same person, from copying it, for good: no core dump is written, and nobody but root may trace it or read it by {@code /proc}. @return whether that is so now; never on other systems */
	static boolean forbidDumps() {
		return call("prctl", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG), prctl -> {
			int set = (int) prctl.invokeExact(SET_DUMPABLE, 0L, 0L, 0L, 0L);
			return set == 0 && (int) prctl.invokeExact(GET_DUMPABLE, 0L, 0L, 0L, 0L) == 0;
		}, Linker.Option.firstVariadicArg(1));
	}

	/** Keeps the kernel from swapping it out, for good; what is not used yet takes no more memory for that. @return whether that is so now: the system has to permit it (RLIMIT_MEMLOCK, getrlimit(2)), and never on other systems */
	static boolean forbidSwapping() {
		return call("mlockall", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT), mlockall -> (int) mlockall.invokeExact(ALL_THAT_IS_USED) == 0);
	}
}
