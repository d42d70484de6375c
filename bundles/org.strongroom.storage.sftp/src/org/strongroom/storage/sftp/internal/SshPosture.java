package org.strongroom.storage.sftp.internal;

import static org.strongroom.storage.sftp.internal.SshFacts.Kind.CIPHER;
import static org.strongroom.storage.sftp.internal.SshFacts.Kind.HOST_KEY;
import static org.strongroom.storage.sftp.internal.SshFacts.Kind.KEY_EXCHANGE;
import static org.strongroom.storage.sftp.internal.SshFacts.Kind.MAC;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

import org.strongroom.core.auth.Challenge;
import org.strongroom.core.doctor.Finding;
import org.strongroom.core.doctor.Finding.Severity;
import org.strongroom.core.doctor.Posture;
import org.strongroom.storage.sftp.internal.SshFacts.Kind;

/** How well SSH servers are set up, by what they told while they were signed in to: nothing is sent. */
public final class SshPosture implements Posture {
	/** Characters that are shown of a server's identification. */
	private static final int LONGEST_VERSION = 100;
	private static final String PASSWORD = "password";
	/** Those that Strongroom has. */
	private static final List<String> HYBRID = List.of("mlkem768x25519-sha256", "sntrup761x25519-sha512", "sntrup761x25519-sha512@openssh.com");
	private static final String RELOAD = "\nThen: sshd -t && systemctl reload ssh";
	private static final String FILE = "/etc/ssh/sshd_config (OpenSSH):\n";
	private static final String TWO_FACTORS = FILE + """
			AuthenticationMethods publickey,keyboard-interactive
			PubkeyAuthentication yes
			PasswordAuthentication no
			KbdInteractiveAuthentication yes
			UsePAM yes
			/etc/pam.d/sshd (the second factor), without @include common-auth:
			auth required pam_google_authenticator.so
			Each person runs google-authenticator first. Keep a session open until you have tried it.""" + RELOAD;

	/** What speaks against an algorithm. */
	private record Flaw(Severity severity, String reason) {
	}

	private final List<SshFacts> servers;

	/** @param servers those that were passed on the way, too */
	public SshPosture(List<SshFacts> servers) {
		this.servers = List.copyOf(servers);
	}

	@Override
	public List<Finding> examine() {
		var found = new ArrayList<Finding>();
		for (SshFacts facts : servers)
			examine(facts, found);
		return found;
	}

	private static void examine(SshFacts facts, List<Finding> found) {
		found.add(version(facts));
		found.add(algorithms(facts, "ssh.key-exchange", "key exchanges", KEY_EXCHANGE, SshPosture::keyExchange, "KexAlgorithms", "curve25519-sha256,curve25519-sha256@libssh.org"));
		found.add(quantum(facts));
		found.add(algorithms(facts, "ssh.host-key-algorithms", "host key signatures", HOST_KEY, SshPosture::signature, "HostKeyAlgorithms", "ssh-ed25519,rsa-sha2-512,rsa-sha2-256"));
		found.add(hostKey(facts));
		found.add(algorithms(facts, "ssh.ciphers", "ciphers", CIPHER, SshPosture::cipher, "Ciphers", "aes256-gcm@openssh.com,aes128-gcm@openssh.com,aes256-ctr"));
		found.add(algorithms(facts, "ssh.macs", "checksums (MACs)", MAC, SshPosture::mac, "MACs", "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com"));
		found.add(terrapin(facts));
		found.add(userKeys(facts));
		found.add(factors(facts));
		passwordFirst(facts).ifPresent(found::add);
	}

	private static Finding version(SshFacts facts) {
		String version = line(facts.version());
		// RFC 4253 section 5.1: a server that also speaks version 1 says 1.99
		if (version.startsWith("SSH-1."))
			return Finding.serious("ssh.version", facts.server(), "Speaks version 1 of SSH, too (%s).".formatted(version), "Version 1 is broken: who is in between can read and change what passes.",
					"Update the server; OpenSSH 7.6 and newer know version 2 alone.");
		return Finding.ok("ssh.version", facts.server(), "Speaks version 2 of SSH: " + version + ".");
	}

