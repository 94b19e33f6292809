"""Every program that logs people in: who is asked, who is reminded, who is left alone."""

import os
import re
import subprocess

import pexpect
import pytest

import bus
import cron
import pam
import sshd
from host import POLICY
from player import Player, register
from waiting import LONG, wait_until

PROMPT = r"[$#] $"
REMINDER = "has not yet registered"


@pytest.fixture
def left_alone(host, person):
    """Afterwards: ssprd was not even asked about this person."""
    mark = host.log.mark()
    yield person
    assert not host.log.since(mark, "sspr.*" + person.name)


@pytest.fixture
def not_asked(host, person):
    """Afterwards: nothing is stored of this person, and no "not now" was counted."""
    yield person
    wait_until(lambda: not host.sessions(person.name), "the session has ended")
    conversation = bus.converse(person)
    opening = " ".join(conversation.prompt().split())
    assert "0 of 2 done" in opening and "(3 left)" in opening
    conversation.close()


def is_registered(host, person):
    host.log.wait_for("event=registration-finished user=%s .*result=registered" % person.name)
    return bus.check(person)[0] == "ok"


def asked_at_ssh(server, person, methods="keyboard-interactive"):
    """A login up to its first prompt after the password."""
    child = sshd.ssh(server, person.name, "echo logged in", methods=methods)
    child.expect("assword: ")
    child.sendline(person.password)
    return child


@pytest.mark.sanitized
def test_sshd_keyboard_interactive_registers_and_the_next_login_asks_nothing(host, person, keyboard_sshd):
    child = asked_at_ssh(keyboard_sshd, person)
    player = Player(host, person)
    player.play_terminal(child, "logged in")
    child.expect(pexpect.EOF)
    assert is_registered(host, person)

    child = asked_at_ssh(keyboard_sshd, person)
    child.expect("logged in")
    assert "start now" not in child.before
    assert person.has_stamp()


def test_the_login_after_a_stamp_touches_neither_bus_nor_daemon(host, person, keyboard_sshd):
    register(host, person)
    bus.check(person)
    host.stop_daemon()
    child = asked_at_ssh(keyboard_sshd, person)
    child.expect("logged in")
    assert host.daemon() is None    # a question would have started it


def test_ssprd_is_started_by_the_login_that_needs_it(host, person, keyboard_sshd):
    host.stop_daemon()
    child = asked_at_ssh(keyboard_sshd, person)
    child.expect("start now")
    assert host.daemon()
    child.close(force=True)


def test_every_method_can_be_registered_at_ssh(host, person, keyboard_sshd):
    child = asked_at_ssh(keyboard_sshd, person)
    player = Player(host, person, wants=["questions", "app"])
    player.play_terminal(child, "logged in")
    assert is_registered(host, person)


def test_not_now_at_ssh_logs_in_and_is_not_asked_again(host, person, keyboard_sshd):
    child = asked_at_ssh(keyboard_sshd, person)
    child.expect(r"not\s+now\s+\((\d+)\s+left\)")
    assert child.match.group(1) == "3"
    child.expect("asked: ")
    child.sendline("n")
    child.expect("logged in")
    child = asked_at_ssh(keyboard_sshd, person)
    child.expect("logged in")
    assert "start now" not in child.before
    assert person.has_stamp()


def test_not_now_is_refused_when_it_is_used_up(host, person, policy, keyboard_sshd):
    policy(POLICY.replace("[registration]", "[registration]\npostpone_limit = 0"))
    child = asked_at_ssh(keyboard_sshd, person)
    child.expect("asked: ")
    child.sendline("n")
    child.expect("asked: ")
    child.sendline("n")
    child.expect(pexpect.EOF)
    assert "logged in" not in child.before


