package org.strongroom.cli.internal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;

import org.strongroom.core.Problem;
import org.strongroom.core.residency.Guard;

import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line as a whole: understands the words, runs the command, tells what went wrong. */
final class Program {
	private static final int CANCELLED = 130;
	private static final int LONGEST_LINE = 1024 * 1024;
	private final Surroundings surroundings;
	private final Trace trace;
	/** Whether it is told what the command cost. */
	private boolean tracing;

	Program(Surroundings surroundings) {
		this(surroundings, new Trace(), false);
	}

	private Program(Surroundings surroundings, Trace trace, boolean tracing) {
		this.surroundings = surroundings;
		this.trace = trace;
		this.tracing = tracing;
	}

	/** Runs what the process was started with. @return the exit code */
	int run(List<String> words) {
		return traced(() -> execute(root(), words, false, false, null));
	}

	private int traced(IntSupplier command) {
		boolean always = tracing;
		trace.begin(surroundings.services().signedIn());
		int code = command.getAsInt();
		if (tracing)
			trace.end(surroundings.services().signedIn(), surroundings.err());
		tracing = always;
		return code;
	}

	private CommandLine root() {
		CommandSpec root = Verb.spec("strongroom", "Opens the files a company keeps on its own servers, vaults included, and leaves nothing readable behind.",
				(_, _) -> {
					throw new UsageException("Say what to do; see 'strongroom help'.");
				});
		root.addOption(OptionSpec.builder("--version").versionHelp(true).description("Show the version.").build());
		root.addOption(OptionSpec.builder("--home").type(String.class).paramLabel("DIR").arity("1")
				.description("Strongroom's home, where bookmarks and known hosts are; else $STRONGROOM_HOME.").build());
		root.addOption(OptionSpec.builder("--askpass").type(String.class).paramLabel("PROGRAM").arity("1")
				.description("Asks this program instead of the terminal; else $STRONGROOM_ASKPASS. It is given the prompt as argument, which others may see in "
						+ "the list of processes, and so without names of items, with them in $STRONGROOM_PROMPT, what is asked for in "
						+ "$STRONGROOM_CHALLENGE (key-passphrase, keyboard-interactive, password, vault-passphrase, host-key, certificate, browser-login, permission) and "
						+ "$STRONGROOM_INSTRUCTION, who asks in $STRONGROOM_ASKER, and prints the answer; a non-zero exit is cancel.").build());
		root.addOption(OptionSpec.builder("--travel").type(boolean.class).arity("0")
				.description("Travel: whatever the policy says, nothing readable is put on this machine, and nothing is remembered.").build());
		addCommands(root, true);
		root.addSubcommand("shell", Verb.spec("shell", "Runs commands from standard input, one a line, with one sign-in. Words are split as in a POSIX shell.", this::shell)
				.addPositional(PositionalParamSpec.builder().index("0").arity("0..1").paramLabel("LOC").type(String.class)
						.description("A folder to sign in to at once, and that paths without a bookmark are relative to.").build()));
		root.addSubcommand("generate-completion", Verb.spec("generate-completion", "Prints a script for completion: source <(strongroom generate-completion).",
				(run, _) -> run.out().print(AutoComplete.bash("strongroom", root()))));
		root.usageMessage().footer("%nLOC is BOOKMARK:/path or a URI such as sftp://user@host:2222/path.%n"
				+ "Exit codes: 0 done, 1 other error, 2 usage, 3 not found, 4 sign-in refused or cancelled, 5 unreachable or connection lost, "
				+ "6 wrong vault passphrase or vault locked, 7 damaged vault data or audit log, 8 forbidden by policy, 9 changed on the server meanwhile.");
		return commandLine(root);
	}

	private CommandLine shellRoot() {
		CommandSpec root = Verb.spec("strongroom", "Commands of the shell.", (_, _) -> {
			throw new UsageException("Say what to do; see 'help'.");
		});
		addCommands(root, false);
		return commandLine(root);
	}

