"""In ssprd's place: stand_in.py FD WAY owns org.sspr.Sspr1, as the user it runs as, and asks sspr-passwd for grants.

FD is a SOCK_SEQPACKET socket. A message `grant NAME` is answered by `ok` and the descriptor, or by the name of the error; `outcomes` by a
line for each Outcome that was told. WAY: how Outcome is answered: take, refuse or silence; `way WAY` is another one from then on.
"""

import socket
import sys

import dbus
import dbus.bus
import dbus.lowlevel
from dbus.mainloop.glib import DBusGMainLoop
from gi.repository import GLib

NAME, PATH = "org.sspr.Password1", "/org/sspr/Password1"


def main():
    commands = socket.socket(fileno=int(sys.argv[1]))
    ways = sys.argv[2:]
    DBusGMainLoop(set_as_default=True)
    connection = dbus.bus.BusConnection("unix:path=/run/dbus/system_bus_socket")
    outcomes = []

    def answer(_, message):
        if message.get_type() != 1 or message.get_member() != "Outcome":
            return dbus.lowlevel.HANDLER_RESULT_NOT_YET_HANDLED
        user, what = message.get_args_list()
        way = ways[-1]
        uid = connection.get_unix_user(message.get_sender()) if way != "silence" else -1
        outcomes.append("%s %s %d" % (bytes(user).decode(), what, uid))
        if way == "take":
            connection.send_message(dbus.lowlevel.MethodReturnMessage(message))
        elif way == "refuse":
            connection.send_message(dbus.lowlevel.ErrorMessage(message, "org.sspr.Sspr1.Error.Unavailable", "no"))
        return dbus.lowlevel.HANDLER_RESULT_HANDLED

    def grant(name):
        def got(handle):
            fd = handle.take()
            socket.send_fds(commands, [b"ok"], [fd])
            socket.socket(fileno=fd).close()

        def failed(error):
            commands.send(error.get_dbus_name().encode())

        connection.call_async(NAME, PATH, NAME, "Grant", "ay", (name,), got, failed, timeout=30)

    def command(*_):
        data = commands.recv(4096)
        if not data:
            sys.exit(0)
        if data == b"outcomes":
            commands.send("\n".join(outcomes).encode() + b"\n")
        elif data.startswith(b"way "):
            ways.append(data.decode().removeprefix("way "))
        else:
            grant(data.removeprefix(b"grant "))
        return True

    connection.add_message_filter(answer)
    connection.request_name("org.sspr.Sspr1")
    GLib.io_add_watch(commands.fileno(), GLib.IO_IN | GLib.IO_HUP, command)
    commands.send(b"ready")
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
