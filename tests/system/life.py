"""What the tests of a registration's life share: a talk with a session, the administrator's commands, the store's rows."""

import contextlib
import glob
import os
import re
import sqlite3
import subprocess
import time

import bus
from host import DATABASE
from player import totp
from waiting import LONG, wait_until

DAY = 24 * 3600


def flat(text):
    """A text without its line breaks: they depend on the width of what was filled in."""
    return " ".join((text or "").split())


class Talk:
    """A dialog that is walked through by hand: `text` is what stands before the user, on one line, until it ends."""

    def __init__(self, conversation):
        self.conversation = conversation
        self.shown = None   # as it was sent
        self.text = None
        self._next()

    def _next(self):
        before = len(self.conversation.texts)
        self.conversation.prompt()
        self.shown = "".join(self.conversation.texts[before:])
        self.text = flat(self.shown)

    def say(self, answer="", expect=None):
        """Type this; what comes next must hold the pattern."""
        self.conversation.answer(answer)
        self._next()
        assert expect is None or re.search(expect, self.text), "%r is not in: %s" % (expect, self.shown)
        return self.text

    def choose(self, title):
        """Type the number that stands before this title, or Enter where it is the one offered."""
        found = re.search(r"^(\d+) " + title, self.shown, re.MULTILINE)
        return self.say(found.group(1) if found else "")

    @property
    def verdict(self):
        return self.conversation.verdict

    def close(self):
        self.conversation.close()


def talk(person, **context):
    """The dialog of a login."""
    return Talk(bus.converse(person, **context))


@contextlib.contextmanager
def acting_as(person):
    """The bus tells who calls by the effective uid."""
    os.seteuid(person.uid)
    try:
        yield
    finally:
        os.seteuid(0)


def managing(person):
    """The conversation of somebody who manages, as their own program gets it."""
    with acting_as(person):
        with bus.Bus() as link:
            context = {"service": "ssprctl", "interactive": True}
            return link.converse_as_told(person, "manage", context)


def ctl(*arguments, user=None, env=None):
    """ssprctl, as root or as somebody: (exit code, stdout, stderr)."""
    who = dict(user=user.uid, group=user.uid, extra_groups=[]) if user else {}
    done = subprocess.run(["ssprctl", *arguments], capture_output=True, text=True, timeout=LONG, stdin=subprocess.DEVNULL,
                          env={**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": "", **(env or {})}, **who)
    return done.returncode, done.stdout, done.stderr


def done(*arguments, **how):
    """ssprctl that must succeed: what it prints."""
    code, output, errors = ctl(*arguments, **how)
    assert code == 0, errors
    return output.strip()


@contextlib.contextmanager
def rows(host):
    """The store, while nobody else has it."""
    host.stop_daemon()
    database = sqlite3.connect(DATABASE)
    try:
        yield database
        database.commit()
    finally:
        database.close()


def stored_bytes(host):
    """Every byte that the daemon keeps, its key left out: a dump would show blobs as numbers, and hide what they hold."""
    host.stop_daemon()
    stored = b""
    for path in glob.glob(DATABASE + "*"):
        with open(path, "rb") as file:
            stored += file.read()
    return stored


def id_of(database, person):
    return database.execute("SELECT id FROM user WHERE name = ? AND set_aside_at = 0", (person.name.encode(),)).fetchone()[0]


def age(host, person, days, methods=None):
    """As if these methods (all) had been proven so many days earlier."""
    with rows(host) as database:
        for method, in database.execute("SELECT method FROM method WHERE user = ?", (id_of(database, person),)).fetchall():
            if methods is None or method in methods:
                database.execute("UPDATE method SET proven_at = max(1, proven_at - ?) WHERE user = ? AND method = ?",
                                 (days * DAY, id_of(database, person), method))
    host.forget_stamps()


def change_user(host, person, **columns):
    """Other values of the user's row; a callable is given the old one."""
    with rows(host) as database:
        for name, value in columns.items():
            if callable(value):
                value = value(database.execute("SELECT %s FROM user WHERE id = ?" % name, (id_of(database, person),)).fetchone()[0])
            database.execute("UPDATE user SET %s = ? WHERE id = ?" % name, (value, id_of(database, person)))
    host.forget_stamps()


def column(host, person, name):
    with rows(host) as database:
        return database.execute("SELECT %s FROM user WHERE id = ?" % name, (id_of(database, person),)).fetchone()[0]


def standing(person):
    """How a person stands, as ssprctl shows it to administrators."""
    with bus.Bus() as link:
        return link.call(bus.NAME + ".Admin", "Show", "ay", person.name.encode())


def codes_to(host, address):
    """The codes that were mailed to this address; other mails, like those about a change, hold none."""
    found = []
    for number in range(host.mail.count(address)):
        code = re.search(r"(?<![\d-])(\d{6})(?![\d-])", host.mail.wait_for(address, number + 1).get_content())
        if code:
            found.append(code.group(1))
    return found


def mailed_code(host, address, before):
    """The code that comes after so many."""
    return wait_until(lambda: codes_to(host, address)[before:], "a code comes to " + address)[0]


def told(host, address, words):
    """The mail to this address that says so."""
    def found():
        texts = [host.mail.wait_for(address, number + 1).get_content() for number in range(host.mail.count(address))]
        return [text for text in texts if re.search(words, text)]
    return wait_until(found, "%s is told of %s" % (address, words))[0]


def not_this(code):
    """Another code."""
    return "%06d" % ((int(code) + 1) % 1000000)


def wrong_totp(secret):
    """A code that the app shows at no time near."""
    near = {totp(secret, time.time() + 30 * step) for step in range(-20, 21)}
    return next(code for code in ("%06d" % number for number in range(1000000)) if code not in near)


def next_totp(secret):
    """The code of the step to come: accepted already, and not yet used by whoever typed this step's."""
    return totp(secret, time.time() + 30)
