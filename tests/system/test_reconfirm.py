"""What went stale or is due is proven again; "not now" is counted once; too many wrong proofs block, exactly."""

import datetime
import signal
import time

import pytest

import bus
import wire
from host import POLICY
from life import DAY, age, change_user, column, done, id_of, mailed_code, managing, next_totp, not_this, rows, standing, talk, told, wrong_totp
from player import register
from rogue import ask, ask_all_at_once
from wire import SEND, TRY

ASKED = "confirm your security information"


@pytest.fixture
def registered(host, person):
    register(host, person, wants=("app", "email"))
    assert bus.check(person)[0] == "ok"
    return person


def state(person, **context):
    return bus.check(person, **context)[0]


# --- what is asked again

@pytest.mark.sanitized
def test_what_is_older_than_reconfirm_days_is_proven_again_and_what_is_fresh_is_left_alone(host, registered):
    age(host, registered, 181, ["email"])
    assert state(registered) == "reconfirm"
    dialog = talk(registered)
    assert ASKED in dialog.text and "1 E-mail" in dialog.text and "Authenticator" not in dialog.text
    sent = 1
    dialog.say("")
    dialog.say("", "is on its way")
    dialog.say(mailed_code(host, registered.mail, sent))
    assert dialog.verdict == "confirmed"
    assert state(registered) == "ok"


def test_a_day_before_that_nobody_is_asked(host, registered):
    age(host, registered, 179)
    assert state(registered) == "ok"


def test_with_reconfirm_days_0_nothing_ever_goes_stale(host, registered, policy):
    policy(POLICY.replace("[registration]", "[registration]\nreconfirm_days = 0"))
    age(host, registered, 5000)
    assert state(registered) == "ok"


def test_the_stamp_ends_when_something_goes_stale(host, registered):
    with rows(host) as database:
        database.execute("UPDATE method SET proven_at = ? WHERE user = ? AND method = 'email'",
                         (int(time.time()) - 180 * DAY + 3600, id_of(database, registered)))
    host.forget_stamps()
    assert state(registered) == "ok"
    with open(registered.stamp) as stamp:
        until = int(stamp.read().split()[2])
    assert time.time() < until <= time.time() + 3600


def test_questions_are_confirmed_by_one_answer_and_a_wrong_one_does_not_change_the_question(host, person, policy):
    policy(POLICY.replace("methods_required = 2", "methods_required = 1"))
    answers = {}
    player = register(host, person, wants=("questions",))
    for prompt, text in zip(player.prompts, player.texts):
        if prompt == "answer":
            answers[text.strip().splitlines()[0]] = "zebulon %d" % (len(answers) + 1)
    age(host, person, 181)
    dialog = talk(person)
    dialog.say("")
    dialog.say("", "Answer, not shown")
    asked = [line for line in dialog.shown.splitlines() if line in answers]
    assert len(asked) == 1, dialog.shown
    dialog.say("something else altogether")
    dialog.say(answers[asked[0]])
    assert dialog.verdict == "confirmed", dialog.text


def test_an_administrator_requires_it_from_one(host, registered):
    age(host, registered, 1)
    done("require", registered.name)
    assert state(registered) == "reconfirm"
    assert "(3 left)" in talk(registered).text      # counted as for a registration


def test_by_a_date_postponing_is_free_until_then(host, registered):
    age(host, registered, 1)
    by = datetime.date.today() + datetime.timedelta(days=3)
    done("require", registered.name, "--by", by.isoformat())
    dialog = talk(registered)
    assert "[n] not now," in dialog.text
    dialog.say("n")
    assert dialog.verdict == "postponed"
    assert column(host, registered, "postpones_used") == 0
    change_user(host, registered, required_by=1, postponed_until=0)
    assert "(3 left)" in talk(registered).text


def test_an_administrator_requires_it_from_all(host, registered):
    age(host, registered, 1)
    done("require", "--all")
    assert state(registered) == "reconfirm"
    other = host.person()
    register(host, other)
    assert state(other) == "ok"     # proven afterwards


def test_a_method_removed_below_the_requirement_makes_due_at_once(host, registered):
    done("remove", registered.name, "email")
    assert state(registered) == "register"
    assert not registered.has_stamp()
    assert "1 of 2 done" in talk(registered).text


