package org.strongroom.core.internal;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

import org.strongroom.core.Bookmark;
import org.strongroom.core.Item;
import org.strongroom.core.Location;
import org.strongroom.core.MissingPlugInException;
import org.strongroom.core.PlugIns.VaultFormatInfo;
import org.strongroom.core.Session;
import org.strongroom.core.auth.Challenge;
import org.strongroom.core.auth.SignIn;
import org.strongroom.core.auth.WrongSecretException;
import org.strongroom.core.residency.Audit;
import org.strongroom.core.residency.AuditEvent;
import org.strongroom.core.residency.AuditEvent.Result;
import org.strongroom.core.residency.ForbiddenException;
import org.strongroom.core.storage.Chain;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.DetailedListing;
import org.strongroom.core.storage.FileInfo.Type;
import org.strongroom.core.storage.ServerFaultException;
import org.strongroom.core.storage.Storage;
import org.strongroom.core.storage.StorageAttributes;
import org.strongroom.core.storage.StorageFileSystem;
import org.strongroom.core.storage.StoragePaths;
import org.strongroom.core.vault.LockedVault;
import org.strongroom.core.vault.Vault;
import org.strongroom.core.vault.VaultFormat;
import org.strongroom.core.vault.VaultInfo;
import org.strongroom.core.vault.VaultLockedException;
import org.strongroom.core.vault.VaultState;

/** A session over one storage. Vaults are not looked for inside vaults. */
final class RemoteSession implements Session {
	/** Most items of one folder that are taken from a server before it counts as endless. */
	private static final int MOST_ITEMS = 1_000_000;
	/** Most folders that are looked into at once for signs of a vault. */
	private static final int PROBES = 1024;
	/** Signs of vaults whose format is not installed, and the plug-in that would open them. */
	private static final Map<String, String> WELL_KNOWN = Map.of("vault.cryptomator", "cryptomator", "masterkey.cryptomator", "cryptomator");

	/** How long it is believed what a folder is, in nanoseconds: others may make a vault of it meanwhile. */
	private static final long KIND_LIFETIME = 30_000_000_000L;

	/** Details of a vault that are recorded when it is unlocked, and characters of each. */
	private static final int MOST_WORDS = 12;
	private static final int LONGEST_WORDS = 100;

	/** What a folder is (a vault of a format, a vault of an uninstalled one, or none) and when that was found. */
	private record Kind(Optional<VaultFormatInfo> format, Optional<String> missing, long found) {
		Kind(VaultFormatInfo format, String missing) {
			this(Optional.ofNullable(format), Optional.ofNullable(missing), System.nanoTime());
		}

		boolean isVault() {
			return format.isPresent() || missing.isPresent();
		}
	}

	private final SessionRegistry registry;
	private final Bookmark bookmark;
	private final StorageFileSystem fileSystem;
	private final Path root;
	private final ConcurrentSkipListMap<String, Vault> vaults = new ConcurrentSkipListMap<>();
	private final Map<String, Kind> kinds = new ConcurrentHashMap<>();
	private volatile Optional<String> serverKey;
	private volatile boolean closed;
	private volatile boolean reportedLost;

	RemoteSession(SessionRegistry registry, Bookmark bookmark, SessionRegistry.Connected connected) throws IOException {
		this.registry = registry;
		this.bookmark = bookmark;
		serverKey = connected.serverKey();
		Storage storage = connected.storage();
		try {
			fileSystem = registry.fileSystems().open(UUID.randomUUID().toString(), storage);
			root = startFolder(storage);
			Trails.register(fileSystem, this);
		} catch (IOException | RuntimeException e) {
			storage.close();
			throw e;
		}
	}

	private Path startFolder(Storage storage) throws IOException {
		Path folder = fileSystem.getPath(Location.normal(storage.startFolder(bookmark.startFolder())));
		if (folder.getNameCount() > 0 && !Files.isDirectory(folder)) {
			if (Files.exists(folder))
				throw new NotDirectoryException(folder.toString());
			throw new NoSuchFileException(folder.toString());
		}
		return folder;
	}

	@Override
	public Bookmark bookmark() {
		return bookmark;
	}

	@Override
	public Optional<String> serverKey() {
		return serverKey;
	}

