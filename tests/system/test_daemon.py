"""ssprd itself: who may ask what, reload, stop, what it says when it cannot start, what it costs when idle."""

import concurrent.futures
import os
import pwd
import signal
import subprocess
import sys
import threading
import time

import dbus
import pytest

import bus
import processes
from bus import NAME, context_of
from host import CONF, POLICY, SANITIZED, STAMPS
from player import register
from waiting import LONG, wait_until

pytestmark = pytest.mark.sanitized

ADMIN = NAME + ".Admin"
ERROR = NAME + ".Error."
DAEMON = "/usr/sbin/ssprd"
IDLE_KIB = 6 * 1024

AS_A_USER = """
import os, sys
sys.path.insert(0, %r)
import bus, dbus    # as root: the tree may lie where no user can read
os.setgroups([])
os.setgid(%d)
os.setuid(%d)
with bus.Bus() as link:
    try:
        answer = link.call(%r, %r, %r, *%s)
        print("answer", str(answer[0]) if isinstance(answer, tuple) else "")
    except dbus.DBusException as refused:
        print("error", refused.get_dbus_name())
"""


def as_user(uid, interface, method, signature, arguments):
    """What a program of that uid is answered: ("answer", its first value) or ("error", the name). arguments: Python."""
    here = os.path.dirname(os.path.abspath(__file__))
    script = AS_A_USER % (here, uid, uid, interface, method, signature, arguments)
    done = subprocess.run([sys.executable, "-B", "-c", script], env={}, capture_output=True,
                          text=True, timeout=LONG, check=True)
    return tuple(done.stdout.split())


def refused_as_root(interface, method, signature, *arguments):
    with bus.Bus() as link, pytest.raises(dbus.DBusException) as refused:
        link.call(interface, method, signature, *arguments)
    return refused.value.get_dbus_name()


EMPTY = "dbus.Dictionary({}, signature='sv')"


# --- who may ask what

def test_users_may_check_themselves_and_nobody_else(host):
    me, other = host.person(), host.person()
    bus.check(me)
    bus.check(other)
    assert as_user(me.uid, NAME, "Check", "aya{sv}", "(%r, %s)" % (me.name.encode(), EMPTY))[0] == "answer"
    for name in (other.name, "root", "nobody-at-all"):
        assert as_user(me.uid, NAME, "Check", "aya{sv}", "(%r, %s)" % (name.encode(), EMPTY)) == \
            ("error", ERROR + "NotAllowed")


def test_a_name_that_root_never_told_of_is_not_oneself(host, person):
    assert as_user(person.uid, NAME, "Check", "aya{sv}", "(%r, %s)" % (person.name.encode(), EMPTY)) == \
        ("error", ERROR + "NotAllowed")


def test_what_only_root_can_know_is_not_taken_from_a_user(host, person):
    bus.check(person, local_password=dbus.Boolean(False, variant_level=1))
    claim = "(%r, dbus.Dictionary({'local_password': True, 'uid': dbus.UInt64(%d)}, signature='sv'))" % \
        (person.name.encode(), person.uid)
    assert as_user(person.uid, NAME, "Check", "aya{sv}", claim) == ("answer", "not-enabled")


def test_only_root_may_open_a_dialog(host, person):
    bus.check(person)
    assert as_user(person.uid, NAME, "Converse", "aysa{sv}",
                   "(%r, 'enroll', %s)" % (person.name.encode(), EMPTY)) == ("error", ERROR + "NotAllowed")
    assert not host.sessions()


def test_a_reset_is_begun_by_root_alone(host, person):
    bus.check(person)
    for name in (person.name, "nobody-at-all"):
        assert as_user(person.uid, NAME, "Converse", "aysa{sv}",
                       "(%r, 'reset', %s)" % (name.encode(), EMPTY)) == ("error", ERROR + "NotAllowed")
    assert not host.sessions()


def test_a_reset_of_a_name_that_nobody_has_is_held_and_writes_no_name(host, person):
    mark = host.log.mark()
    for name in (person.name, "a-name-that-nobody-has"):
        with bus.Bus() as link:
            handle = link.call(NAME, "Converse", "aysa{sv}", name.encode(), "reset",
                               dbus.Dictionary({"service": dbus.String("sshd", variant_level=1)}, signature="sv"))
            os.close(handle.take())
    lines = host.log.since(mark, r"reset-started")
    assert len(lines) == 2
    assert not host.log.since(mark, "a-name-that-nobody-has")


