"""org.sspr.Sspr1 on a bus of the tests' own, which answers every call in one odd way: fake_admin.py ADDRESS WAY

It prints a line when it has its name, and runs until it is killed.
"""

import sys

import dbus
import dbus.bus
import dbus.lowlevel
from dbus.mainloop.glib import DBusGMainLoop
from gi.repository import GLib

ESCAPES = "\x1b]0;pwned\x07\x1b[2J\u202e\x9b31m"
ODD_NAME = dbus.ByteArray(b"ev\x1b[2Jil\xff\n")


def variants(depth):
    value = dbus.String("deep", variant_level=1)
    for _ in range(depth):
        value = dbus.Array([value], signature="v", variant_level=1)
    return value


def record(**more):
    fields = {"user": dbus.ByteArray(b"alice", variant_level=1), "uid": dbus.UInt64(2**64 - 1, variant_level=1), "state": "register",
              "enabled": True, "registered": False, "required": 2, "done": 1, "postpones_used": 0}
    fields.update(more)
    return dbus.Dictionary(fields, signature="sv")


WAYS = {  # way: (signature, arguments)
    "odd-users": ("aa{sv}", [[record(user=ODD_NAME, state=ESCAPES, methods=dbus.Array([ESCAPES], signature="s"), later=variants(1))]]),
    "odd-record": ("a{sv}", [record(user=ODD_NAME, state="notice", methods=dbus.Array(
        [{"method": ESCAPES, "masked": ESCAPES, "registered_at": dbus.Int64(-1), "proven_at": dbus.Int64(2**63 - 1)}], signature="a{sv}"))]),
    "wrong-types": ("a{sv}", [record(uid="x", required="y", done=True, methods="none", postponed_until="now")]),
    "empty-record": ("a{sv}", [dbus.Dictionary({}, signature="sv")]),
    "odd-simulation": ("sa{sv}", [ESCAPES, {"reason": ESCAPES, "postpones_left": 7}]),
    "reconfirm": ("sa{sv}", ["reconfirm", {"reason": "stale", "required": 2, "done": 2, "postpones_left": 1, "refuses_keyed": True}]),
    "free": ("sa{sv}", ["register", {"required": 2, "done": 0, "postpones_left": -1}]),
    "a-text": ("s", ["hello"]),
    "nothing": ("", []),
    "too-much": ("a{sv}s", [record(), "more"]),
    "deep": ("a{sv}", [record(later=variants(20))]),
    "a-structure": ("a{sv}", [record(later=dbus.Struct((1, 2), signature="ii"))]),
    "audit-for-ever": ("a{sv}", [{"last": dbus.Int64(3), "rows": 3, "broken": dbus.Int64(0), "more": True}]),
    "audit-broken": ("a{sv}", [{"last": dbus.Int64(8), "rows": 8, "broken": dbus.Int64(9), "more": False}]),
    "audit-odd": ("a{sv}", [{"last": dbus.Int64(3), "rows": 3, "broken": dbus.Int64(0), "more": False, "head": ESCAPES}]),
    "many": ("aa{sv}", [[record(user=dbus.ByteArray(b"user%d" % n)) for n in range(5000)]]),
}


def main():
    address, way = sys.argv[1:]
    DBusGMainLoop(set_as_default=True)
    connection = dbus.bus.BusConnection(address)

    def answer(_, message):
        if message.get_type() != 1 or message.get_interface() != "org.sspr.Sspr1.Admin":
            return dbus.lowlevel.HANDLER_RESULT_NOT_YET_HANDLED
        if way == "silence":
            return dbus.lowlevel.HANDLER_RESULT_HANDLED
        if "." in way:
            reply = dbus.lowlevel.ErrorMessage(message, way, ESCAPES)
        else:
            signature, arguments = WAYS[way]
            reply = dbus.lowlevel.MethodReturnMessage(message)
            if signature:
                reply.append(*arguments, signature=signature)
        connection.send_message(reply)
        return dbus.lowlevel.HANDLER_RESULT_HANDLED

    connection.add_message_filter(answer)
    connection.request_name("org.sspr.Sspr1")
    print("ready", flush=True)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
