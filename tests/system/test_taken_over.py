"""A session that somebody took over: tests/system/rogue_session.py in its place hands its two sockets to the test.

It can ask nothing but the permitted requests about its own user. All else ends it, is audited, and reveals nothing.
"""

import socket

import pytest

import bus
import wire
from wire import CHANGES, FACTS, FINISH, HELP, LOG, QUESTION, REMOVE, REQUEST_MAX, SEED, SEND, SLOT, TRY, message, parse
from rogue import ask, ended
from waiting import wait_until

HASH = b"h" * 32
VIOLATION = r"session-violation"


@pytest.mark.sanitized
def test_the_permitted_requests_are_answered(rogue, person):
    _, judge = rogue(person)
    status, facts = ask(judge, FACTS)
    assert status == wire.OK and b"register" in facts
    assert ask(judge, QUESTION, 0)[0] == wire.OK
    assert ask(judge, SEED, "app")[0] == wire.OK
    assert ask(judge, LOG, "hello")[0] == wire.OK


FORBIDDEN = {
    "an unknown request": message(b"Z"),
    "nothing": message(b"\0"),
    "a reply": message(b"p"),
    "facts about somebody else": message(FACTS, "bob"),
    "a question without its number": message(QUESTION),
    "a question with a negative number": message(QUESTION, -1),
    "a question with words for a number": message(QUESTION, "one"),
    "a question with a number and more": message(QUESTION, 1, 1),
    "a secret for a method that has none": message(SEED, "email"),
    "a secret for an unknown method": message(SEED, "telepathy"),
    "a secret for a method that is not offered": message(SEED, "recovery-codes"),
    "a secret for somebody else": message(SEED, "app", "bob"),
    "a message by a method that sends none": message(SEND, "app", "x@mail.example"),
    "a message by a method that is not offered": message(SEND, "phone", "+4915112345678"),
    "a message to nowhere": message(SEND, "email"),
    "a message with a text of its own": message(SEND, "email", "x@mail.example", "Buy our pills"),
    "a message to an address with a NUL": message(SEND, "email", b"x@mail.example\0y"),
    "a hash slot for a method without hashes": message(SLOT, "app"),
    "a hash slot for nothing": message(SLOT),
    "a try for an unknown method": message(TRY, "telepathy", "123456"),
    "a try without a proof": message(TRY, "app"),
    "a try with a hash too much": message(TRY, "app", "123456", HASH),
    "an app code before there was a secret": message(TRY, "app", "123456"),
    "an answer before there was a slot": message(TRY, "questions", "What?", HASH),
    "an answer with a short hash": message(TRY, "questions", "What?", b"short"),
    "changes of somebody else": message(CHANGES, "bob"),
    "a help desk code of somebody else": message(HELP, "K7QF2MXP9R", "bob"),
    "no help desk code": message(HELP),
    "a help desk code that is too long": message(HELP, "x" * 512),
    "a help desk code with a NUL": message(HELP, b"K7QF2\0MXP9R"),
    "a removal of nothing": message(REMOVE),
    "a removal of an unknown method": message(REMOVE, "telepathy"),
    "a removal of a method that is not offered": message(REMOVE, "office-phone"),
    "a removal for somebody else": message(REMOVE, "email", "bob"),
    "a log line without text": message(LOG),
    "a log line that is too long": message(LOG, "x" * 513),
    "an unknown end": message(FINISH, "promoted"),
    "an end without a reason": message(FINISH),
    "an end with a verdict of its own": message(FINISH, "done", "registered"),
    "a length that is past the end": b"f\xff\xff",
    "half a length": b"f\x01",
    "65 fields": message(FACTS, *["x"] * 65),
}


