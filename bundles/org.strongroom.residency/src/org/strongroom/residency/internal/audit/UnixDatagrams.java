package org.strongroom.residency.internal.audit;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** A local socket that takes datagrams (unix(7)), such as {@code /dev/log}: Java has only streams there, so the system is called. Linux alone. One message is one datagram, without framing. */
final class UnixDatagrams implements SyslogSink.Wire {
	/** Of sys/socket.h on Linux. */
	private static final int AF_UNIX = 1;
	private static final int SOCK_DGRAM = 2;
	private static final int MSG_NOSIGNAL = 0x4000;
	/** Longest path with its zero byte (sys/un.h). */
	private static final int LONGEST_PATH = 108;

	private static final class Calls {
		private static final Linker LINKER = Linker.nativeLinker();
		private static final StructLayout STATE = Linker.Option.captureStateLayout();
		private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
		private static final MethodHandle SOCKET = handle("socket", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
		private static final MethodHandle CONNECT = handle("connect", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
		private static final MethodHandle SEND = handle("send",
				FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
		private static final MethodHandle CLOSE = handle("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

		private static MethodHandle handle(String name, FunctionDescriptor type) {
			return LINKER.downcallHandle(LINKER.defaultLookup().find(name).orElseThrow(), type, Linker.Option.captureCallState("errno"));
		}
	}

	private final Path path;
	private final int socket;

	static boolean isPossible() {
		return System.getProperty("os.name", "").equals("Linux");
	}

	UnixDatagrams(Path path) throws IOException {
		this.path = path;
		byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
		if (name.length >= LONGEST_PATH)
			throw new IOException(path + " is too long for the name of a local socket.");
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment state = arena.allocate(Calls.STATE);
			socket = (int) Calls.SOCKET.invoke(state, AF_UNIX, SOCK_DGRAM, 0);
			if (socket < 0)
				throw failed(state);
			MemorySegment address = arena.allocate(2 + LONGEST_PATH, 2);
			address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
			MemorySegment.copy(name, 0, address, ValueLayout.JAVA_BYTE, 2, name.length);
			if ((int) Calls.CONNECT.invoke(state, socket, address, 2 + name.length + 1) < 0) {
				IOException why = failed(state);
				close();
				throw why;
			}
		} catch (IOException | RuntimeException | Error e) {
			throw e;
		} catch (Throwable e) {
			throw new IOException(e);
		}
	}

	private IOException failed(MemorySegment state) {
		return new IOException("%s cannot be written to (errno %d).".formatted(path, (int) Calls.ERRNO.get(state, 0L)));
	}

	@Override
	public void send(List<byte[]> messages) throws IOException {
		for (byte[] message : messages) {
			try (Arena arena = Arena.ofConfined()) {
				MemorySegment state = arena.allocate(Calls.STATE);
				MemorySegment bytes = arena.allocate(message.length);
				MemorySegment.copy(message, 0, bytes, ValueLayout.JAVA_BYTE, 0, message.length);
				if ((long) Calls.SEND.invoke(state, socket, bytes, (long) message.length, MSG_NOSIGNAL) < 0)
					throw failed(state);
			} catch (IOException | RuntimeException | Error e) {
				throw e;
			} catch (Throwable e) {
				throw new IOException(e);
			}
		}
	}

	@Override
	public void check() {
		// The next datagram tells.
	}

	@Override
	public boolean hasEnd() {
		return false;
	}

	@Override
	public void end(int limit) {
		// Datagrams have none.
	}

	@Override
	public void close() throws IOException {
		try (Arena arena = Arena.ofConfined()) {
			int _ = (int) Calls.CLOSE.invoke(arena.allocate(Calls.STATE), socket);
		} catch (RuntimeException | Error e) {
			throw e;
		} catch (Throwable e) {
			throw new IOException(e);
		}
	}
}
