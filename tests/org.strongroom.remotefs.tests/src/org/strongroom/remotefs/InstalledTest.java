package org.strongroom.remotefs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;

class InstalledTest {

	@Test
	void bundleUnderTestIsResolved() {
		// this test lies in a fragment of it
		Bundle bundle = FrameworkUtil.getBundle(InstalledTest.class);
		assertThat(bundle.getSymbolicName()).isEqualTo("org.strongroom.remotefs");
		assertThat(bundle.getState()).isNotEqualTo(Bundle.INSTALLED);
	}
}
