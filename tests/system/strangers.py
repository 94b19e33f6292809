"""Who is asked about at a password prompt, and may not be told from others: one of each kind; and how a login tells of them."""

import contextlib
import subprocess
import time
import types

import dbus

import bus
from host import POLICY
from life import change_user, next_totp, wrong_totp
from player import register
from rogue import Rogue, ask
from wire import CHECK, CLAIM, OK, PROVEN, WRONG

BLOCKING_FAILURES = 5
RESET_ROUNDS = 3
KINDS = ["unknown", "registered", "unregistered", "left out", "excluded", "locked", "blocked", "frozen"]


def unknown(name):
    """Nobody of this name."""
    return types.SimpleNamespace(name=name, uid=None, mail=name + "@mail.example")


def context_of(person, rhost="127.0.0.1", **more):
    """What pam_sspr says at a reset; of a name without an account it knows nothing."""
    context = bus.context_of(types.SimpleNamespace(uid=person.uid or 0), rhost=dbus.String(rhost, variant_level=1), **more)
    if person.uid is None:
        for key in ("uid", "groups", "local_password"):
            del context[key]
    return context


def reset(person, rhost="127.0.0.1", **more):
    """A reset's dialog from this host."""
    with bus.Bus() as link:
        return link.converse_as_told(person, "reset", context_of(person, rhost, **more))


def registered(host, wants=("app", "email"), **how):
    person = host.person(**how)
    register(host, person, wants=wants)
    return person


def wrong(person):
    """What this person's app does not show."""
    secret = getattr(person, "app_secret", None)
    return wrong_totp(secret) if secret else "000000"


def begin(rogue, person, rhost="127.0.0.1", **more):
    """The session's end of a reset that stands before its first CLAIM."""
    return rogue.open(reset(person, rhost, **more))


def fail(judge, person):
    """One wrong round."""
    assert ask(judge, CLAIM, wrong(person))[0] == OK
    assert ask(judge, CHECK, "")[0] == WRONG


def proves(judge, person, typed=None):
    """Is what is right taken?"""
    assert ask(judge, CLAIM, typed or next_totp(person.app_secret))[0] == OK
    return ask(judge, CHECK, "")[0] == PROVEN


def fail_often(rogue, person, rhost, times):
    """So many failures, three in a dialog, each dialog over before the next."""
    while times:
        judge = begin(rogue, person, rhost)
        for _ in range(min(times, RESET_ROUNDS)):
            fail(judge, person)
        times -= min(times, RESET_ROUNDS)
        rogue.let_go()


@contextlib.contextmanager
def rogues():
    """A session of the tests' own, for a while."""
    rogue = Rogue()
    try:
        yield rogue
    finally:
        rogue.stop()


def block(rogue, person):
    """Five failures, none of them from where a test goes on."""
    fail_often(rogue, person, "192.0.2.90", BLOCKING_FAILURES)


def everybody(host):
    """One person of each kind, by its name; the policy leaves two of them out."""
    people = {kind: registered(host) for kind in KINDS if kind not in ("unknown", "unregistered")}
    people["unknown"] = unknown("nobody-of-that-name")
    people["unregistered"] = host.person()
    names = [person.name for kind, person in people.items() if kind not in ("unknown", "left out")]
    host.configure(POLICY.replace("[registration]", "[registration]\nusers = %s\nexclude = %s" % (
        " ".join(names), people["excluded"].name)))
    subprocess.run(["passwd", "-q", "-l", people["locked"].name], check=True)
    change_user(host, people["frozen"], frozen_at=int(time.time()))
    with rogues() as rogue:
        block(rogue, people["blocked"])
    return {kind: people[kind] for kind in KINDS}
