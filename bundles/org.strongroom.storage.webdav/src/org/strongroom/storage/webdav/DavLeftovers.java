package org.strongroom.storage.webdav;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Temporary files that a storage has put on a server and not taken away yet. If its connection is lost, the next storage of the same account tidies up. In memory alone, so that of a process
 * that ends with its connection broken a {@code .strongroom-….part} may stay. Thread-safe.
 */
final class DavLeftovers {
	/** How long a server may go on with a request that nobody waits for any more, in nanoseconds. */
	private static final long LATEST = TimeUnit.MINUTES.toNanos(10);
	/** Of storages of one account, those that may still owe something. */
	private static final Map<String, List<DavLeftovers>> ACCOUNTS = new ConcurrentHashMap<>();

	/** By their paths, the path of the file that each was about to replace; empty for none. */
	private final Map<String, String> items = new ConcurrentHashMap<>();
	/** Of these, what may appear as late as that, as {@link System#nanoTime()}. */
	private final Map<String, Long> awaited = new ConcurrentHashMap<>();
	private final BooleanSupplier isOpen;
	private final String account;

	private DavLeftovers(String account, BooleanSupplier isOpen) {
		this.account = account;
		this.isOpen = isOpen;
	}

	/** Begins to keep record for a storage. @param isOpen whether that can still tidy up itself */
	static DavLeftovers of(DavSettings settings, BooleanSupplier isOpen) {
		var mine = new DavLeftovers(settings.origin() + " " + settings.user().orElse(""), isOpen);
		ACCOUNTS.compute(mine.account, (_, all) -> {
			if (all == null)
				return List.of(mine);
			all.stream().filter(other -> !other.isOpen.getAsBoolean()).forEach(other -> {
				mine.items.putAll(other.items);
				mine.awaited.putAll(other.awaited);
			});
			return java.util.stream.Stream.concat(all.stream().filter(other -> other.isOpen.getAsBoolean()), java.util.stream.Stream.of(mine)).toList();
		});
		return mine;
	}

	/** The storage is closed. What it owes is kept. */
	void end() {
		ACCOUNTS.computeIfPresent(account, (_, all) -> {
			List<DavLeftovers> rest = items.isEmpty() ? all.stream().filter(other -> other != this).toList() : all;
			return rest.isEmpty() ? null : rest;
		});
	}

	/** A temporary file is about to be made. */
	void add(String path) {
		items.put(path, "");
	}

	/** It is about to replace a file, which the server may remove before: then it is all there is. */
	void replaces(String path, String target) {
		items.replace(path, target);
	}

	/** It is being made by a request that nobody has answered. */
	void mayAppear(String path) {
		awaited.put(path, System.nanoTime() + LATEST);
	}

	/** Whether it may still appear. */
	boolean isAwaited(String path) {
		Long until = awaited.get(path);
		return until != null && System.nanoTime() < until;
	}

	/** It is gone. */
	void gone(String path) {
		items.remove(path);
		awaited.remove(path);
	}

	/** What there is: paths, and of each that of the file that it was about to replace, empty for none. */
	Map<String, String> items() {
		return Map.copyOf(items);
	}
}
