package org.strongroom.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What was measured: how long it took, and of Strongroom round trips and bytes too. */
final class Table {
	/** @param cost Strongroom's own account, empty for others */
	private record Row(String work, int delay, String who, Took took, String cost) {
		boolean isOwn() {
			return !cost.isEmpty();
		}

		boolean isOfSameWork(Row other) {
			return work.equals(other.work) && delay == other.delay;
		}
	}

	private static final Pattern LINE = Pattern.compile("\\| (.+) \\| (\\d+) ms \\| (.+) \\| (> )?([0-9.]+) s \\| .* \\| (.*) ?\\|");

	private final List<Row> rows = new ArrayList<>();
	/** What the docs hold of other work. */
	private List<Row> earlier = List.of();

	void add(String work, int delay, String who, Strongroom.Cost cost) {
		add(new Row(work, delay, who, new Took(cost.seconds(), true),
				"%d round trips, %,d requests, %s up, %s down".formatted(cost.roundTrips(), cost.requests(), bytes(cost.sent()), bytes(cost.received()))));
	}

	void add(String work, int delay, String who, Took took) {
		add(new Row(work, delay, who, took, ""));
	}

	private void add(Row row) {
		rows.add(row);
		System.err.println(text(row, row.took().seconds()));
	}

	private static String text(Row row, double best) {
		return "| %s | %d ms | %s | %s | %s | %s |".formatted(row.work(), row.delay(), row.who(), row.took(), row.took().ratio(best), row.cost());
	}

	private static String bytes(long count) {
		return count < 1 << 20 ? String.format(Locale.ROOT, "%.1f KiB", count / 1024.0) : String.format(Locale.ROOT, "%.1f MiB", count / 1048576.0);
	}

	/** As a table of Markdown; the ratio is to the best of Strongroom's at the same work and link. */
	void print(PrintStream out) {
		lines().forEach(out::println);
	}

	private List<String> lines() {
		var lines = new ArrayList<>(List.of("| work | round trip | who | time | times Strongroom's | Strongroom's own account |", "|---|---|---|---|---|---|"));
		for (List<Row> group : groups().values()) {
			double best = group.stream().filter(Row::isOwn).mapToDouble(r -> r.took().seconds()).min().orElse(Double.NaN);
			group.forEach(row -> lines.add(text(row, best)));
		}
		return lines;
	}

	private Map<String, List<Row>> groups() {
		var groups = new LinkedHashMap<String, List<Row>>();
		Stream.concat(rows.stream(), earlier.stream()).sorted(Comparator.comparingInt(Row::delay))
				.forEach(row -> groups.computeIfAbsent(row.work() + row.delay(), _ -> new ArrayList<>()).add(row));
		return groups;
	}

	/**
	 * Writes the table to its place in {@code benchmarks.md}, and a plot of it beside that. What is there of other work, or of other links, stays.
	 *
	 * @param name of the place: what is between {@code <!-- NAME -->} and {@code <!-- /NAME -->} is replaced
	 */
	void write(Path docs, String name) throws IOException {
		Path page = docs.resolve("benchmarks.md");
		String text = Files.readString(page);
		String begin = "<!-- " + name + " -->\n";
		int from = text.indexOf(begin) + begin.length();
		int to = text.indexOf("<!-- /" + name + " -->");
		if (from < begin.length() || to < from)
			throw new IOException(page + " has no place for " + name);
		keep(text.substring(from, to));
		Files.writeString(page, text.substring(0, from) + "Measured on %d processors, %s.\n\n![Times beside those of others](images/benchmarks-%s.svg)\n\n"
				.formatted(Runtime.getRuntime().availableProcessors(), LocalDate.now(), name) + String.join("\n", lines()) + "\n" + text.substring(to));
		Files.writeString(docs.resolve("images/benchmarks-" + name + ".svg"), plot());
	}

	private void keep(String before) {
		earlier = LINE.matcher(before).results().map(m -> new Row(m.group(1), Integer.parseInt(m.group(2)), m.group(3), new Took(Double.parseDouble(m.group(5)), m.group(4) == null), m.group(6).strip()))
				.filter(old -> rows.stream().noneMatch(old::isOfSameWork)).toList();
	}

	/** Bars on a logarithmic scale, one group for each work and link. */
	private String plot() {
		var svg = new StringBuilder();
		int y = 20;
		double least = Math.log10(0.02);
		for (List<Row> group : groups().values()) {
			svg.append("<text x='10' y='%d' font-weight='bold'>%s, %d ms</text>%n".formatted(y, group.getFirst().work().replace("&", "&amp;"), group.getFirst().delay()));
			y += 8;
			for (Row row : group) {
				if (Double.isNaN(row.took().seconds()))
					continue;
				double width = Math.max(2, (Math.log10(Math.max(row.took().seconds(), 0.02)) - least) * 110);
				svg.append(String.format(Locale.ROOT, "<rect x='260' y='%d' width='%.0f' height='12' fill='%s'/><text x='10' y='%d'>%s</text><text x='%.0f' y='%d'>%s</text>%n", y, width,
						row.isOwn() ? "#2a7" : "#999", y + 11, row.who(), 266 + width, y + 11, row.took().toString().replace(">", "&gt;")));
				y += 16;
			}
			y += 18;
		}
		return "<svg xmlns='http://www.w3.org/2000/svg' width='860' height='%d' font-family='sans-serif' font-size='12'>%n<rect width='100%%' height='100%%' fill='white'/>%n%s</svg>%n".formatted(y, svg);
	}
}
