"""What fails during a reset, at each of its steps: one password holds, the old or the new one; its user is told which, or that it is not
known; the login asks for the password again in time; and the next reset works. The real ssprd, sspr-passwd and PAM; people stand at
different steps when it happens."""

import contextlib
import random
import re
import signal
import time

import pytest

import bus
import grants
import processes
import sshd
from broken_reset import (LAST, NOT_KNOWN, SAVING, SILENCE, SLACK, STEPS, TOLD, end_all, frozen, hit, holds, is_true,
                          is_true_and_told, nothing_is_left, stand_at, type_all, works_again)
from grants import GOOD
from host import MAIL_PORT
from hostdisk import STORE, Lock, empty, fill, full_etc, read_only_etc, small_disk
from life import next_totp, told
from mailsink import MailSink
from player import register
from waiting import wait_until

PASSWORD_STEPS = ["a new password", LAST]      # where a grant is open
NO_GRANT = "Passwords cannot be set on this host at the moment."
BROKE_OFF = "Resetting the password broke off."


def daemon_of(host, _resets):
    return [host.daemon()]


def bus_of(host, _resets):
    return [host.bus.pid]


def sessions_of(host, resets):
    return [pid for reset in resets for pid in host.sessions(reset.person.name)]


def helper_of(_host, _resets):
    return [grants.helper()]


def supervisors_of(_host, _resets):
    return grants.supervisors()


def pam_children_of(_host, _resets):
    return grants.pam_children()


EVERYBODY = [daemon_of, bus_of, sessions_of, helper_of, supervisors_of, pam_children_of]


def kill(host, whom, resets=()):
    hit(whom(host, resets), signal.SIGKILL)
    if whom is bus_of:
        host.bus.wait()


def have_a_bus(host):
    if host.bus.poll() is not None:
        host.start_bus()


@pytest.fixture(autouse=True)
def the_next_reset_works(host):
    yield
    have_a_bus(host)
    nothing_is_left(host)
    works_again(host)


def in_time(resets, limit):
    for reset in resets:
        assert reset.took < limit + SLACK, (reset.step, reset.took, reset.text)


# --- killed

@pytest.mark.sanitized
@pytest.mark.parametrize("whom", EVERYBODY)
def test_whoever_is_killed_at_any_step_leaves_one_password(host, whom):
    resets = stand_at(host, *STEPS)
    kill(host, whom, resets)
    type_all(resets)
    in_time(resets, SILENCE)
    have_a_bus(host)
    held = [is_true_and_told(host, reset) for reset in resets]
    if whom is sessions_of:
        assert held == ["old"] * len(held)
    elif whom in (helper_of, supervisors_of, pam_children_of):  # who had no grant yet gets one; those who had one have lost it
        assert held[:2] + held[3:] == ["new"] * 2 + ["old"] * 2


@pytest.mark.parametrize("whom", EVERYBODY[2:])
def test_whoever_is_killed_while_it_is_saved_leaves_the_old_password(host, whom):
    with Lock():
        resets = stand_at(host, LAST)
        resets[0].type()
        wait_until(Lock.is_waited_for, "PAM waits for the lock")
        kill(host, whom, resets)
        end_all(resets)
        wait_until(lambda: not grants.pam_children(), "nobody sets a password any more")
    in_time(resets, SILENCE)
    assert is_true_and_told(host, resets[0]) == "old"


@pytest.mark.parametrize("whom", [daemon_of, sessions_of, supervisors_of])
def test_whoever_is_killed_at_any_moment_of_the_saving_is_told_of(host, whom):
    """A change is written down, whoever died of those who should have seen to it; when its mail goes out then is test_telling.py's."""
    chance = random.Random(7)
    for _ in range(6):
        resets = stand_at(host, LAST)
        pids = whom(host, resets)
        resets[0].type()
        time.sleep(chance.uniform(0, 0.15))
        hit(pids, signal.SIGKILL)
        end_all(resets)
        nothing_is_left(host)
        if is_true(resets[0]) == "new":
            wait_until(lambda: bus.check(resets[0].person)[0] == "notice", "its next login is told")


@pytest.mark.sanitized
@pytest.mark.parametrize("whom", EVERYBODY[:-1])
def test_whoever_is_killed_between_the_change_and_its_telling(host, whom):
    """ssprd is frozen, so that Outcome waits."""
    mark = host.log.mark()
    resets = stand_at(host, LAST)
    with frozen(daemon_of(host, resets)):
        resets[0].type()
        wait_until(lambda: grants.fits(resets[0].person, GOOD), "the new password is saved")
        kill(host, whom, resets)
    have_a_bus(host)
    end_all(resets)
    in_time(resets, SILENCE)
    assert holds(resets[0].person) == "new" and resets[0].told in ("unknown", "new")
    if whom is helper_of:   # all of sspr-passwd died with it: the log alone knows
        assert host.log.wait_for("password changed for %s" % resets[0].person.name, mark)
    else:
        told(host, resets[0].person.mail, TOLD)
    nothing_is_left(host)


# --- frozen

def test_a_frozen_daemon(host):
    resets = stand_at(host, *STEPS)
    with frozen(daemon_of(host, resets)):
        type_all(resets)
    in_time(resets[:3], SILENCE)
    in_time(resets, SAVING)
    assert [reset.told for reset in resets[:3]] == ["old"] * 3
    assert [is_true_and_told(host, reset) for reset in resets] == ["old"] * 3 + ["new"] * 2


