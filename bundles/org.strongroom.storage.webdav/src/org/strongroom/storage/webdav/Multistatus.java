package org.strongroom.storage.webdav;

import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

import javax.xml.namespace.QName;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

import org.strongroom.core.storage.ServerFaultException;

/**
 * Reads a multistatus body (RFC 4918 section 13) as it comes. Document types and entities are refused, prefixes do not matter. A server that sends more than
 * {@value #MOST_BETWEEN} bytes without one whole response, or more than {@value #MOST_RESPONSES} responses, or more than {@value #MOST_TEXT} characters in one property is given up, be it
 * compressed or not. Used by one thread.
 */
public final class Multistatus implements Closeable {
	static final int MOST_BETWEEN = 1 << 20;
	static final int MOST_RESPONSES = 1_000_001;
	static final int MOST_TEXT = 64 << 10;
	private static final int MOST_DEPTH = 32;
	private static final Pattern SECONDS = Pattern.compile("Second-(\\d{1,10})");
	private static final DavLock NO_LOCK = new DavLock("", Optional.empty(), Optional.empty());

	private static final XMLInputFactory FACTORY = factory();

	private final DavAnswer answer;
	private final String subject;
	private final Bounded received;
	private final Bounded unpacked;
	private final XMLStreamReader xml;
	private int responses;
	private boolean begun;

