package org.strongroom.cli.internal;

import static org.strongroom.cli.internal.Verb.flag;
import static org.strongroom.cli.internal.Verb.option;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

import org.strongroom.core.Problem;
import org.strongroom.core.residency.Guard;
import org.strongroom.report.EvidenceReport;
import org.strongroom.report.Format;
import org.strongroom.report.Period;
import org.strongroom.report.Report;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The command that writes an evidence report. It signs in nowhere. */
final class ReportVerb {
	private ReportVerb() {
	}

	static CommandSpec spec() {
		return Verb.spec("report", """
				Writes an evidence report of what the audit log of this home, or a copy of a log, says: two pages for a manager, annexes for an auditor.
				Which vaults on which servers and how they are encrypted, who opened what when, what left memory and by which rule, the policy in force, gaps in the log.
				Ends with exit code 7 if the log is damaged; the report is written nevertheless, and says so first. Asks no server.""", ReportVerb::report)
				.addOption(option("--from", "TIME", "Its first day, or first moment: 2026-11-01, or 2026-11-01T08:00 by the clock here, or 2026-11-01T07:00Z. 30 days before its end unless said."))
				.addOption(option("--to", "TIME", "Its last day, or the first moment after it. Now unless said."))
				.addOption(OptionSpec.builder("-o", "--output").type(String.class).paramLabel("FILE").arity("1").description("Where to put it. Unless said, a file in this folder whose name tells the period.").build())
				.addOption(option("--format", "pdf|html", "What it is written as, if the file's name does not end with .pdf or .html. pdf unless said."))
				.addOption(option("--auditor-key", "FILE", "The auditor's private key (PEM): shows readable paths. Then the report leaves memory as any export, and the policy may forbid it."))
				.addOption(option("--key", "FILE", "The key that the log must be signed by: its 'sign.pub', as it was noted elsewhere. Only with it, or a sink in the policy, is a log said to be whole."))
				.addOption(flag("Replace a file that is there.", "--force")).addPositional(AuditVerbs.files());
	}

	private static void report(Run run, ParseResult words) throws IOException {
		Period period = period(words);
		Optional<String> output = given(words, "--output");
		Optional<Format> said = format(words);
		Optional<Format> ending = output.flatMap(Format::ofName);
		if (said.isPresent() && ending.isPresent() && !said.equals(ending))
			throw new UsageException("--format says %s, and the name of the file %s: leave out one of them.".formatted(said.get().word(), ending.get().word()));
		Format format = said.or(() -> ending).orElse(Format.PDF);
		Path file = run.local(output.orElse(EvidenceReport.name(period, format)));
		List<Path> copy = words.matchedPositionalValue(0, List.<String>of()).stream().map(run::local).toList();
		var report = new EvidenceReport(copy, period, format, given(words, "--auditor-key").map(run::local), given(words, "--key").map(run::local), file, words.matchedOptionValue("--force", false));
		Surroundings.Services services = run.surroundings().services();
		Report written;
		try {
			written = report.write(services.guard(), Guard.Person.by(services.person()), services.audit(), () -> !run.cancelled());
		} catch (FileAlreadyExistsException e) {
			throw (IOException) new FileSystemException(file.toString(), null, "this is there already: give another name, or --force to replace it").initCause(e);
		}
		if (run.json()) {
			var object = new LinkedHashMap<String, Object>();
			object.put("file", file.toString());
			object.put("format", format.word());
			object.put("from", period.from().toString());
			object.put("to", period.to().toString());
			object.put("copy", written.isOfCopy());
			object.put("lines", written.lines());
			object.put("damage", written.damage().orElse(null));
			run.out().json(List.of(object));
		} else {
			run.out().line(file.toString());
		}
		if (written.damage().isPresent()) {
			run.surroundings().err().line(Run.line("The audit log is damaged, which the report says: " + written.damage().get()));
			run.endsWith(Problem.Kind.DAMAGED.exitCode());
		}
	}

	private static Optional<String> given(ParseResult words, String option) {
		return Optional.ofNullable(words.matchedOptionValue(option, null));
	}

	private static Optional<Format> format(ParseResult words) {
		return given(words, "--format").map(word -> Format.of(word).orElseThrow(() -> new UsageException("'%s' is no format of a report: give pdf or html.".formatted(Run.line(word)))));
	}

	private static Period period(ParseResult words) {
		ZoneId zone = ZoneId.systemDefault();
		try {
			Instant to = given(words, "--to").map(text -> Period.time(text, true, zone)).orElseGet(Period::now);
			return new Period(given(words, "--from").map(text -> Period.time(text, false, zone)).orElseGet(() -> Period.before(to, zone)), to, zone);
		} catch (IllegalArgumentException e) {
			throw new UsageException(e.getMessage());
		}
	}
}
