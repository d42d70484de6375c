package org.strongroom.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;

class InstalledTest {

	@Test
	void bundleUnderTestIsResolved() {
		var context = FrameworkUtil.getBundle(InstalledTest.class).getBundleContext();
		assertThat(context.getBundles())
				.filteredOn(bundle -> bundle.getSymbolicName().equals("org.strongroom.doctor"))
				.singleElement()
				.satisfies(bundle -> assertThat(bundle.getState()).isNotEqualTo(Bundle.INSTALLED));
	}
}
