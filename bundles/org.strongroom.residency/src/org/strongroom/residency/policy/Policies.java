package org.strongroom.residency.policy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.osgi.framework.Bundle;
import org.strongroom.core.Bookmark;
import org.strongroom.core.Home;
import org.strongroom.core.residency.ForbiddenException;
import org.strongroom.core.residency.Outgoing;
import org.strongroom.core.residency.Requirements;
import org.strongroom.core.residency.Ruling;
import org.strongroom.core.residency.Verdict;
import org.strongroom.core.vault.VaultInfo;
import org.strongroom.residency.audit.AuditSettings;
import org.strongroom.residency.policy.Policy.Said;

/**
 * The policies in force, taken together: of several that say something, the strictest counts. A damaged one forbids.
 *
 * @param found what is there, the machine's first
 */
public record Policies(List<PolicySource.Found> found) {
	/** A policy's file name, in a folder of the machine or in Strongroom's home. */
	public static final String FILE = "policy.yaml";
	/** Beside the machine's policy: the key that it must be signed with. */
	public static final String KEY = "policy.pem";
	/** As Windows is installed: whoever changes the environment variable of that name does not get rid of what lies here. */
	private static final String PROGRAM_DATA = "C:\\ProgramData";
	/** What was unlocked before a policy was damaged is locked soon, but not under somebody's hands. */
	private static final Duration IDLE_OF_DAMAGED = Duration.ofMinutes(1);
	private static final Ruling FREE = new Ruling(Verdict.ALLOW, "no rule");

	public Policies {
		found = List.copyOf(found);
	}

	/** The places of this machine, of the plug-ins, and of the person. */
	public static List<PolicySource> sources() {
		List<Path> machine = machineFolders();
		var sources = new ArrayList<PolicySource>();
		for (Path folder : machine)
			sources.add(new FileSource(Origin.MACHINE, folder.resolve(FILE), Optional.of(folder.resolve(KEY)), true));
		Path key = machine.stream().map(folder -> folder.resolve(KEY)).filter(file -> Files.exists(file, LinkOption.NOFOLLOW_LINKS)).findFirst().orElse(machine.getFirst().resolve(KEY));
		sources.addAll(PlugInSource.of(Framework.context(), key));
		sources.add(new FileSource(Origin.OWN, Home.folder().resolve(FILE), Optional.empty()));
		return List.copyOf(sources);
	}

	/**
	 * Where an administrator puts what is for everybody: as the Filesystem Hierarchy Standard 3.0, Apple's File System Programming Guide, and Windows' known folder ProgramData have it.
	 * Which of them count is not asked of a system property, for anybody may set one for their own processes.
	 */
	static List<Path> machineFolders() {
		if (!FileSystems.getDefault().getSeparator().equals("/"))
			return Stream.of(Optional.ofNullable(System.getenv("ProgramData")).orElse(PROGRAM_DATA), PROGRAM_DATA).map(data -> Path.of(data, "Strongroom")).distinct().toList();
		return Stream.concat(Stream.of(Path.of("/etc/strongroom")), Stream.of(Path.of("/Library/Application Support/Strongroom")).filter(Files::exists)).toList();
	}

	/** Reads them. What the machine has a key for, and no policy, may be delivered by a plug-in: signed with that key. */
	public static Policies read(List<? extends PolicySource> sources) {
		List<PolicySource.Found> all = sources.stream().map(PolicySource::read).filter(f -> f.policy().isPresent() || f.isDamaged()).toList();
		boolean delivered = all.stream().anyMatch(f -> f.source().origin() == Origin.PLUG_IN && !f.isDamaged());
		return new Policies(all.stream().filter(f -> !f.isMissing() || !delivered).toList());
	}

	/** What was found at a place; empty if there is nothing. */
	public Optional<PolicySource.Found> found(PolicySource source) {
		return found.stream().filter(f -> f.source().equals(source)).findFirst();
	}

	/** Whose policy, and what there is of it, for a person: <i>The policy of this machine: /etc/strongroom/policy.yaml (ACME laptops)</i>. */
	public String words(PolicySource source) {
		String whose = Character.toUpperCase(source.words().charAt(0)) + source.words().substring(1);
		return whose + ": " + found(source).map(f -> f.damage().map(damage -> "damaged, and so everything is forbidden: " + damage)
				.orElseGet(() -> source.place() + f.policy().map(p -> p.name().isEmpty() ? "" : " (" + p.name() + ")").orElse(""))).orElse("none (%s)".formatted(source.place()));
	}

