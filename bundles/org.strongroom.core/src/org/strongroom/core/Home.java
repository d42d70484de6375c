package org.strongroom.core;

import java.nio.file.Path;

import org.osgi.framework.FrameworkUtil;

/** Strongroom's home: the folder of the person's bookmarks, known hosts and remembered secrets. */
public final class Home {
	/** The system or framework property that names it; a command line that names one sets it before anything else looks. */
	public static final String PROPERTY = "strongroom.home";
	/** The environment variable that names it where the property does not. */
	public static final String VARIABLE = "STRONGROOM_HOME";

	private Home() {
	}

	/**
	 * The home of this process: the property {@value #PROPERTY}, or else the environment variable {@value #VARIABLE}, {@code $XDG_CONFIG_HOME/strongroom} (XDG Base Directory
	 * Specification), {@code %APPDATA%\Strongroom}, {@code ~/Library/Application Support/Strongroom}. It may not exist yet.
	 */
	public static Path folder() {
		String set = property();
		if (set != null && !set.isEmpty())
			return Path.of(set).toAbsolutePath().normalize();
		String environment = System.getenv(VARIABLE);
		if (environment != null && !environment.isEmpty())
			return Path.of(environment).toAbsolutePath().normalize();
		String os = System.getProperty("os.name", "");
		Path user = Path.of(System.getProperty("user.home"));
		if (os.startsWith("Windows") && System.getenv("APPDATA") != null)
			return Path.of(System.getenv("APPDATA"), "Strongroom");
		if (os.startsWith("Mac"))
			return user.resolve("Library/Application Support/Strongroom");
		String xdg = System.getenv("XDG_CONFIG_HOME");
		return xdg != null && xdg.startsWith("/") ? Path.of(xdg, "strongroom") : user.resolve(".config/strongroom");
	}

	private static String property() {
		String system = System.getProperty(PROPERTY);
		if (system != null && !system.isEmpty())
			return system;
		var bundle = FrameworkUtil.getBundle(Home.class);
		if (bundle != null && bundle.getBundleContext() != null)
			return bundle.getBundleContext().getProperty(PROPERTY);
		return null;
	}
}