	@Override
	public Audit audit() {
		return registry.audit();
	}

	@Override
	public State state() {
		if (closed)
			return State.CLOSED;
		return fileSystem.storage().isOpen() ? State.SIGNED_IN : State.LOST;
	}

	@Override
	public StorageFileSystem fileSystem() {
		return fileSystem;
	}

	@Override
	public Path item(String location, Unlocking unlocking) throws IOException {
		check();
		String normal = Location.normal(location);
		String parent = parent(normal);
		if (normal.equals("/"))
			return root;
		Optional<String> vault = enter(parent, unlocking);
		return vault.map(v -> inVault(v, normal)).orElseGet(() -> remote(normal));
	}

	@Override
	public Path folder(String location, Unlocking unlocking) throws IOException {
		check();
		String normal = Location.normal(location);
		Optional<String> vault = enter(normal, unlocking);
		return vault.map(v -> inVault(v, normal)).orElseGet(() -> remote(normal));
	}

	/** The unlocked vault that a location lies in or is, unlocking it if there is one and it is wished. */
	private Optional<String> enter(String location, Unlocking unlocking) throws IOException {
		if (unlocking == Unlocking.NEVER)
			return Optional.empty();
		Optional<String> open = vaultOf(location).map(Map.Entry::getKey);
		if (open.isPresent())
			return open;
		// one after another: what lies in a vault has a name that the server must not be asked for
		for (String folder : prefixes(location)) {
			Kind kind = kind(folder);
			if (kind.missing().isPresent())
				throw new MissingPlugInException(kind.missing().get(), "The vault " + folder + " cannot be opened");
			if (kind.isVault()) {
				if (unlocking == Unlocking.FAIL)
					throw new VaultLockedException(folder);
				unlock(folder);
				return Optional.of(folder);
			}
		}
		return Optional.empty();
	}

	/** {@code /}, {@code /a}, {@code /a/b} for {@code /a/b}. */
	private static List<String> prefixes(String location) {
		var all = new ArrayList<String>();
		all.add("/");
		for (int slash = location.indexOf('/', 1); slash > 0; slash = location.indexOf('/', slash + 1))
			all.add(location.substring(0, slash));
		if (location.length() > 1)
			all.add(location);
		return all;
	}

	private Path remote(String location) {
		Path path = root;
		for (String name : location.split("/"))
			if (!name.isEmpty())
				path = path.resolve(name);
		return path;
	}

	private Path inVault(String vault, String location) {
		Vault open = vaults.get(vault);
		if (open == null)
			return remote(location);
		Path path = open.root();
		String rest = location.substring(vault.equals("/") ? 0 : vault.length());
		for (String name : rest.split("/"))
			if (!name.isEmpty())
				path = path.resolve(name);
		return path;
	}

	@Override
	public Optional<String> locate(Path path) {
		if (path.getFileSystem() == fileSystem) {
			Path absolute = path.toAbsolutePath().normalize();
			if (!absolute.startsWith(root))
				return Optional.empty();
			return Optional.of(Location.normal("/" + root.relativize(absolute)));
		}
		return vaults.entrySet().stream().filter(v -> v.getValue().root().getFileSystem() == path.getFileSystem())
				.map(v -> Location.normal(v.getKey() + "/" + path.toAbsolutePath().normalize())).findFirst();
	}

	@Override
	public Contents contents(String location, Unlocking unlocking) throws IOException {
		String normal = Location.normal(location);
		audit().admit(() -> AuditEvent.of(AuditEvent.Kind.LIST, Result.OK, this, normal));
		Path folder = folder(normal, unlocking);
		AuditEvent event = AuditEvent.of(AuditEvent.Kind.LIST, Result.OK, this, normal);
		Contents contents;
		try {
			contents = contents(normal, folder);
		} catch (IOException | RuntimeException e) {
			audit().failed(event, e);
			throw e;
		}
		audit().grant(event.ended().with("items", Integer.toString(contents.items().size() + contents.unreadable())));
		return contents;
	}

