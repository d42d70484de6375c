package org.strongroom.doctor;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.strongroom.core.Item;
import org.strongroom.core.Session;
import org.strongroom.core.Session.Unlocking;
import org.strongroom.core.doctor.Finding;
import org.strongroom.core.doctor.Posture;
import org.strongroom.core.vault.DamagedVaultException;
import org.strongroom.core.vault.Vault;
import org.strongroom.core.vault.VaultState;

/** Looks at a server that is signed in to, and at the vaults there: how they are set up, and of an unlocked vault whether it is whole. Reads only. */
public final class ServerCheck {
	/** Folders of a vault that are looked into. */
	public static final int MOST_FOLDERS = 1000;
	/** Vaults of one folder. */
	private static final int MOST_VAULTS = 50;

	private ServerCheck() {
	}

	/**
	 * Looks.
	 *
	 * @param prefix what stands before a location when it is shown, such as {@code HQ:}
	 * @param location a folder, whose vaults are looked at from outside, or a vault or a place in one, which is unlocked and looked through
	 * @param unlocking whether a passphrase may be asked for
	 * @return what was found; what could not be looked at is among it
	 * @throws IOException if the location cannot be looked at, or the connection is gone
	 */
	public static List<Finding> of(Session session, String prefix, String location, Unlocking unlocking) throws IOException {
		String server = session.bookmark().server();
		var found = new ArrayList<Finding>();
		Optional<Posture> posture = session.fileSystem().storage().extra(Posture.class);
		if (posture.isPresent())
			found.addAll(posture.get().examine());
		else
			found.add(Finding.unchecked("server.posture", server, "How the server is set up: this protocol does not tell."));
		if (unlocking == Unlocking.ASK)
			session.item(location, unlocking); // unlocks what it lies in
		String vault = session.vaultOf(location).map(Map.Entry::getKey).orElse(location);
		if (session.vaultState(vault).isPresent()) {
			found.addAll(named(prefix + vault, session.vaultInfo(vault).findings()));
			found.addAll(named(prefix + vault, health(session, prefix, vault, unlocking)));
			return List.copyOf(found);
		}
		List<Item> vaults = session.list(location, Unlocking.NEVER).stream().filter(i -> i.vault().isPresent()).toList();
		for (Item item : vaults.subList(0, Math.min(MOST_VAULTS, vaults.size()))) {
			if (item.vault().get() == VaultState.UNSUPPORTED) {
				found.add(Finding.unchecked("vault.format", prefix + item.location(), "A vault of a kind whose plug-in is not installed."));
				continue;
			}
			try {
				found.addAll(named(prefix + item.location(), session.vaultInfo(item.location()).findings()));
			} catch (DamagedVaultException e) {
				found.add(damaged(prefix + item.location(), e));
			}
		}
		if (vaults.isEmpty())
			found.add(Finding.note("vault.none", prefix + location, "There is no vault in this folder.",
					"Whoever runs the server can read what lies there.", "Put what others must not read into a vault."));
		return List.copyOf(found);
	}

	private static List<Finding> health(Session session, String prefix, String vault, Unlocking unlocking) throws IOException {
		if (unlocking != Unlocking.ASK && session.vaultOf(vault).isEmpty())
			return List.of(Finding.unchecked("vault.health", prefix + vault, "Whether the vault is whole: not checked, for it is locked."));
		Vault open = session.unlock(vault);
		return open.health(MOST_FOLDERS);
	}

		/** Vault formats know where a vault lies on the server; a person knows it by its place. */
	private static List<Finding> named(String shown, List<Finding> findings) {
		return findings.stream().map(f -> new Finding(f.id(), f.severity(), shown, f.what(), f.why(), f.mend())).toList();
	}

	private static Finding damaged(String vault, DamagedVaultException e) {
		return Finding.serious("vault.format", vault, "The vault is damaged or was tampered with: %s.".formatted(e.getReason()), "It cannot be unlocked as it is.",
				"Put back vault.cryptomator and masterkey.cryptomator from a backup.");
	}
}
