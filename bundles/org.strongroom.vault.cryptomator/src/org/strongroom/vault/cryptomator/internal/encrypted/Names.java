package org.strongroom.vault.cryptomator.internal.encrypted;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.cryptomator.cryptofs.VaultOpener;
import org.cryptomator.cryptolib.api.AuthenticationFailedException;
import org.cryptomator.cryptolib.api.Cryptor;
import org.cryptomator.cryptolib.api.CryptorProvider.Scheme;
import org.cryptomator.cryptolib.api.Masterkey;

import com.google.common.io.BaseEncoding;

/**
 * Tells which encrypted names cryptofs may be shown. In a name that it cannot decrypt it tries the pieces between {@code -} and {@code _}, all combinations of them: some dozens of
 * these in a name of somebody's making, and it is busy for ever. Thread-safe.
 */
public final class Names implements AutoCloseable {
	/** So many cost cryptofs a few hundred decryptions of a name. */
	private static final int FEW = 8;
	private static final Pattern BASE64 = Pattern.compile("[a-zA-Z0-9_-]+={0,2}");
	private static final int MOST_FOLDERS = 100_000;

	private final Cryptor cryptor;
	private final Map<List<String>, String> folderIds = new ConcurrentHashMap<>();

	/** @param key is copied */
	public Names(Scheme scheme, Masterkey key) {
		cryptor = VaultOpener.cryptor(scheme, key);
		know("");
	}

	/** Takes note of the id of a folder. */
	void know(String folderId) {
		if (folderIds.size() > MOST_FOLDERS)
			folderIds.clear();
		String hash = cryptor.fileNameCryptor().hashDirectoryId(folderId);
		folderIds.put(List.of("d", hash.substring(0, 2), hash.substring(2)), folderId);
	}

	/**
	 * Whether an entry may be shown to cryptofs.
	 *
	 * @param folder names of the content folder that it lies in
	 */
	boolean isDigestible(List<String> folder, String name) {
		if (name.chars().filter(c -> c == '-' || c == '_').count() <= FEW || name.endsWith(".c9s"))
			return true;
		String id = folderIds.get(folder);
		Matcher start = BASE64.matcher(name);
		if (id == null || !start.lookingAt())
			return false;
		try {
			cryptor.fileNameCryptor().decryptFilename(BaseEncoding.base64Url(), start.group(), id.getBytes(StandardCharsets.US_ASCII));
			return true;
		} catch (AuthenticationFailedException e) {
			return false;
		}
	}

	@Override
	public void close() {
		cryptor.destroy();
		folderIds.clear();
	}
}
