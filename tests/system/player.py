"""A person at the terminal who registers: knows what to type at each prompt, and notes what was shown.

Prompts are recognised by how they end; blanks in a pattern stand for any white space, since lines are wrapped.
"""

import base64
import hmac
import re
import struct
import time

import pexpect

import bus
from waiting import LONG


def totp(secret, moment=None):
    """RFC 6238: SHA-1, 30 seconds, 6 digits."""
    step = int((time.time() if moment is None else moment) // 30)
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), "sha1").digest()
    offset = digest[-1] & 15
    return "%06d" % ((struct.unpack_from(">I", digest, offset)[0] & 0x7FFFFFFF) % 1000000)


class Player:
    """wants: the methods to take, in their order; the offer of one more is declined."""

    def __init__(self, host, person, wants=("app", "email")):
        self.host, self.person = host, person
        self.wants = list(wants)
        self.prompts = []       # the names of the prompts that were answered
        self.texts = []         # what was shown with each of them
        self._mails = 0         # the number of the mail that holds the code

    PROMPTS = {name: re.compile(pattern.replace(" ", r"\s+").replace("...", r"[^:]{0,120}") + r":\s$")
               for name, pattern in {
                   "opening": r"\[Enter\] start now,... why is this asked",
                   "choose": r"\[Enter\] (?:Authenticator app|E-mail|Security questions)...",
                   "spare": r"\[Enter\] finish...",
                   "app code": r"Code \((?:\[q\] show a QR code, )?\[b\] another method\)",
                   "address": r"Address \(\[b\] another method\)",
                   "mail code": r"Code \(\[Enter\] was it sent\?...",
                   "question": r"Number,... another method",
                   "answer": r"Answer, not shown...",
                   "answer again": r"The same answer once more",
               }.items()}
    TITLES = {"app": "Authenticator app", "email": "E-mail", "questions": "Security questions"}

    def name_of(self, text):
        for name, pattern in self.PROMPTS.items():
            if pattern.search(text):
                return name
        raise AssertionError("an unknown prompt:\n" + text)

    def answer(self, text):
        name = self.name_of(text)
        self.prompts.append(name)
        assert self.prompts[-8:] != [name] * 8, "asked the same for ever:\n" + text
        self.texts.append(text)
        return getattr(self, "_" + name.replace(" ", "_"))(text)

    def _opening(self, text):
        return ""

    def _spare(self, text):
        return ""

    def _choose(self, text):
        """The first wanted method that stands in the menu."""
        for method in self.wants:
            found = re.search(r"^\s*(\d) " + self.TITLES[method], text, re.MULTILINE)
            if found:
                return found.group(1)
            if re.search(r"\[Enter\]\s+" + self.TITLES[method].replace(" ", r"\s+"), text):
                return ""
        raise AssertionError("none of %s is offered:\n%s" % (self.wants, text))

    def _app_code(self, text):
        key = re.search(r"^\s+((?:[A-Z2-7]{4} ){7}[A-Z2-7]{4})\s*$", text, re.MULTILINE)
        if key:
            self.person.app_secret = key.group(1).replace(" ", "")
        return totp(self.person.app_secret)

    def _address(self, text):
        self._mails = self.host.mail.count(self.person.mail) + 1
        return self.person.mail

    def _mail_code(self, text):
        return self.host.mail.code(self.person.mail, self._mails)

    def _stand_at(self, text):
        """Leave this prompt open; its mail has come then, so that nobody counts it for a later one."""
        if self.name_of(text) == "mail code":
            self.host.mail.wait_for(self.person.mail, self._mails)
        return self.name_of(text)

    def _question(self, text):
        """The first that is listed: a number stays with its question."""
        return re.search(r"^(\d+) \S", text, re.MULTILINE).group(1)

    def _answer(self, text):
        return "zebulon %d" % self.prompts.count("answer")

    _answer_again = _answer

    # --- over the packets of a conversation

    def play(self, conversation, until=None):
        """To the end (answers the verdict), or until the prompt of that number (counted from 0) is shown and open."""
        while True:
            text = conversation.prompt()
            if text is None:
                return conversation.verdict
            if until is not None and len(self.prompts) == until:
                return self._stand_at(text)
            conversation.answer(self.answer(text))

    # --- at a terminal

    def play_terminal(self, child, end, until=None):
        """The same through a program under pexpect; end: the pattern that says that the dialog is over."""
        patterns = list(self.PROMPTS.values())
        while True:
            which = child.expect(patterns + [end, pexpect.EOF], timeout=LONG)
            text = child.before + (child.after if isinstance(child.after, str) else "")
            text = text.replace("\r\n", "\n")
            if which >= len(patterns):
                return text
            if until is not None and len(self.prompts) == until:
                return self._stand_at(text)
            child.sendline(self.answer(text))


def register(host, person, wants=("app", "email"), **context):
    """A whole registration, without a host program."""
    player = Player(host, person, wants)
    conversation = bus.converse(person, **context)
    verdict = player.play(conversation)
    conversation.close()
    assert verdict == "registered", (verdict, conversation.texts)
    return player
