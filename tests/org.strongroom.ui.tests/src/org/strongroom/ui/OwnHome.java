package org.strongroom.ui;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.strongroom.core.Home;
import org.strongroom.core.residency.Audit;
import org.strongroom.residency.audit.AuditLog;
import org.strongroom.testing.ui.Ui;
import org.strongroom.testing.ui.WorkbenchPage;

/** What lies in Strongroom's home: one's own policy, and the audit log. */
final class OwnHome {
	private OwnHome() {
	}

	private static Path policyFile() {
		return Home.folder().resolve("policy.yaml");
	}

	/** Puts a policy in force. @param text what follows its first line */
	static void policy(String text) throws IOException {
		Files.createDirectories(Home.folder());
		Files.writeString(policyFile(), "policy: 1\n" + text + "\n");
	}

	/** Puts a policy in force that speaks of ways out alone. @param verdicts such as {@code export: ask} */
	static void waysOut(String verdicts) throws IOException {
		policy("ways-out: {" + verdicts + "}");
	}

	/** There is none any more. */
	static void noPolicy() throws IOException {
		Files.deleteIfExists(policyFile());
	}

	/** What the log has to say of events of a kind: result and details of each. @param kind as it stands there */
	static List<String> events(String kind) throws IOException {
		WorkbenchPage.service(Audit.class).settle(Ui.PATIENCE);
		var all = new ArrayList<String>();
		AuditLog.ofHome(Home.folder()).read(Optional.empty(), entry -> {
			if (entry.event().equals(kind))
				all.add(entry.result() + " " + entry.detailWords());
			return true;
		});
		return all;
	}
}
