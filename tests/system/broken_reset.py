"""Resets that somebody walks through up to a step, where something of the machine fails; and what the user hears and has then."""

import contextlib
import os
import re
import select
import signal
import time

import bus
import grants
from grants import GOOD
from life import flat, next_totp, told
from player import register
from waiting import LONG, wait_until

# In their order: where a dialog may stand, by how its prompt ends, and what its user types there.
STEPS = {
    "the proof": (r"shall go to:$", lambda person: next_totp(person.app_secret)),
    "the code": (r"if one was sent:$", lambda person: ""),
    "the choice": (r"you know the password\):$", lambda person: "1"),
    "a new password": (r"^[^:]*New password:$|New password:$", lambda person: GOOD),
    "the same again": (r"Retype new password:$", lambda person: GOOD),
}
LAST = "the same again"     # what is typed here sets it
SILENCE = 10        # SESSION_SILENCE_MS: what the module waits for a packet
SAVING = 30         # HASH_SLOT_WAIT_MS: what the session waits for sspr-passwd
SLACK = 5           # the machine may be busy
OLD_HOLDS = ("No password was changed", "Nothing was changed", "nothing was changed", "The old password holds",
             "Passwords cannot be set on this host")
NOT_KNOWN = "It is not known whether the new password holds"
NEW_HOLDS = "Your password is changed."
TOLD = "your password was reset"   # by mail


class Reset:
    """A dialog over packets, and what pam_sspr would make of it: after SILENCE without one it asks for the password again."""

    def __init__(self, person):
        self.person = person
        self.conversation = bus.converse(person, "reset")
        self.socket = self.conversation.socket
        self.step, self.over, self.text, self.verdict = None, False, "", None
        self.moved = time.monotonic()   # when the last packet came, or the last answer went
        self.took = None                # from the last answer to the end
        self.answered = self.moved

    def walk(self, step):
        """To the open prompt of this step."""
        while self.step != step:
            if self.step:
                self.type()
            self.wait_for_prompt()
        return self

    def wait_for_prompt(self):
        before = self.step
        end = time.monotonic() + LONG
        while self.step == before and not self.over and time.monotonic() < end:
            self.look(LONG)
        assert not self.over and self.step != before, (before, self.step, self.text)

    def type(self):
        self.answered = self.moved = time.monotonic()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):     # a session that is gone: read next
            self.conversation.answer(STEPS[self.step][1](self.person))

    def look(self, seconds):
        """What comes within so many seconds."""
        if select.select([self.socket], [], [], max(0, seconds))[0]:
            self._take()

    def _take(self):
        try:
            kind, text = self.conversation.receive()
        except ConnectionResetError:    # it comes once, where the other side left something unread; what it had sent is still there
            kind, text = self.conversation.receive()
        self.moved = time.monotonic()
        self.text = flat(self.text + " " + text)
        if kind in ("", "."):
            self.verdict = text if kind else None
            self._end()
        elif kind in "?*":
            self.step = next((step for step, (end, _) in STEPS.items() if re.search(end, self.text)), None)
            assert self.step, self.text
            self.text = ""

    def _end(self):
        self.over, self.took = True, time.monotonic() - self.answered
        self.conversation.close()

    def go_on(self):
        """What has come is read; an open prompt is answered. The module's patience is looked at: gone is gone."""
        while not self.over and select.select([self.socket], [], [], 0)[0]:
            step = self.step
            self._take()
            if not self.over and self.step != step:
                self.type()
        if not self.over and time.monotonic() - self.moved > SILENCE:
            self._end()

    @property
    def told(self):
        """old, new or unknown: which password holds, as the user was told."""
        if NEW_HOLDS in self.text:
            return "new"
        if NOT_KNOWN in self.text:
            return "unknown"
        if self.verdict is None:    # the module says that it broke off: a new password that was typed may hold, else the old one
            return "unknown" if self.step == LAST else "old"
        assert any(words in self.text for words in OLD_HOLDS), (self.step, self.verdict, self.text)
        return "old"


def stand_at(host, *steps):
    """A dialog of somebody new at each of these steps."""
    people = [host.person() for _ in steps]
    for person in people:
        register(host, person)
    return [Reset(person).walk(step) for person, step in zip(people, steps)]


def type_all(resets):
    """All of them type what is asked, and go on until each dialog is over."""
    for reset in resets:
        reset.type()
    end_all(resets)


def end_all(resets):
    """What was typed last is worked on: go on until each dialog is over."""
    end = time.monotonic() + 2 * SAVING
    while not all(reset.over for reset in resets) and time.monotonic() < end:
        for reset in resets:
            reset.go_on()
        time.sleep(0.02)
    assert all(reset.over for reset in resets), [(r.step, r.text) for r in resets if not r.over]


def holds(person):
    """new or old: the one password that lets this person in."""
    new, old = grants.fits(person, GOOD), grants.fits(person, person.password)
    assert new != old, person.name
    return "new" if new else "old"


def is_true(reset):
    """One password holds, and the user heard no lie: new or old."""
    now = holds(reset.person)
    assert reset.told in (now, "unknown"), (reset.step, reset.told, now, reset.text)
    return now


def is_true_and_told(host, reset):
    """And everybody concerned is told of a change."""
    now = is_true(reset)
    if now == "new":
        told(host, reset.person.mail, TOLD)
    return now


def nothing_is_left(host):
    wait_until(lambda: not host.sessions(), "no session is left")
    wait_until(lambda: not grants.supervisors() and not grants.pam_children(), "no grant is left")


def works_again(host):
    """Somebody else's reset, from its beginning to its end."""
    reset, = stand_at(host, "the same again")
    type_all([reset])
    assert (reset.verdict, reset.told, holds(reset.person)) == ("password-changed", "new", "new"), reset.text
    told(host, reset.person.mail, TOLD)
    nothing_is_left(host)


# --- failures

def hit(pids, how):
    """Those that are still there."""
    assert pids
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, how)


@contextlib.contextmanager
def frozen(pids):
    """These stand still; those that are still there go on afterwards."""
    try:
        hit(pids, signal.SIGSTOP)
        yield
    finally:
        hit(pids, signal.SIGCONT)
