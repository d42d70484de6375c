package org.strongroom.residency.audit;

import java.util.List;

/**
 * What was found to be whole.
 *
 * @param log its id
 * @param machine where it was begun
 * @param user by whom
 * @param files how many
 * @param lines how many
 * @param first number of the first line
 * @param last number of the last line
 * @param from time of the first line, as it is there
 * @param to time of the last line
 * @param checkpoints how many, all with a signature that fits
 * @param signed number of the last line that a signature covers; what comes after could have been written by anybody
 * @param hash of the last line in hexadecimal digits: noted elsewhere, it proves later that nothing up to it was changed
 * @param key by which the signatures were made, as SubjectPublicKeyInfo in Base64
 * @param notes what else a person should know, one line each
 */
public record Verification(String log, String machine, String user, int files, long lines, long first, long last, String from, String to, long checkpoints, long signed, String hash, String key,
		List<String> notes) {
	public Verification {
		notes = List.copyOf(notes);
	}
}
