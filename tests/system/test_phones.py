"""Phones: codes through the real Kannel and through calls, and the numbers that are not taken."""

import json
import re
import shutil

import dbus
import pytest

import bus
import phones
from gateway import Kannel
from life import ctl, done, flat, mailed_code, standing, stored_bytes, talk, told
from waiting import wait_until

OFFICE = "+4930123456"


@pytest.fixture(scope="module")
def kannel():
    server = Kannel()
    yield server
    server.stop()


@pytest.fixture
def voice():
    server = phones.Voice()
    yield server
    server.stop()


@pytest.fixture
def mine(person):
    """A number that no other test has."""
    return "+491511%05d" % person.uid


@pytest.fixture
def both(kannel, voice, policy):
    policy(phones.policy_of(kannel, voice))


def at_the_number(person, **context):
    dialog = talk(person, **context)
    dialog.say("")
    dialog.choose("Phone")
    assert "Number ([b] another method):" in dialog.text
    return dialog


def accepted_for(kannel, number):
    """What Kannel took for this number; messages about changes of other people come when they come."""
    return [line for line in kannel.accepted() if "to:<%s>" % number in line]


@pytest.mark.sanitized
def test_a_phone_is_registered_by_a_text_message(host, person, mine, kannel, both):
    dialog = at_the_number(person)
    dialog.say("+49 151-" + mine[6:], r"\[1\] text message, \[2\] call")
    dialog.say("1", r"text message with a code of 6 digits is on its way to \+49\*+" + mine[-2:])
    dialog.say(phones.texted_code(kannel, mine), "Registered: Phone")
    assert accepted_for(kannel, mine)
    dialog.say("")
    assert dialog.verdict == "registered"
    assert bus.check(person)[0] == "ok"


@pytest.mark.sanitized
def test_a_phone_is_registered_by_a_call(host, person, mine, voice, both):
    dialog = at_the_number(person)
    dialog.say(mine)
    dialog.say("2", r"A call that says a code of 6 digits, twice, is on its way")
    dialog.say(voice.code(mine), "Registered: Phone")


@pytest.mark.parametrize("language, told", [("", "en"), ("en_GB.UTF-8", "en_GB"), ("fr_FR", "en")])
def test_a_call_says_in_which_language_its_text_is_so_that_the_voice_fits(host, person, mine, voice, both, language, told):
    dialog = at_the_number(person, lang=dbus.ByteArray(language.encode(), variant_level=1))
    dialog.say(mine)
    dialog.say("2", "is on its way")
    voice.code(mine)
    call = voice.calls()[0]
    assert call["lang"] == told and call["text"].startswith("Hello.")


def test_a_dutch_call_has_a_dutch_voice(host, person, mine, voice, both):
    dialog = talk(person, lang=dbus.ByteArray(b"nl_BE.UTF-8", variant_level=1))
    dialog.say("")
    dialog.choose("Telefoon")
    dialog.say(mine)
    dialog.say("2")
    voice.code(mine)
    call = voice.calls()[0]
    assert call["lang"] == "nl_BE" and call["text"].startswith("Goedendag.")


def test_where_only_text_messages_are_sent_nobody_is_asked_which(host, person, mine, kannel, policy):
    policy(phones.policy_of(kannel))
    dialog = at_the_number(person)
    dialog.say(mine, "A text message with a code")
    dialog.say(phones.texted_code(kannel, mine), "Registered: Phone")


def test_a_phone_is_not_offered_where_nothing_can_be_sent_to_it(host, person, policy):
    policy(phones.policy_of())
    assert "Phone" not in talk(person).say("", "Authenticator app")


def test_a_number_with_a_denied_prefix_is_refused_and_sent_nothing(host, person, mine, kannel, policy):
    policy(phones.policy_of(kannel, more_sms="deny_prefixes = +31900 +4915\n"))
    at_the_number(person).say(mine, "Codes are not sent to numbers that begin like that one")
    assert accepted_for(kannel, mine) == []


