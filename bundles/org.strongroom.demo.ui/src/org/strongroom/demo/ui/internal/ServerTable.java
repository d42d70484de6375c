package org.strongroom.demo.ui.internal;

import java.io.IOException;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;

import org.eclipse.core.runtime.IProgressMonitor;
import org.eclipse.core.runtime.IStatus;
import org.eclipse.core.runtime.Status;
import org.eclipse.core.runtime.jobs.Job;
import org.eclipse.jface.layout.TableColumnLayout;
import org.eclipse.jface.viewers.ColumnPixelData;
import org.eclipse.jface.viewers.ColumnWeightData;
import org.eclipse.swt.SWT;
import org.eclipse.swt.SWTException;
import org.eclipse.swt.graphics.Font;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.TableColumn;
import org.eclipse.swt.widgets.TableItem;
import org.strongroom.demo.ServerSide;
import org.strongroom.demo.ServerSide.Stored;

/** The files of a folder of the server, changed last first, looked at anew every moment. */
final class ServerTable {
	private static final int REFRESH_MILLIS = 1000;
	private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneId.systemDefault());

	private final ServerSide folder;
	private final Font bold;
	private final Runnable onChange;
	private final Composite frame;
	private final Table table;
	private final Display display;
	private List<Stored> first;
	private List<Stored> shown = List.of();

	/** @param onChange called on the UI thread when a file was added, changed or removed since this was made */
	ServerTable(Composite parent, ServerSide folder, Font bold, Runnable onChange) {
		this.folder = folder;
		this.bold = bold;
		this.onChange = onChange;
		frame = new Composite(parent, SWT.NONE);
		table = new Table(frame, SWT.BORDER | SWT.FULL_SELECTION);
		table.setHeaderVisible(true);
		display = table.getDisplay();
		var layout = new TableColumnLayout();
		frame.setLayout(layout);
		layout.setColumnData(column("Name", SWT.LEFT), new ColumnWeightData(1, 100));
		layout.setColumnData(column("Bytes", SWT.RIGHT), new ColumnPixelData(70));
		layout.setColumnData(column("Changed", SWT.LEFT), new ColumnPixelData(75));
		Job look = Job.createSystem("Look at the server's side", this::look);
		table.addListener(SWT.Dispose, _ -> look.cancel());
		look.schedule();
	}

	Control control() {
		return frame;
	}

	private TableColumn column(String name, int style) {
		var column = new TableColumn(table, style);
		column.setText(name);
		return column;
	}

	private IStatus look(IProgressMonitor monitor) {
		try {
			List<Stored> files = folder.files();
			display.asyncExec(() -> show(files));
		} catch (IOException | SWTException e) {
			// The demo is just ending.
		}
		if (!monitor.isCanceled() && !table.isDisposed())
			Job.getJobManager().currentJob().schedule(REFRESH_MILLIS);
		return Status.OK_STATUS;
	}

	private void show(List<Stored> files) {
		if (table.isDisposed() || files.equals(shown))
			return;
		if (first == null)
			first = files;
		shown = files;
		table.setRedraw(false);
		table.removeAll();
		for (Stored file : files) {
			var item = new TableItem(table, SWT.NONE);
			item.setText(new String[] { name(file), "%,d".formatted(file.size()), TIME.format(file.modified()) });
			if (!first.contains(file))
				item.setFont(bold);
		}
		table.setRedraw(true);
		if (!files.equals(first))
			onChange.run();
	}

	/** The last name; the folders above it look alike. */
	private static String name(Stored file) {
		return file.path().substring(file.path().lastIndexOf('/') + 1);
	}
}
