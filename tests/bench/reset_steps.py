"""What a step of a reset costs ssprd, by whom it is about and what is typed: nobody may learn it from the time.

The session is the benchmark's own (rogue.py): CLAIM and CHECK go over the socket pair, as sspr-session sends them, CHECK at once
after CLAIM. The kinds take turns step by step, so that a noisy moment hits all of them alike. The disk is memory here: what a
commit waits for on a real one is the same for all, and would hide more.
"""

import collections
import os
import random
import statistics
import time

from rogue import Rogue, ask
from strangers import registered, reset, unknown
from wire import CHECK, CLAIM, OK, WRONG

DIALOGS = 200       # of each kind
ROUNDS = 3          # of CLAIM and CHECK in a dialog
LIMIT = 1.05
PRIORITY = 10
JUNK, WRONG_CODE = "somebody@mail.example", "000000"
KINDS = ["unknown", "registered", "registered, right address"]


def in_front(pid):
    """Before everything else that this machine does, where that is permitted."""
    try:
        os.sched_setscheduler(pid, os.SCHED_FIFO, os.sched_param(PRIORITY))
    except OSError as error:
        print("Without realtime priority: %s" % error)


def timed(judge, op, typed, expected):
    began = time.perf_counter_ns()
    status, _ = ask(judge, op, typed)
    took = time.perf_counter_ns() - began
    assert status == expected, status
    return took / 1000


def play(rogue, people, number, times):
    """One dialog of each kind, each from a host of its own (no host is throttled), their steps in turn."""
    judges = {kind: rogue.open(reset(person, "2001:db8:%d:%d::1" % (number, place)))
              for place, (kind, person) in enumerate(people.items())}
    for _ in range(ROUNDS):
        for kind in random.sample(KINDS, len(KINDS)):
            judge = judges[kind]
            typed = people[kind].mail if kind == KINDS[2] else JUNK
            times[kind, "CLAIM"].append(timed(judge, CLAIM, typed, OK))
            times[kind, "CHECK"].append(timed(judge, CHECK, WRONG_CODE, WRONG))
    rogue.let_go()


def judge_times(times):
    good = True
    print("\nA step of a reset, microseconds over the socket pair, %d of each kind" % len(times[KINDS[0], "CLAIM"]))
    for step in ("CLAIM", "CHECK"):
        base = statistics.median(times[KINDS[0], step])
        for kind in KINDS:
            p50 = statistics.median(times[kind, step])
            ratio = p50 / base
            good &= 1 / LIMIT <= ratio <= LIMIT
            print("%-5s %s of %s: p50 %.0f, %.3f times that of %s (within %.2f)" % (
                "ok" if 1 / LIMIT <= ratio <= LIMIT else "OVER", step, kind, p50, ratio, KINDS[0], LIMIT))
    return good


def measure(host):
    """True: within the limit."""
    people = [dict(zip(KINDS, (unknown("nobody-%d" % number), registered(host), registered(host)))) for number in range(DIALOGS)]
    times = collections.defaultdict(list)
    rogue = Rogue()
    in_front(host.daemon())
    in_front(os.getpid())
    for number, one in enumerate(people):
        play(rogue, one, number, times)
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    rogue.stop()
    return judge_times(times)
