package org.strongroom.vault.cryptomator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.stream.Stream;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import org.cryptomator.cryptolib.api.Masterkey;
import org.cryptomator.cryptolib.common.MasterkeyFileAccess;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.strongroom.core.Problem;
import org.strongroom.core.auth.Secret;
import org.strongroom.core.storage.Save;
import org.strongroom.core.vault.DamagedVaultException;
import org.strongroom.core.vault.Vault;
import org.strongroom.core.vault.VaultInfo;
import org.strongroom.vault.cryptomator.internal.CryptomatorFormat;

/** A vault's two files are hostile until checked: each lie gets an error of its own, and none gets further. */
class HostileConfigurationTest {
	private static final String HEADER = "{\"kid\":\"masterkeyfile:masterkey.cryptomator\",\"typ\":\"JWT\",\"alg\":\"HS256\"}";
	private static final String CLAIMS = "{\"jti\":\"x\",\"format\":8,\"cipherCombo\":\"SIV_GCM\",\"shorteningThreshold\":220}";
	private static final String KEY = "{\"version\":999,\"scryptSalt\":\"AAAAAAAAAAA=\",\"scryptCostParam\":32768,\"scryptBlockSize\":8,\"primaryMasterKey\":\"" + b64(40)
			+ "\",\"hmacMasterKey\":\"" + b64(40) + "\",\"versionMac\":\"" + b64(32) + "\"}";

	@TempDir
	Path folder;
	private Server server;

	@BeforeEach
	void connect() {
		server = new Server(folder);
	}

	private static String b64(int length) {
		return Base64.getEncoder().encodeToString(new byte[length]);
	}

	private static String url(String text) {
		return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
	}

	private static String token(String header, String claims) {
		return url(header) + "." + url(claims) + "." + url("signature");
	}

	private void write(String token, String key) throws IOException {
		if (token != null)
			Files.writeString(folder.resolve("vault.cryptomator"), token);
		if (key != null)
			Files.writeString(folder.resolve("masterkey.cryptomator"), key);
	}

	private void assertRefused(String message) {
		assertThatThrownBy(() -> new CryptomatorFormat().inspect(server.folder())).isInstanceOf(DamagedVaultException.class).hasMessageContaining(message)
				.satisfies(e -> assertThat(Problem.of(e)).satisfies(p -> assertThat(p.kind()).isEqualTo(Problem.Kind.DAMAGED)));
		assertThatThrownBy(() -> server.unlock()).isInstanceOf(DamagedVaultException.class).hasMessageContaining(message);
		assertThat(server.storage.writes).isEmpty();
	}

	static Stream<Arguments> tokens() {
		return Stream.of(arguments(token(HEADER.replace("HS256", "none"), CLAIMS), "is not signed"),
				arguments(token(HEADER.replace("HS256", "NoNe"), CLAIMS), "is not signed"),
				arguments(token(HEADER.replace("HS256", "RS256"), CLAIMS), "is signed in a way that is not supported"),
				arguments(token(HEADER.replace("\"HS256\"", "null"), CLAIMS), "does not say how it is signed"),
				arguments(token(HEADER.replace("\"HS256\"", "{}"), CLAIMS), "does not say how it is signed"),
				arguments(token("{\"kid\":\"masterkeyfile:masterkey.cryptomator\"}", CLAIMS), "does not say how it is signed"),
				arguments(token(HEADER.replace("masterkeyfile:masterkey.cryptomator", "masterkeyfile:../masterkey.cryptomator"), CLAIMS), "names a key that is not in the vault's own folder"),
				arguments(token(HEADER.replace("masterkeyfile:masterkey.cryptomator", "hub+https://evil.example/"), CLAIMS), "names a key that is not in the vault's own folder"),
				arguments(token(HEADER.replace("masterkeyfile:masterkey.cryptomator", "not a uri \\u0000"), CLAIMS), "names a key that is not in the vault's own folder"),
				arguments(token("{\"alg\":\"HS256\"}", CLAIMS), "does not name its key"), arguments(token("{\"alg\":\"HS256\",\"kid\":null}", CLAIMS), "does not name its key"),
				arguments(token(HEADER, CLAIMS.replace(":8", ":9")), "names format 9, which is newer"), arguments(token(HEADER, CLAIMS.replace(":8", ":7")), "names format 7"),
				arguments(token(HEADER, CLAIMS.replace(":8", ":-8")), "names no vault format"), arguments(token(HEADER, CLAIMS.replace(":8", ":8.5")), "names no vault format"),
				arguments(token(HEADER, CLAIMS.replace(":8", ":1e400")), "names no vault format"), arguments(token(HEADER, CLAIMS.replace(":8", ":\"8\"")), "names no vault format"),
				arguments(token(HEADER, CLAIMS.replace(":8", ":null")), "names no vault format"), arguments(token(HEADER, CLAIMS.replace(":8", ":99999999999")), "names no vault format"),
				arguments(token(HEADER, CLAIMS.replace("SIV_GCM", "ROT13")), "names a cipher that is not supported"),
				arguments(token(HEADER, CLAIMS.replace("\"SIV_GCM\"", "null")), "names no cipher"),
				arguments(token(HEADER, CLAIMS.replace("220", "0")), "says that names are shortened beyond 0"), arguments(token(HEADER, CLAIMS.replace("220", "2147483647")), "says that names are shortened beyond"),
				arguments(token(HEADER, CLAIMS.replace("220", "null")), "does not say which names are shortened"),
				arguments(token(HEADER, CLAIMS.replace("220", "-1")), "does not say which names are shortened"), arguments(token(HEADER, "{}"), "names no vault format"),
				arguments(token(HEADER, "[]"), "is not a signed configuration"), arguments(token(HEADER, "null"), "is not a signed configuration"),
				arguments(token(HEADER, CLAIMS + "x"), "is not a signed configuration"), arguments(token(HEADER, "{\"format\":7," + CLAIMS.substring(1)), "is not a signed configuration"),
				arguments(token(HEADER, "[".repeat(20_000)), "is not a signed configuration"), arguments(token(HEADER, "{\"a\":" + "[".repeat(20_000)), "is not a signed configuration"),
				arguments(token(HEADER, ""), "is not a signed configuration"), arguments("a.b", "is not a signed configuration"), arguments("%.%.%", "is not a signed configuration"),
				arguments("....", "is not a signed configuration"), arguments("\u00e4.b.c", "is not a signed configuration"), arguments("x".repeat(70_000), "is larger than 64 KiB"),
				arguments("", "is empty"), arguments("\0\0\0", "is not a signed configuration"));
	}

