"""The five cases: told at a console with their code and who helps, `a` asks them; elsewhere, and where disclose = never, nothing shows."""

import re

import pytest

import stacks
from enrolled import enrolled
from grants import lines_of
from host import POLICY
from life import change_user, done, next_totp, told
from resets import GOOD, PASSWORD, SECOND, Reset

CONTACT = "the help desk, room 12"
CANNOT = "Your account could not be verified, so nothing was changed."
WORDS = {
    "SSPR-CONTACT": "the password of this account is managed elsewhere, or the account is locked. It cannot be reset here.",
    "SSPR-NOTENABLED": "your account is not enabled for password reset.",
    "SSPR-NOTREGISTERED": "we could not verify your account, because too little is registered that could show who you are.",
    "SSPR-BLOCKED": "there were too many wrong proofs. Until .* this password cannot be reset.",
    "SSPR-FROZEN": "password resets of this account were stopped by somebody who got a message about it.",
}

VERDICTS = {"SSPR-CONTACT": "contact-administrator", "SSPR-NOTENABLED": "not-enabled", "SSPR-NOTREGISTERED": "not-verified",
            "SSPR-BLOCKED": "blocked", "SSPR-FROZEN": "frozen"}


@pytest.fixture(scope="module", autouse=True)
def line(host):
    with stacks.reset_line():
        yield


def support_of(person):
    return "support-%s@mail.example" % person.name


def policy_for(person, more="", registration=""):
    return (POLICY.replace("[registration]", "[registration]\n" + registration) + "email = %s\n" % support_of(person) + more)


def block(person):
    """Five failures, by strangers."""
    for rounds in (3, 2):
        dialog = Reset.packets(person)
        for _ in range(rounds):
            dialog.say("stranger@mail.example", SECOND.strip())
            dialog.say("000000")
        dialog.close()


@pytest.fixture
def in_case(host, person, policy):
    """Call it with a code and more policy: the person is in that case. Their hand."""
    def make(code, more=""):
        registration = "exclude = %s\n" % person.name if code == "SSPR-NOTENABLED" else ""
        policy(policy_for(person, more))
        hand = None if code == "SSPR-NOTREGISTERED" else enrolled(host, person, "app", "email")
        policy(policy_for(person, more, registration))
        if code == "SSPR-CONTACT":
            lines = open("/etc/shadow").read()
            with open("/etc/shadow", "w") as file:
                file.write(lines.replace("\n%s:" % person.name, "\n%s:!" % person.name))
        elif code == "SSPR-BLOCKED":
            block(person)
        elif code == "SSPR-FROZEN":
            change_user(host, person, frozen_at=1700000000)
        return hand
    return make


def refused(host, person, mark, verdict, code):
    """The log has the end of the reset."""
    host.log.wait_for("event=reset-refused user=%s .* result=%s reason=%s " % (person.name, verdict, code), mark)


@pytest.mark.sanitized
@pytest.mark.parametrize("code", WORDS)
def test_at_a_console_it_is_told_and_the_administrator_can_be_asked_once_a_day(host, person, in_case, code):
    in_case(code)
    before, support, mark = lines_of("/etc/shadow"), support_of(person), host.log.mark()
    dialog = Reset.console(person)
    dialog.begin("%s: %s" % (code, WORDS[code]))
    assert CONTACT in dialog.text and "[a] ask the administrator for help" in dialog.text
    dialog.say("a", "The administrator was asked for help: a message says who asks, where, and why.")
    assert dialog.at(PASSWORD)
    dialog.close()
    refused(host, person, mark, "asked-administrator", code)
    mail = host.mail.wait_for(support)
    assert "%s on desk asks for help with a forgotten password" % person.name in mail["Subject"] + mail.get_content()
    assert code in mail.get_content() and "login" in mail.get_content()
    dialog = Reset.console(person)
    dialog.begin("%s: " % code)
    dialog.say("a", "The administrator was asked for help already, and can be asked again from")
    dialog.close()
    refused(host, person, mark, VERDICTS[code], code)
    host.stop_daemon()
    assert host.mail.count(support) == 1
    assert lines_of("/etc/shadow") == before


