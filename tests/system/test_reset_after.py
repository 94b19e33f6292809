"""What a reset and an unlock leave behind: who is told, what the next login shows, the audit, the log; unlocking and freezing."""

import json
import re

import pytest

import bus
import phones
import stacks
from enrolled import enrolled
from gateway import Kannel
from grants import hash_of
from host import POLICY
from life import codes_to, done, told
from resets import FIRST, GOOD, PASSWORD, SECOND, Reset, locked_by
from waiting import wait_until

FREEZE = r"\bF-\w{4}-\w{4}-\w{4}-\w{4}\b"

PROVEN = ["reset-started", "code-sent", "method-confirmed", "reset-verified"]


@pytest.fixture(scope="module", autouse=True)
def lines(host):
    """The example with pam_faillock."""
    with stacks.faillock_lines():
        yield


@pytest.fixture
def hand(host, person):
    return enrolled(host, person, "app", "email")


def reset_by(dialog, method="email", unlock=False):
    dialog.begin()
    dialog.first_proof(method)
    if unlock:
        dialog.choose("2")
    else:
        dialog.new_password()


def events(person):
    """Of the reset, in their order."""
    rows = [row for row in json.loads(done("audit", "--json")) if row["user"] == person.name]
    names = [row["event"] for row in rows if not row["event"].startswith("notification-")]
    return names[names.index("reset-started"):], rows


# --- unlocking

@pytest.mark.parametrize("where", ["ssh", "console"])
def test_who_is_locked_out_unlocks_and_logs_in_with_the_old_password_in_the_same_login(host, person, hand, keyboard_sshd, where):
    locked_by(person, keyboard_sshd)
    dialog = Reset.ssh(keyboard_sshd, person)
    assert not dialog.logs_in(person.password), "it is locked"
    dialog.close()
    before = hash_of(person)
    mark = host.log.mark()
    dialog = Reset.ssh(keyboard_sshd, person, hand) if where == "ssh" else Reset.console(person, hand)
    reset_by(dialog, unlock=True)
    assert "Your account is unlocked, and your password is the same as before." in dialog.text
    assert dialog.logs_in(person.password)
    assert "your account was unlocked" in dialog.notice
    dialog.close()
    assert hash_of(person) == before
    assert re.search(FREEZE, told(host, person.mail, "your account was unlocked"))
    assert events(person)[0][:5] == PROVEN + ["unlocked"]
    assert host.log.wait_for("sspr-passwd.*grant of %s: unlocked" % person.name, mark)


@pytest.mark.sanitized
def test_a_new_password_unlocks_too(person, hand, keyboard_sshd):
    locked_by(person, keyboard_sshd)
    dialog = Reset.ssh(keyboard_sshd, person, hand)
    reset_by(dialog)
    assert dialog.logs_in(GOOD)
    dialog.close()


# --- telling

def test_the_reset_is_told_audited_and_logged(host, person, hand, keyboard_sshd):
    mark = host.log.mark()
    dialog = Reset.ssh(keyboard_sshd, person, hand)
    reset_by(dialog)
    text = told(host, person.mail, "your password was reset")
    assert "on desk, from 127.0.0.1 (sshd)" in text and "tell the help desk, room 12 at once" in " ".join(text.split())
    assert re.search(FREEZE, text) and not re.search(GOOD, text)
    names, rows = events(person)
    assert names == PROVEN + ["reset-changed"]
    changed = next(row for row in rows if row["event"] == "reset-changed")
    assert (changed["result"], changed["service"], changed["rhost"], changed["uid"]) == (
        "password-changed", "sshd", "127.0.0.1", person.uid)
    verified = next(row for row in rows if row["event"] == "reset-verified")
    assert verified["method"] == "email"
    assert host.log.wait_for("sspr-passwd.*grant of %s: password-changed" % person.name, mark)
    log = "\n".join(host.log.since(mark))
    assert GOOD not in log and not any(code in log for code in codes_to(host, person.mail))
    mails = [host.mail.wait_for(person.mail, number + 1).get_content() for number in range(host.mail.count(person.mail))]
    assert sum("your password was reset" in mail for mail in mails) == 1
    dialog.close()


