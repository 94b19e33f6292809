"""Nobody learns from trying: at the password prompt of a real sshd, and by the work that ssprd does, an unknown name is like anybody."""

import concurrent.futures
import re
import statistics
import time

import pexpect
import pytest

import bus
import stacks
from host import POLICY
from life import codes_to, mailed_code, rows
from resets import FIRST, PASSWORD, SECOND, Terminal
from rogue import ask
from sshd import ssh
from strangers import KINDS, begin, everybody
from users import client_key
from wire import CHECK, CLAIM, OK, WRONG

TYPED = {"nothing": lambda person: "", "one byte": lambda person: "x", "one letter of two bytes": lambda person: "é",
         "a code": lambda person: "314159", "the right address": lambda person: person.mail,
         "a wrong address": lambda person: "somebody@mail.example", "a number": lambda person: "+4915112345678",
         "511 bytes": lambda person: "x" * 511, "a freeze code": lambda person: "F-K7QF-2MXP-9RTW-B4HN"}
TRIES = 21          # a multiple of a dialog's rounds
SLOWER = 2          # loosely: this is no laboratory
CALLS_A_PAGE = 3    # its header and itself to the -wal file, itself to the database
SENDING_PAUSE = 0.5
kept = {}


@pytest.fixture(scope="module")
def people(host):
    bus.check(host.person())
    with rows(host) as database:    # what other tests have left there makes some rows dearer than others, by chance
        for table in ("event", "block", "code"):
            database.execute("DELETE FROM " + table)
    made = everybody(host)
    client_key()    # before several ask for it at once
    with stacks.reset_line():
        yield made
    host.configure(POLICY)


@pytest.fixture
def afresh(host, people):
    """Call it: as it was before anybody tried anything here. No host is throttled, who was blocked is blocked."""
    tables = {"event": 2, "block": 2, "code": 6}

    def restore():
        with rows(host) as database:
            if not kept:
                kept.update({table: database.execute("SELECT * FROM " + table).fetchall() for table in tables})
            for table, columns in tables.items():
                database.execute("DELETE FROM " + table)
                database.executemany("INSERT INTO %s VALUES (%s)" % (table, ", ".join("?" * columns)), kept[table])

    restore()
    return restore


def transcript(server, person, typed):
    """Three rounds, the password's prompt after them, and a wrong password there: all that the client showed."""
    terminal = Terminal(ssh(server, person.name))
    seen = ""
    rounds = [typed, "", typed, "271828", typed, typed] if typed else ["", ""]     # twice nothing ends the dialog
    for answer in ["?"] + rounds:
        shown, over = terminal.next()
        seen += shown
        assert not over, seen
        terminal.answer(answer)
    shown, over = terminal.next()
    assert not over and shown.endswith(PASSWORD), seen + shown
    terminal.child.sendline("wrong password")
    terminal.child.expect(pexpect.EOF)
    return (seen + shown + terminal.child.before).replace(person.name, "NAME")


@pytest.mark.parametrize("typed", TYPED)
def test_over_ssh_the_transcripts_are_the_same_to_the_byte(people, afresh, keyboard_sshd, typed):
    with concurrent.futures.ThreadPoolExecutor(4) as pool:    # who is registered comes first: before their host is throttled
        order = sorted(KINDS, key=lambda kind: kind != "registered")
        shown = dict(zip(order, pool.map(
            lambda kind: transcript(keyboard_sshd, people[kind], TYPED[typed](people[kind])), order)))
    rounds = 1 if typed == "nothing" else 3
    assert shown["unknown"].count(FIRST) == shown["unknown"].count(SECOND) == rounds
    for kind in KINDS:
        assert shown[kind] == shown["unknown"], kind


