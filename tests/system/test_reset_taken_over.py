"""A reset's session that somebody took over, and others who would like to have one: before the first proof it gets nothing, after it
one grant for one account. Nothing that is secret stays anywhere."""

import glob
import os
import signal
import socket
import subprocess
import threading
import time

import dbus
import pytest

import bus
import grants
import processes
import stacks
from enrolled import enrolled
from host import STAMPS
from life import acting_as, stored_bytes
from resets import FIRST, GOOD, SECOND, Reset
from rogue import ask, ended
from strangers import begin, proves, registered, reset, rogues, unknown
from waiting import wait_until
from wire import (ASSIST, CHANGES, CHECK, CLAIM, FACTS, GRANT, HELP, OK, QUESTION, REMOVE, REQUEST_MAX, SEED, SEND,
                  SLOT, TRY, WRONG, message, parse)

HASH = b"h" * 32
VIOLATION = r"event=session-violation"
BEFORE = {      # what is sent in the state in which CLAIM is next
    "a grant": message(GRANT), "a grant for somebody": message(GRANT, "root"), "an end of its round": message(CHECK, ""),
    "facts about somebody else": message(FACTS, "root"), "what was changed": message(CHANGES), "a question": message(QUESTION, 0),
    "a secret": message(SEED, "app"), "recovery codes": message(SEED, "recovery-codes"),
    "the registered question": message(SEED, "questions"), "a message to what is registered": message(SEND, "email", ""),
    "a message to anybody": message(SEND, "email", "x@mail.example"), "a slot": message(SLOT, "questions"),
    "a slot for new answers": message(SLOT, "questions", "new"), "a try": message(TRY, "app", "123456"),
    "an answer": message(TRY, "questions", "What?", HASH), "a help desk code": message(HELP, "K7QF2MXP9R"),
    "a removal": message(REMOVE, "email"), "a mail to the administrator": message(ASSIST),
    "a claim without what was typed": message(CLAIM), "a claim for somebody else": message(CLAIM, "x", "root"),
    "a claim that is too long": message(CLAIM, "x" * 512), "an unknown request": message(b"Z"),
}
BETWEEN = {     # in which CHECK is next
    "a second claim": message(CLAIM, "x"), "facts about somebody else": message(FACTS, "root"), "a grant": message(GRANT),
    "a try": message(TRY, "email", "123456"),
    "a check that is too long": message(CHECK, "x" * 512), "a check for somebody else": message(CHECK, "x", "root"),
    "a message": message(SEND, "email", ""),
}
PROVEN_ONCE = {     # after the proof
    "a removal": message(REMOVE, "email"), "a help desk code": message(HELP, "K7QF2MXP9R"),
    "recovery codes": message(SEED, "recovery-codes"), "a question of the list": message(QUESTION, 0), "another address": message(SEND, "email", "x@mail.example"),
    "new answers": message(SLOT, "questions", "new"), "a claim": message(CLAIM, "x"), "a grant for somebody": message(GRANT, "root"),
    "what was changed": message(CHANGES),
}


@pytest.fixture(scope="module")
def victim(host):
    yield registered(host)
    grants.stop_helper()


def is_ended_and_audited(host, judge, request, mark):
    judge.send(request)
    assert ended(judge)
    return host.log.wait_for(VIOLATION, mark)


@pytest.mark.parametrize("what", BEFORE)
def test_before_the_first_proof_nothing_but_a_claim_is_permitted(host, victim, rogue, what):
    mark = host.log.mark()
    assert victim.name in is_ended_and_audited(host, begin(rogue, victim), BEFORE[what], mark)


@pytest.mark.parametrize("what", BETWEEN)
def test_between_the_prompts_nothing_but_a_check_is_permitted(host, victim, rogue, what):
    mark = host.log.mark()
    judge = begin(rogue, victim)
    assert ask(judge, CLAIM, "")[0] == OK
    assert victim.name in is_ended_and_audited(host, judge, BETWEEN[what], mark)


def test_a_fourth_round_is_not_permitted(host, victim, rogue):
    mark = host.log.mark()
    judge = begin(rogue, victim)
    for left in (b"2", b"1", b"0"):
        assert ask(judge, CLAIM, "") == (OK, [])
        assert ask(judge, CHECK, "") == (WRONG, [left])
    is_ended_and_audited(host, judge, message(CLAIM, ""), mark)


def test_a_violation_in_the_name_of_nobody_is_audited_without_the_name(host, rogue):
    mark = host.log.mark()
    assert "nobody-there" not in is_ended_and_audited(host, begin(rogue, unknown("nobody-there")), message(GRANT), mark)


def test_the_facts_are_those_of_nobody_before_the_proof(host, victim, rogue):
    told = []
    for person in (victim, host.person(), unknown("nobody-there")):
        _, judge = rogue.take_over(reset(person))
        told.append(dict(pair for pair in pairs(ask(judge, FACTS)[1]) if pair[0] != b"time_left"))
    assert told[0] == told[1] == told[2]
    assert victim.mail.encode() not in b" ".join(told[0].values())


