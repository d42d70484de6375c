package org.strongroom.residency.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class OwnMemoryTest {
	@Test
	@EnabledOnOs(OS.LINUX)
	void theKernelKeepsThisProcesssMemoryToItself() throws Exception {
		assertThat(OwnMemory.forbidDumps()).isTrue();
		// what belongs to a process that may not be dumped belongs to root, see proc(5)
		assertThat(Files.getOwner(Path.of("/proc/self/mem")).getName()).isEqualTo("root");
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void theKernelSwapsNothingOutWhereItPermitsThat() throws Exception {
		boolean locked = OwnMemory.forbidSwapping();
		String status = Files.readString(Path.of("/proc/self/status"));
		assertThat(status.contains("VmLck:\t       0 kB")).as(status).isEqualTo(!locked);
		assertThat(new byte[64 << 20]).as("memory can still be had").hasSize(64 << 20);
	}
}
