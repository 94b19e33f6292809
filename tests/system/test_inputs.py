"""What people type wrong, and what others send on purpose: each gets a text of its own and loses nothing proven."""

import glob
import os
import time

import pytest

import bus
from host import POLICY
from player import Player, totp


def words(text):
    return " ".join(text.split())


@pytest.fixture
def at(host, person):
    """Call it with the name of a prompt: (player, conversation) that stands there, after `wants`; text is the prompt."""
    opened = []

    def go(name, wants=("app", "email"), times=1):
        player = Player(host, person, wants)
        conversation = bus.converse(person)
        opened.append(conversation)
        seen = 0
        while True:
            text = conversation.prompt()
            assert text is not None, conversation.texts
            seen += player.name_of(text) == name
            if seen == times:
                return player, conversation, text
            conversation.answer(player.answer(text))

    yield go
    for conversation in opened:
        conversation.close()


def one_is_kept(person):
    conversation = bus.converse(person)
    kept = "1 of 2 done" in words(conversation.prompt())
    conversation.close()
    return kept


def answer(conversation, data):
    conversation.answer(data)
    return words(conversation.prompt() or "")


BAD_BYTES = {
    "invalid UTF-8": (b"caf\xe9", "not UTF-8"),
    "a control character": (b"a\x1b[2J", "control character"),
    "a line feed": (b"a@mail.example\r\nBcc: b@mail.example", "control character"),
    "512 bytes": (b"x" * 512, "too long"),
}


@pytest.mark.sanitized
@pytest.mark.parametrize("prompt", ["opening", "choose", "app code", "address", "mail code", "spare"])
@pytest.mark.parametrize("kind", BAD_BYTES)
def test_what_is_no_text_is_refused_with_its_reason_at_every_prompt(person, at, kind, prompt):
    data, reason = BAD_BYTES[kind]
    player, conversation, text = at(prompt)
    refused = answer(conversation, data)
    assert reason in refused
    assert player.name_of(refused + " ") == prompt
    conversation.answer(player.answer(text))
    assert player.play(conversation) == "registered"


@pytest.mark.parametrize("prompt", ["opening", "choose", "app code", "address", "mail code", "spare"])
def test_511_bytes_are_taken_and_judged(person, at, prompt):
    player, conversation, text = at(prompt)
    refused = answer(conversation, b"x" * 511)
    assert "511 bytes" not in refused
    assert player.name_of(refused + " ") == prompt
    conversation.answer(player.answer(text))
    assert player.play(conversation) == "registered"


ADDRESSES = {
    "no address": (b"alice", "not an e-mail address"),
    "a domain whose mail needs the password": (b"alice@corp.example", "very password"),
    "a domain below one of those": (b"alice@mail.CORP.example", "very password"),
    "a mailbox on this host": (b"alice@desk", "this very host"),
    "a mailbox on this host by its other name": (b"alice@localhost", "this very host"),
    "two addresses": (b"a@mail.example,b@mail.example", "not an e-mail address"),
    "an address in brackets": (b"<a@mail.example>", "not an e-mail address"),
    "255 bytes": (b"a" * 64 + b"@" + b".".join([b"b" * 60] * 3 + [b"example"]), "too long"),
    "a command after a blank": (b"a@mail.example DATA", "not an e-mail address"),
}


@pytest.mark.parametrize("kind", ADDRESSES)
def test_an_address_that_cannot_be_taken_says_why_and_can_be_typed_again(host, at, person, kind):
    data, reason = ADDRESSES[kind]
    player, conversation, text = at("address")
    refused = answer(conversation, data)
    assert reason in refused
    conversation.answer(player.answer(text))
    assert player.play(conversation) == "registered"


@pytest.mark.sanitized
def test_a_wrong_app_code_counts_down_and_the_third_sends_on_to_another_method(host, at, person):
    player, conversation, text = at("app code", wants=("email", "app"))
    player.answer(text)
    near = {totp(person.app_secret, time.time() + step * 30) for step in range(-2, 5)}
    wrong = next(code for code in ("000000", "000001", "000002") if code not in near)
    assert "2 tries left" in answer(conversation, wrong)
    assert "1 try left" in answer(conversation, wrong)
    last = answer(conversation, wrong)
    assert "Too many wrong codes" in last
    assert one_is_kept(person)


def test_a_wrong_mail_code_counts_down_and_the_right_one_comes_too_late(host, at, person):
    player, conversation, _ = at("mail code")
    code = host.mail.code(person.mail)
    wrong = "%06d" % ((int(code) + 1) % 1000000)
    assert "2 tries left" in answer(conversation, wrong)
    assert "1 try left" in answer(conversation, wrong)
    assert "Too many wrong codes" in answer(conversation, wrong)
    assert one_is_kept(person)


def test_what_has_no_form_of_a_code_costs_no_try(host, at, person):
    player, conversation, text = at("mail code")
    for typed in ("12345", "1234567", "abcdef", "12 34"):
        assert "has 6 digits" in answer(conversation, typed)
    code = host.mail.code(person.mail)
    conversation.answer(code[:3] + " " + code[3:])
    assert player.play(conversation) == "registered"


@pytest.fixture
def clock(host):
    """Call it with seconds: by so many ssprd's clock is ahead. The host's own stays right."""
    program, real = "/usr/sbin/ssprd", "/usr/sbin/real/ssprd"
    library, = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")

    def ahead(seconds):
        with open("/run/clock.new", "w") as file:
            file.write("+%d" % seconds)
        os.chmod("/run/clock.new", 0o644)
        os.rename("/run/clock.new", "/run/clock")

    ahead(0)
    host.stop_daemon()
    os.makedirs(os.path.dirname(real))
    os.rename(program, real)
    with open(program, "w") as file:
        file.write("#!/bin/sh\nLD_PRELOAD=%s FAKETIME_TIMESTAMP_FILE=/run/clock FAKETIME_NO_CACHE=1 "
                   "FAKETIME_DONT_FAKE_MONOTONIC=1 exec %s\n" % (library, real))
    os.chmod(program, 0o755)
    yield ahead
    host.stop_daemon()
    os.rename(real, program)
    os.rmdir(os.path.dirname(real))


