package org.strongroom.ui.internal.wizard;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import org.eclipse.jface.dialogs.IMessageProvider;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.wizard.WizardPage;
import org.eclipse.swt.SWT;
import org.eclipse.swt.accessibility.AccessibleAdapter;
import org.eclipse.swt.accessibility.AccessibleEvent;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Combo;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.DirectoryDialog;
import org.eclipse.swt.widgets.FileDialog;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Text;
import org.strongroom.core.Bookmark;
import org.strongroom.core.PlugIns;
import org.strongroom.core.PlugIns.ProtocolInfo;

/** The fields of a bookmark. */
final class BookmarkPage extends WizardPage {
	private final PlugIns plugIns;
	private final List<ProtocolInfo> protocols;
	private final Optional<Bookmark> old;
	private Combo protocol;
	private Text name;
	private Text server;
	private Text port;
	private Text user;
	private Text folder;
	private Button browseFolder;
	private org.eclipse.swt.widgets.List keys;
	private Button addKey;
	private Button removeKey;
	private Button test;
	private Bookmark entered;

	BookmarkPage(PlugIns plugIns, Optional<Bookmark> old) {
		super("bookmark");
		this.plugIns = plugIns;
		this.old = old;
		protocols = plugIns.protocols();
		setTitle(old.isPresent() ? "Bookmark " + old.get().name() : "A way to a server");
		setDescription("A bookmark holds no passphrase or password: you are asked when you sign in.");
	}

	@Override
	public void createControl(Composite parent) {
		Composite area = new Composite(parent, SWT.NONE);
		GridLayoutFactory.swtDefaults().numColumns(3).margins(10, 10).spacing(8, 8).applyTo(area);
		label(area, "&Protocol:");
		protocol = new Combo(area, SWT.READ_ONLY | SWT.DROP_DOWN);
		protocols.forEach(p -> protocol.add(p.name()));
		GridDataFactory.fillDefaults().grab(true, false).span(2, 1).applyTo(protocol);
		name = text(area, "&Name:", 2, "What you call it, such as HQ");
		server = text(area, "&Server:", 2, "");
		port = text(area, "P&ort:", 2, "");
		user = text(area, "&User:", 2, "");
		folder = text(area, "Start &folder:", 1, "");
		browseFolder = button(area, "&Browse…", "Chooses a folder of this machine", this::browseFolder);
		createKeys(area);
		createTest(area);
		fill();
		protocol.addListener(SWT.Selection, _ -> protocolChosen());
		for (Text t : List.of(name, server, port, user, folder))
			t.addModifyListener(_ -> check());
		// a whole address is taken apart when it is pasted, or, if it was typed, when it is left
		server.addVerifyListener(e -> {
			if (isAddress(e.text))
				server.getDisplay().asyncExec(this::takeApart);
		});
		server.addListener(SWT.FocusOut, _ -> {
			takeApart();
			suggestName(server.getText());
		});
		setControl(area);
		protocolChosen();
		setErrorMessage(null);
		if (protocols.isEmpty())
			setErrorMessage("No protocol plug-in is installed: see Help > Install New Software.");
		name.setFocus();
	}

	private void createKeys(Composite area) {
		Label label = label(area, "&Key files:");
		GridDataFactory.fillDefaults().align(SWT.BEGINNING, SWT.BEGINNING).indent(0, 4).applyTo(label);
		keys = new org.eclipse.swt.widgets.List(area, SWT.BORDER | SWT.MULTI | SWT.V_SCROLL | SWT.H_SCROLL);
		keys.setToolTipText("Private keys to sign in with, in this order; none: the usual ones and the agent's");
		named(keys, "Key files");
		GridDataFactory.fillDefaults().grab(true, true).hint(convertWidthInCharsToPixels(40), convertHeightInCharsToPixels(4)).applyTo(keys);
		keys.addListener(SWT.Selection, _ -> removeKey.setEnabled(keys.getSelectionCount() > 0));
		Composite buttons = new Composite(area, SWT.NONE);
		GridLayoutFactory.fillDefaults().applyTo(buttons);
		GridDataFactory.fillDefaults().applyTo(buttons);
		addKey = button(buttons, "&Add…", "Chooses a private key file", this::addKeys);
		removeKey = button(buttons, "&Remove", "Takes the selected keys out of the list; the files stay", () -> {
			keys.remove(keys.getSelectionIndices());
			removeKey.setEnabled(false);
			check();
		});
		removeKey.setEnabled(false);
	}

