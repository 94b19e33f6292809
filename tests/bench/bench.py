"""make bench: what sspr costs a login, beside what other modules cost, in one run on the private machine."""

import collections
import os
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "system"))

import bus  # noqa: E402
import processes  # noqa: E402
from host import BUILD, TREE, Host  # noqa: E402
from player import register  # noqa: E402
from waiting import wait_until  # noqa: E402

ROUNDS = {"same": 1000, "fresh": 300}
WARM_UP = 20
DIALOGS = 200

SERVICES = {  # name: (its pam.d line, the phase)
    "pam_permit": ("account required pam_permit.so", "account"),
    "sspr, stamp": ("account required pam_sspr.so services=%s", "account"),
    "sspr, asks": ("account required pam_sspr.so services=%s stamps=/run/no-stamps-here", "account"),
    "pam_oath, unknown user": ("auth required pam_oath.so usersfile=/etc/users.oath", "auth"),
    "pam_google_authenticator": ("auth required pam_google_authenticator.so nullok", "auth"),
    "pam_fprintd, no device": ("auth required pam_fprintd.so", "auth"),
}
LIMITS = [  # (variant, at most so many times, the p50 of this one)
    ("sspr, stamp", 1.10, "pam_permit"),
    ("sspr, asks", 1.15, "pam_fprintd, no device"),
]


def group_lookup(person):
    """What the host's NSS takes for a user's groups, in microseconds."""
    times = []
    for _ in range(200):
        began = time.monotonic()
        os.getgrouplist(person.name, person.uid)
        times.append((time.monotonic() - began) * 1e6)
    return statistics.median(times)


def files_alone():
    """NSS reads the files, as on a Debian without systemd, sssd or LDAP: whatever it takes is the host's, not sspr's."""
    with open("/etc/nsswitch.conf") as file:
        lines = file.readlines()
    with open("/etc/nsswitch.conf", "w") as file:
        for line in lines:
            database = line.split(":")[0]
            file.write("%s: files\n" % database if database in ("passwd", "group", "shadow") else line)


def make_services():
    open("/etc/users.oath", "w").close()
    os.chmod("/etc/users.oath", 0o600)
    for number, (line, _) in enumerate(SERVICES.values()):
        name = "bench%d" % number
        with open("/etc/pam.d/" + name, "w") as file:
            file.write((line % name if "%s" in line else line) + "\n")


def measure(mode, rounds, user):
    """Microseconds of each variant, and how often each result came."""
    variants = ["%d:bench%d:%s:%s" % (number, number, user, phase)
                for number, (_, phase) in enumerate(SERVICES.values())]
    done = subprocess.run([os.path.join(TREE, BUILD, "tests/bench/phases"), mode, str(rounds)] + variants,
                          check=True, capture_output=True, text=True)
    names = list(SERVICES)
    times, results = collections.defaultdict(list), collections.defaultdict(collections.Counter)
    for line in done.stdout.splitlines():
        number, result, nanoseconds = line.split()
        times[names[int(number)]].append(int(nanoseconds) / 1000)
        results[names[int(number)]][int(result)] += 1
    return {name: sorted(values[WARM_UP:]) for name, values in times.items()}, results


def table(mode, times, results):
    base = statistics.median(times["pam_permit"])
    print("\n%s, microseconds of pam_start + phase + pam_end, %d rounds" % (
        {"same": "In one process", "fresh": "In fresh processes"}[mode], ROUNDS[mode]))
    print("%-28s %9s %9s %8s   PAM result" % ("", "p50", "p99", "ratio"))
    for name, values in times.items():
        p50, p99 = statistics.median(values), values[int(len(values) * 0.99)]
        print("%-28s %9.0f %9.0f %8.2f   %s" % (
            name, p50, p99, p50 / base, ", ".join("%d (%dx)" % item for item in results[name].items())))


def judge(mode, times):
    good = True
    for name, limit, other in LIMITS:
        ratio = statistics.median(times[name]) / statistics.median(times[other])
        good &= ratio <= limit
        print("%-5s %s: %.3f times %s (at most %.2f)" % ("ok" if ratio <= limit else "OVER", name, ratio, other, limit))
    return good


def dialogs(host):
    person = host.person()
    began = time.monotonic()
    for _ in range(DIALOGS):
        conversation = bus.converse(person)
        conversation.prompt()
        conversation.close()
    print("\nDialogs opened, to their first prompt: %.0f a second" % (DIALOGS / (time.monotonic() - began)))

    conversation = bus.converse(host.person())
    conversation.prompt()
    steps = []
    for _ in range(DIALOGS):
        began = time.monotonic()
        conversation.answer("?")
        assert conversation.prompt() is not None
        steps.append((time.monotonic() - began) * 1e6)
    print("A dialog step, answer to next prompt: p50 %.0f us, p99 %.0f us" % (
        statistics.median(steps), sorted(steps)[int(DIALOGS * 0.99)]))
    print("Memory of one session (PSS): %d KiB" % processes.proportional_memory(host.sessions()[0]))
    conversation.close()
    wait_until(lambda: not host.sessions(), "the sessions have ended")
    print("Memory of ssprd, idle (PSS): %d KiB" % processes.proportional_memory(host.daemon()))


def main():
    host = Host()
    person = host.person()
    register(host, person)
    assert bus.check(person)[0] == "ok" and person.has_stamp()
    before = group_lookup(person)
    files_alone()
    print("\nThe groups of a user, which sspr asks for (and the login anyhow): %.0f us with this host's NSS, %.0f us with\n"
          "files alone, as here:" % (before, group_lookup(person)))
    make_services()
    good = True
    for mode, rounds in ROUNDS.items():
        times, results = measure(mode, rounds + WARM_UP, person.name)
        table(mode, times, results)
        if mode == "same":
            good = judge(mode, times)
    dialogs(host)
    host.stop()
    sys.exit(0 if good else 1)


main()
