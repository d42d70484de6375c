package org.strongroom.storage.nextcloud;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.Home;
import org.strongroom.core.storage.Storage;
import org.strongroom.testing.Progress;
import org.strongroom.testing.StorageContract;

/** What every storage promises, on a real server. */
@ExtendWith(Progress.class)
class RealContractTest extends StorageContract {
	/** In bytes; the server's database has no room for more. */
	private static final int LONGEST_NAME = 250;

	@TempDir
	static Path temp;
	private static String appPassword;
	private static SecondView view;

	@BeforeAll
	static void isThere() throws IOException {
		RealNextcloud server = RealNextcloud.given();
		System.setProperty(Home.PROPERTY, temp.resolve("home").toString());
		appPassword = server.appPassword();
		view = server.files(appPassword);
	}

	@AfterAll
	static void end() throws IOException {
		if (view == null)
			return;
		view.close();
		RealNextcloud server = RealNextcloud.given();
		try (SecondView trash = server.trash(appPassword); Stream<Path> all = Files.list(trash.getPath("/"))) {
			for (Path removed : (Iterable<Path>) all.filter(r -> r.getFileName().toString().startsWith(FOLDER))::iterator)
				trash.deleteTree(removed);
		}
		server.revoke(appPassword);
	}

	@Override
	protected Storage connect() throws IOException {
		return RealNextcloud.given().connect();
	}

	@Override
	protected Path disk() {
		return view.getPath("/");
	}

	/** Other names are refused, and names in other forms of Unicode changed. */
	@Override
	protected boolean takes(String name) {
		return name.getBytes(StandardCharsets.UTF_8).length <= LONGEST_NAME && !name.equals("*") && name.chars().noneMatch(c -> c < ' ' || c == '\\') && Normalizer.isNormalized(name, Normalizer.Form.NFC);
	}

	@Override
	protected void remove(Path folder) throws IOException {
		view.deleteTree(folder);
	}

	@Override
	protected String remote() {
		return "/";
	}
}
