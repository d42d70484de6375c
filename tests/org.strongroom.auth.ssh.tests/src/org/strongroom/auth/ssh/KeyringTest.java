package org.strongroom.auth.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;

import javax.crypto.spec.PBEKeySpec;

import org.eclipse.equinox.security.storage.ISecurePreferences;
import org.eclipse.equinox.security.storage.SecurePreferencesFactory;
import org.eclipse.equinox.security.storage.provider.IProviderHints;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.auth.keyring.internal.Keyring;
import org.strongroom.core.auth.Challenge;
import org.strongroom.core.auth.Secret;

/** Remembered secrets in a real secure storage, opened with a master password. */
class KeyringTest {
	private static final Challenge.ForSecret KEY = new Challenge.KeyPassphrase("me@hq", Path.of("/home/me/.ssh/id_ed25519"), 1);
	private static final Challenge.ForSecret PASSWORD = new Challenge.Password("me@hq:2222", "me", 1);
	private static final Challenge.ForSecret VAULT = new Challenge.VaultPassphrase("HQ", "Contracts", 1);
	private static final Challenge.ForSecret OTHER_VAULT = new Challenge.VaultPassphrase("HQ2", "Contracts", 1);

	@TempDir
	Path temp;

	private Path file() {
		return temp.resolve("home/secure_storage");
	}

	private ISecurePreferences open(String password) {
		Map<Object, Object> options = new HashMap<>();
		options.put(IProviderHints.PROMPT_USER, Boolean.FALSE);
		if (password != null)
			options.put(IProviderHints.DEFAULT_PASSWORD, new PBEKeySpec(password.toCharArray()));
		try {
			return SecurePreferencesFactory.open(file().toUri().toURL(), options);
		} catch (java.io.IOException e) {
			throw new java.io.UncheckedIOException(e);
		}
	}

	private Keyring keyring() {
		return new Keyring(file(), () -> open("master"));
	}

	private static String ask(Keyring keyring, Challenge.ForSecret challenge) {
		return keyring.secret(challenge, null).map(s -> {
			try (s) {
				return new String(s.chars());
			}
		}).orElse(null);
	}

	private static void accept(Keyring keyring, Challenge.ForSecret challenge, String secret, boolean remember) {
		try (Secret s = new Secret(secret.toCharArray(), remember)) {
			keyring.accepted(challenge, s);
		}
	}

	@Test
	void whatIsTickedIsRemembered() throws Exception {
		accept(keyring(), KEY, "pässphrase", true);
		accept(keyring(), PASSWORD, "pass word", true);
		accept(keyring(), VAULT, "vault", false);
		assertThat(ask(keyring(), KEY)).isEqualTo("pässphrase");
		assertThat(ask(keyring(), PASSWORD)).isEqualTo("pass word");
		assertThat(ask(keyring(), VAULT)).isNull();
		assertThat(file()).content().doesNotContain("ssphrase", "pass word", "me@hq", "id_ed25519", "2222");
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file()))).isEqualTo("rw-------");
	}

	@Test
	void forgetting() throws Exception {
		accept(keyring(), KEY, "a", true);
		accept(keyring(), VAULT, "b", true);
		accept(keyring(), OTHER_VAULT, "c", true);
		assertThat(keyring().remembers("vault:HQ:")).isTrue();
		assertThat(keyring().remembers("vault:")).isTrue();
		assertThat(keyring().remembers("vault:HQ3:")).isFalse();
		assertThat(keyring().remembers(VAULT.key())).isTrue();
		keyring().forget("vault:HQ:");
		assertThat(ask(keyring(), VAULT)).isNull();
		assertThat(ask(keyring(), OTHER_VAULT)).isEqualTo("c");
		keyring().rejected(OTHER_VAULT);
		assertThat(ask(keyring(), OTHER_VAULT)).isNull();
		assertThat(keyring().remembers("vault:")).isFalse();
		keyring().forget("");
		assertThat(ask(keyring(), KEY)).isNull();
	}

	@Test
	void withoutAFileTheStoreIsNotEvenTouched() throws Exception {
		var keyring = new Keyring(file(), () -> fail("touched"));
		assertThat(ask(keyring, KEY)).isNull();
		assertThat(keyring.remembers("")).isFalse();
		keyring.forget("vault:");
		keyring.rejected(KEY);
		accept(keyring, KEY, "not ticked", false);
		assertThat(file()).doesNotExist();
	}

	@Test
	void aStoreThatCannotBeOpenedRemembersNothing() {
		accept(keyring(), KEY, "secret", true);
		var wrong = new Keyring(file(), () -> open("wrong"));
		assertThat(ask(wrong, KEY)).isNull();
		var none = new Keyring(file(), () -> null);
		assertThat(ask(none, KEY)).isNull();
		accept(none, VAULT, "vault", true);
		assertThatThrownBy(() -> none.remembers(KEY.key())).as("nobody knows").isInstanceOf(IOException.class);
		var broken = new Keyring(file(), () -> {
			throw new IllegalStateException("broken");
		});
		assertThatThrownBy(() -> broken.remembers(KEY.key())).isInstanceOf(IOException.class);
		broken.forget(KEY.key());
		assertThat(ask(keyring(), KEY)).isEqualTo("secret");
	}

	@Test
	void nobodyGivesAMasterPassword() {
		var nobody = new Keyring(file(), () -> open(null));
		accept(nobody, KEY, "secret", true);
		assertThat(ask(nobody, KEY)).as("there is no store that opens itself").isNull();
	}
}
