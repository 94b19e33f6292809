"""What is broken, and what a login does then.

A user with a stamp logs in as if nothing were; anybody else gets what onerr says, within timeout + 0.5 s, and one line
in the log says what is wrong. The bound is asked of the fastest of a few logins: the machine may be busy.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import threading
import time

import pytest

import bus
import pam
from host import BUS_SOCKET, DATABASE, KEY_FILE
from player import register
from waiting import LONG, wait_until

TIMEOUT = 2
TRIES = 3
DAEMON = "/usr/sbin/ssprd"


@pytest.fixture(scope="module")
def people(host):
    """Somebody with a stamp, and somebody who is due."""
    stamped, due = host.person(), host.person()
    register(host, stamped)
    return stamped, due


@contextlib.contextmanager
def bus_absent(host):
    host.stop_bus()
    os.rename(BUS_SOCKET, BUS_SOCKET + ".gone")
    yield ""
    host.start_bus()
    with contextlib.suppress(FileNotFoundError):
        os.unlink(BUS_SOCKET + ".gone")


@contextlib.contextmanager
def bus_frozen(host):
    host.bus.send_signal(signal.SIGSTOP)
    yield ""
    host.bus.send_signal(signal.SIGCONT)


@contextlib.contextmanager
def backlog_full(host):
    server = socket.socket(socket.AF_UNIX)
    server.bind("/run/full-bus")
    server.listen(0)
    waiting = []
    while True:
        client = socket.socket(socket.AF_UNIX)
        client.setblocking(False)
        waiting.append(client)
        try:
            client.connect("/run/full-bus")
        except BlockingIOError:
            break
    yield "bus=unix:path=/run/full-bus"
    for thing in waiting + [server]:
        thing.close()
    os.unlink("/run/full-bus")


@contextlib.contextmanager
def bus_that_never_answers(host):
    server = socket.socket(socket.AF_UNIX)
    server.bind("/run/mute-bus")
    server.listen(100)
    yield "bus=unix:path=/run/mute-bus"
    server.close()
    os.unlink("/run/mute-bus")


@contextlib.contextmanager
def daemon_replaced(host, script):
    host.stop_daemon()
    os.rename(DAEMON, DAEMON + ".kept")
    with open(DAEMON, "w") as file:
        file.write(script)
    os.chmod(DAEMON, 0o755)
    yield ""
    subprocess.run(["pkill", "-KILL", "-f", "^sleep 4711$"])
    wait_until(lambda: not subprocess.run(["pgrep", "-f", "^sleep 4711$"], capture_output=True).stdout, "it is gone")
    os.rename(DAEMON + ".kept", DAEMON)


def activation_hangs(host):
    return daemon_replaced(host, "#!/bin/sh\nexec sleep 4711\n")


def activation_fails(host):
    return daemon_replaced(host, "#!/bin/sh\nexit 1\n")


@contextlib.contextmanager
def daemon_frozen(host):
    bus.check(host.person())
    pid = host.daemon()
    os.kill(pid, signal.SIGSTOP)
    yield ""
    os.kill(pid, signal.SIGCONT)


def asks_ssprd(host):
    """Does a login wait for ssprd: has it said Hello to the bus, and sleeps since?"""
    with bus.Bus() as connection:
        if connection.connections_of(0) < 2:    # ours, and the login's
            return False
    time.sleep(0.2)
    return True


@contextlib.contextmanager
def database_unreadable(host):
    host.stop_daemon()
    shutil.move(DATABASE, DATABASE + ".kept")
    with open(DATABASE, "wb") as file:
        file.write(b"this is no database\n" * 1000)
    os.chmod(DATABASE, 0)
    yield ""
    host.stop_daemon()
    shutil.move(DATABASE + ".kept", DATABASE)


@contextlib.contextmanager
def database_damaged(host):
    host.stop_daemon()
    owner = os.stat(DATABASE)
    shutil.copy2(DATABASE, DATABASE + ".kept")
    with open(DATABASE, "r+b") as file:
        file.write(b"\xff" * 4096)
    yield ""
    host.stop_daemon()
    shutil.move(DATABASE + ".kept", DATABASE)
    os.chown(DATABASE, owner.st_uid, owner.st_gid)


@contextlib.contextmanager
def key_file_missing(host):
    host.stop_daemon()
    os.rename(KEY_FILE, KEY_FILE + ".kept")
    yield ""
    host.stop_daemon()
    assert not os.path.exists(KEY_FILE), "a new key was made beside an old database"
    os.rename(KEY_FILE + ".kept", KEY_FILE)


@contextlib.contextmanager
def configuration_wrong(host):
    host.stop_daemon()
    os.makedirs("/etc/sspr/sspr.conf.d", exist_ok=True)
    with open("/etc/sspr/sspr.conf.d/99-wrong.conf", "w") as file:
        file.write("[registration]\nenforce = perhaps\n")
    yield ""
    host.stop_daemon()
    shutil.rmtree("/etc/sspr/sspr.conf.d")


OUTAGES = [bus_absent, bus_frozen, backlog_full, bus_that_never_answers, activation_hangs, activation_fails,
           daemon_frozen, database_unreadable, database_damaged, key_file_missing, configuration_wrong]
STAMP_STANDS = [outage for outage in OUTAGES if outage is not configuration_wrong]     # that makes every stamp too old


def fastest(person, options):
    pam.make_service("timeout=%d %s" % (TIMEOUT, options))
    logins = [pam.log_in(person)[0] for _ in range(TRIES)]
    assert len({login.account for login in logins}) == 1, logins
    return min(logins, key=lambda login: login.milliseconds)


def refresh_stamp(person):
    bus.check(person)
    assert person.has_stamp()


@pytest.mark.parametrize("outage", STAMP_STANDS)
def test_who_has_a_stamp_logs_in_without_delay(host, people, outage):
    stamped, _ = people
    refresh_stamp(stamped)
    mark = host.log.mark()
    with outage(host) as options:
        login = fastest(stamped, "onerr=fail " + options)
        assert login.account == pam.SUCCESS
        assert login.milliseconds < TIMEOUT * 1000 / 4
        assert not host.log.since(mark, "pam_sspr")


@pytest.mark.parametrize("onerr, result", [("ignore", pam.SUCCESS), ("fail", pam.PERMISSION_DENIED)])
@pytest.mark.parametrize("outage", OUTAGES)
def test_who_has_none_gets_what_onerr_says_in_time_and_one_log_line(host, people, outage, onerr, result):
    _, due = people
    with outage(host) as options:
        mark = host.log.mark()
        login = fastest(due, "onerr=%s %s" % (onerr, options))
        assert login.account == result
        assert login.prompts == 0
        assert login.milliseconds <= TIMEOUT * 1000 + 500
        host.log.wait_for("pam_sspr", mark)
        time.sleep(0.2)
        lines = host.log.since(mark, "pam_sspr")
        assert len(lines) == TRIES, lines


@pytest.mark.parametrize("outage, says", [
    (database_unreadable, "sspr.db"), (database_damaged, "sspr.db"), (key_file_missing, "master.key"),
    (configuration_wrong, "99-wrong.conf:2"),
], ids=lambda value: getattr(value, "__name__", ""))
def test_the_daemon_says_what_keeps_it_from_starting(host, people, outage, says):
    _, due = people
    with outage(host):
        mark = host.log.mark()
        pam.make_service("timeout=%d" % TIMEOUT)
        pam.log_in(due)
        host.log.wait_for("ssprd.*" + says, mark)


def test_after_an_outage_everything_is_as_before(host, people):
    stamped, due = people
    assert bus.check(stamped)[0] == "ok"
    assert bus.check(due)[0] == "register"


# --- in a dialog

def test_a_session_frozen_in_its_turn_ends_the_dialog(host, person):
    """10 s of silence; what follows is onerr's. Asked at the module, which the session serves."""
    pam.make_service("onerr=fail timeout=2")
    with frozen_sessions(host, person):
        began = time.monotonic()
        login, = pam.log_in(person, answer="")
        lasted = time.monotonic() - began
    assert login.account == pam.PERMISSION_DENIED
    assert 9 < lasted < 30


