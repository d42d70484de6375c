package org.strongroom.doctor.internal;

import java.util.function.Consumer;

import org.strongroom.core.doctor.Finding;
import org.strongroom.doctor.Machine;

/** Whether programs of the same account may read each other's memory (kernel, Documentation/admin-guide/LSM/Yama). */
public final class Ptrace implements Check {
	@Override
	public String id() {
		return "leak.ptrace";
	}

	@Override
	public String subject() {
		return "Memory of other programs";
	}

	@Override
	public void look(Machine machine, Mentions mentions, Consumer<Finding> found) {
		String scope = Reading.word(machine.at("/proc/sys/kernel/yama/ptrace_scope")).orElse("");
		if (scope.matches("[123]"))
			found.accept(Finding.ok(id(), "this machine", "Programs may not read each other's memory (ptrace_scope %s).".formatted(scope)));
		else
			found.accept(Finding.note(id(), "this machine",
					"Programs of this account may read each other's memory (%s).".formatted(scope.isEmpty() ? "the kernel has no Yama" : "ptrace_scope " + scope),
					"Strongroom has the kernel forbid that of itself where it can (prctl). Your SSH agent, your browser and what you open saved files with do not.",
					scope.isEmpty() ? "A kernel with Yama (CONFIG_SECURITY_YAMA), and kernel.yama.ptrace_scope=1" : "/etc/sysctl.d/50-ptrace.conf:\nkernel.yama.ptrace_scope=1\nThen: sysctl --system"));
	}
}
