package org.strongroom.storage.nextcloud;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeAll;

/** The same on a real server. */
class RealVaultTrashTest extends VaultTrashTest {
	@BeforeAll
	static void isThere() {
		assumeTrue(RealNextcloud.given().isPresent(), "no real Nextcloud: set STRONGROOM_NEXTCLOUD_URL, STRONGROOM_NEXTCLOUD_USER and STRONGROOM_NEXTCLOUD_PASSWORD");
	}

	@Override
	RealNextcloud server() {
		return RealNextcloud.given().orElseThrow();
	}
}
