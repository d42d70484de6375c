package org.strongroom.ui.internal.audit;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Optional;
import java.util.function.UnaryOperator;

import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Combo;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.DateTime;
import org.eclipse.swt.widgets.DirectoryDialog;
import org.eclipse.swt.widgets.FileDialog;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Text;
import org.eclipse.ui.PlatformUI;
import org.strongroom.core.residency.Audit;
import org.strongroom.core.residency.Guard;
import org.strongroom.editors.Exports;
import org.strongroom.report.EvidenceReport;
import org.strongroom.report.Format;
import org.strongroom.report.Period;
import org.strongroom.report.Report;
import org.strongroom.ui.internal.explorer.ExplorerView;
import org.strongroom.ui.internal.prompt.DialogPrompter;
import org.strongroom.ui.internal.prompt.PromptDialog;
import org.strongroom.ui.internal.work.Ui;
import org.strongroom.ui.internal.work.Work;

/** Asks what an evidence report is to be of and where it is to go, and has it written. No other program is opened. For the UI thread. */
public final class ReportDialog extends PromptDialog {
	private static final String HOME = System.getProperty("user.home", "");

	private final ZoneId zone = ZoneId.systemDefault();
	private DateTime from;
	private DateTime to;
	private Combo format;
	private Text copy;
	private Text key;
	/** Of the log, as it was noted elsewhere. */
	private Text noted;
	private Text file;
	/** What {@link #file} was set to by itself, until a person says otherwise. */
	private String proposed = "";

	private ReportDialog(Shell parent) {
		super(parent, "Evidence Report", "What the audit log says", "Write the Report");
	}

	/** Opens it. */
	public static void show(ExplorerView explorer) {
		new ReportDialog(explorer.getSite().getShell()).open();
	}

	@Override
	protected void createFields(Composite fields) {
		setMessage("It names no file, unless you give the auditor's key: then it leaves Strongroom, readable.");
		LocalDate today = LocalDate.now(zone);
		from = day(fields, "&From:", "First day", today.minusDays(Period.DAYS));
		to = day(fields, "&To the end of:", "Last day", today);
		new Label(fields, SWT.NONE).setText("&Written as:");
		format = new Combo(fields, SWT.READ_ONLY | SWT.DROP_DOWN);
		format.add("PDF");
		format.add("HTML (one file)");
		format.select(0);
		named(format, "Written as");
		GridDataFactory.fillDefaults().grab(true, false).applyTo(format);
		copy = path(fields, "&Copy of a log:", "Copy of a log", "Folder with a Copy of an Audit Log", this::folder);
		copy.setMessage("none: the log of this home");
		key = path(fields, "Auditor's &key:", "Auditor's key", "Auditor's Private Key", title -> file(title, SWT.OPEN));
		key.setMessage("none: paths stay hashes");
		noted = path(fields, "Key of the &log:", "Key of the log", "Public Key of the Log, Noted Elsewhere", title -> file(title, SWT.OPEN));
		noted.setMessage("none: not said to be whole");
		file = path(fields, "&Save as:", "Save as", "Save the Evidence Report", title -> file(title, SWT.SAVE));
		propose();
		format.addListener(SWT.Selection, _ -> propose());
		from.addListener(SWT.Selection, _ -> propose());
		to.addListener(SWT.Selection, _ -> propose());
		file.addModifyListener(_ -> check());
		copy.addModifyListener(_ -> check());
		key.addModifyListener(_ -> check());
		noted.addModifyListener(_ -> check());
		file.setFocus(); // where Enter agrees
	}

	private static DateTime day(Composite parent, String label, String name, LocalDate value) {
		new Label(parent, SWT.NONE).setText(label);
		var day = new DateTime(parent, SWT.DATE | SWT.DROP_DOWN | SWT.BORDER);
		day.setDate(value.getYear(), value.getMonthValue() - 1, value.getDayOfMonth());
		GridDataFactory.fillDefaults().align(SWT.BEGINNING, SWT.CENTER).applyTo(day);
		named(day, name);
		return day;
	}

	/** @param browse asks for it, under a title; null for none */
	private Text path(Composite parent, String label, String name, String title, UnaryOperator<String> browse) {
		new Label(parent, SWT.NONE).setText(label);
		var both = new Composite(parent, SWT.NONE);
		GridLayoutFactory.fillDefaults().numColumns(2).applyTo(both);
		GridDataFactory.fillDefaults().grab(true, false).applyTo(both);
		var text = new Text(both, SWT.BORDER | SWT.SINGLE);
		GridDataFactory.fillDefaults().grab(true, false).align(SWT.FILL, SWT.CENTER).applyTo(text);
		named(text, name);
		var button = new Button(both, SWT.PUSH);
		button.setText("Browse…");
		button.setToolTipText(title);
		named(button, "Browse for: " + name);
		button.addListener(SWT.Selection, _ -> Optional.ofNullable(browse.apply(title)).ifPresent(text::setText));
		return text;
	}

