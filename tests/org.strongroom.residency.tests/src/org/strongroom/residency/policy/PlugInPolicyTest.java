package org.strongroom.residency.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

import org.eclipse.osgi.service.security.TrustEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.strongroom.core.residency.Outgoing;
import org.strongroom.core.residency.Ruling;
import org.strongroom.core.residency.Verdict;
import org.strongroom.core.residency.WayOut;

/** Policies that plug-ins deliver, which are really installed here. */
class PlugInPolicyTest {
	private static final String ASK = "policy: 1\nname: delivered\nways-out: {export: ask}\n";

	@TempDir
	Path temp;
	private final BundleContext framework = Framework.context();
	private Path jar;
	private Path key;
	private Bundle installed;

	@BeforeEach
	void aPlugIn() throws IOException {
		jar = temp.resolve("plugin.jar");
		key = temp.resolve("policy.pem");
		// it can never run, and counts nevertheless
		SignedJars.write(jar, "META-INF/MANIFEST.MF", """
				Manifest-Version: 1.0
				Bundle-ManifestVersion: 2
				Bundle-SymbolicName: com.acme.policy
				Bundle-Version: 1.0.0
				Require-Bundle: com.acme.nowhere
				Provide-Capability: org.strongroom.policy;file="rules/policy.yaml"
				""");
		SignedJars.write(jar, "rules/policy.yaml", ASK);
	}

	@AfterEach
	void remove() throws Exception {
		if (installed != null)
			installed.uninstall();
	}

	private void install() throws Exception {
		remove();
		installed = framework.installBundle(jar.toUri().toString());
	}

	private Policies policies(FileSource... files) {
		var sources = new ArrayList<PolicySource>(List.of(files));
		sources.addAll(PlugInSource.of(framework, key));
		return Policies.read(sources);
	}

	private static Ruling export(Policies policies) {
		return policies.ruling(Outgoing.of(WayOut.EXPORT, Optional.empty()));
	}

	private KeyPair machineKey() throws Exception {
		KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
		Files.writeString(key, "-----BEGIN PUBLIC KEY-----\n" + Base64.getMimeEncoder().encodeToString(pair.getPublic().getEncoded()) + "\n-----END PUBLIC KEY-----\n");
		return pair;
	}

	private void sign(KeyPair pair, String text) throws Exception {
		Signature signature = Signature.getInstance("Ed25519");
		signature.initSign(pair.getPrivate());
		signature.update(text.getBytes());
		SignedJars.write(jar, "rules/policy.yaml.sig", Base64.getMimeEncoder().encodeToString(signature.sign()) + "\n");
	}

	@Test
	void oneThatNobodySignedForbidsEverything() throws Exception {
		assertThat(export(policies())).as("there is none").isEqualTo(new Ruling(Verdict.ALLOW, "no rule"));
		install();
		assertThat(Policies.sources()).extracting(PolicySource::words).contains("the policy of the plug-in com.acme.policy");
		assertThat(export(policies()).verdict()).isEqualTo(Verdict.FORBID);
		assertThat(export(policies()).rule()).contains("the policy of the plug-in com.acme.policy, which is damaged", "has to be signed, and it is not signed");
		machineKey();
		assertThat(export(policies()).rule()).contains("rules/policy.yaml in the plug-in com.acme.policy is not signed, which it has to be here: rules/policy.yaml.sig is missing");
	}

	@Test
	void signedWithTheMachinesKeyItIsOneMore() throws Exception {
		KeyPair pair = machineKey();
		sign(pair, ASK);
		install();
		assertThat(export(policies())).isEqualTo(new Ruling(Verdict.ASK, "the policy of the plug-in com.acme.policy, line 3"));
		Path own = Files.writeString(temp.resolve("own.yaml"), "policy: 1\nways-out: {export: forbid}\n");
		assertThat(export(policies(new FileSource(Origin.OWN, own, Optional.empty())))).as("the stricter").isEqualTo(new Ruling(Verdict.FORBID, "your own policy, line 2"));
		sign(KeyPairGenerator.getInstance("Ed25519").generateKeyPair(), ASK);
		install();
		assertThat(export(policies()).rule()).contains("does not fit its signature");
		Files.writeString(key, "no key");
		assertThat(export(policies()).verdict()).isEqualTo(Verdict.FORBID);
	}

	@Test
	void whatTheMachineHasAKeyForAPlugInMayDeliver() throws Exception {
		KeyPair pair = machineKey();
		var machine = new FileSource(Origin.MACHINE, temp.resolve("etc/policy.yaml"), Optional.of(key));
		assertThat(export(policies(machine)).rule()).contains("is missing");
		sign(pair, ASK);
		install();
		assertThat(export(policies(machine))).isEqualTo(new Ruling(Verdict.ASK, "the policy of the plug-in com.acme.policy, line 3"));
		remove();
		installed = null;
		assertThat(export(policies(machine)).verdict()).as("who removes the plug-in is not free").isEqualTo(Verdict.FORBID);
	}

	@Test
	void withoutAKeyOfTheMachineTheJarIsSignedBySomebodyWhoIsTrusted() throws Exception {
		var jars = new SignedJars(temp);
		jars.key("acme");
		jars.sign(jar, "acme");
		install();
		assertThat(export(policies()).rule()).contains("nobody signed it who is trusted here");
		ServiceRegistration<TrustEngine> trusting = framework.registerService(TrustEngine.class, new Trusting(jars.certificate("acme")), null);
		try {
			install();
			assertThat(export(policies())).isEqualTo(new Ruling(Verdict.ASK, "the policy of the plug-in com.acme.policy, line 3"));
			SignedJars.write(jar, "rules/policy.yaml", "policy: 1\n");
			install();
			assertThat(export(policies()).rule()).as("changed after it was signed").contains("has to be signed, and it is not signed, or was changed since");
		} finally {
			trusting.unregister();
		}
	}

	/** Trusts one certificate. */
	private static final class Trusting extends TrustEngine {
		private final Certificate certificate;

		Trusting(Certificate certificate) {
			this.certificate = certificate;
		}

		@Override
		public Certificate findTrustAnchor(Certificate[] chain) {
			return List.of(chain).contains(certificate) ? certificate : null;
		}

		@Override
		protected String doAddTrustAnchor(Certificate anchor, String alias) {
			throw new UnsupportedOperationException();
		}

		@Override
		protected void doRemoveTrustAnchor(Certificate anchor) {
			throw new UnsupportedOperationException();
		}

		@Override
		protected void doRemoveTrustAnchor(String alias) {
			throw new UnsupportedOperationException();
		}

		@Override
		public Certificate getTrustAnchor(String alias) {
			return certificate;
		}

		@Override
		public String[] getAliases() {
			return new String[] { "test" };
		}

		@Override
		public boolean isReadOnly() {
			return true;
		}

		@Override
		public String getName() {
			return "test";
		}
	}
}
