package org.strongroom.editors.internal.picture;

import java.io.IOException;
import java.util.Map;

import org.eclipse.jface.action.Action;
import org.eclipse.jface.action.IAction;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.ToolBar;
import org.eclipse.swt.widgets.ToolItem;
import org.eclipse.ui.IEditorInput;
import org.eclipse.ui.IEditorSite;
import org.eclipse.ui.IWorkbenchCommandConstants;
import org.eclipse.ui.PartInitException;
import org.strongroom.core.Problem;
import org.strongroom.editors.internal.open.Loaded;
import org.strongroom.editors.internal.open.Loader;
import org.strongroom.editors.internal.open.OpenInput;
import org.strongroom.editors.internal.work.Ui;
import org.strongroom.editors.internal.work.Viewer;
import org.strongroom.editors.internal.work.Waiting;

/** Shows a picture: zoomed, scrolled, printed. */
public final class PictureEditor extends Viewer {
	private Loaded.Picture picture;
	private Image image;
	private PictureCanvas canvas;
	private Label says;
	private final IAction print = new Action("Print") {
		@Override
		public void run() {
			print();
		}
	};

	@Override
	public void init(IEditorSite site, IEditorInput input) throws PartInitException {
		super.init(site, input);
		if (input instanceof OpenInput open)
			picture = open.take(Loaded.Picture.class).orElse(null);
		if (picture != null)
			return;
		try {
			if (!(Waiting.run("Opening " + input.getName(), monitor -> Loader.load(input().file(), monitor)) instanceof Loaded.Picture loaded))
				throw new PartInitException("This is no picture that can be shown.");
			picture = loaded;
		} catch (IOException e) {
			throw new PartInitException(Problem.of(e).message());
		}
	}

	@Override
	public void createPartControl(Composite parent) {
		Composite area = new Composite(parent, SWT.NONE);
		GridLayoutFactory.fillDefaults().numColumns(2).spacing(8, 0).applyTo(area);
		ToolBar bar = new ToolBar(area, SWT.FLAT);
		says = new Label(area, SWT.NONE);
		GridDataFactory.fillDefaults().grab(true, false).align(SWT.FILL, SWT.CENTER).applyTo(says);
		image = new Image(parent.getDisplay(), picture.image());
		canvas = new PictureCanvas(area, image, this::describe);
		GridDataFactory.fillDefaults().grab(true, true).span(2, 1).applyTo(canvas.control());
		button(bar, "Zoom In", "Zoom in (+)", () -> canvas.zoomBy(PictureCanvas.STEP));
		button(bar, "Zoom Out", "Zoom out (-)", () -> canvas.zoomBy(1 / PictureCanvas.STEP));
		button(bar, "Fit", "Fit to the window (F)", canvas::fit);
		button(bar, "100 %", "Original size (0)", () -> canvas.zoomTo(1));
		describe(canvas.zoom());
	}

	private static void button(ToolBar bar, String text, String tip, Runnable does) {
		ToolItem item = new ToolItem(bar, SWT.PUSH);
		item.setText(text);
		item.setToolTipText(tip);
		item.addListener(SWT.Selection, _ -> does.run());
	}

	private void describe(double zoom) {
		says.setText("%s, %,d × %,d, %.0f %%".formatted(picture.kind(), picture.image().width, picture.image().height, zoom * 100));
		says.getParent().layout(new org.eclipse.swt.widgets.Control[] { says });
	}

	private void print() {
		try {
			PicturePrinter.print(getSite().getShell(), input().file(), picture.image());
		} catch (org.eclipse.swt.SWTException e) {
			Ui.tell(getPartName() + " was not printed.", e);
		}
	}

	@Override
	protected Map<String, IAction> actions() {
		return Map.of(IWorkbenchCommandConstants.FILE_PRINT, print);
	}

	/** The share of its original size the picture is shown at; for those who need to know. */
	public double zoom() {
		return canvas.zoom();
	}

	@Override
	public void setFocus() {
		canvas.control().setFocus();
	}

	@Override
	public void dispose() {
		if (image != null)
			image.dispose();
		picture = null;
		super.dispose();
	}
}
