package org.strongroom.testing.hostile;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * One way in which a {@link HostileSftpServer} lies, dawdles or breaks the protocol. Paths are the server's, absolute and without {@code .} or {@code ..}; where a path may be null, null
 * means all paths.
 * <p>
 * Two families: {@link On} reacts to requests of one type, from the n-th on and so many times; all others bend what the server shows, all the time. All are immutable; counting is the server's
 * business and begins anew when a behaviour is set.
 */
public sealed interface Behaviour {

	// ------------------------------------------------------------------------------------------------------------ reactions to requests

	/** Reacts to every request of that type; {@link On#path}, {@link On#after} and {@link On#times} narrow it. */
	static On on(Request request) {
		return new On(Objects.requireNonNull(request), null, 0, Integer.MAX_VALUE, new Pretend());
	}

	/** Reacts to every request of any type but INIT. */
	static On onAny() {
		return new On(null, null, 0, Integer.MAX_VALUE, new Pretend());
	}

	/**
	 * A reaction to some requests, instead of the honest answer. Made with {@link Behaviour#on}.
	 *
	 * @param request the type, or null for all but INIT
	 * @param path the path concerned (either one for renames and links; the path that was opened for handles), or null
	 * @param skip how many such requests are answered honestly first
	 * @param times how many are then reacted to
	 * @param reaction what happens
	 */
	record On(Request request, String path, int skip, int times, Reaction reaction) implements Behaviour {
		/** Only for this path. */
		public On path(String value) {
			return new On(request, value, skip, times, reaction);
		}

		/** Answers so many honestly first. */
		public On after(int count) {
			return new On(request, path, count, times, reaction);
		}

		/** Reacts so many times, then is honest again. */
		public On times(int count) {
			return new On(request, path, skip, count, reaction);
		}

		/** Reacts once. */
		public On once() {
			return times(1);
		}

		/** Does this. */
		public On then(Reaction value) {
			return new On(request, path, skip, times, value);
		}

		/** Never answers. */
		public On stall() {
			return then(new Stall());
		}

		/** Answers honestly, but so much later; requests behind it wait. */
		public On delay(Duration time) {
			return then(new Delay(time));
		}

		/** Resets the connection instead of doing anything. */
		public On disconnect() {
			return then(new Disconnect(false));
		}

		/** Does what was asked, then resets the connection instead of answering. */
		public On doThenDisconnect() {
			return then(new Disconnect(true));
		}

		/** Says that all is well, and does nothing. */
		public On pretend() {
			return then(new Pretend());
		}

		/** Does nothing and refuses. The status is an {@code SSH_FX_} number: 2 no such file, 3 permission denied, 4 failure, 8 unsupported. */
		public On refuse(int status, String message) {
			return then(new Refuse(status, message, false));
		}

		/** Does what was asked, and says it failed. */
		public On doButRefuse(int status, String message) {
			return then(new Refuse(status, message, true));
		}

		/** Answers under a request id that nobody has used. */
		public On unknownId() {
			return then(new UnknownId());
		}

		/** Answers so many times over. */
		public On duplicate(int count) {
			return then(new Duplicate(count));
		}

		/** Announces an answer of so many bytes (up to 2^32-1); then either sends nothing more, or bytes without end. */
		public On forgedLength(long length, boolean flood) {
			return then(new ForgedLength(length, flood));
		}

		/** Answers with this packet type and these bytes behind the request id, whatever was asked. */
		public On reply(int type, byte... payload) {
			return then(new Reply(type, payload));
		}
	}

	/** What happens instead of an honest answer. */
	sealed interface Reaction {
	}

	/** See {@link On#stall}. */
	record Stall() implements Reaction {
	}

	/** See {@link On#delay}. */
	record Delay(Duration time) implements Reaction {
	}

	/** See {@link On#disconnect} and {@link On#doThenDisconnect}. */
	record Disconnect(boolean afterDoing) implements Reaction {
	}

	/** See {@link On#pretend}. */
	record Pretend() implements Reaction {
	}

	/** See {@link On#refuse} and {@link On#doButRefuse}. */
	record Refuse(int status, String message, boolean afterDoing) implements Reaction {
	}

	/** See {@link On#unknownId}. */
	record UnknownId() implements Reaction {
	}

	/** See {@link On#duplicate}. */
	record Duplicate(int count) implements Reaction {
	}

