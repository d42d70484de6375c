package org.strongroom.storage.nextcloud;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.SequenceInputStream;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardOpenOption;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;

import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.SAXException;

/**
 * Somebody's files as another program sees them: as much of a file system as the contract uses, over WebDAV, by a client of its own that shares nothing with what is tested. Every call asks the
 * server; nothing is remembered. What is written goes up when it is closed. Who meets somebody who is just at work on a file (status 423) tries again for a while.
 */
final class SecondView extends FileSystem {
	private static final Duration PATIENCE = Duration.ofSeconds(100);
	private static final int LOCKED = 423;
	private static final int MOST_TRIES = 200;
	private static final Duration PAUSE = Duration.ofMillis(50);
	private static final String DESCRIBED = "<d:propfind xmlns:d=\"DAV:\"><d:prop><d:resourcetype/><d:getcontentlength/><d:getlastmodified/><d:getetag/></d:prop></d:propfind>";

	private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
	private final Provider provider = new Provider();
	private final URI root;
	private final String authorization;

	/** @param root of the tree, without a slash at its end @param authorization the header's value */
	SecondView(URI root, String authorization) {
		this.root = root;
		this.authorization = authorization;
	}

	/** @param path from the root on, or a name */
	private record Place(SecondView view, String path) implements Path {
		private List<String> names() {
			return List.of(path.split("/")).stream().filter(n -> !n.isEmpty()).toList();
		}

		@Override
		public FileSystem getFileSystem() {
			return view;
		}

		@Override
		public boolean isAbsolute() {
			return path.startsWith("/");
		}

		@Override
		public Path getRoot() {
			return isAbsolute() ? new Place(view, "/") : null;
		}

		@Override
		public Path getFileName() {
			return names().isEmpty() ? null : new Place(view, names().getLast());
		}

		@Override
		public Path getParent() {
			int slash = path.lastIndexOf('/');
			return slash < 0 || path.equals("/") ? null : new Place(view, slash == 0 ? "/" : path.substring(0, slash));
		}

		@Override
		public int getNameCount() {
			return names().size();
		}

		@Override
		public Path getName(int index) {
			return new Place(view, names().get(index));
		}

		@Override
		public Path subpath(int from, int to) {
			return new Place(view, String.join("/", names().subList(from, to)));
		}

		@Override
		public boolean startsWith(Path other) {
			return other instanceof Place p && p.isAbsolute() == isAbsolute() && p.getNameCount() <= getNameCount() && names().subList(0, p.getNameCount()).equals(p.names());
		}

		@Override
		public boolean endsWith(Path other) {
			return other instanceof Place p && !p.isAbsolute() && p.getNameCount() <= getNameCount() && names().subList(getNameCount() - p.getNameCount(), getNameCount()).equals(p.names());
		}

		@Override
		public Path normalize() {
			return this;
		}

		@Override
		public Path resolve(Path other) {
			return other.isAbsolute() ? other : new Place(view, path.endsWith("/") ? path + other : path + "/" + other);
		}

		@Override
		public Path relativize(Path other) {
			if (!other.startsWith(this))
				throw new IllegalArgumentException(other + " is not in " + this);
			return other.subpath(getNameCount(), other.getNameCount());
		}

		@Override
		public URI toUri() {
			return URI.create(view.root + encoded(path));
		}

		@Override
		public Path toAbsolutePath() {
			return isAbsolute() ? this : new Place(view, "/" + path);
		}

		@Override
		public Path toRealPath(LinkOption... options) throws IOException {
			view.look(this);
			return this;
		}

		@Override
		public WatchKey register(WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) {
			throw new UnsupportedOperationException();
		}

		@Override
		public int compareTo(Path other) {
			return path.compareTo(((Place) other).path);
		}

		@Override
		public String toString() {
			return path;
		}
	}

	/** What the server tells of an item. @param tag its entity tag, which stands for its state altogether */
	private record Item(String name, boolean folder, long length, FileTime modified, String tag) implements BasicFileAttributes {
		@Override
		public FileTime lastModifiedTime() {
			return modified;
		}

		@Override
		public FileTime lastAccessTime() {
			return modified;
		}

		@Override
		public FileTime creationTime() {
			return modified;
		}

