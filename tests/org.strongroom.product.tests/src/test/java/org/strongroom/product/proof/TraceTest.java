package org.strongroom.product.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What other programs write is seen, however they do it. */
class TraceTest {
	private final Canaries canaries = new Canaries();

	private List<String> leaksOf(Path folder, String script) throws Exception {
		assumeTrue(Trace.unavailable().isEmpty(), () -> Trace.unavailable().orElseThrow());
		Path record = Files.createDirectory(folder.resolve("record"));
		var command = new ArrayList<>(Trace.of(record));
		command.addAll(List.of("bash", "-c", script, "bash", canaries.word()));
		Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
		String said = new String(process.getInputStream().readAllBytes());
		assertThat(process.waitFor()).as(said).isZero();
		return Trace.read(record, new Search(canaries.forms()), Trace.OUTPUT::equals).leaks().stream().map(Leak::where).map(w -> w.replace(folder + "/", "")).toList();
	}

	@Test
	void whatIsFreeOfCanaries(@TempDir Path folder) throws Exception {
		assertThat(leaksOf(folder, "echo hello >a; mkdir b; echo \"$1\" | cat; cp a b/c 2>/dev/null || true")).noneMatch(w -> !w.startsWith("unseen: copy_file_range"));
	}

	@Test
	void bytesOfFilesThatAreGone(@TempDir Path folder) throws Exception {
		assertThat(leaksOf(folder, "echo \"x$1\" >a; rm a")).containsExactly("a");
	}

	@Test
	void bytesInPieces(@TempDir Path folder) throws Exception {
		assertThat(leaksOf(folder, "exec 3>a; for ((i = 0; i < ${#1}; i++)); do printf %s \"${1:i:1}\" >&3; done")).containsExactly("a");
	}

	@Test
	void bytesOfChildrenAndThroughPipes(@TempDir Path folder) throws Exception {
		assertThat(leaksOf(folder, "(echo \"$1\" | tee a >/dev/null) & wait")).containsExactly("a");
	}

	@Test
	void names(@TempDir Path folder) throws Exception {
		assertThat(leaksOf(folder, "mkdir \"d $1\"; rmdir \"d $1\"; : >a; mv a \"é $1\"; ln -s \"$1\" l"))
				.satisfiesExactlyInAnyOrder(w -> assertThat(w).startsWith("mkdir d "), w -> assertThat(w).matches("rename\\S* é .*"), w -> assertThat(w).matches("symlink\\S* .*"));
	}

	@Test
	void whatCannotBeSeenIsTold(@TempDir Path folder) throws Exception {
		assumeTrue(Files.exists(Path.of("/usr/bin/python3")), "no python3 to map memory with");
		assertThat(leaksOf(folder, "/usr/bin/python3 -c 'import mmap; f = open(\"a\", \"w+b\"); f.truncate(4096); mmap.mmap(f.fileno(), 4096)[0:1] = b\"x\"'")).containsExactly("unseen: mmap a");
	}
}
