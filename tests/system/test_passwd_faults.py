"""sspr-passwd: who may ask it, what it has given up, and what goes wrong on the way: the old password holds, or the new one."""

import os
import random
import signal
import subprocess
import sys
import time

import dbus
import dbus.bus
import pytest

import grants
import processes
from grants import ACTIVATION, GOOD, OTHER, fits
from host import BUS_SOCKET, SANITIZED
from hostdisk import Lock, full_etc, read_only_etc
from waiting import LONG, wait_until

pytestmark = pytest.mark.usefixtures("no_grant_is_left")

CALLER = """
import os, sys
import dbus, dbus.bus
os.setgid(int(sys.argv[1]))
os.setuid(int(sys.argv[1]))
connection = dbus.bus.BusConnection("unix:path=%s")
try:
    connection.call_blocking("org.sspr.Password1", "/org/sspr/Password1", "org.sspr.Password1", "Grant", "ay", (sys.argv[2].encode(),))
except dbus.DBusException as error:
    print(error.get_dbus_name())
""" % BUS_SOCKET


# --- who may ask

def ask_as(uid, name):
    return subprocess.run([sys.executable, "-c", CALLER, str(uid), name], stdout=subprocess.PIPE, text=True, timeout=LONG).stdout.strip()


@pytest.fixture
def open_bus(host):
    """The bus lets everybody send: what is left is sspr-passwd's own look."""
    path = "/etc/dbus-1/system.d/zz-open.conf"
    with open(path, "w") as file:
        file.write('<busconfig><policy context="mandatory"><allow send_destination="org.sspr.Password1"/></policy></busconfig>')
    host.bus.send_signal(signal.SIGHUP)
    wait_until(lambda: "AccessDenied" not in ask_as(0, "nobody"), "the bus has read it")
    yield
    os.unlink(path)
    host.bus.send_signal(signal.SIGHUP)
    wait_until(lambda: "AccessDenied" in ask_as(0, "nobody"), "the bus has read it")


def uid_of(kind, host):
    return {"root": 0, "a user": host.person().uid, "another process of sspr": int(subprocess.check_output(["id", "-u", "sspr"]))}[kind]


@pytest.mark.parametrize("kind", ["root", "a user"])
def test_the_bus_lets_only_sspr_ask(host, judge, person, kind):
    assert ask_as(uid_of(kind, host), person.name) == "org.freedesktop.DBus.Error.AccessDenied"


def test_only_the_owner_of_the_name_may_ask(host, judge, person):
    mark = host.log.mark()
    assert ask_as(uid_of("another process of sspr", host), person.name) == "org.sspr.Sspr1.Error.NotAllowed"
    assert host.log.wait_for("who is not ssprd", mark)


@pytest.mark.parametrize("kind", ["root", "a user", "another process of sspr"])
def test_it_looks_itself_at_who_asks(host, judge, open_bus, person, kind):
    assert ask_as(uid_of(kind, host), person.name) == "org.sspr.Sspr1.Error.NotAllowed"
    assert not grants.supervisors()


def test_nobody_else_can_have_its_name(host, judge):
    connection = dbus.bus.BusConnection("unix:path=" + BUS_SOCKET)
    stranger = "import dbus.bus, os; os.setuid(20000); dbus.bus.BusConnection('unix:path=%s').request_name('org.sspr.Password1')"
    done = subprocess.run([sys.executable, "-c", stranger % BUS_SOCKET], stderr=subprocess.PIPE, text=True)
    assert "AccessDenied" in done.stderr
    connection.close()


# --- what it has

def status_of(pid):
    with open("/proc/%d/status" % pid) as file:
        return dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)


def memory_of(pid):
    """All that can be read of it."""
    with open("/proc/%d/maps" % pid) as maps, open("/proc/%d/mem" % pid, "rb") as memory:
        for line in maps:
            where, rights = line.split()[:2]
            if rights.startswith("rw"):
                begin, end = (int(number, 16) for number in where.split("-"))
                memory.seek(begin)
                yield memory.read(end - begin)


def sockets_of(pid):
    return {os.readlink("/proc/%d/fd/%s" % (pid, fd)) for fd in os.listdir("/proc/%d/fd" % pid)} - {"/dev/null"}


