package org.strongroom.ui.internal.transfer;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import org.eclipse.core.runtime.IProgressMonitor;
import org.eclipse.ui.PlatformUI;
import org.strongroom.core.Item;
import org.strongroom.core.Session;
import org.strongroom.core.Session.Unlocking;
import org.strongroom.core.residency.Guard;
import org.strongroom.core.residency.Outgoing;
import org.strongroom.core.residency.Passage;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.transfer.Progress;
import org.strongroom.core.transfer.Transfer;
import org.strongroom.core.transfer.Transfer.Existing;
import org.strongroom.editors.Exports;
import org.strongroom.editors.WaysOut;
import org.strongroom.ui.Problems;
import org.strongroom.ui.Problems.Failure;
import org.strongroom.ui.internal.explorer.Container;
import org.strongroom.ui.internal.explorer.Explorer;
import org.strongroom.ui.internal.explorer.Node;
import org.strongroom.ui.internal.explorer.Sizes;
import org.strongroom.ui.internal.prompt.DialogPrompter;
import org.strongroom.ui.internal.transfer.ExistingDialog.Answer;
import org.strongroom.ui.internal.transfer.ExistingDialog.Choice;
import org.strongroom.ui.internal.work.Ui;
import org.strongroom.ui.internal.work.Work;

/** Copies, moves, uploads, saves to this machine and deletes, in the background. To be started on the UI thread. */
public final class TransferWork {
	/** Of the progress bar, for each thing to handle. */
	private static final int TICKS = 100;
	private final Explorer explorer;

	/** One thing to handle. */
	private record Source(String name, Path path, boolean folder) {
	}

	/** Where things go. */
	private record Target(String name, Place place) {
	}

	/** Looks a folder up; may ask the server. */
	@FunctionalInterface
	private interface Place {
		Path path() throws IOException;
	}

	private enum Kind {
		COPY("Copying", "copied"), MOVE("Moving", "moved"), UPLOAD("Uploading", "uploaded"), DOWNLOAD("Saving to this machine", "saved");

		private final String doing;
		private final String done;

		Kind(String doing, String done) {
			this.doing = doing;
			this.done = done;
		}
	}

	/** @param explorer shows the outcome */
	public TransferWork(Explorer explorer) {
		this.explorer = explorer;
	}

	/** Copies items into a folder; beside themselves under another name. */
	public void copy(List<Node> nodes, Container folder) {
		start(Kind.COPY, sources(nodes), remote(folder), List.of(folder));
	}

	/**
	 * Copies an item into a folder, whether that is shown or not; beside something of its name under another one if the person wishes.
	 *
	 * @param then told on the UI thread where the copy lies, if there is one
	 */
	public void copy(Item item, Session session, String folder, Consumer<String> then) {
		start(Kind.COPY, List.of(new Source(item.name(), item.path(), item.isFolder())), new Target(folder.equals("/") ? session.bookmark().name() : folder, () -> session.folder(folder, Unlocking.FAIL)),
				() -> Ui.async(() -> show(session, folder)), made -> made.stream().flatMap(m -> session.locate(m).stream()).findFirst().ifPresent(at -> Ui.async(() -> then.accept(at))));
	}

	/** Moves items into a folder. */
	public void move(List<Node> nodes, Container folder) {
		List<Node> elsewhere = nodes.stream().filter(n -> n.parent() != folder).toList();
		var shown = new ArrayList<Container>(List.of(folder));
		elsewhere.stream().map(Node::parent).distinct().forEach(shown::add);
		start(Kind.MOVE, sources(elsewhere), remote(folder), shown);
	}

	/** Copies files and folders of this machine into a folder. */
	public void upload(List<String> files, Container folder) {
		List<Source> sources = files.stream().map(Path::of).map(f -> new Source(f.getFileName() == null ? "root" : f.getFileName().toString(), f, Files.isDirectory(f))).toList();
		start(Kind.UPLOAD, sources, remote(folder), List.of(folder));
	}

	/** Writes readable copies into a folder of this machine. The person has asked for exactly that. */
	public void download(List<Node> nodes, Path folder) {
		start(Kind.DOWNLOAD, readable(nodes), new Target(folder.toString(), () -> folder), List.of());
	}

	/** Writes a readable copy of one file to a file of this machine, which the person has named (and agreed to replace, if it exists). */
	public void download(Node node, Path file) {
		Item item = node.item().orElseThrow();
		Work.start(Kind.DOWNLOAD.doing, item.name(), "%s was not saved.".formatted(item.name()), monitor -> {
			var failures = new ArrayList<Failure>();
			monitor.beginTask("", TICKS);
			Optional<Passage> passage = Optional.ofNullable(pass(List.of(item.path()), file).get(item.path()));
			Transfer.copy(item.path(), file, Existing.REPLACE, new Telling(monitor, TICKS, failures, passage));
			if (failures.isEmpty())
				exported();
			finish(Kind.DOWNLOAD, failures);
		});
	}

