"""Nobody gets in by guessing: five failures in all, over dialogs, restarts and methods; and no stranger's tries stop the user's own."""

import contextlib
import signal
import time

import dbus
import pytest

import bus
import stacks
from enrolled import enrolled
from host import POLICY
from life import DAY, next_totp, not_this, rows, standing, told
from resets import Reset
from rogue import ask
from strangers import BLOCKING_FAILURES, RESET_ROUNDS, begin, fail, fail_often, proves, registered, reset, rogues, unknown, wrong
from test_telling import code_in
from waiting import LONG, wait_until
from wire import CHECK, CLAIM, OK, REQUEST_MAX, WRONG, message, parse

ATTACKERS = 200
RESETS_MAX, RESETS_A_NAME, RESETS_A_NAME_HOST = 128, 32, 5
HOST_FAILURES = 20
SENDS = 10
HOME, ELSEWHERE = "198.51.100.1", "198.51.100.2"


def is_blocked(person):
    return standing(person)["blocked_until"] > 0


def counts_of_blocked(host):
    """How much was counted under each key that is blocked, and the ends of the blocks."""
    with rows(host) as database:
        return database.execute("SELECT (SELECT count(*) FROM event WHERE event.key = block.key), until FROM block").fetchall()


@pytest.fixture
def afresh(host, person):
    bus.check(person)   # there is a database
    with rows(host) as database:
        database.execute("DELETE FROM event")
        database.execute("DELETE FROM block")


@pytest.fixture
def victim(host, afresh):
    return registered(host)


@pytest.fixture
def attacker(host):
    """Somebody who has an account here, too."""
    return registered(host)


def test_the_fifth_failure_blocks_for_the_time_set_and_not_for_ever(host, victim, rogue):
    fail_often(rogue, victim, ELSEWHERE, BLOCKING_FAILURES)
    assert not proves(begin(rogue, victim, HOME), victim)
    rogue.let_go()
    (failures, until), = counts_of_blocked(host)
    assert failures == BLOCKING_FAILURES and DAY - LONG < until - time.time() <= DAY
    with rows(host) as database:
        database.execute("UPDATE block SET until = ?", (int(time.time()),))
        database.execute("UPDATE event SET time = time - ?", (DAY,))
    assert proves(begin(rogue, victim, HOME), victim)


def test_four_failures_do_not_and_a_success_clears_them(victim, rogue):
    fail_often(rogue, victim, ELSEWHERE, BLOCKING_FAILURES - 1)
    assert proves(begin(rogue, victim, HOME), victim)
    fail_often(rogue, victim, ELSEWHERE, BLOCKING_FAILURES - 1)
    assert not is_blocked(victim)
    fail_often(rogue, victim, ELSEWHERE, 1)
    assert is_blocked(victim)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL], ids=["ended", "killed"])
def test_a_daemon_that_ends_between_two_steps_forgets_no_failure(host, victim, rogue, how):
    """After the first prompt of a round, and after the second."""
    fail_often(rogue, victim, ELSEWHERE, BLOCKING_FAILURES - 2)
    for second in (False, True):
        judge = begin(rogue, victim, ELSEWHERE)
        assert ask(judge, CLAIM, wrong(victim))[0] == OK
        if second:
            assert ask(judge, CHECK, "")[0] == WRONG
        host.stop_daemon(how)
        rogue.let_go()
        assert is_blocked(victim) == second
    assert not proves(begin(rogue, victim, HOME), victim)


def test_every_method_counts_for_the_same_block(host, policy, afresh):
    policy(POLICY.replace("methods = app email questions", "methods = app email questions recovery-codes"))
    hand = enrolled(host, host.person(), "app", "email", "recovery-codes")
    person = hand.person
    guesses = [(wrong(person), ""), ("somebody@mail.example", ""), ("K7QF-2MXP-9RTW-B4HN", ""), ("", "271828")]
    with rogues() as rogue:
        for first, second in guesses:
            judge = begin(rogue, person, ELSEWHERE)
            assert ask(judge, CLAIM, first)[0] == OK and ask(judge, CHECK, second)[0] == WRONG
        assert not is_blocked(person)
        judge = begin(rogue, person, HOME)
        assert ask(judge, CLAIM, person.mail)[0] == OK
        code = hand.mail_code()
        assert ask(judge, CHECK, not_this(code))[0] == WRONG
        assert is_blocked(person)
        for right in ((next_totp(person.app_secret), ""), (hand.codes[0], ""), ("", code)):
            judge = begin(rogue, person, HOME)
            assert ask(judge, CLAIM, right[0])[0] == OK and ask(judge, CHECK, right[1])[0] == WRONG


def open_all(rogue, person, count):
    """So many at a time, each from another host; those that there are too many of are told so."""
    judges = []
    for number in range(count):
        try:
            judges.append(begin(rogue, person, "203.0.113.%d" % number))
        except dbus.DBusException as error:
            assert error.get_dbus_name().endswith("TooManySessions")
    return judges


def test_two_hundred_attackers_at_a_time_have_five_tries_in_all(host, victim, rogue):
    """All of them type something wrong in two rounds each, at once; whoever types the right code after that is refused."""
    judges = open_all(rogue, victim, ATTACKERS)
    assert len(judges) == RESETS_MAX
    for _ in range(RESET_ROUNDS - 1):
        for op, typed, answer in ((CLAIM, wrong(victim), OK), (CHECK, "", WRONG)):
            for judge in judges:
                judge.send(message(op, typed))
            assert {parse(judge.recv(REQUEST_MAX))[0] for judge in judges} == {answer}
    assert not any(proves(judge, victim) for judge in judges)
    rogue.let_go()
    assert not proves(begin(rogue, victim, HOME), victim)
    rogue.let_go()
    counted = sorted(count for count, _ in counts_of_blocked(host))
    # the user's own failures, those of the decoys past 32; and the messages that would have been sent by either of them
    assert counted == [BLOCKING_FAILURES] * 2 + [SENDS] * 2