@pytest.mark.parametrize("where", ["ssh", "console, disclose = never"])
@pytest.mark.parametrize("code", WORDS)
def test_where_nothing_may_be_told_a_case_looks_like_a_wrong_proof(host, person, keyboard_sshd, in_case, code, where):
    hand = in_case(code, more="" if where == "ssh" else "[reset]\ndisclose = never\n")
    before, mark = lines_of("/etc/shadow"), host.log.mark()
    dialog = Reset.ssh(keyboard_sshd, person) if where == "ssh" else Reset.console(person)
    assert "This is registered" not in dialog.begin() and code not in dialog.text
    for left in ("You can try 2 more times", "You can try 1 more time"):
        dialog.say(next_totp(person.app_secret) if hand else "123456", SECOND.strip())
        dialog.say("", "That did not show who you are. " + left)
    dialog.say("", SECOND.strip())
    dialog.say("", CANNOT)
    assert CONTACT in dialog.text and dialog.at(PASSWORD) and "SSPR-" not in dialog.everything
    dialog.close()
    refused(host, person, mark, "not-verified", code)
    assert lines_of("/etc/shadow") == before


def test_with_resets_off_everybody_is_not_enabled(host, person, keyboard_sshd, policy):
    policy(policy_for(person, more="[reset]\nenabled = no\n"))
    enrolled(host, person, "app", "email")
    before = lines_of("/etc/shadow")
    dialog = Reset.console(person)
    dialog.begin("SSPR-NOTENABLED")
    dialog.close()
    dialog = Reset.ssh(keyboard_sshd, person)
    dialog.begin()
    dialog.say(next_totp(person.app_secret), SECOND.strip())
    dialog.say("", "That did not show who you are.")
    dialog.close()
    assert lines_of("/etc/shadow") == before


def test_a_freeze_code_works_for_who_is_blocked(host, person, in_case):
    in_case("SSPR-BLOCKED")
    freeze = re.search(r"\bF-\w{4}-\w{4}-\w{4}-\w{4}\b", told(host, person.mail, "E-mail: registered")).group()
    dialog = Reset.console(person)
    dialog.begin("SSPR-BLOCKED.*type a freeze code:")
    dialog.say(freeze, "Password resets of that account are stopped")
    dialog.close()
    dialog = Reset.console(person)
    dialog.begin("SSPR-FROZEN")
    dialog.close()
    done("unblock", person.name)
    dialog = Reset.console(person)
    dialog.begin("This is registered")
    dialog.close()


def test_the_fifth_failure_at_a_console_is_told_at_once(host, person, in_case):
    in_case("")
    for _ in range(2):
        dialog = Reset.packets(person)
        for _ in range(2):
            dialog.say("stranger@mail.example")
            dialog.say("000000")
        dialog.close()
    dialog = Reset.console(person)
    dialog.begin("This is registered")
    dialog.say("000000", SECOND.strip())
    dialog.say("", "SSPR-BLOCKED: there were too many wrong proofs.")
    dialog.say("", "")
    assert dialog.at(PASSWORD)
    dialog.close()


def test_where_nothing_may_be_told_the_console_lists_nothing_and_a_reset_works(host, person, policy):
    policy(policy_for(person, more="[reset]\ndisclose = never\n"))
    hand = enrolled(host, person, "app", "questions")
    dialog = Reset.console(person, hand)
    assert "This is registered" not in dialog.begin() and "type q" not in dialog.text
    dialog.say("q", SECOND.strip())
    dialog.say("", "That did not show who you are.")
    dialog.first_proof("app")
    dialog.new_password()
    assert dialog.logs_in(GOOD)
    dialog.close()
