"""Many dialogs and many logins at a time."""

import concurrent.futures
import os
import statistics
import subprocess
import time

import dbus
import pytest

import bus
import pam
import processes
import sshd
from player import register
from waiting import LONG, wait_until

DIALOGS_MAX = 256
LEAK_DIALOGS = 2000


@pytest.fixture(scope="module")
def registered(host):
    """Ten people for whom nothing is due, with one password."""
    people = [host.person(password="Common-password-1") for _ in range(10)]
    for person in people:
        register(host, person)
        assert bus.check(person)[0] == "ok"
    return people


def close_all(host, conversations):
    for conversation in conversations:
        conversation.close()
    wait_until(lambda: not host.sessions(), "all sessions have ended")


def test_the_257th_dialog_is_told_that_there_are_too_many(host):
    held = []
    try:
        with bus.Bus() as link:
            for _ in range(DIALOGS_MAX):
                held.append(link.converse(host.person()))
            for _ in range(300 - DIALOGS_MAX):
                with pytest.raises(dbus.DBusException) as refused:
                    link.converse(host.person())
                assert refused.value.get_dbus_name() == "org.sspr.Sspr1.Error.TooManySessions"
        for conversation in held:
            assert conversation.prompt()
        assert len(host.sessions()) == DIALOGS_MAX

        late = host.person()
        pam.make_service("onerr=fail")
        assert pam.log_in(late)[0].account == pam.PERMISSION_DENIED
        pam.make_service("onerr=ignore")
        assert pam.log_in(late)[0].account == pam.SUCCESS
    finally:
        close_all(host, held)
    again = bus.converse(host.person())
    assert again.prompt()
    again.close()


def test_no_dialog_holds_a_connection_to_the_bus(host, keyboard_sshd):
    with bus.Bus() as link:
        before = link.connections_of(0)
        people = [host.person() for _ in range(10)]
        logins = [sshd.ssh(keyboard_sshd, person.name) for person in people]
        for login, person in zip(logins, people):
            login.expect("assword:")
            login.sendline(person.password)
            login.expect("start now")
        assert len(host.sessions()) == len(people)
        assert link.connections_of(0) == before
    for login in logins:
        login.close(force=True)
    wait_until(lambda: not host.sessions(), "all sessions have ended")


def steps(conversation, count=100):
    """The usual time of a step, in seconds."""
    times = []
    for _ in range(count):
        began = time.monotonic()
        conversation.answer("?")
        assert conversation.prompt()
        times.append(time.monotonic() - began)
    return statistics.median(times)


def test_dialogs_that_wait_slow_no_other_one(host):
    alone = bus.converse(host.person())
    assert alone.prompt()
    before = steps(alone)
    held = [bus.converse(host.person()) for _ in range(200)]
    for conversation in held:
        assert conversation.prompt()
    among_many = steps(alone)
    close_all(host, held + [alone])
    assert among_many < 5 * before + 0.005


def test_a_thousand_logins_at_a_time_without_one_failure(registered):
    pam.make_service("onerr=fail")
    logins = pam.log_in(*registered, count=1000, parallel=1000)
    assert len(logins) == 1000
    assert {(login.authenticate, login.account) for login in logins} == {(pam.SUCCESS, pam.SUCCESS)}
    assert {login.prompts for login in logins} == {0}


def test_a_hundred_logins_by_sshd_at_a_time(registered, keyboard_sshd):
    with open("/tmp/askpass", "w") as file:
        file.write("#!/bin/sh\necho '%s'\n" % registered[0].password)
    os.chmod("/tmp/askpass", 0o755)

    def log_in(number):
        command = sshd.ssh_command(keyboard_sshd, registered[number % 10].name, "true")
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=3 * LONG,
                              env=dict(os.environ, SSH_ASKPASS="/tmp/askpass", SSH_ASKPASS_REQUIRE="force"))

    with concurrent.futures.ThreadPoolExecutor(100) as pool:
        results = list(pool.map(log_in, range(100)))
    assert [result.stderr for result in results if result.returncode] == []


def test_an_idle_daemon_is_small(host):
    host.stop_daemon()
    bus.check(host.person())
    assert processes.proportional_memory(host.daemon()) < 6 * 1024


def test_dialogs_leave_neither_files_nor_memory_behind(host):
    person = host.person()

    def dialogs(count):
        with bus.Bus() as link:
            for _ in range(count):
                conversation = link.converse(person)
                assert conversation.prompt()
                conversation.close()
        wait_until(lambda: not host.sessions(), "all sessions have ended")
        pid = host.daemon()
        return processes.open_files(pid), processes.own_memory(pid)

    files_before, memory_before = dialogs(LEAK_DIALOGS // 10)
    files_after, memory_after = dialogs(LEAK_DIALOGS - LEAK_DIALOGS // 10)
    assert files_after <= files_before + 1     # one that comes and goes: a delivery, the probe of the store
    assert memory_after < memory_before + 512   # KiB; the pages that SQLite keeps are half of it
