package org.strongroom.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/** Writes each test of a long class to {@code target/progress/CLASS.log} as it begins and ends, for Surefire tells of them at the end of the class only. */
public final class Progress implements BeforeEachCallback, TestWatcher {
	private static void tell(ExtensionContext test, String what) {
		try {
			Path folder = Files.createDirectories(Path.of("target", "progress"));
			String name = test.getRequiredTestMethod().getName() + " " + test.getDisplayName();
			Files.writeString(folder.resolve(test.getRequiredTestClass().getSimpleName() + ".log"), "%s %s %s%n".formatted(LocalTime.now().truncatedTo(ChronoUnit.MILLIS), what, name.replaceAll("\\p{Cntrl}", "?")),
					StandardOpenOption.CREATE, StandardOpenOption.APPEND);
		} catch (IOException e) {
			throw new UncheckedIOException(e);
		}
	}

	@Override
	public void beforeEach(ExtensionContext test) {
		tell(test, "begins ");
	}

	@Override
	public void testSuccessful(ExtensionContext test) {
		tell(test, "passed ");
	}

	@Override
	public void testFailed(ExtensionContext test, Throwable cause) {
		tell(test, "FAILED (" + cause + ")");
	}

	@Override
	public void testAborted(ExtensionContext test, Throwable cause) {
		tell(test, "aborted (" + cause.getMessage() + ")");
	}

	@Override
	public void testDisabled(ExtensionContext test, Optional<String> reason) {
		tell(test, "disabled");
	}
}