		@Override
		public boolean isRegularFile() {
			return !folder;
		}

		@Override
		public boolean isDirectory() {
			return folder;
		}

		@Override
		public boolean isSymbolicLink() {
			return false;
		}

		@Override
		public boolean isOther() {
			return false;
		}

		@Override
		public long size() {
			return length;
		}

		@Override
		public Object fileKey() {
			return null;
		}
	}

	// Asking.

	private static String encoded(String path) {
		var out = new StringBuilder();
		for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
			char c = (char) (b & 0xff);
			if (c < 0x80 && (Character.isLetterOrDigit(c) || "/-._~".indexOf(c) >= 0))
				out.append(c);
			else
				out.append("%%%02X".formatted((int) c));
		}
		return out.toString();
	}

	private static String decoded(String href) {
		return URLDecoder.decode(href.replace("+", "%2B"), StandardCharsets.UTF_8);
	}

	/** @return an answer that is no refusal */
	private HttpResponse<InputStream> send(String method, Path at, BodyPublisher body, String... headers) throws IOException {
		HttpRequest.Builder request = HttpRequest.newBuilder(at.toAbsolutePath().toUri()).method(method, body).timeout(PATIENCE).header("Authorization", authorization);
		for (int i = 0; i < headers.length; i += 2)
			request.header(headers[i], headers[i + 1]);
		try {
			for (int tries = 1;; tries++) {
				HttpResponse<InputStream> answer = http.send(request.build(), BodyHandlers.ofInputStream());
				if (answer.statusCode() < 300)
					return answer;
				String reason = new String(answer.body().readAllBytes(), StandardCharsets.UTF_8).replaceAll("\\s+", " ");
				if (answer.statusCode() != LOCKED || tries == MOST_TRIES)
					throw switch (answer.statusCode()) {
					case 404 -> new NoSuchFileException(at.toString());
					case 405, 412 -> new FileAlreadyExistsException(at.toString());
					default -> new FileSystemException(at.toString(), null, "%s: status %d, %s".formatted(method, answer.statusCode(), reason));
					};
				Thread.sleep(PAUSE);
			}
		} catch (InterruptedException e) {
			throw new InterruptedIOException();
		}
	}

	private void perform(String method, Path at, BodyPublisher body, String... headers) throws IOException {
		try (InputStream answer = send(method, at, body, headers).body()) {
			answer.readAllBytes();
		}
	}

	private void perform(String method, Path at, String... headers) throws IOException {
		perform(method, at, BodyPublishers.noBody(), headers);
	}

	private List<Item> look(Path at, String depth) throws IOException {
		Document answer;
		try (InputStream body = send("PROPFIND", at, BodyPublishers.ofString(DESCRIBED), "Depth", depth, "Content-Type", "application/xml").body()) {
			DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
			factory.setNamespaceAware(true);
			factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
			answer = factory.newDocumentBuilder().parse(body);
		} catch (ParserConfigurationException | SAXException e) {
			throw new IOException("what the server says of " + at + " is no XML", e);
		}
		var all = new ArrayList<Item>();
		for (Element response : elements(answer.getDocumentElement(), "response")) {
			String href = decoded(text(response, "href"));
			String size = text(response, "getcontentlength");
			String time = text(response, "getlastmodified");
			all.add(new Item(List.of(href.split("/")).getLast(), !elements(response, "collection").isEmpty(), size.isEmpty() ? 0 : Long.parseLong(size),
					FileTime.from(time.isEmpty() ? Instant.EPOCH : ZonedDateTime.parse(time, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant()), text(response, "getetag")));
		}
		return all;
	}

	private static List<Element> elements(Element in, String name) {
		var all = new ArrayList<Element>();
		var found = in.getElementsByTagNameNS("DAV:", name);
		for (int i = 0; i < found.getLength(); i++)
			all.add((Element) found.item(i));
		return all;
	}

	private static String text(Element in, String name) {
		return elements(in, name).stream().map(Element::getTextContent).findFirst().orElse("");
	}

	private Item look(Path at) throws IOException {
		return look(at, "0").getFirst();
	}

	private void touch(Path at, FileTime time) throws IOException {
		perform("PROPPATCH", at, BodyPublishers.ofString("<d:propertyupdate xmlns:d=\"DAV:\"><d:set><d:prop><d:lastmodified>%d</d:lastmodified></d:prop></d:set></d:propertyupdate>".formatted(time.toInstant().getEpochSecond())),
				"Content-Type", "application/xml");
		if (!look(at).modified().equals(FileTime.from(time.toInstant().truncatedTo(ChronoUnit.SECONDS))))
			throw new FileSystemException(at.toString(), null, "the server sets no such time");
	}

	/** Removes an item with all in it. */
	void deleteTree(Path at) throws IOException {
		perform("DELETE", at);
	}

	// Reading and writing.

	/** All of a file, as it was when this was made. */
	private static final class In implements SeekableByteChannel {
		private final ByteBuffer content;
		private boolean open = true;

		In(byte[] content) {
			this.content = ByteBuffer.wrap(content);
		}

		@Override
		public int read(ByteBuffer target) {
			if (!content.hasRemaining())
				return -1;
			int n = Math.min(content.remaining(), target.remaining());
			target.put(content.slice(content.position(), n));
			content.position(content.position() + n);
			return n;
		}

		@Override
		public int write(ByteBuffer source) {
			throw new NonWritableChannelException();
		}

		@Override
		public long position() {
			return content.position();
		}

		@Override
		public SeekableByteChannel position(long position) {
			content.position((int) Math.min(position, content.limit()));
			return this;
		}

		@Override
		public long size() {
			return content.limit();
		}

		@Override
		public SeekableByteChannel truncate(long size) {
			throw new NonWritableChannelException();
		}

		@Override
		public boolean isOpen() {
			return open;
		}

		@Override
		public void close() {
			open = false;
		}
	}

	/** A new content of a file: nothing but zeros, then what is written. */
	private final class Out implements SeekableByteChannel {
		private final Path at;
		private final String[] headers;
		private final ByteArrayOutputStream content = new ByteArrayOutputStream();
		private long zeros;
		private boolean open = true;

		Out(Path at, String... headers) {
			this.at = at;
			this.headers = headers;
		}

		@Override
		public int read(ByteBuffer target) {
			throw new NonReadableChannelException();
		}

		@Override
		public int write(ByteBuffer source) {
			byte[] bytes = new byte[source.remaining()];
			source.get(bytes);
			content.writeBytes(bytes);
			return bytes.length;
		}

		@Override
		public long position() {
			return size();
		}

		@Override
		public SeekableByteChannel position(long position) {
			if (content.size() > 0)
				throw new UnsupportedOperationException("it is written from one place on");
			zeros = position;
			return this;
		}

		@Override
		public long size() {
			return zeros + content.size();
		}

		@Override
		public SeekableByteChannel truncate(long size) {
			throw new UnsupportedOperationException();
		}

		@Override
		public boolean isOpen() {
			return open;
		}

		@Override
		public void close() throws IOException {
			if (!open)
				return;
			open = false;
			byte[] last = content.toByteArray();
			BodyPublisher body = size() == 0 ? BodyPublishers.noBody()
					: BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(() -> new SequenceInputStream(new Zeros(zeros), new ByteArrayInputStream(last))), size());
			perform("PUT", at, body, headers);
		}
	}

	private static final class Zeros extends InputStream {
		private long left;

		Zeros(long length) {
			left = length;
		}

		@Override
		public int read() {
			return left-- > 0 ? 0 : -1;
		}

		@Override
		public int read(byte[] into, int offset, int length) {
			if (left <= 0)
				return -1;
			int n = (int) Math.min(left, length);
			Arrays.fill(into, offset, offset + n, (byte) 0);
			left -= n;
			return n;
		}
	}

	private final class Provider extends FileSystemProvider {
		@Override
		public String getScheme() {
			return "second-view";
		}

		@Override
		public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
			throw new UnsupportedOperationException();
		}

		@Override
		public FileSystem getFileSystem(URI uri) {
			throw new UnsupportedOperationException();
		}

		@Override
		public Path getPath(URI uri) {
			throw new UnsupportedOperationException();
		}

		@Override
		public SeekableByteChannel newByteChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
			if (options.contains(StandardOpenOption.APPEND))
				throw new UnsupportedOperationException();
			if (!options.contains(StandardOpenOption.WRITE)) {
				try (InputStream content = send("GET", path, BodyPublishers.noBody()).body()) {
					return new In(content.readAllBytes());
				}
			}
			if (options.contains(StandardOpenOption.CREATE_NEW))
				return new Out(path, "If-None-Match", "*");
			if (!options.contains(StandardOpenOption.TRUNCATE_EXISTING) && look(path).size() > 0)
				throw new UnsupportedOperationException("a file is written anew");
			return new Out(path);
		}

		@Override
		public DirectoryStream<Path> newDirectoryStream(Path folder, DirectoryStream.Filter<? super Path> filter) throws IOException {
			var all = new ArrayList<Path>();
			for (Item item : look(folder, "1").stream().skip(1).toList())
				if (filter.accept(folder.resolve(item.name())))
					all.add(folder.resolve(item.name()));
			return new DirectoryStream<>() {
				@Override
				public Iterator<Path> iterator() {
					return all.iterator();
				}

				@Override
				public void close() {
					// all is here
				}
			};
		}

		@Override
		public void createDirectory(Path folder, FileAttribute<?>... attributes) throws IOException {
			perform("MKCOL", folder);
		}

		@Override
		public void delete(Path path) throws IOException {
			if (look(path, "1").size() > 1)
				throw new DirectoryNotEmptyException(path.toString());
			perform("DELETE", path);
		}

		@Override
		public void copy(Path source, Path target, CopyOption... options) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void move(Path source, Path target, CopyOption... options) throws IOException {
			perform("MOVE", source, "Destination", target.toUri().toString(), "Overwrite", "T");
		}

		@Override
		public boolean isSameFile(Path a, Path b) {
			return a.equals(b);
		}

		@Override
		public boolean isHidden(Path path) {
			return false;
		}

		@Override
		public FileStore getFileStore(Path path) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void checkAccess(Path path, AccessMode... modes) throws IOException {
			look(path);
		}

		@Override
		public <V extends FileAttributeView> V getFileAttributeView(Path path, Class<V> type, LinkOption... options) {
			if (type != BasicFileAttributeView.class)
				return null;
			return type.cast(new BasicFileAttributeView() {
				@Override
				public String name() {
					return "basic";
				}

				@Override
				public BasicFileAttributes readAttributes() throws IOException {
					return look(path);
				}

				@Override
				public void setTimes(FileTime modified, FileTime accessed, FileTime created) throws IOException {
					touch(path, modified);
				}
			});
		}

		@Override
		public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options) throws IOException {
			if (type != BasicFileAttributes.class)
				throw new UnsupportedOperationException();
			return type.cast(look(path));
		}

		/** Of {@code unix:ctime} the entity tag, which changes whatever changes. */
		@Override
		public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options) throws IOException {
			if (!attributes.equals("unix:ctime"))
				throw new UnsupportedOperationException(attributes);
			return Map.of("ctime", look(path).tag());
		}

		@Override
		public void setAttribute(Path path, String attribute, Object value, LinkOption... options) {
			throw new UnsupportedOperationException();
		}
	}

	@Override
	public FileSystemProvider provider() {
		return provider;
	}

	@Override
	public void close() {
		http.shutdownNow();
	}

	@Override
	public boolean isOpen() {
		return !http.isTerminated();
	}

	@Override
	public boolean isReadOnly() {
		return false;
	}

	@Override
	public String getSeparator() {
		return "/";
	}

	@Override
	public Iterable<Path> getRootDirectories() {
		return List.of(getPath("/"));
	}

	@Override
	public Iterable<FileStore> getFileStores() {
		return List.of();
	}

	@Override
	public Set<String> supportedFileAttributeViews() {
		return Set.of("basic");
	}

	@Override
	public Path getPath(String first, String... more) {
		if (more.length > 0)
			throw new UnsupportedOperationException();
		return new Place(this, first);
	}

	@Override
	public PathMatcher getPathMatcher(String pattern) {
		throw new UnsupportedOperationException();
	}

	@Override
	public UserPrincipalLookupService getUserPrincipalLookupService() {
		throw new UnsupportedOperationException();
	}

	@Override
	public WatchService newWatchService() {
		throw new UnsupportedOperationException();
	}
}
