package org.strongroom.ui.internal.explorer;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import org.eclipse.jface.util.LocalSelectionTransfer;
import org.eclipse.jface.viewers.StructuredSelection;
import org.eclipse.jface.viewers.TreeViewer;
import org.eclipse.jface.viewers.ViewerDropAdapter;
import org.eclipse.swt.dnd.DND;
import org.eclipse.swt.dnd.DragSourceAdapter;
import org.eclipse.swt.dnd.DragSourceEvent;
import org.eclipse.swt.dnd.DropTargetEvent;
import org.eclipse.swt.dnd.FileTransfer;
import org.eclipse.swt.dnd.Transfer;
import org.eclipse.swt.dnd.TransferData;
import org.strongroom.core.storage.Change;
import org.strongroom.ui.internal.external.Lent;
import org.strongroom.ui.internal.transfer.TransferWork;

/** Items are moved (with Ctrl copied) by dragging inside the explorer, and uploaded by dropping from the desktop. Nothing can be dragged out. */
final class DragAndDrop {
	private final ExplorerView view;
	private final TreeViewer viewer;

	DragAndDrop(ExplorerView view, TreeViewer viewer) {
		this.view = view;
		this.viewer = viewer;
	}

	void install() {
		// hands over the selection inside this process; other programs see a number
		LocalSelectionTransfer inside = LocalSelectionTransfer.getTransfer();
		viewer.addDragSupport(DND.DROP_MOVE | DND.DROP_COPY, new Transfer[] { inside }, new DragSourceAdapter() {
			@Override
			public void dragStart(DragSourceEvent event) {
				List<Node> nodes = view.selected();
				event.doit = !nodes.isEmpty() && Abilities.of(nodes, view.explorer().sessions(), view.getSite().getService(Lent.class)).contains("copy");
				if (event.doit)
					inside.setSelection(new StructuredSelection(nodes));
			}

			@Override
			public void dragSetData(DragSourceEvent event) {
				event.data = inside.getSelection();
			}

			@Override
			public void dragFinished(DragSourceEvent event) {
				inside.setSelection(null);
			}
		});
		viewer.addDropSupport(DND.DROP_MOVE | DND.DROP_COPY | DND.DROP_DEFAULT, new Transfer[] { inside, FileTransfer.getInstance() }, new Drop());
	}

	private final class Drop extends ViewerDropAdapter {
		Drop() {
			super(viewer);
			setFeedbackEnabled(false);
			setScrollExpandEnabled(true);
		}

		@Override
		public void dragEnter(DropTargetEvent event) {
			if (event.detail == DND.DROP_DEFAULT)
				event.detail = FileTransfer.getInstance().isSupportedType(event.currentDataType) ? DND.DROP_COPY : DND.DROP_MOVE;
			super.dragEnter(event);
		}

		@Override
		public void dragOperationChanged(DropTargetEvent event) {
			dragEnter(event);
		}

		private Optional<Container> folder(Object target) {
			return target instanceof Node n && !(n instanceof NoteNode) ? Explorer.folderOf(n).filter(f -> Abilities.takes(f, Change.ADD_FILE)) : Optional.empty();
		}

		@Override
		public boolean validateDrop(Object target, int operation, TransferData type) {
			Optional<Container> folder = folder(target);
			if (folder.isEmpty())
				return false;
			if (FileTransfer.getInstance().isSupportedType(type)) {
				overrideOperation(DND.DROP_COPY);
				return true;
			}
			boolean intoItself = dragged().stream().anyMatch(n -> n == folder.get() || isBelow(folder.get(), n));
			if (operation == DND.DROP_MOVE && !Abilities.permit(dragged(), Change.MOVE))
				return false;
			boolean sameFolder = operation == DND.DROP_MOVE && dragged().stream().allMatch(n -> n.parent() == folder.get());
			return !intoItself && !sameFolder;
		}

		private static boolean isBelow(Node node, Node of) {
			for (Node n = node; n != null; n = n.parent())
				if (n == of)
					return true;
			return false;
		}

		private static List<Node> dragged() {
			return LocalSelectionTransfer.getTransfer().getSelection() instanceof StructuredSelection s
					? s.stream().filter(Node.class::isInstance).map(Node.class::cast).toList()
					: List.of();
		}

		@Override
		public boolean performDrop(Object data) {
			Optional<Container> folder = folder(getCurrentTarget());
			if (folder.isEmpty())
				return false;
			var work = new TransferWork(view.explorer());
			if (data instanceof String[] files) {
				work.upload(Arrays.asList(files), folder.get());
				return true;
			}
			List<Node> nodes = dragged();
			if (nodes.isEmpty())
				return false;
			if (getCurrentOperation() == DND.DROP_COPY)
				work.copy(nodes, folder.get());
			else
				work.move(nodes, folder.get());
			return true;
		}
	}
}
