"""Who is asked about at a password prompt, and may not be told from others: one of each kind; and how a login tells of them."""

import subprocess
import time
import types

import dbus
import dbus.bus

import bus
from life import change_user, done, wrong_totp
from player import register
from rogue import ask
from wire import CHECK, CLAIM

BLOCKING_FAILURES = 5
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


def fail(rogue, person, rhost="127.0.0.1", rounds=1):
    """So many wrong rounds in one dialog of this person."""
    judge = rogue.open(reset(person, rhost))
    for _ in range(rounds):
        ask(judge, CLAIM, wrong(person))
        ask(judge, CHECK, "")
    judge.close()


def wrong(person):
    """What this person's app does not show."""
    secret = getattr(person, "app_secret", None)
    return wrong_totp(secret) if secret else "000000"


def block(rogue, person):
    fail(rogue, person, "192.0.2.90", 3)
    fail(rogue, person, "192.0.2.91", 2)