	/** What is offered of one kind of algorithms, and what is weak among it. */
	private static Finding algorithms(SshFacts facts, String id, String what, Kind kind, Function<String, Optional<Flaw>> judge, String keyword, String good) {
		List<String> offered = facts.offered().get(kind);
		String used = facts.used().getOrDefault(kind, "");
		String now = used.isEmpty() ? "" : " Used now: " + used + ".";
		List<String> weak = offered.stream().filter(a -> judge.apply(a).isPresent()).toList();
		if (weak.isEmpty())
			return Finding.ok(id, facts.server(), "Offers no weak %s: %s.%s".formatted(what, String.join(", ", offered), now));
		Severity severity = weak.stream().map(a -> judge.apply(a).get().severity()).max(Comparator.naturalOrder()).orElseThrow();
		String reasons = String.join("; ", weak.stream().map(a -> judge.apply(a).get().reason()).distinct().toList());
		List<String> rest = offered.stream().filter(a -> !weak.contains(a)).toList();
		return new Finding(id, severity, facts.server(), "Offers weak %s: %s.%s".formatted(what, String.join(", ", weak), now),
				"%s. Strongroom takes none of them; other programs may, or be made to.".formatted(reasons.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + reasons.substring(1)),
				FILE + keyword + " " + (rest.isEmpty() ? good : String.join(",", rest)) + RELOAD);
	}

	private static Optional<Flaw> flaw(Severity severity, String reason) {
		return Optional.of(new Flaw(severity, reason));
	}

	/** By RFC 9142 section 4 (table 10). */
	private static Optional<Flaw> keyExchange(String name) {
		if (name.equals("rsa1024-sha1") || name.equals("diffie-hellman-group1-sha1") || name.startsWith("gss-group1-sha1-"))
			return flaw(Severity.SERIOUS, "1024 bits can be broken by those who can afford it (RFC 9142)");
		if (name.endsWith("-sha1") || name.matches("gss-.*-sha1-.*"))
			return flaw(Severity.WARNING, "SHA-1 is broken, and should not be used for key exchange (RFC 9142)");
		return Optional.empty();
	}

	/** SHA-1 (RFC 8332, RFC 9142 section 1.1), DSA (1024 bits; off in OpenSSH since 7.0). */
	private static Optional<Flaw> signature(String name) {
		if (name.startsWith("ssh-dss"))
			return flaw(Severity.SERIOUS, "DSA has 1024 bits and SHA-1, and is broken");
		if (name.equals("ssh-rsa") || name.startsWith("ssh-rsa-cert-"))
			return flaw(Severity.WARNING, "ssh-rsa signs with SHA-1, which is broken (RFC 8332)");
		return Optional.empty();
	}

	/** RC4 (RFC 8758), blocks of 64 bits (Sweet32, CVE-2016-2183), CBC in SSH (CVE-2008-5161). */
	private static Optional<Flaw> cipher(String name) {
		if (name.equals("none"))
			return flaw(Severity.SERIOUS, "'none' encrypts nothing");
		if (name.startsWith("arcfour") || name.startsWith("des-"))
			return flaw(Severity.SERIOUS, name.startsWith("des-") ? "DES has 56 bits" : "RC4 is broken (RFC 8758)");
		if (name.startsWith("3des-") || name.startsWith("blowfish-") || name.startsWith("cast128-") || name.startsWith("idea-"))
			return flaw(Severity.WARNING, "blocks of 64 bits repeat themselves in long transfers (CVE-2016-2183)");
		if (name.contains("-cbc"))
			return flaw(Severity.WARNING, "CBC in SSH lets somebody in between find out pieces (CVE-2008-5161)");
		return Optional.empty();
	}

	private static Optional<Flaw> mac(String name) {
		if (name.equals("none"))
			return flaw(Severity.SERIOUS, "with 'none' changes on the way are not noticed");
		if (name.contains("md5"))
			return flaw(Severity.WARNING, "MD5 is broken (RFC 6151)");
		if (name.contains("-96"))
			return flaw(Severity.WARNING, "96 bits are short for a checksum");
		if (name.contains("sha1"))
			return flaw(Severity.NOTE, "SHA-1 is going out of use; as a checksum it holds so far");
		if (name.startsWith("umac-64"))
			return flaw(Severity.NOTE, "64 bits are short for a checksum");
		return Optional.empty();
	}

