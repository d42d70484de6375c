package org.strongroom.residency.internal.audit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.strongroom.core.residency.AuditEvent;
import org.strongroom.core.residency.Outgoing;

/**
 * An event, before it is known which line it becomes.
 *
 * @param places as {@link org.strongroom.core.Bookmark#onServer}, readable
 * @param to where it went, as {@link AuditEvent#place}, readable
 */
record Happened(Instant time, String event, String result, String server, String serverKey, String vault, List<String> places, String to, Map<String, String> detail) {
	static Happened of(AuditEvent e) {
		List<String> places = e.paths();
		if (e.bookmark().isPresent() && !places.isEmpty()) {
			String[] all = new String[places.size()];
			for (int i = 0; i < all.length; i++)
				all[i] = e.bookmark().get().onServer(places.get(i));
			places = List.of(all);
		}
		return new Happened(e.time(), e.kind().word(), e.result().word(), e.bookmark().isEmpty() ? "" : Places.server(e.bookmark().get()), e.serverKey().orElse(""), e.vault().orElse(""), places,
				e.place(), e.detail());
	}

	/** Whether it holds names, which only the auditor may read. */
	boolean hasNames() {
		return !places.isEmpty() || hidesPlace();
	}

	private boolean hidesPlace() {
		return !to.isEmpty() && !to.equals(Outgoing.STANDARD_OUTPUT);
	}

	/** The body of its line. @param sealed {@code ,"sealed":{…}} or nothing */
	String body(Origin origin, LogKeys keys, String sealed) {
		StringBuilder out = origin.body(time, event, result);
		if (!server.isEmpty())
			Json.field(out, "server", server);
		if (!serverKey.isEmpty())
			Json.field(out, "key", serverKey);
		if (!vault.isEmpty())
			Json.field(out, "vault", vault);
		if (!places.isEmpty()) {
			String separator = ",\"paths\":[";
			for (String place : places) {
				out.append(separator).append('"').append(keys.hash(server + "\n" + place)).append('"');
				separator = ",";
			}
			out.append(']');
		}
		if (!to.isEmpty())
			Json.field(out, "place", hidesPlace() ? keys.hash(Places.away(to)) : to);
		out.append(sealed);
		if (!detail.isEmpty())
			Json.object(out, "detail", detail);
		return out.toString();
	}

	/** The readable places, as they are encrypted for the auditor: an array of strings, of which the last is where it went, if that is hidden. */
	String readable() {
		var all = new ArrayList<>(places);
		if (hidesPlace())
			all.add(to);
		return array(all);
	}

	private static String array(List<String> strings) {
		var out = new StringBuilder("[");
		String separator = "";
		for (String string : strings) {
			Json.string(out.append(separator), string);
			separator = ",";
		}
		return out.append(']').toString();
	}

	/** To be kept for later, by {@link #read}. */
	String text() {
		var out = new StringBuilder("{\"time\":\"").append(time).append('"');
		Json.field(out, "event", event);
		Json.field(out, "result", result);
		Json.field(out, "server", server);
		Json.field(out, "key", serverKey);
		Json.field(out, "vault", vault);
		out.append(",\"places\":").append(array(places));
		Json.field(out, "to", to);
		Json.object(out, "detail", detail);
		return out.append('}').toString();
	}

	static Happened read(String text) {
		Map<String, Object> is = Json.read(text);
		var places = new ArrayList<String>();
		((List<?>) is.get("places")).forEach(p -> places.add((String) p));
		var detail = new TreeMap<String, String>();
		((Map<?, ?>) is.get("detail")).forEach((k, v) -> detail.put((String) k, (String) v));
		return new Happened(Instant.parse((String) is.get("time")), (String) is.get("event"), (String) is.get("result"), (String) is.get("server"), (String) is.get("key"), (String) is.get("vault"),
				places, (String) is.get("to"), detail);
	}
}
