package org.strongroom.ui;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Button;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.strongroom.core.auth.Challenge;
import org.strongroom.core.auth.SignInCancelledException;
import org.strongroom.testing.ui.DialogPage;
import org.strongroom.testing.ui.Screenshots;
import org.strongroom.testing.ui.Ui;
import org.strongroom.testing.ui.WorkbenchPage;
import org.strongroom.ui.internal.prompt.DialogPrompter;

/** What is shown while somebody signs in in the browser. */
@ExtendWith(Screenshots.class)
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class BrowserSignInTest {
	private static final String TITLE = "Sign In in the Browser";
	private static final Challenge.BrowserLogin CHALLENGE = new Challenge.BrowserLogin("me@cloud.example.org", URI.create("https://cloud.example.org/login/v2/flow/abc"));

	private static FutureTask<Boolean> ask(CompletableFuture<?> done) {
		WorkbenchPage.awaitOpen();
		var asked = new FutureTask<>(() -> new DialogPrompter().browse(CHALLENGE, done));
		Thread.ofVirtual().start(asked);
		return asked;
	}

	@Test
	void theDialogShowsTheAddressAndClosesByItself() throws Exception {
		var done = new CompletableFuture<Void>();
		FutureTask<Boolean> asked = ask(done);
		DialogPage dialog = DialogPage.await(TITLE);
		assertThat(dialog.says()).contains("me@cloud.example.org", "https://cloud.example.org/login/v2/flow/abc");
		assertThat(dialog.buttons()).contains("Open Browser", "Copy Address", "Cancel");
		done.complete(null);
		assertThat(asked.get()).isFalse();
		assertThat(DialogPage.isOpen(TITLE)).isFalse();
	}

	@Test
	void whatIsGrantedIsKeptIfThatIsTicked() throws Exception {
		var done = new CompletableFuture<Void>();
		FutureTask<Boolean> asked = ask(done);
		DialogPage dialog = DialogPage.await(TITLE);
		Ui.run(() -> dialog.all(Button.class).stream().filter(b -> (b.getStyle() & SWT.CHECK) != 0).forEach(b -> b.setSelection(true)));
		done.complete(null);
		assertThat(asked.get()).isTrue();
	}

	@Test
	void whatFailedMeanwhileClosesItToo() throws Exception {
		var done = CompletableFuture.failedFuture(new IllegalStateException("the server is gone"));
		assertThat(ask(done).get()).isFalse();
		assertThat(DialogPage.isOpen(TITLE)).isFalse();
	}

	@Test
	void cancelEndsTheWaiting() {
		FutureTask<Boolean> asked = ask(new CompletableFuture<Void>());
		DialogPage.await(TITLE).close("Cancel");
		assertThatThrownBy(asked::get).isInstanceOf(ExecutionException.class).hasCauseInstanceOf(SignInCancelledException.class);
	}
}
