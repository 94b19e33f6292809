"""A code is accepted once, however many try it at the same time; an app code once a step."""

import signal
import time

import pytest

import bus
import wire
from host import POLICY
from life import age, codes_to, mailed_code, managing, next_totp
from player import totp
from rogue import ask, ask_all_at_once
from waiting import wait_until
from wire import SEED, SEND, TRY

ONE = POLICY.replace("methods_required = 2", "methods_required = 1")


@pytest.mark.sanitized
def test_a_mailed_code_is_accepted_once_under_a_hundred_tries_at_the_same_time(host, person, policy, rogue):
    policy(ONE)
    mark = host.log.mark()
    judge = rogue.open(bus.converse(person))
    assert ask(judge, SEND, "email", person.mail)[0] == wire.SENT
    code = mailed_code(host, person.mail, 0)
    judges = [judge]
    replies = [status for status, _ in ask_all_at_once([judge], (TRY, "email", code), 100)]
    assert replies.count(wire.PROVEN) == 1, replies
    saved = "event=method-(added|confirmed) user=%s " % person.name
    host.log.wait_for(saved, mark)
    assert len(host.log.since(mark, saved)) == 1


@pytest.mark.sanitized
def test_a_mailed_code_proves_what_is_registered_once(host, person, policy, rogue):
    policy(ONE)
    _register_mail(host, person, rogue)
    age(host, person, 200)
    judges = [rogue.open(bus.converse(person)), rogue.open(managing(person))]
    before = len(codes_to(host, person.mail))
    assert ask(judges[0], SEND, "email", "")[0] == wire.SENT
    code = mailed_code(host, person.mail, before)
    replies = [status for status, _ in ask_all_at_once(judges[:1], (TRY, "email", code), 100)]
    assert replies.count(wire.PROVEN) == 1, replies


def _register_mail(host, person, rogue):
    judge = rogue.open(bus.converse(person))
    assert ask(judge, SEND, "email", person.mail)[0] == wire.SENT
    assert ask(judge, TRY, "email", mailed_code(host, person.mail, 0))[0] == wire.PROVEN
    assert ask(judge, wire.FINISH, "done")[0] == wire.OK


# --- sends

@pytest.mark.sanitized
def test_of_fifty_messages_at_the_same_time_exactly_ten_are_sent(host, person, policy, rogue):
    """By two dialogs of the same user, to two addresses of which none reaches the limit alone."""
    policy(ONE)
    _register_mail(host, person, rogue)
    sent = 1    # for the registration
    age(host, person, 200)
    judges = [rogue.open(bus.converse(person)), rogue.open(managing(person))]
    replies = [status for status, _ in ask_all_at_once(judges, (SEND, "email", ""), 50)]
    assert replies.count(wire.SENT) == 10 - sent and replies.count(wire.THROTTLED) == 50 - (10 - sent), replies
    wait_until(lambda: len(codes_to(host, person.mail)) == 10, "ten are delivered")


def test_of_fifty_messages_of_ten_users_to_one_address_exactly_ten_are_sent(host, policy, rogue):
    policy(ONE)
    address = host.person().mail
    judges = [rogue.open(bus.converse(host.person())) for _ in range(10)]
    replies = [status for status, _ in ask_all_at_once(judges, (SEND, "email", address), 50)]
    assert replies.count(wire.SENT) == 10 and replies.count(wire.THROTTLED) == 40, replies
    wait_until(lambda: len(codes_to(host, address)) == 10, "ten are delivered")


def test_sends_are_counted_over_restarts_and_kill_9_and_block_for_a_day(host, person, policy, rogue):
    policy(ONE)
    seen = []
    for number in range(11):
        judge = rogue.open(bus.converse(person))
        status, fields = ask(judge, SEND, "email", "%d-%s" % (number, person.mail))
        seen.append(status)
        if number in (3, 6):
            host.stop_daemon(signal.SIGTERM if number == 3 else signal.SIGKILL)
    assert seen == [wire.SENT] * 10 + [wire.THROTTLED]
    assert 23 * 3600 < int(fields[0]) - time.time() <= 24 * 3600


@pytest.mark.sanitized
def test_an_app_code_is_accepted_once_a_step_in_several_dialogs_at_once(host, person, policy, rogue):
    policy(ONE)
    judge = rogue.open(bus.converse(person))
    status, fields = ask(judge, SEED, "app")
    assert status == wire.OK
    secret = fields[0].decode()
    assert ask(judge, TRY, "app", totp(secret))[0] == wire.PROVEN
    assert ask(judge, wire.FINISH, "done")[0] == wire.OK
    age(host, person, 200)
    judges = [rogue.open(bus.converse(person)), rogue.open(managing(person))]
    replies = [status for status, _ in ask_all_at_once(judges, (TRY, "app", next_totp(secret)), 100)]
    assert replies.count(wire.PROVEN) == 1, replies
    assert set(replies) <= {wire.PROVEN, wire.USED, wire.WRONG, wire.BLOCKED}


def test_the_app_code_of_the_registration_proves_nothing_a_second_time(host, person, policy, rogue):
    policy(ONE)
    judge = rogue.open(bus.converse(person))
    secret = ask(judge, SEED, "app")[1][0].decode()
    code = totp(secret)
    assert ask(judge, TRY, "app", code)[0] == wire.PROVEN
    assert ask(judge, wire.FINISH, "done")[0] == wire.OK
    age(host, person, 200)
    judge = rogue.open(bus.converse(person))
    assert ask(judge, TRY, "app", code)[0] in (wire.USED, wire.EXPIRED)