@contextlib.contextmanager
def frozen_sessions(host, person):
    """Freezes this person's session as soon as there is one."""
    import threading
    done = threading.Event()

    def freeze():
        while not done.is_set():
            for pid in host.sessions(person.name):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGSTOP)
            time.sleep(0.001)

    thread = threading.Thread(target=freeze)
    thread.start()
    yield
    done.set()
    thread.join()
    for pid in host.sessions(person.name):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def test_a_daemon_frozen_in_a_dialog_ends_it_as_failed(host, person):
    conversation = bus.converse(person)
    assert conversation.prompt()
    pid = host.daemon()
    os.kill(pid, signal.SIGSTOP)
    try:
        conversation.answer("")
        conversation.prompt()
        conversation.answer("1")    # the app's secret is the judge's
        began = time.monotonic()
        while conversation.prompt() is not None:
            conversation.answer("1")
        assert conversation.verdict in ("failed", None)
        assert time.monotonic() - began < 20
    finally:
        os.kill(pid, signal.SIGCONT)
    conversation.close()


def test_a_daemon_that_is_killed_while_a_login_asks_it_is_asked_anew(host, person):
    """onerr=fail would refuse the login: the one that the bus starts next answers it."""
    service = pam.make_service("onerr=fail timeout=30")
    bus.check(person)
    host.forget_stamps()
    pid = host.daemon()
    os.kill(pid, signal.SIGSTOP)
    waiting = threading.Thread(target=lambda: logins.extend(pam.log_in(person, answer="n", service=service)))
    logins = []
    waiting.start()
    wait_until(lambda: asks_ssprd(host), "the login's call is with the bus")
    os.kill(pid, signal.SIGKILL)
    waiting.join(LONG)
    assert logins and logins[0].account == pam.SUCCESS
    assert logins[0].prompts == 1