	/** See {@link On#forgedLength}. */
	record ForgedLength(long length, boolean flood) implements Reaction {
	}

	/** See {@link On#reply}. */
	record Reply(int type, byte[] payload) implements Reaction {
	}

	// ------------------------------------------------------------------------------------------------------------ listings

	/** Names no listing may hold, each of them a way to leave a folder, to hide or to deceive. */
	List<String> HOSTILE_NAMES = List.of("", ".", "..", "/", "a/b", "../../etc/passwd", "/etc/passwd", "..\\..\\windows", "nul\0byte", "line\nbreak", "carriage\rreturn", "\u001b[31mred\u001b[0m",
			"\u001b]0;title\u0007", "tab\there", "right\u202Egpj.exe", "\uFEFFbom", "zero\u200Bwidth", "\u0085next line", "\u2028separator");

	/** Adds entries to a listing, byte for byte as given. They look like files of 5 bytes. */
	record ForgedNames(String folder, List<byte[]> names) implements Behaviour {
	}

	/** Adds entries to a listing, as UTF-8. */
	static ForgedNames forgedNames(String folder, String... names) {
		return new ForgedNames(folder, Arrays.stream(names).map(name -> name.getBytes(StandardCharsets.UTF_8)).toList());
	}

	/** Adds all of {@link #HOSTILE_NAMES} to a listing. */
	static ForgedNames hostileNames(String folder) {
		return forgedNames(folder, HOSTILE_NAMES.toArray(String[]::new));
	}

	/** Adds one entry whose name has so many letters. */
	static ForgedNames hugeName(String folder, int length) {
		return forgedNames(folder, "x".repeat(length));
	}

	/** Adds names that are no UTF-8. */
	static ForgedNames undecodableNames(String folder) {
		return new ForgedNames(folder, List.of(new byte[] { (byte) 0xff, (byte) 0xfe, 'a' }, new byte[] { 'b', (byte) 0xc3 }, new byte[] { (byte) 0xc0, (byte) 0xaf },
				new byte[] { (byte) 0xed, (byte) 0xa0, (byte) 0x80 }));
	}

	/** A listing that goes on for ever, with ever new names. */
	record EndlessListing(String folder, int namesPerReply) implements Behaviour {
	}

	/** A listing that repeats its entries for ever instead of ending. */
	record RepeatingListing(String folder) implements Behaviour {
	}

	/** A listing that answers with no entries, and does not end. */
	record EmptyListing(String folder) implements Behaviour {
	}

	/** So many entries of a listing, then the connection is reset. */
	record HalfListing(String folder, int entries) implements Behaviour {
	}

	/** The number of entries in a listing's answer is said to be this, whatever follows. */
	record ForgedEntryCount(String folder, int count) implements Behaviour {
	}

	/** Entries of a folder come in replies of so many. */
	record EntriesPerReply(int count) implements Behaviour {
	}

	/** Below this folder, a folder of this name is found in it, and in that one again, without end. */
	record EndlessDepth(String folder, String name) implements Behaviour {
	}

	// ------------------------------------------------------------------------------------------------------------ attributes

	/** The size said in every kind of answer. The content is left as it is. */
	record ForgedSize(String path, long size) implements Behaviour {
	}

	/** What a node is said to be in every kind of answer. A file said to be a folder can be listed, and holds nothing. */
	record ForgedKind(String path, Tree.Kind kind) implements Behaviour {
	}

	/** The times said, as the unsigned 32 bits of the protocol. */
	record ForgedTimes(String path, long seconds) implements Behaviour {
	}

	/** Attributes without size, owner, rights and times, as the protocol allows. */
	record NoAttributes(String path) implements Behaviour {
	}

	/** Attributes that say to have so many extended ones, and end there. */
	record ForgedExtendedCount(String path, int count) implements Behaviour {
	}

	// ------------------------------------------------------------------------------------------------------------ reading and writing

	/** No answer to READ holds more bytes than this, nor than were asked. */
	record ShortReads(String path, int max) implements Behaviour {
	}

	/** Answers to READ hold so many bytes more than were asked. */
	record LongReads(String path, int extra) implements Behaviour {
	}

	/** Answers to READ hold no byte, without ever being an end of file. */
	record EmptyReads(String path) implements Behaviour {
	}

	/** The file ends after so many bytes, whatever its size is said to be. */
	record EarlyEof(String path, long length) implements Behaviour {
	}