def test_a_policy_that_asks_for_more_makes_due(host, registered, policy):
    policy(POLICY.replace("methods_required = 2", "methods_required = 3"))
    assert state(registered) == "register"
    assert "2 of 3 done" in talk(registered).text


# --- not now

def test_not_now_counts_once_over_dialogs_services_and_restarts_and_holds_12_hours(host, registered):
    age(host, registered, 181)
    dialog = talk(registered)
    second = bus.check(registered, service="login")[0]
    assert second == "reconfirm" and "(3 left)" in dialog.text
    dialog.say("n")
    assert dialog.verdict == "postponed"
    host.stop_daemon(signal.SIGKILL)
    host.forget_stamps()
    for service in ("login", "sshd"):
        assert state(registered, service=service) == "ok"
    change_user(host, registered, postponed_until=lambda until: until - 12 * 3600 + 60)
    assert state(registered) == "ok"
    change_user(host, registered, postponed_until=lambda until: until - 61)
    assert state(registered) == "reconfirm"
    assert "(2 left)" in talk(registered).text


def test_when_they_are_used_up_not_now_is_gone_and_the_login_ends(host, registered):
    age(host, registered, 181)
    change_user(host, registered, postpones_used=3)
    dialog = talk(registered)
    assert "not now" not in dialog.text and "required now" in dialog.text
    dialog.say("n", "no longer possible")
    dialog.say("n")
    assert dialog.verdict == "declined"


def test_until_postpone_until_it_is_free_and_after_it_counted(host, registered, policy):
    policy(POLICY.replace("[registration]", "[registration]\npostpone_until = %s"
                          % (datetime.date.today() + datetime.timedelta(days=2))))
    age(host, registered, 181)
    dialog = talk(registered)
    assert "[n] not now," in dialog.text
    dialog.say("n")
    assert column(host, registered, "postpones_used") == 0


def test_enforce_remind_asks_and_lets_everybody_by(host, registered, policy):
    policy(POLICY.replace("[registration]", "[registration]\nenforce = remind\npostpone_limit = 0"))
    age(host, registered, 181)
    dialog = talk(registered)
    assert "[n] not now," in dialog.text
    dialog.say("n")
    assert dialog.verdict == "postponed"


# --- cannot prove

@pytest.mark.sanitized
def test_who_can_prove_nothing_any_more_is_let_in_uncounted_and_audited(host, registered):
    age(host, registered, 181)
    change_user(host, registered, postpones_used=3)
    mark = host.log.mark()
    dialog = talk(registered)
    dialog.say("")
    dialog.say("x", "Then turn to the help desk, room 12")
    dialog.say("")
    assert dialog.verdict == "postponed"
    host.log.wait_for("event=cannot-prove user=%s" % registered.name, mark)
    assert column(host, registered, "postpones_used") == 3
    assert state(registered) in ("reconfirm", "notice")


def test_support_is_told_by_mail(host, registered, policy):
    policy(POLICY + "email = support@mail.example\n")
    age(host, registered, 181)
    before = host.mail.count("support@mail.example")
    dialog = talk(registered)
    dialog.say("")
    dialog.say("x")
    dialog.say("")
    assert registered.name in host.mail.wait_for("support@mail.example", before + 1).get_content()


def test_a_help_desk_code_allows_replacing_and_the_old_address_is_told(host, registered):
    age(host, registered, 181)
    code = done("code", registered.name)
    dialog = talk(registered)
    dialog.say("")
    dialog.say("x", "help desk code")
    dialog.say(code, "The help desk code is right")
    dialog.choose("E-mail")
    dialog.say("2", "Which e-mail address")
    new = "new-" + registered.mail
    dialog.say(new)
    dialog.say(mailed_code(host, new, 0), "Registered: E-mail|Replaced: E-mail")
    told(host, registered.mail, "What: E-mail: replaced")


# --- too many wrong proofs

def blocked_until(person):
    return standing(person)["blocked_until"]


@pytest.fixture
def stale(host, registered):
    age(host, registered, 181)
    return registered


