"""The line drops at every prompt of the dialog in turn: what was proven is there, and the next login goes on there."""

import contextlib
import os
import signal

import pexpect
import pytest

import bus
import processes
import sshd
from player import Player
from waiting import LONG, wait_until

DIALOG = ["opening", "choose", "app code", "choose", "address", "mail code", "spare"]
PROVEN_BEFORE = [0, 0, 0, 1, 1, 1, 2]   # so many methods are proven when that prompt is shown
QUESTIONS = ["opening", "choose"] + ["question", "answer", "answer again"] * 3
GRACE = 20


@pytest.fixture(scope="module")
def short_grace_sshd(host):
    server = sshd.Sshd(2210, sshd.KEYBOARD_INTERACTIVE.replace("LoginGraceTime 600", "LoginGraceTime %d" % GRACE))
    yield server
    server.stop()


def client_killed(host, person, child):
    os.kill(child.pid, signal.SIGKILL)


def session_killed(host, person, child):
    session, = host.sessions(person.name)
    os.kill(session, signal.SIGKILL)


def daemon_killed(host, person, child):
    os.kill(host.daemon(), signal.SIGKILL)


def module_killed(host, person, child):
    title = "sshd: %s [pam]" % person.name
    pid, = [pid for pid in processes.all_processes() if any(title in part for part in processes.arguments_of(pid))]
    os.kill(pid, signal.SIGKILL)


DROPS = [client_killed, session_killed, daemon_killed, module_killed]


def to_its_end(child):
    """Who was waiting for an answer notices with the next one."""
    with contextlib.suppress(OSError):
        child.sendline("")
    child.expect(pexpect.EOF)


def log_in(server, person):
    child = sshd.ssh(server, person.name, "echo logged in")
    child.expect("assword: ")
    child.sendline(person.password)
    return child


def play_until(host, server, person, wants, number):
    """A login that stands at the prompt of that number."""
    child = log_in(server, person)
    player = Player(host, person, wants)
    return child, player.play_terminal(child, "logged in", until=number)


def goes_on(host, server, person, proven):
    """The next login: says so many of two are done, counts no "not now", and comes to its end."""
    child = log_in(server, person)
    if proven == 2:
        child.expect("logged in")
        assert "start now" not in child.before
        return
    player = Player(host, person)
    player.play_terminal(child, "logged in")
    opening = " ".join(player.texts[0].split())
    assert "%d of 2 done" % proven in opening
    assert "not now (3 left)" in opening
    assert bus.check(person)[0] == "ok"


def gone(host, person):
    wait_until(lambda: not host.sessions(person.name), "the session has ended")


@pytest.mark.parametrize("number", range(len(DIALOG)), ids=["%d %s" % item for item in enumerate(DIALOG)])
@pytest.mark.parametrize("drop", DROPS)
def test_the_next_login_goes_on_where_the_line_dropped(host, person, keyboard_sshd, drop, number):
    child, name = play_until(host, keyboard_sshd, person, ("app", "email"), number)
    assert name == DIALOG[number]
    drop(host, person, child)
    gone(host, person)
    to_its_end(child)
    goes_on(host, keyboard_sshd, person, PROVEN_BEFORE[number])


@pytest.mark.sanitized
@pytest.mark.parametrize("drop", DROPS)
def test_a_line_that_drops_after_one_method_loses_nothing(host, person, keyboard_sshd, drop):
    child, _ = play_until(host, keyboard_sshd, person, ("app", "email"), 4)
    drop(host, person, child)
    gone(host, person)
    to_its_end(child)
    goes_on(host, keyboard_sshd, person, 1)


@pytest.mark.parametrize("number", range(2, len(QUESTIONS)), ids=["%d %s" % item for item in enumerate(QUESTIONS)][2:])
def test_questions_are_kept_all_or_not_at_all(host, person, keyboard_sshd, number):
    child, name = play_until(host, keyboard_sshd, person, ("questions", "app"), number)
    assert name == QUESTIONS[number]
    session_killed(host, person, child)
    gone(host, person)
    to_its_end(child)
    goes_on(host, keyboard_sshd, person, 0)


def test_a_login_grace_time_that_ends_at_any_prompt_loses_nothing(host, short_grace_sshd, keyboard_sshd):
    """All at a time, since each takes the whole of it."""
    people = [host.person() for _ in DIALOG]
    children = []
    for number, person in enumerate(people):
        child, name = play_until(host, short_grace_sshd, person, ("app", "email"), number)
        assert name == DIALOG[number]
        children.append(child)
    for child, person, proven in zip(children, people, PROVEN_BEFORE):
        gone(host, person)
        to_its_end(child)
        assert "logged in" not in child.before
        goes_on(host, keyboard_sshd, person, proven)


def test_of_two_logins_at_a_time_the_newer_goes_on_and_the_older_is_refused(host, person, keyboard_sshd):
    older, _ = play_until(host, keyboard_sshd, person, ("app", "email"), 3)
    newer, name = play_until(host, keyboard_sshd, person, ("app", "email"), 0)
    assert name == "opening"
    wait_until(lambda: len(host.sessions(person.name)) == 1, "the older session has said goodbye")
    older.sendline("")
    older.expect(pexpect.EOF)
    assert "logged in" not in older.before
    newer.close(force=True)
    gone(host, person)
    goes_on(host, keyboard_sshd, person, 1)


def test_the_older_of_two_dialogs_is_told_why_it_ends(person):
    older = bus.converse(person)
    assert older.prompt()
    newer = bus.converse(person)
    assert newer.prompt()
    assert older.prompt() is None
    assert older.verdict == "replaced"
    assert "another sign-in" in " ".join(older.texts[-1].split())
    newer.close()


def test_a_login_by_key_does_not_end_the_dialog_of_who_is_registering(person):
    dialog = bus.converse(person)
    assert dialog.prompt()
    keyed = bus.converse(person)
    assert keyed.prompt()
    keyed.give_up("conversation")
    assert keyed.prompt() is None and keyed.verdict == "no-dialog"
    dialog.answer("n")
    assert dialog.prompt() is None and dialog.verdict == "postponed"


def test_a_mail_that_was_sent_before_the_drop_can_still_be_asked_for_anew(host, person, keyboard_sshd):
    child, _ = play_until(host, keyboard_sshd, person, ("email", "app"), 3)
    client_killed(host, person, child)
    gone(host, person)
    goes_on(host, keyboard_sshd, person, 0)