	/** What they say to something that is to leave memory. */
	public Ruling ruling(Outgoing outgoing) {
		return strictest(policy -> policy.clause(outgoing));
	}

	/** The mildest of what they say to it, whatever place it goes to. */
	public Ruling mildest(Outgoing outgoing) {
		return strictest(policy -> policy.mildest(outgoing));
	}

	private Ruling strictest(Function<Policy, Optional<Policy.Clause>> said) {
		return found.stream().flatMap(one -> ruling(one, said).stream()).reduce(Ruling::or).orElse(FREE);
	}

	private static Optional<Ruling> ruling(PolicySource.Found found, Function<Policy, Optional<Policy.Clause>> said) {
		if (found.isDamaged())
			return Optional.of(damaged(found));
		return found.policy().flatMap(said).map(c -> new Ruling(c.verdict(), rule(found, c.line()), c.because().map(Policies::withoutStop)));
	}

	/** What is said in a line, in words that go on from <i>by</i>. */
	public static String rule(PolicySource.Found found, int line) {
		return "%s, line %d".formatted(found.source().words(), line);
	}

	private static Ruling damaged(PolicySource.Found found) {
		return new Ruling(Verdict.FORBID, "%s, which is damaged".formatted(found.source().words()), found.damage().map(Policies::withoutStop));
	}

	private static String withoutStop(String sentence) {
		return sentence.strip().replaceAll("\\.$", "");
	}

	/** A time, and the rule that it comes from, in words that go on from <i>by</i>. */
	public record Idle(Duration time, String rule) {
	}

	/** The longest that vaults may be left unlocked untouched: the shortest that any says, and {@link #IDLE_OF_DAMAGED} where one is damaged; empty for any time. */
	public Optional<Idle> idle() {
		return found.stream().flatMap(f -> idle(f).stream()).min(Comparator.comparing(Idle::time));
	}

	private static Optional<Idle> idle(PolicySource.Found found) {
		if (found.isDamaged())
			return Optional.of(new Idle(IDLE_OF_DAMAGED, damaged(found).rule()));
		return found.policy().flatMap(Policy::idle).map(limit -> new Idle(limit.time(), rule(found, limit.line())));
	}

	/** How the audit log is to be kept: the machine's key for the auditor before one's own, the sinks of all, and <em>no log, no access</em> if one of them says so. */
	public AuditSettings audit() {
		List<AuditSettings> said = found.stream().flatMap(f -> f.policy().stream()).flatMap(p -> p.audit().stream()).toList();
		return new AuditSettings(true, said.stream().flatMap(a -> a.auditorKey().stream()).findFirst(), said.stream().flatMap(a -> a.sinks().stream()).distinct().toList(),
				said.stream().anyMatch(AuditSettings::noLogNoAccess));
	}

	/** @throws ForbiddenException if nobody may sign in there */
	public void admit(URI server) throws ForbiddenException {
		for (PolicySource.Found one : found) {
			if (one.isDamaged())
				throw ForbiddenException.by(damaged(one), "sign in to " + words(server));
			var protocols = one.policy().flatMap(Policy::protocols);
			if (protocols.isPresent() && !protocols.get().what().contains(server.getScheme().toLowerCase(Locale.ROOT)))
				throw new ForbiddenException("Forbidden by %s: it does not name %s among the protocols that may be used (%s).".formatted(rule(one, protocols.get().line()), server.getScheme(), String.join(", ", protocols.get().what())));
			var servers = one.policy().flatMap(Policy::servers);
			if (servers.isPresent() && servers.get().what().stream().noneMatch(s -> s.fits(server)))
				throw new ForbiddenException("Forbidden by %s: it does not name %s among its servers.".formatted(rule(one, servers.get().line()), words(server)));
		}
	}

	/** @throws ForbiddenException if nobody may use a plug-in */
	public void admit(Bundle plugIn) throws ForbiddenException {
		admit(plugIn.getSymbolicName(), () -> Signers.of(plugIn));
	}

