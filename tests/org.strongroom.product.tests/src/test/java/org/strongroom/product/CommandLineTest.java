package org.strongroom.product;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CommandLineTest {

	@Test
	void tellsItsVersionAndNothingElse() throws Exception {
		var outcome = Product.commandLine("--version");

		assertThat(outcome.out()).startsWith("Strongroom 0.1.0");
		assertThat(outcome.err()).isEmpty();
		assertThat(outcome.code()).isZero();
	}
}