	private void createTest(Composite area) {
		new Label(area, SWT.NONE);
		test = new Button(area, SWT.PUSH);
		test.setText("&Test Connection");
		test.setToolTipText("Signs in and out again with what is entered here");
		GridDataFactory.swtDefaults().span(2, 1).applyTo(test);
		test.addListener(SWT.Selection, _ -> {
			if (entered != null)
				((BookmarkWizard) getWizard()).test(entered);
		});
	}

	private static Label label(Composite parent, String text) {
		Label label = new Label(parent, SWT.NONE);
		label.setText(text);
		return label;
	}

	private static Text text(Composite parent, String label, int span, String hint) {
		label(parent, label);
		Text text = new Text(parent, SWT.BORDER);
		text.setMessage(hint);
		named(text, label.replace("&", "").replace(":", ""));
		GridDataFactory.fillDefaults().grab(true, false).span(span, 1).applyTo(text);
		return text;
	}

	private static void named(Control control, String name) {
		control.getAccessible().addAccessibleListener(new AccessibleAdapter() {
			@Override
			public void getName(AccessibleEvent e) {
				e.result = name;
			}
		});
	}

	private Button button(Composite parent, String text, String toolTip, Runnable action) {
		Button button = new Button(parent, SWT.PUSH);
		button.setText(text);
		button.setToolTipText(toolTip);
		button.addListener(SWT.Selection, _ -> action.run());
		setButtonLayoutData(button);
		return button;
	}

	private void fill() {
		String scheme = old.map(Bookmark::scheme).orElse("sftp");
		int index = Math.max(0, index(scheme));
		if (!protocols.isEmpty())
			protocol.select(index);
		old.ifPresent(b -> {
			URI uri = b.uri();
			name.setText(b.name());
			server.setText(uri.getHost() == null ? "" : uri.getHost());
			port.setText(uri.getPort() < 0 ? "" : Integer.toString(uri.getPort()));
			user.setText(uri.getUserInfo() == null ? "" : uri.getUserInfo());
			folder.setText(b.startFolder());
			b.keys().forEach(k -> keys.add(k.toString()));
		});
	}

	/** Which protocol has a scheme; -1 for none. */
	private int index(String scheme) {
		return protocols.stream().map(ProtocolInfo::scheme).toList().indexOf(scheme);
	}

	private static boolean isAddress(String text) {
		return text.contains("://");
	}

	/** Puts the parts of an address where they belong; of a user with a password, the user alone. */
	private void takeApart() {
		if (server.isDisposed() || !isAddress(server.getText()))
			return;
		try {
			URI uri = address(new URI(server.getText().strip()));
			int index = index(uri.getScheme());
			if (index < 0 || !protocols.get(index).hasHost() || uri.getHost() == null)
				return;
			suggestName(uri.getHost());
			protocol.select(index);
			port.setText(uri.getPort() < 0 ? "" : Integer.toString(uri.getPort()));
			if (uri.getUserInfo() != null)
				user.setText(uri.getUserInfo().split(":", 2)[0]);
			if (uri.getPath() != null && uri.getPath().length() > 1)
				folder.setText(uri.getPath());
			server.setText(uri.getHost());
			protocolChosen();
		} catch (URISyntaxException e) {
			// what is wrong with it is told above the fields
		}
	}

	/** What an address of a browser means to the chosen protocol, or else to the first one that has a use for it. */
	private URI address(URI given) {
		boolean web = given.getHost() != null && ("https".equalsIgnoreCase(given.getScheme()) || "http".equalsIgnoreCase(given.getScheme()));
		if (!web)
			return given;
		return Stream.concat(Stream.ofNullable(chosen()), protocols.stream()).flatMap(p -> {
			try {
				return plugIns.protocol(p.scheme()).ofWeb(given).stream();
			} catch (IOException e) {
				return Stream.empty(); // a broken plug-in is told of elsewhere
			}
		}).findFirst().orElse(given);
	}

	/** What a bookmark without a name is called by and by. */
	private void suggestName(String host) {
		if (name.getText().isBlank() && !isAddress(host))
			name.setText(host.replace(':', ' ').strip());
	}