def test_a_number_that_is_not_allowed_is_refused(host, person, mine, kannel, policy):
    policy(phones.policy_of(kannel, more_sms="allow_prefixes = +31\n"))
    at_the_number(person).say(mine, "Codes are not sent to numbers that begin like that one")
    assert accepted_for(kannel, mine) == []


@pytest.mark.parametrize("typed", ["030 1234567", "+49 1234", "+49151123456789012", "+49 151 12345678x12", "my phone"])
def test_what_is_no_number_is_refused_with_the_reason(host, person, both, typed):
    dialog = at_the_number(person)
    dialog.say(typed)
    text = dialog.say("1")
    assert "not a phone number" in text or "too long" in text, text


def test_the_office_phone_is_not_taken_as_the_users_own(host, person, kannel, both):
    done("set", person.name, "office-phone", OFFICE + "x12")
    dialog = at_the_number(person)
    dialog.say(OFFICE)
    dialog.say("1", "or it is your office phone")
    assert accepted_for(kannel, OFFICE) == []


def test_nor_is_one_that_becomes_the_office_phone_while_its_code_is_on_its_way(host, person, mine, kannel, both):
    dialog = at_the_number(person)
    dialog.say(mine)
    dialog.say("1", "is on its way")
    done("set", person.name, "office-phone", mine + "x12")
    dialog.say(phones.texted_code(kannel, mine), r"or it is your office phone.* Number \(\[b\] another method\):")
    dialog.close()
    assert "phone" not in [str(row["method"]) for row in standing(person)["methods"] if row["registered_at"]]


def test_the_users_own_phone_is_not_taken_as_the_office_phone(host, person, mine, both):
    done("set", person.name, "phone", mine)
    code, _, why = ctl("set", person.name, "office-phone", mine)
    assert code == 1 and "must be different lines" in why


def test_an_office_phone_is_confirmed_by_a_call_and_cannot_be_corrected(host, person, voice, both):
    done("set", person.name, "office-phone", OFFICE + "x12")
    dialog = talk(person)
    dialog.say("", "Office phone: .*filled in for you and to be confirmed")
    text = dialog.choose("Office phone")
    assert "This was filled in by root" in text and OFFICE not in text
    for choice in ("another one", "delete"):
        assert choice not in text
    dialog.say("c", "Please press Enter, or type what is offered")
    dialog.say("", "A call that says a code")
    code = voice.code(OFFICE)
    call = voice.calls()[0]
    assert (call["to"], call["extension"]) == (OFFICE, "12")
    dialog.say(code, "Registered: Office phone")


def test_an_office_phone_that_nobody_filled_in_is_not_offered(host, person, both):
    assert "Office phone" not in talk(person).say("")


@pytest.fixture
def program(tmp_path, policy):
    """A program of the administrator's: it notes what it is given, and ends with what `code` holds."""
    shutil.chown(tmp_path, "sspr")
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    path = tmp_path / "send"
    path.write_text("#!/bin/sh\ncat >%s/message\ntr '\\0' ' ' </proc/$$/cmdline >%s/line\nenv >%s/environment\nread code <%s/code\nexit $code\n"
                    % ((tmp_path,) * 4))
    path.chmod(0o755)
    (tmp_path / "code").write_text("0\n")
    policy(phones.policy_of() + "[sms]\nprogram = %s\ndeny_prefixes = +31900\n" % path)
    return tmp_path


def test_a_program_sends_in_place_of_a_gateway_and_is_given_the_message_on_stdin_alone(host, person, mine, program):
    dialog = at_the_number(person)
    dialog.say("+31900123456", "Codes are not sent to numbers that begin like that one")
    dialog.say(mine, "A text message with a code")
    wait_until(lambda: (program / "environment").exists(), "the program ran")
    message = json.loads((program / "message").read_text())
    assert (message["to"], message["user"]) == (mine, person.name) and message["code"] in message["text"]
    assert (program / "line").read_text().split() == ["/bin/sh", str(program / "send"), "sms"]
    for given in ("line", "environment"):
        assert message["code"] not in (program / given).read_text() and mine not in (program / given).read_text()
    dialog.say(message["code"], "Registered: Phone")


