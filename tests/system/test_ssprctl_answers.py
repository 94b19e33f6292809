"""ssprctl without the real daemon: its usage, the policy's files, PAM files, and a daemon that answers oddly or not at all."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time

import pytest

from host import BUILD, TREE
from waiting import LONG

SSPRCTL = os.path.join(TREE, BUILD, "ssprctl")
DONE, REFUSED, USAGE, UNREACHABLE = 0, 1, 2, 3
COMMANDS = ["status", "users", "show", "policy check", "simulate", "audit", "audit verify"]

pytestmark = pytest.mark.sanitized

BUS_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><listen>unix:path=%s</listen><auth>EXTERNAL</auth><policy context="default"><allow user="*"/><allow own="*"/>
<allow send_destination="*" eavesdrop="true"/><allow receive_sender="*"/></policy></busconfig>
"""


@pytest.fixture(autouse=True)
def clean_ending():
    """These tests need no host."""


def run(*arguments, address="unix:path=/nowhere/bus", **environment):
    variables = {"PATH": os.environ["PATH"], "DBUS_SYSTEM_BUS_ADDRESS": address}
    variables.update(environment)
    done = subprocess.run([SSPRCTL] + list(arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=LONG,
                          stdin=subprocess.DEVNULL, env=variables)
    output, errors = done.stdout.decode(), done.stderr.decode()
    for text in (output, errors):
        assert not set(text.replace("\n", "").replace("\r\n", "")) & set(
            [chr(c) for c in list(range(32)) + list(range(0x7f, 0xa0))] + ["\u202e"]) - {"\r"}, text
    assert (done.returncode == DONE) <= (errors == "")
    return done.returncode, output, errors


@pytest.fixture(scope="module")
def bus(tmp_path_factory):
    """A bus of their own; its process and address."""
    folder = tmp_path_factory.mktemp("bus")
    path = folder / "socket"
    (folder / "bus.conf").write_text(BUS_CONFIG % path)
    process = subprocess.Popen(["dbus-daemon", "--nofork", "--nopidfile", "--nosyslog", "--print-address=1",
                                "--config-file=%s" % (folder / "bus.conf")], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
    assert process.stdout.readline()
    yield process, "unix:path=%s" % path
    process.kill()
    process.wait(LONG)
    process.stdout.close()


@pytest.fixture
def answering(bus):
    """Start a daemon that answers in this way; gives the bus's address."""
    running = []

    def start(way):
        running.append(subprocess.Popen([sys.executable, os.path.join(os.path.dirname(__file__), "fake_admin.py"), bus[1], way],
                                        stdout=subprocess.PIPE, stdin=subprocess.DEVNULL))
        assert running[-1].stdout.readline() == b"ready\n"
        return bus[1]

    yield start
    for process in running:
        process.kill()
        process.wait(LONG)
        process.stdout.close()


# --- usage

def test_help_names_every_command():
    code, output, _ = run("--help")
    assert code == DONE
    for command in COMMANDS:
        assert "\n  " + command in output


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_a_help_of_at_most_80_columns(command):
    code, output, _ = run(*command.split(), "--help")
    assert code == DONE and output.startswith("usage: ssprctl " + command)
    assert all(len(line) <= 80 for line in output.splitlines())
    assert len(output.splitlines()) >= 3


@pytest.mark.parametrize("arguments", [
    [], ["unknown"], ["policy"], ["policy", "chec"], ["show"], ["show", "a", "b"], ["users", "x"], ["status", "-x"],
    ["simulate", "alice"], ["simulate", "a", "b", "c"], ["simulate", "a", "b", "--pam"], ["policy", "check", "--json"],
    ["users", "--xml"], ["--json", "users"], ["show", "--pam", "x"], [""],
])
def test_wrong_usage_is_2(arguments):
    code, output, errors = run(*arguments)
    assert (code, output) == (USAGE, "") and errors.startswith("usage: ssprctl ")


def test_output_that_cannot_be_written_is_no_success():
    with open("/dev/full", "w") as full:
        done = subprocess.run([SSPRCTL, "--help"], stdout=full, stderr=subprocess.PIPE, timeout=LONG)
    assert done.returncode == REFUSED and done.stderr


# --- policy check

def test_a_good_policy_is_good(tmp_path):
    (tmp_path / "c").write_text("[registration]\nmethods_required = 1\n")
    assert run("policy", "check", str(tmp_path / "c")) == (DONE, "good\n", "")


def test_the_shipped_policy_is_good():
    assert run("policy", "check", os.path.join(TREE, "policy/sspr.conf")) == (DONE, "good\n", "")


def test_each_mistake_has_its_file_and_line(tmp_path):
    (tmp_path / "c").write_text("[registration]\nmethods_required = 99\nno_such_key = 1\n[no such section]\n")
    (tmp_path / "c.d").mkdir()
    (tmp_path / "c.d" / "10-more.conf").write_text("[email]\ntls = \x1b[2Jsometimes\n")
    code, output, errors = run("policy", "check", str(tmp_path / "c"))
    assert code == REFUSED and errors
    starts = [line.rsplit(": ", 1)[0] for line in output.splitlines()]
    for place in ("c:2", "c:3", "c:4", "c.d/10-more.conf:2"):
        assert any(start.startswith(str(tmp_path / place)) for start in starts), output


def test_an_absent_policy_is_a_mistake(tmp_path):
    code, output, _ = run("policy", "check", str(tmp_path / "nowhere"))
    assert code == REFUSED and output.startswith(str(tmp_path / "nowhere"))


# --- the daemon is not there

@pytest.mark.parametrize("arguments", [["status"], ["users"], ["show", "root"], ["show", "root", "--json"]])
def test_no_bus_is_3(arguments):
    code, output, errors = run(*arguments)
    assert (code, output) == (UNREACHABLE, "") and "not reachable" in errors


def test_no_daemon_on_the_bus_is_3(bus):
    code, output, errors = run("users", address=bus[1])
    assert (code, output) == (UNREACHABLE, "") and "not reachable" in errors


def test_an_address_that_is_no_socket_is_3():
    assert run("users", address="tcp:host=127.0.0.1,port=1")[0] == UNREACHABLE


def test_a_daemon_or_a_bus_that_never_answers_is_3_in_bounded_time(bus, answering):
    address = answering("silence")
    began = time.monotonic()
    silent = subprocess.Popen([SSPRCTL, "users"], env={"DBUS_SYSTEM_BUS_ADDRESS": address}, stderr=subprocess.DEVNULL)
    time.sleep(0.5)
    os.kill(bus[0].pid, signal.SIGSTOP)
    try:
        assert run("users", address=bus[1])[0] == UNREACHABLE
        assert silent.wait(LONG) == UNREACHABLE
    finally:
        os.kill(bus[0].pid, signal.SIGCONT)
    assert time.monotonic() - began < 25


# --- odd answers

@pytest.mark.parametrize("way", ["a-text", "nothing", "too-much", "deep", "a-structure"])
def test_an_answer_of_another_form_is_3(answering, way):
    code, output, errors = run("show", "alice", address=answering(way))
    assert (code, output) == (UNREACHABLE, "") and "form" in errors


@pytest.mark.parametrize("name, answer", [
    ("org.sspr.Sspr1.Error.NotAllowed", REFUSED), ("org.sspr.Sspr1.Error.NoSuchUser", REFUSED),
    ("org.sspr.Sspr1.Error.BadRequest", REFUSED), ("org.sspr.Sspr1.Error.Unavailable", REFUSED),
    ("org.freedesktop.DBus.Error.AccessDenied", REFUSED), ("org.freedesktop.DBus.Error.UnknownMethod", UNREACHABLE),
    ("org.sspr.Sspr1.Error.Newer", UNREACHABLE),
])
def test_errors_have_their_exit_code(answering, name, answer):
    code, output, errors = run("show", "alice", address=answering(name))
    assert (code, output) == (answer, "") and errors.startswith("ssprctl: ")


def test_escapes_from_the_daemon_reach_no_terminal(answering):
    """run() looks for control characters in everything that is printed."""
    address = answering("odd-users")
    for options in ([], ["--json"], ["--csv"]):
        code, output, _ = run("users", *options, address=address)
        assert code == DONE and "ev" in output and "il" in output


def test_escapes_in_a_record_reach_no_terminal(answering):
    address = answering("odd-record")
    for command in (["status"], ["show", "alice"]):
        for options in ([], ["--json"], ["--csv"]):
            assert run(*command, *options, address=address)[0] == DONE


@pytest.mark.parametrize("way", ["wrong-types", "empty-record"])
def test_fields_of_other_types_are_shown_as_absent(answering, way):
    address = answering(way)
    for command in (["status"], ["show", "alice"]):
        for options in ([], ["--json"], ["--csv"]):
            assert run(*command, *options, address=address)[0] == DONE


def test_thousands_of_users_are_listed(answering):
    address = answering("many")
    assert len(run("users", address=address)[1].splitlines()) == 5001
    assert len(json.loads(run("users", "--json", address=address)[1])) == 5000
    rows = list(csv.DictReader(io.StringIO(run("users", "--csv", address=address)[1], newline="")))
    assert len(rows) == 5000 and rows[17]["user"] == "user17"


def test_a_name_that_is_too_long_is_refused_here(answering):
    address = answering("odd-record")
    assert run("show", "x" * 256, address=address)[0] == REFUSED
    assert run("show", "", address=address)[0] == REFUSED


# --- audit

@pytest.mark.parametrize("way", ["a-text", "nothing", "too-much", "deep", "a-structure", "many", "audit-for-ever"])
@pytest.mark.parametrize("command", ["audit", "audit verify"])
def test_an_audit_of_another_form_or_without_end_is_no_audit(answering, command, way):
    code, output, errors = run(*command.split(), address=answering(way))
    assert (code, output) == (UNREACHABLE, "") and "another form" in errors


def test_a_broken_chain_is_said(answering):
    code, output, errors = run("audit", "verify", address=answering("audit-broken"))
    assert (code, output) == (REFUSED, "") and "row 9 was changed, or is missing" in errors


def test_an_odd_head_reaches_no_terminal(answering):
    code, output, _ = run("audit", "verify", address=answering("audit-odd"))
    assert code == DONE and output.startswith("3 rows, whole: row=3 head=")


# --- simulate

@pytest.fixture
def pam(tmp_path):
    """Write PAM files: pam(name=text); gives the options that make simulate read them."""
    def write(**files):
        for name, text in files.items():
            (tmp_path / name.replace("_", "-")).write_text(text)
        return ["--pam", str(tmp_path)]
    return write


LISTED = "account required pam_sspr.so services=sshd,login onerr=fail\n"


def test_simulate_says_who_is_asked_and_why(answering, pam, tmp_path):
    address = answering("reconfirm")
    options = pam(sshd="auth required pam_unix.so\n@include common-account\n", common_account="\n" + LISTED)
    code, output, _ = run("simulate", "nobody", "sshd", *options, address=address)
    assert (code, output) == (DONE, (
        "nobody through sshd: would be asked to confirm (2 of 2 done, 1 postpone left): %s/common-account:2 has "
        "pam_sspr.so, service sshd is on its list; a login without a dialog is refused; onerr=fail: refused while sspr "
        "cannot answer\n") % tmp_path)


def test_simulate_says_that_postponing_is_free(answering, pam):
    output = run("simulate", "nobody", "sshd", *pam(sshd="account required pam_sspr.so"), address=answering("free"))[1]
    assert "would be asked to register (0 of 2 done, postponing is free)" in output and "let in while sspr" in output


@pytest.mark.parametrize("user, service, files, words", [
    ("nobody", "sudo", {"sudo": LISTED}, "left alone: service sudo is not on the list of"),
    ("nobody", "sshd", {"sshd": "account required pam_unix.so"}, "left alone: {0}/sshd has no account line with pam_sspr.so"),
    ("nobody", "sshd", {"other": "auth required pam_deny.so"}, "left alone: {0}/other has no account line"),
    ("nobody", "sshd", {}, "left alone: there is no PAM file for this service"),
    ("root", "sshd", {"sshd": LISTED}, "left alone: root is never asked"),
])
def test_who_is_left_alone_is_known_without_the_daemon(pam, tmp_path, user, service, files, words):
    code, output, _ = run("simulate", user, service, *pam(**files))
    assert code == DONE and words.format(tmp_path) in output and len(output.splitlines()) == 1


def test_simulate_takes_other_for_a_service_without_account_lines(answering, pam, tmp_path):
    options = pam(sshd="auth required pam_unix.so", other=LISTED)
    output = run("simulate", "nobody", "SSHD", *options, address=answering("free"))[1]
    assert "%s/other:1 has pam_sspr.so" % tmp_path in output and "sshd has no account lines of its own" in output


def test_simulate_for_programs(answering, pam, tmp_path):
    address = answering("reconfirm")
    options = pam(sshd=LISTED)
    answer = json.loads(run("simulate", "nobody", "sshd", "--json", *options, address=address)[1])
    expected = {"user": "nobody", "service": "sshd", "asked": True, "state": "reconfirm", "onerr": "fail", "line": 1,
                "file": str(tmp_path / "sshd"), "services": "sshd,login", "required": 2, "done": 2, "postpones_left": 1}
    assert expected.items() <= answer.items()
    row, = csv.DictReader(io.StringIO(run("simulate", "nobody", "sshd", "--csv", *options, address=address)[1], newline=""))
    assert row["asked"] == "yes" and row["line"] == "1" and row["refuses_keyed"] == "yes"
    alone = json.loads(run("simulate", "nobody", "sudo", "--json", *options)[1])
    assert alone["asked"] is False and "state" not in alone


def test_escapes_in_files_and_answers_reach_no_terminal(answering, pam):
    address = answering("odd-simulation")
    options = pam(sshd="account required pam_sspr.so [services=sshd,\x1b[2J\x9b]\n", cron="account required pam_sspr.so services=\x1b]0;x\x07")
    for form in ([], ["--json"], ["--csv"]):
        assert run("simulate", "nobody", "sshd", *form, *options, address=address)[0] == DONE
        assert run("simulate", "nobody", "cron", *form, *options)[0] == DONE


@pytest.mark.parametrize("service", ["../passwd", "/etc/passwd", "", ".", "..", "x" * 64])
def test_what_is_no_service_is_refused(service):
    assert run("simulate", "nobody", service)[0] == REFUSED


def test_an_unknown_user_is_refused(pam):
    code, output, errors = run("simulate", "no-such\x1buser", "sshd", *pam(sshd=LISTED))
    assert (code, output) == (REFUSED, "") and "no user" in errors


def test_pam_files_that_cannot_be_used_are_said(pam, tmp_path):
    options = pam(loop="@include loop\n", large="#" * 70000)
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "folder").mkdir()
    for name in ("loop", "large", "fifo", "folder"):
        code, output, errors = run("simulate", "nobody", name, *options)
        assert (code, output) == (REFUSED, "") and str(tmp_path / name) in errors


def test_texts_come_in_the_users_language_only_where_there_is_one():
    assert run("--help", LANGUAGE="xx:yy", LANG="nl_NL.UTF-8")[0] == DONE
    assert run("--help", LC_ALL="\x1b[2J" * 50)[0] == DONE
