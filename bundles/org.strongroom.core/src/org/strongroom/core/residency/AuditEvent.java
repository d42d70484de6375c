package org.strongroom.core.residency;

import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

import org.strongroom.core.Bookmark;
import org.strongroom.core.Problem;
import org.strongroom.core.Session;
import org.strongroom.core.vault.Vault;

/**
 * Something for the audit log.
 *
 * @param time when it happened (UTC)
 * @param kind what happened
 * @param result how it ended
 * @param bookmark whose server it was on; empty for what concerns none
 * @param serverKey by which key or certificate the server showed who it is: a fingerprint, as people compare it
 * @param vault what the vault is called by itself in which the items lie; empty if they lie in none, or it has no such name
 * @param paths of items, as locations in the bookmark's tree, readable where a vault is unlocked: they are written as keyed hashes. Of a rename or copy the old one and then the new one
 * @param place where it went, or was to go, of what left memory or was kept from it: as {@link Outgoing#place}. It is written as a keyed hash, too, but for {@link Outgoing#STANDARD_OUTPUT}, which names nothing. Empty
 *            if there is just one
 * @param detail more, by name ({@code a-z} and hyphens) in words that never hold the name of a file, or a secret: they are written as they are
 */
public record AuditEvent(Instant time, Kind kind, Result result, Optional<Bookmark> bookmark, Optional<String> serverKey, Optional<String> vault, List<String> paths,
		String place, Map<String, String> detail) {
	/** A detail of what was denied though a line before has it as {@link Result#OK}: the time of that line, of the same process, event and paths. It did not happen. */
	public static final String INSTEAD_OF = "instead-of";

	/** Events, and their words in the log. Words stay; new ones may come. */
	public enum Kind {
		/** Detail {@code methods}: what the server accepted, in that order. */
		SIGN_IN("sign-in"), SIGN_OUT("sign-out"), UNLOCK("unlock"), LOCK("lock"),
		/** A folder was looked into. Detail {@code items}: how many there were. */
		LIST("list"),
		/** Names were looked for in a folder and below. */
		FIND("find"),
		/** A file's content was read into memory, to be shown or edited. */
		OPEN("open"),
		/** A file was given a content that was made here. */
		SAVE("save"),
		/** Something of this machine, or another server, was put on the server. */
		UPLOAD("upload"), MAKE_FOLDER("make-folder"), COPY("copy"), RENAME("rename"), DELETE("delete"),
		/** An old version, or something from the trash, was put back. */
		RESTORE("restore"),
		/** As {@link WayOut}. */
		EXPORT("export"), DRAG("drag"), OPEN_WITH("open-with"), DRIVE("drive"), PRINT("print"), CLIPBOARD("clipboard"), SHARE("share"), REMEMBER("remember"),
		/** Nobody is let at it any more by a share. */
		UNSHARE("unshare"),
		/** An evidence report was written. Details {@code from}, {@code to}, {@code format}, and {@code paths}: {@code hashes} or {@code readable}; {@code of} is {@code copy} if it is of a copy of a log. */
		REPORT("report"),
		/** The policy in force is another one than before. */
		POLICY_CHANGE("policy-change"), PLUGIN_INSTALLED("plug-in-installed"), PLUGIN_REMOVED("plug-in-removed"),
		/** Somebody began or ended travel mode. Detail {@code mode}: {@code on} or {@code off}. */
		TRAVEL("travel"),
		/** Of the log itself: the first line of a file of it. */
		BEGIN("begin"),
		/** Of the log itself: a signature. */
		CHECKPOINT("checkpoint"),
		/** Of the log itself: something before is not whole. */
		GAP("gap"),
		/** Of the log itself: the clock of this machine was put back. Detail {@code seconds}. */
		CLOCK("clock"),
		/** Of the log itself: a key for what only the auditor reads. */
		SEAL("seal");

		private final String word;

		Kind(String word) {
			this.word = word;
		}

		/** As the log calls it. */
		public String word() {
			return word;
		}

		/** Whether somebody gets something by it, and does not get it before it is recorded. */
		boolean isAccess() {
			return this == OPEN || this == SIGN_IN || this == UNLOCK;
		}

		/** By {@link #word}. */
		public static Optional<Kind> of(String word) {
			return Arrays.stream(values()).filter(kind -> kind.word.equals(word)).findFirst();
		}

		/** Something leaves memory. */
		public static Kind of(WayOut way) {
			return valueOf(way.name());
		}
	}

	/** How something ended, and its word in the log. */
	public enum Result {
		OK("ok"), FAILED("failed"),
		/** The policy, or the person whom it asked, said no. */
		DENIED("denied"),
		/** A passphrase, password or code was wrong. */
		REFUSED("refused"), CANCELLED("cancelled");

		private final String word;

		Result(String word) {
			this.word = word;
		}

		/** As the log calls it. */
		public String word() {
			return word;
		}
	}

	public AuditEvent {
		Objects.requireNonNull(time);
		Objects.requireNonNull(kind);
		Objects.requireNonNull(result);
		Objects.requireNonNull(bookmark);
		Objects.requireNonNull(serverKey);
		Objects.requireNonNull(vault);
		paths = List.copyOf(paths);
		Objects.requireNonNull(place);
		detail = detail.isEmpty() ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(detail));
	}

	/** Something that stayed where it was. */
	public AuditEvent(Instant time, Kind kind, Result result, Optional<Bookmark> bookmark, Optional<String> serverKey, Optional<String> vault, List<String> paths, Map<String, String> detail) {
		this(time, kind, result, bookmark, serverKey, vault, paths, "", detail);
	}

	/** Something that happened now and concerns no server. */
	public static AuditEvent of(Kind kind, Result result, Map<String, String> detail) {
		return new AuditEvent(Instant.now(), kind, result, Optional.empty(), Optional.empty(), Optional.empty(), List.of(), detail);
	}

	/** Something that happened now with items of a session, which lie in the vault of the first of them. */
	public static AuditEvent of(Kind kind, Result result, Session session, String... locations) {
		Optional<Vault> vault = locations.length == 0 ? Optional.empty() : session.vaultOf(locations[0]).map(Map.Entry::getValue);
		return new AuditEvent(Instant.now(), kind, result, Optional.of(session.bookmark()), session.serverKey(), vault.flatMap(v -> v.info().id()), List.of(locations), Map.of());
	}

	/** Something is about to leave memory, or was kept from it. */
	public static AuditEvent of(Outgoing outgoing, Result result) {
		return new AuditEvent(Instant.now(), Kind.of(outgoing.way()), result, outgoing.bookmark(), Optional.empty(), outgoing.vaultId(), outgoing.items(), outgoing.place(), Map.of());
	}

	/** The same, with one more detail. */
	public AuditEvent with(String name, String value) {
		var more = new TreeMap<>(detail);
		more.put(name, value);
		return new AuditEvent(time, kind, result, bookmark, serverKey, vault, paths, place, more);
	}

	/** The same, with what let it leave memory, and where to: details {@code policy} (the verdict) and {@code rule} (whose policy, and the line), and {@code way} where the kind of event is called otherwise. */
	public AuditEvent with(Passage passage) {
		AuditEvent known = new AuditEvent(time, kind, result, bookmark, serverKey, vault, paths, passage.place(), detail).with("policy", passage.ruling().verdict().word()).with("rule", passage.ruling().where());
		return kind == Kind.of(passage.way()) ? known : known.with("way", passage.way().word());
	}

	/** The same, as it ended just now: lines of the log are in the order in which things ended. */
	public AuditEvent ended() {
		return new AuditEvent(Instant.now(), kind, result, bookmark, serverKey, vault, paths, place, detail);
	}

	/** The same, by which key the server showed who it is. */
	public AuditEvent with(Optional<String> serverKey) {
		return new AuditEvent(time, kind, result, bookmark, serverKey, vault, paths, place, detail);
	}

	/** The same, as it ended after an error; detail {@code why} has the kind of it. */
	public AuditEvent failed(Throwable why) {
		Problem.Kind problem = Problem.of(why).kind();
		Result ended = switch (why) {
		case ForbiddenException _ -> Result.DENIED;
		case org.strongroom.core.auth.SignInCancelledException _ -> Result.CANCELLED;
		case java.io.InterruptedIOException _ -> Result.CANCELLED;
		case org.strongroom.core.auth.SignInException _ -> Result.REFUSED;
		case org.strongroom.core.auth.WrongSecretException _ -> Result.REFUSED;
		default -> Result.FAILED;
		};
		return new AuditEvent(time, kind, ended, bookmark, serverKey, vault, paths, place, detail).with("why", problem.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'));
	}
}
