package org.strongroom.editors.internal.picture;

import org.eclipse.swt.SWTException;
import org.eclipse.swt.graphics.GC;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.graphics.ImageData;
import org.eclipse.swt.graphics.Rectangle;
import org.eclipse.swt.printing.Printer;
import org.eclipse.swt.printing.PrinterData;
import org.eclipse.swt.widgets.Shell;
import org.strongroom.editors.WaysOut;
import org.strongroom.editors.internal.work.Printing;
import org.strongroom.efs.SessionFile;

/** Prints a picture on one page, as large as fits. */
final class PicturePrinter {
	private PicturePrinter() {
	}

	/** Asks where to print to, and prints. */
	static void print(Shell shell, SessionFile file, ImageData picture) {
		var data = new PrinterData();
		data.orientation = picture.width > picture.height ? PrinterData.LANDSCAPE : PrinterData.PORTRAIT;
		Printing.print(shell, data, file, printer -> {
			if (!printer.startJob(WaysOut.PRINT_JOB))
				throw new SWTException("The printer takes no job.");
			printer.startPage();
			draw(printer, picture);
			printer.endPage();
			printer.endJob();
			return Printing.DONE;
		});
	}

	private static void draw(Printer printer, ImageData picture) {
		Rectangle page = printer.getClientArea();
		double scale = Math.min((double) page.width / picture.width, (double) page.height / picture.height);
		int width = Math.max(1, (int) (picture.width * scale));
		int height = Math.max(1, (int) (picture.height * scale));
		Image image = new Image(printer, picture);
		GC gc = new GC(printer);
		try {
			gc.drawImage(image, 0, 0, picture.width, picture.height, page.x + (page.width - width) / 2, page.y + (page.height - height) / 2, width, height);
		} finally {
			gc.dispose();
			image.dispose();
		}
	}
}
