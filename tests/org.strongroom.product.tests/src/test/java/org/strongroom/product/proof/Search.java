package org.strongroom.product.proof;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.strongroom.product.proof.Canaries.Form;

/** Looks for forms in bytes that come piece by piece: what begins in one piece and ends in a later one is found, too. For one thread. */
final class Search {
	private final Form[] forms;
	/** Whether one of the forms begins with these two bytes. */
	private final boolean[] beginnings = new boolean[1 << 16];
	private final int longest;

	Search(List<Form> forms) {
		this.forms = forms.toArray(Form[]::new);
		longest = forms.stream().mapToInt(f -> f.bytes().length).max().orElseThrow();
		for (Form form : forms)
			for (int a : cases(form, 0))
				for (int b : cases(form, 1))
					beginnings[a << 8 | b] = true;
	}

	private static int[] cases(Form form, int at) {
		byte b = form.bytes()[at];
		return form.anyCase() && b >= 'a' && b <= 'z' ? new int[] { b, b - 'a' + 'A' } : new int[] { b & 0xFF };
	}

	/** Which forms there are in these bytes; empty if none. */
	Set<String> in(byte[] bytes) {
		return new Stream().next(bytes, bytes.length);
	}

	/** Which forms there are in a name. */
	Set<String> in(String name) {
		return in(name.getBytes(StandardCharsets.UTF_8));
	}

	/** Pieces that belong together. */
	final class Stream {
		private byte[] kept = new byte[0];

		/** Takes the next piece. @return the forms that end in it */
		Set<String> next(byte[] piece, int length) {
			byte[] all = Arrays.copyOf(kept, kept.length + length);
			System.arraycopy(piece, 0, all, kept.length, length);
			Set<String> found = Set.of();
			for (int at = 0; at + 1 < all.length; at++)
				if (beginnings[(all[at] & 0xFF) << 8 | all[at + 1] & 0xFF])
					for (Form form : forms)
						if (at + form.bytes().length > kept.length && isAt(all, at, form)) {
							if (found.isEmpty())
								found = new LinkedHashSet<>();
							found.add(form.name());
						}
			kept = Arrays.copyOfRange(all, Math.max(0, all.length - longest + 1), all.length);
			return found;
		}
	}

	private static boolean isAt(byte[] all, int at, Form form) {
		byte[] wanted = form.bytes();
		if (at + wanted.length > all.length)
			return false;
		for (int i = 0; i < wanted.length; i++) {
			byte b = all[at + i];
			if (form.anyCase() && b >= 'A' && b <= 'Z')
				b += 'a' - 'A';
			byte w = wanted[i];
			if (form.anyCase() && w >= 'A' && w <= 'Z')
				w += 'a' - 'A';
			if (b != w)
				return false;
		}
		return true;
	}
}