	@ParameterizedTest
	@MethodSource("tokens")
	void configuration(String token, String message) throws Exception {
		write(token, KEY);
		assertRefused("vault.cryptomator " + message);
	}

	static Stream<Arguments> keys() {
		return Stream.of(arguments(KEY.replace("999", "null"), "names no version"), arguments(KEY.replace("999", "0"), "names no version"),
				arguments(KEY.replace("32768", "32767"), "names a passphrase cost that cannot be"), arguments(KEY.replace("32768", "1"), "names a passphrase cost that cannot be"),
				arguments(KEY.replace("32768", "1073741824"), "demands 1,048,576 MiB of memory"), arguments(KEY.replace("32768", "1048576"), "demands 1,024 MiB of memory"),
				arguments(KEY.replace("Size\":8", "Size\":1000000000"), "demands 4,000,000,000 MiB of memory"), arguments(KEY.replace("Size\":8", "Size\":0"), "names a passphrase cost that cannot be"),
				arguments(KEY.replace("32768", "2147483648"), "does not say what a passphrase costs"), arguments(KEY.replace("32768", "null"), "does not say what a passphrase costs"),
				arguments(KEY.replace("AAAAAAAAAAA=", ""), "has a salt of the wrong length"), arguments(KEY.replace("AAAAAAAAAAA=", "!"), "has an unreadable salt"),
				arguments(KEY.replace(b64(40), b64(39)), "has a key of the wrong length"), arguments(KEY.replace(b64(40), ""), "has a key of the wrong length"),
				arguments(KEY.replace("\"primaryMasterKey\":\"" + b64(40) + "\"", "\"primaryMasterKey\":null"), "has no key"),
				arguments(KEY.replace("\"" + b64(32) + "\"", "[1]"), "has no version signature"), arguments("{}", "names no version"), arguments("null", "is not a key file"),
				arguments("not json", "is not a key file"), arguments("{", "is not a key file"), arguments("[".repeat(60_000), "is not a key file"),
				arguments(" ".repeat(70_000), "is larger than 64 KiB"), arguments("", "is empty"));
	}