@pytest.fixture
def small_disk(host):
    """/var/lib/sspr on a disk of its own, that can be filled."""
    host.stop_daemon()
    subprocess.run(["cp", "-a", "/var/lib/sspr", "/run/sspr-data"], check=True)
    owner = os.stat("/var/lib/sspr")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m,mode=700,uid=%d,gid=%d" % (owner.st_uid, owner.st_gid),
                    "small", "/var/lib/sspr"], check=True)
    subprocess.run("cp -a /run/sspr-data/. /var/lib/sspr/", shell=True, check=True)
    yield "/var/lib/sspr/filler"
    host.stop_daemon()
    subprocess.run(["umount", "/var/lib/sspr"], check=True)
    shutil.rmtree("/run/sspr-data")


def fill(filler):
    with open(filler, "wb", buffering=0) as file:
        with contextlib.suppress(OSError):
            while True:
                file.write(b"x" * 4096)


def test_a_full_disk_gives_what_onerr_says_and_loses_nothing(host, small_disk, people):
    stamped, due = people
    refresh_stamp(stamped)
    fill(small_disk)
    assert fastest(stamped, "onerr=fail").account == pam.SUCCESS
    mark = host.log.mark()
    login = fastest(due, "onerr=fail")
    assert login.account == pam.PERMISSION_DENIED
    host.log.wait_for("pam_sspr", mark)
    assert fastest(due, "onerr=ignore").account == pam.SUCCESS
    os.unlink(small_disk)
    assert bus.check(due)[0] == "register"
    assert bus.check(stamped)[0] == "ok"


def test_a_disk_that_fills_up_in_a_dialog_ends_it_and_keeps_what_was_saved(host, small_disk, person):
    from player import Player
    player = Player(host, person)
    conversation = bus.converse(person)
    while "1 of 2 done" not in "".join(conversation.texts):
        text = conversation.prompt()
        if "1 of 2 done" in text:
            break
        conversation.answer(player.answer(text))
    fill(small_disk)
    conversation.answer(player.answer(text))
    while True:
        text = conversation.prompt()
        if text is None:
            break
        conversation.answer(player.answer(text) if player.name_of(text) != "mail code" else "000000")
    assert conversation.verdict in ("failed", None)
    conversation.close()
    os.unlink(small_disk)
    again = bus.converse(person)
    assert "1 of 2 done" in again.prompt()
    again.close()
