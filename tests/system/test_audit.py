"""The audit of a whole life: every event has its row and its line, nothing secret is in them, the chain finds a hand that changed it."""

import csv
import glob
import io
import json
import os
import re
import signal
import sqlite3
import subprocess
import time

import pytest

import bus
from host import POLICY
from life import DAY, age, ctl, done, next_totp, rows, talk, told, wrong_totp
from player import register
from waiting import LONG, wait_until

EVERY = POLICY.replace("methods = app email questions", "methods = app email questions recovery-codes").replace(
    "methods_required = 2", "methods_required = 3")


def audit(person=None):
    """The rows, of one person or of all."""
    found = json.loads(done("audit", "--json"))
    return [row for row in found if person is None or row["user"] == person.name]


def events(person):
    """But for messages that were delivered: they come when they come."""
    return [row["event"] for row in audit(person) if not row["event"].startswith("notification-")]


def whole():
    """(rows, number of the last, its head) of a chain that is whole."""
    found = re.fullmatch(r"(\d+) rows, whole: row=(\d+) head=([0-9a-f]{64})", done("audit", "verify"))
    assert found
    return int(found.group(1)), int(found.group(2)), found.group(3)


def broken():
    code, output, errors = ctl("audit", "verify")
    assert (code, output) == (1, "")
    return int(re.search(r"row (\d+) was changed, or is missing", errors).group(1))


@pytest.fixture
def registered(host, person):
    register(host, person, wants=("app", "email"))
    return person


# --- what is in it

@pytest.mark.sanitized
def test_a_registration_leaves_its_events_in_their_order(host, registered):
    seen = events(registered)
    wait_until(lambda: "code-sent" in events(registered), "the delivery has ended")
    assert [event for event in seen if event != "code-sent"] == \
        ["registration-started", "method-added", "method-added", "registration-finished"]
    added = [row["method"] for row in audit(registered) if row["event"] == "method-added"]
    assert added == ["app", "email"]
    for row in audit(registered):
        assert row["uid"] == registered.uid and row["time"] > time.time() - 600


def life_of(host, person):
    """A bit of everything; what of it is nobody's business."""
    host.configure(EVERY)
    mark = host.log.mark()
    help_code = done("code", person.name)
    register(host, person, wants=("app", "email", "questions"))
    secrets = [help_code, person.mail, person.app_secret, "zebulon"]
    age(host, person, 200, ["app", "email"])
    dialog = talk(person)
    dialog.say("")
    dialog.choose("Authenticator app")
    dialog.say(wrong_totp(person.app_secret), "tries left")
    code = next_totp(person.app_secret)
    dialog.say(code)
    dialog.close()
    secrets.append(code)
    done("require", person.name)
    done("show", person.name)
    done("remove", person.name, "questions")
    text = told(host, person.mail, "removed")
    freeze = re.search(r"F-[0-9A-Z-]+", text).group(0)
    ctl("freeze", "F-2222-2222-2222-2222")
    done("freeze", freeze, user=person)
    done("unblock", person.name)
    secrets += [freeze, freeze.replace("-", "")[1:]]
    secrets += [re.search(r"(?<![\d-])\d{6}(?![\d-])", host.mail.wait_for(person.mail, n + 1).get_content())
                for n in range(host.mail.count(person.mail))]
    secrets = [found if isinstance(found, str) else found.group(0) for found in secrets if found]
    corrected = "new-" + person.mail
    done("set", person.name, "email", corrected)
    host.configure(POLICY)
    return mark, secrets + [corrected]


@pytest.mark.sanitized
def test_nothing_secret_is_in_the_rows_or_in_the_log(host, person):
    mark, secrets = life_of(host, person)
    assert len(secrets) > 6
    kept = json.dumps([{key: value for key, value in row.items() if key not in ("head", "time")} for row in audit(person)])
    logged = "\n".join(re.sub(r"head=\w+", "", line) for line in host.log.since(mark))
    assert person.name in kept and person.name in logged
    for secret in secrets:
        pattern = r"(?<!\d)%s(?!\d)" % re.escape(secret)
        assert not re.search(pattern, kept), secret
        assert not re.search(pattern, logged), secret


@pytest.mark.sanitized
def test_everything_that_an_administrator_does_is_in_it(host, person):
    life_of(host, person)
    seen = events(person)
    for event in ("filled-in", "help-code-made", "required", "record-viewed", "method-removed", "frozen", "unblocked",
                  "method-failed", "method-confirmed"):
        assert event in seen, (event, seen)
    actors = {row["event"]: row["actor"] for row in audit(person)}
    assert actors["filled-in"] == actors["help-code-made"] == actors["required"] == actors["record-viewed"] == "root"
    assert "policy-loaded" in [row["event"] for row in audit()]


def test_a_refusal_to_register_is_in_it(host, person, policy):
    policy(POLICY.replace("[registration]", "[registration]\npostpone_limit = 1"))
    dialog = talk(person)
    dialog.say("n")
    assert events(person)[-1] == "registration-postponed"
    with rows(host) as database:
        database.execute("UPDATE user SET postponed_until = 0")
    host.forget_stamps()
    dialog = talk(person)
    dialog.conversation.give_up()
    assert dialog.conversation.prompt() is None and dialog.verdict == "declined"
    assert events(person)[-1] == "registration-declined"