@pytest.fixture
def half_way(judge, person):
    """A grant whose new password was typed once."""
    grant = judge.grant(person.name)
    grant.choose()
    grant.prompt()
    grant.answer(GOOD)
    grant.prompt()
    yield grant
    grant.close()


@pytest.mark.skipif(SANITIZED, reason="a sanitizer's runtime keeps copies, and its own files")
def test_the_password_is_in_one_process_alone(judge, person, half_way):
    holders = {pid: any(GOOD.encode() in part for part in memory_of(pid)) for pid in processes.find("sspr-passwd")}
    assert len(holders) == 3
    assert [pid for pid, holds in holders.items() if holds] == grants.pam_children()


def test_it_has_given_up_what_it_does_not_need(judge, half_way):
    pids = [grants.helper()] + grants.supervisors() + grants.pam_children()
    assert len(pids) == 3
    for pid in pids:
        status = status_of(pid)
        assert {status[name] for name in ("CapPrm", "CapEff", "CapBnd")} == {"000000002000000b"}
        assert {status[name] for name in ("CapInh", "CapAmb")} == {"0" * 16}
        assert status["NoNewPrivs"] == "1"
        with open("/proc/%d/limits" % pid) as file:
            assert [line.split()[4:6] for line in file if line.startswith("Max core")] == [["0", "0"]]


def test_a_grant_keeps_nothing_of_the_bus(judge, half_way):
    main = sockets_of(grants.helper())
    for pid in grants.supervisors() + grants.pam_children():
        shared, = sockets_of(pid) & main    # the pipe that tells when all is over
        assert shared.startswith("pipe:") and processes.open_files(pid) <= 10


# --- what goes wrong

def typed(judge, person, *answers):
    """A grant where these were typed, and the last of them is being worked on."""
    grant = judge.grant(person.name)
    grant.choose()
    for answer in answers:
        assert grant.prompt() is not None
        grant.answer(answer)
    return grant


def end_of(grant):
    try:
        assert grant.prompt() is None
    except ConnectionResetError:    # whoever was killed had not read all of it
        assert grant.verdict is None
    return grant.verdict


def test_a_held_lock_ends_it_in_time(judge, person):
    before = open("/etc/shadow").read()
    with Lock():
        grant = typed(judge, person, GOOD, GOOD)
        began = time.monotonic()
        assert end_of(grant) == "failed"
        assert time.monotonic() - began < 20    # GRANT_WORK_MS
    assert "may be in use. The old password holds" in grant.errors[0]
    assert open("/etc/shadow").read() == before
    wait_until(lambda: not grants.supervisors(), "it has ended")
    assert judge.grant(person.name).run(GOOD, GOOD) == "password-changed"


def test_a_read_only_disk(judge, person):
    before, told = open("/etc/shadow").read(), judge.outcomes()
    grant = typed(judge, person, GOOD)
    grant.prompt()
    with read_only_etc():
        grant.answer(GOOD)
        assert end_of(grant) == "failed"
    assert "read-only. The old password holds" in grant.errors[-1]
    assert open("/etc/shadow").read() == before and judge.outcomes() == told


def test_a_full_disk(judge, person):
    with full_etc():
        before = open("/etc/shadow").read()
        grant = typed(judge, person, GOOD, GOOD)
        assert end_of(grant) == "failed"
        assert "is full. The old password holds" in grant.errors[-1]
        assert open("/etc/shadow").read() == before


KILL = {"the supervisor": grants.supervisors, "the PAM child": grants.pam_children, "the one on the bus": lambda: [grants.helper()]}


@pytest.mark.parametrize("answers", [[], [GOOD], [GOOD, GOOD]], ids=["nothing typed", "typed once", "being saved"])
@pytest.mark.parametrize("whom", KILL)
def test_who_is_killed_leaves_the_old_password(host, judge, person, whom, answers):
    before, mark = open("/etc/shadow").read(), host.log.mark()
    with Lock():
        grant = typed(judge, person, *answers)
        if len(answers) < 2:
            grant.prompt()
        wait_until(grants.pam_children, "PAM is at work")
        children = grants.pam_children()
        for pid in KILL[whom]():
            os.kill(pid, signal.SIGKILL)
        assert end_of(grant) == ("failed" if whom == "the PAM child" else None)
        wait_until(lambda: not set(children) & set(processes.find("sspr-passwd")), "all of it has ended")
    assert open("/etc/shadow").read() == before
    if whom == "the supervisor":
        assert host.log.wait_for("grant of %s: ended by signal 9" % person.name, mark)
    wait_until(lambda: not grants.supervisors(), "it has ended")
    assert judge.grant(person.name).run(GOOD, GOOD) == "password-changed"


