package org.strongroom.residency.internal.audit;

import java.util.Base64;
import java.util.regex.Pattern;

/** Keys as text (RFC 7468). */
final class Pem {
	private Pem() {
	}

	static String of(String label, byte[] der) {
		return "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder(64, new byte[] { '\n' }).encodeToString(der) + "\n-----END " + label + "-----\n";
	}

	/** The first one of that label. @throws IllegalArgumentException if there is none */
	static byte[] read(String label, String text) {
		var matcher = Pattern.compile("-----BEGIN " + label + "-----([A-Za-z0-9+/=\\s]+)-----END " + label + "-----").matcher(text);
		if (!matcher.find())
			throw new IllegalArgumentException("there is no " + label + " in it");
		return Base64.getMimeDecoder().decode(matcher.group(1));
	}
}