	private Contents contents(String normal, Path folder) throws IOException {
		DetailedListing.Contents contents;
		try {
			contents = DetailedListing.contentsOf(folder);
		} catch (IOException e) {
			throw noticed(e);
		}
		List<DetailedListing.Row> rows = contents.rows();
		if (rows.size() > MOST_ITEMS)
			throw new ServerFaultException(normal, "the server lists more than %,d items: the listing was given up".formatted(MOST_ITEMS));
		List<Item> items = rows.stream().map(row -> describe(row, child(normal, row.path().getFileName().toString()))).toList();
		return new Contents(folder.getFileSystem() == fileSystem ? withVaults(items) : items, contents.unreadable());
	}

	/** An item of a listing; one that cannot be read is shown as such. */
	private static Item describe(DetailedListing.Row row, String location) {
		if (row.attributes().isPresent())
			return item(row.path(), location, row.attributes().get(), Optional.empty());
		Optional<String> why = row.problem().map(e -> org.strongroom.core.Problem.of(e).message());
		return new Item(name(location), location, row.path(), Type.OTHER, 0, Instant.EPOCH, Optional.empty(), why, Set.of());
	}

	private static Item item(Path path, String location, BasicFileAttributes a, Optional<VaultState> vault) {
		Type type = a.isSymbolicLink() ? Type.SYMLINK : a.isDirectory() ? Type.DIRECTORY : a.isRegularFile() ? Type.FILE : Type.OTHER;
		return new Item(name(location), location, path, type, type == Type.FILE ? a.size() : 0, a.lastModifiedTime().toInstant(), vault, Optional.empty(), a instanceof StorageAttributes s ? s.refused() : Set.of());
	}

	/** The same items, those marked that are vaults. All folders are looked at at once. */
	private List<Item> withVaults(List<Item> items) throws IOException {
		var marked = new ArrayList<Item>(items);
		var limit = new Semaphore(PROBES);
		var looks = new LinkedHashMap<Integer, Future<Optional<VaultState>>>();
		try {
			for (int i = 0; i < marked.size(); i++) {
				Item item = marked.get(i);
				if (!item.isFolder() || item.problem().isPresent())
					continue;
				limit.acquire();
				looks.put(i, Chain.start("is it a vault?", () -> {
					try {
						return state(item.location());
					} finally {
						limit.release();
					}
				}));
			}
			for (var look : looks.entrySet()) {
				try {
					Optional<VaultState> vault = look.getValue().get();
					Item i = marked.get(look.getKey());
					if (vault.isPresent())
						marked.set(look.getKey(), new Item(i.name(), i.location(), i.path(), i.type(), i.size(), i.modified(), vault, i.problem(), i.refused()));
				} catch (ExecutionException e) {
					if (e.getCause() instanceof ConnectionException lost)
						throw noticed(lost);
				}
			}
		} catch (InterruptedException e) {
			looks.values().forEach(look -> look.cancel(true));
			throw new InterruptedIOException();
		}
		return List.copyOf(marked);
	}

	@Override
	public Item stat(String location, Unlocking unlocking) throws IOException {
		String normal = Location.normal(location);
		try {
			Path path = item(normal, unlocking);
			var attributes = Files.readAttributes(path, StorageAttributes.class, LinkOption.NOFOLLOW_LINKS);
			Optional<VaultState> vault = path.getFileSystem() == fileSystem && attributes.isDirectory() ? state(normal) : Optional.empty();
			return item(path, normal, attributes, vault);
		} catch (IOException e) {
			throw noticed(e);
		}
	}

	@Override
	public Optional<VaultState> vaultState(String location) throws IOException {
		check();
		String normal = Location.normal(location);
		if (vaultOf(normal).filter(v -> !v.getKey().equals(normal)).isPresent())
			return Optional.empty();
		return state(normal);
	}

	private Optional<VaultState> state(String location) throws IOException {
		if (vaults.containsKey(location))
			return Optional.of(VaultState.UNLOCKED);
		Kind kind = kind(location);
		return kind.format().isPresent() ? Optional.of(VaultState.LOCKED)
				: kind.missing().isPresent() ? Optional.of(VaultState.UNSUPPORTED) : Optional.empty();
	}

	private Kind kind(String location) throws IOException {
		Kind known = kinds.get(location);
		if (known != null && System.nanoTime() - known.found() < KIND_LIFETIME)
			return known;
		Kind found = look(remote(location));
		kinds.put(location, found);
		return found;
	}

