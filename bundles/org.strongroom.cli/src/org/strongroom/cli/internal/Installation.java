package org.strongroom.cli.internal;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.eclipse.core.runtime.CoreException;
import org.eclipse.core.runtime.IProgressMonitor;
import org.eclipse.core.runtime.IStatus;
import org.eclipse.core.runtime.NullProgressMonitor;
import org.eclipse.equinox.p2.core.IProvisioningAgent;
import org.eclipse.equinox.p2.core.ProvisionException;
import org.eclipse.equinox.p2.core.UIServices;
import org.eclipse.equinox.p2.engine.IProfile;
import org.eclipse.equinox.p2.engine.IProfileRegistry;
import org.eclipse.equinox.p2.engine.IProvisioningPlan;
import org.eclipse.equinox.p2.engine.ProvisioningContext;
import org.eclipse.equinox.p2.engine.query.IUProfilePropertyQuery;
import org.eclipse.equinox.p2.metadata.IInstallableUnit;
import org.eclipse.equinox.p2.operations.InstallOperation;
import org.eclipse.equinox.p2.operations.ProfileChangeOperation;
import org.eclipse.equinox.p2.operations.ProvisioningJob;
import org.eclipse.equinox.p2.operations.ProvisioningSession;
import org.eclipse.equinox.p2.operations.UninstallOperation;
import org.eclipse.equinox.p2.query.QueryUtil;
import org.eclipse.equinox.p2.repository.metadata.IMetadataRepositoryManager;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.strongroom.core.Problem;
import org.strongroom.core.residency.ForbiddenException;

/** What this product is made of, by p2. */
final class Installation {
	/** The property by which the start script names the repository that the build made. */
	static final String REPOSITORY = "strongroom.repository";
	private static final String GROUP = ".feature.group";
	private static final String OURS = "org.strongroom.";
	/** The features that this command line runs on. */
	private static final Set<String> ITSELF = Set.of(OURS + "platform", OURS + "workbench");

	private final IProvisioningAgent agent;
	private final IProfile profile;

	private Installation() throws IOException {
		BundleContext context = FrameworkUtil.getBundle(Installation.class).getBundleContext();
		var reference = context.getServiceReference(IProvisioningAgent.class);
		agent = reference == null ? null : context.getService(reference);
		IProfileRegistry registry = agent == null ? null : agent.getService(IProfileRegistry.class);
		profile = registry == null ? null : registry.getProfile(IProfileRegistry.SELF);
		if (profile == null)
			throw new IOException("Plug-ins cannot be looked after here: this Strongroom was not installed from a repository.");
	}

	static void list(Run run) throws IOException {
		var features = new Installation().installed();
		if (run.json())
			run.out().json(features.stream().map(Installation::json).toList());
		else
			run.out().table(features.stream().map(unit -> List.of(shortName(unit), feature(unit), unit.getVersion().toString())).toList());
		for (Problem problem : unusable(run))
			run.failed(Path.of(""), problem);
	}

	/** Has all that is contributed be made once, so that what is broken shows, and what the policy does not let be used. */
	private static Set<Problem> unusable(Run run) throws IOException {
		var plugIns = run.surroundings().services().sessions().plugIns();
		var found = new LinkedHashSet<Problem>();
		plugIns.authenticators();
		for (var protocol : plugIns.protocols())
			tried(() -> plugIns.protocol(protocol.scheme()), found);
		for (var format : plugIns.vaultFormats())
			tried(() -> plugIns.vaultFormat(format.id()), found);
		plugIns.problems().forEach(problem -> found.add(new Problem(Problem.Kind.OTHER, Run.line(problem))));
		return found;
	}

	private interface Attempt {
		Object make() throws IOException;
	}

	private static void tried(Attempt attempt, Set<Problem> forbidden) {
		try {
			attempt.make();
		} catch (ForbiddenException e) {
			forbidden.add(Problem.of(e));
		} catch (IOException e) {
			// Told by PlugIns.problems.
		}
	}

	private static Map<String, Object> json(IInstallableUnit unit) {
		var object = new LinkedHashMap<String, Object>();
		object.put("name", shortName(unit));
		object.put("id", feature(unit));
		object.put("version", unit.getVersion().toString());
		return object;
	}

	static void install(Run run, List<String> ids, String from) throws IOException {
		URI repository = repository(run, from);
		var installation = new Installation();
		var monitor = monitor(run);
		List<IInstallableUnit> offered;
		try {
			offered = groups(installation.agent.getService(IMetadataRepositoryManager.class).loadRepository(repository, monitor).query(QueryUtil.createIUGroupQuery(), monitor).toSet());
		} catch (ProvisionException e) {
			throw new IOException("The repository %s cannot be read: %s".formatted(Run.line(from == null ? Path.of(repository).toString() : from), reason(e.getStatus())));
		}
		var wanted = new ArrayList<IInstallableUnit>();
		for (String id : ids)
			wanted.add(named(offered, id).orElseThrow(() -> new NoSuchFileException("plug-in " + id, null, "the repository has none of that name.")));
		wanted.removeIf(unit -> installation.installed().stream().anyMatch(i -> i.getId().equals(unit.getId()) && i.getVersion().equals(unit.getVersion())));
		if (wanted.isEmpty())
			return;
		installation.agent.registerService(UIServices.SERVICE_NAME, new Trust());
		var context = new ProvisioningContext(installation.agent);
		context.setMetadataRepositories(repository);
		context.setArtifactRepositories(repository);
		installation.change(new InstallOperation(new ProvisioningSession(installation.agent), wanted), context, plan -> NewPlugIns.admit(plan, monitor), monitor);
		tell(run, wanted, "installed");
	}

