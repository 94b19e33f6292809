"""Dutch from the first prompt to the last word, where the user's or the system's language is Dutch."""

import os
import re
import subprocess

import dbus
import pexpect
import pytest

import bus
import pam
import phones
import sshd
from gateway import Kannel
from host import POLICY
from life import ctl, flat, talk
from player import totp
from waiting import LONG

LOCALE = "/etc/default/locale"
KEY = r"((?:[A-Z2-7]{4} ){7}[A-Z2-7]{4})"


@pytest.fixture(scope="module")
def kannel():
    server = Kannel()
    yield server
    server.stop()


@pytest.fixture
def voice():
    server = phones.Voice()
    yield server
    server.stop()


@pytest.fixture
def dutch_system():
    """Dutch is what the administrator chose."""
    before = open(LOCALE).read() if os.path.exists(LOCALE) else None
    with open(LOCALE, "w") as file:
        file.write("LANG=nl_NL.UTF-8\n")
    yield
    if before is None:
        os.unlink(LOCALE)
    else:
        with open(LOCALE, "w") as file:
            file.write(before)


def registers(host, person, child):
    """An app and an address, by a Dutch dialog; all that was shown."""
    shown = []

    def see(pattern):
        child.expect(pattern)
        shown.append(child.before + child.after)

    see(r"\[Enter\] nu\s[^:]*: ")
    child.sendline("")
    see(r"\[Enter\] [^:]*: ")
    child.sendline("")
    see(KEY)
    secret = child.match.group(1).replace(" ", "")
    see(r"\[q\][^:]*: ")
    child.sendline(totp(secret))
    see(r"\[Enter\] [^:]*: ")
    child.sendline("")
    see(r"\[b\][^:]*: ")
    child.sendline(person.mail)
    see(r"\[r\][^:]*: ")
    child.sendline(host.mail.code(person.mail))
    see(r"\[Enter\] [^:]*: ")
    child.sendline("")
    return "".join(shown)


def is_dutch(text):
    words = flat(text)
    assert "beveiligingsgegevens" in words or "wachtwoord" in words, text
    for english in ("start now", "not now", "Registered", "another method", "is on its way", "of 2 done"):
        assert english not in words, text


@pytest.mark.sanitized
def test_ssh_speaks_the_systems_language(host, person, keyboard_sshd, dutch_system):
    child = sshd.ssh(keyboard_sshd, person.name, "echo logged in")
    child.expect("assword: |achtwoord: ")
    child.sendline(person.password)
    is_dutch(registers(host, person, child))
    child.expect("logged in")
    assert bus.check(person)[0] == "ok"


@pytest.mark.sanitized
def test_login_speaks_the_systems_language(host, person, dutch_system):
    child = pexpect.spawn("login", encoding="utf-8", timeout=LONG, dimensions=(24, 80))
    child.expect("login: ")
    child.sendline(person.name)
    child.expect("assword: |achtwoord: ")
    child.sendline(person.password)
    is_dutch(registers(host, person, child))
    child.expect(r"[$#] $")
    child.sendline("exit")
    child.expect(pexpect.EOF)


def test_what_pam_tells_of_the_user_goes_before_the_systems(host, person):
    pam.make_service()
    with open("/etc/pam.d/" + pam.SERVICE) as file:
        stack = file.read()
    with open("/etc/pam.d/" + pam.SERVICE, "w") as file:
        file.write("auth required pam_env.so envfile=/run/lang.env\n" + stack)
    with open("/run/lang.env", "w") as file:
        file.write("LANG=en_GB.UTF-8\nLANGUAGE=nl\n")
    child = pexpect.spawn("pamtester", [pam.SERVICE, person.name, "authenticate", "setcred(PAM_ESTABLISH_CRED)", "acct_mgmt"],
                          encoding="utf-8", timeout=LONG)
    child.expect("achtwoord: |assword: ")
    child.sendline(person.password)
    is_dutch(registers(host, person, child))


def test_the_mails_with_codes_are_dutch_too(host, person, keyboard_sshd, dutch_system):
    child = sshd.ssh(keyboard_sshd, person.name, "echo logged in")
    child.expect("assword: |achtwoord: ")
    child.sendline(person.password)
    registers(host, person, child)
    child.expect("logged in")
    text = host.mail.wait_for(person.mail, 1).get_content()
    assert re.search(r"\b(Uw|uw|Je|je) code\b|code is", text) and "Your code" not in text, text


@pytest.mark.parametrize("way, words", [("1", "is uw code voor"), ("2", "Nog een keer")])
def test_text_messages_and_calls_are_dutch_too(host, person, policy, voice, kannel, way, words):
    policy(re.sub(r"(?s)\[support\].*?(?=\[|$)", "", phones.policy_of(kannel, voice)))
    number = "+491513%05d" % person.uid
    dialog = talk(person, lang=dbus.ByteArray(b"nl", variant_level=1))
    dialog.say("")
    dialog.choose("Telefoon")
    dialog.say(number)
    dialog.say(way)
    if way == "1":
        code = phones.texted_code(kannel, number)
        text, = phones.texts_to(kannel, number)
        assert "Meld het bij uw beheerder" in text
    else:
        code = voice.code(number)
        text = voice.calls()[-1]["text"]
        assert ", ".join(code) in text
    assert words in text and "your" not in text and "Your" not in text, text
    dialog.say(code, "Geregistreerd: Telefoon")


def test_nobody_who_was_named_is_the_administrator_in_the_users_language(host, person, policy):
    """The default of [support] contact stands in the middle of Dutch sentences."""
    policy(re.sub(r"(?s)\[support\].*?(?=\[|$)", "", POLICY))
    dialog = talk(person, lang=dbus.ByteArray(b"nl", variant_level=1))
    shown = dialog.text + dialog.say("?")
    assert "uw beheerder" in shown and "your administrator" not in shown, shown
    assert "your administrator" in talk(host.person()).say("?")


def test_the_line_for_a_login_by_key_is_dutch(host, person, keyboard_sshd, dutch_system):
    person.accept_key()
    done = subprocess.run(sshd.ssh_command(keyboard_sshd, person.name, "echo in", methods="publickey"), capture_output=True,
                          text=True, timeout=LONG, stdin=subprocess.DEVNULL)
    assert done.stdout == "in\n"
    assert "has not yet registered" not in done.stderr and person.name in done.stderr and "ssprctl" not in done.stdout
    assert re.search(r"\b(nog|niet)\b", done.stderr), done.stderr


def test_ssprctl_speaks_the_language_of_its_environment(host, person):
    bus.check(person)
    _, english, _ = ctl("status", user=person)
    _, dutch, _ = ctl("status", user=person, env={"LC_ALL": "nl_NL.UTF-8", "LANGUAGE": "nl"})
    assert english != dutch and re.search(r"\b(bent|zijn|nog|methoden)\b", dutch), dutch
