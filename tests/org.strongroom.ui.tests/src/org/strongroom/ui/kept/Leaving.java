package org.strongroom.ui.kept;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import org.strongroom.core.Bookmark;
import org.strongroom.core.Bookmarks;
import org.strongroom.core.Sessions;
import org.strongroom.editors.OpenEditors;
import org.strongroom.testing.HeapDump;
import org.strongroom.testing.ui.DialogPage;
import org.strongroom.testing.ui.ExplorerPage;
import org.strongroom.testing.ui.TextPage;
import org.strongroom.testing.ui.Ui;
import org.strongroom.testing.ui.WorkbenchPage;
import org.strongroom.ui.internal.work.Work;

/**
 * Somebody who types into a file of a vault, locks everything, and unlocks again. What is secret comes on standard input, so that the process knows no more of it than that of any person: passphrase, name
 * of the file, and what is typed, a line each. The heap is dumped before locking, and after it
 * for each line that asks for it; the first other one ends that.
 */
public final class Leaving extends Visitor {
	/** System property: the folder for the dumps. */
	static final String DUMPS = "strongroom.test.dumps";
	static final String UNLOCKED = "unlocked.hprof";
	static final String LOCKED = "locked.hprof";
	static final String DUMP = "dump";
	static final String DUMPED = "DUMPED";
	private static final int LONGEST = 1000;
	private static final FileInputStream IN = new FileInputStream(FileDescriptor.in);

	@Override
	protected void work() throws IOException {
		Path dumps = Path.of(System.getProperty(DUMPS));
		WorkbenchPage.service(Bookmarks.class).save(new Bookmark("Here", Path.of(System.getProperty(FOLDER)).toUri()), true);
		ExplorerPage explorer = ExplorerPage.open();
		explorer.row("Here").open();
		explorer.row("Here/Vault").open();
		DialogPage.await("Vault Passphrase").type(line()).close("Unlock");
		explorer.row("Here/Vault").awaitRemark("unlocked");
		type(explorer, line(), line());
		HeapDump.write(dumps.resolve(UNLOCKED));
		WorkbenchPage.command("org.strongroom.ui.lockEverything");
		explorer.row("Here/Vault").awaitRemark("locked, 1 unsaved");
		Ui.awaitThat("the vault locked", () -> WorkbenchPage.service(Sessions.class).all().getFirst().vaults().isEmpty());
		WorkbenchPage.awaitIdle(Work.FAMILY);
		if (OpenEditors.kept() != 1)
			throw new AssertionError("what was typed was not kept");
		while (line().equals(DUMP)) {
			Files.deleteIfExists(dumps.resolve(LOCKED));
			HeapDump.write(dumps.resolve(LOCKED));
			System.out.println(DUMPED);
		}
		Ui.run(OpenEditors::giveUp);
	}

	/** A line of standard input, of which no buffer is left. */
	private static String line() throws IOException {
		byte[] bytes = new byte[LONGEST];
		int length = 0;
		try {
			for (int b; (b = IN.read()) >= 0 && b != '\n';)
				bytes[length++] = (byte) b;
			return new String(bytes, 0, length, StandardCharsets.UTF_8);
		} finally {
			Arrays.fill(bytes, (byte) 0);
		}
	}

	private static void type(ExplorerPage explorer, String file, String text) {
		explorer.row("Here/Vault/" + file).open();
		TextPage.await(file).typeFirst(text);
	}
}
