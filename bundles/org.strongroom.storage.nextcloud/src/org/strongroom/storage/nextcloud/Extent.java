package org.strongroom.storage.nextcloud;

import java.util.Map;
import java.util.TreeMap;

/** Which places of something were written. */
final class Extent {
	/** Beginning and end of each run; they do not touch each other. */
	private final TreeMap<Integer, Integer> runs = new TreeMap<>();

	/** From a place on to before another one. */
	void add(int from, int to) {
		if (from >= to)
			return;
		int begin = from;
		int end = to;
		for (Map.Entry<Integer, Integer> run = runs.floorEntry(end); run != null && run.getValue() >= begin; run = runs.floorEntry(end)) {
			begin = Math.min(begin, run.getKey());
			end = Math.max(end, run.getValue());
			runs.remove(run.getKey());
		}
		runs.put(begin, end);
	}

	/** Whether all was written from the beginning to before a place. */
	boolean covers(int to) {
		return to == 0 || runs.getOrDefault(0, 0) >= to;
	}

	/** Behind the last place that was written. */
	int end() {
		return runs.isEmpty() ? 0 : runs.lastEntry().getValue();
	}
}
