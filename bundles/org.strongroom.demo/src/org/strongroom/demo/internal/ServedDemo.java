package org.strongroom.demo.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.function.Supplier;

import org.strongroom.core.Bookmarks;
import org.strongroom.core.Sessions;
import org.strongroom.demo.Demo;

/**
 * A demo for the command line of other processes: its home has a bookmark, and an askpass program that knows all answers. Its secrets are the demo's own and
 * end with it, so they may lie in its folder meanwhile.
 */
public final class ServedDemo {
	/** How often the code is written anew, in milliseconds: the server takes the one before too. */
	private static final long REFRESH_MILLIS = 5_000;
	private static final String ASKPASS = """
			#!/bin/sh
			case $STRONGROOM_CHALLENGE in
			key-passphrase | keyboard-interactive | vault-passphrase) exec cat "$(dirname "$0")/answer-$STRONGROOM_CHALLENGE" ;;
			esac
			exit 1
			""";

	private ServedDemo() {
	}

	/**
	 * Serves until the input ends.
	 *
	 * @param bookmarks the bookmarks of this process's home at the time
	 */
	public static void run(Sessions sessions, Supplier<Bookmarks> bookmarks, InputStream in, PrintStream out) throws IOException {
		try (Demo demo = Demo.start(sessions.plugIns())) {
			bookmarks.get().save(demo.bookmark(), true);
			Path home = demo.home();
			Path askpass = Files.writeString(home.resolve("askpass"), ASKPASS);
			Files.setPosixFilePermissions(askpass, PosixFilePermissions.fromString("rwx------"));
			answer(home, "key-passphrase", demo.server().keyPassphrase());
			answer(home, "vault-passphrase", demo.vaultPassphrase());
			answer(home, "keyboard-interactive", demo.server().totp().code().toCharArray());
			Thread phone = Thread.ofVirtual().start(() -> showCodes(demo));
			try {
				out.println("strongroom --home %s --askpass %s ls %s:/".formatted(home, askpass, Demo.BOOKMARK));
				out.flush();
				in.transferTo(OutputStream.nullOutputStream());
			} finally {
				phone.interrupt();
			}
		}
	}

	private static void showCodes(Demo demo) {
		try {
			for (;;) {
				Thread.sleep(REFRESH_MILLIS);
				answer(demo.home(), "keyboard-interactive", demo.server().totp().code().toCharArray());
			}
		} catch (InterruptedException | IOException e) {
			// The demo ends, or its folder is gone.
		}
	}

	/** In one step: it may be read at any time. */
	private static void answer(Path home, String challenge, char[] answer) throws IOException {
		ByteBuffer bytes = StandardCharsets.UTF_8.encode(CharBuffer.wrap(answer));
		Path fresh = home.resolve("answer.new");
		Files.write(fresh, Arrays.copyOf(bytes.array(), bytes.limit()));
		Files.move(fresh, home.resolve("answer-" + challenge), StandardCopyOption.ATOMIC_MOVE);
		Arrays.fill(bytes.array(), (byte) 0);
		Arrays.fill(answer, '\0');
	}
}