	/**
	 * Tells before a plug-in is installed whether it may be used.
	 *
	 * @param plugIn its symbolic name
	 * @param jar looked into only where the name does not do
	 * @throws ForbiddenException if nobody may use it. Of one that adds nothing to Strongroom's extension points policies say nothing
	 * @throws IOException if it has to be read, and cannot be
	 */
	public void admitNew(String plugIn, PlugInJar jar) throws IOException {
		try {
			admit(plugIn, () -> {
				try {
					return Signers.of(jar.file());
				} catch (IOException e) {
					throw new UncheckedIOException(e);
				}
			});
		} catch (ForbiddenException e) {
			if (jar.contributes())
				throw e;
		} catch (UncheckedIOException e) {
			throw e.getCause();
		}
	}

	void admit(String plugIn, Supplier<Set<String>> signers) throws ForbiddenException {
		for (PolicySource.Found one : found) {
			if (one.isDamaged())
				throw ForbiddenException.by(damaged(one), "use the plug-in " + plugIn);
			var plugIns = one.policy().flatMap(Policy::plugIns);
			if (plugIns.isPresent() && plugIns.get().what().stream().noneMatch(p -> p.fits(plugIn, signers)))
				throw new ForbiddenException("Forbidden by %s: it does not name the plug-in %s%s among those that may be used.".formatted(rule(one, plugIns.get().line()), plugIn,
						plugIns.get().what().stream().anyMatch(p -> p.fits(plugIn, p::signers)) ? ", signed as it is," : ""));
		}
	}

	private static String words(URI server) {
		return server.getScheme() + "://" + (server.getRawAuthority() == null ? "" : server.getRawAuthority());
	}

	/** What all of them demand of a server. @throws ForbiddenException if nobody may sign in there */
	public Requirements requirements(URI server) throws ForbiddenException {
		admit(server);
		return found.stream().map(one -> requirements(one, server)).reduce(Requirements.NONE, Requirements::and);
	}

	private static Requirements requirements(PolicySource.Found found, URI server) {
		Policy policy = found.policy().orElseThrow();
		List<Server> known = policy.servers().map(Said::what).orElse(List.of()).stream().filter(s -> s.fits(server) && !s.proof().equals(Server.Proof.NONE)).toList();
		List<Server> bySsh = known.stream().filter(s -> !s.proof().hostKeys().isEmpty()).toList();
		List<Server> byTls = known.stream().filter(s -> s.proof().isOfTls()).toList();
		var hostKeys = new ArrayList<Requirements.HostKeys>();
		if (!bySsh.isEmpty())
			hostKeys.add(new Requirements.HostKeys(all(bySsh, s -> s.proof().hostKeys()), all(bySsh, s -> s.proof().keyTypes()), rule(found, bySsh.getFirst().line())));
		var certified = new ArrayList<Requirements.Certified>();
		if (!byTls.isEmpty())
			certified.add(new Requirements.Certified(all(byTls, s -> s.proof().issuers()), byTls.stream().flatMap(s -> s.proof().authorities().stream()).toList(), all(byTls, s -> s.proof().certificates()),
					rule(found, byTls.getFirst().line())));
		var algorithms = new EnumMap<Requirements.Kind, List<Requirements.Names>>(Requirements.Kind.class);
		policy.algorithms().forEach((kind, said) -> algorithms.put(kind, List.of(new Requirements.Names(said.what(), rule(found, said.line())))));
		return new Requirements(hostKeys, certified, algorithms, policy.rsa().map(said -> new Requirements.RsaSize(said.what(), rule(found, said.line()))));
	}

	private static Set<String> all(List<Server> servers, Function<Server, Set<String>> what) {
		return servers.stream().flatMap(s -> what.apply(s).stream()).collect(Collectors.toSet());
	}

	/** @throws ForbiddenException if nobody may unlock such a vault @param location of the vault */
	public void admit(Bookmark bookmark, String location, VaultInfo vault) throws ForbiddenException {
		for (PolicySource.Found one : found) {
			if (one.isDamaged())
				throw ForbiddenException.by(damaged(one), "unlock " + location);
			var vaults = one.policy().flatMap(Policy::vaults);
			if (vaults.isPresent() && vault.id().filter(vaults.get().what()::contains).isEmpty())
				throw new ForbiddenException("Forbidden by %s: it does not name the vault %s (%s) among those that may be unlocked."
						.formatted(rule(one, vaults.get().line()), location, vault.id().map(id -> "id " + id).orElse("which has no id")));
		}
	}
}
