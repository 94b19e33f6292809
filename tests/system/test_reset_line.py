"""`auth optional pam_sspr.so reset` in the stacks of real hosts, as the examples have it: who gets to see it, and that a password is
checked as ever. What happens behind it is another file's."""

import contextlib
import os
import re
import signal
import subprocess
import time

import pexpect
import pytest

import cron
import pam
import sshd
from host import POLICY
from stacks import example, faillock_lines, file_of, reset_line
from waiting import LONG

HINT = "Forgot it? Enter ? instead."
PASSWORD = "assword: "
NOT_NOW = r"Passwords cannot be reset at this moment"
SHELL = r"[$#] $"
BOUND = 2.5     # seconds: timeout=2 of the module, and what the host itself takes
TRIES = 3
FAILLOCK_AFTER = ["auth required pam_faillock.so preauth", "auth optional pam_sspr.so reset",
                  "auth [success=2 default=ignore] pam_unix.so", "auth [default=die] pam_faillock.so authfail",
                  "auth requisite pam_deny.so", "auth required pam_permit.so"]


@pytest.fixture(scope="module", autouse=True)
def nobody_registers(host):
    """The account phase has nothing to say here."""
    host.configure(POLICY.replace("[registration]", "[registration]\nusers = none"))
    yield
    host.configure(POLICY)


@pytest.fixture
def common_auth():
    with reset_line():
        yield


@pytest.fixture
def faillock():
    """Call it with the lines of common-auth; pam_faillock has its account line."""
    with contextlib.ExitStack() as stack:
        yield lambda text: stack.enter_context(faillock_lines(text))


@pytest.fixture
def frozen_bus(host):
    host.bus.send_signal(signal.SIGSTOP)
    yield
    host.bus.send_signal(signal.SIGCONT)


def console(name):
    child = pexpect.spawn("login", encoding="utf-8", timeout=LONG, dimensions=(24, 80))
    child.expect("login: ")
    child.sendline(name)
    return child


def at_ssh(server, name, methods="keyboard-interactive"):
    return sshd.ssh(server, name, "echo logged in", methods=methods)


def all_of(child):
    """What else comes, to the end."""
    child.expect(pexpect.EOF)
    return child.before


def logs_in(server, person, password=None):
    child = at_ssh(server, person.name)
    child.expect(PASSWORD)
    child.sendline(password or person.password)
    return "logged in" in all_of(child)


def failures_of(person):
    """As pam_faillock counts them."""
    done = subprocess.run(["faillock", "--user", person.name], capture_output=True, text=True, check=True)
    return len(re.findall(r"\bV$", done.stdout, re.MULTILINE))


@pytest.mark.parametrize("stack", ["common-auth", "common-auth-faillock"])
def test_a_right_password_logs_in_and_the_hint_is_shown_once(faillock, person, keyboard_sshd, stack):
    faillock(example(stack))
    child = at_ssh(keyboard_sshd, person.name)
    child.expect(PASSWORD)
    assert child.before.endswith(HINT + "\r\nP")
    child.sendline(person.password)
    rest = all_of(child)
    assert "logged in" in rest and HINT not in rest and PASSWORD not in rest


def test_the_examples_of_one_service_log_in_with_one_hint(host, person, keyboard_sshd):
    """Their lines stand in a service's own file, above the include."""
    for service in ("sshd", "login"):
        with open("/etc/pam.d/" + service) as file:
            whole = file.read()
        assert whole.count("@include common-auth\n") == 1
        with file_of("/etc/pam.d/" + service, whole.replace("@include common-auth\n", example(service))):
            if service == "sshd":
                child = at_ssh(keyboard_sshd, person.name)
            else:
                child = console(person.name)
            child.expect(PASSWORD)
            assert child.before.count(HINT) == 1
            child.sendline(person.password)
            child.expect("logged in" if service == "sshd" else SHELL)
            assert HINT not in child.before
            child.close(force=True)


@pytest.mark.parametrize("typed", ["wrong password", "é", ""], ids=["wrong", "one letter of two bytes", "nothing"])
def test_a_wrong_password_does_not_log_in(host, common_auth, person, keyboard_sshd, typed):
    mark = host.log.mark()
    child = at_ssh(keyboard_sshd, person.name)
    child.expect(PASSWORD)
    child.sendline(typed)
    assert "logged in" not in all_of(child)
    assert host.log.since(mark, "pam_unix.*authentication failure")
    assert not host.log.since(mark, "pam_sspr")


