"""Every change is told, whatever happens to the mail server or to ssprd meanwhile; and its freeze code works, once."""

import os
import re
import signal
import subprocess

import dbus
import pytest

import bus
from host import DATABASE, MAIL_PORT, POLICY
from life import rows
from mailsink import MailSink
from player import register
from waiting import LONG, wait_until

DELIVER = "/usr/libexec/sspr/sspr-deliver"
DONE, REFUSED = 0, 1


def ssprctl(*arguments, person=None):
    command = ["ssprctl"] + list(arguments)
    if person:
        command = ["setpriv", "--reuid=%d" % person.uid, "--regid=%d" % person.uid, "--clear-groups"] + command
    done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, text=True, timeout=LONG)
    return done.returncode, done.stdout, done.stderr


def told(host, person, what, timeout=LONG):
    """The text of the mail to this person that tells this change."""
    found = wait_until(lambda: [text for text in mails_to(host, person.mail) if what in text], what, timeout)
    return found[0]


def mails_to(host, address):
    return [host.mail.wait_for(address, number + 1).get_content() for number in range(host.mail.count(address))]


def code_in(text):
    return re.search(r"\bF-\w{4}-\w{4}-\w{4}-\w{4}\b", text).group()


@pytest.fixture
def registered(host, person):
    register(host, person, wants=("app", "email"))
    told(host, person, "E-mail: registered")
    return person


def test_a_method_that_is_added_is_told_with_what_when_where_from_and_a_code(host, person):
    register(host, person, wants=("email", "app"))
    text = told(host, person, "Authenticator app: registered")
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d", text)
    assert "on desk, from 127.0.0.1 (sshd)" in text
    assert "ssprctl freeze %s" % code_in(text) in text
    assert "the help desk, room 12" in text


def test_a_method_that_an_administrator_removes_is_told_and_audited(host, registered):
    mark = host.log.mark()
    assert ssprctl("remove", registered.name, "app")[0] == DONE
    text = told(host, registered, "Authenticator app: removed")
    assert "by an administrator" in text
    host.log.wait_for("event=method-removed user=%s .*method=app" % registered.name, mark)
    host.log.wait_for("event=notification-sent user=%s .*method=email" % registered.name, mark)


def test_the_address_that_is_removed_is_told_too(host, registered):
    assert ssprctl("remove", registered.name, "email")[0] == DONE
    told(host, registered, "E-mail: removed")


def test_the_address_that_an_administrator_replaces_is_told_and_the_new_one_is_not_yet(host, registered):
    new = "new-" + registered.mail
    assert ssprctl("set", registered.name, "email", new)[0] == DONE
    told(host, registered, "E-mail: filled in by an administrator")
    assert host.mail.count(new) == 0


def test_what_waits_in_the_database_cannot_be_read(host, registered):
    host.mail.stop()
    try:
        assert ssprctl("remove", registered.name, "app")[0] == DONE
        for path in (DATABASE, DATABASE + "-wal"):
            with open(path, "rb") as file:
                data = file.read()
            assert registered.mail.encode() not in data and b"ssprctl freeze" not in data
    finally:
        host.mail = MailSink(MAIL_PORT)
    told(host, registered, "Authenticator app: removed")


def test_a_mail_server_that_is_down_gets_it_when_it_is_up_again(host, registered):
    mark = host.log.mark()
    host.mail.stop()
    try:
        assert ssprctl("remove", registered.name, "app")[0] == DONE
        host.log.wait_for("email: not delivered", mark)
    finally:
        host.mail = MailSink(MAIL_PORT)
    told(host, registered, "Authenticator app: removed")


def test_an_address_that_is_refused_for_good_is_given_up_and_audited(host, registered):
    mark = host.log.mark()
    host.mail.refuse[registered.mail] = "550 no such mailbox"
    assert ssprctl("remove", registered.name, "app")[0] == DONE
    host.log.wait_for("event=notification-failed user=%s .*reason=bounced" % registered.name, mark)


@pytest.fixture
def stuck_deliveries():
    """Deliveries that never end, until go() puts the real program back."""
    os.rename(DELIVER, DELIVER + ".kept")
    with open(DELIVER, "w") as file:
        file.write("#!/bin/sh\nexec sleep 4712\n")
    os.chmod(DELIVER, 0o755)

    def go():
        if os.path.exists(DELIVER + ".kept"):
            os.rename(DELIVER + ".kept", DELIVER)

    yield go
    go()


