package org.strongroom.editors;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.testing.ui.Screenshots;
import org.strongroom.testing.ui.TextPage;
import org.strongroom.testing.ui.Ui;
import org.strongroom.testing.ui.Watchdog;

/** A log of 50 MB is opened, scrolled and changed while the window goes on living. */
@ExtendWith(Screenshots.class)
class LargeTextTest {
	/** Longest that an event may wait, on two busy cores. */
	private static final Duration BOUND = Duration.ofMillis(1500);
	private static final int LINES = 1_000_000;
	@TempDir
	static Path folder;

	private static Path log() throws IOException {
		var text = new StringBuilder();
		for (int i = 0; i < LINES; i++)
			text.append("%07d 2026-11-25 10:00:00 gate %3d checked, all well\n".formatted(i, i % 7));
		return Files.writeString(folder.resolve("gate.log"), text);
	}

	@Test
	void theWindowGoesOnLiving() throws Exception {
		Path log = log();
		assertThat(Files.size(log)).isGreaterThan(50_000_000);
		try (Desk desk = new Desk(folder)) {
			Duration opening;
			TextPage text;
			try (Watchdog dog = Watchdog.start()) {
				text = desk.openText("gate.log");
				opening = dog.stop();
			}
			assertThat(Ui.get(() -> text.widget().getLineCount())).isEqualTo(LINES + 1);
			Duration working;
			try (Watchdog dog = Watchdog.start()) {
				Ui.run(() -> text.widget().setTopIndex(LINES / 2));
				Ui.run(() -> text.widget().setTopIndex(0));
				text.typeFirst("x").saveAndWait();
				working = dog.stop();
			}
			System.out.println("50 MB log: events waited at most %d ms while it opened, %d ms while it was scrolled, changed and saved".formatted(opening.toMillis(), working.toMillis()));
			assertThat(opening).isLessThan(BOUND);
			assertThat(working).isLessThan(BOUND);
			try (var in = Files.newInputStream(log)) {
				assertThat(new String(in.readNBytes(8))).isEqualTo("x0000000");
			}
		}
	}
}