	@ParameterizedTest
	@MethodSource("keys")
	void masterKey(String key, String message) throws Exception {
		write(token(HEADER, CLAIMS), key);
		assertRefused("masterkey.cryptomator " + message);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 3, 4, 5, 6 })
	void oldFormats(int format) throws Exception {
		write(null, KEY.replace("999", "" + format));
		assertRefused("vault format " + format + " is not supported, migrate the vault with Cryptomator");
	}

	@Test
	void missingFiles() throws Exception {
		assertThatThrownBy(() -> new CryptomatorFormat().inspect(server.folder())).isInstanceOf(NoSuchFileException.class);
		write(token(HEADER, CLAIMS), null);
		server.changed();
		assertRefused("masterkey.cryptomator is missing");
		Files.delete(folder.resolve("vault.cryptomator"));
		write(null, KEY);
		server.changed();
		assertRefused("vault.cryptomator is missing");
	}

	@Test
	void foldersInTheirPlace() throws Exception {
		Files.createDirectory(folder.resolve("vault.cryptomator"));
		write(null, KEY);
		assertRefused("vault.cryptomator is not a file");
		Files.delete(folder.resolve("vault.cryptomator"));
		Files.delete(folder.resolve("masterkey.cryptomator"));
		Files.createDirectory(folder.resolve("masterkey.cryptomator"));
		write(token(HEADER, CLAIMS), null);
		server.changed();
		assertRefused("masterkey.cryptomator is not a file");
	}

	// --- with a key that opens

	private byte[] rawKey() {
		byte[] key = new byte[64];
		java.util.Arrays.fill(key, (byte) 7);
		return key;
	}

	private void writeKey(int version) throws IOException {
		try (Masterkey key = new Masterkey(rawKey()); var out = Files.newOutputStream(folder.resolve("masterkey.cryptomator"))) {
			new MasterkeyFileAccess(new byte[0], new java.security.SecureRandom()).persist(key, out, Server.PASSPHRASE, version);
		}
	}

	private void sign(String header, String claims, String algorithm) throws Exception {
		String text = url(header) + "." + url(claims);
		Mac mac = Mac.getInstance(algorithm);
		mac.init(new SecretKeySpec(rawKey(), algorithm));
		Files.writeString(folder.resolve("vault.cryptomator"), text + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(mac.doFinal(text.getBytes())));
	}

	@ParameterizedTest
	@ValueSource(strings = { "256", "384", "512" })
	void signedWithItsKey(String bits) throws Exception {
		writeKey(999);
		sign(HEADER.replace("HS256", "HS" + bits), CLAIMS, "HmacSHA" + bits);
		assertThatThrownBy(() -> server.unlock()).isInstanceOf(DamagedVaultException.class).hasMessageContaining("the folder with its content is missing");
		VaultInfo info = new CryptomatorFormat().inspect(server.folder()).info();
		assertThat(info.format()).isEqualTo("Cryptomator");
		assertThat(info.id()).contains("x");
		assertThat(info.properties()).containsExactly(java.util.Map.entry("Format version", "8"), java.util.Map.entry("Cipher", "SIV_GCM"),
				java.util.Map.entry("Vault id", "x"), java.util.Map.entry("Key id", "masterkeyfile:masterkey.cryptomator"), java.util.Map.entry("Shortening threshold", "220"),
				java.util.Map.entry("Passphrase cost", "scrypt, N = 32768, r = 8, p = 1, 32 MiB of memory"));
	}

	@Test
	void changedAfterItWasSigned() throws Exception {
		writeKey(999);
		sign(HEADER, CLAIMS, "HmacSHA256");
		Path file = folder.resolve("vault.cryptomator");
		String[] parts = Files.readString(file).split("\\.");
		Files.writeString(file, parts[0] + "." + url(CLAIMS.replace("220", "200")) + "." + parts[2]);
		assertThatThrownBy(() -> server.unlock()).isInstanceOf(DamagedVaultException.class).hasMessageContaining("was not signed with this vault's key");
		Files.writeString(file, parts[0] + "." + parts[1] + ".");
		server.changed();
		assertThatThrownBy(() -> server.unlock()).isInstanceOf(DamagedVaultException.class).hasMessageContaining("was not signed with this vault's key");
		// the signature of one algorithm under the name of another
		sign(HEADER.replace("HS256", "HS512"), CLAIMS, "HmacSHA256");
		server.changed();
		assertThatThrownBy(() -> server.unlock()).isInstanceOf(DamagedVaultException.class).hasMessageContaining("was not signed with this vault's key");
	}

	@Test
	void versionChangedInTheKeyFile() throws Exception {
		writeKey(999);
		Path file = folder.resolve("masterkey.cryptomator");
		Files.writeString(file, Files.readString(file).replace("999", "7"));
		assertThatThrownBy(() -> server.unlock()).isInstanceOf(DamagedVaultException.class).hasMessageContaining("has a version that was changed");
	}

	@Test
	void strongerPassphraseCostsPass() throws Exception {
		write(token(HEADER, CLAIMS), KEY.replace("32768", "524288"));
		assertThat(new CryptomatorFormat().inspect(server.folder()).info().properties()).containsEntry("Passphrase cost", "scrypt, N = 524288, r = 8, p = 1, 512 MiB of memory");
	}

	@Test
	void unlocksAFolderOfThisMachineToo() throws Exception {
		try (Secret secret = Secret.of("x".toCharArray())) {
			new CryptomatorFormat().create(folder, secret);
		}
		try (Vault vault = new CryptomatorFormat().inspect(folder).unlock(Secret.of("x".toCharArray()))) {
			Files.writeString(vault.root().resolve("file"), "content");
			assertThat(vault.root().resolve("file")).hasContent("content");
			assertThat(vault.encrypted(vault.root().resolve("file"))).isRegularFile().startsWith(folder);
			assertThatThrownBy(() -> Files.newOutputStream(vault.root().resolve("file"), java.nio.file.StandardOpenOption.WRITE, Save.overwrite()))
					.isInstanceOf(UnsupportedOperationException.class);
			Files.writeString(vault.root().resolve(Contents.LONG), "long");
			assertThat(vault.root().resolve(Contents.LONG)).hasContent("long");
		}
	}
}
