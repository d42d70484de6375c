package org.strongroom.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

import org.strongroom.core.residency.Outgoing;
import org.strongroom.core.residency.Ruling;
import org.strongroom.core.residency.WayOut;
import org.strongroom.report.internal.Gathering;
import org.strongroom.residency.audit.AuditLog;
import org.strongroom.residency.audit.AuditSettings;
import org.strongroom.residency.audit.DamagedLogException;
import org.strongroom.residency.audit.Verification;
import org.strongroom.residency.policy.FileSource;
import org.strongroom.residency.policy.PlugInSource;
import org.strongroom.residency.policy.Policies;
import org.strongroom.residency.policy.Policy;
import org.strongroom.residency.policy.PolicySource;

/**
 * What the audit log of a period says. Texts are as the log has them, which somebody may have made up; long ones are cut.
 *
 * @param made when (UTC)
 * @param verification of the whole log; empty if it is damaged
 * @param isNoted whether it is signed by a key that was noted elsewhere, and given
 * @param damage what is wrong with the log, in one line; empty if nothing is
 * @param lines of the period that could be read
 * @param isReadable whether paths are readable, by the auditor's key
 * @param machines on which something happened in the period
 * @param people who did it, as accounts of these machines
 * @param servers that something was done with, or tried; besides, lines about more of them
 * @param vaults likewise
 * @param ways what left memory, or was kept from it, by way and rule
 * @param opened what was read and changed
 * @param left what left memory, or was kept from it
 * @param access signing in, and unlocking
 * @param changes of policies and plug-ins
 * @param processes that wrote the log in the period
 * @param gaps what is missing in the log or odd about it, one line each: of the whole log what is gone, of the period what happened in it
 * @param policy in force when the report was made, here; empty if it is made from a copy of a log, which may have been written where others are
 * @param told the last line up to the end of the period that tells of a change of policies; empty if there is none
 */