	private static XMLInputFactory factory() {
		XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
		factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
		factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
		factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, true);
		factory.setProperty(XMLInputFactory.IS_VALIDATING, false);
		factory.setXMLResolver((_, _, _, _) -> {
			throw new XMLStreamException("external entities are refused");
		});
		return factory;
	}

	/**
	 * @param answer of status 207; closed with this
	 * @param subject what errors are about
	 */
	public Multistatus(DavAnswer answer, String subject) throws IOException {
		this.answer = answer;
		this.subject = subject;
		try {
			received = new Bounded(answer.body());
			String encoding = answer.header("Content-Encoding").orElse("identity");
			unpacked = switch (encoding) {
			case "identity" -> received;
			case "gzip" -> new Bounded(new GZIPInputStream(received));
			default -> throw new ServerFaultException(subject, "the server's answer is encoded in a way that it was not asked for");
			};
			xml = FACTORY.createXMLStreamReader(unpacked);
		} catch (XMLStreamException e) {
			answer.close();
			throw fault(e);
		} catch (IOException | RuntimeException e) {
			answer.close();
			throw e;
		}
	}

	/** What may be read until it is {@link #reset}. */
	private final class Bounded extends FilterInputStream {
		private long count;

		Bounded(InputStream in) {
			super(in);
		}

		@Override
		public int read() throws IOException {
			int b = super.read();
			if (b >= 0)
				count(1);
			return b;
		}

		@Override
		public int read(byte[] bytes, int offset, int length) throws IOException {
			int n = super.read(bytes, offset, length);
			if (n > 0)
				count(n);
			return n;
		}

		private void count(int n) throws IOException {
			count += n;
			if (count > MOST_BETWEEN)
				throw endless();
		}

		void forget() {
			count = 0;
		}
	}

	private ServerFaultException endless() {
		return new ServerFaultException(subject, "the server's answer has no end; it was given up");
	}

	private IOException fault(XMLStreamException e) {
		if (e.getNestedException() instanceof IOException io)
			return io;
		return senseless(e);
	}

	private ServerFaultException senseless(Exception cause) {
		var fault = new ServerFaultException(subject, "the server's answer makes no sense");
		fault.initCause(cause);
		return fault;
	}

	/** The next response; empty at the end. */
	public Optional<DavResource> next() throws IOException {
		try {
			while (xml.hasNext()) {
				int event = step();
				if (event != XMLStreamConstants.START_ELEMENT)
					continue;
				if (!begun) {
					if (!is("multistatus"))
						throw senseless(null);
					begun = true;
				} else if (is("response")) {
					if (++responses > MOST_RESPONSES)
						throw endless();
					DavResource response = response();
					received.forget();
					unpacked.forget();
					return Optional.of(response);
				} else {
					text();
				}
			}
			if (!begun)
				throw senseless(null);
			return Optional.empty();
		} catch (XMLStreamException e) {
			throw fault(e);
		} catch (RuntimeException e) {
			throw senseless(e); // the JDK's reader ends with such on some malformed input
		}
	}

	private int step() throws XMLStreamException, ServerFaultException {
		int event = xml.next();
		if (event == XMLStreamConstants.DTD || event == XMLStreamConstants.ENTITY_REFERENCE)
			throw new ServerFaultException(subject, "the server's answer brings a document type or entities; it was given up");
		return event;
	}

	private boolean is(String name) {
		return DavResource.DAV.equals(xml.getNamespaceURI()) && name.equals(xml.getLocalName());
	}

	private DavResource response() throws XMLStreamException, IOException {
		String href = null;
		int status = 0;
		var found = new Found();
		for (int event = step(); event != XMLStreamConstants.END_ELEMENT; event = step()) {
			if (event != XMLStreamConstants.START_ELEMENT)
				continue;
			if (is("href"))
				href = text();
			else if (is("status"))
				status = status(text());
			else if (is("propstat"))
				propstat(found);
			else
				text();
		}
		if (href == null)
			throw senseless(null);
		return new DavResource(href, status, found.collection, found.properties, List.copyOf(found.locks));
	}

	private static final class Found {
		final Map<QName, String> properties = new HashMap<>();
		final List<DavLock> locks = new ArrayList<>();
		boolean collection;
	}

	private void propstat(Found found) throws XMLStreamException, IOException {
		var here = new Found();
		int status = 200;
		for (int event = step(); event != XMLStreamConstants.END_ELEMENT; event = step()) {
			if (event != XMLStreamConstants.START_ELEMENT)
				continue;
			if (is("prop"))
				properties(here);
			else if (is("status"))
				status = status(text());
			else
				text();
		}
		if (status == 200) {
			found.properties.putAll(here.properties);
			found.locks.addAll(here.locks);
			found.collection |= here.collection;
		}
	}

	private void properties(Found here) throws XMLStreamException, IOException {
		for (int event = step(); event != XMLStreamConstants.END_ELEMENT; event = step()) {
			if (event != XMLStreamConstants.START_ELEMENT)
				continue;
			if (is("resourcetype"))
				here.collection = holdsCollection();
			else if (is("lockdiscovery"))
				locks(here);
			else
				here.properties.put(xml.getName(), text());
		}
	}

	private void locks(Found here) throws XMLStreamException, IOException {
		for (int event = step(); event != XMLStreamConstants.END_ELEMENT; event = step()) {
			if (event == XMLStreamConstants.START_ELEMENT && is("activelock"))
				here.locks.add(lock());
			else if (event == XMLStreamConstants.START_ELEMENT)
				text();
		}
	}

	private DavLock lock() throws XMLStreamException, IOException {
		String token = "";
		Optional<String> owner = Optional.empty();
		Optional<Duration> timeout = Optional.empty();
		for (int event = step(); event != XMLStreamConstants.END_ELEMENT; event = step()) {
			if (event != XMLStreamConstants.START_ELEMENT)
				continue;
			if (is("locktoken"))
				token = text().strip();
			else if (is("owner"))
				owner = Optional.of(text().strip()).filter(o -> !o.isEmpty());
			else if (is("timeout"))
				timeout = Optional.of(SECONDS.matcher(text().strip())).filter(Matcher::matches).map(m -> Duration.ofSeconds(Long.parseLong(m.group(1))));
			else
				text();
		}
		return new DavLock(token, owner, timeout);
	}

	/**
	 * The first lock that the answer to a {@code LOCK} tells of (RFC 4918 section 9.10.1).
	 *
	 * @param answer not closed
	 * @return one that tells nothing if there is none, or the answer makes no sense
	 */
	static DavLock lock(DavAnswer answer, String subject) {
		try (var reader = new Multistatus(answer, subject)) {
			var found = new Found();
			while (reader.xml.hasNext() && found.locks.isEmpty()) {
				if (reader.step() == XMLStreamConstants.START_ELEMENT && reader.is("lockdiscovery"))
					reader.locks(found);
			}
			return found.locks.isEmpty() ? NO_LOCK : found.locks.getFirst();
		} catch (IOException | XMLStreamException | RuntimeException e) {
			return NO_LOCK;
		}
	}

	private boolean holdsCollection() throws XMLStreamException, IOException {
		boolean collection = false;
		for (int event = step(); event != XMLStreamConstants.END_ELEMENT; event = step()) {
			if (event == XMLStreamConstants.START_ELEMENT) {
				collection |= is("collection");
				text();
			}
		}
		return collection;
	}

	/** All text of the element that has just begun, and of what is in it, to its end. */
	private String text() throws XMLStreamException, IOException {
		var text = new StringBuilder();
		for (int depth = 1; depth > 0;) {
			switch (step()) {
			case XMLStreamConstants.START_ELEMENT -> depth++;
			case XMLStreamConstants.END_ELEMENT -> depth--;
			case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE -> text.append(xml.getTextCharacters(), xml.getTextStart(), xml.getTextLength());
			case XMLStreamConstants.END_DOCUMENT -> throw senseless(null);
			default -> {
				// comments and processing instructions say nothing
			}
			}
			if (depth > MOST_DEPTH || text.length() > MOST_TEXT)
				throw endless();
		}
		return text.toString();
	}

	/** The code of a status line such as {@code HTTP/1.1 200 OK}; 0 for what is none. */
	private static int status(String line) {
		String[] words = line.strip().split("\\s+");
		return words.length > 1 && words[1].matches("\\d{3}") ? Integer.parseInt(words[1]) : 0;
	}

	@Override
	public void close() {
		answer.close();
	}
}
