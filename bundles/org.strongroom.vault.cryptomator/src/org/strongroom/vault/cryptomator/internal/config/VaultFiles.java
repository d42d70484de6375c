package org.strongroom.vault.cryptomator.internal.config;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

import org.cryptomator.cryptolib.api.CryptorProvider.Scheme;
import org.cryptomator.cryptolib.api.Masterkey;
import org.strongroom.core.auth.Secret;
import org.strongroom.core.doctor.Finding;
import org.strongroom.core.vault.DamagedVaultException;
import org.strongroom.core.vault.VaultInfo;
import org.strongroom.vault.cryptomator.internal.Together;

/** What a vault's folder says of itself, read once and found to be possible. */
public final class VaultFiles {
	/** Name of the file with the master key. */
	public static final String KEY_FILE = KeyFile.FILE;
	/** Name of the signed configuration. */
	public static final String CONFIGURATION_FILE = ConfigToken.FILE;
	/** What the key file of a vault gives as version since the configuration tells it. */
	public static final int NO_VERSION = 999;

	/** Format 7 has no configuration: its cipher and threshold are fixed. New vaults have the same threshold. */
	private static final int OLD_FORMAT = 7;
	private static final Scheme OLD_CIPHER = Scheme.SIV_CTRMAC;
	private static final int THRESHOLD = 220;
	/** scrypt's N and r in cryptolib's MasterkeyFileAccess. */
	private static final int USUAL_COST = 1 << 15;
	private static final int USUAL_BLOCK_SIZE = 8;
	/** So many times cheaper is no protection to speak of for a passphrase that a person keeps in mind. */
	private static final int FAR = 8;

	private final String vault;
	private final KeyFile key;
	private final Optional<ConfigToken> token;

	private VaultFiles(String vault, KeyFile key, Optional<ConfigToken> token) {
		this.vault = vault;
		this.key = key;
		this.token = token;
	}

	/** Reads the files of a vault. */
	public static VaultFiles read(Path folder) throws IOException {
		String vault = folder.toString();
		var reading = Together.start(() -> SmallFile.read(folder, KeyFile.FILE));
		Optional<byte[]> token = SmallFile.read(folder, ConfigToken.FILE);
		Optional<byte[]> key = Together.get(reading);
		if (token.isEmpty() && key.isEmpty())
			throw new NoSuchFileException(vault, null, "there is no Cryptomator vault here");
		Optional<ConfigToken> config = token.isPresent() ? Optional.of(ConfigToken.parse(vault, token.get())) : Optional.empty();
		if (key.isEmpty())
			throw new DamagedVaultException(vault, KeyFile.FILE + " is missing");
		KeyFile keyFile = KeyFile.parse(vault, key.get());
		if (config.isEmpty() && keyFile.version() < OLD_FORMAT)
			throw new DamagedVaultException(vault, "vault format %d is not supported, migrate the vault with Cryptomator".formatted(keyFile.version()));
		if (config.isEmpty() && keyFile.version() > OLD_FORMAT)
			throw new DamagedVaultException(vault, ConfigToken.FILE + " is missing");
		return new VaultFiles(vault, keyFile, config);
	}

	/** How names and contents are encrypted. */
	public Scheme cipher() {
		return token.map(ConfigToken::cipher).orElse(OLD_CIPHER);
	}

	/** Longest encrypted name, in characters, that is not shortened. */
	public int threshold() {
		return token.map(ConfigToken::shorteningThreshold).orElse(THRESHOLD);
	}

	/** For a person. */
	public VaultInfo info() {
		var properties = new LinkedHashMap<String, String>();
		properties.put("Format version", String.valueOf(token.isPresent() ? ConfigToken.FORMAT : OLD_FORMAT));
		properties.put("Cipher", cipher().name());
		token.flatMap(ConfigToken::id).ifPresent(id -> properties.put("Vault id", id));
		properties.put("Key id", ConfigToken.KEY_ID);
		properties.put("Shortening threshold", String.valueOf(threshold()));
		properties.put("Passphrase cost", "scrypt, N = %d, r = %d, p = 1, %s of memory".formatted(key.cost(), key.blockSize(), size(key.memory())));
		return new VaultInfo("Cryptomator", token.flatMap(ConfigToken::id), properties, findings());
	}

	/** How good that is, measured by what Cryptomator gives new vaults. */
	private List<Finding> findings() {
		return List.of(
				token.isPresent() ? Finding.ok("vault.format", vault, "A Cryptomator vault of format 8, its configuration signed (%s).".formatted(token.get().algorithm()))
						: Finding.note("vault.format", vault, "A Cryptomator vault of format 7.", "Its settings are not signed as those of format 8 are; otherwise it is sound.",
								"Open it once with Cryptomator 1.6 or newer, which makes it format 8 (after a backup)."),
				cipher() == Scheme.SIV_GCM ? Finding.ok("vault.cipher", vault, "Names by AES-SIV, contents by AES-256-GCM.")
						: Finding.note("vault.cipher", vault, "Names by AES-SIV, contents by AES-256-CTR with HMAC-SHA256, as older vaults have it.", "It is sound, and slower than AES-256-GCM.",
								"Nothing has to be done. A new vault has AES-256-GCM; copy the files there."),
				cost());
	}

	private Finding cost() {
		String id = "vault.passphrase-cost";
		String what = "A guess at the passphrase costs scrypt with N = %d, r = %d (%s of memory)".formatted(key.cost(), key.blockSize(), size(key.memory()));
		if (key.memory() >= 128L * USUAL_COST * USUAL_BLOCK_SIZE && key.cost() >= USUAL_COST)
			return Finding.ok(id, vault, what + ", as Cryptomator has it or more.");
		String why = "Cryptomator has N = %d, r = %d. Who gets the file masterkey.cryptomator guesses that much faster.".formatted(USUAL_COST, USUAL_BLOCK_SIZE);
		String mend = "Change the passphrase with Cryptomator, which writes the file anew at its usual cost; make it a long one. Old copies of the file keep the old cost.";
		return key.memory() < 128L * USUAL_COST * USUAL_BLOCK_SIZE / FAR ? Finding.serious(id, vault, what + ".", why, mend) : Finding.warning(id, vault, what + ".", why, mend);
	}

	private static String size(long bytes) {
		return bytes >= 1 << 20 ? (bytes >> 20) + " MiB" : (bytes + 1023 >> 10) + " KiB";
	}

	/**
	 * The master key, once all that is signed with it was found good; the caller destroys it.
	 *
	 * @throws org.strongroom.core.auth.WrongSecretException if the passphrase does not fit
	 */
	public Masterkey unlock(Secret passphrase) throws IOException {
		Masterkey masterkey = key.unlock(vault, passphrase);
		try {
			if (token.isPresent())
				token.get().verify(vault, masterkey);
			return masterkey;
		} catch (IOException | RuntimeException e) {
			masterkey.destroy();
			throw e;
		}
	}

	/** The signed configuration of a new vault. */
	public static String newConfiguration(Scheme cipher, Masterkey masterkey) {
		return ConfigToken.create(cipher, THRESHOLD, masterkey);
	}
}
