package org.strongroom.ui.internal.prompt;

import java.util.ArrayList;
import java.util.List;

import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Text;
import org.strongroom.core.auth.Challenge;
import org.strongroom.core.auth.Secret;

/** Asks a server's questions, word for word, all of one round at once. Answers are never kept. */
final class QuestionsDialog extends PromptDialog {
	private final Challenge.KeyboardInteractive challenge;
	private final List<Text> fields = new ArrayList<>();
	private List<Secret> answers = List.of();

	QuestionsDialog(Shell parent, Challenge.KeyboardInteractive challenge) {
		super(parent, "Sign In", harmless("Sign in to " + challenge.asker()), "Continue");
		this.challenge = challenge;
	}

	@Override
	protected void createFields(Composite parent) {
		String name = harmless(challenge.name()).strip();
		setMessage(challenge.round() > 1 ? "The server asks once more:" : "The server asks:");
		String instruction = (name + "\n" + harmless(challenge.instruction()).strip()).strip();
		if (!instruction.isEmpty()) {
			Label label = new Label(parent, SWT.WRAP);
			label.setText(instruction.replace("&", "&&"));
			GridDataFactory.fillDefaults().span(2, 1).grab(true, false).hint(convertWidthInCharsToPixels(60), SWT.DEFAULT).applyTo(label);
		}
		for (Challenge.Prompt p : challenge.prompts())
			fields.add(field(parent, harmless(p.text()).stripTrailing(), p.echo()));
		if (!fields.isEmpty())
			fields.getFirst().setFocus();
	}

	@Override
	protected void okPressed() {
		answers = fields.stream().map(f -> Secret.of(take(f))).toList();
		super.okPressed();
	}

	/** What was typed, in the order of the questions; once. */
	List<Secret> take() {
		List<Secret> taken = answers;
		answers = List.of();
		return taken;
	}
}
