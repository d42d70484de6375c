package org.strongroom.cli.internal;



import java.util.List;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** The commands about what is installed. */
final class PlugInVerbs {
	private PlugInVerbs() {
	}

	static CommandSpec spec() {
		return Verb.spec("plugin", "Lists, installs and removes plug-ins.", (_, _) -> {
			throw new UsageException("Say which: plugin list, install or remove; see 'strongroom help plugin'.");
		}).addSubcommand("list", Verb.spec("list", "Lists the plug-ins that are installed: short name, feature, version.", (run, _) -> Installation.list(run)))
				.addSubcommand("install", Verb.spec("install", "Installs plug-ins. They are there from the next start on.",
						(run, words) -> Installation.install(run, ids(words), words.matchedOptionValue("--repository", null)))
						.addOption(OptionSpec.builder("--repository").type(String.class).paramLabel("DIR|ZIP").arity("1")
								.description("Where from: a p2 repository in a folder or zip file; else the one that the build made.").build())
						.addPositional(names()))
				.addSubcommand("remove", Verb.spec("remove", "Removes plug-ins. They are gone from the next start on.", (run, words) -> Installation.remove(run, ids(words)))
						.addPositional(names()));
	}

	private static PositionalParamSpec names() {
		return PositionalParamSpec.builder().index("0..*").arity("1..*").paramLabel("ID").type(List.class).auxiliaryTypes(String.class)
				.description("A feature's id or its short name: sftp, cryptomator.").build();
	}

	private static List<String> ids(ParseResult words) {
		return words.matchedPositionalValue(0, List.of());
	}
}
