"""Recovery codes: shown once, one typed back, each used once, few told at a login, new ones end the old ones."""

import re

import pytest

import bus
import wire
from host import POLICY
from life import Talk, age, change_user, flat, id_of, mailed_code, managing, rows, stored_bytes, talk
from rogue import ask_all_at_once
from wire import TRY

OFFERED = POLICY.replace("methods = app email questions", "methods = recovery-codes email app").replace(
    "methods_required = 2", "methods_required = 1")
CODE = r"\b[2-9A-HJ-NP-Z]{4}(?:-[2-9A-HJ-NP-Z]{4}){3}\b"


@pytest.fixture
def offered(policy):
    policy(OFFERED)


def shown_codes(person):
    """A login's dialog where the codes stand, and the codes."""
    dialog = talk(person)
    dialog.say("")
    dialog.choose("Recovery codes")
    codes = re.findall(CODE, dialog.shown)
    assert len(codes) == len(set(codes)) == 10, dialog.shown
    return dialog, codes


@pytest.fixture
def codes(host, person, offered):
    """Of a person who has registered them; the first was typed back."""
    dialog, codes = shown_codes(person)
    dialog.say(codes[0], "Registered: Recovery codes")
    dialog.say("")
    assert dialog.verdict == "registered"
    assert bus.check(person)[0] == "ok"
    return codes


def proven_by(person, code):
    """What a stale person is told of this code."""
    dialog = talk(person)
    dialog.say("", "Recovery codes")
    dialog.say("", "Recovery code")
    text = dialog.say(code)
    dialog.close()
    return text


@pytest.mark.sanitized
def test_ten_codes_of_the_safe_alphabet_are_shown_and_one_is_typed_back(host, person, codes):
    assert all(re.fullmatch(CODE, code) and not set(code) & set("0O1IL") for code in codes)


def test_they_are_shown_once(host, person, codes):
    age(host, person, 200)
    dialog = talk(person)
    shown = dialog.text + dialog.say("") + dialog.say("")
    assert not re.search(CODE, shown)


def test_nothing_is_registered_before_one_is_typed_back(host, person, offered):
    dialog, _ = shown_codes(person)
    dialog.say("b")
    dialog.close()
    assert bus.check(person)[0] == "register"
    assert "0 of 1 done" in talk(person).text


def test_codes_of_an_earlier_screen_are_not_taken(host, person, offered):
    dialog, old = shown_codes(person)
    dialog.say("b")
    dialog.close()
    dialog, new = shown_codes(person)
    assert not set(old) & set(new)
    dialog.say(old[0], "not right")
    dialog.say(new[0], "Registered: Recovery codes")


def test_a_slip_of_the_finger_is_told_and_counts_nothing(host, person, offered):
    dialog, codes = shown_codes(person)
    slip = codes[0][:-1] + ("2" if codes[0][-1] != "2" else "3")
    for _ in range(4):
        dialog.say(slip, "There is a slip in that code.*nothing was counted")
    dialog.say(codes[0].lower().replace("-", " "), "Registered: Recovery codes")


def test_they_are_stored_as_hashes_and_logged_nowhere(host, person, offered):
    mark = host.log.mark()
    dialog, codes = shown_codes(person)
    dialog.say(codes[0], "Registered: Recovery codes")
    stored = stored_bytes(host)
    assert person.name.encode() in stored
    for code in codes:
        assert code.encode() not in stored and code.replace("-", "").encode() not in stored
        assert not host.log.since(mark, code)


def test_each_is_used_once(host, person, codes):
    age(host, person, 200)
    assert "confirmed" in proven_by(person, codes[1])
    age(host, person, 200)
    text = proven_by(person, codes[1])
    assert "confirmed" not in text and re.search("used|not right", text), text
    assert "confirmed" in proven_by(person, codes[2])


def used_codes(host, person):
    with rows(host) as database:
        return database.execute("SELECT count(*) FROM recovery WHERE user = ? AND used_at > 0",
                                (id_of(database, person),)).fetchone()[0]


@pytest.mark.sanitized
def test_one_is_accepted_once_under_a_hundred_tries_at_the_same_time(host, person, codes, rogue):
    """A login's dialog and one of manage, both of them trying the same code."""
    age(host, person, 200)
    before = used_codes(host, person)
    judges = [rogue.open(bus.converse(person)), rogue.open(managing(person))]
    replies = ask_all_at_once(judges, (TRY, "recovery-codes", codes[5].replace("-", "")), 100)
    answers = [status for status, _ in replies]
    assert answers.count(wire.PROVEN) == 1, answers
    assert set(answers) <= {wire.PROVEN, wire.USED, wire.WRONG, wire.BLOCKED}
    used = used_codes(host, person)
    assert used == before + 1


def use_up(host, person, left):
    with rows(host) as database:
        database.execute("UPDATE recovery SET used_at = 1 WHERE user = ? AND hash NOT IN (SELECT hash FROM recovery WHERE user = ? AND used_at = 0 LIMIT ?)",
                         (id_of(database, person), id_of(database, person), left))
    host.forget_stamps()


@pytest.mark.parametrize("left, told", [(4, False), (3, True), (1, True)])
def test_fewer_than_four_are_told_by_a_line_at_the_login(host, person, codes, left, told):
    use_up(host, person, left)
    state, facts = bus.check(person)
    assert state == ("remind" if told else "ok")
    line = str(facts["message"])
    assert (str(left) in line and "ssprctl manage" in flat(line)) if told else not line, line


def test_none_left_count_as_not_registered(host, person, codes):
    use_up(host, person, 0)
    assert bus.check(person)[0] == "register"


def test_who_confirms_by_the_last_one_makes_new_ones_in_the_same_login(host, person, codes):
    """Even where "not now" is used up: everything that was asked was done."""
    use_up(host, person, 0)
    with rows(host) as database:    # they were stored in the order in which they were shown
        database.execute("UPDATE recovery SET used_at = 0 WHERE rowid = (SELECT max(rowid) FROM recovery WHERE user = ?)",
                         (id_of(database, person),))
    age(host, person, 200)
    change_user(host, person, postpones_used=3)
    dialog = talk(person)
    dialog.say("", r"\[Enter\] Recovery codes")
    dialog.say("")
    dialog.say(codes[9], "Confirmed: Recovery codes .*0 of 1 done")
    dialog.choose("Recovery codes")
    new = re.findall(CODE, dialog.shown)
    dialog.say(new[0], "Registered: Recovery codes")
    dialog.say("")
    assert dialog.verdict == "confirmed"
    assert bus.check(person)[0] == "ok"


def test_new_ones_end_the_old_ones(host, person, offered):
    dialog, old = shown_codes(person)
    dialog.say(old[0], "Registered: Recovery codes")
    dialog.choose("E-mail")
    dialog.say(person.mail)
    dialog.say(mailed_code(host, person.mail, 0), "Registered: E-mail")
    dialog.say("")

    manage = Talk(managing(person))
    manage.choose("E-mail")
    manage.say(mailed_code(host, person.mail, 1), "What would you like to do")
    manage.choose("Make new recovery codes")
    new = re.findall(CODE, manage.shown)
    assert len(new) == 10 and not set(new) & set(old)
    manage.say(new[0], "Renewed: Recovery codes")
    manage.close()
    age(host, person, 200, ["recovery-codes"])
    assert "not right" in proven_by(person, old[1])
    assert "confirmed" in proven_by(person, new[1])
