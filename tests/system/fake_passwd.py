"""org.sspr.Password1 on the tests' bus, in the place of sspr-passwd: fake_passwd.py WAY

It prints a line when it has its name, and then one for each call: the user. Ways: gives, refuses, silence.
"""

import socket
import sys

import dbus
import dbus.bus
import dbus.lowlevel
from dbus.mainloop.glib import DBusGMainLoop
from gi.repository import GLib

NAME = "org.sspr.Password1"
kept = []


def reply_to(message, way):
    if way == "refuses":
        return dbus.lowlevel.ErrorMessage(message, "org.freedesktop.DBus.Error.Failed", "not now")
    holder, own = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    own.send(b"?")
    kept.append(own)
    reply = dbus.lowlevel.MethodReturnMessage(message)
    reply.append(dbus.types.UnixFd(holder.fileno()), signature="h")
    holder.close()
    return reply


def main():
    way = sys.argv[1]
    DBusGMainLoop(set_as_default=True)
    connection = dbus.bus.BusConnection("unix:path=/run/dbus/system_bus_socket")

    def answer(_, message):
        if message.get_type() != 1 or message.get_interface() != NAME or message.get_member() != "Grant":
            return dbus.lowlevel.HANDLER_RESULT_NOT_YET_HANDLED
        print(bytes(message.get_args_list()[0]).decode(), flush=True)
        if way != "silence":
            connection.send_message(reply_to(message, way))
        return dbus.lowlevel.HANDLER_RESULT_HANDLED

    connection.add_message_filter(answer)
    connection.request_name(NAME)
    print("ready", flush=True)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