@pytest.mark.parametrize("code, told", [(75, "cannot be passed on at the moment"), (69, "cannot be delivered to that number"),
                                        (78, "does not work on this host"), (1, "cannot be passed on at the moment")])
def test_what_a_program_ends_with_is_told(host, person, mine, program, code, told):
    (program / "code").write_text("%d\n" % code)
    mark = host.log.mark()
    dialog = at_the_number(person)
    dialog.say(mine)
    host.log.wait_for("event=code-failed user=%s " % person.name, mark)
    dialog.say("123456", "The code was not sent. .*" + told)


def test_a_call_that_fails_is_told_counts_nothing_and_can_be_sent_again(host, person, mine, voice, both):
    voice.status = 400
    mark = host.log.mark()
    dialog = at_the_number(person)
    dialog.say(mine)
    dialog.say("2")
    host.log.wait_for("not delivered", mark)
    dialog.say("123456", "The code was not sent")
    voice.status = 200
    dialog.say("r", r"\[1\] text message, \[2\] call")
    dialog.say("2")
    dialog.say(voice.code(mine, 1), "Registered: Phone")


def test_no_number_and_no_code_is_in_the_log_or_readable_in_the_store(host, person, mine, voice, both):
    mark = host.log.mark()
    dialog = at_the_number(person)
    dialog.say(mine)
    dialog.say("2")
    code = voice.code(mine)
    dialog.say(code, "Registered: Phone")
    assert not host.log.since(mark, mine[1:] + "|" + code)
    stored = stored_bytes(host)
    assert person.name.encode() in stored and mine[1:].encode() not in stored and code.encode() not in stored


def test_the_phone_is_shown_masked_to_administrators(host, person, mine, voice, both):
    dialog = at_the_number(person)
    dialog.say(mine)
    dialog.say("2")
    dialog.say(voice.code(mine), "Registered: Phone")
    shown = flat(str(standing(person)))
    assert mine not in shown and "+49" in shown


def test_an_office_phone_that_is_called_no_more_is_asked_of_nobody(host, person, voice, policy):
    called = phones.policy_of(voice=voice, methods="app office-phone", methods_required=2)
    policy(called)
    done("set", person.name, "office-phone", OFFICE)
    assert "0 of 2 done" in talk(person).text
    policy(called + "deny_prefixes = +4930\n")
    dialog = talk(person)
    assert "0 of 1 done" in dialog.text
    assert "Office phone" not in dialog.say("", "Authenticator app")


def told_by_text(kannel, number, words):
    """The text message to this number that says so."""
    return wait_until(lambda: [text for text in phones.texts_to(kannel, number) if words in text], "%s is told of %s" % (number, words))[0]


def test_who_has_no_address_is_told_of_changes_by_text_message_until_there_is_one(host, person, mine, kannel, policy):
    policy(phones.policy_of(kannel))
    dialog = at_the_number(person)
    dialog.say(mine, "A text message with a code")
    dialog.say(phones.texted_code(kannel, mine), "Registered: Phone")
    freeze = re.search(r"ssprctl freeze (F-\S+)", told_by_text(kannel, mine, "Phone: registered")).group(1)
    dialog.choose("E-mail")
    dialog.say(person.mail)
    dialog.say(mailed_code(host, person.mail, 0), "Registered: E-mail")
    dialog.say("")
    told(host, person.mail, "E-mail: registered")
    told_by_text(kannel, mine, "E-mail: registered")     # who added an address of their own must not be the only one to know
    done("remove", person.name, "phone")
    told(host, person.mail, "Phone: removed")
    assert ctl("freeze", freeze)[0] == 0
    assert not [text for text in phones.texts_to(kannel, mine) if "removed" in text or "stopped" in text]
