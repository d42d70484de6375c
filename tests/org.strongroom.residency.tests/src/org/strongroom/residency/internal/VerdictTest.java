package org.strongroom.residency.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.strongroom.core.residency.Verdict;

class VerdictTest {
	@Test
	void theStricterWins() {
		assertThat(Verdict.ALLOW.or(Verdict.ASK)).isEqualTo(Verdict.ASK);
		assertThat(Verdict.FORBID.or(Verdict.ALLOW)).isEqualTo(Verdict.FORBID);
	}
}
