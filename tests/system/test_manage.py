"""ssprctl manage: what users change themselves, at their terminal, each change proven by another method."""

import os
import re

import dbus
import pexpect
import pytest

import bus
import wire
from host import POLICY
from life import Talk, acting_as, done, flat, mailed_code, managing, next_totp, told, wrong_totp
from player import register
from waiting import LONG, wait_until

THREE = POLICY.replace("methods = app email questions", "methods = app email recovery-codes questions")
MENU = r"Number, or \[Enter\] end: $"


class Terminal:
    """ssprctl manage under pexpect."""

    def __init__(self, person, env=None):
        self.child = pexpect.spawn("setpriv", ["--reuid=%d" % person.uid, "--regid=%d" % person.uid, "--clear-groups", "ssprctl", "manage"],
                                   encoding="utf-8", timeout=LONG, dimensions=(50, 80),
                                   env={**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": "", **(env or {})})

    def see(self, pattern):
        self.child.expect(re.compile(pattern, re.DOTALL))
        return self.child.before + self.child.after

    def type(self, text, see):
        self.child.sendline(text)
        return self.see(see)

    def choose(self, title, see):
        """The number before a title of the menu that was seen last."""
        found = re.search(r"(\d) " + title, (self.child.before + self.child.after)[-900:])
        assert found, self.child.before + self.child.after
        return self.type(found.group(1), see)

    def end(self):
        self.child.sendline("")
        self.child.expect(pexpect.EOF)
        self.child.close()
        return self.child.exitstatus


@pytest.fixture
def registered(host, person, policy):
    policy(THREE)
    register(host, person, wants=("app", "email"))
    return person


def proven_by_mail(host, person):
    terminal = Terminal(person)
    terminal.see(r"Show that it is you, by:.*end: $")
    terminal.choose("E-mail", r"Code \(")
    terminal.type(mailed_code(host, person.mail, 1), MENU)
    return terminal


@pytest.mark.sanitized
def test_it_lists_what_is_registered_masked_and_ends(host, registered):
    terminal = Terminal(registered)
    text = terminal.see(r"end: $")
    assert "Authenticator app" in text and "E-mail: " in text and registered.mail not in text
    terminal.child.sendline("e")
    terminal.child.expect(pexpect.EOF)
    terminal.child.close()
    assert terminal.child.exitstatus == 0


@pytest.mark.sanitized
def test_a_method_is_added_after_a_proof(host, registered):
    terminal = proven_by_mail(host, registered)
    terminal.choose("Register one more method", r"back: $")
    text = terminal.choose("Recovery codes", r"Recovery code \(.*: $")
    terminal.type(re.search(r"\b\w{4}(-\w{4}){3}\b", text).group(), "Registered: Recovery codes")
    terminal.see(MENU)
    assert terminal.end() == 0
    told(host, registered.mail, "Recovery codes: registered")


def test_a_method_is_replaced_after_a_proof_by_another_and_the_old_address_is_told(host, registered):
    terminal = Terminal(registered)
    terminal.see(r"end: $")
    terminal.type("1", "Code that the app shows now")
    terminal.see(": $")
    terminal.type(next_totp(registered.app_secret), MENU)
    terminal.choose("Replace a method", "back: $")
    terminal.choose("E-mail", r"Address \(.*: $")
    new = "new-" + registered.mail
    terminal.type(new, r"Code \(.*: $")
    terminal.type(mailed_code(host, new, 0), "Replaced: E-mail")
    terminal.see(MENU)
    assert terminal.end() == 0
    told(host, registered.mail, "E-mail: replaced")


def test_the_method_itself_does_not_prove_its_own_change(host, registered):
    terminal = proven_by_mail(host, registered)
    terminal.choose("Replace a method", "back: $")
    terminal.choose("E-mail", r"Show that it is you, by:.*end: $")
    assert "Address" not in terminal.child.before


def test_one_that_is_given_up_in_the_middle_stands_as_it_was(host, registered):
    terminal = Terminal(registered)
    terminal.see(r"end: $")
    terminal.type("1", "Code that the app shows now.*: $")
    terminal.type(next_totp(registered.app_secret), MENU)
    terminal.choose("Replace a method", "back: $")
    terminal.choose("E-mail", r"Address \(.*: $")
    terminal.type("new-" + registered.mail, r"Code \(.*: $")
    terminal.type("b", MENU)
    terminal.end()
    assert bus.check(registered)[0] == "ok"


def test_removal_makes_due_at_once_and_says_so_before(host, registered):
    terminal = proven_by_mail(host, registered)
    terminal.choose("Remove a method", "back: $")
    text = terminal.choose("Authenticator app", r"keep it: $")
    assert "asked to register one more" in " ".join(text.split())
    terminal.type("x", "Removed: Authenticator app")
    terminal.see(MENU)
    terminal.end()
    assert not registered.has_stamp()
    assert bus.check(registered)[0] == "register"


def test_a_method_is_tried_out(host, registered):
    terminal = proven_by_mail(host, registered)
    terminal.choose("Try a method out", "back: $")
    terminal.choose("Authenticator app", "shows now.*: $")
    terminal.type(next_totp(registered.app_secret), "It works: Authenticator app")


def test_recovery_codes_are_renewed(host, person, policy):
    policy(THREE)
    register(host, person, wants=("email", "app"))
    terminal = proven_by_mail(host, person)
    terminal.choose("Register one more method", "back: $")
    text = terminal.choose("Recovery codes", r"Recovery code \(.*: $")
    old = re.search(r"\b\w{4}(-\w{4}){3}\b", text).group()
    terminal.type(old, MENU)
    text = terminal.choose("Make new recovery codes", r"Recovery code \(.*: $")
    new = re.search(r"\b\w{4}(-\w{4}){3}\b", text).group()
    assert new != old
    terminal.type(new, "Renewed: Recovery codes")
    told(host, person.mail, "Recovery codes: replaced")


def test_nothing_is_changed_without_a_proof(host, registered):
    terminal = Terminal(registered)
    text = terminal.see(r"end: $")
    assert "Remove" not in text and "Replace" not in text


def test_while_failures_block_it_ends_at_once(host, registered):
    dialog = Talk(managing(registered))
    dialog.choose("Authenticator app")
    for _ in range(5):
        dialog.say(wrong_totp(registered.app_secret))
    assert dialog.verdict == "blocked"
    terminal = Terminal(registered)
    terminal.child.expect(pexpect.EOF)
    terminal.child.close()
    assert "too many wrong proofs" in flat(terminal.child.before) and terminal.child.exitstatus == 1
    assert "Authenticator app" not in terminal.child.before
    done("unblock", registered.name)
    Terminal(registered).see(r"Show that it is you, by:.*end: $")


def test_it_is_never_a_first_registration(host, person, policy):
    policy(THREE)
    bus.check(person)
    terminal = Terminal(person)
    terminal.child.expect(pexpect.EOF)
    assert "start now" not in terminal.child.before and "Choose method" not in terminal.child.before
    assert bus.check(person)[0] == "register"


def test_not_even_by_requests_of_its_own(host, person, rogue):
    """A program that runs as the user must not be able to register for them."""
    bus.check(person)
    judge = rogue.open(managing(person))
    judge.send(wire.message(wire.SEED, "app"))
    status = judge.recv(wire.REQUEST_MAX)[:1]
    assert status in (b"", wire.REFUSED)


def test_nobody_manages_for_somebody_else_root_neither(host, registered):
    with pytest.raises(dbus.DBusException) as refused, bus.Bus() as link:
        link.converse(registered, purpose="manage")
    assert refused.value.get_dbus_name().endswith("NotAllowed")
    other = host.person()
    bus.check(other)
    with pytest.raises(dbus.DBusException), acting_as(other), bus.Bus() as link:
        link.converse_as_told(registered, "manage", {"interactive": True})


def test_a_change_of_manage_is_told_at_the_next_login(host, registered):
    terminal = proven_by_mail(host, registered)
    terminal.choose("Remove a method", "back: $")
    terminal.choose("Authenticator app", r"keep it: $")
    terminal.type("x", "Removed: Authenticator app")
    terminal.end()
    dialog = Talk(bus.converse(registered))
    assert "Since you last signed in, this was changed:" in dialog.text and "Authenticator app: removed" in dialog.text


def test_a_terminal_that_goes_away_ends_the_dialog(host, registered):
    terminal = Terminal(registered)
    terminal.see(r"end: $")
    terminal.child.close(force=True)
    wait_until(lambda: not host.sessions(registered.name), "its session has ended")
