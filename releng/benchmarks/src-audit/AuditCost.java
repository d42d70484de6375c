import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.strongroom.core.Bookmark;
import org.strongroom.core.residency.AuditEvent;
import org.strongroom.residency.audit.AuditLog;
import org.strongroom.residency.audit.Verification;
import org.strongroom.residency.internal.audit.AuditService;

/** What the audit log costs; a program of its own, with the product's bundles on its class path. */
public final class AuditCost {
	private AuditCost() {
	}

	public static void main(String... arguments) throws IOException {
		int events = Integer.parseInt(arguments[0]);
		var audit = new AuditService();
		var bookmark = new Bookmark("HQ", URI.create("sftp://ann@hq.example.org:2222/srv"));
		measured("the first", audit, bookmark, Math.min(events, 5000));
		measured("then", audit, bookmark, events);
		long before;
		for (int i = 0; i < 3; i++) {
			before = System.nanoTime();
			Verification found = AuditLog.ofHome(Path.of(System.getProperty("strongroom.home"))).verify(Optional.empty(), Optional.empty());
			System.out.printf("verify %,d lines in %d files with %,d signatures: %.2f s%n", found.lines(), found.files(), found.checkpoints(), (System.nanoTime() - before) / 1e9);
		}
	}

	private static void measured(String which, AuditService audit, Bookmark bookmark, int events) throws IOException {
		long cpu = cpu();
		long before = System.nanoTime();
		record(audit, bookmark, events);
		System.out.printf("%s %,d events: %.2f s, %.1f us of a processor each%n", which, events, (System.nanoTime() - before) / 1e9, (cpu() - cpu) / 1e3 / events);
	}

	private static void record(AuditService audit, Bookmark bookmark, int events) throws IOException {
		for (int i = 0; i < events; i++)
			audit.record(new AuditEvent(Instant.now(), AuditEvent.Kind.UPLOAD, AuditEvent.Result.OK, Optional.of(bookmark), Optional.of("SHA256:jd4jIkB4eM/AGgt/kVx2EvGPVUJW6Fu+qiV5s/HhjmM"),
					Optional.of("236e949b-7102-403e-8852-e01714b98275"), List.of("/Vault/Projects/2026/file-%d.txt".formatted(i)), Map.of()));
		audit.settle(Duration.ofMinutes(5));
	}

	/** Nanoseconds of all processors that this process has had. */
	private static long cpu() {
		return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
	}
}