	/** Whether what passes now is safe from those who keep it until there are quantum computers. */
	private static Finding quantum(SshFacts facts) {
		List<String> hybrid = facts.offered().get(KEY_EXCHANGE).stream().filter(a -> a.startsWith("sntrup761x25519") || a.startsWith("mlkem")).toList();
		String id = "ssh.quantum";
		String why = "Who records what passes may decrypt it in some years, when there are quantum computers.";
		if (hybrid.contains(facts.used().get(KEY_EXCHANGE)))
			return Finding.ok(id, facts.server(), "The key exchange is safe from quantum computers, too.");
		List<String> common = hybrid.stream().filter(HYBRID::contains).toList();
		if (!common.isEmpty())
			return Finding.note(id, facts.server(), "The server has key exchanges that quantum computers do not break (%s), but another one was used.".formatted(String.join(", ", hybrid)),
					why + " Strongroom prefers others, which are faster, where it can. What lies in a vault is encrypted once more, with AES-256, which they do not break.",
					"If what is recorded must stay secret for decades, take nothing else; who has none of these does not get in then:\n" + FILE + "KexAlgorithms " + String.join(",", common) + RELOAD);
		if (!hybrid.isEmpty())
			return Finding.note(id, facts.server(), "The server has key exchanges that quantum computers do not break (%s), but Strongroom has none of these.".formatted(String.join(", ", hybrid)), why,
					FILE + "KexAlgorithms " + String.join(",", Stream.concat(HYBRID.stream().limit(1), facts.offered().get(KEY_EXCHANGE).stream().filter(a -> keyExchange(a).isEmpty())).toList()) + RELOAD
							+ "\nOpenSSH has it from 9.9 on; ssh -Q kex tells.");
		List<String> rest = facts.offered().get(KEY_EXCHANGE).stream().filter(a -> keyExchange(a).isEmpty()).toList();
		return Finding.note(id, facts.server(), "Offers no key exchange that quantum computers do not break.", why,
				FILE + "KexAlgorithms " + String.join(",", Stream.concat(Stream.of("sntrup761x25519-sha512@openssh.com"), rest.stream()).toList()) + RELOAD + "\nOpenSSH has it from 8.5 on; ssh -Q kex tells.");
	}

	/** RSA: NIST SP 800-57 part 1 (112 bits of strength at 2048, 128 at 3072). */
	private static Finding hostKey(SshFacts facts) {
		String id = "ssh.host-key";
		String type = facts.hostKeyType();
		String what = "The host key is " + type + (facts.hostKeyBits() > 0 ? " with " + facts.hostKeyBits() + " bits" : "");
		String mend = """
				ssh-keygen -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
				%sHostKey /etc/ssh/ssh_host_ed25519_key%s
				Tell its fingerprint to all who sign in.""".formatted(FILE, RELOAD);
		if (type.equals("ssh-dss") || type.equals("ssh-rsa") && facts.hostKeyBits() < 2048)
			return Finding.serious(id, facts.server(), what + ".", "It can be broken: then somebody else can play this server.", mend);
		if (type.equals("ssh-rsa") && facts.hostKeyBits() < 3072)
			return Finding.note(id, facts.server(), what + "; 3072 are advised from 2031 on.", "Who breaks it can play this server.", mend);
		return Finding.ok(id, facts.server(), what + ".");
	}

	/** CVE-2023-48795: only ChaCha20-Poly1305, and CBC with a MAC that comes after encrypting. */
	private static Finding terrapin(SshFacts facts) {
		List<String> ciphers = facts.offered().get(CIPHER);
		boolean chacha = ciphers.contains("chacha20-poly1305@openssh.com");
		boolean cbc = ciphers.stream().anyMatch(c -> c.contains("-cbc")) && facts.offered().get(MAC).stream().anyMatch(m -> m.contains("-etm"));
		if (facts.strict() || !chacha && !cbc)
			return Finding.ok("ssh.terrapin", facts.server(), facts.strict() ? "Not open to Terrapin: it has strict key exchange." : "Not open to Terrapin: it offers no cipher that is.");
		List<String> rest = ciphers.stream().filter(c -> !c.startsWith("chacha20-") && cipher(c).isEmpty()).toList();
		return Finding.warning("ssh.terrapin", facts.server(), "Open to Terrapin (CVE-2023-48795): no strict key exchange, but %s.".formatted(chacha ? "ChaCha20-Poly1305" : "CBC with a MAC after encrypting"),
				"Somebody in between can cut off the beginning of the encrypted part, and with it protections that are agreed on there.",
				"Update the server (OpenSSH 9.6 and newer, or as distributions have mended it), or until then:\n" + FILE + "Ciphers "
						+ (rest.isEmpty() ? "aes256-gcm@openssh.com,aes128-gcm@openssh.com,aes256-ctr" : String.join(",", rest)) + RELOAD);
	}

