package org.strongroom.testing;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certificate authority of its own, made in memory, with certificates that are good and such as a client must refuse. Keys are ECDSA on P-256. Nobody trusts the authority who was not
 * given {@link #authority()}. Thread-safe.
 */
public final class Certificates {
	private static final Duration DAY = Duration.ofDays(1);

	/**
	 * A private key and the certificate for it.
	 *
	 * @param key not encrypted
	 * @param chain the certificate itself, then the one of its issuer, as a server sends them
	 */
	public record Identity(PrivateKey key, List<X509Certificate> chain) {
		public Identity {
			Objects.requireNonNull(key);
			chain = List.copyOf(chain);
		}

		/** The certificate itself. */
		public X509Certificate certificate() {
			return chain.getFirst();
		}

		/** SHA-256 of the certificate: 32 pairs of upper case hexadecimal digits with colons between, as {@code openssl x509 -fingerprint -sha256} shows them. */
		public String fingerprint() {
			try {
				byte[] hash = MessageDigest.getInstance("SHA-256").digest(certificate().getEncoded());
				return HexFormat.ofDelimiter(":").withUpperCase().formatHex(hash);
			} catch (GeneralSecurityException e) {
				throw new IllegalStateException(e);
			}
		}

		/** Key and chain as a key store under the name {@code identity}, its key protected by this password. */
		public KeyStore keyStore(char[] password) throws IOException {
			try {
				KeyStore store = KeyStore.getInstance("PKCS12");
				store.load(null, null);
				store.setKeyEntry("identity", key, password, chain.toArray(X509Certificate[]::new));
				return store;
			} catch (GeneralSecurityException e) {
				throw new IOException(e);
			}
		}

		/** Writes the chain as PEM. */
		void writeChain(Path file) throws IOException {
			Files.writeString(file, pem(chain));
		}

		/** Writes the key as PEM (PKCS #8), for nobody else to read. */
		void writeKey(Path file) throws IOException {
			OpenSshServer.writePrivately(file, pem("PRIVATE KEY", key.getEncoded()));
		}
	}

	private final Identity authority;

	private Certificates(String name) {
		KeyPair keys = newKeys();
		Instant now = Instant.now();
		authority = new Identity(keys.getPrivate(), List.of(issue(keys, name, keys, name, now.minus(DAY), now.plus(DAY.multipliedBy(365)), null, true)));
	}

	/** An authority that issues what it is asked for. */
	public static Certificates create() {
		return new Certificates("CN=Strongroom Test Authority " + HexFormat.of().formatHex(new SecureRandom().generateSeed(4)));
	}

	/** The certificate to trust for all that is good here to be trusted. */
	public X509Certificate authority() {
		return authority.certificate();
	}

	/** A key store that trusts {@link #authority()} and nobody else. */
	public KeyStore trustStore() throws IOException {
		try {
			KeyStore store = KeyStore.getInstance("PKCS12");
			store.load(null, null);
			store.setCertificateEntry("authority", authority());
			return store;
		} catch (GeneralSecurityException e) {
			throw new IOException(e);
		}
	}

	/** For {@code 127.0.0.1} and {@code localhost}, valid from yesterday for a month. */
	public Identity good() {
		return server(Duration.ZERO, "localhost", "127.0.0.1");
	}

	/** Like {@link #good()}, but for a server called {@code elsewhere.example}. */
	public Identity wrongName() {
		return server(Duration.ZERO, "elsewhere.example");
	}

	/** Like {@link #good()}, but its month ended two months ago. */
	public Identity expired() {
		return server(DAY.multipliedBy(-90), "localhost", "127.0.0.1");
	}

	/** Like {@link #good()}, but its month begins in two months. */
	public Identity notYetValid() {
		return server(DAY.multipliedBy(60), "localhost", "127.0.0.1");
	}

	/** Like {@link #good()}, but issued by nobody but itself: the authority has not to do with it. */
	public static Identity selfSigned() {
		KeyPair keys = newKeys();
		Instant start = Instant.now().minus(DAY);
		return new Identity(keys.getPrivate(),
				List.of(issue(keys, "CN=localhost", keys, "CN=localhost", start, start.plus(DAY.multipliedBy(30)), names("localhost", "127.0.0.1"), false)));
	}

	/** For a person who signs in with a certificate. */
	public Identity person(String name) {
		KeyPair keys = newKeys();
		Instant start = Instant.now().minus(DAY);
		return issued(keys, "CN=" + name, start, null);
	}

	/** @param later when it begins, counted from yesterday */
	private Identity server(Duration later, String... hosts) {
		KeyPair keys = newKeys();
		return issued(keys, "CN=" + hosts[0], Instant.now().minus(DAY).plus(later), names(hosts));
	}

	private Identity issued(KeyPair keys, String subject, Instant start, GeneralNames names) {
		X509Certificate issuer = authority();
		KeyPair signer = new KeyPair(issuer.getPublicKey(), authority.key());
		X509Certificate certificate = issue(keys, subject, signer, issuer.getSubjectX500Principal().getName(), start, start.plus(DAY.multipliedBy(30)), names, false);
		return new Identity(keys.getPrivate(), List.of(certificate, issuer));
	}

	/** @param names what the server is called; null for what is no server */
	private static X509Certificate issue(KeyPair keys, String subject, KeyPair issuer, String issuerName, Instant start, Instant end, GeneralNames names, boolean authority) {
		try {
			var builder = new JcaX509v3CertificateBuilder(new X500Name(issuerName), new BigInteger(120, new SecureRandom()).setBit(120), Date.from(start), Date.from(end), new X500Name(subject),
					keys.getPublic());
			builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
			if (authority) {
				builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
			} else {
				builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
				builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(names == null ? KeyPurposeId.id_kp_clientAuth : KeyPurposeId.id_kp_serverAuth));
			}
			if (names != null) {
				builder.addExtension(Extension.subjectAlternativeName, false, names);
			}
			return new JcaX509CertificateConverter().getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(issuer.getPrivate())));
		} catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
			throw new IllegalStateException(e);
		}
	}

	private static GeneralNames names(String... hosts) {
		var names = new GeneralName[hosts.length];
		for (int i = 0; i < hosts.length; i++) {
			names[i] = new GeneralName(hosts[i].matches("[0-9.]+") ? GeneralName.iPAddress : GeneralName.dNSName, hosts[i]);
		}
		return new GeneralNames(names);
	}

	private static KeyPair newKeys() {
		try {
			KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
			generator.initialize(new ECGenParameterSpec("secp256r1"));
			return generator.generateKeyPair();
		} catch (GeneralSecurityException e) {
			throw new IllegalStateException(e);
		}
	}

	/** Certificates as PEM, one after the other. */
	public static String pem(List<X509Certificate> certificates) {
		return certificates.stream().map(certificate -> {
			try {
				return pem("CERTIFICATE", certificate.getEncoded());
			} catch (CertificateEncodingException e) {
				throw new IllegalStateException(e);
			}
		}).collect(Collectors.joining());
	}

	private static String pem(String type, byte[] content) {
		return "-----BEGIN " + type + "-----\n" + Base64.getMimeEncoder(64, new byte[] { '\n' }).encodeToString(content) + "\n-----END " + type + "-----\n";
	}
}