public record Report(Instant made, Period period, Optional<Verification> verification, boolean isNoted, Optional<String> damage, long lines, boolean isReadable, Set<String> machines, Set<String> people,
		Some<Server> servers, Some<Vault> vaults, List<Way> ways, Some<Line> opened, Some<Line> left, Some<Line> access, Some<Line> changes, Some<Process> processes, Some<String> gaps,
		Optional<InForce> policy, Optional<Line> told) {
	/** Whether it is made from a copy of a log. */
	public boolean isOfCopy() {
		return policy.isEmpty();
	}

	/** As many of something as a report has room for. @param more how many there are besides */
	public record Some<T>(List<T> shown, long more) {
		/** How many there are in all. */
		public long count() {
			return shown.size() + more;
		}
	}

	/**
	 * A server.
	 *
	 * @param address {@code scheme://user@host:port}
	 * @param keys fingerprints of the keys or certificates by which it showed who it is
	 * @param agreed what was agreed on when it was signed in to, each way as one text; in the period, or last before it
	 * @param methods by which it was signed in to, in order of each sign-in
	 * @param signIns that succeeded
	 * @param refused that did not: refused, failed, cancelled, denied
	 * @param plain files that were read or changed there in no vault
	 */
	public record Server(String address, Set<String> keys, Set<String> agreed, Set<String> methods, long signIns, long refused, long plain) {
		/** Whether something passed between here and there that was not encrypted. */
		public boolean isPlain() {
			return agreed.contains(Gathering.NOT_ENCRYPTED);
		}
	}

	/**
	 * A vault.
	 *
	 * @param id what it is called by itself; empty if it has no such name
	 * @param encryption what it said of that, by name; as it was last unlocked, before the period if need be. Empty if it never was
	 * @param unlocked how often
	 * @param refused how often a wrong passphrase was given, or the policy said no
	 * @param opened files that were read
	 * @param changed items that were changed
	 * @param left items that left memory
	 */
	public record Vault(String server, String id, Map<String, String> encryption, long unlocked, long refused, long opened, long changed, long left) {
	}

	/** By a way out. @param rule whose policy and which line; empty if nobody was asked @param out how often it was let out @param refused how often not */
	public record Way(String way, String verdict, String rule, long out, long refused) {
	}

	/** A line of the log. @param paths readable ones if there are such @param place where it went; empty if that is not told */
	public record Line(long number, String time, String machine, String user, String event, String result, String server, String key, String vault, List<String> paths, String place, Map<String, String> detail) {
	}

	/** A process that wrote lines of the log. @param isSigned whether the last of them is a signature: it came to an orderly end, or had nothing new to sign */
	public record Process(String name, String machine, String user, String first, String last, long lines, boolean isSigned) {
	}

	/**
	 * A policy, or the place of one.
	 *
	 * @param whose in words
	 * @param place where it is, for a person
	 * @param state one line
	 * @param digest SHA-256 of its bytes in hexadecimal digits; empty if there is none
	 * @param text its content; empty if there is none, or too much of it
	 */
	public record PolicyText(String whose, String place, String state, String digest, Optional<String> text) {
		/** What {@link #state} begins with if it cannot be used. */
		public static final String DAMAGED = "damaged";
		/** What {@link #state} is if there is none. */
		public static final String NONE = "none";

		/** @param found what there is; empty for none */
		private static PolicyText of(PolicySource source, Optional<PolicySource.Found> found) {
			String state = found.map(f -> f.damage().map(d -> DAMAGED + ", and so everything is forbidden: " + d)
					.orElseGet(() -> "in force%s, %s".formatted(f.policy().map(Policy::name).filter(n -> !n.isEmpty()).map(" (%s)"::formatted).orElse(""), isSigned(source) ? "signed" : "not signed"))).orElse(NONE);
			return new PolicyText(source.words(), source.place(), state, found.map(PolicySource.Found::digest).orElse(""), found.flatMap(PolicySource.Found::text));
		}

		/** Whether one that can be used must be signed there. */
		private static boolean isSigned(PolicySource source) {
			return switch (source) {
			case FileSource file -> file.key().filter(Files::exists).isPresent();
			case PlugInSource _ -> true;
			};
		}
	}

	/**
	 * The policies in force.
	 *
	 * @param rulings what they come to where no rule fits, by way
	 * @param idle how long vaults may be left unlocked untouched; empty for any time
	 * @param audit how the log is kept
	 * @param isTravelling whether travel mode is on, too
	 */
	public record InForce(List<PolicyText> texts, Map<WayOut, Ruling> rulings, Optional<Policies.Idle> idle, AuditSettings audit, boolean isTravelling) {
		/** Reads them. */
		public static InForce of(List<PolicySource> sources, boolean isTravelling) {
			var policies = Policies.read(sources);
			var rulings = new EnumMap<WayOut, Ruling>(WayOut.class);
			for (WayOut way : WayOut.values())
				rulings.put(way, policies.ruling(Outgoing.of(way, Optional.empty())));
			List<PolicyText> texts = sources.stream().map(s -> PolicyText.of(s, policies.found().stream().filter(f -> f.source().equals(s)).findFirst())).toList();
			return new InForce(texts, rulings, policies.idle(), policies.audit(), isTravelling);
		}
	}

	/**
	 * Reads and verifies a log. For no UI thread.
	 *
	 * @param auditorKey file with the private key by which readable paths are decrypted
	 * @param notedKey file with the key that it must be signed by, noted elsewhere; a log that is signed by another one is damaged
	 * @param policy as the report has it
	 * @param goesOn asked now and again
	 * @throws java.nio.file.NoSuchFileException if nothing was ever recorded
	 * @throws java.io.InterruptedIOException if it does not go on
	 * @throws IOException if the log or the key cannot be read; a damaged log is no error
	 */
	public static Report of(AuditLog log, Period period, Optional<Path> auditorKey, Optional<Path> notedKey, Optional<InForce> policy, BooleanSupplier goesOn) throws IOException {
		Optional<Verification> whole = Optional.empty();
		Optional<String> damage = Optional.empty();
		try {
			whole = Optional.of(log.verify(Optional.empty(), notedKey));
		} catch (DamagedLogException e) {
			damage = Optional.of(e.getMessage());
		}
		var gathering = new Gathering(period, whole.map(Verification::last).orElse(Long.MAX_VALUE), goesOn);
		log.read(auditorKey, gathering);
		return gathering.report(Instant.now(), whole, notedKey.isPresent() && whole.isPresent(), damage, auditorKey.isPresent(), policy);
	}
}