def pairs(fields):
    return list(zip(fields[::2], fields[1::2]))


@pytest.mark.parametrize("what", PROVEN_ONCE)
def test_after_the_proof_nothing_can_be_changed_but_the_password(host, what):
    person = registered(host)
    mark = host.log.mark()
    with rogues() as rogue:
        judge = begin(rogue, person)
        assert proves(judge, person)
        assert ask(judge, FACTS)[0] == OK
        is_ended_and_audited(host, judge, PROVEN_ONCE[what], mark)


def test_after_the_proof_there_is_one_grant_for_one_account(host):
    person = registered(host)
    other = host.person()
    before = grants.hash_of(person), grants.hash_of(other)
    mark = host.log.mark()
    with rogues() as rogue:
        judge = begin(rogue, person)
        assert proves(judge, person)
        assert ask(judge, FACTS)[0] == OK
        judge.send(message(GRANT))
        data, handles, _, _ = socket.recv_fds(judge, REQUEST_MAX, 4)
        assert parse(data) == (OK, []) and len(handles) == 1
        is_ended_and_audited(host, judge, message(GRANT), mark)
        grant = grants.Grant(socket.socket(fileno=handles[0]))
        grant.run(GOOD, GOOD)
        grant.close()
    assert grants.hash_of(other) == before[1]
    wait_until(lambda: not grants.supervisors(), "no grant is left")


@pytest.mark.parametrize("who", ["oneself", "another", "nobody"])
def test_a_plain_user_cannot_begin_a_reset(host, victim, who):
    caller = host.person()
    person = {"oneself": caller, "another": victim, "nobody": unknown("nobody-there")}[who]
    for context in ({}, {"service": dbus.String("sshd", variant_level=1), "interactive": dbus.Boolean(True, variant_level=1)}):
        with acting_as(caller), bus.Bus() as link:
            with pytest.raises(dbus.DBusException, match="NotAllowed"):
                link.converse_as_told(person, "reset", context)
    assert not host.sessions()


# --- secrets

class Watcher:
    """Every command line and environment of this machine, as often as it goes."""

    def __init__(self):
        self.seen = set()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def _watch(self):
        while not self._over.is_set():
            for path in glob.glob("/proc/[0-9]*/cmdline") + glob.glob("/proc/[0-9]*/environ"):
                try:
                    with open(path, "rb") as file:
                        self.seen.add(file.read())
                except OSError:
                    pass    # it has just ended
            time.sleep(0.01)

    def stop(self):
        self._over.set()
        self._thread.join()
        return b"\n".join(self.seen)


def core_limits(*programs):
    found = {}
    for program in programs:
        for pid in processes.find(program):
            with open("/proc/%d/limits" % pid) as file:
                line, = [line for line in file if line.startswith("Max core file size")]
            found.setdefault(program, set()).add(tuple(line.split()[4:6]))
    return found


def test_nothing_secret_stays_anywhere(host, keyboard_sshd):
    hand = enrolled(host, host.person(), "app", "email")
    monitor = subprocess.Popen(["dbus-monitor", "--system", "--binary"], stdout=open("/tmp/monitor", "wb"), stderr=subprocess.DEVNULL)
    wait_until(lambda: os.path.getsize("/tmp/monitor") > 0, "the monitor listens")
    watcher = Watcher()
    guess, guessed_code = "Wombat-guess-77@mail.example", "Wombat-code-78"
    with stacks.reset_line():
        dialog = Reset.ssh(keyboard_sshd, hand.person, hand)
        dialog.begin()
        dialog.say(guess, SECOND.strip())
        dialog.say(guessed_code, FIRST.strip())
        dialog.say(hand.person.mail, SECOND.strip())
        code = hand.mail_code()
        dialog.say(code, "you have shown who you are")
        dialog.choose()
        limits = core_limits("ssprd", "sspr-session", "sspr-passwd")
        dialog.new_password("Wombat-password-79")
        assert dialog.logs_in("Wombat-password-79")
        dialog.close()
    assert set(limits) == {"ssprd", "sspr-session", "sspr-passwd"}
    assert all(found == {("0", "0")} for found in limits.values()), limits
    monitor.send_signal(signal.SIGTERM)
    monitor.wait()
    places = {"a command line or an environment": watcher.stop(),
              "the log": "\n".join(host.log.since(0)).encode(),
              "the store": stored_bytes(host)}
    for path in ["/tmp/monitor", "/tmp/bus.log", keyboard_sshd.log] + glob.glob(STAMPS + "/*"):
        with open(path, "rb") as file:
            places[path] = file.read()
    assert b"Converse" in places["/tmp/monitor"] and hand.person.name.encode() in places["/tmp/monitor"]
    assert b"event=reset-changed" in places["the log"]
    for place, content in places.items():
        for secret in (b"Wombat", code.encode(), hand.person.app_secret.encode()):
            assert secret not in content, (place, secret)