@pytest.mark.sanitized
def test_the_fifth_failure_blocks_over_dialogs_restarts_and_kill_9(host, stale, rogue):
    wrong = wrong_totp(stale.app_secret)
    seen = []
    for how in (None, signal.SIGTERM, signal.SIGKILL, None, None):
        judge = rogue.open(bus.converse(stale))
        seen.append(ask(judge, TRY, "app", wrong)[0])
        if how:
            host.stop_daemon(how)
    assert seen == [wire.WRONG] * 4 + [wire.BLOCKED]
    assert blocked_until(stale) > time.time() + 23 * 3600


@pytest.mark.sanitized
def test_of_fifty_tries_at_the_same_time_exactly_five_are_compared(host, stale, rogue):
    mark = host.log.mark()
    judges = [rogue.open(bus.converse(stale)), rogue.open(managing(stale))]
    replies = ask_all_at_once(judges, (TRY, "app", wrong_totp(stale.app_secret)), 50)
    answers = [status for status, _ in replies]
    assert answers.count(wire.WRONG) == 4 and answers.count(wire.BLOCKED) == 46
    host.log.wait_for("event=blocked user=%s " % stale.name, mark)
    assert len(host.log.since(mark, "event=method-failed user=%s " % stale.name)) == 5
    assert len(host.log.since(mark, "event=blocked user=%s " % stale.name)) == 1


def block(stale, rogue):
    judge = rogue.open(bus.converse(stale))
    for _ in range(5):
        ask(judge, TRY, "app", wrong_totp(stale.app_secret))
    return judge


def test_a_right_proof_is_not_taken_while_blocked_and_nothing_is_extended(host, stale, rogue):
    judge = block(stale, rogue)
    status, (until,) = ask(judge, TRY, "app", next_totp(stale.app_secret))
    assert status == wire.BLOCKED
    assert ask(judge, TRY, "app", wrong_totp(stale.app_secret)) == (wire.BLOCKED, [until])


def test_the_login_goes_on_while_blocked_and_is_asked_when_it_is_over(host, stale, rogue):
    block(stale, rogue)
    assert state(stale) in ("ok", "notice")
    with rows(host) as database:
        database.execute("UPDATE block SET until = 1")
        database.execute("DELETE FROM event")
    host.forget_stamps()
    assert state(stale) == "reconfirm"
    assert column(host, stale, "postpones_used") == 0


def test_a_block_is_told_to_its_user_by_mail(host, stale, rogue):
    block(stale, rogue)
    told(host, stale.mail, "wrong proofs|failed")


def test_unblock_lifts_it(host, stale, rogue):
    block(stale, rogue)
    done("unblock", stale.name)
    assert state(stale) == "reconfirm"
    judge = rogue.open(bus.converse(stale))
    assert ask(judge, TRY, "app", next_totp(stale.app_secret))[0] == wire.PROVEN


def test_a_success_clears_the_failures(host, stale, rogue):
    judge = rogue.open(bus.converse(stale))
    wrong = wrong_totp(stale.app_secret)
    for _ in range(4):
        assert ask(judge, TRY, "app", wrong)[0] == wire.WRONG
    assert ask(judge, TRY, "app", next_totp(stale.app_secret))[0] == wire.PROVEN
    answers = [ask(judge, TRY, "app", wrong)[0] for _ in range(4)]
    assert answers == [wire.WRONG] * 4


def test_failures_are_counted_over_all_methods(host, stale, rogue):
    judge = rogue.open(bus.converse(stale))
    assert ask(judge, SEND, "email", "")[0] == wire.SENT
    wrong = not_this(mailed_code(host, stale.mail, 1))
    seen = [ask(judge, TRY, "email", wrong)[0] for _ in range(2)]
    seen += [ask(judge, TRY, "app", wrong_totp(stale.app_secret))[0] for _ in range(3)]
    assert seen == [wire.WRONG] * 4 + [wire.BLOCKED]


def test_proving_a_new_method_has_only_its_codes_tries(host, person, rogue):
    judge = rogue.open(bus.converse(person))
    for _ in range(3):
        assert ask(judge, SEND, "email", person.mail)[0] in (wire.SENT, wire.SPENT)
        ask(judge, TRY, "email", "000000")
    assert not blocked_until(person)