	private Kind look(Path folder) throws IOException {
		var formats = new LinkedHashMap<String, VaultFormatInfo>();
		for (VaultFormatInfo format : registry.plugIns().vaultFormats())
			format.markers().forEach(marker -> formats.putIfAbsent(marker, format));
		var markers = new LinkedHashSet<>(formats.keySet());
		markers.addAll(WELL_KNOWN.keySet());
		var there = new LinkedHashMap<String, Future<Boolean>>();
		markers.forEach(marker -> there.put(marker, Chain.start("is it a vault?", () -> isFile(folder.resolve(marker)))));
		for (String marker : markers)
			if (get(there.get(marker)))
				return formats.containsKey(marker) ? new Kind(formats.get(marker), null) : new Kind(null, WELL_KNOWN.get(marker));
		return new Kind(null, null);
	}

	private static <T> T get(Future<T> work) throws IOException {
		try {
			return work.get();
		} catch (ExecutionException e) {
			throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
		} catch (InterruptedException e) {
			throw new InterruptedIOException();
		}
	}

	/** Whether there is a file; a lost connection is no answer. */
	private static boolean isFile(Path path) throws IOException {
		try {
			return Files.readAttributes(path, BasicFileAttributes.class).isRegularFile();
		} catch (ConnectionException | InterruptedIOException e) {
			throw e;
		} catch (IOException e) {
			return false;
		}
	}

	@Override
	public VaultInfo vaultInfo(String location) throws IOException {
		check();
		String normal = Location.normal(location);
		Vault open = vaults.get(normal);
		return open != null ? open.info() : format(normal).inspect(remote(normal)).info();
	}

	private VaultFormat format(String location) throws IOException {
		Kind kind = kind(location);
		if (kind.missing().isPresent())
			throw new MissingPlugInException(kind.missing().get(), "The vault " + location + " cannot be opened");
		if (kind.format().isEmpty())
			throw new NoSuchFileException(location, null, "there is no vault here");
		return registry.plugIns().vaultFormat(kind.format().get().id());
	}

	@Override
	public Vault unlock(String location) throws IOException {
		check();
		String normal = Location.normal(location);
		synchronized (vaults) {
			Vault open = vaults.get(normal);
			if (open != null)
				return open;
			try {
				VaultFormat format = registry.recorded(new AuditEvent(Instant.now(), AuditEvent.Kind.UNLOCK, Result.OK, Optional.of(bookmark), serverKey, Optional.empty(), List.of(normal), Map.of()), () -> format(normal));
				LockedVault locked = format.inspect(remote(normal));
				registry.admit(bookmark, normal, locked.info());
				var event = new AuditEvent(Instant.now(), AuditEvent.Kind.UNLOCK, Result.OK, Optional.of(bookmark), serverKey, locked.info().id(), List.of(normal), encryption(locked.info()));
				open = registry.signIn(bookmark).open(attempt -> new Challenge.VaultPassphrase(bookmark.name(), shown(normal), attempt),
						secret -> audit().during(event, () -> locked.unlock(secret)));
			} catch (WrongSecretException e) {
				throw wrong(normal);
			} catch (IOException e) {
				throw noticed(e);
			}
			vaults.put(normal, open);
			Trails.register(open.root().getFileSystem(), this);
		}
		registry.fire(this);
		return vaults.get(normal);
	}

	/** How a vault is encrypted, as the log has it: short words, whatever the vault says. */
	private static Map<String, String> encryption(VaultInfo info) {
		var words = new TreeMap<String, String>();
		words.put("format", info.format());
		info.properties().forEach((name, value) -> {
			if (!info.id().equals(Optional.of(value)) && words.size() < MOST_WORDS)
				words.put(name.toLowerCase(Locale.ROOT).replaceAll("[^a-z]+", "-"), value.substring(0, Math.min(LONGEST_WORDS, value.length())));
		});
		return words;
	}

	@Override
	public void prove(String location) throws IOException {
		check();
		String normal = Location.normal(location);
		if (!vaults.containsKey(normal))
			throw new VaultLockedException(normal);
		LockedVault there = format(normal).inspect(remote(normal));
		try {
			// without authenticators nothing is known but what the person knows
			new SignIn(List.of(), registry.signIn(bookmark).person()).open(attempt -> new Challenge.VaultPassphrase(bookmark.name(), shown(normal), attempt), secret -> {
				there.unlock(secret).close();
				return true;
			});
		} catch (WrongSecretException e) {
			throw wrong(normal);
		}
	}

