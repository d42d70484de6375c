package org.strongroom.storage.local.internal;

import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/** POSIX permissions between Java's set and the nine bits: owner read is {@code 0400}, others execute is {@code 0001}. */
final class Permissions {
	private Permissions() {
	}

	static int bits(Set<PosixFilePermission> permissions) {
		int bits = 0;
		for (PosixFilePermission p : permissions)
			bits |= 0400 >> p.ordinal();
		return bits;
	}

	static Set<PosixFilePermission> set(int bits) {
		var permissions = EnumSet.noneOf(PosixFilePermission.class);
		for (PosixFilePermission p : PosixFilePermission.values())
			if ((bits & 0400 >> p.ordinal()) != 0)
				permissions.add(p);
		return permissions;
	}
}
