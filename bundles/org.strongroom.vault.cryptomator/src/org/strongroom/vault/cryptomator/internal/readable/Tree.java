package org.strongroom.vault.cryptomator.internal.readable;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

import org.cryptomator.cryptofs.InvalidFileNodeException;
import org.strongroom.core.vault.DamagedVaultException;
import org.strongroom.vault.cryptomator.internal.NamePath;
import org.strongroom.vault.cryptomator.internal.encrypted.EncryptedPath;
import org.strongroom.vault.cryptomator.internal.encrypted.Operation;
import org.strongroom.vault.cryptomator.internal.readable.Node.Type;

/**
 * Finds what lies at a path: name by name from the root, following links, of which cryptofs follows none on the way and relative ones not at all. Never leads out of the vault.
 * Used within an {@link Operation}.
 */
final class Tree {
	/** As Linux does (path_resolution(7)). */
	private static final int MOST_LINKS = 40;

	private final Engine engine;
	private final VaultPath root;
	private final Operation operation;

	Tree(Engine engine, VaultPath root, Operation operation) {
		this.engine = engine;
		this.root = root;
		this.operation = operation;
	}

	/** The same path for cryptofs. */
	static Path cryptoPath(Engine engine, VaultPath path) {
		return engine.cryptofs().getPath(path.toString());
	}

	/**
	 * What lies at a path.
	 *
	 * @param follow whether a link at its end is followed, if need be to something missing
	 * @throws NoSuchFileException if a folder on the way is missing
	 */
	Node find(VaultPath wanted, boolean follow) throws IOException {
		Deque<String> rest = new ArrayDeque<>(wanted.toAbsolutePath().names());
		var way = new ArrayList<Node>();
		way.add(rootNode());
		int links = 0;
		while (!rest.isEmpty()) {
			String name = rest.poll();
			if (name.equals(".") || name.isEmpty())
				continue;
			if (name.equals("..")) {
				if (way.size() > 1)
					way.removeLast();
				continue;
			}
			boolean last = rest.isEmpty();
			Node node = look(way, way.getLast().path().child(name), wanted, !last);
			if (node.is(Type.SYMLINK) && (!last || follow)) {
				if (++links > MOST_LINKS)
					throw new FileSystemLoopException(wanted.toString());
				String target = target(node.path());
				if (target.startsWith("/"))
					way.subList(1, way.size()).clear();
				List<String> names = names(node.path(), target);
				for (int i = names.size() - 1; i >= 0; i--)
					rest.addFirst(names.get(i));
				continue;
			}
			if (last)
				return node;
			switch (node.type()) {
			case MISSING -> throw new NoSuchFileException(wanted.toString());
			case DIRECTORY -> way.add(node);
			case BROKEN -> throw Failures.of(node.path().toString(), operation, new InvalidFileNodeException(wanted.toString(), ""));
			default -> throw new NotDirectoryException(node.path().toString());
			}
		}
		return way.getLast();
	}

	/** The target of a link, as written in it. */
	String target(VaultPath link) throws IOException {
		return engine.cryptofs().provider().readSymbolicLink(cryptoPath(engine, link)).toString();
	}

	private static List<String> names(VaultPath link, String target) throws DamagedVaultException {
		try {
			List<String> names = NamePath.split(target);
			if (target.isEmpty())
				throw new DamagedVaultException(link.toString(), "a link that leads nowhere");
			return names;
		} catch (InvalidPathException e) {
			throw new DamagedVaultException(link.toString(), "a link to what is no path");
		}
	}

	private Node rootNode() throws IOException {
		Optional<EncryptedPath> seen = engine.seen(root);
		if (seen.isPresent())
			return new Node(root, Type.DIRECTORY, seen);
		Node node = node(root);
		node.encrypted().ifPresent(e -> engine.see(root, e));
		return node;
	}

	private Node look(List<Node> way, VaultPath path, VaultPath wanted, boolean onTheWay) throws IOException {
		if (onTheWay) {
			Optional<EncryptedPath> seen = engine.seen(path);
			if (seen.isPresent())
				return new Node(path, Type.DIRECTORY, seen);
		}
		Node node = node(path);
		if (node.is(Type.DIRECTORY)) {
			if (way.stream().anyMatch(w -> w.encrypted().equals(node.encrypted())))
				throw new DamagedVaultException(wanted.toString(), "a folder that holds itself");
			engine.see(path, node.encrypted().orElseThrow());
		}
		return node;
	}

	/** @param path without links in it but for its end */
	private Node node(VaultPath path) throws IOException {
		try {
			var encrypted = (EncryptedPath) engine.cryptofs().getCiphertextPath(cryptoPath(engine, path));
			throwTrouble();
			return new Node(path, type(encrypted), Optional.of(encrypted));
		} catch (NoSuchFileException e) {
			throwTrouble();
			return new Node(path, Type.MISSING, Optional.empty());
		} catch (InvalidFileNodeException e) {
			throwTrouble();
			return new Node(path, Type.BROKEN, operation.broken());
		}
	}

	/** cryptofs takes for missing what could not be asked for. */
	private void throwTrouble() throws IOException {
		if (operation.fatal().isPresent())
			throw operation.fatal().get();
		if (operation.trouble().isPresent())
			throw operation.trouble().get();
	}

	private static Type type(EncryptedPath encrypted) {
		if (encrypted.getNameCount() == 3) // d/XX/YYY…
			return Type.DIRECTORY;
		return encrypted.getNameCount() == 5 && encrypted.names().getLast().equals("symlink.c9r") ? Type.SYMLINK : Type.FILE;
	}
}