def test_a_frozen_bus(host):
    resets = stand_at(host, *STEPS)
    with frozen(bus_of(host, resets)):
        type_all(resets)
    in_time(resets[:3], SILENCE)
    in_time(resets, SAVING)
    assert all(NO_GRANT in reset.text for reset in resets[:3])
    assert [is_true_and_told(host, reset) for reset in resets] == ["old"] * 3 + ["new"] * 2


def test_a_frozen_helper(host):
    resets = stand_at(host, *STEPS)
    with frozen(helper_of(host, resets)):
        type_all(resets)
    in_time(resets, SILENCE)
    assert all(NO_GRANT in reset.text for reset in resets[:3])
    assert [is_true_and_told(host, reset) for reset in resets] == ["old"] * 3 + ["new"] * 2


def test_who_serves_one_user_is_frozen(host):
    """Of each dialog another one: its session, the supervisor of its grant, the PAM child."""
    first = stand_at(host, *STEPS)
    pids = sessions_of(host, first)
    second = stand_at(host, *PASSWORD_STEPS)
    pids += grants.supervisors()
    third = stand_at(host, *PASSWORD_STEPS)
    pids += [pid for pid in grants.pam_children() if processes.parent_of(pid) not in pids]
    with frozen(pids):
        type_all(first + second + third)
    in_time(first, SILENCE)
    in_time(second + third, SAVING)
    assert all(NOT_KNOWN in reset.text for reset in second + third)
    nothing_is_left(host)
    for reset in first + second + third:
        is_true_and_told(host, reset)


# --- what cannot be written to

@pytest.mark.parametrize("broken, why", [(Lock, "may be in use"), (read_only_etc, "is read-only"), (full_etc, "is full")])
def test_a_password_that_cannot_be_saved(host, broken, why):
    resets = stand_at(host, LAST)
    with broken():
        type_all(resets)
        assert is_true_and_told(host, resets[0]) == "old"
    in_time(resets, SAVING)
    assert why in resets[0].text and resets[0].told == "old"
    assert "The old password holds" in resets[0].text


@pytest.mark.sanitized
def test_a_full_disk_under_the_store(host):
    host.stop_daemon()
    with small_disk(STORE, "8m"):
        resets = stand_at(host, *STEPS)
        fill(STORE)
        type_all(resets)
        empty(STORE)
        in_time(resets, SAVING)
        assert [is_true_and_told(host, reset) for reset in resets[:2]] == [reset.told for reset in resets[:2]] == ["old"] * 2
        for reset in resets[2:]:    # what ssprd could not write down it is told again
            is_true_and_told(host, reset)
        nothing_is_left(host)
        host.stop_daemon()


def test_a_mail_server_that_is_down_tells_of_the_change_when_it_is_up_again(host):
    resets = stand_at(host, LAST)
    mark = host.log.mark()
    host.mail.stop()
    try:
        type_all(resets)
        host.log.wait_for("email: not delivered", mark)
    finally:
        host.mail = MailSink(MAIL_PORT)
    in_time(resets, SILENCE)
    assert is_true_and_told(host, resets[0]) == resets[0].told == "new"


# --- at the login itself

@pytest.fixture
def reset_line():
    """As the example has it."""
    with open("/etc/pam.d/common-auth") as file:
        before = file.read()
    with open("/usr/share/doc/sspr/examples/pam.d/common-auth") as file:
        example = file.read()
    with open("/etc/pam.d/common-auth", "w") as file:
        file.write(example)
    yield
    with open("/etc/pam.d/common-auth", "w") as file:
        file.write(before)


@pytest.mark.parametrize("last, whom, how, words", [
    (0, daemon_of, signal.SIGKILL, BROKE_OFF + "|No password was changed"), (1, daemon_of, signal.SIGSTOP, "No password was changed"),
    (4, sessions_of, signal.SIGSTOP, BROKE_OFF), (4, supervisors_of, signal.SIGKILL, NOT_KNOWN)])
def test_the_login_asks_for_the_password_again(host, person, keyboard_sshd, reset_line, request, last, whom, how, words):
    register(host, person)
    child = sshd.ssh(keyboard_sshd, person.name, "echo logged in")
    request.addfinalizer(lambda: child.close(force=True))
    child.expect("Password: ")
    prompts = ["shall go to: ", "if one was sent: ", r"know the[\r\n ]+password\): ", "New password: ", "Retype new password: "]
    typed = ["?", next_totp(person.app_secret), "", "1", GOOD]
    for prompt, answer in zip(prompts[:last + 1], typed):
        child.sendline(answer)
        child.expect(prompt)
    pids = host.sessions(person.name) if whom is sessions_of else whom(host, [])
    with frozen(pids) if how == signal.SIGSTOP else contextlib.nullcontext(hit(pids, how)):
        began = time.monotonic()
        child.sendline((typed + [GOOD])[last + 1])
        child.expect("Password: ")
        assert time.monotonic() - began < SILENCE + SLACK
    assert re.search(words, " ".join(child.before.split())), child.before
    nothing_is_left(host)
    now = holds(person)
    child.sendline(GOOD if now == "new" else person.password)
    if now == "new":    # somebody else's doing, as far as this login can know
        child.expect("your password was reset")
        child.expect("go on: ")
        child.sendline("")
    child.expect("logged in")
