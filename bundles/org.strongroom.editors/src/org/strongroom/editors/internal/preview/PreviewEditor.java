package org.strongroom.editors.internal.preview;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;

import org.eclipse.jface.action.Action;
import org.eclipse.jface.action.IAction;
import org.eclipse.jface.dialogs.InputDialog;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Link;
import org.eclipse.ui.IEditorInput;
import org.eclipse.ui.IEditorSite;
import org.eclipse.ui.IWorkbenchCommandConstants;
import org.eclipse.ui.PartInitException;
import org.strongroom.core.Problem;
import org.strongroom.editors.internal.open.Loaded;
import org.strongroom.editors.internal.open.OpenInput;
import org.strongroom.editors.internal.text.TextFormat;
import org.strongroom.editors.internal.work.Ui;
import org.strongroom.editors.internal.work.Viewer;
import org.strongroom.editors.internal.work.Waiting;

/** Shows any file, of any size, as bytes or as text, and fetches only what is looked at. */
public final class PreviewEditor extends Viewer {
	private Loaded.Raw raw;
	private Blocks blocks;
	private Page page;
	private Link trouble;
	private Label says;
	private final IAction copy = new Action("Copy") {
		@Override
		public void run() {
			page.copy();
		}
	};
	private final IAction selectAll = new Action("Select All") {
		@Override
		public void run() {
			page.selectAll();
		}
	};

	@Override
	public void init(IEditorSite site, IEditorInput input) throws PartInitException {
		super.init(site, input);
		if (input instanceof OpenInput open)
			raw = open.take(Loaded.Raw.class).orElse(null);
		try {
			if (raw == null)
				raw = Waiting.run("Opening " + input.getName(), _ -> new Loaded.Raw(input().file().look().size(), false, ""));
		} catch (IOException e) {
			throw new PartInitException(Problem.of(e).message());
		}
		blocks = new Blocks(input().file()::open, raw.size(), () -> Ui.async(this::arrived), why -> Ui.async(() -> failed(why)));
	}

	@Override
	public void createPartControl(Composite parent) {
		Composite area = new Composite(parent, SWT.NONE);
		GridLayoutFactory.fillDefaults().spacing(0, 2).applyTo(area);
		Composite bar = new Composite(area, SWT.NONE);
		GridLayoutFactory.swtDefaults().numColumns(4).margins(4, 2).applyTo(bar);
		GridDataFactory.fillDefaults().grab(true, false).applyTo(bar);
		Button hex = mode(bar, "&Hex", "Show bytes");
		Button text = mode(bar, "&Text", "Show as text");
		Button go = new Button(bar, SWT.PUSH);
		go.setText("&Go To…");
		go.setToolTipText("Go to an offset");
		go.addListener(SWT.Selection, _ -> goTo());
		says = new Label(bar, SWT.NONE);
		GridDataFactory.fillDefaults().grab(true, false).align(SWT.FILL, SWT.CENTER).applyTo(says);
		trouble = new Link(area, SWT.NONE);
		trouble.addListener(SWT.Selection, _ -> tryAgain());
		GridDataFactory.fillDefaults().grab(true, false).indent(8, 0).exclude(true).applyTo(trouble);
		page = new Page(area, input().file(), blocks, this::describe);
		GridDataFactory.fillDefaults().grab(true, true).applyTo(page.control());
		(raw.text() ? text : hex).setSelection(true);
		hex.addListener(SWT.Selection, _ -> page.show(new HexRows(blocks)));
		text.addListener(SWT.Selection, _ -> page.show(new TextRows(blocks, charset())));
		page.show(raw.text() ? new TextRows(blocks, charset()) : new HexRows(blocks));
	}

	private static Button mode(Composite bar, String text, String tip) {
		Button button = new Button(bar, SWT.TOGGLE | SWT.RADIO);
		button.setText(text);
		button.setToolTipText(tip);
		return button;
	}

	/** As the first bytes show it; UTF-8 while they are not here. */
	private Charset charset() {
		int length = 0;
		byte[] head = new byte[4096];
		for (int b; length < head.length && (b = blocks.at(length)) >= 0;)
			head[length++] = (byte) b;
		// a character cut in the middle must not make it Latin-1
		int cut = length == head.length ? length - length % 4 - 4 : length;
		for (int back = 0; back < 3 && cut > 0 && length == head.length && (head[cut] & 0xC0) == 0x80; back++)
			cut--;
		return cut == 0 ? StandardCharsets.UTF_8 : TextFormat.decode(head, cut).format().charset();
	}

	private boolean gone() {
		return page == null || page.control().isDisposed();
	}

	private void arrived() {
		if (gone())
			return;
		if (page.rows() instanceof TextRows)
			page.show(new TextRows(blocks, charset()));
		page.refresh();
		tell("");
	}

	private void failed(IOException why) {
		if (!gone())
			tell(Problem.of(why).message().replace("&", "&&").replace("<", "‹") + " <a>Try again</a>");
	}

	private void tell(String text) {
		trouble.setText(text);
		((org.eclipse.swt.layout.GridData) trouble.getLayoutData()).exclude = text.isEmpty();
		trouble.setVisible(!text.isEmpty());
		trouble.getParent().layout();
	}

	private void tryAgain() {
		tell("");
		page.refresh();
	}

	private void describe(long offset) {
		says.setText("%s%,d bytes, read-only. At %,d.".formatted(raw.why().isEmpty() ? "" : raw.why() + " ", blocks.size(), offset));
	}

	private void goTo() {
		var dialog = new InputDialog(getSite().getShell(), "Go To", "Offset in bytes (decimal, or hexadecimal with 0x):", "", text -> {
			try {
				long offset = Long.decode(text.strip());
				return offset >= 0 && offset <= blocks.size() ? null : "The file has %,d bytes.".formatted(blocks.size());
			} catch (NumberFormatException e) {
				return "Give a number.";
			}
		});
		if (dialog.open() == InputDialog.OK)
			page.goTo(Long.decode(dialog.getValue().strip()));
	}

	@Override
	protected Map<String, IAction> actions() {
		return Map.of(IWorkbenchCommandConstants.EDIT_COPY, copy, IWorkbenchCommandConstants.EDIT_SELECT_ALL, selectAll);
	}

	@Override
	public void setFocus() {
		page.setFocus();
	}

	@Override
	public void dispose() {
		if (blocks != null)
			blocks.close();
		super.dispose();
	}
}