def test_the_login_by_password_works_while_the_reset_is_blocked(victim, keyboard_sshd):
    with rogues() as rogue:
        fail_often(rogue, victim, ELSEWHERE, BLOCKING_FAILURES)
    with stacks.reset_line():
        dialog = Reset.ssh(keyboard_sshd, victim)
        assert dialog.logs_in(victim.password)
        dialog.close()


def test_the_users_own_reset_goes_on_among_those_of_strangers(victim, rogue):
    own = begin(rogue, victim, HOME)
    strangers = open_all(rogue, victim, RESETS_A_NAME + 8)
    for judge in strangers[-(BLOCKING_FAILURES - 1):] + strangers[:BLOCKING_FAILURES - 1]:
        fail(judge, victim)     # the former are decoys
    assert proves(own, victim)


def test_a_user_and_host_have_five_resets_at_a_time_and_the_sixth_is_a_decoy(victim, rogue):
    first = [begin(rogue, victim, ELSEWHERE) for _ in range(RESETS_A_NAME_HOST)]
    assert not proves(begin(rogue, victim, ELSEWHERE), victim)
    assert proves(first[-1], victim)


def test_a_user_has_thirty_two_at_a_time_and_the_next_is_a_decoy_from_anywhere(victim, rogue):
    judges = [begin(rogue, victim, "203.0.113.%d" % number) for number in range(RESETS_A_NAME)]
    assert not proves(begin(rogue, victim, HOME), victim)
    assert proves(judges[-1], victim)


def test_an_unknown_name_can_have_no_more_than_all_may_and_then_nobody_is_let_in(host, victim, rogue):
    assert len(open_all(rogue, unknown("nobody-of-that-name"), RESETS_MAX + 2)) == RESETS_MAX
    for other in (host.person(), unknown("nobody-else"), victim):
        with pytest.raises(dbus.DBusException, match="TooManySessions"):
            reset(other, HOME)
    rogue.let_go()
    wait_until(lambda: closed_again(rogue, victim), "there is room again")


def closed_again(rogue, person):
    with contextlib.suppress(dbus.DBusException):
        return begin(rogue, person, HOME)


# --- by remote host

def throttle(rogue, rhosts, times=HOST_FAILURES):
    """So many failures over these hosts, about names that nobody has."""
    for number in range(times):
        judge = begin(rogue, unknown("nobody-%d" % number), rhosts[number % len(rhosts)])
        fail(judge, unknown("nobody"))
        rogue.let_go()


@pytest.mark.parametrize("rhosts, same, other", [
    (["192.0.2.7"], "192.0.2.7", "192.0.2.8"),
    (["2001:db8:1:2::1", "2001:db8:1:2:ffff::7"], "2001:db8:1:2:abcd:ef01:2345:6789", "2001:db8:1:3::1"),
    (["::ffff:192.0.2.7"], "192.0.2.7", "::ffff:192.0.2.8")], ids=["IPv4", "IPv6", "IPv4 in IPv6"])
def test_after_twenty_failures_a_host_gets_decoys_only_and_others_do_not(host, victim, rogue, rhosts, same, other):
    host.stop_daemon()
    throttle(rogue, rhosts)
    assert not proves(begin(rogue, victim, same), victim)
    assert proves(begin(rogue, victim, other), victim)


def test_nineteen_failures_leave_a_host_as_it_is(host, victim, rogue):
    host.stop_daemon()
    throttle(rogue, [ELSEWHERE], HOST_FAILURES - 1)
    assert proves(begin(rogue, victim, ELSEWHERE), victim)


@pytest.mark.parametrize("right", [True, False], ids=["the right address", "a wrong one"])
def test_an_address_alone_counts_for_its_host_whether_it_is_right_or_not(host, victim, attacker, rogue, right):
    """Else whoever has an account of their own would learn it: is the own right code still taken from here?"""
    host.stop_daemon()
    throttle(rogue, [ELSEWHERE], HOST_FAILURES - 1)
    judge = begin(rogue, victim, ELSEWHERE)
    assert ask(judge, CLAIM, victim.mail if right else "somebody@mail.example")[0] == OK
    assert ask(judge, CHECK, "")[0] == WRONG
    assert not proves(begin(rogue, attacker, ELSEWHERE), attacker)


@pytest.mark.parametrize("where", ["who is blocked", "a throttled host"])
def test_a_freeze_code_works_for_who_is_blocked_and_from_a_throttled_host(host, victim, rogue, where):
    code = code_in(told(host, victim.mail, "E-mail: registered"))
    host.stop_daemon()
    if where == "who is blocked":
        fail_often(rogue, victim, HOME, BLOCKING_FAILURES)
    else:
        throttle(rogue, [HOME])
    judge = begin(rogue, victim, HOME)
    assert ask(judge, CLAIM, code)[0] == OK
    assert ask(judge, CHECK, "")[0] == OK
    rogue.let_go()
    assert not proves(begin(rogue, victim, ELSEWHERE), victim)
    rogue.let_go()
    with rows(host) as database:
        assert database.execute("SELECT frozen_at FROM user WHERE name = ?", (victim.name.encode(),)).fetchone()[0] > 0