def test_the_admin_interface_is_roots_but_for_ones_own_record(host):
    me, other = host.person(), host.person()
    bus.check(me)
    bus.check(other)
    assert as_user(me.uid, ADMIN, "Users", "", "()") == ("error", ERROR + "NotAllowed")
    assert as_user(me.uid, ADMIN, "Simulate", "aya{sv}", "(%r, %s)" % (me.name.encode(), EMPTY)) == \
        ("error", ERROR + "NotAllowed")
    assert as_user(me.uid, ADMIN, "Show", "ay", "(%r,)" % other.name.encode()) == ("error", ERROR + "NotAllowed")
    assert as_user(me.uid, ADMIN, "Show", "ay", "(%r,)" % me.name.encode())[0] == "answer"


@pytest.mark.parametrize("purpose", ["world-domination", ""])
def test_a_dialog_for_another_purpose_is_a_bad_request(person, purpose):
    assert refused_as_root(NAME, "Converse", "aysa{sv}", person.name.encode(), purpose, context_of(person)) == \
        ERROR + "BadRequest"


def test_arguments_that_are_not_right_are_a_bad_request(person):
    name = person.name.encode()
    context = context_of(person)
    wrong = [
        (NAME, "Check", "sa{sv}", person.name, context),
        (NAME, "Check", "ay", name),
        (NAME, "Check", "aya{sv}", b"", context),
        (NAME, "Check", "aya{sv}", b"x" * 256, context),
        (NAME, "Check", "aya{sv}", b"al\0ice", context),
        (NAME, "Check", "aya{sv}", name, context_of(person, uid=dbus.String("0", variant_level=1))),
        (NAME, "Check", "aya{sv}", name, context_of(person, service=dbus.String("s" * 64, variant_level=1))),
        (NAME, "Check", "aya{sv}", b"nobody-told-of-me", dbus.Dictionary({}, signature="sv")),
    ]
    for call in wrong:
        assert refused_as_root(*call) == ERROR + "BadRequest", call


def test_a_call_that_is_far_too_large_is_refused_and_hurts_nobody(host, person):
    huge = context_of(person, colour=dbus.ByteArray(b"x" * 1_000_000, variant_level=1))
    assert refused_as_root(NAME, "Check", "aya{sv}", person.name.encode(), huge) == \
        "org.freedesktop.DBus.Error.LimitsExceeded"
    assert bus.check(person)[0] == "register"


def test_an_unknown_method_is_unknown_and_the_tables_can_be_read():
    assert refused_as_root(NAME, "Reset", "") == "org.freedesktop.DBus.Error.UnknownMethod"
    with bus.Bus() as link:
        xml = link.call("org.freedesktop.DBus.Introspectable", "Introspect", "")
    for name in ("Check", "Converse", "Users", "Show", "Simulate"):
        assert '<method name="%s">' % name in xml
    assert '<arg type="a{sv}" direction="in"/>' in xml
    assert '<arg type="h" direction="out"/>' in xml


def test_root_is_shown_a_record_masked_and_that_is_audited(host, person):
    register(host, person)
    mark = host.log.mark()
    with bus.Bus() as link:
        record = link.call(ADMIN, "Show", "ay", person.name.encode())
        users = link.call(ADMIN, "Users", "")
    assert record["registered"] and record["done"] == 2 and record["uid"] == person.uid
    masks = {str(method["method"]): str(method["masked"]) for method in record["methods"]}
    assert masks == {"app": "", "email": "%s@m***.example" % person.name[0].ljust(len(person.name), "*")}
    assert person.name.encode() in [bytes(user["user"]) for user in users]
    host.log.wait_for("event=record-viewed user=%s" % person.name, mark)
    assert refused_as_root(ADMIN, "Show", "ay", b"nobody-told-of-me") == ERROR + "NoSuchUser"


def test_simulate_says_what_would_happen_and_writes_nothing(host, person):
    with bus.Bus() as link:
        state, facts = link.call(ADMIN, "Simulate", "aya{sv}", person.name.encode(), context_of(person))
        assert (state, facts["required"], facts["done"], facts["postpones_left"]) == ("register", 2, 0, 3)
        assert facts["reason"] == "0 of 2 methods are registered; 3 postpones left"
        state, facts = link.call(ADMIN, "Simulate", "aya{sv}", person.name.encode(),
                                 context_of(person, interactive=dbus.Boolean(False, variant_level=1)))
        assert state == "remind"
    assert refused_as_root(ADMIN, "Show", "ay", person.name.encode()) == ERROR + "NoSuchUser"


