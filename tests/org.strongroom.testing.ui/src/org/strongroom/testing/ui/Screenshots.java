package org.strongroom.testing.ui;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.GC;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.graphics.ImageLoader;
import org.eclipse.swt.graphics.Rectangle;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Leaves a picture of the whole screen in {@code target/screenshots} for each test that fails. */
public final class Screenshots implements AfterTestExecutionCallback {

	@Override
	public void afterTestExecution(ExtensionContext context) throws IOException {
		if (context.getExecutionException().isPresent())
			take(context.getRequiredTestClass().getSimpleName() + "." + context.getRequiredTestMethod().getName());
	}

	/** Takes a picture now, under this name, and gives its file. */
	public static Path take(String name) throws IOException {
		Path folder = Files.createDirectories(Path.of("target", "screenshots"));
		Path file = folder.resolve(name + ".png").toAbsolutePath();
		Ui.run(() -> {
			Rectangle all = Ui.display().getBounds();
			var picture = new Image(Ui.display(), all.width, all.height);
			var gc = new GC(Ui.display());
			try {
				gc.copyArea(picture, all.x, all.y);
				var loader = new ImageLoader();
				loader.data = new org.eclipse.swt.graphics.ImageData[] { picture.getImageData() };
				loader.save(file.toString(), SWT.IMAGE_PNG);
			} finally {
				gc.dispose();
				picture.dispose();
			}
		});
		return file;
	}
}
