package org.strongroom.report.internal;

import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import org.strongroom.report.internal.Block.Facts;
import org.strongroom.report.internal.Block.Finding;
import org.strongroom.report.internal.Block.Heading;
import org.strongroom.report.internal.Block.Level;
import org.strongroom.report.internal.Block.Rows;
import org.strongroom.report.internal.Block.Source;
import org.strongroom.report.internal.Block.Title;
import org.strongroom.report.internal.Block.Tone;
import org.strongroom.report.internal.Block.Words;

/** A report as one HTML file, which asks for nothing else and runs nothing. */
public final class Html {
	private static final String STYLE = """
			@page { size: A4; margin: 15mm 12mm }
			body { font: 14px/1.4 "Liberation Sans", Arial, Helvetica, sans-serif; color: #1a1a1a; background: #fff; max-width: 190mm; margin: 0 auto; padding: 1em }
			h1 { font-size: 1.9em; margin: 0 } h1 + p { margin-top: 0; color: #444 } h2 { font-size: 1.35em; border-bottom: 2px solid #23415f; padding-bottom: .2em; margin-top: 1.6em }
			ul.findings { list-style: none; padding: 0 } .findings li { margin: .45em 0; padding: .5em .7em; border: 1px solid; border-left-width: .5em }
			li.good.good { border-color: #2c6e3f; background: #f2f8f3 } li.notable.notable { border-color: #9a6a00; background: #fdf8ec } li.bad.bad { border-color: #a1201a; background: #fdf0ef }
			.tone { font-weight: bold; display: inline-block; min-width: 3.6em }
			table { border-collapse: collapse; width: 100%; margin: 1em 0; font-size: .8em; table-layout: fixed } caption { text-align: left; font-weight: bold; font-size: 1.2em; padding: .3em 0 }
			th, td { border: 1px solid #b5bcc4; padding: .25em .4em; text-align: left; vertical-align: top; word-wrap: break-word; overflow-wrap: anywhere; unicode-bidi: isolate } th { background: #e8edf2 }
			thead { display: table-header-group } tr { break-inside: avoid }
			dt { font-weight: bold; float: left; clear: left; width: 13em } dd { margin: 0 0 .2em 13.5em; word-wrap: break-word; overflow-wrap: anywhere; unicode-bidi: isolate }
			pre { font-size: .8em; background: #f4f4f4; padding: .6em; white-space: pre-wrap; word-wrap: break-word; overflow-wrap: anywhere }
			@media print { body { font-size: 10.5px; padding: 0; max-width: none } h2.page { break-before: page; margin-top: 0 } nav { display: none } }
			""";
	private final Writer out;

	private Html(Writer out) {
		this.out = out;
	}

	/** @param to not closed */
	public static void write(Iterable<Block> blocks, String title, OutputStream to) throws IOException {
		var writer = new OutputStreamWriter(to, StandardCharsets.UTF_8);
		try {
			new Html(writer).document(blocks, title);
		} catch (UncheckedIOException e) {
			throw e.getCause();
		}
		writer.flush();
	}

	private void document(Iterable<Block> blocks, String title) throws IOException {
		out.write("""
				<!DOCTYPE html>
				<html lang="en"><head><meta charset="utf-8">
				<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
				<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer">
				<title>%s</title><style>
				%s</style></head><body>
				""".formatted(escaped(title), STYLE));
		boolean isInFindings = false;
		int heading = 0;
		for (Block block : blocks) {
			if (block instanceof Finding != isInFindings) {
				isInFindings = !isInFindings;
				out.write(isInFindings ? "<ul class=\"findings\">\n" : "</ul>\n");
			}
			switch (block) {
			case Title t -> out.write("<main><h1>%s</h1><p>%s</p>\n".formatted(escaped(t.text()), escaped(t.below())));
			case Heading h -> {
				if (heading == 0)
					contents(blocks);
				out.write(h.level() == Level.PIECE ? "<h3>%s</h3>\n".formatted(escaped(h.text()))
					: "<h2%s id=\"s%d\">%s</h2>\n".formatted(h.level() == Level.PAGE ? " class=\"page\"" : "", ++heading, escaped(h.text())));
			}
			case Words w -> out.write("<p>%s</p>\n".formatted(escaped(w.text())));
			case Finding f -> out.write("<li class=\"%s\"><span class=\"tone\">%s</span> <strong>%s:</strong> %s</li>\n".formatted(f.tone().name().toLowerCase(java.util.Locale.ROOT), tone(f.tone()),
					escaped(f.about()), escaped(f.text())));
			case Facts f -> facts(f.values());
			case Rows r -> rows(r);
			case Source s -> out.write("<pre>%s</pre>\n".formatted(escaped(s.text())));
			}
		}
		out.write(isInFindings ? "</ul></main></body></html>\n" : "</main></body></html>\n");
	}

	/** How something is, in a word: not everybody sees colours. */
	static String tone(Tone tone) {
		return switch (tone) {
		case GOOD -> "OK";
		case NOTABLE -> "NOTE";
		case BAD -> "ALERT";
		};
	}

	private void contents(Iterable<Block> blocks) throws IOException {
		out.write("<nav aria-label=\"Contents\"><ol>");
		int heading = 0;
		for (Block block : blocks)
			if (block instanceof Heading h && h.level() != Level.PIECE)
				out.write("<li><a href=\"#s%d\">%s</a></li>".formatted(++heading, escaped(h.text())));
		out.write("</ol></nav>\n");
	}

	private void facts(Map<String, String> values) throws IOException {
		out.write("<dl>\n");
		for (var value : values.entrySet())
			out.write("<dt>%s</dt><dd>%s</dd>\n".formatted(escaped(value.getKey()), escaped(value.getValue())));
		out.write("</dl>\n");
	}

	private void rows(Rows table) throws IOException {
		out.write("<table><caption>%s</caption>".formatted(escaped(table.caption())));
		int all = table.columns().stream().mapToInt(Block.Column::weight).sum();
		if (table.rows().isEmpty()) {
			out.write("<tbody><tr><td>%s</td></tr></tbody></table>\n".formatted(escaped(table.none())));
			return;
		}
		out.write("<colgroup>");
		for (Block.Column column : table.columns())
			out.write("<col style=\"width:%d%%\">".formatted(column.weight() * 100 / all));
		out.write("</colgroup><thead><tr>");
		for (Block.Column column : table.columns())
			out.write("<th scope=\"col\">%s</th>".formatted(escaped(column.name())));
		out.write("</tr></thead><tbody>\n");
		for (List<String> row : table.rows()) {
			out.write("<tr>");
			for (String cell : row)
				out.write("<td>%s</td>".formatted(escaped(cell)));
			out.write("</tr>\n");
		}
		out.write("</tbody></table>\n");
	}

	/** Text that is nothing but text. */
	static String escaped(String text) {
		var safe = new StringBuilder(text.length() + 16);
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			switch (c) {
			case '&' -> safe.append("&amp;");
			case '<' -> safe.append("&lt;");
			case '>' -> safe.append("&gt;");
			case '"' -> safe.append("&quot;");
			case '\'' -> safe.append("&#39;");
			default -> safe.append(c);
			}
		}
		return safe.toString();
	}
}
