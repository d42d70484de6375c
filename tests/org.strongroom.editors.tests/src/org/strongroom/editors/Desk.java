package org.strongroom.editors;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Hashtable;
import java.util.Map;

import org.eclipse.ui.IEditorPart;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.strongroom.core.Bookmark;
import org.strongroom.core.Home;
import org.strongroom.core.Item;
import org.strongroom.core.Session;
import org.strongroom.core.Session.Unlocking;
import org.strongroom.core.Sessions;
import org.strongroom.core.auth.Prompter;
import org.strongroom.demo.EmbeddedServer;
import org.strongroom.demo.EmbeddedServer.SignIn;
import org.strongroom.testing.DelayProxy;
import org.strongroom.testing.Person;
import org.strongroom.testing.ui.TextPage;
import org.strongroom.testing.ui.Ui;
import org.strongroom.testing.ui.WorkbenchPage;

/** The workbench, signed in to a server over a line that can be cut. Somebody knows the password, and gives it without a dialog. */
final class Desk implements AutoCloseable {
	private final EmbeddedServer server;
	private final DelayProxy line;
	private final ServiceRegistration<Prompter> person;
	private final Session session;

	/** @param folder the server's */
	Desk(Path folder) throws IOException {
		WorkbenchPage.awaitOpen();
		server = EmbeddedServer.serving(folder).signIn(SignIn.PASSWORD).start();
		// ports come again, with other keys
		Files.deleteIfExists(Home.folder().resolve("known_hosts"));
		line = DelayProxy.to(server.host(), server.port()).start();
		person = FrameworkUtil.getBundle(Desk.class).getBundleContext().registerService(Prompter.class, new Person().secret(_ -> server.password()),
				new Hashtable<>(Map.of("service.ranking", 1)));
		session = WorkbenchPage.service(Sessions.class).open(new Bookmark("Desk", URI.create("sftp://%s@%s:%d/".formatted(server.user(), line.host(), line.port()))));
	}

	Session session() {
		return session;
	}

	DelayProxy line() {
		return line;
	}

	/** Opens a file, and gives its editor when that is open. */
	IEditorPart open(String name) throws IOException {
		Item item = session.stat("/" + name, Unlocking.FAIL);
		Ui.run(() -> OpenFile.open(WorkbenchPage.page(), session, item));
		return WorkbenchPage.awaitEditor(name);
	}

	/** Opens a file that is to be a text. */
	TextPage openText(String name) throws IOException {
		open(name);
		return TextPage.await(name);
	}

	@Override
	public void close() throws IOException {
		WorkbenchPage.closeEditors();
		session.close();
		person.unregister();
		line.close();
		server.close();
	}
}
