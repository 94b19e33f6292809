"""A person who resets: the same steps over real ssh, at a console, and over the packets of a conversation."""

import itertools
import re
import subprocess

import pexpect

import bus
import sshd
from enrolled import TITLES
from life import flat, next_totp
from waiting import LONG

FIRST = "shall go to: "
SECOND = "Code, if one was sent: "
PASSWORD = "Password: "         # the login's own
GOOD = "Velvet-42-harbour"
# How the prompts end that somebody meets from the password's on; blanks stand for any white space, since lines are wrapped.
ENDS = ["shall go to", "if one was sent", r"know the password\)", "[Nn]ew password", "Password", "freeze code", r"\] end",
        "stop here", r"another method\)?"]
PROMPT = r"(?:%s):\s$" % "|".join(ENDS).replace(" ", r"\s+")
LOGGED_IN = ["logged in", r"[$#] $"]
_lines = itertools.count(1)


class Terminal:
    """A host program under pexpect; its prompts are recognised by how they end."""

    def __init__(self, child, prompt=PROMPT):
        self.child, self.prompt = child, prompt

    def next(self):
        """(what was shown up to the next prompt or the end, True at the end)"""
        at_end = self.child.expect([self.prompt, pexpect.EOF], timeout=LONG) == 1
        text = self.child.before + ("" if at_end else self.child.after)
        return text.replace("\r\n", "\n"), at_end

    def answer(self, text):
        self.child.sendline(text)

    def close(self):
        self.child.close(force=True)


class Packets:
    """The same by the packets of a conversation: no host program, and so nothing that asks for the password afterwards."""

    def __init__(self, conversation):
        self.conversation = conversation

    def next(self):
        before = len(self.conversation.texts)
        at_end = self.conversation.prompt() is None
        return "".join(self.conversation.texts[before:]), at_end

    def answer(self, text):
        self.conversation.answer(text)

    def close(self):
        self.conversation.close()


def console(name):
    """`login` on a line of this machine: its terminal is called /dev/tty1, /dev/tty2, ..."""
    line = "/dev/tty%d" % next(_lines)
    script = 'on=$(tty); : >"$0"; mount --bind "$on" "$0"; exec login <>"$0" >&0 2>&0'
    child = pexpect.spawn("sh", ["-c", script, line], encoding="utf-8", timeout=LONG, dimensions=(24, 80))
    child.expect("login: ")
    child.sendline(name)
    return child


class Reset:
    """
    Walked through by hand: `text` is what stands before the user, on one line, `shown` the same as it came. Over ssh and at the
    console it stands at the login's password prompt first and last. who: a person or a name, hand: what they have (enrolled.py).
    """

    def __init__(self, end, hand=None):
        self.end, self.hand = end, hand
        self.everything = ""
        self.over = False       # nothing more comes: no prompt is open
        self._next()

    @classmethod
    def ssh(cls, server, who, hand=None, command="echo logged in"):
        return cls(Terminal(sshd.ssh(server, getattr(who, "name", who), command)), hand)

    @classmethod
    def console(cls, who, hand=None, **how):
        return cls(Terminal(console(getattr(who, "name", who)), **how), hand)

    @classmethod
    def packets(cls, person, hand=None, **context):
        """It stands at the first prompt of the dialog."""
        return cls(Packets(bus.converse(person, "reset", **context)), hand)

    def _next(self):
        self.shown, self.over = self.end.next()
        self.everything += self.shown
        self.text = flat(self.shown)

    def say(self, answer="", expect=None):
        """Type this; what comes next must hold the pattern."""
        self.end.answer(answer)
        self._next()
        assert expect is None or re.search(expect, self.text), "%r is not in: %s" % (expect, self.shown)
        return self.text

    @property
    def verdict(self):
        """Of packets only: a terminal shows words."""
        return self.end.conversation.verdict

    def at(self, prompt):
        """Is this the open prompt?"""
        return not self.over and self.text.endswith(prompt.strip())

    def close(self):
        self.end.close()

    # --- the steps

    def begin(self, expect=FIRST.strip()):
        """Type `?` at the password prompt."""
        assert self.at(PASSWORD), self.shown
        return self.say("?", expect)

    def first_proof(self, method):
        """Both prompts of a round, with what is right."""
        assert self.at(FIRST), self.shown
        typed = {"app": lambda: (next_totp(self.hand.person.app_secret), None),
                 "recovery-codes": lambda: (self.hand.codes.pop(), None),
                 "email": lambda: (self.hand.person.mail, self.hand.mail_code),
                 "phone": lambda: (self.hand.number, self.hand.text_code),
                 "office-phone": lambda: (self.hand.office, self.hand.call_code)}
        if method == "questions":
            self.say("q")
            self._answer_questions()
        else:
            first, code = typed[method]()
            self.say(first, SECOND.strip())
            self.say(code() if code else "")
        assert "Thank you, you have shown who you are." in self.text, self.shown

    def second_proof(self, method):
        """From "One more proof is needed" on."""
        found = re.search(r"^(\d) %s" % TITLES[method], self.shown, re.MULTILINE)
        self.say(found.group(1) if found else "", TITLES[method])
        if method == "app":
            self.say(next_totp(self.hand.person.app_secret))
        elif method == "recovery-codes":
            self.say(self.hand.codes.pop())
        elif method == "email":
            self.say(self.hand.mail_code())
        elif method == "phone":
            if "[2] call" in self.text:
                self.say("1")
            self.say(self.hand.text_code())
        elif method == "office-phone":
            self.say(self.hand.call_code())
        else:
            self._answer_questions()

    def _answer_questions(self):
        while self.at("Answer, not shown ([b] another method): "):
            self.say(next(answer for question, answer in self.hand.answers.items() if flat(question) in self.text))

    def choose(self, what="1"):
        """A new password (1), or to unlock only (2)."""
        if self.at("you know the password): "):
            self.say(what)

    def new_password(self, password=GOOD):
        """Both times; the dialog is over then."""
        self.choose()
        assert self.at("New password: "), self.shown
        self.say(password, "Retype new password:")
        return self.say(password)

    # --- and after it

    def logs_in(self, password):
        """Type this at the login's prompt, where it stands again. Is a command run then? `notice` is what was told before."""
        assert self.at(PASSWORD), self.shown
        child, self.notice = self.end.child, None
        child.sendline(password)
        which = child.expect(LOGGED_IN + [r"\[Enter\] go on: ", "[Ii]ncorrect", pexpect.EOF], timeout=LONG)
        if which == len(LOGGED_IN):
            self.notice = flat(child.before)
            child.sendline("")
            which = child.expect(LOGGED_IN + [pexpect.EOF], timeout=LONG)
        return which < len(LOGGED_IN)


def locked_by(person, server, failures=3):
    """pam_faillock has counted so many wrong passwords."""
    for _ in range(failures):
        dialog = Reset.ssh(server, person)
        assert not dialog.logs_in("wrong password")
        dialog.close()
    done = subprocess.run(["faillock", "--user", person.name], capture_output=True, text=True, check=True)
    assert len(re.findall(r"\bV$", done.stdout, re.MULTILINE)) == failures, done.stdout
