package org.strongroom.remotefs.internal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Blocks of one file that wait to be sent. They are kept in memory; the owner watches {@link #holds} and makes room, by sending blocks or by
 * {@link #spill}, which moves those longest untouched to an encrypted file. For one thread at a time.
 */
final class Spool implements Closeable {
	/** Length of a block in bytes. */
	static final int BLOCK = 64 << 10;

	private final int mostBlocks;
	private final Path folder;
	/** By number, the longest untouched first. */
	private final LinkedHashMap<Long, byte[]> memory = new LinkedHashMap<>(16, 0.75f, true);
	/** Wiped arrays of blocks that are gone, to be used again: a new one for each would keep the garbage collector busy. */
	private final ArrayDeque<byte[]> spare = new ArrayDeque<>();
	private SpoolFile file;

	/**
	 * @param mostMemory bytes
	 * @param folder where the file goes
	 */
	Spool(int mostMemory, Path folder) {
		mostBlocks = Math.max(2, mostMemory / BLOCK);
		this.folder = folder;
	}

	/** Whether a block is here. */
	boolean has(long block) {
		return memory.containsKey(block) || file != null && file.has(block);
	}

	/**
	 * A block's bytes, to be changed in place; it is in memory afterwards. Null if it is not here.
	 *
	 * @throws IOException if the file cannot be read, or was tampered with
	 */
	byte[] get(long block) throws IOException {
		byte[] bytes = memory.get(block);
		if (bytes == null && file != null && file.has(block)) {
			bytes = file.read(block);
			file.remove(block);
			memory.put(block, bytes);
		}
		return bytes;
	}

	/** A block's bytes, not to be changed; it stays where it is. Null if it is not here. */
	byte[] peek(long block) throws IOException {
		byte[] bytes = memory.get(block);
		return bytes != null ? bytes : file != null && file.has(block) ? file.read(block) : null;
	}

	/** An array for a block, all zero. */
	byte[] array() {
		return spare.isEmpty() ? new byte[BLOCK] : spare.pop();
	}

	private void wipe(byte[] bytes) {
		Arrays.fill(bytes, (byte) 0);
		if (spare.size() < mostBlocks)
			spare.push(bytes);
	}

	/** Takes a block; the array is the spool's from now on, and used for another one once this is gone. */
	void put(long block, byte[] bytes) {
		if (bytes.length != BLOCK)
			throw new IllegalArgumentException("a block has " + BLOCK + " bytes");
		memory.put(block, bytes);
		if (file != null)
			file.remove(block);
	}

	/** Whether so many blocks, or more, are in memory. */
	boolean holds(int blocks) {
		return memory.size() >= blocks;
	}

	/** Blocks that memory has room for. */
	int capacity() {
		return mostBlocks;
	}

	/** The blocks in memory, the longest untouched first. */
	List<Long> inMemory() {
		return new ArrayList<>(memory.keySet());
	}

	/** Moves the half of memory that was not touched for longest to the file. */
	void spill() throws IOException {
		if (file == null)
			file = SpoolFile.create(folder);
		for (long block : inMemory().subList(0, Math.max(1, memory.size() / 2))) {
			byte[] bytes = memory.get(block);
			file.write(block, bytes);
			memory.remove(block);
			wipe(bytes);
		}
	}

	/** Forgets a block. */
	void drop(long block) {
		byte[] bytes = memory.remove(block);
		if (bytes != null)
			wipe(bytes);
		if (file != null)
			file.remove(block);
	}

	/** Forgets all blocks from one on. */
	void dropFrom(long block) {
		for (Map.Entry<Long, byte[]> e : new ArrayList<>(memory.entrySet()))
			if (e.getKey() >= block)
				drop(e.getKey());
		if (file != null)
			file.removeFrom(block);
	}

	@Override
	public void close() throws IOException {
		dropFrom(0);
		spare.clear();
		if (file != null) {
			file.close();
			file = null;
		}
	}
}
