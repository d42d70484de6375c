package org.strongroom.report.internal;

import java.awt.Color;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.GregorianCalendar;
import java.util.List;
import java.util.Map;

import org.librepdf.openpdf.fonts.Liberation;
import org.openpdf.text.Document;
import org.openpdf.text.DocumentException;
import org.openpdf.text.Element;
import org.openpdf.text.Font;
import org.openpdf.text.PageSize;
import org.openpdf.text.Paragraph;
import org.openpdf.text.Phrase;
import org.openpdf.text.Rectangle;
import org.openpdf.text.pdf.BaseFont;
import org.openpdf.text.pdf.PdfContentByte;
import org.openpdf.text.pdf.PdfDate;
import org.openpdf.text.pdf.PdfDestination;
import org.openpdf.text.pdf.PdfName;
import org.openpdf.text.pdf.PdfOutline;
import org.openpdf.text.pdf.PdfPCell;
import org.openpdf.text.pdf.PdfPTable;
import org.openpdf.text.pdf.PdfPageEventHelper;
import org.openpdf.text.pdf.PdfString;
import org.openpdf.text.pdf.PdfTemplate;
import org.openpdf.text.pdf.PdfWriter;
import org.strongroom.report.internal.Block.Facts;
import org.strongroom.report.internal.Block.Finding;
import org.strongroom.report.internal.Block.Heading;
import org.strongroom.report.internal.Block.Level;
import org.strongroom.report.internal.Block.Rows;
import org.strongroom.report.internal.Block.Source;
import org.strongroom.report.internal.Block.Title;
import org.strongroom.report.internal.Block.Words;

/** A report as a PDF of A4 pages, with the fonts it needs in it. Pages are written as they become full; nothing is kept on disk. */
public final class Pdf {
	/** Points. */
	private static final float MARGIN = 36;
	/** Rows after which what is there of a table is written. */
	private static final int PORTION = 50;
	/** Room that has to be left on a page for a part to begin there, in points. */
	private static final float LEAST = 120;
	private static final Color BLUE = new Color(0x23415f);
	private static final Color HEAD = new Color(0xe8edf2);
	private static final Color LINE = new Color(0xb5bcc4);

	private final BaseFont regular;
	private final BaseFont bold;
	private final BaseFont mono;
	private final Document document = new Document(PageSize.A4, MARGIN, MARGIN, MARGIN, MARGIN + 14);
	private final PdfWriter writer;
	private boolean isFirstPages = true;

	private Pdf(OutputStream to, String title, Instant made) throws IOException {
		regular = font("LiberationSans-Regular");
		bold = font("LiberationSans-Bold");
		mono = font("LiberationMono-Regular");
		writer = PdfWriter.getInstance(document, to);
		writer.setCloseStream(false);
		writer.setViewerPreferences(PdfWriter.DisplayDocTitle);
		writer.getExtraCatalog().put(PdfName.LANG, new PdfString("en"));
		writer.setPageEvent(new Footer(title));
		document.addTitle(title);
		document.addCreator("Strongroom");
		document.addCreationDate(new PdfDate(GregorianCalendar.from(made.atZone(ZoneOffset.UTC))));
		document.open();
	}

	/** Shipped with the library, and read from there. */
	private static BaseFont font(String name) throws IOException {
		try (InputStream in = Liberation.class.getResourceAsStream("/liberation/" + name + ".ttf")) {
			if (in == null)
				throw new IOException("Strongroom is not installed completely: a font for PDF is missing; build or install it again.");
			BaseFont font = BaseFont.createFont(name + ".ttf", BaseFont.IDENTITY_H, BaseFont.EMBEDDED, BaseFont.NOT_CACHED, in.readAllBytes(), null);
			font.setSubset(true);
			return font;
		}
	}

	/** @param to not closed */
	public static void write(Iterable<Block> blocks, String title, Instant made, OutputStream to) throws IOException {
		try {
			var pdf = new Pdf(to, title, made);
			for (Block block : blocks)
				pdf.add(block);
			pdf.document.close();
		} catch (DocumentException e) {
			throw new IOException("The PDF cannot be made (%s).".formatted(e.getMessage()), e);
		}
	}

	private void add(Block block) {
		switch (block) {
		case Title t -> {
			document.add(paragraph(t.text(), bold, 22, BLUE, 0));
			document.add(paragraph(t.below(), regular, 11, Color.DARK_GRAY, 14));
		}
		case Heading h -> heading(h);
		case Words w -> document.add(paragraph(w.text(), regular, isFirstPages ? 9.5f : 8, Color.BLACK, 6));
		case Finding f -> finding(f);
		case Facts f -> facts(f.values());
		case Rows r -> rows(r);
		case Source s -> document.add(paragraph(s.text(), mono, 7, Color.BLACK, 6));
		}
	}

	private Paragraph paragraph(String text, BaseFont font, float size, Color color, float after) {
		var paragraph = new Paragraph(shown(text, font), new Font(font, size, Font.NORMAL, color));
		paragraph.setLeading(size * 1.3f);
		paragraph.setSpacingAfter(after);
		return paragraph;
	}

	private void heading(Heading heading) {
		if (heading.level() == Level.PAGE) {
			isFirstPages = !heading.text().startsWith("Annex");
			document.newPage();
		}
		boolean isPart = heading.level() != Level.PIECE;
		if (writer.getVerticalPosition(true) < document.bottom() + (isPart ? LEAST : LEAST / 2))
			document.newPage();
		if (isPart)
			new PdfOutline(writer.getRootOutline(), new PdfDestination(PdfDestination.FITH, writer.getVerticalPosition(true)), shown(heading.text(), bold));
		Paragraph words = paragraph(heading.text(), bold, isPart ? 15 : 11, BLUE, 4);
		words.setSpacingBefore(heading.level() == Level.PART ? 18 : 0);
		document.add(words);
	}

