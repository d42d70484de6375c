package org.strongroom.report;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

import org.strongroom.report.internal.Block;
import org.strongroom.report.internal.Html;
import org.strongroom.report.internal.Layout;
import org.strongroom.report.internal.Pdf;

/** What a report is written as. */
public enum Format {
	PDF {
		@Override
		void write(Iterable<Block> blocks, Report report, OutputStream out) throws IOException {
			Pdf.write(blocks, Layout.title(report), report.made(), out);
		}
	},
	/** One file that holds all it needs, without scripts. */
	HTML {
		@Override
		void write(Iterable<Block> blocks, Report report, OutputStream out) throws IOException {
			Html.write(blocks, Layout.title(report), out);
		}
	};

	abstract void write(Iterable<Block> blocks, Report report, OutputStream out) throws IOException;

	/** Writes a report. Nothing is written anywhere else. @param out not closed */
	public void write(Report report, OutputStream out) throws IOException {
		write(Layout.of(report), report, out);
	}

	/** As people write it, and what names of such files end with. */
	public String word() {
		return name().toLowerCase(Locale.ROOT);
	}

	/** By {@link #word}. */
	public static Optional<Format> of(String word) {
		return Arrays.stream(values()).filter(f -> f.word().equals(word)).findFirst();
	}

	/** By what a file's name ends with. */
	public static Optional<Format> ofName(String file) {
		String name = file.toLowerCase(Locale.ROOT);
		return Arrays.stream(values()).filter(f -> name.endsWith("." + f.word())).findFirst();
	}
}
