package org.strongroom.storage.webdav;

import java.io.IOException;

import org.junit.jupiter.api.BeforeAll;
import org.strongroom.testing.WebDavServer.Kind;

class RcloneContractTest extends DavContract {
	@BeforeAll
	static void start() throws IOException {
		start(Kind.RCLONE, server -> server);
	}

	/** Control characters get lost on their way to its files. */
	@Override
	protected boolean takes(String name) {
		return name.chars().noneMatch(Character::isISOControl);
	}
}