@pytest.mark.sanitized
def test_login_on_the_console_registers(host, person):
    child = pexpect.spawn("login", encoding="utf-8", timeout=LONG, dimensions=(24, 80))
    child.expect("login: ")
    child.sendline(person.name)
    child.expect("assword: ")
    child.sendline(person.password)
    rest = Player(host, person).play_terminal(child, PROMPT)
    assert "complete" in rest
    child.sendline("id -un")
    child.expect(person.name)
    child.sendline("exit")
    child.expect(pexpect.EOF)


def test_pamtester_registers(host, person):
    pam.make_service()
    child = pexpect.spawn("pamtester", [pam.SERVICE, person.name, "authenticate", "acct_mgmt"], encoding="utf-8",
                          timeout=LONG)
    child.expect("assword: ")
    child.sendline(person.password)
    rest = Player(host, person).play_terminal(child, "account management done")
    assert "registration is complete" in rest


def test_su_is_left_alone(left_alone):
    person = left_alone
    # As another user: root needs no password for su.
    child = pexpect.spawn("setpriv", ["--reuid=65534", "--clear-groups", "su", person.name, "-c", "echo in as $USER"],
                          encoding="utf-8", timeout=LONG)
    child.expect("assword: ")
    child.sendline(person.password)
    child.expect("in as " + person.name)
    assert REMINDER not in child.before


def test_su_by_roots_script_keeps_its_input(left_alone):
    done = subprocess.run(["su", left_alone.name, "-c", "cat"], input="a line\n", capture_output=True, text=True,
                          timeout=LONG)
    assert (done.returncode, done.stdout, done.stderr) == (0, "a line\n", "")


@pytest.mark.parametrize("tag", ["", "NOPASSWD:"], ids=["with a password", "without"])
def test_sudo_is_left_alone(left_alone, tag):
    person = left_alone
    with open("/etc/sudoers.d/" + person.name, "w") as file:
        file.write("%s ALL=(ALL) %sALL\n" % (person.name, tag))
    child = pexpect.spawn("setpriv", ["--reuid=%d" % person.uid, "--regid=%d" % person.uid, "--clear-groups",
                                      "sudo", "echo", "done"], encoding="utf-8", timeout=LONG)
    if not tag:
        child.expect("assword.*: ")
        child.sendline(person.password)
    child.expect("done")
    assert REMINDER not in child.before


def test_a_cron_job_runs(left_alone):
    """cron's conversation is NULL: a module that calls it crashes cron."""
    cron.run_job(left_alone)


def run_by_key(server, person, *command, env=None):
    person.accept_key()
    return subprocess.run(sshd.ssh_command(server, person.name, *command, methods="publickey"), capture_output=True,
                          text=True, timeout=LONG, stdin=subprocess.DEVNULL)


@pytest.mark.sanitized
def test_a_login_by_key_gets_one_line_a_day_and_no_stamp(not_asked, keyboard_sshd):
    person = not_asked
    first = run_by_key(keyboard_sshd, person, "echo in")
    assert (first.returncode, first.stdout) == (0, "in\n")
    told = [line for line in first.stderr.splitlines() if line.strip()]
    assert any(REMINDER in line for line in told), first.stderr
    assert not person.has_stamp()
    second = run_by_key(keyboard_sshd, person, "echo in")
    assert (second.returncode, second.stdout) == (0, "in\n")
    assert REMINDER not in second.stderr
    assert not person.has_stamp()


def test_a_login_by_key_of_a_registered_user_gets_no_line(host, person, keyboard_sshd):
    register(host, person)
    done = run_by_key(keyboard_sshd, person, "echo in")
    assert (done.returncode, done.stdout, done.stderr) == (0, "in\n", "")


def test_scp_and_sftp_by_key_work(not_asked, keyboard_sshd):
    person = not_asked
    person.accept_key()
    target = "%s@127.0.0.1:copied-by-" % person.name
    for number, options in enumerate((["-O"], [])):     # the old protocol, then sftp's
        subprocess.run(sshd.copy_command(keyboard_sshd, "scp", *options, "/etc/hostname", target + str(number)),
                       check=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=LONG)
        assert os.path.exists("%s/copied-by-%d" % (person.home, number))
    with open("/tmp/batch", "w") as file:
        file.write("put /etc/hostname copied-by-sftp\n")
    subprocess.run(sshd.copy_command(keyboard_sshd, "sftp", "-b", "/tmp/batch", person.name + "@127.0.0.1"),
                   check=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=LONG)
    assert os.path.exists(person.home + "/copied-by-sftp")


