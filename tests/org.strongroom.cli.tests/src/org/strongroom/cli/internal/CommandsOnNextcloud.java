package org.strongroom.cli.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.strongroom.core.auth.Challenge;
import org.strongroom.core.auth.Prompter;
import org.strongroom.testing.CryptomatorOracle;
import org.strongroom.testing.CryptomatorOracle.Cipher;
import org.strongroom.testing.Person;
import org.strongroom.testing.nextcloud.EmulatedNextcloud;

/** Commands on the emulated server, with a vault on it. */
abstract class CommandsOnNextcloud {
	static final String PASSPHRASE = "the vault's passphrase";

	@TempDir
	Path temp;
	EmulatedNextcloud server;
	CryptomatorOracle oracle;
	/** What holds {@code /vault/notes.txt}. */
	String notes;
	FrameworkServices services;
	final Person person = new Person();
	private ServiceRegistration<Prompter> registration;

	/** What came of a command. */
	record Result(int code, String out, String err) {
		List<String> lines() {
			return out.lines().toList();
		}

		/** The words of the only line. */
		List<String> words() {
			assertThat(lines()).hasSize(1);
			return List.of(out.strip().split("\t"));
		}

		String printed() {
			assertThat(err).isEmpty();
			assertThat(code).isZero();
			return out;
		}

		void failed(int expected, String says) {
			assertThat(err).startsWith("strongroom: ").contains(says);
			assertThat(err.lines()).hasSize(1);
			assertThat(code).isEqualTo(expected);
			assertThat(out).isEmpty();
		}
	}

	@BeforeEach
	void begin() throws IOException {
		server = new EmulatedNextcloud(temp.resolve("server"), "");
		oracle = CryptomatorOracle.create(server.files().resolve("vault"), PASSPHRASE, Cipher.SIV_GCM);
		oracle.write("/notes.txt", "unter uns");
		oracle.createFolder("/Contracts");
		oracle.write("/Contracts/Smith.txt", "signed");
		notes = server.files().toRealPath().relativize(oracle.ciphertext("/notes.txt").toRealPath()).toString();
		oracle.lock();
		Files.writeString(server.files().resolve("Offer.txt"), "an offer");
		Files.createDirectories(server.files().resolve("Shared"));
		server.longAgo();
		BundleContext context = FrameworkUtil.getBundle(Program.class).getBundleContext();
		registration = context.registerService(Prompter.class, person.secret(c -> c instanceof Challenge.VaultPassphrase ? PASSPHRASE : server.password()).browser(server::browse),
				new Hashtable<>(Map.of("service.ranking", 1)));
		services = new FrameworkServices(context, _ -> {
		});
	}

	@AfterEach
	void end() throws IOException {
		services.close();
		registration.unregister();
		oracle.close();
		server.close();
		assertThat(server.appPasswords()).as("signed out").isEmpty();
	}

	Result run(String... words) {
		return runWith(new ByteArrayInputStream(new byte[0]), words);
	}

	/** @param in standard input, which is no terminal */
	Result runWith(InputStream in, String... words) {
		var out = new ByteArrayOutputStream();
		var err = new ByteArrayOutputStream();
		var surroundings = new Surroundings(services, Channels.newChannel(in), false, new Output(out, false), new Errors(err), temp,
				new Stop(Thread.currentThread()), "0");
		int code = new Program(surroundings).run(Stream.concat(Stream.of("--home", temp.resolve("home").toString()), Stream.of(words)).toList());
		return new Result(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
	}

	String at(String path) {
		return server.uri().toString().replace("http://", "nextcloud://alice@") + path;
	}
}
