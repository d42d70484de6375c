package org.strongroom.ui.internal.prompt;

import java.io.InterruptedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;

import org.eclipse.jface.window.Window;
import org.strongroom.core.auth.Challenge;
import org.strongroom.core.auth.Prompter;
import org.strongroom.core.auth.Secret;
import org.strongroom.core.auth.SignInCancelledException;
import org.strongroom.ui.internal.work.Ui;

/** Asks by dialogs. If the work that asks is cancelled, its dialog closes. */
public final class DialogPrompter implements Prompter {

	@Override
	public Secret secret(Challenge.ForSecret challenge) throws SignInCancelledException {
		return ask(() -> new SecretDialog(Ui.shell(), challenge), SecretDialog::take, challenge);
	}

	@Override
	public List<Secret> answers(Challenge.KeyboardInteractive challenge) throws SignInCancelledException {
		return ask(() -> new QuestionsDialog(Ui.shell(), challenge), QuestionsDialog::take, challenge);
	}

	@Override
	public boolean confirm(Challenge.HostKey challenge) throws SignInCancelledException {
		return ask(() -> new HostKeyDialog(Ui.shell(), challenge), _ -> true, challenge);
	}

	@Override
	public boolean confirm(Challenge.Certificate challenge) throws SignInCancelledException {
		return ask(() -> new CertificateDialog(Ui.shell(), challenge), _ -> true, challenge);
	}

	@Override
	public boolean confirm(Challenge.Permission challenge) throws SignInCancelledException {
		return ask(() -> new PermissionDialog(Ui.shell(), challenge), _ -> true, challenge);
	}

	@Override
	public boolean browse(Challenge.BrowserLogin challenge, CompletableFuture<?> done) throws SignInCancelledException {
		return ask(() -> new BrowserDialog(Ui.shell(), challenge, done), BrowserDialog::remember, challenge);
	}

	private static <D extends Window, T> T ask(Supplier<D> make, Function<D, T> answer, Challenge challenge) throws SignInCancelledException {
		var shown = new AtomicReference<D>();
		T given;
		try {
			given = Ui.ask(() -> {
				D dialog = make.get();
				shown.set(dialog);
				return dialog.open() == Window.OK ? answer.apply(dialog) : null;
			}, () -> {
				if (shown.get() != null)
					shown.get().close();
			});
		} catch (InterruptedIOException e) {
			// the caller sees that its work was cancelled, too
			Thread.currentThread().interrupt();
			given = null;
		}
		if (given == null)
			throw new SignInCancelledException("Signing in to %s was cancelled.".formatted(challenge.asker()));
		return given;
	}
}
