package org.strongroom.product.proof;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Everything on this machine that changed since a moment, whoever changed it: files, folders, links, their names and contents. */
final class Changes {
	private static final int PIECE = 1 << 16;
	/** The kernel's own, where nothing lasts; of {@code /dev} only memory that is used like a disk is looked at. */
	private static final List<String> KERNEL = List.of("/proc", "/sys", "/dev");
	private final Path marker;

	private Changes(Path marker) {
		this.marker = marker;
	}

	/** From now on. @param folder for a file of this object */
	static Changes from(Path folder) throws IOException {
		Path marker = Files.createTempFile(folder, "since", null);
		Path later = Files.createTempFile(folder, "later", null);
		// file systems tell time in steps: what comes next must be later than the marker
		while (!changed(later).toInstant().isAfter(changed(marker).toInstant()))
			Files.setPosixFilePermissions(later, Files.getPosixFilePermissions(later));
		Files.delete(later);
		return new Changes(marker);
	}

	private static FileTime changed(Path file) throws IOException {
		return (FileTime) Files.getAttribute(file, "unix:ctime");
	}

	/** Where there are canaries now. @param aside folders that are not looked at */
	List<Leak> leaks(Search search, List<Path> aside) throws IOException {
		var found = new ArrayList<Leak>();
		for (Path path : all(aside)) {
			var forms = new TreeSet<String>(search.in(path.toString()));
			forms.addAll(Files.isSymbolicLink(path) ? search.in(Files.readSymbolicLink(path).toString()) : content(path, search));
			if (!forms.isEmpty())
				found.add(new Leak(path.toString(), forms));
		}
		return found;
	}

	private List<Path> all(List<Path> aside) throws IOException {
		var command = new ArrayList<>(List.of("find", "/", "/dev/shm", "("));
		for (String folder : KERNEL)
			command.addAll(List.of("-path", folder, "-o"));
		for (Path folder : aside)
			command.addAll(List.of("-path", folder.toString(), "-o"));
		command.addAll(List.of("-false", ")", "-prune", "-o", "-cnewer", marker.toString(), "-print0"));
		var process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
		String names = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		return names.isEmpty() ? List.of() : List.of(names.split("\0")).stream().map(Path::of).toList();
	}

	private static Set<String> content(Path path, Search search) {
		if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
			return Set.of();
		var forms = new TreeSet<String>();
		try (InputStream in = Files.newInputStream(path)) {
			Search.Stream stream = search.new Stream();
			byte[] piece = new byte[PIECE];
			for (int n = in.read(piece); n > 0; n = in.read(piece))
				forms.addAll(stream.next(piece, n));
		} catch (IOException e) {
			// it has gone meanwhile
		}
		return forms;
	}
}