@pytest.mark.sanitized
@pytest.mark.parametrize("kind", FORBIDDEN)
def test_a_request_that_is_not_permitted_ends_the_session(host, rogue, person, kind):
    mark = host.log.mark()
    terminal, judge = rogue(person)
    assert ask(judge, FACTS)[0] == wire.OK      # before that nothing else is permitted anyway
    judge.send(FORBIDDEN[kind])
    assert ended(judge)
    assert terminal.prompt() is None and terminal.verdict is None
    line = host.log.wait_for(VIOLATION, mark)
    assert person.name in line
    assert bus.check(person)[0] == "register"


def test_before_the_facts_nothing_else_is_permitted(host, rogue, person):
    mark = host.log.mark()
    _, judge = rogue(person)
    judge.send(message(QUESTION, 0))
    assert ended(judge)
    assert person.name in host.log.wait_for(VIOLATION, mark)


def test_a_mail_code_before_there_was_a_mail_proves_nothing(rogue, person):
    _, judge = rogue(person)
    assert ask(judge, FACTS)[0] == wire.OK
    assert ask(judge, TRY, "email", "123456")[0] == wire.EXPIRED


@pytest.mark.sanitized
def test_a_request_that_is_too_long_ends_the_session(host, rogue, person):
    mark = host.log.mark()
    _, judge = rogue(person)
    judge.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
    judge.send(FACTS + b"x" * REQUEST_MAX)
    assert ended(judge)
    assert person.name in host.log.wait_for(VIOLATION, mark)


def test_an_empty_message_ends_the_session(host, rogue, person):
    mark = host.log.mark()
    _, judge = rogue(person)
    judge.send(b"")
    assert ended(judge)
    assert person.name in host.log.wait_for(VIOLATION, mark)


def test_a_request_with_a_file_descriptor_ends_the_session(host, rogue, person):
    mark = host.log.mark()
    _, judge = rogue(person)
    socket.send_fds(judge, [message(FACTS)], [0])
    assert ended(judge)
    assert person.name in host.log.wait_for(VIOLATION, mark)


def test_nothing_may_be_asked_after_the_end(host, rogue, person):
    mark = host.log.mark()
    _, judge = rogue(person)
    assert ask(judge, FINISH, "not-now")[0] == wire.OK
    judge.send(message(SEED, "app"))
    assert ended(judge)
    assert person.name in host.log.wait_for(VIOLATION, mark)


def test_saying_done_does_not_make_it_so(rogue, person):
    _, judge = rogue(person)
    status, fields = ask(judge, FINISH, "done")
    assert status == wire.OK
    assert fields[0] not in (b"registered", b"confirmed", b"noticed")
    assert bus.check(person)[0] in ("register", "ok")   # ok: a "not now" that is running


def test_codes_cannot_be_guessed_past_their_tries(host, rogue, person):
    _, judge = rogue(person)
    ask(judge, FACTS)
    assert ask(judge, SEND, "email", person.mail)[0] == wire.SENT
    code = host.mail.code(person.mail)
    wrong = "%06d" % ((int(code) + 1) % 1000000)
    for _ in range(3):
        ask(judge, TRY, "email", wrong)
    judge.send(message(TRY, "email", code))
    reply = judge.recv(REQUEST_MAX)
    assert not reply.startswith(wire.PROVEN)


@pytest.mark.sanitized
def test_a_thousand_requests_at_once_do_not_hurt_the_daemon(host, rogue, person):
    _, judge = rogue(person)
    judge.setblocking(False)
    try:
        for _ in range(1000):
            judge.send(message(FACTS))
    except OSError:
        pass    # its buffer is full, or it has ended us: both are an answer
    assert bus.check(host.person())[0] == "register"


def test_a_session_that_asks_nothing_is_ended_with_the_daemon(host, rogue, person):
    terminal, judge = rogue(person)
    host.stop_daemon()
    assert judge.recv(REQUEST_MAX)[:1] in (wire.OVER, b"")
    assert ended(judge)
    wait_until(lambda: terminal.prompt() is None, "the terminal's socket is closed")
