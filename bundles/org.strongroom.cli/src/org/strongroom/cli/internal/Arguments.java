package org.strongroom.cli.internal;

import java.util.ArrayList;
import java.util.List;

import org.eclipse.equinox.app.IApplicationContext;

/**
 * The arguments exactly as the user typed them.
 * <p>
 * Equinox takes words such as {@code -data}, {@code -debug} or {@code -name} out of a program's
 * arguments. So the start script hands them over in the environment variable
 * {@value #VARIABLE}: each argument ends with a line feed, a line feed inside an argument is
 * written {@code \\n} and a backslash {@code \\\\}.
 */
final class Arguments {

	static final String VARIABLE = "STRONGROOM_ARGUMENTS";

	private Arguments() {
	}

	static List<String> of(IApplicationContext context) {
		String handedOver = System.getenv(VARIABLE);
		if (handedOver != null)
			return decode(handedOver);
		return List.of((String[]) context.getArguments().get(IApplicationContext.APPLICATION_ARGS));
	}

	static List<String> decode(String text) {
		var arguments = new ArrayList<String>();
		var argument = new StringBuilder();
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (c == '\n') {
				arguments.add(argument.toString());
				argument.setLength(0);
			} else if (c == '\\' && i + 1 < text.length()) {
				char escaped = text.charAt(++i);
				argument.append(escaped == 'n' ? '\n' : escaped);
			} else {
				argument.append(c);
			}
		}
		return List.copyOf(arguments);
	}
}