	static void remove(Run run, List<String> ids) throws IOException {
		var installation = new Installation();
		var unwanted = new ArrayList<IInstallableUnit>();
		for (String id : ids)
			unwanted.add(named(installation.installed(), id).orElseThrow(
					() -> new NoSuchFileException("plug-in " + id, null, "none of that name is installed; see 'strongroom plugin list'.")));
		for (IInstallableUnit unit : unwanted)
			if (ITSELF.contains(feature(unit)))
				throw new IOException("Nothing was changed: '%s' is Strongroom itself and cannot be removed.".formatted(shortName(unit)));
		var context = new ProvisioningContext(installation.agent);
		context.setMetadataRepositories();
		context.setArtifactRepositories();
		installation.change(new UninstallOperation(new ProvisioningSession(installation.agent), unwanted), context, _ -> {
			// what is removed needs nobody's permission
		}, monitor(run));
		tell(run, unwanted, "removed");
	}

	private static void tell(Run run, List<IInstallableUnit> units, String done) throws IOException {
		if (run.json())
			run.out().json(units.stream().map(Installation::json).toList());
		else
			for (IInstallableUnit unit : units)
				run.out().line("%s %s is %s.".formatted(shortName(unit), unit.getVersion(), done));
	}

	private interface Admission {
		/** @throws IOException if nothing is to be changed */
		void admit(IProvisioningPlan plan) throws IOException;
	}

	private void change(ProfileChangeOperation operation, ProvisioningContext context, Admission admission, IProgressMonitor monitor) throws IOException {
		operation.setProvisioningContext(context);
		IStatus resolved = operation.resolveModal(monitor);
		ProvisioningJob job = operation.getProvisioningJob(monitor);
		if (resolved.matches(IStatus.ERROR | IStatus.CANCEL) || job == null)
			throw new IOException("Nothing was changed: " + reason(resolved));
		admission.admit(operation.getProvisioningPlan());
		IStatus done = job.runModal(monitor);
		if (done.matches(IStatus.ERROR | IStatus.CANCEL))
			throw new IOException("Nothing was changed: " + reason(done));
	}

	/** The features a person put in, by name. */
	private List<IInstallableUnit> installed() {
		return groups(profile.query(new IUProfilePropertyQuery(IProfile.PROP_PROFILE_ROOT_IU, Boolean.TRUE.toString()), new NullProgressMonitor()).toSet());
	}

	private static List<IInstallableUnit> groups(Collection<IInstallableUnit> units) {
		return units.stream().filter(unit -> unit.getId().endsWith(GROUP)).sorted(Comparator.comparing(Installation::shortName)).toList();
	}

	/** The newest of that name: a feature's id, or the last part of it. */
	private static Optional<IInstallableUnit> named(List<IInstallableUnit> units, String name) {
		var newest = Comparator.comparing(IInstallableUnit::getVersion);
		var exact = units.stream().filter(unit -> unit.getId().equals(name) || feature(unit).equals(name) || unit.getId().equals(OURS + name + GROUP)).max(newest);
		return exact.or(() -> units.stream().filter(unit -> shortName(unit).equals(name)).max(newest));
	}

	private static String feature(IInstallableUnit unit) {
		return unit.getId().substring(0, unit.getId().length() - GROUP.length());
	}

	private static String shortName(IInstallableUnit unit) {
		String feature = feature(unit);
		return feature.substring(feature.lastIndexOf('.') + 1);
	}

	private static URI repository(Run run, String given) throws IOException {
		String from = given == null ? System.getProperty(REPOSITORY) : given;
		if (from == null || from.isEmpty())
			throw new UsageException("Say where from: plugin install --repository DIR|ZIP.");
		Path place = run.local(from);
		if (Files.isDirectory(place))
			return place.toRealPath().toUri();
		if (!Files.isRegularFile(place))
			throw new NoSuchFileException(place.toString());
		return URI.create("jar:" + place.toRealPath().toUri() + "!/");
	}

	private static IProgressMonitor monitor(Run run) {
		return new NullProgressMonitor() {
			@Override
			public boolean isCanceled() {
				return run.cancelled();
			}
		};
	}

	/** What p2 has to say, in one line: the innermost of it says most. */
	private static String reason(IStatus status) {
		IStatus s = status;
		while (s.isMultiStatus() && s.getChildren().length > 0)
			s = s.getChildren()[0];
		if (s.getException() instanceof CoreException e && e.getStatus() != s)
			return reason(e.getStatus());
		return Run.line(s.getMessage());
	}
}
