package org.strongroom.storage.nextcloud;

import org.junit.jupiter.api.BeforeAll;

/** The same on a real server. */
class RealVaultTrashTest extends VaultTrashTest {
	@BeforeAll
	static void isThere() {
		RealNextcloud.given();
	}

	@Override
	RealNextcloud server() {
		return RealNextcloud.given();
	}
}
