package org.strongroom.cli.internal;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

import org.eclipse.core.runtime.IProgressMonitor;
import org.eclipse.core.runtime.IStatus;
import org.eclipse.equinox.p2.engine.IProvisioningPlan;
import org.eclipse.equinox.p2.metadata.IArtifactKey;
import org.eclipse.equinox.p2.metadata.IInstallableUnit;
import org.eclipse.equinox.p2.query.QueryUtil;
import org.eclipse.equinox.p2.repository.artifact.IArtifactDescriptor;
import org.eclipse.equinox.p2.repository.artifact.IArtifactRepository;
import org.eclipse.equinox.p2.repository.artifact.IFileArtifactRepository;
import org.strongroom.core.residency.ForbiddenException;
import org.strongroom.residency.policy.Policies;
import org.strongroom.residency.policy.PlugInJar;

/** What is about to be installed, as far as policies speak of it. */
final class NewPlugIns {
	private static final String BUNDLE = "osgi.bundle";

	private NewPlugIns() {
	}

	/** @throws ForbiddenException if the policies do not let one of them be used: then none is to be installed */
	static void admit(IProvisioningPlan plan, IProgressMonitor monitor) throws IOException {
		Policies policies = Policies.read(Policies.sources());
		if (policies.found().isEmpty())
			return;
		for (IInstallableUnit unit : plan.getAdditions().query(QueryUtil.ALL_UNITS, monitor))
			for (IArtifactKey key : unit.getArtifacts())
				if (key.getClassifier().equals(BUNDLE))
					try (var jar = new Jar(plan, key, monitor)) {
						policies.admitNew(key.getId(), jar);
					}
	}

	/** The JAR of a bundle in a repository; fetched once, and gone when this is closed. */
	private static final class Jar implements PlugInJar, AutoCloseable {
		private final IProvisioningPlan plan;
		private final IArtifactKey key;
		private final IProgressMonitor monitor;
		private File file;
		private Path fetched;

		Jar(IProvisioningPlan plan, IArtifactKey key, IProgressMonitor monitor) {
			this.plan = plan;
			this.key = key;
			this.monitor = monitor;
		}

		@Override
		public File file() throws IOException {
			if (file == null)
				file = fetch();
			return file;
		}

		private File fetch() throws IOException {
			for (IArtifactRepository repository : plan.getContext().getArtifactRepositories(monitor).query(QueryUtil.createMatchQuery(IArtifactRepository.class, "true"), monitor)) {
				if (!repository.contains(key))
					continue;
				File there = repository instanceof IFileArtifactRepository files ? files.getArtifactFile(key) : null;
				if (there != null)
					return there;
				fetched = Files.createTempFile("strongroom-", ".jar");
				for (IArtifactDescriptor descriptor : repository.getArtifactDescriptors(key))
					try (OutputStream out = Files.newOutputStream(fetched)) {
						if (!repository.getArtifact(descriptor, out, monitor).matches(IStatus.ERROR | IStatus.CANCEL))
							return fetched.toFile();
					}
			}
			throw new IOException("Nothing was changed: whether the policy lets the plug-in %s be used cannot be told, for the repository does not give it.".formatted(key.getId()));
		}

		@Override
		public void close() throws IOException {
			if (fetched != null)
				Files.deleteIfExists(fetched);
		}
	}
}