# --- Check

def test_a_login_without_a_dialog_is_reminded_once_a_day_and_leaves_no_stamp(host, person):
    silent = dict(interactive=dbus.Boolean(False, variant_level=1))
    state, facts = bus.check(person, **silent)
    assert state == "remind" and "0 of 2 done" in facts["message"] and len(facts["message"]) <= 80
    state, facts = bus.check(person, **silent)
    assert (state, facts["message"]) == ("remind", "")
    assert not person.has_stamp()


def test_the_line_is_in_the_users_language(person):
    _, facts = bus.check(person, interactive=dbus.Boolean(False, variant_level=1),
                         lang=dbus.ByteArray(b"nl_NL.UTF-8", variant_level=1))
    assert "0 van 2" in facts["message"], facts["message"]


def test_where_such_logins_are_refused_it_is_register(host, policy):
    policy(POLICY + "[registration]\nkeyed_logins = refuse\npostpone_until = 2020-01-01\n")
    assert bus.check(host.person(), interactive=dbus.Boolean(False, variant_level=1))[0] == "register"


def test_another_uid_under_a_name_starts_anew(host, person):
    register(host, person)
    assert bus.check(person)[0] == "ok"
    mark = host.log.mark()
    assert bus.check(person, uid=dbus.UInt64(person.uid + 5000, variant_level=1))[0] == "register"
    host.log.wait_for("event=record-set-aside user=%s" % person.name, mark)
    assert not person.has_stamp()


def test_a_name_with_a_newline_gets_an_answer_and_no_stamp(host, person):
    person.name = person.name + "\nroot"
    assert bus.check(person, local_password=dbus.Boolean(False, variant_level=1))[0] == "not-enabled"
    assert not person.has_stamp()


# --- the running policy

def reload(host):
    mark = host.log.mark()
    os.kill(host.daemon(), signal.SIGHUP)
    return mark


def test_a_reload_takes_the_new_policy_over(host, person, policy):
    bus.check(person)
    pid = host.daemon()
    with open(CONF, "w") as file:
        file.write(POLICY.replace("methods_required = 2", "methods_required = 1"))
    mark = reload(host)
    host.log.wait_for("read again", mark)
    assert host.daemon() == pid
    conversation = bus.converse(person)
    assert "0 of 1" in conversation.prompt()
    conversation.close()


def test_a_reload_of_a_bad_file_keeps_the_policy_that_runs_and_says_so(host, person, policy):
    bus.check(person)
    with open(CONF, "a") as file:
        file.write("[registration]\nmethods_required = many\n")
    mark = reload(host)
    host.log.wait_for("the policy that runs is kept", mark)
    assert host.log.since(mark, r"%s:\d+: " % CONF)
    assert host.log.since(mark, "event=policy-refused")
    assert bus.check(person)[0] == "register"


def test_no_stamp_while_a_configuration_file_is_newer_than_the_policy(host, policy):
    person = host.person()
    register(host, person)
    with open(CONF, "a") as file:
        file.write("# one line more\n")
    assert bus.check(person)[0] == "ok"
    assert not person.has_stamp()
    mark = reload(host)
    host.log.wait_for("read again", mark)
    assert bus.check(person)[0] == "ok"
    assert person.has_stamp()


# --- its start and its end

def test_sigterm_tells_the_dialogs_and_ends(host, person):
    conversation = bus.converse(person)
    assert conversation.prompt()
    host.stop_daemon()
    assert conversation.prompt() is None
    assert conversation.verdict == "failed"
    wait_until(lambda: not host.sessions(), "its session has ended")


def test_whoever_asks_while_it_ends_is_answered_by_it_or_by_the_next_one(host):
    people = [host.person() for _ in range(20)]
    over = threading.Event()

    def asks(person):
        """How often it was answered; how it was not."""
        fine, failed = 0, set()
        while not over.is_set():
            try:
                fine += bus.check(person)[0] == "register"
            except dbus.DBusException as error:
                failed.add(str(error))
        return fine, failed

    with concurrent.futures.ThreadPoolExecutor(len(people)) as pool:
        answers = [pool.submit(asks, person) for person in people]
        try:
            for _ in range(15):
                pid = wait_until(lambda: processes.find("ssprd"), "one runs")[0]
                time.sleep(0.1)     # so that it is asked a lot
                os.kill(pid, signal.SIGTERM)
                wait_until(lambda: processes.program_of(pid) != "ssprd", "it has ended")
        finally:
            over.set()
    results = [answer.result() for answer in answers]
    assert all(fine > 0 for fine, _ in results)
    assert set().union(*(failed for _, failed in results)) == set()


