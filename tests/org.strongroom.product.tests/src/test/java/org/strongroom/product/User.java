package org.strongroom.product;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.strongroom.product.Product.Outcome;
import org.strongroom.testing.OpenSshServer;

/** Somebody with a home of their own who works on the command line; an askpass program knows their answers and writes down what it was asked. */
final class User {
	static final String BOOKMARK = "HQ";
	private final Path folder;
	private final Map<String, String> answers = new TreeMap<>();
	private final List<String> options = new ArrayList<>();
	private boolean asked = true;
	private Path product = Product.FOLDER;

	/** @param folder an empty folder */
	User(Path folder) throws IOException {
		this.folder = folder;
		options.add("-Dstrongroom.ssh.folder=" + Files.createDirectory(folder.resolve("ssh")));
		Path script = Files.writeString(askpass(), """
				#!/bin/sh
				here=$(dirname "$0")
				printf '%s|%s|%s\\n' "$STRONGROOM_CHALLENGE" "$1" "$STRONGROOM_ASKER" >>"$here/asked"
				[ -f "$here/answers/$STRONGROOM_CHALLENGE" ] || exit 1
				cat "$here/answers/$STRONGROOM_CHALLENGE"
				""");
		Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
		Files.createDirectory(folder.resolve("answers"));
		answer("host-key", "yes");
	}

	/** Somebody who knows what it takes to get into the server, and has a bookmark of it. */
	static User of(OpenSshServer server, Path folder) throws IOException, InterruptedException {
		var user = new User(folder);
		user.answer("key-passphrase", server.keyPassphrase());
		user.bookmark(BOOKMARK, server.uri(), server.keyFile());
		return user;
	}

	void bookmark(String name, String uri, Path key) throws IOException, InterruptedException {
		Outcome outcome = run("bookmark", "add", name, uri, "--key", key.toString());
		if (outcome.code() != 0)
			throw new IOException(outcome.err());
	}

	/** What is answered from now on; null for cancel. */
	void answer(String challenge, String answer) throws IOException {
		if (answer == null)
			answers.remove(challenge);
		else
			answers.put(challenge, answer);
		Path file = folder.resolve("answers").resolve(challenge);
		if (answer == null)
			Files.deleteIfExists(file);
		else
			Files.writeString(file, answer + "\n");
	}

	/** From now on there is nobody to ask. */
	void leave() {
		asked = false;
	}

	/** From now on another installation is used. */
	void installation(Path other) {
		product = other;
	}

	/** What was asked since the last call, in order: {@code challenge|prompt|asker}. */
	List<String> asked() throws IOException {
		Path file = folder.resolve("asked");
		if (!Files.exists(file))
			return List.of();
		List<String> lines = Files.readAllLines(file);
		Files.delete(file);
		return lines;
	}

	Path folder() {
		return folder;
	}

	Path sshFolder() {
		return folder.resolve("ssh");
	}

	Path home() {
		return folder.resolve("home");
	}

	private Path askpass() {
		return folder.resolve("askpass");
	}

	Outcome run(String... arguments) throws IOException, InterruptedException {
		return Product.run(command(arguments), "");
	}

	/** Runs a command that is to be done without a complaint. @return what it says */
	String done(String... arguments) throws IOException, InterruptedException {
		Outcome outcome = run(arguments);
		assertThat(outcome.err()).isEmpty();
		assertThat(outcome.code()).isZero();
		return outcome.out();
	}

	/** Runs {@code put -}, or a shell. */
	Outcome runWith(String input, String... arguments) throws IOException, InterruptedException {
		return Product.run(command(arguments), input);
	}

	/** The process to be, in this person's folder. */
	ProcessBuilder command(String... arguments) throws IOException {
		var builder = Product.command(product, options, arguments).directory(folder.toFile());
		builder.environment().put("STRONGROOM_HOME", home().toString());
		if (asked)
			builder.environment().put("STRONGROOM_ASKPASS", askpass().toString());
		return builder;
	}

	/** A file of theirs. */
	Path file(String name, byte[] content) throws IOException {
		Path file = folder.resolve(name);
		Files.createDirectories(file.getParent());
		return Files.write(file, content);
	}

	Path file(String name, String content) throws IOException {
		return file(name, content.getBytes(StandardCharsets.UTF_8));
	}

	/** Whether one of the secrets stands in a text. */
	boolean betrayedBy(String text) {
		return answers.entrySet().stream().filter(a -> !a.getKey().equals("host-key")).anyMatch(a -> text.contains(a.getValue()));
	}
}