	private static WrongSecretException wrong(String vault) {
		return new WrongSecretException("The passphrase does not open the vault %s.".formatted(vault));
	}

	/** What a person calls a vault. */
	private String shown(String vault) {
		return vault.equals("/") ? bookmark.name() : vault.substring(1);
	}

	@Override
	public void lock(String location) throws IOException {
		String normal = Location.normal(location);
		if (!vaults.containsKey(normal))
			return;
		registry.fireLocking(this, normal);
		closeVault(normal);
	}

	private void closeVault(String location) throws IOException {
		AuditEvent event = AuditEvent.of(AuditEvent.Kind.LOCK, Result.OK, this, location);
		Vault vault = vaults.remove(location);
		if (vault == null)
			return;
		Trails.forget(vault.root().getFileSystem());
		try {
			vault.close();
			afterwards(event);
		} catch (IOException e) {
			audit().failed(event, e);
			throw e;
		} finally {
			registry.fire(this);
		}
	}

	/** Records what nothing is kept back for: it takes away, and gives nobody anything. */
	private void afterwards(AuditEvent event) {
		try {
			audit().record(event.ended());
		} catch (ForbiddenException e) {
			// It waits to be written.
		}
	}

	@Override
	public Map<String, Vault> vaults() {
		return Map.copyOf(vaults);
	}

	@Override
	public Optional<Map.Entry<String, Vault>> vaultOf(String location) {
		String normal = Location.normal(location);
		return vaults.entrySet().stream().filter(v -> StoragePaths.isIn(normal, v.getKey())).map(v -> Map.entry(v.getKey(), v.getValue()))
				.max(Comparator.comparingInt(v -> v.getKey().length()));
	}

	@Override
	public void refresh(String location) {
		String normal = Location.normal(location);
		kinds.keySet().removeIf(k -> StoragePaths.isIn(k, normal) || StoragePaths.isIn(normal, k));
		Optional<Map.Entry<String, Vault>> vault = vaultOf(normal);
		fileSystem.refresh(remote(vault.map(Map.Entry::getKey).orElse(normal)));
	}

	@Override
	public void reconnect() throws IOException {
		if (closed)
			throw new ConnectionException("The session with " + bookmark.server() + " has been closed; open the bookmark again.");
		synchronized (this) {
			if (fileSystem.storage().isOpen())
				return;
			Storage lost = fileSystem.storage();
			SessionRegistry.Connected fresh = registry.connect(bookmark);
			serverKey = fresh.serverKey();
			fileSystem.reconnected(fresh.storage());
			reportedLost = false;
			lost.close();
		}
		registry.fire(this);
	}

	/** Lets listeners know when an error shows that the connection is gone. */
	private IOException noticed(IOException e) {
		if (e instanceof ConnectionException && state() == State.LOST && !reportedLost) {
			reportedLost = true;
			registry.fire(this);
		}
		return e;
	}

	private void check() throws IOException {
		if (closed)
			throw new ConnectionException("The session with " + bookmark.server() + " has been closed; open the bookmark again.");
	}

	@Override
	public void close() throws IOException {
		if (closed)
			return;
		registry.fireLocking(this, "/");
		IOException failed = null;
		for (String vault : vaults().keySet()) {
			try {
				closeVault(vault);
			} catch (IOException e) {
				failed = e;
			}
		}
		closed = true;
		Trails.forget(fileSystem);
		afterwards(AuditEvent.of(AuditEvent.Kind.SIGN_OUT, Result.OK, this));
		Storage storage = fileSystem.storage();
		try {
			fileSystem.close();
			storage.close();
		} finally {
			registry.closed(this);
		}
		if (failed != null)
			throw failed;
	}

	private static String parent(String location) {
		int slash = location.lastIndexOf('/');
		return slash <= 0 ? "/" : location.substring(0, slash);
	}

	private static String child(String location, String name) {
		return location.equals("/") ? "/" + name : location + "/" + name;
	}

	private static String name(String location) {
		return location.substring(location.lastIndexOf('/') + 1);
	}
}