	/** Tells the person, before they say where, if readable copies may go nowhere on this machine. @return whether they may go somewhere */
	public static boolean mayDownload(List<Node> nodes) {
		List<Path> all = readable(nodes).stream().map(Source::path).toList();
		return Outgoing.copying(all, Path.of("")).keySet().stream().allMatch(WaysOut::mayPass);
	}

	private static List<Source> sources(List<Node> nodes) {
		return nodes.stream().flatMap(n -> n.item().stream()).map(i -> new Source(i.name(), i.path(), i.isFolder())).toList();
	}

	/** What a person gets to read: of an unlocked vault what is in it. */
	private static List<Source> readable(List<Node> nodes) {
		var all = new ArrayList<Source>();
		for (Node n : nodes) {
			Optional<Path> vault = n instanceof Container c && c.isUnlockedVault()
					? c.session().map(s -> s.vaults().get(c.location())).map(v -> v.root())
					: Optional.empty();
			if (vault.isPresent())
				all.add(new Source(n.name(), vault.get(), true));
			else
				n.item().ifPresent(i -> all.add(new Source(i.name(), i.path(), i.isFolder())));
		}
		return all;
	}

	private static Target remote(Container folder) {
		Session session = folder.session().orElseThrow();
		return new Target(folder.name(), () -> session.folder(folder.location(), Unlocking.FAIL));
	}

	private void start(Kind kind, List<Source> sources, Target target, List<Container> shown) {
		start(kind, sources, target, () -> show(shown), _ -> {
		});
	}

	/** @param made told what there is now that was not there before */
	private void start(Kind kind, List<Source> sources, Target target, Runnable shown, Consumer<List<Path>> made) {
		if (sources.isEmpty())
			return;
		String what = sources.size() == 1 ? sources.getFirst().name() : "%,d items".formatted(sources.size());
		Work.start(kind.doing, what, "%s %s not %s.".formatted(what, sources.size() == 1 ? "was" : "were", kind.done), monitor -> {
			var failures = new ArrayList<Failure>();
			try {
				made.accept(run(kind, sources, target, monitor, failures));
			} finally {
				shown.run();
			}
			finish(kind, failures);
		});
	}

	/** @return what was put in place */
	private List<Path> run(Kind kind, List<Source> sources, Target target, IProgressMonitor monitor, List<Failure> failures) throws IOException {
		var made = new ArrayList<Path>();
		Path folder = target.place().path();
		Map<Path, Passage> passages = pass(sources.stream().map(Source::path).toList(), folder);
		monitor.beginTask("", sources.size() * TICKS);
		Choice always = null;
		for (int i = 0; i < sources.size(); i++) {
			if (monitor.isCanceled())
				return made;
			Source source = sources.get(i);
			Path to = folder.resolve(source.name());
			Existing existing = Existing.FAIL;
			var progress = new Telling(monitor, source.folder() ? 0 : TICKS, failures, Optional.ofNullable(passages.get(source.path())));
			try {
				if (isSame(source.path(), to)) {
					if (kind == Kind.MOVE)
						continue;
					to = free(folder, source.name());
				} else if (source.folder() && to.getFileSystem() == source.path().getFileSystem() && to.startsWith(source.path())) {
					failures.add(new Failure(source.name(), new IOException("A folder cannot be put into itself.")));
					continue;
				} else if (Files.exists(to, LinkOption.NOFOLLOW_LINKS)) {
					Choice choice = always != null ? always : ask(source, target.name(), i < sources.size() - 1);
					if (choice.all())
						always = choice;
					if (choice.answer() == Answer.CANCEL)
						return made;
					if (choice.answer() == Answer.SKIP)
						continue;
					if (choice.answer() == Answer.KEEP_BOTH)
						to = free(folder, source.name());
					else
						existing = Existing.REPLACE;
				}
				int before = failures.size();
				if (kind == Kind.MOVE)
					Transfer.move(source.path(), to, existing, progress);
				else
					Transfer.copy(source.path(), to, existing, progress);
				if (failures.size() == before) {
					made.add(to);
					if (kind == Kind.DOWNLOAD)
						exported();
				}
			} catch (ConnectionException | InterruptedIOException e) {
				throw e;
			} catch (IOException e) {
				failures.add(new Failure(source.name(), e));
			}
			progress.rest(TICKS);
		}
		return made;
	}

	/** Lets what is copied or moved leave memory, all of it, or nothing. @return by what it may; nothing of what does not leave */
	private static Map<Path, Passage> pass(List<Path> sources, Path target) throws IOException {
		var passages = new HashMap<Path, Passage>();
		for (var leaving : Outgoing.copying(sources, target).entrySet()) {
			Passage passage = PlatformUI.getWorkbench().getService(Guard.class).pass(leaving.getKey(), Guard.Person.by(new DialogPrompter()));
			leaving.getValue().forEach(source -> passages.put(source, passage));
		}
		return passages;
	}

	private static boolean isSame(Path a, Path b) {
		return a.getFileSystem() == b.getFileSystem() && a.toAbsolutePath().normalize().equals(b.toAbsolutePath().normalize());
	}