def test_the_console_asks_again_after_a_wrong_password_and_lets_the_right_one_in(common_auth, person):
    child = console(person.name)
    child.expect(PASSWORD)
    assert child.before.count(HINT) == 1
    child.sendline("wrong password")
    child.expect("incorrect")
    child.expect("login: ")
    child.sendline(person.name)
    child.expect(PASSWORD)
    assert child.before.count(HINT) == 1
    child.sendline(person.password)
    child.expect(SHELL)
    child.sendline("id -un")
    child.expect(person.name)
    child.close(force=True)


def test_the_hint_is_dutch_where_the_system_is(common_auth, person):
    with open("/etc/default/locale", "a"):
        pass    # a minimal Debian has none
    with file_of("/etc/default/locale", 'LANG="nl_NL.UTF-8"\n'):
        child = console(person.name)
        child.expect("Vergeten. Typ dan alleen een .\r\nWachtwoord: ")
        child.sendline(person.password)
        child.expect(SHELL)
        child.close(force=True)


def test_an_account_without_a_password_needs_any_answer(common_auth, person):
    with open("/etc/shadow") as file:
        shadow = file.read()
    with file_of("/etc/shadow", re.sub("(?m)^%s:[^:]*" % person.name, person.name + ":", shadow)):
        for answer in ("", "anything"):
            child = console(person.name)
            child.expect(PASSWORD)
            child.sendline(answer)
            child.expect(SHELL)
            child.close(force=True)


def test_root_is_not_offered_it(common_auth):
    child = console("root")
    child.expect(PASSWORD)
    assert HINT not in child.before
    child.close(force=True)


def test_sshds_password_method_works_and_shows_nothing(host, common_auth, person, password_sshd):
    mark = host.log.mark()
    child = at_ssh(password_sshd, person.name, methods="password")
    child.expect(PASSWORD)
    child.sendline(person.password)
    rest = all_of(child)
    assert "logged in" in rest and HINT not in rest and "reset" not in rest
    child = at_ssh(password_sshd, person.name, methods="password")
    child.expect(PASSWORD)
    child.sendline("wrong password")
    rest = all_of(child)
    assert "logged in" not in rest and HINT not in rest
    assert not host.log.since(mark, "pam_sspr.*reset")


def test_one_byte_in_sshds_password_method_shows_nothing(common_auth, frozen_bus, person, password_sshd):
    child = at_ssh(password_sshd, person.name, methods="password")
    child.expect(PASSWORD)
    child.sendline("?")
    rest = all_of(child)
    assert "logged in" not in rest and HINT not in rest and "reset" not in rest


def ask_on_a_frozen_bus(child):
    """Type `?` and wait for the next prompt: seconds."""
    child.expect(PASSWORD)
    began = time.monotonic()
    child.sendline("?")
    child.expect(PASSWORD)
    took = time.monotonic() - began
    assert re.search(NOT_NOW, child.before)
    assert HINT not in child.before
    return took


@pytest.mark.parametrize("where", ["ssh", "console"])
def test_a_frozen_bus_gives_the_prompt_back_in_time_and_the_password_works(host, common_auth, frozen_bus, keyboard_sshd, where):
    person, took = host.person(), []
    mark = host.log.mark()
    for number in range(TRIES):
        child = at_ssh(keyboard_sshd, person.name) if where == "ssh" else console(person.name)
        took.append(ask_on_a_frozen_bus(child))
        child.sendline(person.password)
        child.expect("logged in" if where == "ssh" else SHELL)
        child.close(force=True)
    assert min(took) <= BOUND, took
    lines = host.log.since(mark, "ssprd does not start a reset")
    assert len(lines) == TRIES and not any(person.name in line for line in lines), lines