	private void addCommands(CommandSpec root, boolean top) {
		root.addOption(OptionSpec.builder("--json").type(boolean.class).arity("0").scopeType(ScopeType.INHERIT).description("Print JSON: one array of objects.").build());
		root.addOption(OptionSpec.builder("--no-unlock").type(boolean.class).arity("0").scopeType(ScopeType.INHERIT)
				.description("Do not unlock vaults: show them as the encrypted folders they are.").build());
		root.addOption(OptionSpec.builder("--trace").type(boolean.class).arity("0").scopeType(ScopeType.INHERIT)
				.description("Tell on standard error how often a server was waited for, and what was sent and received.").build());
		var specs = new ArrayList<CommandSpec>();
		specs.add(BookmarkVerbs.spec());
		specs.addAll(Listings.specs());
		specs.addAll(Transfers.specs());
		specs.add(EditVerb.spec());
		specs.addAll(Trees.specs());
		specs.add(VaultVerbs.spec());
		specs.addAll(ServerVerbs.specs());
		specs.add(DoctorVerb.spec());
		specs.add(AuditVerbs.spec());
		specs.add(ReportVerb.spec());
		specs.add(PlugInVerbs.spec());
		specs.add(PolicyVerbs.spec());
		for (CommandSpec spec : specs)
			root.addSubcommand(spec.name(), spec);
		root.addSubcommand("help", Verb.spec("help", "Shows help, for a command if one is named.", (run, words) -> help(run, words, top ? root() : shellRoot()))
				.addPositional(PositionalParamSpec.builder().index("0..*").arity("0..*").paramLabel("COMMAND").type(List.class).auxiliaryTypes(String.class)
						.description("What to explain.").build()));
	}

	private static CommandLine commandLine(CommandSpec root) {
		return new CommandLine(root).setExpandAtFiles(false).setOverwrittenOptionsAllowed(true).setTrimQuotes(false);
	}

	private static void help(Run run, ParseResult words, CommandLine root) throws IOException {
		CommandLine shown = root;
		List<String> names = words.matchedPositionalValue(0, List.of());
		for (String name : names) {
			shown = shown.getSubcommands().get(name);
			if (shown == null)
				throw new UsageException("'%s' is no command; see 'strongroom help'.".formatted(Run.line(String.join(" ", names))));
		}
		run.out().print(shown.getUsageMessage(Ansi.OFF));
	}

	/**
	 * @param json what a shell was told before
	 * @param noUnlock likewise
	 */
	private int execute(CommandLine root, List<String> words, boolean json, boolean noUnlock, Place base) {
		Run run = null;
		surroundings.out().begin();
		try {
			ParseResult result = root.parseArgs(words.toArray(String[]::new));
			for (ParseResult r = result; r != null; r = r.subcommand()) {
				json |= r.matchedOptionValue("--json", false);
				noUnlock |= r.matchedOptionValue("--no-unlock", false);
				tracing |= r.matchedOptionValue("--trace", false);
			}
			if (result.matchedOptionValue("--travel", false))
				System.setProperty(Guard.TRAVEL_PROPERTY, "true");
			if (result.commandSpec().findOption("--home") != null)
				surroundings.services().settings(Optional.ofNullable(result.matchedOptionValue("--home", null)), Optional.ofNullable(result.matchedOptionValue("--askpass", null)));
			run = new Run(surroundings, json, noUnlock, base);
			if (result.isVersionHelpRequested()) {
				surroundings.out().print("Strongroom " + surroundings.version() + "\n");
			} else {
				ParseResult deepest = result;
				while (deepest.hasSubcommand() && !deepest.isUsageHelpRequested())
					deepest = deepest.subcommand();
				if (deepest.isUsageHelpRequested())
					surroundings.out().print(deepest.commandSpec().commandLine().getUsageMessage(Ansi.OFF));
				else
					((Verb) deepest.commandSpec().userObject()).run(run, deepest);
			}
			if (json)
				surroundings.out().jsonAtLeast();
			surroundings.out().flush();
			return surroundings.stop().isWished() ? CANCELLED : run.exitCode();
		} catch (ParameterException e) {
			tracing |= words.contains("--trace");
			return told(new Problem(Problem.Kind.USAGE, usage(e)));
		} catch (UsageException e) {
			return told(new Problem(Problem.Kind.USAGE, Run.line(e.getMessage())));
		} catch (Output.LostException e) {
			return e.isReaderGone() ? Problem.Kind.OTHER.exitCode() : told(Problem.of(e));
		} catch (IOException | RuntimeException | Error e) {
			if (surroundings.stop().isWished())
				return CANCELLED;
			Faults.log(e);
			return told(run == null ? Problem.of(e) : run.problem(e));
		}
	}

