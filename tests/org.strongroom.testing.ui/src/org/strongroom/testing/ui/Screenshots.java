package org.strongroom.testing.ui;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.GC;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.graphics.ImageData;
import org.eclipse.swt.graphics.ImageLoader;
import org.eclipse.swt.graphics.Rectangle;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * Leaves a picture of the whole screen in {@code target/screenshots} for each test that fails, as it was at that moment; then cancels all dialogs, so that the next test has a window to work in.
 */
public final class Screenshots implements TestExecutionExceptionHandler, LifecycleMethodExecutionExceptionHandler {

	@Override
	public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
		failed(context, failure);
	}

	@Override
	public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
		failed(context, failure);
	}

	@Override
	public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
		failed(context, failure);
	}

	private static void failed(ExtensionContext context, Throwable failure) throws Throwable {
		try {
			take(context.getRequiredTestClass().getSimpleName() + context.getTestMethod().map(m -> "." + m.getName()).orElse(""));
			DialogPage.cancelAll();
		} catch (IOException | RuntimeException | Error e) {
			failure.addSuppressed(e);
		}
		throw failure;
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
				loader.data = new ImageData[] { picture.getImageData() };
				loader.save(file.toString(), SWT.IMAGE_PNG);
			} finally {
				gc.dispose();
				picture.dispose();
			}
		});
		return file;
	}
}
