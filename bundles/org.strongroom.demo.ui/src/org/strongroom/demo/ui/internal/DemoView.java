package org.strongroom.demo.ui.internal;

import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.resource.FontDescriptor;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.jface.resource.LocalResourceManager;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.ScrolledComposite;
import org.eclipse.swt.dnd.Clipboard;
import org.eclipse.swt.dnd.TextTransfer;
import org.eclipse.swt.dnd.Transfer;
import org.eclipse.swt.graphics.Font;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Text;
import org.eclipse.ui.part.ViewPart;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.util.tracker.ServiceTracker;
import org.strongroom.core.Sessions;
import org.strongroom.demo.Demo;

/**
 * What somebody who really has such a server would have in their head and on their phone, the way to go, and what the server has of it all. Shows secrets, which are those of the
 * demo and good for nothing else.
 */
public final class DemoView extends ViewPart {
	/** As in {@code plugin.xml}. */
	public static final String ID = "org.strongroom.demo.ui.view";

	private final BundleContext bundles = FrameworkUtil.getBundle(DemoView.class).getBundleContext();
	private final ServiceTracker<Demo, Demo> demos = new ServiceTracker<>(bundles, Demo.class, null);
	private final ServiceTracker<Sessions, Sessions> sessions = new ServiceTracker<>(bundles, Sessions.class, null);
	private ScrolledComposite scroller;

	@Override
	public void createPartControl(Composite parent) {
		demos.open();
		sessions.open();
		scroller = new ScrolledComposite(parent, SWT.V_SCROLL);
		scroller.setExpandHorizontal(true);
		scroller.setExpandVertical(true);
		Composite all = new Composite(scroller, SWT.NONE);
		all.setBackgroundMode(SWT.INHERIT_DEFAULT);
		GridLayoutFactory.swtDefaults().margins(10, 8).spacing(5, 6).applyTo(all);
		var resources = new LocalResourceManager(JFaceResources.getResources(), all);
		Demo demo = demos.getService();
		if (demo == null)
			text(all, "No demo is running. Start one with: strongroom demo");
		else
			fill(all, demo, resources);
		scroller.setContent(all);
		scroller.addListener(SWT.Resize, _ -> scroller.setMinHeight(all.computeSize(scroller.getClientArea().width, SWT.DEFAULT).y));
	}

	private void fill(Composite all, Demo demo, LocalResourceManager resources) {
		Font bold = resources.create(FontDescriptor.createFrom(JFaceResources.getDialogFont()).setStyle(SWT.BOLD));

		heading(all, bold, "In your head: two passphrases");
		Composite head = group(all, 3);
		secret(head, "Key", new String(demo.server().keyPassphrase()));
		secret(head, "Vault", new String(demo.vaultPassphrase()));

		heading(all, bold, "On your phone: the code");
		Composite phone = group(all, 2);
		Font big = resources.create(FontDescriptor.createFrom(JFaceResources.getTextFont()).setHeight(JFaceResources.getTextFont().getFontData()[0].getHeight() * 2).setStyle(SWT.BOLD));
		var code = new CodeRing(phone, demo.server().totp(), big);
		GridDataFactory.fillDefaults().grab(true, false).applyTo(code);
		copy(phone, "the code", code::code);

		heading(all, bold, "The way to a file");
		var steps = new Steps(group(all, 2), bold);
		steps.follow(demo.bookmark(), sessions.getService());

		heading(all, bold, "What the server has");
		text(all, "The folder Vault, as those see it who run the server:");
		var table = new ServerTable(all, demo.vault(), bold, steps::saved);
		GridDataFactory.fillDefaults().grab(true, true).hint(SWT.DEFAULT, 130).applyTo(table.control());
	}

	private static Composite group(Composite parent, int columns) {
		Composite group = new Composite(parent, SWT.NONE);
		GridLayoutFactory.fillDefaults().numColumns(columns).spacing(8, 4).applyTo(group);
		GridDataFactory.fillDefaults().grab(true, false).indent(8, 0).applyTo(group);
		return group;
	}

	private static void heading(Composite parent, Font bold, String text) {
		Label heading = new Label(parent, SWT.NONE);
		heading.setText(text);
		heading.setFont(bold);
		GridDataFactory.fillDefaults().indent(0, parent.getChildren().length > 1 ? 6 : 0).applyTo(heading);
	}

	private static void text(Composite parent, String text) {
		Label label = new Label(parent, SWT.WRAP);
		label.setText(text);
		GridDataFactory.fillDefaults().grab(true, false).indent(8, 0).hint(200, SWT.DEFAULT).applyTo(label);
	}

	private static void secret(Composite parent, String name, String secret) {
		Label label = new Label(parent, SWT.NONE);
		label.setText(name);
		Text field = new Text(parent, SWT.READ_ONLY | SWT.SINGLE | SWT.BORDER);
		field.setText(secret);
		GridDataFactory.fillDefaults().align(SWT.FILL, SWT.CENTER).grab(true, false).hint(140, SWT.DEFAULT).applyTo(field);
		copy(parent, "the passphrase of the " + name.toLowerCase(), () -> secret);
	}

	private static void copy(Composite parent, String what, java.util.function.Supplier<String> text) {
		Button button = new Button(parent, SWT.PUSH);
		button.setText("Copy");
		button.setToolTipText("Copies " + what + " to the clipboard");
		GridDataFactory.swtDefaults().align(SWT.END, SWT.CENTER).applyTo(button);
		button.addListener(SWT.Selection, _ -> {
			var clipboard = new Clipboard(button.getDisplay());
			clipboard.setContents(new Object[] { text.get() }, new Transfer[] { TextTransfer.getInstance() });
			clipboard.dispose();
		});
	}

	@Override
	public void setFocus() {
		scroller.setFocus();
	}

	@Override
	public void dispose() {
		demos.close();
		sessions.close();
		super.dispose();
	}
}
