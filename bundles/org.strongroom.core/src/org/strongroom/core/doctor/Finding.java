package org.strongroom.core.doctor;

import java.util.Objects;

/**
 * One thing that the doctor looked at.
 *
 * @param id names the check, stable for scripts: lower case, such as {@code leak.swap} or {@code ssh.ciphers}
 * @param severity how bad it is
 * @param subject what was looked at: a path, a server, a vault; one line
 * @param what was found; one line
 * @param why it matters; one line, empty where nothing is to be done
 * @param mend how to mend it, in lines, those of a configuration file as they are to be written there; empty where nothing is to be done
 */
public record Finding(String id, Severity severity, String subject, String what, String why, String mend) {
	/** How bad something is, the worst last. */
	public enum Severity {
		/** As it should be. */
		OK,
		/** Could not be looked at; nothing is claimed. */
		UNCHECKED,
		/** Worth knowing; whether it is wanted is for a person to say. */
		NOTE,
		/** To be mended: it weakens what Strongroom is for. */
		WARNING,
		/** To be mended now: readable data, or the way to it, lies open. */
		SERIOUS;

		/** Whether this is as bad as another or worse. */
		public boolean atLeast(Severity other) {
			return compareTo(other) >= 0;
		}
	}

	public Finding {
		Objects.requireNonNull(id);
		Objects.requireNonNull(severity);
		Objects.requireNonNull(subject);
		Objects.requireNonNull(what);
		Objects.requireNonNull(why);
		Objects.requireNonNull(mend);
	}

	/** All is well. */
	public static Finding ok(String id, String subject, String what) {
		return new Finding(id, Severity.OK, subject, what, "", "");
	}

	/** It could not be looked at. @param what why not */
	public static Finding unchecked(String id, String subject, String what) {
		return new Finding(id, Severity.UNCHECKED, subject, what, "", "");
	}

	/** Worth knowing. */
	public static Finding note(String id, String subject, String what, String why, String mend) {
		return new Finding(id, Severity.NOTE, subject, what, why, mend);
	}

	/** To be mended. */
	public static Finding warning(String id, String subject, String what, String why, String mend) {
		return new Finding(id, Severity.WARNING, subject, what, why, mend);
	}

	/** To be mended now. */
	public static Finding serious(String id, String subject, String what, String why, String mend) {
		return new Finding(id, Severity.SERIOUS, subject, what, why, mend);
	}
}
