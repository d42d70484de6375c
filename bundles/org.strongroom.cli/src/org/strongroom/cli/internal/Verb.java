package org.strongroom.cli.internal;

import java.io.IOException;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** What one command does. One instance serves any number of runs. */
@FunctionalInterface
interface Verb {
	/**
	 * Does it.
	 *
	 * @param run where it reads and writes
	 * @param words what was given, already found to be of the right form
	 * @throws UsageException if it is not after all
	 * @throws IOException what went wrong; several failures are told to the run
	 */
	void run(Run run, ParseResult words) throws IOException;

	/** A command line model. @param description the first line is for the list of commands */
	static CommandSpec spec(String name, String description, Verb verb) {
		CommandSpec spec = CommandSpec.wrapWithoutInspection(verb).name(name);
		spec.usageMessage().description(description.split("\n")).synopsisHeading("Usage: ").descriptionHeading("%n").optionListHeading("%nOptions:%n").parameterListHeading("%n")
				.commandListHeading("%nCommands:%n").abbreviateSynopsis(false).sortOptions(false).width(100);
		spec.addOption(OptionSpec.builder("-h", "--help").usageHelp(true).description("Show this help.").build());
		return spec;
	}

	/** A word that must be given. */
	static PositionalParamSpec word(int index, String label, String description) {
		return PositionalParamSpec.builder().index(Integer.toString(index)).paramLabel(label).type(String.class).arity("1").required(true).description(description.split("\n")).build();
	}

	/** A switch. */
	static OptionSpec flag(String description, String name, String... more) {
		return OptionSpec.builder(name, more).type(boolean.class).arity("0").description(description.split("\n")).build();
	}

	/** An option with a text, of which the last one counts. */
	static OptionSpec option(String name, String label, String description) {
		return OptionSpec.builder(name).type(String.class).paramLabel(label).arity("1").description(description).build();
	}

	/** The word at a place. */
	static String given(ParseResult words, int index) {
		return words.matchedPositionalValue(index, "");
	}
}