def test_an_unknown_user_sees_the_same_to_the_byte(common_auth, frozen_bus, person, keyboard_sshd):
    """sshd replaces what an unknown user types by junk of the same length."""
    def transcript(name, first):
        child = at_ssh(keyboard_sshd, name)
        seen = ""
        for answer in (first, "wrong password"):
            if child.expect([PASSWORD, pexpect.EOF]) == 1:
                break
            seen += child.before + child.after
            child.sendline(answer)
        return (seen + all_of(child)).replace(name, "NAME")

    for first in ("?", "é", "wrong"):
        mine, strangers = transcript(person.name, first), transcript("nobody-of-this-name", first)
        assert mine == strangers
        assert (re.search(NOT_NOW, mine) is not None) == (len(first.encode()) == 1)


def test_a_user_who_cannot_be_looked_up_is_taken_for_an_unknown_one(host, person, frozen_bus):
    host.service(pam.SERVICE, "auth optional pam_sspr.so reset services=" + pam.SERVICE, "auth required pam_permit.so")
    mark = host.log.mark()
    os.rename("/etc/shadow", "/etc/shadow.kept")
    os.symlink("/tmp", "/etc/shadow")
    try:
        child = pexpect.spawn("pamtester", [pam.SERVICE, person.name, "authenticate"], encoding="utf-8", timeout=LONG)
        child.expect(PASSWORD)
        child.sendline("?")
        child.expect("successfully authenticated")
    finally:
        os.rename("/etc/shadow.kept", "/etc/shadow")
    assert re.search(NOT_NOW, child.before)
    line, = host.log.since(mark, "taken for an unknown user")
    assert "Is a directory" in line and person.name not in line


@pytest.mark.parametrize("lines", [None, FAILLOCK_AFTER], ids=["the example", "required preauth before it"])
def test_faillock_counts_as_ever_and_a_locked_user_gets_to_the_reset(host, faillock, person, keyboard_sshd, lines):
    faillock("\n".join(lines) + "\n" if lines else example("common-auth-faillock"))
    assert logs_in(keyboard_sshd, person)
    for count in (1, 2, 3):
        assert not logs_in(keyboard_sshd, person, "wrong password")
        assert failures_of(person) == count
    assert not logs_in(keyboard_sshd, person)
    mark = host.log.mark()
    # the reset is reached, and costs no failure: the bus is frozen, so that it is over soon
    host.bus.send_signal(signal.SIGSTOP)
    child = at_ssh(keyboard_sshd, person.name)
    child.expect(PASSWORD)
    child.sendline("?")
    child.expect([PASSWORD, pexpect.EOF])
    child.close(force=True)
    host.bus.send_signal(signal.SIGCONT)
    host.log.wait_for("ssprd does not start a reset", mark)
    assert failures_of(person) == 3
    subprocess.run(["faillock", "--user", person.name, "--reset"], check=True)
    assert logs_in(keyboard_sshd, person)


def test_after_a_requisite_preauth_a_locked_user_is_asked_nothing(faillock, person, keyboard_sshd):
    """Why the example has it first."""
    faillock("\n".join(FAILLOCK_AFTER).replace("required pam_faillock", "requisite pam_faillock") + "\n")
    for _ in range(3):
        assert not logs_in(keyboard_sshd, person, "wrong password")
    child = at_ssh(keyboard_sshd, person.name)
    assert PASSWORD not in all_of(child)


def test_su_and_sudo_ask_as_they_did(host, common_auth, person):
    mark = host.log.mark()
    with open("/etc/sudoers.d/" + person.name, "w") as file:
        file.write("%s ALL=(ALL) ALL\n" % person.name)
    for command in (["--reuid=65534", "--clear-groups", "su", person.name, "-c", "echo done"],
                    ["--reuid=%d" % person.uid, "--regid=%d" % person.uid, "--clear-groups", "sudo", "echo", "done"]):
        child = pexpect.spawn("setpriv", command, encoding="utf-8", timeout=LONG)
        child.expect("assword.*: ")
        assert HINT not in child.before + child.after
        child.sendline(person.password)
        child.expect("done")
        assert HINT not in child.before
    assert not host.log.since(mark, "pam_sspr")


def test_su_by_roots_script_keeps_its_input(common_auth, person):
    done = subprocess.run(["su", person.name, "-c", "cat"], input="a line\n", capture_output=True, text=True, timeout=LONG)
    assert (done.returncode, done.stdout, done.stderr) == (0, "a line\n", "")


def test_a_cron_job_runs(common_auth, person):
    cron.run_job(person)
