"""What administrators change with ssprctl: done, audited, told; and who may not."""

import datetime
import json
import re
import signal
import subprocess

import dbus
import pexpect
import pytest

import bus
from bus import NAME
from host import POLICY
from life import stored_bytes
from player import register
from waiting import LONG, wait_until

DONE, REFUSED, USAGE = 0, 1, 2
QUESTIONS = "/usr/share/sspr/questions/en.txt"
PHONES = "[sms]\nprogram = /bin/true\ndeny_prefixes = +99\n[voice]\nprogram = /bin/true\ndeny_prefixes = +99\n"
CODE = r"^[2-9A-HJKMNP-Z]{10}$"


def ssprctl(*arguments, person=None):
    command = ["ssprctl"] + list(arguments)
    if person:
        command = ["setpriv", "--reuid=%d" % person.uid, "--regid=%d" % person.uid, "--clear-groups"] + command
    done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, text=True, timeout=LONG)
    return done.returncode, done.stdout, done.stderr


def record(person):
    return json.loads(ssprctl("show", person.name, "--json")[1])


def method(person, word):
    found = [m for m in record(person)["methods"] if m["method"] == word]
    return found[0] if found else None


@pytest.fixture
def phones(policy):
    policy(POLICY.replace("methods = app email questions", "methods = app email phone office-phone questions recovery-codes")
           + PHONES)


@pytest.fixture
def registered(host, person):
    register(host, person, wants=("app", "email"))
    return person


# --- set

def test_a_value_is_filled_in_for_somebody_who_never_logged_in(host, phones, person):
    mark = host.log.mark()
    assert ssprctl("set", person.name, "email", person.mail)[0] == DONE
    found = method(person, "email")
    assert (found["standing"], found["filled_by"], found["registered_at"]) == ("filled-in", "root", 0)
    assert person.mail not in ssprctl("show", person.name)[1]
    assert record(person)["uid"] == person.uid and record(person)["done"] == 0
    host.log.wait_for("event=filled-in user=%s uid=%d actor=root method=email" % (person.name, person.uid), mark)


@pytest.mark.parametrize("word, value", [("phone", "+31 6 1234-5678"), ("office-phone", "+31 20 1234567 x12")])
def test_phones_are_filled_in_too(phones, person, word, value):
    assert ssprctl("set", person.name, word, value)[0] == DONE
    assert method(person, word)["masked"].startswith("+31")


@pytest.mark.parametrize("word, value, says", [
    ("email", "not an address", "no e-mail address"),
    ("email", "alice@corp.example", "forbidden_domains"),
    ("email", "alice@desk", "mailbox on this host"),
    ("email", "a" * 300 + "@mail.example", "too long"),
    ("phone", "0612345678", "phone number like"),
    ("phone", "+31612345678x1", "phone number like"),
    ("phone", "+9912345678", "does not send to such numbers"),
])
def test_a_value_that_users_may_not_give_administrators_may_not_either(phones, person, word, value, says):
    code, output, errors = ssprctl("set", person.name, word, value)
    assert (code, output) == (REFUSED, "") and says in errors
    assert not json.loads(ssprctl("users", "--json")[1]) or method(person, word) is None


def test_the_two_phones_must_be_different_lines(phones, person):
    assert ssprctl("set", person.name, "office-phone", "+31 20 1234567 x12")[0] == DONE
    code, _, errors = ssprctl("set", person.name, "phone", "+31201234567")
    assert code == REFUSED and "different lines" in errors


def test_administrators_see_neither_answers_nor_which_questions_were_chosen(host, person):
    mark = host.log.mark()
    register(host, person, wants=("app", "questions"))
    assert method(person, "questions")["masked"] == ""
    seen = "".join(ssprctl(*words)[1] for words in (("show", person.name), ("show", person.name, "--json"), ("users", "--json")))
    assert person.name in seen
    stored = stored_bytes(host)
    assert person.name.encode() in stored
    with open(QUESTIONS) as file:
        secrets = [line.strip() for line in file if line.strip() and not line.startswith("#")] + ["zebulon"]
    assert len(secrets) > 30
    for secret in secrets:
        assert secret not in seen and secret.encode() not in stored
        assert not host.log.since(mark, re.escape(secret))


@pytest.mark.parametrize("word", ["app", "questions", "recovery-codes", "sms"])
def test_other_methods_can_not_be_filled_in(person, word):
    assert ssprctl("set", person.name, word, "x")[0] == REFUSED


def test_a_proven_value_that_is_replaced_has_to_be_proven_again(registered):
    assert ssprctl("set", registered.name, "email", "other@mail.example")[0] == DONE
    assert method(registered, "email")["standing"] == "filled-in"
    assert not registered.has_stamp()
    assert bus.check(registered)[0] == "register"


def test_the_same_value_again_changes_nothing(host, registered):
    assert ssprctl("set", registered.name, "email", registered.mail)[0] == DONE
    assert method(registered, "email")["standing"] == "proven"


# --- remove

def test_a_method_is_removed_and_the_user_is_due_at_once(host, registered):
    assert registered.has_stamp()
    mark = host.log.mark()
    assert ssprctl("remove", registered.name, "app")[0] == DONE
    assert not registered.has_stamp()
    assert method(registered, "app") is None
    assert bus.check(registered)[0] == "register"
    host.log.wait_for("event=method-removed user=%s .*actor=root method=app" % registered.name, mark)
    assert ssprctl("remove", registered.name, "app")[0] == REFUSED


def test_what_was_filled_in_is_removed_too(phones, person):
    assert ssprctl("set", person.name, "phone", "+31612345678")[0] == DONE
    assert ssprctl("remove", person.name, "phone")[0] == DONE
    assert record(person)["methods"] == []