	/** A name beside one that is taken: {@code notes (2).txt}. */
	private static Path free(Path folder, String name) throws IOException {
		int dot = name.lastIndexOf('.');
		String stem = dot > 0 ? name.substring(0, dot) : name;
		String ending = dot > 0 ? name.substring(dot) : "";
		for (int i = 2; i < 1000; i++) {
			Path to = folder.resolve("%s (%d)%s".formatted(stem, i, ending));
			if (!Files.exists(to, LinkOption.NOFOLLOW_LINKS))
				return to;
		}
		throw new IOException("There are too many copies of '%s' already.".formatted(name));
	}

	private static Choice ask(Source source, String folder, boolean several) throws InterruptedIOException {
		var shown = new AtomicReference<ExistingDialog>();
		return Ui.ask(() -> {
			shown.set(new ExistingDialog(Ui.shell(), source.name(), folder, source.folder(), several));
			return shown.get().ask();
		}, () -> {
			if (shown.get() != null)
				shown.get().close();
		});
	}

	private static void exported() {
		Exports exports = PlatformUI.getWorkbench().getService(Exports.class);
		if (exports != null)
			exports.add();
	}

	/** Removes items for good. */
	public void delete(List<Node> nodes) {
		List<Source> sources = sources(nodes);
		List<Container> shown = nodes.stream().map(Node::parent).distinct().toList();
		String what = sources.size() == 1 ? sources.getFirst().name() : "%,d items".formatted(sources.size());
		Work.start("Deleting", what, "%s could not be deleted.".formatted(what), monitor -> {
			var failures = new ArrayList<Failure>();
			monitor.beginTask("", sources.size());
			try {
				for (Source s : sources) {
					if (monitor.isCanceled())
						break;
					monitor.subTask(s.name());
					try {
						Transfer.delete(s.path(), new Telling(monitor, 0, failures, Optional.empty()));
					} catch (ConnectionException | InterruptedIOException e) {
						throw e;
					} catch (IOException e) {
						failures.add(new Failure(s.name(), e));
					}
					monitor.worked(1);
				}
			} finally {
				show(shown);
			}
			if (!failures.isEmpty())
				Problems.show(failures.size() == 1 ? "%s was not deleted.".formatted(failures.getFirst().item())
						: "%,d items were not deleted.".formatted(failures.size()), failures);
		});
	}

	/** Shows what the folders hold now. */
	private void show(List<Container> folders) {
		var places = new LinkedHashMap<Container, Session>();
		for (Container f : folders)
			f.session().ifPresent(s -> places.put(f, s));
		Ui.async(() -> places.forEach((folder, session) -> show(session, folder.location())));
	}

	private void show(Session session, String folder) {
		session.refresh(folder);
		explorer.update(session, folder, _ -> {
		});
	}

	private static void finish(Kind kind, List<Failure> failures) {
		if (failures.isEmpty())
			return;
		String first = failures.getFirst().item();
		Problems.show(failures.size() == 1 ? "%s was not %s.".formatted(first, kind.done)
				: "%,d items were not %s; the rest was.".formatted(failures.size(), kind.done), failures);
	}

	/** Tells of one thing's transfer. Thread-safe. */
	private static final class Telling implements Progress {
		private static final long STEP = 512 * 1024;
		private final IProgressMonitor monitor;
		private final int ticks;
		private final List<Failure> failures;
		private final Optional<Passage> passage;
		private String item = "";
		private long size;
		private long done;
		private long told;
		private int given;

		/** @param ticks of the progress bar that the bytes move it on by; 0 where more than one file may come */
		Telling(IProgressMonitor monitor, int ticks, List<Failure> failures, Optional<Passage> passage) {
			this.monitor = monitor;
			this.ticks = ticks;
			this.failures = failures;
			this.passage = passage;
		}

		@Override
		public synchronized void begin(Path path, long bytes) {
			item = name(path);
			size = bytes;
			done = 0;
			told = 0;
			monitor.subTask(item);
		}

		@Override
		public synchronized void bytes(long count) {
			done += count;
			if (done - told < STEP)
				return;
			told = done;
			monitor.subTask("%s (%s of %s)".formatted(item, Sizes.human(done), Sizes.human(Math.max(size, done))));
			if (size > 0)
				advance((int) (Math.min(1, (double) done / size) * ticks));
		}

		private void advance(int to) {
			if (to > given) {
				monitor.worked(to - given);
				given = to;
			}
		}

		/** It is done: what is left of its part of the bar. */
		synchronized void rest(int all) {
			advance(all);
		}

		@Override
		public synchronized void failed(Path path, IOException why) {
			failures.add(new Failure(name(path), why));
		}

		@Override
		public Optional<Passage> passage() {
			return passage;
		}

		@Override
		public boolean cancelled() {
			return monitor.isCanceled();
		}
	}

	private static String name(Path path) {
		return path.getFileName() == null ? "/" : path.getFileName().toString();
	}
}
