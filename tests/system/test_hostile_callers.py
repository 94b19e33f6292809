"""An ordinary user at the bus who wants logins of others to fail: what can be sent there must not reach them."""

import subprocess
import sys

import pytest

import bus

SIGNALS = [("org.freedesktop.DBus", "NameLost"), ("org.freedesktop.DBus", "NameAcquired"),
           ("org.freedesktop.DBus", "NameOwnerChanged")]

SENDER = """
import os, sys
import dbus.bus, dbus.lowlevel
os.setgid(int(sys.argv[1]))
os.setuid(int(sys.argv[1]))
connection = dbus.bus.BusConnection("unix:path=/run/dbus/system_bus_socket")
signal = dbus.lowlevel.SignalMessage("/org/freedesktop/DBus", *sys.argv[2:])
signal.append("org.sspr.Sspr1", signature="s")
signal.set_destination("org.sspr.Sspr1")
connection.send_message(signal)
connection.flush()
connection.close()
"""


@pytest.mark.parametrize("signal", SIGNALS, ids=[name for _, name in SIGNALS])
def test_a_signal_in_the_name_of_the_bus_ends_neither_the_daemon_nor_a_dialog(host, person, signal):
    conversation = bus.converse(person)
    assert "[Enter] start now" in conversation.prompt()
    daemon = host.daemon()

    subprocess.run([sys.executable, "-c", SENDER, str(host.person().uid), *signal], check=True)

    assert bus.check(person)[0] == "register"
    assert host.daemon() == daemon
    conversation.answer("n")
    assert conversation.prompt() is None and conversation.verdict == "postponed"
    conversation.close()