def test_a_policy_that_is_refused_is_in_it(host, person):
    bus.check(person)
    with open("/etc/sspr/sspr.conf", "a") as file:
        file.write("\n[nonsense]\n")
    try:
        mark = host.log.mark()
        os.kill(host.daemon(), signal.SIGHUP)
        host.log.wait_for("event=policy-refused", mark)
        assert audit()[-1]["event"] == "policy-refused"
    finally:
        host.configure(POLICY)


def test_each_row_has_its_line_with_its_head_in_the_log(host, person):
    mark = host.log.mark()
    register(host, person)
    kept = audit(person)
    assert len(kept) >= 5
    for row in kept:
        line = host.log.wait_for(" row=%d head=%s$" % (row["row"], row["head"]), mark)
        assert "audit event=%s user=%s uid=%d " % (row["event"], person.name, person.uid) in line


# --- how it is shown

def test_it_is_shown_to_people_and_to_programs(host, registered):
    lines = done("audit").splitlines()
    assert lines[0].split() == ["TIME", "EVENT", "USER", "METHOD", "RESULT", "BY", "FROM"]
    assert len(lines) > 5 and any("method-added" in line and registered.name in line for line in lines)
    table = list(csv.DictReader(io.StringIO(done("audit", "--csv"))))
    assert [int(row["row"]) for row in table] == [row["row"] for row in audit()][:len(table)]
    assert set(table[0]) == set(audit()[0])


def test_only_an_administrator_may_see_it(host, registered):
    for words in (("audit",), ("audit", "verify")):
        code, output, errors = ctl(*words, user=registered)
        assert (code, output) == (1, "") and "only an administrator" in errors


def test_a_long_one_is_shown_and_verified_whole(host, person):
    bus.check(person)
    for _ in range(30):
        done("show", person.name)
    before = audit()
    assert len(before) > 30 and [row["row"] for row in before] == list(range(before[0]["row"], before[-1]["row"] + 1))
    assert whole()[0] == len(before)


# --- that nobody changed it

@pytest.mark.sanitized
def test_verify_says_the_number_and_the_head_that_the_log_says(host, registered):
    _, row, head = whole()
    assert host.log.wait_for("audit event=.* row=%d " % row).endswith(" head=" + head)


@pytest.mark.parametrize("change", ["UPDATE audit SET user = x'6d61' WHERE id = %d", "DELETE FROM audit WHERE id = %d"])
def test_verify_finds_a_row_that_was_changed_or_removed(host, registered, change):
    middle = audit(registered)[1]["row"]
    with rows(host) as database:
        kept = database.execute("SELECT * FROM audit WHERE id = ?", (middle,)).fetchone()
        database.execute(change % middle)
    assert broken() == middle
    with rows(host) as database:
        database.execute("REPLACE INTO audit VALUES (%s)" % ", ".join("?" * len(kept)), kept)
    whole()


# --- how long it is kept

AGED = POLICY + "[store]\npath = /var/lib/sspr/aged.db\nkey_file = /var/lib/sspr/aged.key\n[audit]\nretention_days = 30\n"


def live_days_ago(host, person, days):
    """ssprd as it was so many days ago: rows cannot be made older without its key."""
    library, = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")
    daemon = subprocess.Popen(["/usr/sbin/ssprd", "-d"], user="sspr", group="sspr", extra_groups=[], stderr=subprocess.DEVNULL,
                              env={"LD_PRELOAD": library, "FAKETIME": "-%dd" % days, "FAKETIME_DONT_FAKE_MONOTONIC": "1"})
    with bus.Bus() as link:
        wait_until(lambda: link.connection.name_has_owner(bus.NAME), "ssprd has its name")
    bus.check(person)
    done("show", person.name)
    daemon.send_signal(signal.SIGTERM)
    daemon.wait(LONG)
    host.forget_stamps()


@pytest.fixture
def aged(host, policy):
    """A store of its own: in the others' one rows of today stand in front."""
    policy(AGED)
    yield
    host.stop_daemon()
    for path in glob.glob("/var/lib/sspr/aged.*"):
        os.unlink(path)


def test_rows_older_than_retention_days_go_and_the_chain_stays_whole(host, person, aged):
    live_days_ago(host, person, 40)
    live_days_ago(host, person, 20)
    mark = host.log.mark()
    _, last, _ = whole()
    host.log.wait_for("audit: [0-9]+ rows up to row [0-9]+ were too old and are removed$", mark)
    kept = audit()
    assert kept[0]["row"] > 1 and kept[-1]["row"] == last
    assert min(row["time"] for row in kept) > time.time() - 21 * DAY
    assert [row["event"] for row in kept].count("record-viewed") == 1
    done("show", person.name)
    assert whole()[1] == last + 1


def test_a_row_that_was_changed_is_still_told_when_it_has_gone(host, person, aged):
    live_days_ago(host, person, 40)
    with sqlite3.connect("/var/lib/sspr/aged.db") as database:
        at, = database.execute("SELECT max(id) FROM audit WHERE event = 'record-viewed'").fetchone()
        database.execute("UPDATE audit SET user = x'6d61' WHERE id = ?", (at,))
    database.close()
    assert broken() == at
    assert all(row["row"] > at for row in audit())
