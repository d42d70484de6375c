package org.strongroom.storage.nextcloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.vault.DamagedVaultException;
import org.strongroom.core.vault.Vault;
import org.strongroom.testing.nextcloud.EmulatedNextcloud;

/** The same on the emulated server, and what only that can be made to do. */
class EmulatedVaultTrashTest extends VaultTrashTest {
	@TempDir
	Path disk;
	private EmulatedNextcloud server;

	@Override
	synchronized EmulatedNextcloud server() throws IOException {
		if (server == null)
			server = new EmulatedNextcloud(disk, "");
		return server;
	}

	/** Where what holds a readable folder's items lies on the server. */
	private String held(String readable) throws IOException {
		return vault.encrypted(at(readable)).toString().substring(1);
	}

	@Test
	void whatWasRemovedFromItLongBeforeStaysInTheTrash() throws Exception {
		Map<String, String> before = tree(vault.root());
		Files.writeString(at("/Contracts/draft.txt"), "draft");
		Files.createDirectory(at("/Contracts/old"));
		delete(at("/Contracts/draft.txt"));
		delete(at("/Contracts/old"));
		server.removedBefore(Duration.ofMinutes(5));
		delete(at("/Contracts"));
		restore(at("/Contracts"));
		assertThat(tree(vault.root())).isEqualTo(before);
		assertThat(vault.removed(at("/Contracts"), trash)).extracting(r -> r.name().orElseThrow()).containsExactlyInAnyOrder("draft.txt", "old");
		restore(at("/Contracts/old"));
		restore(at("/Contracts/draft.txt"));
		assertThat(Files.readString(at("/Contracts/draft.txt"))).isEqualTo("draft");
		assertThat(tree(at("/Contracts/old"))).isEmpty();
	}

	@Test
	void anAttemptThatIsCutOffShowsNothingAndIsGoneOnWith() throws Exception {
		Map<String, String> before = tree(vault.root());
		delete(at("/Contracts"));
		int pieces = server.removed().size();
		for (int moves = 0; moves < 4; moves++) {
			var left = new AtomicInteger(moves);
			server.trouble(r -> r.method().equals("MOVE") && left.getAndDecrement() <= 0 ? 507 : 0);
			assertThatThrownBy(() -> restore(at("/Contracts"))).isInstanceOf(FileSystemException.class).hasMessageContaining("no room");
			server.trouble(_ -> 0);
			assertThat(tree(vault.root())).containsOnlyKeys("/stays.txt");
			assertThat(removed(at("/Contracts")).name()).isPresent();
		}
		assertThat(server.removed()).hasSizeLessThan(pieces);
		var stopped = new Told();
		stopped.cancelledAfter = 1;
		Vault.Removed contracts = removed(at("/Contracts"));
		assertThatThrownBy(() -> vault.restore(vault.root(), trash, contracts, stopped)).isInstanceOf(InterruptedIOException.class);
		assertThat(tree(vault.root())).containsOnlyKeys("/stays.txt");
		assertThat(restore(at("/Contracts")).failed).isEmpty();
		assertThat(tree(vault.root())).isEqualTo(before);
	}

	@Test
	void whatIsNotThereAnyMoreIsTold() throws Exception {
		String contracts = held("/Contracts");
		String year = held("/Contracts/2026");
		delete(at("/Contracts"));
		assertThat(server.forgetRemoved(year)).isTrue();
		assertThat(restore(at("/Contracts")).failed).containsExactly("/Contracts/2026: /Contracts/2026: what was in it is not in the trash any more");
		assertThat(Files.readString(at("/Contracts/Smith.txt"))).isEqualTo("signed");
		assertThatThrownBy(() -> tree(at("/Contracts/2026"))).isInstanceOf(DamagedVaultException.class);
		delete(at("/Contracts"));
		assertThat(server.forgetRemoved(contracts)).isTrue();
		assertThatThrownBy(() -> restore(at("/Contracts"))).isInstanceOf(FileSystemException.class).hasMessage("/Contracts: what was in it is not in the trash any more");
		assertThat(tree(vault.root())).containsOnlyKeys("/stays.txt");
	}

	@Test
	void aFolderWhoseItemsAloneAreLeftIsMadeAgain() throws Exception {
		String held = held("/Contracts/2026");
		delete(at("/Contracts/2026"));
		assertThat(server.removed()).contains(held);
		server.forgetRemovedAt(held);
		assertThat(restore(at("/Contracts/2026")).failed).isEmpty();
		assertThat(Files.readString(at("/Contracts/2026/Jones.txt"))).isEqualTo("not yet");
	}
}