def test_kill_9_between_the_change_and_its_delivery_loses_no_message(host, registered, stuck_deliveries):
    assert ssprctl("remove", registered.name, "app")[0] == DONE
    host.stop_daemon(signal.SIGKILL)
    stuck_deliveries()
    assert not [text for text in mails_to(host, registered.mail) if "removed" in text]
    bus.check(registered)   # starts it again
    told(host, registered, "Authenticator app: removed", timeout=2 * LONG)


def test_an_ordinary_restart_sends_what_was_under_way_at_once(host, registered, stuck_deliveries):
    assert ssprctl("remove", registered.name, "app")[0] == DONE
    host.stop_daemon()
    stuck_deliveries()
    bus.check(registered)
    told(host, registered, "Authenticator app: removed")


def test_a_freeze_code_works_once_for_anybody_and_is_told(host, registered):
    code = code_in(told(host, registered, "E-mail: registered"))
    stranger = host.person()
    mark = host.log.mark()
    assert ssprctl("freeze", code, person=stranger)[0] == DONE
    host.log.wait_for("event=frozen user=%s uid=%d actor=uid" % (registered.name, registered.uid), mark)
    told(host, registered, "password resets of your account were stopped")
    code, output, errors = ssprctl("freeze", code, person=stranger)
    assert (code, output) == (REFUSED, "") and "used before" in errors


def test_freeze_codes_cannot_be_guessed_without_end_and_other_callers_are_not_held_up(host, registered):
    code = code_in(told(host, registered, "E-mail: registered"))
    guesser, stranger = host.person(), host.person()
    assert ssprctl("freeze", code)[0] == DONE
    tries = [ssprctl("freeze", code, person=guesser) for _ in range(11)]
    assert {code for code, _, _ in tries} == {REFUSED}
    assert all("used before" in errors for _, _, errors in tries[:10])
    assert "too many codes; try again in ten minutes" in tries[10][2]
    assert "used before" in ssprctl("freeze", code, person=stranger)[2]


def test_a_freeze_is_shown_and_lifted_by_an_administrator(host, registered):
    assert ssprctl("freeze", code_in(told(host, registered, "E-mail: registered")))[0] == DONE
    assert "frozen" in ssprctl("show", registered.name)[1].lower()
    assert ssprctl("unblock", registered.name)[0] == DONE
    assert ssprctl("unblock", registered.name)[0] == REFUSED
    told(host, registered, "an administrator lifted a block")


def test_a_typo_is_told_from_a_wrong_code(host, registered):
    code = code_in(told(host, registered, "E-mail: registered"))
    typo = code[:-1] + ("A" if code[-1] != "A" else "B")
    assert "typed wrongly" in ssprctl("freeze", typo)[2]
    assert ssprctl("freeze", code)[0] == DONE


def test_short_windows_of_the_policy_do_not_let_freeze_codes_be_guessed(host, registered, policy):
    """A caller has ten tries in ten minutes, also where [throttle] counts within seconds, and over a restart."""
    code = code_in(told(host, registered, "E-mail: registered"))
    stranger = host.person()
    policy(POLICY + "[throttle]\nwindow = 5\nsend_window = 5\nblock = 5\n")
    assert ssprctl("freeze", code, person=stranger)[0] == DONE
    for _ in range(8):
        assert "used before" in ssprctl("freeze", code, person=stranger)[2]
    with rows(host) as database:
        database.execute("UPDATE event SET time = time - 60")
    assert "used before" in ssprctl("freeze", code, person=stranger)[2]
    assert "too many codes" in ssprctl("freeze", code, person=stranger)[2]


def test_the_first_registration_of_a_privileged_account_is_told_to_the_admins(host, policy):
    policy(POLICY.replace("privileged =", "privileged = @sudo") + "[notify]\nadmins = boss@a.example\n")
    person = host.person(groups=["sudo"])
    groups = dbus.Array([dbus.ByteArray(b"sudo")], signature="ay", variant_level=1)
    register(host, person, wants=("app", "email"), groups=groups)
    wait_until(lambda: [text for text in mails_to(host, "boss@a.example") if person.name in text], "they are told")


def test_the_user_is_not_told_where_the_policy_says_so(host, policy):
    policy(POLICY + "[notify]\nuser = no\n")
    person = host.person()
    mark = host.log.mark()
    register(host, person, wants=("email", "app"))
    host.log.wait_for("event=method-added user=%s .*method=app" % person.name, mark)
    assert host.mail.count(person.mail) == 1    # the code