	private void protocolChosen() {
		ProtocolInfo p = chosen();
		boolean host = p == null || p.hasHost();
		boolean key = p == null || p.usesKeys();
		for (Control c : List.of(server, port, user))
			c.setEnabled(host);
		for (Control c : List.of(keys, addKey))
			c.setEnabled(key);
		server.setMessage(!host ? "" : key ? "Host name or address, or a host of ~/.ssh/config" : "Host name, or the address that a browser shows");
		user.setMessage(!host ? "" : key ? "Your account on the server; empty: as ~/.ssh/config says, or as here" : "Your account on the server");
		browseFolder.setEnabled(!host);
		port.setMessage(p == null || p.defaultPort() == 0 ? "" : Integer.toString(p.defaultPort()));
		folder.setMessage(host ? "/ is the server's root; /~ your own folder there" : "A folder of this machine");
		check();
	}

	private ProtocolInfo chosen() {
		int index = protocol.getSelectionIndex();
		return index < 0 ? null : protocols.get(index);
	}

	private void browseFolder() {
		var dialog = new DirectoryDialog(getShell());
		String chosen = dialog.open();
		if (chosen != null)
			folder.setText(chosen);
	}

	private void addKeys() {
		var dialog = new FileDialog(getShell(), SWT.OPEN | SWT.MULTI);
		dialog.setText("Private Keys");
		Path ssh = Path.of(System.getProperty("user.home"), ".ssh");
		if (Files.isDirectory(ssh))
			dialog.setFilterPath(ssh.toString());
		if (dialog.open() == null)
			return;
		for (String file : dialog.getFileNames()) {
			String path = Path.of(dialog.getFilterPath(), file).toString();
			if (keys.indexOf(path) < 0)
				keys.add(path);
		}
		check();
	}

	/** Says what is wrong, if anything. */
	private void check() {
		entered = null;
		setMessage(null);
		Optional<String> wrong = wrong();
		setErrorMessage(wrong.filter(w -> !w.isEmpty()).orElse(null));
		setPageComplete(wrong.isEmpty());
		test.setEnabled(wrong.isEmpty());
	}

	/** Nothing if all is well; an empty text if something is still to be entered. */
	private Optional<String> wrong() {
		ProtocolInfo p = chosen();
		if (p == null)
			return Optional.of("Choose a protocol.");
		if (p.hasHost() && server.getText().isBlank() || !p.hasHost() && folder.getText().isBlank())
			return Optional.of("");
		try {
			String named = name.getText().isBlank() ? "unnamed" : name.getText().strip();
			entered = new Bookmark(named, uri(p), Stream.of(keys.getItems()).map(Path::of).toList(), old.map(Bookmark::options).orElse(Map.of()));
			String why = plugIns.protocol(p.scheme()).check(entered);
			if (!why.isEmpty())
				return Optional.of(why);
		} catch (IllegalArgumentException | URISyntaxException | IOException e) {
			return Optional.of(e.getMessage());
		}
		return name.getText().isBlank() ? Optional.of("") : Optional.empty();
	}

	private URI uri(ProtocolInfo p) throws URISyntaxException {
		String path = folder.getText().strip();
		if (!path.isEmpty() && !path.startsWith("/"))
			path = (path.startsWith("~") ? "/" : "/~/") + path;
		if (!p.hasHost())
			return new URI(p.scheme(), "", folder.getText().strip(), null);
		String host = server.getText().strip();
		if (host.chars().anyMatch(c -> c == '/' || c == '@' || Character.isWhitespace(c)))
			throw new URISyntaxException(host, "Give the server's name alone: user, port and folder have their own fields");
		String who = user.getText().strip();
		return new URI(p.scheme(), who.isEmpty() ? null : who, host, number(), path, null, null);
	}

	private int number() {
		String text = port.getText().strip();
		if (text.isEmpty())
			return -1;
		try {
			int number = Integer.parseInt(text);
			if (number > 0 && number < 65536)
				return number;
		} catch (NumberFormatException e) {
			// told below
		}
		throw new IllegalArgumentException("The port is a number from 1 to 65535.");
	}

	/** What has been entered; only if the page is complete. */
	Bookmark bookmark() {
		return entered;
	}

	/** Shows how a test went. */
	void tested(Optional<String> problem) {
		setErrorMessage(problem.orElse(null));
		if (problem.isEmpty())
			setMessage("Signed in: the connection works.", IMessageProvider.INFORMATION);
	}
}
