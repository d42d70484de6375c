package org.strongroom.editors.internal.work;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

import org.eclipse.swt.SWT;
import org.eclipse.swt.printing.PrintDialog;
import org.eclipse.swt.printing.Printer;
import org.eclipse.swt.printing.PrinterData;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.ui.PlatformUI;
import org.strongroom.core.residency.AuditEvent;
import org.strongroom.core.residency.ForbiddenException;
import org.strongroom.core.residency.Outgoing;
import org.strongroom.core.residency.Passage;
import org.strongroom.core.residency.WayOut;
import org.strongroom.editors.Exports;
import org.strongroom.editors.WaysOut;
import org.strongroom.efs.SessionFile;

/** Printing as the policy has it; what is printed to a file of this machine is saved there, too. For the UI thread. */
public final class Printing {
	/** Of what is printed when it has been told. */
	public static final Runnable DONE = () -> {
	};

	private Printing() {
	}

	/**
	 * Asks where to, and prints.
	 *
	 * @param proposed what is chosen at first
	 * @param file what is printed
	 * @param content tells the printer what it can on the UI thread, and gives the rest, which runs on another
	 */
	public static void print(Shell shell, PrinterData proposed, SessionFile file, Function<Printer, Runnable> content) {
		if (!WaysOut.pass(WaysOut.of(WayOut.PRINT, file)))
			return;
		var dialog = new PrintDialog(shell, SWT.PRIMARY_MODAL);
		dialog.setPrinterData(proposed);
		PrinterData chosen = dialog.open();
		if (chosen == null || chosen.printToFile && !mayExport(file, chosen))
			return;
		var printer = new Printer(chosen);
		Runnable rest;
		try {
			rest = content.apply(printer);
		} catch (RuntimeException | Error e) {
			printer.dispose();
			throw e;
		}
		Thread.ofPlatform().name("strongroom-print").start(() -> {
			try {
				rest.run();
			} finally {
				printer.dispose();
			}
		});
	}

	private static boolean mayExport(SessionFile file, PrinterData chosen) {
		Outgoing leaving = Outgoing.of(WayOut.EXPORT, file.session(), List.of(file.location()), chosen.fileName == null ? "" : Outgoing.here(path(chosen.fileName)));
		Optional<Passage> passage = WaysOut.passage(leaving);
		if (passage.isEmpty())
			return false;
		try {
			file.session().audit().grant(AuditEvent.of(leaving, AuditEvent.Result.OK).with(file.session().serverKey()).with(passage.get()));
		} catch (ForbiddenException e) {
			Ui.tell("This may not leave Strongroom.", e);
			return false;
		}
		Exports exports = PlatformUI.getWorkbench().getService(Exports.class);
		if (exports != null)
			exports.add();
		return true;
	}

	/** GTK gives a URI. */
	private static Path path(String fileName) {
		return fileName.startsWith("file:") ? Path.of(URI.create(fileName)) : Path.of(fileName);
	}
}
