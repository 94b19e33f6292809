"""What sspr-passwd did is told by ssprd, to everybody concerned, also when no dialog is left that could say more: Outcome."""

import re
import signal

import dbus
import pytest

import bus
from host import POLICY
from player import register
from test_daemon import as_user
from test_telling import code_in, ssprctl, told

DONE = 0
ERROR = "org.sspr.Sspr1.Error."


def outcome(person, what, name=None):
    """As sspr-passwd calls it: root."""
    with bus.Bus() as connection:
        return connection.call(bus.NAME, "Outcome", "ays", (name or person.name).encode(), what)


@pytest.fixture
def registered(host, person):
    register(host, person, wants=("app", "email"))
    told(host, person, "E-mail: registered")
    return person


@pytest.mark.parametrize("what, event, words", [
    ("password-changed", "reset-changed", "your password was reset"),
    ("unlocked", "unlocked", "your account was unlocked")])
def test_it_is_audited_told_by_mail_and_at_the_next_login(host, registered, what, event, words):
    bus.check(registered)
    assert registered.has_stamp()
    mark = host.log.mark()

    outcome(registered, what)

    line = host.log.wait_for("event=%s user=%s " % (event, registered.name), mark)
    assert "result=%s" % what in line
    assert not registered.has_stamp()
    text = told(host, registered, words)
    assert "on desk; where from is not known" in text
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d", text)
    assert "tell the help desk, room 12 at once" in " ".join(text.split())
    assert bus.check(registered)[0] == "notice"
    conversation = bus.converse(registered)
    assert words + "; where from is not known" in " ".join(conversation.prompt().split())
    conversation.close()
    assert ssprctl("freeze", code_in(text))[0] == DONE


def test_administrators_are_told_of_the_privileged(host, registered, policy):
    policy(POLICY.replace("privileged =", "privileged = %s" % registered.name)
           + "[notify]\nadmins = boss-%s@mail.example\n" % registered.name)
    outcome(registered, "password-changed")
    boss = host.mail.wait_for("boss-%s@mail.example" % registered.name, 1).get_content()
    assert "the password was reset" in boss and "F-" not in boss


def test_a_daemon_that_was_killed_is_started_for_it_and_tells(host, registered):
    host.stop_daemon(signal.SIGKILL)
    outcome(registered, "password-changed")
    told(host, registered, "your password was reset")


def test_users_may_not_say_it_not_even_about_themselves(host, registered):
    mark = host.log.mark()
    for name in (registered.name, host.person().name, "nobody-at-all"):
        assert as_user(registered.uid, bus.NAME, "Outcome", "ays", "(%r, 'password-changed')" % name.encode()) == \
            ("error", ERROR + "NotAllowed")
    assert bus.check(registered)[0] == "ok"
    assert not host.log.since(mark, "event=(reset-changed|unlocked)")


def test_a_name_without_a_record_and_another_word_are_errors(host, registered):
    with pytest.raises(dbus.DBusException) as refused:
        outcome(None, "password-changed", name="nobody-at-all")
    assert refused.value.get_dbus_name() == ERROR + "NoSuchUser"
    for word in ("declined", "registered", "", "password-changed "):
        with pytest.raises(dbus.DBusException) as refused:
            outcome(registered, word)
        assert refused.value.get_dbus_name() == ERROR + "BadRequest"
    assert bus.check(registered)[0] == "ok"
