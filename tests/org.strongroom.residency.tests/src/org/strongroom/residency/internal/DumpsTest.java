package org.strongroom.residency.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class DumpsTest {
	@Test
	@EnabledOnOs(OS.LINUX)
	void theKernelKeepsThisProcesssMemoryToItself() throws Exception {
		assertThat(Dumps.forbid()).isTrue();
		// what belongs to a process that may not be dumped belongs to root, see proc(5)
		assertThat(Files.getOwner(Path.of("/proc/self/mem")).getName()).isEqualTo("root");
	}
}