	/** The file never ends: zeros follow its content. */
	record EndlessFile(String path) implements Behaviour {
	}

	/** All content is read with one bit changed in the byte at this offset. */
	record FlippedBit(String path, long offset) implements Behaviour {
	}

	/** Of each file, only the first so many bytes written are kept; all writes are said to have succeeded. */
	record LostWrites(String path, long kept) implements Behaviour {
	}

	/** Of each WRITE, only the first so many bytes are kept; all are said to have succeeded. */
	record TruncatedWrites(String path, int kept) implements Behaviour {
	}

	/** Writes behind this offset of a file are refused: a disk that runs full. */
	record FullDisk(String path, long length) implements Behaviour {
	}

	// ------------------------------------------------------------------------------------------------------------ extensions and the like

	/** Replaces the list of extensions in the first answer. Those known here are served all the same. */
	record ForgedExtensions(List<Request> offered) implements Behaviour {
		/** None at all. */
		public static ForgedExtensions none() {
			return new ForgedExtensions(List.of());
		}
	}

	/** The protocol version said in the first answer; honest is 3. */
	record ForgedVersion(int version) implements Behaviour {
	}

	/** What {@code limits@openssh.com} answers. */
	record ForgedLimits(long packet, long read, long write, long handles) implements Behaviour {
	}

	/** What {@code statvfs@openssh.com} answers: block size, blocks, free ones, available ones. */
	record ForgedSpace(long blockSize, long blocks, long free, long available) implements Behaviour {
	}

	/** What REALPATH answers, for every path. */
	record ForgedRealPath(String answer) implements Behaviour {
	}

	/** The words in every refusal. */
	record ForgedErrorText(String text) implements Behaviour {
	}

	// ------------------------------------------------------------------------------------------------------------ before and while signing in

	/** Accepts the TCP connection, and says nothing. */
	record Silent() implements Behaviour {
	}

	/** Accepts the TCP connection, says this, and then nothing. */
	record Greeting(byte[] bytes) implements Behaviour {
		/** Something that is no SSH server. */
		public static Greeting garbage() {
			return new Greeting("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n\0\1\2\3\u007f".getBytes(StandardCharsets.ISO_8859_1));
		}
	}

	/** Says lines (RFC 4253, section 4.2 allows any before the identification) without end; or, with no line ends, one line without end. */
	record EndlessGreeting(boolean lineEnds) implements Behaviour {
	}

	/** Accepts the TCP connection and closes it. */
	record HangUp() implements Behaviour {
	}

	/** Instead of answering to a sign-in request, sends so many SSH_MSG_USERAUTH_BANNER with this text first. */
	record Banners(String text, long count) implements Behaviour {
		/** Without end. */
		public static Banners endless() {
			return new Banners("Welcome!\n", Long.MAX_VALUE);
		}
	}

	/**
	 * {@code keyboard-interactive} (RFC 4256) is the way to sign in, with these texts in each round; after the last round the client is let in, whatever it said.
	 */
	record Interactive(String name, String instruction, List<Prompt> prompts, long rounds) implements Behaviour {
		/** One prompt and whether the answer may be shown. */
		public record Prompt(String text, boolean echo) {
		}

		/** Rounds without end, each asking the same. */
		public static Interactive endless(String prompt) {
			return new Interactive("", "", List.of(new Prompt(prompt, false)), Long.MAX_VALUE);
		}

		/** Rounds without end and without a prompt, which clients answer without asking anybody. */
		public static Interactive endlessAndEmpty() {
			return new Interactive("", "", List.of(), Long.MAX_VALUE);
		}

		/** One round with these prompts. */
		public static Interactive prompts(String... prompts) {
			return new Interactive("", "", Arrays.stream(prompts).map(prompt -> new Prompt(prompt, false)).toList(), 1);
		}

		/** One round with so many prompts. */
		public static Interactive manyPrompts(int count) {
			return new Interactive("", "", Collections.nCopies(count, new Prompt("Code: ", false)), 1);
		}
	}

	/** An interactive round that says to have so many prompts, and ends there. */
	record ForgedPromptCount(int count) implements Behaviour {
	}

	/** Every way to sign in succeeds partially, and one more is asked for, without end (RFC 4252, section 5.1). */
	record NeverSatisfied() implements Behaviour {
	}

	/** A password is answered with the wish for a new one (RFC 4252, section 8). */
	record PasswordChange(String prompt) implements Behaviour {
	}
}
