"""The app's QR code where people sign in: read from the screen of a real ssh client and of login, and what is left to a terminal
that cannot show it. A code that was read is worth something: what its address holds makes the codes that register the app."""

import os
import re
import sys
import urllib.parse

import pexpect
import pytest

import sshd
from player import totp
from waiting import LONG

sys.path.append(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "dialog"))
from qr_reader import look, picture     # noqa: E402  (it is the dialog tests' own)

ASKED = r"\[q\]\s+show\s+a\s+QR\s+code, \[b\]\s+another\s+method\): $"


def ssh(server, person, locale):
    line = sshd.ssh_command(server, person.name, "echo logged in")
    return pexpect.spawn(line[0], line[1:], encoding="utf-8", timeout=LONG, dimensions=(24, 80), env=dict(os.environ, LC_ALL=locale))


def to_the_app(child, person):
    """To where the app's code is asked for; what was shown with it."""
    child.delaybeforesend = None
    child.expect("assword: ")
    child.sendline(person.password)
    child.expect(r"why\s+is\s+this\s+asked: $")
    child.sendline("")
    child.expect(r"\[Enter\] Authenticator app.*: $")
    child.sendline("")
    child.expect(ASKED)
    return child.before


def asked_for_a_picture(child):
    child.sendline("q")
    child.expect(ASKED)
    return child.before.replace("\r", "")


def secret_of(uri):
    return urllib.parse.parse_qs(urllib.parse.urlsplit(uri).query)["secret"][0]


def registers(child, secret):
    child.sendline(totp(secret))
    child.expect("Registered: Authenticator app")
    child.close(force=True)


def is_seen_and_registers(child, person):
    to_the_app(child, person)
    shown = asked_for_a_picture(child)
    found = look(picture(shown), characters_are_light=True)
    assert len(found) == 1 and found[0].startswith("otpauth://totp/")
    assert look(picture(asked_for_a_picture(child)), characters_are_light=False) == found
    assert "\x1b" not in shown
    registers(child, secret_of(found[0]))


def test_a_real_ssh_client_shows_it_so_that_it_can_be_read(person, keyboard_sshd):
    is_seen_and_registers(ssh(keyboard_sshd, person, "C.UTF-8"), person)


def test_login_on_the_console_shows_it_so_that_it_can_be_read(host, person):
    child = pexpect.spawn("login", encoding="utf-8", timeout=LONG, dimensions=(24, 80))
    child.expect("login: ")
    child.sendline(person.name)
    is_seen_and_registers(child, person)


@pytest.mark.parametrize("locale", ["C", "POSIX"])
def test_where_the_client_knows_no_utf_8_the_key_is_there_to_be_typed(person, keyboard_sshd, locale):
    child = ssh(keyboard_sshd, person, locale)
    key = re.search(r"^   ((?:[A-Z2-7]{4} ?){8})\r?$", to_the_app(child, person), re.MULTILINE).group(1)
    shown = asked_for_a_picture(child)
    assert shown.isascii() and "\x1b" not in shown      # ssh writes such characters as numbers
    assert re.search(r"no\s+picture\s+is\s+seen,\s+please\s+type\s+the\s+key", shown)
    registers(child, key.replace(" ", ""))