def test_killed_it_takes_its_sessions_with_it(host, person):
    conversation = bus.converse(person)
    assert conversation.prompt()
    host.stop_daemon(signal.SIGKILL)
    wait_until(lambda: not host.sessions(), "its session has ended")
    assert conversation.prompt() is None and conversation.verdict in (None, "failed")


def test_without_the_bus_it_ends_and_says_so(host, person):
    bus.check(person)
    mark = host.log.mark()
    host.stop_bus()
    wait_until(lambda: host.daemon() is None, "ssprd has ended")
    host.start_bus()
    host.log.wait_for("ssprd.*the bus went away", mark)


def run_daemon(*arguments, user="sspr"):
    return subprocess.run([DAEMON, *arguments], user=user, capture_output=True, text=True, timeout=LONG,
                          env={"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=" + bus.BUS_SOCKET})


def test_a_second_daemon_ends_at_once_and_leaves_the_first_alone(host, person):
    bus.check(person)
    done = run_daemon("-d")
    assert done.returncode == 1
    assert done.stderr
    assert bus.check(person)[0] == "register"


def test_a_daemon_of_another_user_does_not_get_the_name(host, tmp_path):
    host.stop_daemon()
    os.chmod(tmp_path, 0o755)
    folder = tmp_path / "data"
    folder.mkdir()
    os.chown(folder, pwd.getpwnam("nobody").pw_uid, -1)
    for parent in tmp_path.parents:
        if str(parent).startswith("/tmp/"):
            os.chmod(parent, 0o755)
    conf = tmp_path / "sspr.conf"
    conf.write_text(POLICY + "[store]\npath = %s/db\nkey_file = %s/key\n" % (folder, folder))
    done = run_daemon("-d", "-c", str(conf), user="nobody")
    assert done.returncode == 1
    assert "does not let uid" in done.stderr


def test_t_is_silent_about_a_good_file_and_tells_every_error_of_a_bad_one(tmp_path):
    assert run_daemon("-t").returncode == 0
    done = run_daemon("-t")
    assert (done.stdout, done.stderr) == ("", "")
    conf = tmp_path / "bad.conf"
    conf.write_text("[registration]\nenforce = perhaps\ncolour = blue\n")
    done = run_daemon("-t", "-c", str(conf), user="root")
    assert done.returncode == 1
    assert [line.split(": ")[0] for line in done.stderr.splitlines()] == ["%s:2" % conf, "%s:3" % conf]


def test_wrong_usage_is_told():
    for arguments in (["-x"], ["extra"], ["-c"]):
        done = run_daemon(*arguments)
        assert done.returncode == 2 and "usage: ssprd" in done.stderr
    done = run_daemon("-h")
    assert done.returncode == 0 and "usage: ssprd" in done.stdout


def test_stamps_stay_when_it_cannot_start(host, person, policy):
    """A broken start locks nobody out who was let by before."""
    register(host, person)
    assert person.has_stamp()
    host.stop_daemon()
    with open(CONF, "a") as file:
        file.write("[registration]\nenforce = perhaps\n")
    assert run_daemon("-d").returncode == 1
    assert person.has_stamp()


@pytest.mark.skipif(SANITIZED, reason="the sanitizers' own memory would be measured")
def test_idle_it_is_small_and_sleeps(host, person):
    register(host, person)
    pid = host.daemon()
    host.log.wait_for("event=notification-sent user=%s " % person.name)
    wait_until(lambda: not host.sessions() and not processes.find("sspr-deliver"), "what it started has ended")
    print("proportional memory, KiB:", processes.proportional_memory(pid))
    assert processes.proportional_memory(pid) < IDLE_KIB

    def ticks():
        with open("/proc/%d/stat" % pid) as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])

    before = ticks()
    time.sleep(1)
    assert ticks() == before


def test_its_files_are_its_own(host, person):
    bus.check(person)
    for path in ("/var/lib/sspr/sspr.db", "/var/lib/sspr/master.key"):
        assert os.stat(path).st_mode & 0o077 == 0
        assert pwd.getpwuid(os.stat(path).st_uid).pw_name == "sspr"
    assert os.stat(STAMPS).st_mode & 0o777 == 0o750
    status = open("/proc/%d/status" % host.daemon()).read()
    assert "CapEff:\t0000000000000000" in status
