"""The same user registers at two terminals at once: the newer wins, the older ends with a clear word, nothing is mixed."""

import re
import time

import pexpect
import pytest

import bus
import sshd
from life import flat, mailed_code, talk
from player import Player, totp


@pytest.mark.sanitized
def test_the_newer_wins_after_its_first_prompt_and_the_older_ends_with_a_clear_word(host, person):
    older = talk(person)
    older.say("")
    newer = talk(person)
    assert "start now" in newer.text
    assert older.conversation.prompt() is None
    shown = flat(" ".join(older.conversation.texts))
    assert older.verdict == "replaced", shown
    assert "You have started the same registration in another sign-in, so this one ends" in shown
    player = Player(host, person)
    newer.conversation.answer(player.answer(newer.shown))
    assert player.play(newer.conversation) == "registered"
    assert bus.check(person)[0] == "ok"


def test_what_the_older_had_proven_is_kept(host, person):
    older = talk(person)
    older.say("")
    older.choose("E-mail")
    older.say(person.mail)
    older.say(mailed_code(host, person.mail, 0), "Registered: E-mail")
    newer = talk(person)
    assert "1 of 2 done: E-mail" in newer.text


def key_in(text):
    return re.search(r"^\s+((?:[A-Z2-7]{4} ){7}[A-Z2-7]{4})\s*$", text, re.MULTILINE).group(1).replace(" ", "")


def test_the_older_ones_secret_does_not_become_the_newer_ones(host, person):
    older = talk(person)
    older.say("")
    older.choose("Authenticator app")
    secret = key_in(older.shown)
    newer = talk(person)
    newer.say("")
    newer.choose("Authenticator app")
    own = key_in(newer.shown)
    assert own != secret
    newer.say(totp(secret), "not right")
    newer.say(totp(own), "Registered: Authenticator app")


def test_the_older_ones_mailed_code_is_not_the_newer_ones(host, person):
    older = talk(person)
    older.say("")
    older.choose("E-mail")
    older.say("one-" + person.mail)
    first = mailed_code(host, "one-" + person.mail, 0)
    newer = talk(person)
    newer.say("")
    newer.choose("E-mail")
    newer.say("two-" + person.mail)
    second = mailed_code(host, "two-" + person.mail, 0)
    if first != second:
        newer.say(first, "not right")
    newer.say(second, "Registered: E-mail")


def test_two_logins_at_ssh_the_older_one_is_told_and_ends(host, person, keyboard_sshd):
    children = []
    for _ in range(2):
        child = sshd.ssh(keyboard_sshd, person.name, "echo logged in")
        child.expect("assword: ")
        child.sendline(person.password)
        child.expect("asked: ")
        children.append(child)
    older, newer = children
    time.sleep(0.5)     # a moment passes before the newer has shown that somebody sits there
    older.sendline("")
    older.expect(r"so\s+this\s+one\s+ends")
    older.expect(pexpect.EOF)
    newer.sendline("n")
    newer.expect("logged in")
    newer.expect(pexpect.EOF)
