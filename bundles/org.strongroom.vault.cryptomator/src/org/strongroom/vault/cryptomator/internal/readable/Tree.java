package org.strongroom.vault.cryptomator.internal.readable;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

import org.strongroom.core.vault.DamagedVaultException;
import org.strongroom.vault.cryptomator.internal.NamePath;
import org.strongroom.vault.cryptomator.internal.encrypted.Changes;
import org.strongroom.vault.cryptomator.internal.encrypted.EncryptedVault;
import org.strongroom.vault.cryptomator.internal.encrypted.Folder;
import org.strongroom.vault.cryptomator.internal.encrypted.Found;
import org.strongroom.vault.cryptomator.internal.encrypted.Found.Type;

/** Finds what lies at a path: name by name from the root, following links. Never leads out of the vault. For one thing that a consumer does, by one thread. */
final class Tree {
	/** As Linux does (path_resolution(7)). */
	private static final int MOST_LINKS = 40;

	private final EncryptedVault vault;
	private final Changes changes;
	private final VaultPath root;
	private boolean isOld;

	Tree(EncryptedVault vault, Changes changes, VaultPath root) {
		this.vault = vault;
		this.changes = changes;
		this.root = root;
	}

	/** Whether what was found may be due to something that was kept in mind too long. */
	boolean isOld() {
		return isOld;
	}

	/**
	 * What lies at a path.
	 *
	 * @param follow whether a link at its end is followed, if need be to something missing
	 * @throws NoSuchFileException if a folder on the way is missing
	 */
	Node find(VaultPath wanted, boolean follow) throws IOException {
		return find(wanted, follow, false);
	}

	/** As {@link #find}, for a path that most likely leads to a folder. */
	Node findFolder(VaultPath wanted) throws IOException {
		return find(wanted, true, true);
	}

	private Node find(VaultPath wanted, boolean follow, boolean folderExpected) throws IOException {
		Deque<String> rest = new ArrayDeque<>(wanted.toAbsolutePath().names());
		var way = new ArrayList<Node>();
		way.add(new Node(root, vault.root(), List.of()));
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
			Node node = step(way, name, wanted, !last || folderExpected);
			if (node.is(Type.SYMLINK) && (!last || follow)) {
				if (++links > MOST_LINKS)
					throw new FileSystemLoopException(wanted.toString());
				String target = changes.target(node.found());
				if (target.startsWith("/"))
					way.subList(1, way.size()).clear();
				List<String> names = names(node.path(), target);
				for (int i = names.size() - 1; i >= 0; i--)
					rest.addFirst(names.get(i));
				continue;
			}
			if (last)
				return node;
			switch (node.found().type()) {
			case MISSING -> throw new NoSuchFileException(wanted.toString());
			case DIRECTORY -> way.add(node);
			case BROKEN -> throw new DamagedVaultException(node.path().toString(), node.found().problem().orElseThrow());
			default -> throw new NotDirectoryException(node.path().toString());
			}
		}
		return way.getLast();
	}

	private Node step(List<Node> way, String name, VaultPath wanted, boolean folderExpected) throws IOException {
		Node parent = way.getLast();
		Folder folder = parent.found().folder();
		EncryptedVault.Step step = folderExpected ? vault.enter(folder, name) : vault.look(folder, name);
		isOld |= step.isOld();
		Found found = step.found();
		if (parent.isCircle(found))
			throw new DamagedVaultException(wanted.toString(), "a folder that holds itself");
		return new Node(parent.path().child(name), found, way.stream().map(n -> n.found().folder()).toList());
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
}
