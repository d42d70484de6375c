package org.strongroom.residency.policy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRevision;

/**
 * A plug-in that delivers a policy: its manifest says {@code Provide-Capability: org.strongroom.policy;file="policy.yaml"}. It counts as soon as the plug-in is installed, whether it can run or not: nothing of it does. It must be
 * signed: with the machine's key if there is one, as a policy of the machine is, in a file of its name and {@value PolicySource#SIGNATURE} beside it in the plug-in; or else by the JAR's own signature, of somebody whom this installation trusts.
 *
 * @param plugIn its symbolic name
 * @param file the policy's path in it
 * @param content of the plug-in
 * @param key the machine's, as for {@link FileSource}
 */
public record PlugInSource(String plugIn, String file, Content content, Path key) implements PolicySource {
	/** The name space of the capability. */
	public static final String CAPABILITY = "org.strongroom.policy";
	private static final String USUAL_FILE = Policies.FILE;

	/** What is in a plug-in. */
	public interface Content {
		/** The first bytes of a file. @return null if there is none */
		byte[] read(String file, int most) throws IOException;

		/** Makes sure that a file is signed as part of the JAR by somebody who is trusted. @throws DamagedPolicyException if it is not, with one line that says so */
		void checkSigned(String file) throws IOException;
	}

	/** Those of all plug-ins that are installed, in whatever state. @param key the machine's, which may not exist */
	static List<PlugInSource> of(BundleContext context, Path key) {
		var all = new ArrayList<PlugInSource>();
		for (Bundle bundle : context.getBundles()) {
			BundleRevision revision = bundle.adapt(BundleRevision.class);
			if (revision != null)
				for (BundleCapability capability : revision.getDeclaredCapabilities(CAPABILITY))
					all.add(new PlugInSource(bundle.getSymbolicName(), capability.getAttributes().getOrDefault("file", USUAL_FILE).toString(), new BundleContent(bundle), key));
		}
		return all;
	}

	@Override
	public Origin origin() {
		return Origin.PLUG_IN;
	}

	@Override
	public String words() {
		return "the policy of the plug-in " + plugIn;
	}

	@Override
	public String place() {
		return file + " in the plug-in " + plugIn;
	}

	@Override
	public Found read() {
		byte[] policy = null;
		try {
			policy = content.read(file, Policy.LONGEST + 1);
			if (policy == null)
				throw new DamagedPolicyException("%s is missing; update the plug-in, or remove it.".formatted(place()));
			byte[] pem = FileSource.content(key, Signatures.LONGEST);
			if (pem == null)
				content.checkSigned(file);
			else
				Signatures.check(place(), policy, file + SIGNATURE, content.read(file + SIGNATURE, Signatures.LONGEST), pem);
			return new Found(this, Optional.of(Policy.parse(place(), policy)), Optional.empty(), Optional.of(policy), false);
		} catch (DamagedPolicyException e) {
			return Found.damaged(this, e.getMessage(), policy);
		} catch (IOException e) {
			return Found.damaged(this, "%s, or the key %s for it, cannot be read (%s).".formatted(place(), key, e.getClass().getSimpleName()), policy);
		}
	}
}