def test_a_second_prompt_alone_is_the_same_for_all(people, afresh, keyboard_sshd):
    """A code from an earlier dialog is typed there: nothing at the first, three times."""
    seen = set()
    for kind in KINDS:
        terminal = Terminal(ssh(keyboard_sshd, people[kind].name))
        text = ""
        for answer in ["?", "", "314159", "", "é", "", "x" * 511]:
            shown, over = terminal.next()
            text += shown
            terminal.answer(answer)
        text += terminal.next()[0]
        terminal.close()
        seen.add(text.replace(people[kind].name, "NAME"))
        assert text.endswith(PASSWORD)
    assert len(seen) == 1, seen


# --- the work

def calls_that_wrote(pid):
    with open("/proc/%d/io" % pid) as file:
        return int(re.search(r"^syscw: (\d+)", file.read(), re.MULTILINE).group(1))


def cost(pid, judge, op, typed, expected):
    before = calls_that_wrote(pid)
    assert ask(judge, op, typed)[0] == expected
    return calls_that_wrote(pid) - before


def costs(host, rogue, person, typed):
    """The fewest calls by which each step of a round wrote: whether a page of the audit is full is chance."""
    found = {}
    for dialog in range(4):
        judge = begin(rogue, person, "2001:db8:%x:%x::1" % (person.uid or 0, dialog))
        pid = host.daemon()
        for second in ("271828", ""):
            for op, what, expected in ((CLAIM, typed, OK), (CHECK, second, WRONG)):
                found.setdefault((op, second), []).append(cost(pid, judge, op, what, expected))
        rogue.let_go()
    return {step: min(several) for step, several in found.items()}


@pytest.mark.parametrize("typed", ["the right address", "a code", "511 bytes"])
def test_each_step_writes_as_much_to_the_database(host, people, afresh, rogue, typed):
    """The unit tests count commits and pages; here is what the system is asked for, by the real daemon."""
    written = {}
    for kind in KINDS:
        afresh()    # an index that has grown to several pages is written at one or more of them, by chance
        written[kind] = costs(host, rogue, people[kind], TYPED[typed](people[kind]))
    usual = written["unknown"]
    assert all(calls > CALLS_A_PAGE for calls in usual.values())
    for kind in KINDS:
        for step, calls in written[kind].items():
            assert abs(calls - usual[step]) <= CALLS_A_PAGE, (kind, step, calls, usual[step])


def test_a_message_is_begun_a_while_after_the_step_and_survives_its_dialog(host, people, afresh, rogue):
    """The work that it is would be felt by a CHECK that follows at once."""
    person = people["registered"]
    before = len(codes_to(host, person.mail))
    judge = begin(rogue, person)
    began = time.monotonic()
    assert ask(judge, CLAIM, person.mail)[0] == OK
    rogue.let_go()
    mailed_code(host, person.mail, before)
    assert time.monotonic() - began >= SENDING_PAUSE


# --- the times

def steps(server, person, typed):
    """Seconds from each answer to the next prompt, of three rounds."""
    terminal = Terminal(ssh(server, person.name))
    times = []
    terminal.next()
    terminal.answer("?")
    terminal.next()
    for answer in [typed, "271828"] * 3:
        began = time.monotonic()
        terminal.answer(answer)
        terminal.next()
        times.append(time.monotonic() - began)
    terminal.close()
    return times


def test_over_ssh_nobody_is_slower(people, afresh, keyboard_sshd):
    """As a check of the whole; `make bench` measures."""
    who = [("unknown", "a wrong address"), ("registered", "a wrong address"), ("registered", "the right address")]
    times = {one: [[], []] for one in who}
    for _ in range(TRIES // 3):
        for one in who:
            afresh()
            kind, typed = one
            for number, took in enumerate(steps(keyboard_sshd, people[kind], TYPED[typed](people[kind]))):
                times[one][number % 2].append(took)
    for prompt in (0, 1):
        medians = {one: statistics.median(times[one][prompt]) for one in who}
        assert max(medians.values()) < SLOWER * min(medians.values()), medians
