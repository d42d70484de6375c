package org.strongroom.editors;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.StyledText;
import org.eclipse.swt.graphics.ImageData;
import org.eclipse.swt.graphics.ImageLoader;
import org.eclipse.swt.graphics.PaletteData;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Label;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.editors.internal.picture.PictureEditor;
import org.strongroom.editors.internal.preview.PreviewEditor;
import org.strongroom.testing.ui.DialogPage;
import org.strongroom.testing.ui.Screenshots;
import org.strongroom.testing.ui.Ui;
import org.strongroom.testing.ui.WorkbenchPage;

/** Pictures, and the preview of anything else. */
@ExtendWith(Screenshots.class)
class ViewersTest {
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

	private static byte[] png(int width, int height) {
		var loader = new ImageLoader();
		loader.data = new ImageData[] { new ImageData(width, height, 24, new PaletteData(0xFF0000, 0xFF00, 0xFF)) };
		var out = new ByteArrayOutputStream();
		loader.save(out, SWT.IMAGE_PNG);
		return out.toByteArray();
	}

	/** All that labels say now. */
	private static String says() {
		return Ui.all(Label.class).stream().map(Label::getText).collect(Collectors.joining("\n"));
	}

	private static void awaitSays(String text) {
		Ui.awaitThat("'" + text + "'", () -> says().contains(text));
	}

	private static void awaitShows(String text) {
		Ui.awaitThat("'" + text + "' among what is shown", () -> Ui.all(StyledText.class).stream().anyMatch(t -> t.getText().contains(text)));
	}

	private static void press(String label) {
		Button button = Ui.await("the button " + label, () -> Ui.all(Button.class).stream().filter(b -> b.getText().replace("&", "").equals(label)).findFirst());
		Ui.start(() -> {
			for (Button b : Ui.all(Button.class))
				if (b.getParent() == button.getParent() && (b.getStyle() & SWT.RADIO) != 0)
					b.setSelection(b == button);
			button.notifyListeners(SWT.Selection, null);
		});
	}

	@Test
	void aPictureIsShownWhateverItsName() throws Exception {
		Files.write(folder.resolve("plan"), png(480, 320));
		assertThat(desk.open("plan")).isInstanceOf(PictureEditor.class);
		awaitSays("PNG, 480 × 320");
	}

	@Test
	void aDamagedPictureIsShownAsBytes() throws Exception {
		byte[] whole = png(64, 64);
		Files.write(folder.resolve("damaged.png"), java.util.Arrays.copyOf(whole, 40));
		assertThat(desk.open("damaged.png")).isInstanceOf(PreviewEditor.class);
		awaitSays("The picture is damaged.");
		awaitShows("89 50 4e 47");
	}

	@Test
	void aPictureThatPromisesTooMuchIsNotDecoded() throws Exception {
		byte[] lies = png(8, 8);
		// width and height, in the first chunk
		for (int i = 16; i < 24; i += 4) {
			lies[i + 1] = 1;
			lies[i + 2] = 0;
		}
		Files.write(folder.resolve("lies.png"), lies);
		assertThat(desk.open("lies.png")).isInstanceOf(PreviewEditor.class);
		awaitSays("The picture is too large to be shown");
	}

	@Test
	void otherThingsAreShownAsBytesAndAsText() throws Exception {
		byte[] bytes = new byte[300];
		System.arraycopy("STRONGROOM".getBytes(), 0, bytes, 16, 10);
		Files.write(folder.resolve("thing.bin"), bytes);
		assertThat(desk.open("thing.bin")).isInstanceOf(PreviewEditor.class);
		awaitShows("53 54 52 4f 4e 47 52 4f");
		press("Text");
		awaitShows("STRONGROOM");
	}

	/** A terabyte could be looked at as well: only what is seen is fetched. */
	@Test
	void ofAHugeFileOnlyWhatIsSeenIsFetched() throws Exception {
		long size = 2L << 30;
		try (var file = new RandomAccessFile(folder.resolve("huge.img").toFile(), "rw")) {
			file.setLength(size);
			file.seek(size - 16);
			file.write("THE VERY LAST 16".getBytes());
		}
		long before = desk.line().bytesToClient();
		assertThat(desk.open("huge.img")).isInstanceOf(PreviewEditor.class);
		awaitSays("2,147,483,648 bytes");
		awaitShows("00 00 00 00");
		press("Go To…");
		DialogPage.await("Go To").fill(0, Long.toString(size - 16)).close("OK");
		awaitShows("THE VERY LAST 16");
		assertThat(desk.line().bytesToClient() - before).as("bytes fetched").isLessThan(8 << 20);
		assertThat(WorkbenchPage.editors()).containsExactly("huge.img");
	}
}