def test_who_has_no_address_is_told_by_text_message(host, person, keyboard_sshd, policy):
    kannel = Kannel()
    try:
        policy(phones.policy_of(kannel))
        hand = enrolled(host, person, "phone", kannel=kannel)
        dialog = Reset.ssh(keyboard_sshd, person, hand)
        reset_by(dialog, "phone")
        text = wait_until(lambda: [text for text in phones.texts_to(kannel, hand.number) if "password was reset" in text],
                          "it is told")[0]
        assert re.search(FREEZE, text)
        dialog.close()
    finally:
        kannel.stop()


@pytest.mark.parametrize("unlock", [False, True], ids=["reset", "unlocked"])
def test_administrators_are_told_of_the_privileged(host, person, keyboard_sshd, policy, unlock):
    boss = "boss-%s@mail.example" % person.name
    policy(POLICY.replace("privileged =", "privileged = " + person.name) + "[notify]\nadmins = %s\n" % boss)
    dialog = Reset.ssh(keyboard_sshd, person, enrolled(host, person, "app", "email"))
    dialog.begin()
    dialog.first_proof("app")
    dialog.second_proof("email")
    if unlock:
        dialog.choose("2")
    else:
        dialog.new_password()
    words = "the account was unlocked" if unlock else "the password was reset"
    text = told(host, boss, words)
    assert person.name in text and not re.search(FREEZE, text)
    dialog.close()


def test_the_next_login_tells_it_and_only_then_there_is_a_stamp(person, hand, keyboard_sshd):
    assert bus.check(person)[0] == "ok" and person.has_stamp()
    dialog = Reset.ssh(keyboard_sshd, person, hand)
    reset_by(dialog)
    assert not person.has_stamp()
    dialog.end.child.sendline(GOOD)
    dialog.end.child.expect(r"your password was reset, from\s+127.0.0.1")
    dialog.end.child.expect(r"\[Enter\] go on: ")
    assert not person.has_stamp()
    dialog.close()      # it was not read
    dialog = Reset.ssh(keyboard_sshd, person)
    assert dialog.logs_in(GOOD) and "your password was reset" in dialog.notice
    assert person.has_stamp()
    dialog.close()
    dialog = Reset.ssh(keyboard_sshd, person)
    assert dialog.logs_in(GOOD) and dialog.notice is None
    dialog.close()


# --- freezing

@pytest.mark.sanitized
def test_a_freeze_code_at_the_first_prompt_stops_resets_until_an_administrator_lifts_it(host, person, hand, keyboard_sshd):
    code = re.search(FREEZE, told(host, person.mail, "E-mail: registered")).group()
    mark = host.log.mark()
    dialog = Reset.ssh(keyboard_sshd, host.person())     # whoever has the message
    dialog.begin()
    dialog.say(code, SECOND.strip())
    dialog.say("", "Password resets of that account are stopped until an administrator allows them again. "
                   "Please tell the help desk, room 12 what happened.")
    assert dialog.at(PASSWORD)
    dialog.close()
    assert host.log.wait_for("audit event=frozen user=%s " % person.name, mark)
    before = hash_of(person)
    dialog = Reset.ssh(keyboard_sshd, person, hand)
    dialog.begin()
    dialog.say(person.mail, SECOND.strip())
    dialog.say("", "did not show who you are")
    assert dialog.at(FIRST)
    dialog.say("")
    dialog.say("", "Your account could not be verified, so nothing was changed.")
    assert dialog.logs_in(person.password), "only resets are stopped"
    dialog.close()
    done("unblock", person.name)
    dialog = Reset.ssh(keyboard_sshd, person, hand)
    reset_by(dialog, "app")
    assert dialog.logs_in(GOOD) and hash_of(person) != before
    dialog.close()


def test_the_code_in_the_message_about_a_reset_stops_the_next_one(host, person, hand, keyboard_sshd):
    dialog = Reset.ssh(keyboard_sshd, person, hand)
    reset_by(dialog)
    dialog.close()
    code = re.search(FREEZE, told(host, person.mail, "your password was reset")).group()
    dialog = Reset.console(person)
    dialog.begin()
    dialog.say(code, SECOND.strip())
    dialog.say("", "Password resets of that account are stopped")
    dialog.close()
    dialog = Reset.console(person)
    dialog.begin("SSPR-FROZEN: password resets of this account were stopped by somebody who got a message about it.")
    assert "please turn to the help desk, room 12" in dialog.text
    dialog.close()
