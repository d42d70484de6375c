package org.strongroom.storage.nextcloud;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import org.strongroom.core.auth.Challenge;
import org.strongroom.core.doctor.Finding;
import org.strongroom.core.doctor.Finding.Severity;
import org.strongroom.core.doctor.Posture;
import org.strongroom.storage.nextcloud.internal.Json;

/**
 * How well a Nextcloud server is set up, as far as it tells that to a user: what it says of itself in its capabilities, besides what {@link #http} finds.
 *
 * @param server in words for a person
 * @param http TLS, certificate, headers
 * @param capabilities as the server told them
 */
record NextcloudPosture(String server, String version, Posture http, Json capabilities) implements Posture {
	/** What WebDAV alone would say: here an app password is granted in the browser, with whatever the server demands. */
	private static final String OF_WEBDAV = "dav.factors";
	/** What Nextcloud's app password_policy demands unless told otherwise, from version 22 on. */
	private static final int SHORT = 10;
	private static final String VAULT = "Put what the server's administrators must not read into a vault.";

	@Override
	public List<Finding> examine() throws IOException {
		var found = new ArrayList<>(http.examine());
		found.removeIf(f -> f.id().equals(OF_WEBDAV));
		found.add(Finding.ok("nextcloud.version", server, "Nextcloud " + Challenge.printable(version).replace('\n', ' ') + "."));
		found.add(new Finding("nextcloud.factors", Severity.UNCHECKED, server, "Whether a second factor is demanded: a server does not tell its users.",
				"Strongroom signs in in the browser, with whatever is demanded there. Without a second factor a password alone is enough.", "occ twofactorauth:enforce --on\nocc twofactorauth:state USER tells who has one."));
		found.add(new Finding("nextcloud.encryption", Severity.UNCHECKED, server, "Whether files are encrypted on the server's disk: a server does not tell its users.",
				"It would have the keys, too: that helps where disks are stolen or storage is rented, not against who runs the server.",
				"occ encryption:status tells. To turn it on:\nocc app:enable encryption\nocc encryption:enable\n" + VAULT));
		links(found);
		passwords(found);
		return found;
	}

	private void links(List<Finding> found) {
		Json links = capabilities.get("files_sharing", "public");
		String id = "nextcloud.links";
		if (!links.get("enabled").isTrue()) {
			found.add(links.get("enabled").value().isJsonNull() ? Finding.unchecked(id, server, "Which links may be shared: the server does not tell.") : Finding.ok(id, server, "Nothing can be shared by a link."));
			return;
		}
		var missing = new ArrayList<String>();
		var mend = new ArrayList<String>();
		if (!links.get("password", "enforced").isTrue()) {
			missing.add("a password");
			mend.add("occ config:app:set core shareapi_enforce_links_password --value=yes");
		}
		if (!links.get("expire_date", "enforced").isTrue()) {
			missing.add("a last day");
			mend.add("occ config:app:set core shareapi_default_expire_date --value=yes");
			mend.add("occ config:app:set core shareapi_enforce_expire_date --value=yes");
		}
		if (missing.isEmpty())
			found.add(Finding.ok(id, server, "Links must have a password and a last day."));
		else
			found.add(new Finding(id, missing.contains("a password") ? Severity.WARNING : Severity.NOTE, server, "Links can be shared without %s.".formatted(String.join(" and ", missing)),
					"A link is passed on, and kept in mails and histories: whoever has it gets what it leads to.", String.join("\n", mend)));
	}

	private void passwords(List<Finding> found) {
		String id = "nextcloud.passwords";
		long length = capabilities.get("password_policy", "minLength").number().orElse(0);
		if (length == 0)
			found.add(Finding.unchecked(id, server, "How long passwords must be: the server does not tell (its app password_policy is missing or disabled)."));
		else if (length < SHORT)
			found.add(Finding.note(id, server, "Passwords need no more than %d characters.".formatted(length), "Short ones are guessed.", "occ config:app:set password_policy minLength --value=" + SHORT));
		else
			found.add(Finding.ok(id, server, "Passwords need %d characters or more.".formatted(length)));
	}
}
