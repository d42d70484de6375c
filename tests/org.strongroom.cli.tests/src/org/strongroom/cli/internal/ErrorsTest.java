package org.strongroom.cli.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;

class ErrorsTest {
	@Test
	void whatTheLastLineHasToldIsNotToldAgain() {
		var out = new ByteArrayOutputStream();
		var errors = new Errors(out);
		errors.unlessTold("The audit sink 'two' is down: it hangs.");
		errors.line("Forbidden: The audit sink 'one' is down: it hangs.");
		errors.unlessTold("The audit sink 'one' is down: it hangs.");
		assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("strongroom: The audit sink 'two' is down: it hangs.\nstrongroom: Forbidden: The audit sink 'one' is down: it hangs.\n");
	}
}