	private static Finding userKeys(SshFacts facts) {
		String id = "ssh.user-key-algorithms";
		if (facts.userKeys().isEmpty())
			return Finding.unchecked(id, facts.server(), "Which keys of people it takes: the server does not tell (RFC 8308).");
		List<String> all = List.copyOf(facts.userKeys());
		List<String> weak = all.stream().filter(a -> signature(a).isPresent()).toList();
		if (weak.isEmpty())
			return Finding.ok(id, facts.server(), "Takes no weak signatures from people: %s.".formatted(String.join(", ", all)));
		String why = "SHA-1 is broken: what was signed with it may be made up by others (RFC 8332).";
		String mend = FILE + "PubkeyAcceptedAlgorithms " + String.join(",", all.stream().filter(a -> !weak.contains(a)).toList()) + RELOAD;
		// OpenSSH names all that it knows, at least up to 9.2, whatever PubkeyAcceptedAlgorithms says
		if (facts.version().contains("OpenSSH"))
			return Finding.note(id, facts.server(), "Knows weak signatures (%s); whether it takes them from people, it does not tell.".formatted(String.join(", ", weak)), why,
					"Ask it: sshd -T | grep -i pubkeyaccepted\nIf they are among those:\n" + mend);
		return Finding.warning(id, facts.server(), "Takes weak signatures from people: %s.".formatted(String.join(", ", weak)), why, mend);
	}

	/** Whether this account needs more than one thing to get in. */
	private static Finding factors(SshFacts facts) {
		String id = "ssh.factors";
		List<String> steps = facts.course().steps();
		if (steps.isEmpty())
			return Finding.serious(id, facts.server(), "Lets this account in without asking anything.", "Whoever knows the account's name gets in.", TWO_FACTORS);
		String first = steps.getFirst();
		if (steps.size() > 1)
			return Finding.ok(id, facts.server(), "Demands more than one thing of this account: %s.".formatted(String.join(", then ", steps)));
		if (first.equals("publickey"))
			return Finding.warning(id, facts.server(), "A key alone is enough for this account.", "Who gets hold of the key file and its passphrase, or of a machine whose agent has it, gets in. A second factor keeps them out.", TWO_FACTORS);
		if (first.equals("keyboard-interactive") && facts.course().questions() > 1)
			return Finding.note(id, facts.server(), "Demands answers to %d questions of this account, and no key.".formatted(facts.course().questions()),
					"Answers can be elicited by a server that pretends to be this one; a key cannot.", TWO_FACTORS);
		return Finding.serious(id, facts.server(), first.equals(PASSWORD) ? "A password alone is enough for this account." : "One answer alone is enough for this account.",
				"Passwords are guessed, elicited and used twice. Nothing else keeps a stranger out.", TWO_FACTORS);
	}

	/** Whether there is a way in by password beside the one that was gone. */
	private static Optional<Finding> passwordFirst(SshFacts facts) {
		List<String> steps = facts.course().steps();
		if (!facts.course().first().contains(PASSWORD) || steps.equals(List.of(PASSWORD)))
			return Optional.empty();
		if (steps.size() == 1)
			return Optional.of(Finding.serious("ssh.password", facts.server(), "Takes a password instead of %s.".formatted(steps.getFirst()),
					"One step was enough for this account, so a password alone is likely to be, too. Passwords are guessed, elicited and used twice.", FILE + "PasswordAuthentication no" + RELOAD));
		return Optional.of(Finding.note("ssh.password", facts.server(), "Takes a password as the first step, too; what it demands then was not tried.",
				"If nothing, a password alone is enough. It can be guessed from outside in any case.", FILE + "PasswordAuthentication no" + RELOAD));
	}

	/** What a server says, on one line. */
	private static String line(String text) {
		String printable = Challenge.printable(text).replace('\n', ' ').strip();
		return printable.length() <= LONGEST_VERSION ? printable : printable.substring(0, LONGEST_VERSION) + "…";
	}
}