# --- require

def reconfirm(person):
    """The facts of a check that asks to confirm; what was proven in the very second of `require` is due a second later."""
    wait_until(lambda: bus.check(person)[0] == "reconfirm", "it is asked for", timeout=5)
    return bus.check(person)[1]


def test_what_was_proven_before_is_asked_for_again(host, registered):
    mark = host.log.mark()
    assert ssprctl("require", registered.name)[0] == DONE
    assert not registered.has_stamp()
    assert reconfirm(registered)["postpones_left"] == 3
    host.log.wait_for(r"event=required user=%s .*reason=at\\x20once" % registered.name, mark)


def test_until_the_date_postponing_is_free(registered):
    day = (datetime.date.today() + datetime.timedelta(days=30)).isoformat()
    assert ssprctl("require", registered.name, "--by", day)[0] == DONE
    assert reconfirm(registered)["postpones_left"] == -1
    assert "To be confirmed by: " + day in ssprctl("show", registered.name)[1]


def test_all_are_asked(host):
    people = [host.person(), host.person()]
    for person in people:
        register(host, person)
    code, output, _ = ssprctl("require", "--all")
    assert code == DONE and int(re.search(r"(\d+)$", output).group()) >= 2
    for person in people:
        reconfirm(person)


@pytest.mark.parametrize("arguments", [[], ["alice", "--all"], ["--all", "--by", "2020-01-01"], ["--all", "--by", "soon"],
                                       ["--all", "--by"]])
def test_require_used_wrongly_is_told(host, arguments):
    assert ssprctl("require", *arguments)[0] == USAGE


# --- code

def test_a_help_desk_code_is_shown_once(host, person):
    mark = host.log.mark()
    code, output, _ = ssprctl("code", person.name)
    assert code == DONE and re.match(CODE, output.strip())
    host.log.wait_for(r"event=help-code-made user=%s .*actor=root .*reason=60\\x20minutes" % person.name, mark)
    assert output.strip() not in "".join(host.log.since(mark))
    assert ssprctl("code", person.name)[1] != output


@pytest.mark.parametrize("minutes, expected", [("10", DONE), ("480", DONE), ("9", USAGE), ("481", USAGE), ("1h", USAGE),
                                               ("", USAGE)])
def test_a_help_desk_code_works_for_10_to_480_minutes(person, minutes, expected):
    assert ssprctl("code", person.name, "--minutes", minutes)[0] == expected


def test_the_daemon_itself_refuses_other_lengths(person):
    bus.check(person)
    with bus.Bus() as link, pytest.raises(dbus.DBusException) as refused:
        link.call(NAME + ".Admin", "Code", "ayua{sv}", person.name.encode(), 481, bus.context_of(person))
    assert refused.value.get_dbus_name() == NAME + ".Error.BadRequest"


def test_nobody_makes_a_code_for_oneself(host):
    code, output, errors = ssprctl("code", "root")
    assert (code, output) == (REFUSED, "") and "never for oneself" in errors


# --- unblock

def test_there_is_nothing_to_lift_where_nothing_is_blocked(registered):
    code, output, errors = ssprctl("unblock", registered.name)
    assert (code, output) == (REFUSED, "") and "nothing to lift" in errors


# --- who may

@pytest.mark.parametrize("arguments", [("set", "USER", "email", "a@mail.example"), ("remove", "USER", "app"),
                                       ("require", "USER"), ("require", "--all"), ("code", "USER"), ("unblock", "USER")])
def test_only_administrators_may(host, registered, arguments):
    other = host.person()
    bus.check(other)
    for user in (registered, other):
        code, output, errors = ssprctl(*[user.name if a == "USER" else a for a in arguments], person=registered)
        assert (code, output) == (REFUSED, ""), errors
    assert [m["standing"] for m in record(registered)["methods"]] == ["proven", "proven"]


def test_a_user_who_does_not_exist_is_refused(host):
    for arguments in (["set", "no-such-user", "email", "a@mail.example"], ["code", "no-such-user"],
                      ["require", "no-such-user"], ["remove", "no-such-user", "app"], ["unblock", "no-such-user"]):
        assert ssprctl(*arguments)[0] == REFUSED


def test_anybody_may_try_a_freeze_code(host, person):
    bus.check(person)
    assert "typed wrongly" in ssprctl("freeze", "F-AAAA-BBBB-CCCC-DDDD", person=person)[2]
    assert ssprctl("freeze", person=person)[0] == USAGE


# --- manage

def start_manage(person, environment=None):
    child = pexpect.spawn("setpriv", ["--reuid=%d" % person.uid, "--regid=%d" % person.uid, "--clear-groups", "ssprctl",
                                      "manage"], encoding="utf-8", timeout=LONG, dimensions=(40, 80))
    child.delaybeforesend = None
    return child


def test_manage_opens_a_dialog_and_leaves_by_end_of_input(registered):
    child = start_manage(registered)
    child.expect("Authenticator app")
    child.expect(r"\]?[^\n]*: $")
    child.sendeof()
    child.expect(pexpect.EOF)
    child.close()
    assert child.signalstatus is None


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_manage_by_that_signal_with_echo_back(registered, number):
    child = start_manage(registered)
    child.expect("Authenticator app")
    wait_until(lambda: child.getecho(), "a prompt stands")
    child.kill(number)
    child.expect(pexpect.EOF)
    child.close()
    assert child.signalstatus == number


def test_manage_of_a_user_without_a_record_is_refused(person):
    child = start_manage(person)
    child.expect("no record of you yet")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == REFUSED
