package org.strongroom.testing.nextcloud;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;

import org.strongroom.core.Bookmark;
import org.strongroom.core.auth.SignIn;
import org.strongroom.core.storage.Storage;
import org.strongroom.storage.nextcloud.internal.NextcloudProtocol;
import org.strongroom.testing.Person;

/** A server that tests run on: the emulated one, or a real one. */
public interface NextcloudUnderTest extends AutoCloseable {
	/** Its address, with the folder it is installed in. */
	URI uri();

	String user();

	String password();

	/** Signs in in the browser. @return whether that worked */
	boolean browse(URI address) throws IOException;

	/** Makes an app password worthless. */
	void revoke(String appPassword) throws IOException;

	/** Installs the app {@code files_lock}, where that is up to the tests. */
	default void installLocks() {
		// it is there, or is not
	}

	@Override
	void close();

	/** @param user null for none */
	default Bookmark bookmark(String user, Map<String, String> options) {
		return new Bookmark("cloud", URI.create("nextcloud://" + (user == null ? "" : user + "@") + uri().getRawAuthority() + uri().getRawPath() + "/"), List.of(), options);
	}

	/** Somebody who knows the password, and has a browser. */
	default Person person() {
		return new Person().secret(_ -> password()).browser(this::browse);
	}

	/** Signs in with the password. */
	default Storage connect() throws IOException {
		return connect(bookmark(user(), Map.of("sign-in", "password")), person());
	}

	default Storage connect(Bookmark bookmark, Person person) throws IOException {
		return new NextcloudProtocol().connect(bookmark, new SignIn(List.of(), person));
	}
}
