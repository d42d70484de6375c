package org.strongroom.product;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Keeps the policy of the machine that the tests run on away from the product, which knows no way around it: for the processes that are tested, nothing lies in its folder. */
public final class Shield {
	private static final Path POLICY = Path.of("/etc/strongroom");
	private static final List<String> EMPTY_FOLDER = List.of("unshare", "--mount", "--", "sh", "-c", "mount -t tmpfs -o mode=755,size=16k tmpfs " + POLICY + " && exec \"$@\"", "sh");

	private Shield() {
	}

	/** What stands before a command: nothing where the machine has no policy. Where it has one that cannot be kept away, the test is skipped and says so. */
	public static List<String> before() throws IOException {
		if (Files.notExists(POLICY))
			return List.of();
		assumeTrue(isPossible(), () -> "this machine has a policy, in %s, which the product follows; a system that cannot be told to hide it (unshare --mount, as root) cannot be tested on".formatted(POLICY));
		return EMPTY_FOLDER;
	}

	private static boolean isPossible() throws IOException {
		var nothing = new ArrayList<>(EMPTY_FOLDER);
		nothing.add("true");
		try {
			return new ProcessBuilder(nothing).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
		} catch (IOException e) {
			return false; // there is no such program
		} catch (InterruptedException e) {
			Thread.currentThread().interrupt();
			return false;
		}
	}
}