	private void finding(Finding finding) {
		Color color = new Color(switch (finding.tone()) {
		case GOOD -> 0x2c6e3f;
		case NOTABLE -> 0x9a6a00;
		case BAD -> 0xa1201a;
		});
		var table = new PdfPTable(new float[] { 10, 17, 73 });
		table.setWidthPercentage(100);
		table.setSpacingAfter(4);
		table.addCell(boxed(Html.tone(finding.tone()), bold, Color.WHITE, color, color));
		table.addCell(boxed(finding.about(), bold, Color.BLACK, Color.WHITE, color));
		table.addCell(boxed(finding.text(), regular, Color.BLACK, Color.WHITE, color));
		document.add(table);
	}

	private PdfPCell boxed(String text, BaseFont font, Color color, Color background, Color border) {
		PdfPCell cell = cell(text, font, 10, color);
		cell.setBackgroundColor(background);
		cell.setBorderColor(border);
		cell.setPadding(5);
		return cell;
	}

	private PdfPCell cell(String text, BaseFont font, float size, Color color) {
		var cell = new PdfPCell(new Phrase(size * 1.25f, shown(text, font), new Font(font, size, Font.NORMAL, color)));
		cell.setBorderColor(LINE);
		cell.setBorderWidth(0.5f);
		cell.setPadding(2.5f);
		cell.setVerticalAlignment(Element.ALIGN_TOP);
		return cell;
	}

	private void facts(Map<String, String> values) {
		var table = new PdfPTable(new float[] { 25, 75 });
		table.setWidthPercentage(100);
		table.setSpacingBefore(8);
		table.setSpacingAfter(8);
		for (var value : values.entrySet()) {
			for (PdfPCell cell : List.of(cell(value.getKey(), bold, 9, Color.BLACK), cell(value.getValue(), regular, 9, Color.BLACK))) {
				cell.setBorder(Rectangle.BOTTOM);
				table.addCell(cell);
			}
		}
		document.add(table);
	}

	private void rows(Rows rows) {
		if (writer.getVerticalPosition(true) < document.bottom() + LEAST / 2)
			document.newPage();
		Paragraph caption = paragraph(rows.caption(), bold, 9.5f, Color.BLACK, 0);
		caption.setSpacingBefore(4);
		document.add(caption);
		float size = isFirstPages ? 8 : 6.5f;
		if (rows.rows().isEmpty()) {
			document.add(paragraph(rows.none(), regular, size + 1, Color.BLACK, 8));
			return;
		}
		float[] widths = new float[rows.columns().size()];
		for (int i = 0; i < widths.length; i++)
			widths[i] = rows.columns().get(i).weight();
		var table = new PdfPTable(widths);
		table.setWidthPercentage(100);
		table.setSpacingBefore(5);
		table.setSpacingAfter(8);
		table.setHeaderRows(1);
		table.setSplitLate(true);
		table.setComplete(false);
		for (Block.Column column : rows.columns()) {
			PdfPCell head = cell(column.name(), bold, size, Color.BLACK);
			head.setBackgroundColor(HEAD);
			table.addCell(head);
		}
		int added = 0;
		for (List<String> row : rows.rows()) {
			row.forEach(text -> table.addCell(cell(text, regular, size, Color.BLACK)));
			if (++added % PORTION == 0)
				document.add(table);
		}
		table.setComplete(true);
		document.add(table);
	}

	/** A text as a font can show it: what it has no sign for, and what is written from right to left (which would come out in the wrong order), is told by its number. */
	static String shown(String text, BaseFont font) {
		StringBuilder shown = null;
		for (int i = 0; i < text.length();) {
			int c = text.codePointAt(i);
			int next = i + Character.charCount(c);
			boolean isGood = c == '\n' || c == '\r' || font.charExists(c) && !isFromTheRight(c);
			if (!isGood && shown == null)
				shown = new StringBuilder(text.substring(0, i));
			if (shown != null && isGood)
				shown.appendCodePoint(c);
			else if (shown != null)
				shown.append("[U+%04X]".formatted(c));
			i = next;
		}
		return shown == null ? text : shown.toString();
	}

	private static boolean isFromTheRight(int c) {
		return switch (Character.getDirectionality(c)) {
		case Character.DIRECTIONALITY_RIGHT_TO_LEFT, Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC, Character.DIRECTIONALITY_ARABIC_NUMBER -> true;
		default -> false;
		};
	}

	/** Below each page: what it is of, and how many there are. */
	private final class Footer extends PdfPageEventHelper {
		private static final float SIZE = 7.5f;
		private final String title;
		private PdfTemplate pages;

		Footer(String title) {
			this.title = title;
		}

		@Override
		public void onOpenDocument(PdfWriter writer, Document document) {
			pages = writer.getDirectContent().createTemplate(40, 12);
		}

		@Override
		public void onEndPage(PdfWriter writer, Document document) {
			PdfContentByte page = writer.getDirectContent();
			String words = "Page %d of ".formatted(writer.getPageNumber());
			float right = document.right() - 24;
			page.beginText();
			page.setFontAndSize(regular, SIZE);
			page.showTextAligned(Element.ALIGN_LEFT, title, document.left(), MARGIN - 8, 0);
			page.showTextAligned(Element.ALIGN_RIGHT, words, right, MARGIN - 8, 0);
			page.endText();
			page.addTemplate(pages, right, MARGIN - 8);
		}

		@Override
		public void onCloseDocument(PdfWriter writer, Document document) {
			pages.beginText();
			pages.setFontAndSize(regular, SIZE);
			pages.showText(Integer.toString(writer.getPageNumber() - 1));
			pages.endText();
		}
	}
}
