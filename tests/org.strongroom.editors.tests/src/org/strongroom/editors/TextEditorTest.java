package org.strongroom.editors;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.eclipse.core.runtime.Platform;
import org.eclipse.swt.custom.StyledText;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.strongroom.testing.Traces;
import org.strongroom.testing.ui.DialogPage;
import org.strongroom.testing.ui.Screenshots;
import org.strongroom.testing.ui.TextPage;
import org.strongroom.testing.ui.Ui;
import org.strongroom.testing.ui.WorkbenchPage;

/** Texts: opened, changed, saved, and what may come between. */
@ExtendWith(Screenshots.class)
class TextEditorTest {
	private static final String OLD = "as it was\n";
	@TempDir
	static Path folder;
	private static Desk desk;

	@BeforeAll
	static void open() throws IOException {
		desk = new Desk(folder);
	}

	@AfterEach
	void closeEditors() {
		WorkbenchPage.closeEditors();
	}

	@AfterAll
	static void close() throws IOException {
		desk.close();
	}

	private static Path file(String name, String text) throws IOException {
		return Files.writeString(folder.resolve(name), text);
	}

	private static TextPage changed(String name) throws IOException {
		file(name, OLD);
		return desk.openText(name).typeFirst("mine ");
	}

	@ParameterizedTest
	@CsvSource({ "UTF-8,''", "UTF-8,EFBBBF", "UTF-16LE,FFFE", "UTF-16BE,FEFF", "ISO-8859-1,''" })
	void encodingAndLineEndingsAreKept(String charset, String bom) throws Exception {
		String name = charset + bom + ".txt";
		String text = "Größe\r\nunix\nalter Mac\rEnde";
		Files.write(folder.resolve(name), TextFormatTest.bytes(bom, charset, text));
		TextPage editor = desk.openText(name);
		assertThat(editor.text()).isEqualTo(text);
		editor.typeFirst("x").saveAndWait();
		assertThat(folder.resolve(name)).hasBinaryContent(TextFormatTest.bytes(bom, charset, "x" + text));
	}

	@Test
	void asksBeforeTheEncodingIsAnother() throws Exception {
		Path file = Files.write(folder.resolve("latin.txt"), "größer\n".getBytes(ISO_8859_1));
		TextPage text = desk.openText("latin.txt").replaceAll("größer als 5 €\n");
		text.save();
		DialogPage.await("Encoding").awaitSays("'€' (U+20AC)").close("Cancel");
		assertThat(file).hasBinaryContent("größer\n".getBytes(ISO_8859_1));
		text.save();
		DialogPage.await("Encoding").close("Save in UTF-8");
		text.awaitSaved();
		assertThat(file).hasBinaryContent("größer als 5 €\n".getBytes(UTF_8));
	}

	@Test
	void undoingAllChangesIsNoChange() throws Exception {
		file("undo.txt", OLD);
		TextPage text = desk.openText("undo.txt").typeFirst("x");
		assertThat(text.isDirty()).isTrue();
		text.undo();
		assertThat(text.text()).isEqualTo(OLD);
		assertThat(text.isDirty()).isFalse();
	}

	@Test
	void aChangeByOthersCanBeOverwritten() throws Exception {
		TextPage text = changed("conflict.txt");
		file("conflict.txt", "by somebody else\n");
		text.save();
		DialogPage.await("File Changed").close("Cancel");
		assertThat(text.isDirty()).isTrue();
		assertThat(folder.resolve("conflict.txt")).hasContent("by somebody else\n");
		text.save();
		DialogPage.await("File Changed").close("Overwrite");
		text.awaitSaved();
		assertThat(folder.resolve("conflict.txt")).hasContent("mine " + OLD);
	}

	@Test
	void aChangeByOthersCanBeComparedAndKeptBeside() throws Exception {
		TextPage text = changed("beside.txt");
		file("beside.txt", "by somebody else\n");
		text.save();
		DialogPage.await("File Changed").press("Compare");
		DialogPage compare = DialogPage.await("Compare beside.txt");
		List<String> sides = Ui.get(() -> compare.all(StyledText.class).stream().map(StyledText::getText).toList());
		assertThat(sides).containsExactly("mine " + OLD, "by somebody else\n");
		compare.close("Close");
		DialogPage.await("File Changed").press("Save as a Copy");
		DialogPage.await("Save As").close("OK");
		TextPage copy = TextPage.await("beside (copy).txt");
		copy.awaitSaved();
		assertThat(folder.resolve("beside.txt")).hasContent("by somebody else\n");
		assertThat(folder.resolve("beside (copy).txt")).hasContent("mine " + OLD);
		copy.typeFirst("more ").saveAndWait();
		assertThat(folder.resolve("beside (copy).txt")).as("the editor goes on with the copy").hasContent("more mine " + OLD);
	}

	@Test
	void aFileThatIsGoneCanBeMadeAgain() throws Exception {
		TextPage text = changed("gone.txt");
		Files.delete(folder.resolve("gone.txt"));
		text.save();
		DialogPage.await("File Gone").close("Create It Again");
		text.awaitSaved();
		assertThat(folder.resolve("gone.txt")).hasContent("mine " + OLD);
	}

	@Test
	void aSaveThatIsCutOffGoesOnAfterSigningInAgain() throws Exception {
		String old = "old line\n".repeat(500_000);
		String mine = "my own line\n".repeat(500_000);
		file("cut.txt", old);
		TextPage text = desk.openText("cut.txt").replaceAll(mine);
		desk.line().cutAfterBytes(1_000_000);
		text.save();
		DialogPage.await("Connection Lost").awaitSays("Your text is kept here, unsaved.").close("Not Now");
		assertThat(text.isDirty()).isTrue();
		assertThat(folder.resolve("cut.txt")).as("all or nothing").hasContent(old);
		text.save();
		DialogPage.await("Connection Lost").close("Reconnect and Save");
		text.awaitSaved();
		assertThat(folder.resolve("cut.txt")).hasContent(mine);
	}

	@Test
	void aServerThatRefusesLeavesTheTextUnsaved() throws Exception {
		TextPage text = changed("refused.txt");
		desk.line().refuse(true);
		try {
			desk.line().cut();
			text.save();
			DialogPage.await("Connection Lost").close("Reconnect and Save");
			DialogPage.await("Connection Lost").close("Not Now");
			assertThat(text.isDirty()).isTrue();
			assertThat(text.text()).isEqualTo("mine " + OLD);
		} finally {
			desk.line().refuse(false);
		}
		text.save();
		DialogPage.await("Connection Lost").close("Reconnect and Save");
		text.awaitSaved();
		assertThat(folder.resolve("refused.txt")).hasContent("mine " + OLD);
	}

	@Test
	void nothingOfATextIsOnThisMachine() throws Exception {
		file("Quartalszahlen.txt", "unter uns: Rosenholz\n");
		TextPage text = desk.openText("Quartalszahlen.txt").typeFirst("Ebenholz, ");
		text.saveAndWait();
		text.typeFirst("Zedernholz, ");
		for (var place : List.of(Platform.getInstanceLocation(), Platform.getConfigurationLocation()))
			assertThat(Traces.of(Path.of(place.getURL().getPath()), "Quartalszahlen", "Rosenholz", "Ebenholz", "Zedernholz")).isEmpty();
	}
}
