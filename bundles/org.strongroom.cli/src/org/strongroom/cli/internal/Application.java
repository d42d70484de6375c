package org.strongroom.cli.internal;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.nio.file.Path;
import java.time.Duration;

import org.eclipse.equinox.app.IApplication;
import org.eclipse.equinox.app.IApplicationContext;
import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;
import org.strongroom.external.Loan;

/** The command line as an application of the framework. Ends with the exit codes of {@link org.strongroom.core.Problem.Kind}, and 130 when told to end. */
public final class Application implements IApplication {
	private static final Duration PATIENCE = Duration.ofSeconds(10);
	private static final int CANCELLED = 130;

	@Override
	public Object start(IApplicationContext context) throws Exception {
		context.applicationRunning();
		Bundle bundle = FrameworkUtil.getBundle(Application.class);
		var stop = new Stop(Thread.currentThread());
		try (var out = new FileOutputStream(FileDescriptor.out);
				var err = new FileOutputStream(FileDescriptor.err);
				var in = new FileInputStream(FileDescriptor.in)) {
			return run(context, bundle, stop, out, new Errors(err), in);
		}
	}

	private static Object run(IApplicationContext context, Bundle bundle, Stop stop, FileOutputStream out, Errors errors, FileInputStream in) throws Exception {
		try (var services = new FrameworkServices(bundle.getBundleContext(), errors::unlessTold)) {
			var hook = Thread.ofPlatform().unstarted(() -> end(stop, services, errors));
			Runtime.getRuntime().addShutdownHook(hook);
			int code;
			try {
				code = new Program(new Surroundings(services, in.getChannel(), Terminal.isTerminal(0), new Output(out, Terminal.isTerminal(1)), errors,
						Path.of("").toAbsolutePath(), stop, bundle.getVersion().toString())).run(Arguments.of(context));
			} finally {
				services.close();
				stop.ended();
			}
			try {
				Runtime.getRuntime().removeShutdownHook(hook);
			} catch (IllegalStateException e) {
				// The process is being ended, and the hook has its say.
				return CANCELLED;
			}
			return code;
		}
	}

	/** Ctrl+C, or the system wants us to end: a save under way is given up, vaults are locked, the terminal echoes again. */
	private static void end(Stop stop, FrameworkServices services, Errors errors) {
		services.stopAsking();
		if (!stop.stop(PATIENCE))
			Loan.leave().forEach(kept -> errors.line("What was not saved is kept, readable, in memory alone: %s.".formatted(Run.line(kept.toString()))));
		Runtime.getRuntime().halt(CANCELLED);
	}

	@Override
	public void stop() {
	}
}