def test_a_login_by_key_is_refused_where_the_policy_says_so(person, policy, keyboard_sshd):
    policy(POLICY.replace("[registration]",
                          "[registration]\nkeyed_logins = refuse\npostpone_until = 2020-01-01"))
    done = run_by_key(keyboard_sshd, person, "echo in")
    assert done.returncode != 0 and "in\n" not in done.stdout


def test_key_and_keyboard_interactive_together_hold_the_dialog(host, person, key_and_keyboard_sshd):
    person.accept_key()
    child = asked_at_ssh(key_and_keyboard_sshd, person, methods="publickey,keyboard-interactive")
    Player(host, person).play_terminal(child, "logged in")
    assert is_registered(host, person)


def contents_of(folder):
    """All bytes below a folder."""
    data = b""
    for place, _, files in os.walk(folder):
        for name in files:
            with open(os.path.join(place, name), "rb") as file:
                data += file.read()
    return data


def test_sshds_password_method_is_never_asked_and_its_password_goes_nowhere(host, not_asked, password_sshd):
    """sshd answers every echo-off prompt with the login password there."""
    person = not_asked
    mark = host.log.mark()
    child = asked_at_ssh(password_sshd, person, methods="password")
    child.expect("logged in")
    assert "start now" not in child.before
    assert person.password.encode() not in contents_of("/var/lib/sspr")
    assert not host.log.since(mark, re.escape(person.password))
    memory = open("/proc/%d/mem" % host.daemon(), "rb", 0)
    with open("/proc/%d/maps" % host.daemon()) as maps:
        for line in maps:
            if re.match(r"[0-9a-f-]+ rw", line):
                start, end = (int(part, 16) for part in line.split()[0].split("-"))
                memory.seek(start)
                try:
                    assert person.password.encode() not in memory.read(end - start)
                except OSError:
                    pass    # vvar and the like


def test_no_user_is_asked_whom_the_policy_leaves_out(host, person, policy, keyboard_sshd):
    policy(POLICY.replace("[registration]", "[registration]\nexclude = " + person.name))
    child = asked_at_ssh(keyboard_sshd, person)
    child.expect("logged in")
    assert "start now" not in child.before
    assert person.has_stamp()


def test_an_unknown_user_and_a_wrong_password_learn_nothing_from_sspr(host, person, keyboard_sshd):
    mark = host.log.mark()
    for name in (person.name, "nobody-of-this-name"):
        child = sshd.ssh(keyboard_sshd, name)
        child.expect("assword: ")
        child.sendline("wrong password")
        child.expect([pexpect.EOF, "assword: "])
        assert "start now" not in child.before
        child.close(force=True)
    assert not host.log.since(mark, "registration-started")


def test_the_language_of_the_login_is_spoken(host, person):
    pam.make_service()
    with open("/etc/pam.d/" + pam.SERVICE) as file:
        stack = file.read()
    with open("/etc/pam.d/" + pam.SERVICE, "w") as file:
        file.write("auth required pam_env.so envfile=/run/lang.env\n" + stack)
    with open("/run/lang.env", "w") as file:
        file.write("LANG=nl_NL.UTF-8\n")
    child = pexpect.spawn("pamtester", [pam.SERVICE, person.name, "authenticate", "setcred(PAM_ESTABLISH_CRED)", "acct_mgmt"],
                          encoding="utf-8", timeout=LONG)
    child.expect("achtwoord: |assword: ")
    child.sendline(person.password)
    child.expect(r"\[Enter\] nu")
    child.close(force=True)
