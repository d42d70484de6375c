package org.strongroom.remotefs.internal;

import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

import org.strongroom.core.storage.Change;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.FileInfo.Type;
import org.strongroom.core.storage.StorageAttributes;
import org.strongroom.core.storage.Version;

/** What is known of an item. The server knows one time: that of the last change. */
record RemoteAttributes(FileInfo info) implements StorageAttributes {
	@Override
	public FileTime lastModifiedTime() {
		return FileTime.from(info.modified());
	}

	@Override
	public FileTime lastAccessTime() {
		return lastModifiedTime();
	}

	@Override
	public FileTime creationTime() {
		return lastModifiedTime();
	}

	@Override
	public boolean isRegularFile() {
		return info.type() == Type.FILE;
	}

	@Override
	public boolean isDirectory() {
		return info.type() == Type.DIRECTORY;
	}

	@Override
	public boolean isSymbolicLink() {
		return info.type() == Type.SYMLINK;
	}

	@Override
	public boolean isOther() {
		return info.type() == Type.OTHER;
	}

	@Override
	public long size() {
		return info.size();
	}

	@Override
	public Object fileKey() {
		return null;
	}

	@Override
	public Optional<Version> version() {
		return info.version();
	}

	@Override
	public OptionalInt permissions() {
		return info.permissions();
	}

	@Override
	public Optional<String> owner() {
		return info.owner();
	}

	@Override
	public Optional<String> group() {
		return info.group();
	}

	@Override
	public Set<Change> refused() {
		return info.refused();
	}

	/** The same as POSIX attributes. */
	Posix posix() {
		return new Posix(this);
	}

	/** Somebody on the server, known by name or number alone. */
	record Principal(String name) implements GroupPrincipal {
		@Override
		public String getName() {
			return name;
		}

		@Override
		public String toString() {
			return name;
		}
	}

	/** POSIX attributes of an item on a server that has them. */
	record Posix(RemoteAttributes basic) implements PosixFileAttributes {
		@Override
		public UserPrincipal owner() {
			return new Principal(basic.info.owner().orElse("?"));
		}

		@Override
		public GroupPrincipal group() {
			return new Principal(basic.info.group().orElse("?"));
		}

		@Override
		public Set<PosixFilePermission> permissions() {
			return set(basic.info.permissions().orElseThrow());
		}

		@Override
		public FileTime lastModifiedTime() {
			return basic.lastModifiedTime();
		}

		@Override
		public FileTime lastAccessTime() {
			return basic.lastAccessTime();
		}

		@Override
		public FileTime creationTime() {
			return basic.creationTime();
		}

		@Override
		public boolean isRegularFile() {
			return basic.isRegularFile();
		}

		@Override
		public boolean isDirectory() {
			return basic.isDirectory();
		}

		@Override
		public boolean isSymbolicLink() {
			return basic.isSymbolicLink();
		}

		@Override
		public boolean isOther() {
			return basic.isOther();
		}

		@Override
		public long size() {
			return basic.size();
		}

		@Override
		public Object fileKey() {
			return null;
		}
	}

	/** Nine bits as a set: owner read is {@code 0400}, others execute {@code 0001}. */
	static Set<PosixFilePermission> set(int bits) {
		var set = EnumSet.noneOf(PosixFilePermission.class);
		for (PosixFilePermission p : PosixFilePermission.values())
			if ((bits & 0400 >> p.ordinal()) != 0)
				set.add(p);
		return set;
	}

	/** A set as nine bits. */
	static int bits(Set<PosixFilePermission> set) {
		int bits = 0;
		for (PosixFilePermission p : set)
			bits |= 0400 >> p.ordinal();
		return bits;
	}
}
