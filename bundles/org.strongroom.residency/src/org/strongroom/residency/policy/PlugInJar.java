package org.strongroom.residency.policy;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** A plug-in that is not installed yet. */
@FunctionalInterface
public interface PlugInJar {
	/** Its JAR; fetched when it is asked for, which may be twice. */
	File file() throws IOException;

	/** Whether it adds something to Strongroom's extension points. @throws IOException if it is no whole JAR, or what it adds cannot be told */
	default boolean contributes() throws IOException {
		try (var zip = new ZipFile(file())) {
			for (String name : List.of("plugin.xml", "fragment.xml")) {
				ZipEntry entry = zip.getEntry(name);
				if (entry == null)
					continue;
				try (InputStream in = zip.getInputStream(entry)) {
					if (names(in))
						return true;
				}
			}
			return false;
		} catch (XMLStreamException e) {
			throw new IOException("its plugin.xml is damaged", e);
		}
	}

	private static boolean names(InputStream xml) throws XMLStreamException {
		XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
		factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
		factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
		XMLStreamReader reader = factory.createXMLStreamReader(xml);
		while (reader.hasNext())
			if (reader.next() == XMLStreamConstants.START_ELEMENT && reader.getLocalName().equals("extension")) {
				String point = reader.getAttributeValue(null, "point");
				if (point != null && point.startsWith("org.strongroom.core."))
					return true;
			}
		return false;
	}
}