	private int told(Problem problem) {
		try {
			surroundings.out().flush();
		} catch (IOException e) {
			// The error to be told came first.
		}
		surroundings.err().line(problem.message());
		return problem.kind().exitCode();
	}

	private static String usage(ParameterException e) {
		CommandLine where = e.getCommandLine();
		String name = where.getCommandSpec().qualifiedName();
		String help = where.getParent() == null ? "strongroom help" : name.replaceFirst(" ", " help ");
		String wrong = switch (e) {
		case UnmatchedArgumentException u when where.getParent() == null && !u.getUnmatched().isEmpty() && !u.getUnmatched().getFirst().startsWith("-") ->
			"'%s' is no command".formatted(u.getUnmatched().getFirst());
		case UnmatchedArgumentException u when !u.getUnmatched().isEmpty() -> "'%s' is too much or not known".formatted(u.getUnmatched().getFirst());
		case MissingParameterException m when !m.getMissing().isEmpty() && m.getMissing().getFirst() instanceof PositionalParamSpec -> "something is missing: "
				+ String.join(", ", m.getMissing().stream().map(a -> a.paramLabel()).toList());
		default -> e.getMessage();
		};
		return Run.line(wrong) + "; see '" + help + "'.";
	}

	/** Commands from standard input; the exit code is the first failure's. */
	private void shell(Run run, ParseResult words) throws IOException {
		String loc = words.matchedPositionalValue(0, null);
		Place base = loc == null ? null : run.place(loc);
		if (base != null && !base.isRoot()) {
			// A folder that is not there should be known at once; a vault is unlocked when something in it is wanted.
			run.named(base.session().item(base.path(), run.unlocking()), base);
			base.session().stat(base.path(), run.unlocking());
		}
		if (surroundings.in() == null)
			throw new UsageException("A shell runs no shell.");
		var inner = new Program(new Surroundings(surroundings.services(), null, false, surroundings.out(), surroundings.err(), surroundings.folder(), surroundings.stop(),
				surroundings.version()), trace, tracing);
		tracing = false; // each line tells its own
		boolean noUnlock = run.unlocking() == org.strongroom.core.Session.Unlocking.NEVER;
		surroundings.out().answered();
		int first = 0;
		// A reader of the channel itself would wait for a full buffer where the channel is that of a file, as standard input's is.
		try (Reader in = new BufferedReader(new InputStreamReader(Channels.newInputStream(surroundings.in()), StandardCharsets.UTF_8))) {
			for (String line; (line = nextLine(in)) != null && !surroundings.stop().isWished();) {
				List<String> command;
				int code;
				try {
					command = Words.of(line);
					if (command.isEmpty())
						continue;
					if (command.equals(List.of("exit")) || command.equals(List.of("quit")))
						break;
					code = inner.line(command, run.json(), noUnlock, base);
				} catch (IllegalArgumentException e) {
					surroundings.out().begin();
					code = inner.traced(() -> told(new Problem(Problem.Kind.USAGE, e.getMessage())));
				}
				if (run.json()) {
					// Whoever reads along counts on one array for each command, failed ones too.
					surroundings.out().jsonAtLeast();
					surroundings.out().flush();
				}
				first = first == 0 ? code : first;
			}
		}
		run.endsWith(first);
	}

	private int line(List<String> words, boolean json, boolean noUnlock, Place base) {
		return traced(() -> execute(shellRoot(), words, json, noUnlock, base));
	}

	private String nextLine(Reader in) throws IOException {
		if (surroundings.interactive())
			surroundings.err().write("strongroom> ");
		var line = new StringBuilder();
		for (int c; (c = in.read()) >= 0;) {
			if (c == '\n')
				return line.toString();
			if (line.length() == LONGEST_LINE)
				throw new IOException("A line of the commands is too long.");
			line.append((char) c);
		}
		return line.isEmpty() ? null : line.toString();
	}
}
