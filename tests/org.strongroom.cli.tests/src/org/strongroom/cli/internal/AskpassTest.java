package org.strongroom.cli.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.auth.Challenge;

/** What an askpass program is told, and where: its arguments are there for every user of the machine to see. */
class AskpassTest {
	@TempDir
	private Path temp;
	private Path asked;
	private Askpass askpass;

	@BeforeEach
	void program() throws Exception {
		asked = temp.resolve("asked");
		Path program = Files.writeString(temp.resolve("askpass"), """
				#!/bin/sh
				printf '%s\\n' "$#" "$1" "$STRONGROOM_CHALLENGE" "$STRONGROOM_PROMPT" "$STRONGROOM_ASKER" >'ASKED'
				echo yes
				""".replace("ASKED", asked.toString()));
		Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
		askpass = new Askpass(program.toString());
	}

	@Test
	void namesOfItemsAreNoArgument() throws Exception {
		assertThat(askpass.confirm(new Challenge.Permission("HQ", "save on this machine", "/Vault/Dismissals.txt", "/home/ann/Dismissals.txt", "your own policy, line 2"))).isTrue();
		assertThat(Files.readAllLines(asked)).containsExactly("1", "HQ: to save on this machine? It leaves Strongroom, readable; you are asked because of your own policy, line 2.", "permission",
				"HQ: to save on this machine (/Vault/Dismissals.txt), to /home/ann/Dismissals.txt? It leaves Strongroom, readable; you are asked because of your own policy, line 2.", "HQ");
	}

	@Test
	void allElseIsToldInBothPlaces() throws Exception {
		try (var secret = askpass.secret(new Challenge.Password("ann@hq", "ann", 1))) {
			assertThat(Files.readAllLines(asked)).containsExactly("1", "Password for ann@hq", "password", "Password for ann@hq", "ann@hq");
		}
	}
}
