package org.strongroom.ui.internal.explorer;

import org.eclipse.jface.viewers.ILazyTreeContentProvider;
import org.eclipse.jface.viewers.TreeViewer;

/** Gives the tree the rows it is about to draw, and no others. */
final class LazyRows implements ILazyTreeContentProvider {
	private final TreeViewer viewer;

	LazyRows(TreeViewer viewer) {
		this.viewer = viewer;
	}

	@Override
	public Object getParent(Object element) {
		return ((Node) element).parent();
	}

	@Override
	public void updateElement(Object parent, int index) {
		var rows = ((Container) parent).shown();
		if (index >= rows.size())
			return;
		Node node = rows.get(index);
		viewer.replace(parent, index, node);
		viewer.setChildCount(node, count(node));
		if (viewer.testFindItem(node) == null)
			viewer.getControl().getDisplay().asyncExec(() -> again((Container) parent, index, node));
	}

	/** A viewer that is busy drawing ignores calls. */
	private void again(Container parent, int index, Node node) {
		if (viewer.getControl().isDisposed() || index >= parent.shown().size() || parent.shown().get(index) != node)
			return;
		viewer.replace(parent, index, node);
		viewer.setChildCount(node, count(node));
	}

	@Override
	public void updateChildCount(Object element, int currentCount) {
		int count = count((Node) element);
		if (count != currentCount)
			viewer.setChildCount(element, count);
	}

	private static int count(Node node) {
		return node instanceof Container c ? c.shown().size() : 0;
	}
}
