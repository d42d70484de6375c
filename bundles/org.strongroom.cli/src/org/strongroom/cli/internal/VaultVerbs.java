package org.strongroom.cli.internal;

import static org.strongroom.cli.internal.Verb.given;

import static org.strongroom.cli.internal.Verb.word;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;

import org.strongroom.core.vault.VaultInfo;
import org.strongroom.core.vault.VaultState;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** The commands about vaults. */
final class VaultVerbs {
	private VaultVerbs() {
	}

	static CommandSpec spec() {
		return Verb.spec("vault", "Tells about vaults.", (_, _) -> {
			throw new UsageException("Say which: vault info; see 'strongroom help vault'.");
		}).addSubcommand("info", Verb.spec("info", "Shows what a vault tells without its passphrase.", VaultVerbs::info).addPositional(word(0, "LOC", "The vault.")));
	}

	private static void info(Run run, ParseResult words) throws IOException {
		Place place = run.place(given(words, 0));
		Path path = run.named(place.session().item(place.path(), run.unlocking()), place);
		if (!place.isRoot())
			// What is not there at all is told as such.
			place.session().stat(place.path(), run.unlocking());
		VaultState state = place.session().vaultState(place.path()).orElseThrow(() -> new NoSuchFileException(path.toString(), null, "there is no vault here."));
		VaultInfo info = place.session().vaultInfo(place.path());
		run.passNameToOutput(place.session(), place.path());
		String shown = state == VaultState.UNLOCKED ? "unlocked" : "locked";
		if (run.json()) {
			var object = new LinkedHashMap<String, Object>();
			object.put("path", place.path());
			object.put("vault", shown);
			object.put("format", info.format());
			object.put("properties", info.properties());
			run.out().json(List.of(object));
			return;
		}
		run.out().line("path: " + place.path());
		run.out().line("vault: " + shown);
		run.out().line("format: " + info.format());
		for (var property : info.properties().entrySet())
			run.out().line(Character.toLowerCase(property.getKey().charAt(0)) + property.getKey().substring(1) + ": " + property.getValue());
	}
}
