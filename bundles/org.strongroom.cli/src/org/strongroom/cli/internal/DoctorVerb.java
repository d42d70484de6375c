package org.strongroom.cli.internal;

import java.io.IOException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import org.strongroom.core.Problem;
import org.strongroom.core.doctor.Finding;
import org.strongroom.core.doctor.Finding.Severity;
import org.strongroom.doctor.LeakCheck;
import org.strongroom.doctor.Machine;
import org.strongroom.doctor.ServerCheck;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** The command that looks for what lies open: on this machine, or on a server. */
final class DoctorVerb {
	/** Columns of prose. */
	private static final int WIDTH = 96;
	/** A line with fewer blanks is none of prose. */
	private static final int FEW_BLANKS = 4;
	private static final String INDENT = " ".repeat(10);

	private DoctorVerb() {
	}

	static CommandSpec spec() {
		return Verb.spec("doctor", """
				Looks for what lies open, on this machine or on a server: what, why it matters, how to mend it.
				Without LOC, this machine: what Strongroom, the desktop, the system and others may leave readable.
				With LOC, its server: encryption on the way, sign-in, certificate, and the vaults in that folder.
				A vault is unlocked, unless --no-unlock is given, and looked through. Changes nothing anywhere.
				Exit code: 0 if nothing is worse than a note, 1 if there is a warning or something serious.""", DoctorVerb::doctor)
				.addPositional(PositionalParamSpec.builder().index("0").arity("0..1").paramLabel("LOC").type(String.class).description("A folder or vault on a server.").build());
	}

	private static void doctor(Run run, ParseResult words) throws IOException {
		String loc = words.matchedPositionalValue(0, null);
		List<Finding> found = (loc == null ? LeakCheck.of(Machine.here(), run.surroundings().services().bookmarks().list()) : server(run, loc)).stream()
				.sorted(Comparator.comparing(Finding::severity).reversed()).toList();
		if (run.json())
			run.out().json(found.stream().map(DoctorVerb::json).toList());
		else
			print(run, found);
		if (found.stream().anyMatch(f -> f.severity().atLeast(Severity.WARNING)))
			run.endsWith(Problem.Kind.OTHER.exitCode());
	}

	private static List<Finding> server(Run run, String loc) throws IOException {
		Place place = run.place(loc);
		run.named(place.session().item(place.path(), run.unlocking()), place);
		List<Finding> found = ServerCheck.of(place.session(), place.prefix(), place.path(), run.unlocking());
		Optional<String> vault = place.session().vaultOf(place.path()).map(Map.Entry::getKey);
		if (vault.isPresent() && isNaming(found, place.prefix() + vault.get(), place.session().vaultInfo(vault.get()).findings()))
			run.passNamesToOutput(place.session(), vault.get());
		return found;
	}

	/** Whether something is told that only whoever unlocked the vault can know, and is not just that all is well: it says of which items. @param outside what the vault tells of itself, locked or not */
	private static boolean isNaming(List<Finding> found, String vault, List<Finding> outside) {
		Set<String> ids = outside.stream().map(Finding::id).collect(Collectors.toSet());
		return found.stream().anyMatch(f -> f.subject().equals(vault) && f.severity().atLeast(Severity.NOTE) && !ids.contains(f.id()));
	}

	private static Map<String, Object> json(Finding finding) {
		var object = new LinkedHashMap<String, Object>();
		object.put("id", finding.id());
		object.put("severity", word(finding.severity()));
		object.put("subject", finding.subject());
		object.put("what", finding.what());
		object.put("why", finding.why());
		object.put("mend", finding.mend());
		return object;
	}

	private static String word(Severity severity) {
		return severity.name().toLowerCase(Locale.ROOT);
	}

	private static void print(Run run, List<Finding> found) throws IOException {
		for (Finding finding : found) {
			String label = finding.severity().name();
			prose(run, label + " ".repeat(INDENT.length() - label.length()), finding.subject() + ": " + finding.what());
			if (!finding.why().isEmpty())
				prose(run, INDENT, finding.why());
			if (!finding.mend().isEmpty()) {
				run.out().line(INDENT + "To mend it:");
				for (String line : finding.mend().lines().toList())
					mend(run, line);
			}
			if (finding.severity().atLeast(Severity.NOTE))
				run.out().line("");
		}
		run.out().line(sum(found));
	}

	/** A line for a shell or a configuration file stays whole, to be copied. */
	private static void mend(Run run, String line) throws IOException {
		if (line.chars().filter(c -> c == ' ').count() < FEW_BLANKS)
			run.out().line(INDENT + "  " + line);
		else
			prose(run, INDENT + "  ", line);
	}

	/** Words on lines that are not too long. */
	private static void prose(Run run, String before, String text) throws IOException {
		var line = new StringBuilder(before);
		boolean begun = false;
		for (String word : Run.line(text).split(" +")) {
			if (begun && line.length() + 1 + word.length() > WIDTH) {
				run.out().line(line.toString());
				line.setLength(0);
				line.append(before.isBlank() ? before : INDENT);
				begun = false;
			}
			line.append(begun ? " " : "").append(word);
			begun = true;
		}
		run.out().line(line.toString());
	}

	private static String sum(List<Finding> found) {
		Map<Severity, Long> counts = found.stream().collect(Collectors.groupingBy(Finding::severity, Collectors.counting()));
		return "%d serious, %s, %s, %d fine, %d not checked.".formatted(counts.getOrDefault(Severity.SERIOUS, 0L), count(counts, Severity.WARNING), count(counts, Severity.NOTE),
				counts.getOrDefault(Severity.OK, 0L), counts.getOrDefault(Severity.UNCHECKED, 0L));
	}

	private static String count(Map<Severity, Long> counts, Severity severity) {
		long count = counts.getOrDefault(severity, 0L);
		return count + " " + word(severity) + (count == 1 ? "" : "s");
	}
}
