package org.strongroom.residency.policy;

import java.io.IOException;
import java.net.URL;
import java.security.GeneralSecurityException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import org.eclipse.osgi.signedcontent.InvalidContentException;
import org.eclipse.osgi.signedcontent.SignedContent;
import org.eclipse.osgi.signedcontent.SignedContentEntry;
import org.eclipse.osgi.signedcontent.SignedContentFactory;
import org.eclipse.osgi.signedcontent.SignerInfo;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/** What is in an installed plug-in. */
record BundleContent(Bundle bundle) implements PlugInSource.Content {
	/** What was found to be signed: looking takes long, and an installed plug-in stays what it is until it is updated. */
	private static final Set<Checked> SIGNED = ConcurrentHashMap.newKeySet();

	/** @param modified as {@link Bundle#getLastModified} */
	private record Checked(long id, long modified, String file) {
	}

	@Override
	public byte[] read(String file, int most) throws IOException {
		URL entry = bundle.getEntry(file);
		if (entry == null)
			return null;
		try (var in = entry.openStream()) {
			return in.readNBytes(most);
		}
	}

	@Override
	public void checkSigned(String file) throws IOException {
		var checked = new Checked(bundle.getBundleId(), bundle.getLastModified(), file);
		if (!SIGNED.contains(checked)) {
			check(file);
			SIGNED.add(checked);
		}
	}

	private void check(String file) throws IOException {
		BundleContext framework = Framework.context();
		ServiceReference<SignedContentFactory> reference = framework.getServiceReference(SignedContentFactory.class);
		SignedContentFactory factory = reference == null ? null : framework.getService(reference);
		if (factory == null)
			throw unsigned("nobody here can tell who signed it");
		try {
			SignedContent signed = factory.getSignedContent(bundle);
			SignedContentEntry entry = signed.isSigned() ? signed.getSignedEntry(file) : null;
			if (entry == null || !entry.isSigned())
				throw unsigned("it is not signed, or was changed since");
			entry.verify();
			SignerInfo signer = Stream.of(entry.getSignerInfos()).filter(SignerInfo::isTrusted).findFirst().orElseThrow(() -> unsigned("nobody signed it who is trusted here"));
			signed.checkValidity(signer);
		} catch (InvalidContentException e) {
			throw unsigned("it is not signed, or was changed since");
		} catch (GeneralSecurityException e) {
			throw unsigned("its signature is not valid, or not any more");
		} finally {
			framework.ungetService(reference);
		}
	}

	private DamagedPolicyException unsigned(String why) {
		return new DamagedPolicyException("The policy in the plug-in %s has to be signed, and %s; update the plug-in, or remove it.".formatted(bundle.getSymbolicName(), why));
	}
}