def test_an_expired_code_says_so_and_a_new_one_can_be_had(host, clock, at, person):
    player, conversation, _ = at("mail code")
    old = host.mail.code(person.mail)
    clock(601)
    assert "no longer valid" in answer(conversation, old)
    conversation.answer("r")
    conversation.prompt()
    conversation.answer(host.mail.code(person.mail, 2))
    assert player.play(conversation) == "registered"


def test_a_code_is_good_once(host, at, person):
    """Used in one dialog that then breaks off; a program that saw it cannot register another address with it."""
    player, conversation, text = at("mail code", wants=("email", "app"))
    used = host.mail.code(person.mail)
    conversation.answer(used)
    assert "1 of 2 done" in words(conversation.prompt())
    conversation.close()
    other = bus.converse(host.person())
    stranger = Player(host, host.person(), ("email", "app"))
    for name in ("opening", "choose", "address"):
        text = other.prompt()
        assert stranger.name_of(text) == name
        other.answer(stranger.answer(text))
    other.prompt()
    host.mail.wait_for(stranger.person.mail)
    assert "not right" in answer(other, used) or host.mail.code(stranger.person.mail) == used
    other.close()


QUESTION_ANSWERS = {
    "with the user's name": (lambda person: "my " + person.name, "user name"),
    "with the host's name": (lambda person: "desktop", "host's name"),
    "too short": (lambda person: "ab", "too short"),
    "too long": (lambda person: "q" * 20 + "z" * 21, "too long"),
    "one character repeated": (lambda person: "zzzzzz", "repeated"),
    "a common password": (lambda person: "password", "commonest"),
}


@pytest.mark.parametrize("kind", QUESTION_ANSWERS)
def test_a_weak_answer_is_refused_with_its_reason(at, person, kind):
    make, reason = QUESTION_ANSWERS[kind]
    player, conversation, text = at("answer", wants=("questions", "app"))
    assert reason in answer(conversation, make(person))
    conversation.answer(player.answer(text))
    assert player.play(conversation) == "registered"


def test_an_answer_given_twice_is_refused(at, person):
    player, conversation, text = at("answer", wants=("questions", "app"), times=2)
    assert "another question" in answer(conversation, "  ZEBULON   1 ")
    conversation.answer(player.answer(text))
    assert player.play(conversation) == "registered"


def test_answers_that_differ_are_asked_for_again(at, person):
    player, conversation, text = at("answer again", wants=("questions", "app"))
    assert "differ" in answer(conversation, "something else")
    conversation.answer("zebulon 1")
    conversation.prompt()
    conversation.answer("zebulon 1")
    assert player.play(conversation) == "registered"


@pytest.mark.parametrize("prompt", ["app code", "address", "mail code"])
def test_three_empty_answers_are_not_now_and_keep_what_was_proven(at, person, prompt):
    wants = ("email", "app") if prompt == "app code" else ("app", "email")
    player, conversation, _ = at(prompt, wants=wants)
    conversation.answer("")
    conversation.prompt()
    conversation.answer("")
    assert "One more empty answer" in words(conversation.prompt())
    conversation.answer("")
    assert conversation.prompt() is None
    assert conversation.verdict == "postponed"
    assert bus.check(person)[0] == "ok"     # for twelve hours


@pytest.mark.parametrize("prompt", ["opening", "choose", "app code", "address", "mail code"])
def test_the_end_of_input_is_not_now(at, person, prompt):
    player, conversation, _ = at(prompt)
    conversation.give_up()
    assert conversation.prompt() is None
    assert conversation.verdict == "postponed"


def test_nothing_is_stored_where_no_prompt_can_be_shown(host, person):
    conversation = bus.converse(person)
    conversation.prompt()
    conversation.give_up("conversation")
    assert conversation.prompt() is None
    assert conversation.verdict == "no-dialog"
    again = bus.converse(person)
    assert "0 of 2 done" in words(again.prompt()) and "(3 left)" in words(again.texts[-1])
    again.close()


def test_a_dialog_in_which_too_much_is_typed_ends(at, person):
    player, conversation, _ = at("opening")
    for _ in range(200):
        conversation.answer("x" * 500)
        if conversation.prompt() is None:
            break
    assert conversation.verdict == "too-much-input"


def test_a_dialog_ends_when_its_time_is_over(host, person, policy):
    policy(POLICY.replace("[registration]", "[registration]\ntime_limit = 60"))
    conversation = bus.converse(person)
    conversation.prompt()
    conversation.socket.settimeout(180)
    assert conversation.prompt() is None
    assert conversation.verdict == "timed-out"


def test_a_mail_server_that_refuses_the_address_is_told_at_the_next_step(host, at, person):
    host.mail.refuse[person.mail] = "550 no such mailbox"
    mark = host.log.mark()
    player, conversation, _ = at("mail code")   # the prompt stands at once
    host.log.wait_for("email: not delivered", mark)
    told = answer(conversation, "")
    assert "was not sent" in told and "refuses" in told and "Nothing was counted" in told
    del host.mail.refuse[person.mail]
    conversation.answer("r")
    conversation.prompt()
    conversation.answer(host.mail.code(person.mail))
    assert player.play(conversation) == "registered"
