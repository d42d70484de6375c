package org.strongroom.doctor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import org.osgi.framework.FrameworkUtil;
import org.strongroom.core.Home;

/**
 * The machine that is looked at.
 *
 * @param system name of the operating system, as the system property {@code os.name} has it
 * @param root what stands for its {@code /}; of another machine, or one that was made up, any folder
 * @param user the person's own folder
 * @param home Strongroom's home, which may not exist
 * @param configuration where the product keeps its own settings, if that is known
 * @param environment variables of the process, whose paths are those of the machine
 */
public record Machine(String system, Path root, Path user, Path home, Optional<Path> configuration, Map<String, String> environment) {
	private static final String CONFIGURATION = "osgi.configuration.area";

	public Machine {
		Objects.requireNonNull(system);
		Objects.requireNonNull(root);
		Objects.requireNonNull(user);
		Objects.requireNonNull(home);
		Objects.requireNonNull(configuration);
		environment = Map.copyOf(environment);
	}

	/** The one this process runs on. */
	public static Machine here() {
		Path user = real(Path.of(System.getProperty("user.home")).toAbsolutePath());
		return new Machine(System.getProperty("os.name", ""), user.getRoot(), user, Home.folder(), configurationArea(), System.getenv());
	}

	/** Where it lies, links followed: the disk it lies on is looked up by that. */
	private static Path real(Path folder) {
		try {
			return folder.toRealPath();
		} catch (IOException e) {
			return folder;
		}
	}

	private static Optional<Path> configurationArea() {
		var bundle = FrameworkUtil.getBundle(Machine.class);
		String area = bundle == null || bundle.getBundleContext() == null ? null : bundle.getBundleContext().getProperty(CONFIGURATION);
		// a URL with blanks as they are
		return area == null || !area.startsWith("file:") ? Optional.empty() : Optional.of(Path.of(area.substring("file:".length())));
	}

	/** Whether it is Linux. What is not known of other systems is not claimed. */
	public boolean isLinux() {
		return system.startsWith("Linux");
	}

	/** A place by its absolute path on the machine. */
	public Path at(String absolute) {
		Path path = Path.of(absolute);
		return root.getParent() == null || path.getRoot() == null ? root.resolve(path) : root.resolve(path.getRoot().relativize(path));
	}

	/** The folder that a variable of the environment names; empty if it is not set or not absolute. */
	public Optional<Path> folder(String variable) {
		String value = environment.get(variable);
		return value == null || !value.startsWith("/") ? Optional.empty() : Optional.of(at(value));
	}

	/** The person's caches (XDG Base Directory Specification). */
	public Path caches() {
		return folder("XDG_CACHE_HOME").orElse(user.resolve(".cache"));
	}

	/** The person's data (XDG Base Directory Specification). */
	public Path data() {
		return folder("XDG_DATA_HOME").orElse(user.resolve(".local/share"));
	}

	/** The person's settings (XDG Base Directory Specification). */
	public Path settings() {
		return folder("XDG_CONFIG_HOME").orElse(user.resolve(".config"));
	}

	/** A path as it is called on the machine. */
	public String name(Path path) {
		return root.getParent() != null && path.startsWith(root) ? "/" + root.relativize(path) : path.toString();
	}
}
