"""A reset in Dutch, from the hint to the next login's notice: over ssh, where only the system can say so, and at a console."""

import re

import pytest

import stacks
from enrolled import enrolled
from grants import fits
from life import next_totp, told
from resets import GOOD, Reset, Terminal, console
from sshd import ssh

LOCALE = "/etc/default/locale"
ENDS = ["code heen moet", "als er een is verstuurd", r"kent het wachtwoord\)", "[Ww]achtwoord", "herhalen", "Password", r"\] einde", "te typen",
        r"andere methode\)?"]
PROMPT = r"(?:%s):\s$" % "|".join(ENDS).replace(" ", r"\s+")
# pam_unix asks for the password after the dialog: in the language of the host program, which has none here. The contact is named
# by the policy.
FOREIGN = r"(?m)^Password: $|the help desk,\s+room 12|desk"
# Words that stand in every English step, and in no Dutch one.
ENGLISH = r"\b(the|your|you|password|please|that|not|with|turn)\b"


@pytest.fixture(autouse=True)
def dutch(host):
    with open(LOCALE, "a"):
        pass    # a minimal Debian has none
    with stacks.file_of(LOCALE, 'LANG="nl_NL.UTF-8"\n'), stacks.reset_line():
        yield


def opened(server, where, person):
    child = ssh(server, person.name, "echo logged in") if where == "ssh" else console(person.name)
    return Reset(Terminal(child, PROMPT))


def is_dutch(text):
    found = re.search(ENGLISH, re.sub(FOREIGN, "", text), re.IGNORECASE)
    assert not found, "%r in:\n%s" % (found.group(), text)


@pytest.mark.parametrize("where", ["ssh", "console"])
def test_from_the_hint_to_the_notice(host, person, keyboard_sshd, where):
    enrolled(host, person, "app", "email")
    dialog = opened(keyboard_sshd, where, person)
    assert "Vergeten? Typ dan alleen een ? " in dialog.text
    dialog.say("?", "Hier kunt u het vergeten wachtwoord van uw account op desk herstellen. .*waar een code heen moet:")
    assert ("- Authenticator-app" in dialog.text) == (where == "console"), dialog.text
    dialog.say("123456", "Code, als er een is verstuurd:")
    dialog.say("", "Daaruit bleek niet wie u bent.")
    dialog.say(next_totp(person.app_secret), "als er een is verstuurd:")
    dialog.say("", r"\[1\] een nieuw wachtwoord, \[2\] alleen ontgrendelen \(u kent het wachtwoord\):")
    dialog.say("1", "wachtwoord:")
    dialog.say("password", "wachtwoord:")
    dialog.say(GOOD, "herhalen:")
    dialog.say(GOOD, "Uw wachtwoord is gewijzigd. Meld u nu aan met het nieuwe.")
    assert fits(person, GOOD)
    dialog.end.child.sendline(GOOD)
    dialog.end.child.expect(r"\[Enter\] verder: ")
    is_dutch(dialog.everything.split("Vergeten?")[1])
    is_dutch(dialog.end.child.before.replace("\r\n", "\n"))
    assert "Een wijziging van uw account" in told(host, person.mail, "uw wachtwoord is opnieuw ingesteld")
    dialog.end.child.sendline("")
    dialog.end.child.expect(["logged in", r"[$#] $"])
    dialog.close()


def test_a_case_and_the_question_for_help(host, person):
    dialog = opened(None, "console", person)
    dialog.say("?", "SSPR-NOTREGISTERED: ")
    is_dutch(dialog.everything.split("Vergeten?")[1])
    dialog.close()
