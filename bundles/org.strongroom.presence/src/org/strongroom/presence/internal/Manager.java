package org.strongroom.presence.internal;

import org.freedesktop.dbus.DBusPath;
import org.freedesktop.dbus.annotations.DBusInterfaceName;
import org.freedesktop.dbus.annotations.DBusMemberName;
import org.freedesktop.dbus.interfaces.DBusInterface;
import org.freedesktop.dbus.types.UInt32;

/** The little that is asked of logind (org.freedesktop.login1(5)). */
@DBusInterfaceName(Manager.NAME)
public interface Manager extends DBusInterface {
	/** The interface. */
	String NAME = "org.freedesktop.login1.Manager";
	/** The service. */
	String SERVICE = "org.freedesktop.login1";
	/** The object. */
	String PATH = "/org/freedesktop/login1";

	/** The session that a process belongs to. */
	@DBusMemberName("GetSessionByPID")
	DBusPath sessionOf(UInt32 pid);
}