	private String folder(String title) {
		var dialog = new DirectoryDialog(getShell());
		dialog.setText(title);
		dialog.setFilterPath(HOME);
		return dialog.open();
	}

	private String file(String title, int style) {
		var dialog = new FileDialog(getShell(), style);
		dialog.setText(title);
		dialog.setFilterPath(HOME);
		if (style == SWT.SAVE)
			dialog.setFileName(EvidenceReport.name(period().orElseGet(() -> new Period(Period.before(Period.now(), zone), Period.now(), zone)), chosen()));
		return dialog.open();
	}

	private Format chosen() {
		return format.getSelectionIndex() == 0 ? Format.PDF : Format.HTML;
	}

	private static String day(DateTime day) {
		return LocalDate.of(day.getYear(), day.getMonth() + 1, day.getDay()).toString();
	}

	/** Empty if it ends before it begins. */
	private Optional<Period> period() {
		try {
			return Optional.of(new Period(Period.time(day(from), false, zone), Period.time(day(to), true, zone), zone));
		} catch (IllegalArgumentException e) {
			return Optional.empty();
		}
	}

	/** A name for the file, as long as nobody gave it another one; then its ending alone. */
	private void propose() {
		String now = file.getText();
		Optional<Format> ending = Format.ofName(now);
		if (now.equals(proposed)) {
			proposed = period().map(p -> Path.of(HOME, EvidenceReport.name(p, chosen())).toString()).orElse(now);
			file.setText(proposed);
		} else if (ending.isPresent() && ending.get() != chosen()) {
			file.setText(now.substring(0, now.length() - ending.get().word().length()) + chosen().word());
		}
		check();
	}

	private static Optional<Path> path(Text text) {
		try {
			return Optional.of(text.getText().strip()).filter(t -> !t.isEmpty()).map(Path::of);
		} catch (InvalidPathException e) {
			return Optional.empty();
		}
	}

	private void check() {
		String wrong = period().isEmpty() ? "The period ends before it begins." : path(file).filter(Path::isAbsolute).isEmpty() ? "Say where to save it: a folder and a name."
				: path(file).filter(Files::isDirectory).isPresent() ? "This is a folder: add a name." : path(copy).isEmpty() != copy.getText().isBlank() ? "The copy of a log cannot be called that." : path(key).isEmpty() != key.getText().isBlank() ? "The auditor's key cannot be called that."
						: path(noted).isEmpty() != noted.getText().isBlank() ? "The key of the log cannot be called that." : null;
		setErrorMessage(wrong);
		Button ok = getButton(IDialogConstants.OK_ID);
		if (ok != null)
			ok.setEnabled(wrong == null);
	}

	@Override
	protected Control createContents(Composite parent) {
		Control contents = super.createContents(parent);
		check();
		return contents;
	}

	@Override
	protected void okPressed() {
		Path target = path(file).orElseThrow();
		boolean isThere = Files.exists(target, LinkOption.NOFOLLOW_LINKS);
		if (isThere && !MessageDialog.openQuestion(getShell(), "Evidence Report", "%s is there already. Replace it?".formatted(harmless(target.toString()))))
			return;
		start(new EvidenceReport(path(copy).stream().toList(), period().orElseThrow(), chosen(), path(key), path(noted), target, isThere));
		super.okPressed();
	}

	private static void start(EvidenceReport report) {
		Guard guard = PlatformUI.getWorkbench().getService(Guard.class);
		Audit audit = PlatformUI.getWorkbench().getService(Audit.class);
		Work.start("Writing", "the evidence report", "The evidence report was not written.", monitor -> {
			Report written = report.write(guard, Guard.Person.by(new DialogPrompter()), audit, () -> !monitor.isCanceled());
			Ui.async(() -> written(report, written));
		});
	}

	private static void written(EvidenceReport report, Report written) {
		Exports exports = PlatformUI.getWorkbench().getService(Exports.class);
		if (report.auditorKey().isPresent() && exports != null)
			exports.add();
		String where = "The evidence report was written to %s.".formatted(harmless(report.file().toString()));
		if (written.damage().isPresent())
			MessageDialog.openWarning(Ui.shell(), "Evidence Report", "%s\n\nThe audit log is damaged, and the report says so: %s".formatted(where, harmless(written.damage().get())));
		else
			MessageDialog.openInformation(Ui.shell(), "Evidence Report", where);
	}
}