@pytest.mark.parametrize("whom", ["the supervisor", "the PAM child"])
def test_who_is_killed_while_it_is_saved_leaves_one_of_the_two(judge, host, whom):
    chance = random.Random(7)
    for _ in range(15):
        person = host.person()
        others = {n: line for n, line in grants.lines_of("/etc/shadow").items() if n != person.name}
        grant = typed(judge, person, GOOD, GOOD)
        time.sleep(chance.uniform(0, 0.15))
        for pid in KILL[whom]():
            os.kill(pid, signal.SIGKILL)
        verdict = end_of(grant)
        new = fits(person, GOOD)
        assert new or fits(person, person.password)
        assert {n: line for n, line in grants.lines_of("/etc/shadow").items() if n != person.name} == others
        if verdict is not None:
            assert verdict == ("password-changed" if new else "failed")
        wait_until(lambda: not grants.supervisors(), "it has ended")


# --- ssprd is told

@pytest.mark.parametrize("way, words", [("refuse", "did not take password-changed"), ("silence", "was not told")])
def test_the_verdict_is_said_whatever_ssprd_says(host, judge, person, way, words):
    mark = host.log.mark()
    judge.answer_outcomes(way)
    began = time.monotonic()
    assert judge.grant(person.name).run(GOOD, GOOD) == "password-changed"
    assert time.monotonic() - began < 20
    judge.answer_outcomes("take")
    assert host.log.wait_for("grant of %s: ssprd %s" % (person.name, words), mark)
    assert fits(person, GOOD)


# --- coming and going

@pytest.fixture
def short_idle(host):
    kept = open(ACTIVATION).read()
    grants.stop_helper()
    with open(ACTIVATION, "w") as file:
        file.write(kept.replace("sspr-passwd\nUser", "sspr-passwd -i 1\nUser"))
    host.bus.send_signal(signal.SIGHUP)
    yield
    with open(ACTIVATION, "w") as file:
        file.write(kept)
    host.bus.send_signal(signal.SIGHUP)
    wait_until(lambda: grants.helper() is None, "the one that is soon idle has ended")


def test_it_ends_when_it_is_idle_and_comes_again(judge, person, short_idle):
    grant = judge.grant(person.name)
    wait_until(lambda: "-i" in processes.arguments_of(grants.helper() or 0), "the bus has read it")
    grant.choose()
    assert grant.prompt() is not None
    time.sleep(1.5)
    assert grants.helper(), "a grant is no idleness"
    grant.give_up()
    assert end_of(grant) == "declined"
    wait_until(lambda: grants.helper() is None, "it has ended")
    assert judge.grant(person.name).run(OTHER, OTHER) == "password-changed"


def test_it_ends_when_it_is_told_to(host, judge, person):
    """Its grants die with it: the password stays."""
    grant = typed(judge, person)
    assert grant.prompt() is not None
    os.kill(grants.helper(), signal.SIGTERM)
    assert end_of(grant) is None
    wait_until(lambda: not processes.find("sspr-passwd"), "nothing of it is left")
    assert fits(person, person.password)


# --- a stack that is not as it was shipped

@pytest.fixture
def quality_last():
    """An administrator's mistake: the host's rules are asked when pam_unix has saved already."""
    path = "/etc/pam.d/sspr-passwd"
    with open(path) as file:
        before = file.read()
    with open(path, "w") as file:
        file.write("password required pam_unix.so yescrypt\n"
                   "password required pam_pwquality.so use_authtok enforce_for_root\n")
    yield
    with open(path, "w") as file:
        file.write(before)


def test_what_a_stack_saved_and_refused_afterwards_is_a_change(judge, person, quality_last):
    """It is told to everybody, and nobody is sent away with the old password, which is gone."""
    weak = "password"
    grant = judge.grant(person.name)
    assert grant.run(weak, weak) == "password-changed"
    assert fits(person, weak) and len(grant.errors) == 1
    assert judge.outcomes()[-1] == "%s password-changed 0" % person.name
