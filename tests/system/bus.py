"""ssprd as a root program sees it: Check and Converse on the bus, the packets of a conversation on the socket."""

import socket

import dbus
import dbus.bus

from host import BUS_SOCKET
from waiting import LONG

NAME = "org.sspr.Sspr1"
PATH = "/org/sspr/Sspr1"


def context_of(person, **more):
    """What pam_sspr says of a login."""
    context = {
        "service": dbus.String("sshd", variant_level=1),
        "tty": dbus.String("ssh", variant_level=1),
        "rhost": dbus.String("127.0.0.1", variant_level=1),
        "interactive": dbus.Boolean(True, variant_level=1),
        "uid": dbus.UInt64(person.uid, variant_level=1),
        "groups": dbus.Array([], signature="ay", variant_level=1),
        "local_password": dbus.Boolean(True, variant_level=1),
    }
    context.update(more)
    return dbus.Dictionary(context, signature="sv")


class Bus:
    """A connection for as long as a `with` lasts."""

    def __init__(self, address="unix:path=" + BUS_SOCKET):
        self._address = address

    def __enter__(self):
        self.connection = dbus.bus.BusConnection(self._address)
        return self

    def __exit__(self, *_):
        self.connection.close()

    def call(self, interface, method, signature, *arguments):
        return self.connection.call_blocking(NAME, PATH, interface, method, signature, arguments, timeout=LONG)

    def check(self, person, **more):
        state, facts = self.call(NAME, "Check", "aya{sv}", person.name.encode(), context_of(person, **more))
        return str(state), facts

    def converse(self, person, purpose="enroll", **more):
        return self.converse_as_told(person, purpose, context_of(person, **more))

    def converse_as_told(self, person, purpose, context):
        handle = self.call(NAME, "Converse", "aysa{sv}", person.name.encode(), purpose, dbus.Dictionary(context, signature="sv"))
        return Conversation(socket.socket(fileno=handle.take()))

    def connections_of(self, uid):
        """How many connections this uid holds, by the names on the bus."""
        driver = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")
        names = self.connection.call_blocking(*driver, "ListNames", "", ())
        count = 0
        for name in names:
            if not name.startswith(":"):
                continue
            try:
                count += self.connection.call_blocking(*driver, "GetConnectionUnixUser", "s", (name,)) == uid
            except dbus.DBusException:
                pass  # it has just gone
        return count


def check(person, **more):
    with Bus() as bus:
        return bus.check(person, **more)


def converse(person, purpose="enroll", **more):
    with Bus() as bus:
        return bus.converse(person, purpose, **more)


class Conversation:
    """The terminal's end of a dialog."""

    def __init__(self, sock):
        self.socket = sock
        self.socket.settimeout(LONG)
        self.texts = []     # all that was shown or asked
        self.verdict = None

    def receive(self):
        """The next packet as (type, text); type "" when the other side has closed."""
        data = self.socket.recv(8192)
        return (data[:1].decode(), data[1:].decode())

    def prompt(self):
        """The next prompt's text, or None when the dialog has ended (verdict says how; None: just closed)."""
        while True:
            kind, text = self.receive()
            if kind == "~":
                continue
            if kind == "":
                return None
            if kind == ".":
                self.verdict = text
                return None
            self.texts.append(text)
            if kind in "?*":
                return text

    def answer(self, text):
        data = text if isinstance(text, bytes) else text.encode()
        self.socket.send(b"=" + data)

    def give_up(self, why="cancelled"):
        self.socket.send(b"!" + why.encode())

    def close(self):
        self.socket.close()
