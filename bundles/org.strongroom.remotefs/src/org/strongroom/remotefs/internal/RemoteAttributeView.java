package org.strongroom.remotefs.internal;

import java.io.IOException;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;

/**
 * Reads and sets attributes. Of the times only that of the last change can be set; the others are passed over in silence, as the server keeps none. Owner and
 * group cannot be changed.
 */
final class RemoteAttributeView {
	private RemoteAttributeView() {
	}

	/** The basic attributes. */
	static class Basic implements BasicFileAttributeView {
		final RemoteFiles files;
		final String path;
		final boolean follow;

		Basic(RemoteFiles files, String path, boolean follow) {
			this.files = files;
			this.path = path;
			this.follow = follow;
		}

		@Override
		public String name() {
			return "basic";
		}

		@Override
		public RemoteAttributes readAttributes() throws IOException {
			return new RemoteAttributes(files.stat(path, follow));
		}

		@Override
		public void setTimes(FileTime lastModified, FileTime lastAccess, FileTime created) throws IOException {
			if (lastModified != null)
				files.setModified(path, lastModified.toInstant(), follow);
		}
	}

	/** The POSIX attributes; the owner's view is part of it. */
	static final class Posix implements PosixFileAttributeView {
		private final Basic basic;
		private final String name;

		Posix(Basic basic, String name) {
			this.basic = basic;
			this.name = name;
		}

		@Override
		public String name() {
			return name;
		}

		@Override
		public PosixFileAttributes readAttributes() throws IOException {
			return RemoteFiles.posix(basic.readAttributes());
		}

		@Override
		public void setTimes(FileTime lastModified, FileTime lastAccess, FileTime created) throws IOException {
			basic.setTimes(lastModified, lastAccess, created);
		}

		@Override
		public void setPermissions(Set<PosixFilePermission> permissions) throws IOException {
			basic.files.setPermissions(basic.path, RemoteAttributes.bits(permissions), basic.follow);
		}

		@Override
		public UserPrincipal getOwner() throws IOException {
			return readAttributes().owner();
		}

		@Override
		public void setOwner(UserPrincipal owner) throws IOException {
			if (!getOwner().getName().equals(owner.getName()))
				throw new UnsupportedOperationException("the owner cannot be changed");
		}

		@Override
		public void setGroup(GroupPrincipal group) throws IOException {
			if (!readAttributes().group().getName().equals(group.getName()))
				throw new UnsupportedOperationException("the group cannot be changed");
		}
	}
}
