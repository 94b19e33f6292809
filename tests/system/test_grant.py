"""The grant's way over the real bus: from whoever sets passwords through ssprd to the session, and what became of it in the audit."""

import os
import signal
import socket
import subprocess
import sys
import time

import dbus
import pytest

import bus
import grants
from player import register, totp
from rogue import ask
from test_outcome import outcome
from test_telling import told
from waiting import LONG
from wire import FACTS, FINISH, LOG, OK, PROVEN, REFUSED, REQUEST_MAX, WRONG, message, parse

CLAIM, CHECK, GRANT = b"a", b"v", b"p"
PEER_POLICY = "/etc/dbus-1/system.d/org.sspr.tests.conf"
POLICY = """<busconfig>
<policy user="root"><allow own="org.sspr.Password1"/></policy>
<policy user="sspr"><allow send_destination="org.sspr.Password1"/></policy>
</busconfig>
"""
ANSWER_SECONDS = 6      # BUS_OUT_MS


@pytest.fixture
def peer(host):
    """Call it with a way: the process that plays sspr-passwd, from whose output the calls are read. The real one does not come."""
    running = []
    grants.stop_helper()
    os.rename(grants.ACTIVATION, grants.ACTIVATION + ".kept")   # nor is it started for a call
    os.makedirs(os.path.dirname(PEER_POLICY), exist_ok=True)
    with open(PEER_POLICY, "w") as file:
        file.write(POLICY)
    reload_bus()

    def play(way):
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fake_passwd.py")
        running.append(subprocess.Popen([sys.executable, "-B", script, way], stdout=subprocess.PIPE, text=True))
        assert running[-1].stdout.readline() == "ready\n"
        return running[-1]

    yield play
    for process in running:
        process.kill()
        process.wait()
    os.unlink(PEER_POLICY)
    os.rename(grants.ACTIVATION + ".kept", grants.ACTIVATION)
    reload_bus()


def reload_bus():
    with bus.Bus() as link:
        link.connection.call_blocking("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                      "ReloadConfig", "", ())


@pytest.fixture
def registered(host, person):
    register(host, person, wants=("app", "email"))
    return person


@pytest.fixture
def more_people(host, registered):
    people = [registered, host.person(), host.person()]
    for person in people[1:]:
        register(host, person)
    return people


def prove(rogue, person):
    """The session's end of a reset whose user has proven enough."""
    _, judge = rogue.take_over(bus.converse(person, "reset"))
    assert ask(judge, FACTS)[0] == OK
    assert ask(judge, CLAIM, totp(person.app_secret, time.time() + 30))[0] == OK
    assert ask(judge, CHECK, "")[0] == PROVEN
    assert ask(judge, FACTS)[0] == OK
    return judge


@pytest.fixture
def proven(registered, rogue):
    return prove(rogue, registered)


def ask_for_grant(judge):
    """(status, fields, descriptors)"""
    judge.send(message(GRANT))
    data, handles, _, _ = socket.recv_fds(judge, REQUEST_MAX, 4)
    return (*parse(data), handles)


def test_the_grant_reaches_the_session_and_its_outcome_the_audit(host, person, proven, peer):
    process = peer("gives")
    mark = host.log.mark()
    status, _, handles = ask_for_grant(proven)
    assert status == OK and len(handles) == 1
    assert process.stdout.readline() == person.name + "\n"
    with socket.socket(fileno=handles[0]) as grant:
        assert grant.recv(100) == b"?"
        outcome(person, "password-changed")
        outcome(person, "password-changed")
    assert ask(proven, LOG, "relayed")[0] == OK
    assert ask(proven, FINISH, "done") == (OK, [b"password-changed", b"0"])
    line = host.log.wait_for("event=reset-changed user=%s " % person.name, mark)
    assert "service=sshd rhost=127.0.0.1" in line
    assert "on desk, from 127.0.0.1 (sshd)" in told(host, person, "your password was reset")
    assert len(host.log.since(mark, "event=reset-changed")) == 1


def test_who_refuses_or_is_not_there_may_be_asked_once_more(host, proven, peer):
    mark = host.log.mark()
    process = peer("refuses")
    assert ask_for_grant(proven) == (REFUSED, [b"later"], [])
    process.kill()
    process.wait()
    assert ask_for_grant(proven) == (REFUSED, [b"later"], [])
    assert ask_for_grant(proven) == (REFUSED, [b"later"], [])
    assert ask(proven, LOG, "asked three times")[0] == OK
    host.log.wait_for("asked three times", mark)
    assert len(host.log.since(mark, "event=reset-refused")) == 2


def test_who_is_silent_is_awaited_so_long_as_a_session_waits(host, proven, peer):
    peer("silence")
    began = time.monotonic()
    assert ask_for_grant(proven) == (REFUSED, [b"later"], [])
    assert ANSWER_SECONDS <= time.monotonic() - began < LONG


def test_a_grant_of_a_helper_that_is_only_started_for_it_is_there_at_once(more_people, rogue):
    """The call comes together with the name."""
    took = []
    for person in more_people:
        judge = prove(rogue, person)
        grants.stop_helper()
        began = time.monotonic()
        status, _, handles = ask_for_grant(judge)
        took.append(time.monotonic() - began)
        assert status == OK
        os.close(handles[0])
    assert min(took) < 2, took      # LOOK_MS of sspr-passwd is 10 s, BUS_OUT_MS of ssprd 6 s


def test_a_daemon_that_is_killed_meanwhile_leaves_no_grant_and_the_outcome_is_told(host, person, proven, peer):
    peer("gives")
    _, _, handles = ask_for_grant(proven)
    host.stop_daemon(signal.SIGKILL)
    outcome(person, "unlocked")
    assert "where from is not known" in told(host, person, "your account was unlocked")
    os.close(handles[0])


def test_a_record_whose_account_is_gone_is_nobodys(host, registered, rogue):
    """Root finds no account of that name, or cannot look it up: nothing is listed, and no proof of the one who had it counts."""
    person = registered
    told = {**bus.context_of(person, service="login", tty="tty1"), "rhost": dbus.ByteArray(b"")}
    del told["uid"]
    with bus.Bus() as link:
        _, judge = rogue.take_over(link.converse_as_told(person, "reset", told))
    facts = ask(judge, FACTS)
    assert facts[0] == OK and b"app" not in facts[1] and b"email" not in facts[1]
    assert ask(judge, CLAIM, totp(person.app_secret, time.time() + 30))[0] == OK
    assert ask(judge, CHECK, "")[0] == WRONG
