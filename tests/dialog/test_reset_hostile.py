"""A user, a judge or a sspr-passwd that does what it should not, in resets; what may not depend on what was typed; and what stays
in memory."""

import os

import pytest

from conftest import SANITIZED
from dialog import CANCELLED, CLOSE, CONVERSATION, WAIT, Dialog, Raw
from judge import (ADDRESS, ANSWER, ASSIST, CASE_CONTACT, CHECK, CLAIM, CODE, GRANT, OK, OVER, PROVEN, RECOVERY, SEED, SENT, THROTTLED,
                   WRONG, Judge, Passing, Silent, message, reply)
from passwd import AGAIN, CHANGED, DECLINED, FAILED, NEW, NOTHING, UNLOCKED, After, Passwd
from passwd import CLOSE as GONE
from test_hostile import asked, memory
from test_reset import EVERY, PASSWORD, TWICE, at_the_console, case, somebody

BY_APP = [CODE, ""]
JUNK = b"\b\n\r\x7fINCORRECT"       # sshd types this for a user that it does not know
KINDS = [b"x", b"q", b"?", "\u00e9".encode(), b"\xff", b"\x1b[A", b"\t", b" ", JUNK, (JUNK * 40)[:511], b"x" * 511, b"x" * 512,
         b"y" * 4095, CODE.encode(), RECOVERY[0].encode(), ADDRESS.encode(), b"%s%n", "\u202e".encode()]


def wrong_rounds():
    return somebody().script(CHECK, reply(WRONG, 2), reply(WRONG, 1), reply(WRONG, 0))


def told_is(text, result):
    return " ".join(text.split()) in " ".join(result.text.split())


# --- what was typed, and whose account it is

@pytest.mark.parametrize("second", [b""] + KINDS, ids=lambda typed: repr(typed[:16]))
def test_a_round_shows_the_same_to_the_byte_whatever_is_typed(play, second):
    expected = None
    for first in KINDS + ([b""] if second else []):
        judge = wrong_rounds()
        result = play(judge, [first, second] * 3, purpose="reset")
        expected = expected or result.packets
        assert result.packets == expected and len(result.prompts) == 6 and result.verdict == "not-verified"
        assert asked(judge, "CLAIM") == [[first[:511]]] * 3 and asked(judge, "CHECK") == [[second[:511]]] * 3
        assert [name for name, _ in judge.requests] == ["FACTS"] + ["CLAIM", "CHECK"] * 3 + ["FINISH"]


def test_a_round_shows_the_same_whoever_the_user_is(play):
    shown = {tuple(play(wrong_rounds(), ["x", "y"] * 3, purpose="reset", user=user).packets)
             for user in ("alice", "root", "nobody-of-that-name", "a" * 255, "caf\u00e9", "-n")}
    assert len(shown) == 1


def test_a_claim_is_made_before_its_code_is_asked_for(play):
    judge = somebody()
    play(judge, [ADDRESS, lambda dialog: CODE if asked(judge, "CLAIM") else CLOSE] + TWICE, purpose="reset")
    assert judge.passwd.done == "password-changed"


def test_two_empty_prompts_end_it_without_a_claim_at_any_round(play):
    for before in ([], ["x", "y"], ["", "y", "x", ""]):
        judge = wrong_rounds()
        result = play(judge, before + ["", ""], purpose="reset")
        assert len(asked(judge, "CLAIM")) == len(before) // 2 and judge.finished == "done"
        assert result.verdict == "not-verified" and len(result.prompts) == len(before) + 2


def test_empty_answers_are_not_counted_in_rounds(play):
    judge = wrong_rounds()
    assert len(play(judge, ["", "y"] * 3, purpose="reset").prompts) == 6
    assert asked(judge, "CLAIM") == [[b""]] * 3


@pytest.mark.parametrize("typed", ["q", " Q ", "a"])
def test_letters_mean_nothing_where_nothing_may_be_told(play, typed):
    for reset in ({}, {"alone": 1, "assist": 1}, {"told": 1, "assist": 1}):
        judge = somebody(registered=EVERY, **reset).script(CHECK, reply(WRONG, 0))
        play(judge, [typed, ""], purpose="reset")
        assert asked(judge, "CLAIM") == [[typed.encode()]] and asked(judge, "SEED") + asked(judge, "ASSIST") == []


def test_nothing_is_listed_where_nothing_may_be_told(play):
    judge = somebody(registered=EVERY, reset_case=CASE_CONTACT, alone=1)    # a judge that says more than it may
    judge.verdict = "not-verified"
    result = play(judge, ["", ""], purpose="reset")
    assert "****" not in result.text and "SSPR-" not in result.text and "This is registered" not in result.text


def test_a_terminal_that_cannot_prompt_is_shown_nothing(play):
    judge = at_the_console(alone=1)
    result = play(judge, [CONVERSATION], purpose="reset")
    assert [kind for kind, _ in result.packets] == ["?", "."] and judge.finished == "no-dialog"
    assert [name for name, _ in judge.requests] == ["FACTS", "FINISH"]


@pytest.mark.parametrize("packet", [b"?what", b"=a\0b", b"!other", b"x", b"=" + b"x" * 4097], ids=lambda packet: repr(packet[:8]))
@pytest.mark.parametrize("before", [[], [ADDRESS], BY_APP, BY_APP + [PASSWORD]], ids=len)
def test_a_terminal_that_breaks_the_protocol_ends_it(play, before, packet):
    judge = somebody()
    result = play(judge, before + [Raw(packet)], purpose="reset")
    assert result.verdict == "failed" and judge.finished == "broken" and told_is("No password was changed.", result)


def test_more_than_32_kib_are_too_much(play):
    """sspr-passwd would have ended it at the third."""
    judge = somebody(Passwd("?", *[NEW] * 200), rounds=3).script(CHECK, reply(WRONG, 2))
    assert play(judge, ["x", "", CODE, ""] + ["y" * 512] * 200, purpose="reset").verdict == "too-much-input"
    assert judge.finished == "too-much-input" and judge.passwd.was_closed is not None
    assert judge.passwd.heard == ["change -"] + ["y" * 512] * len(judge.passwd.heard[1:]) and 60 < len(judge.passwd.heard) < 66


def test_someone_who_answers_nothing_to_everything_is_let_go(play):
    for judge, typed in ((somebody(), []), (somebody(), BY_APP), (somebody(unlock=1), BY_APP), (at_the_console(alone=1), ["q"]),
                         (somebody(registered=["app", "questions"], proofs=1), BY_APP), (case(CASE_CONTACT, assist=1), [])):
        result = play(judge, typed + [""] * 20, purpose="reset")
        assert judge.finished == "done" and len(result.prompts) < 10


@pytest.mark.parametrize("before, text", [
    ([], "No password was changed."), ([ADDRESS], "No password was changed."), (BY_APP, "No password was changed."),
    (BY_APP + [PASSWORD], "No password was changed.")], ids=["first", "second", "password", "again"])
def test_the_time_limit_ends_it_at_each_prompt(play, before, text):
    judge = somebody()
    judge.time_left = 1
    result = play(judge, before + [WAIT], purpose="reset")
    assert result.verdict == "timed-out" and judge.finished == "timed-out" and result.seconds < 4
    assert told_is("The time for this dialog is over.", result) and told_is(text, result)
    assert asked(judge, "GRANT") == [] or judge.passwd.was_closed is not None


# --- a judge that lies

def at_first():
    return somebody(), BY_APP + TWICE


def at_a_case():
    return case(CASE_CONTACT, assist=1), ["a"]


@pytest.mark.parametrize("dialog, op, answer", [
    (at_first, CLAIM, reply(PROVEN)), (at_first, CLAIM, reply(WRONG, 2)), (at_first, CLAIM, reply(SENT, "x")), (at_first, CLAIM, b"o\xff"),
    (at_first, CLAIM, Passing(reply(OK), None)), (at_first, CHECK, reply(SENT, "x")), (at_first, CHECK, reply(WRONG)),
    (at_first, CHECK, reply(WRONG, 3)), (at_first, CHECK, reply(WRONG, -1)), (at_first, CHECK, reply(WRONG, "x")),
    (at_first, CHECK, reply("b", 1)), (at_first, CHECK, reply("m", 1)), (at_first, CHECK, Passing(reply(PROVEN), None)),
    (at_first, GRANT, reply(OK)), (at_first, GRANT, reply(PROVEN)), (at_first, GRANT, reply("r", "because")),
    (at_first, GRANT, Passing(reply("r", "later"), None)), (at_first, GRANT, Passing(reply(OK), None, 2)),
    (at_first, GRANT, Passing(reply(OVER, "what"), None)), (at_a_case, ASSIST, reply(PROVEN)), (at_a_case, ASSIST, reply(THROTTLED)),
    (at_a_case, ASSIST, reply("r", "because"))], ids=repr)
def test_an_answer_that_is_not_permitted_is_a_failure(play, dialog, op, answer):
    judge, typed = dialog()
    result = play(judge.script(op, answer), typed, purpose="reset")
    assert result.verdict == "failed" and result.exit == 1 and told_is("No password was changed.", result)
    assert judge.passwd.heard == []


def test_rounds_come_from_the_judge_and_never_grow(play):
    judge = somebody(rounds=1).script(CHECK, reply(WRONG, 0))
    assert len(play(judge, ["x", "y", "z"], purpose="reset").prompts) == 2
    judge = somebody(rounds=0)
    assert play(judge, [], purpose="reset").prompts == [] and judge.finished == "done"
    judge = somebody().script(CHECK, reply(WRONG, 2), reply(WRONG, 2))
    assert play(judge, ["x", "y"] * 3, purpose="reset").verdict == "failed"


def test_a_judge_that_never_stops_asking_for_proofs_runs_out_of_methods(play):
    judge = somebody(registered=["app", "recovery-codes"], proofs=6)
    result = play(judge, [ADDRESS, CODE, "", CODE, "", RECOVERY[0]] + TWICE, purpose="reset")
    assert told_is("there is no other method", result) and asked(judge, "GRANT") == [] and result.verdict == "declined"


@pytest.mark.parametrize("request_op", [CHECK, GRANT], ids=["CHECK", "GRANT"])
def test_a_judge_that_is_silent_is_a_failure(play, request_op):
    judge = somebody().script(request_op, Silent())
    result = play(judge, BY_APP, purpose="reset")
    assert result.verdict == "failed" and 7 < result.seconds < 12


# --- sspr-passwd

NOTHING_DONE, NOT_KNOWN = "The password could not be set. Nothing was changed", "It is not known whether the new password holds"
UNREADABLE = [b"x", b"?a\0b", b"." + b"x" * 4097, ".", ".nonsense", "=x", "!cancelled", "~"]


@pytest.mark.parametrize("first", UNREADABLE + [NEW, "itext", "eerror", CHANGED, UNLOCKED, FAILED, GONE],
                         ids=lambda packet: repr(packet)[:24])
def test_a_first_packet_that_is_none_ends_it(play, first):
    judge = somebody(Passwd(first))
    result = play(judge, BY_APP + TWICE, purpose="reset")
    assert told_is(NOTHING_DONE, result) and judge.passwd.heard == [] and len(result.prompts) == 2
    assert first is GONE or judge.passwd.was_closed is not None


@pytest.mark.parametrize("bad", UNREADABLE + [UNLOCKED, GONE], ids=lambda packet: repr(packet)[:24])
@pytest.mark.parametrize("answers", [0, 1, 2])
def test_what_it_may_not_say_ends_it_and_once_it_has_a_password_nobody_knows(play, bad, answers):
    judge = somebody(Passwd(*["?", NEW, AGAIN][:answers + 1] + [bad]))
    result = play(judge, BY_APP + TWICE, purpose="reset")
    assert told_is(NOT_KNOWN if answers else NOTHING_DONE, result) and len(judge.passwd.heard) == answers + 1
    assert told_is("turn to the help desk" if answers else "tell the help desk", result)
    assert bad is GONE or judge.passwd.was_closed is not None


def test_a_password_that_nobody_gave_was_not_taken(play):
    judge = somebody(Passwd("?", CHANGED))
    assert told_is(NOTHING_DONE, play(judge, BY_APP, purpose="reset"))
    judge = somebody(Passwd("?", DECLINED))
    result = play(judge, BY_APP, purpose="reset")
    assert told_is("Nothing was changed: the old password stands.", result) and "rules" not in result.text


@pytest.mark.parametrize("verdict, text", [("password-changed", "Your password is changed."), ("unlocked", "Your account is unlocked"),
                                           ("declined", NOT_KNOWN)])
def test_what_it_told_ssprd_before_it_died_is_known(play, verdict, text):
    judge = somebody(Passwd("?", NEW, AGAIN, GONE))
    judge.verdict = verdict
    assert told_is(text, play(judge, BY_APP + TWICE, purpose="reset"))
    assert judge.logged == ["sspr-passwd is gone"]


def test_a_change_is_no_unlocking(play):
    judge = somebody(Passwd("?", CHANGED), unlock=1)
    result = play(judge, BY_APP + ["2"], purpose="reset")
    assert told_is("It is not known whether the account is unlocked", result) and judge.passwd.heard == ["unlock -"]


@pytest.mark.parametrize("interruption, text", [(GONE, NOTHING_DONE), (FAILED, NOTHING_DONE), (NEW, NOTHING_DONE), ("itext", NOTHING_DONE),
                                                (CHANGED, NOTHING_DONE), (".contact-administrator", "SSPR-CONTACT")],
                         ids=lambda text: repr(text)[:24])
@pytest.mark.parametrize("turns", [[["?keyring"]], ["?", [NEW]]], ids=["keyring", "password"])
def test_it_speaks_while_its_user_thinks(play, turns, interruption, text):
    turns = [list(turn) for turn in turns]
    turns[-1] = turns[-1] + [interruption]
    judge = somebody(Passwd(*turns))
    result = play(judge, BY_APP + [WAIT], purpose="reset")
    assert told_is(text, result) and result.verdict is not None and result.seconds < 4


def test_it_is_gone_while_the_password_is_typed_again(play):
    judge = somebody(Passwd("?", NEW, [AGAIN, GONE]))
    assert told_is(NOT_KNOWN, play(judge, BY_APP + [PASSWORD, WAIT], purpose="reset"))


@pytest.mark.parametrize("lang, order", [((), "-"), (("-l", "nl_NL.UTF-8"), "nl_NL"), (("-l", "x'; y"), "-")])
def test_it_is_told_what_to_do_in_which_language_and_then_the_answers_alone(play, lang, order):
    judge = somebody()
    play(judge, BY_APP + TWICE, purpose="reset", arguments=("-s", "sshd") + lang)
    assert judge.passwd.heard == ["change " + order] + TWICE


@pytest.mark.parametrize("words, warned", [("", False), ("keyring", True), ("other keyring", True), ("keyrings", False),
                                           ("akeyring keyring x", True), ("a-keyring", False)])
def test_its_first_words_are_words(play, words, warned):
    judge = somebody(Passwd("?" + words, NEW, AGAIN, CHANGED))
    result = play(judge, BY_APP + ([""] if warned else []) + TWICE, purpose="reset")
    assert ("keyring" in result.text) == warned and result.verdict == "password-changed"


@pytest.mark.parametrize("bad", ["\x1b]0;owned\x07", "a\nb\r", "\u009b2J", "\u202eabc"], ids=repr)
def test_nothing_of_it_steers_a_terminal(play, bad):
    judge = somebody(Passwd("?" + bad, ["i" + bad, "e" + bad, "?" + bad], "*" + bad, ["e" + bad, DECLINED]))
    result = play(judge, BY_APP + TWICE, purpose="reset")
    assert result.verdict is not None and [c for c in result.text if not c.isprintable() and c != "\n"] == []


def test_long_words_of_it_are_cut_and_its_prompt_is_still_asked(play):
    judge = somebody(Passwd("?", ["i" + "x" * 4096] * 100 + ["*" + "\u00e9" * 2048], b"*" + b"\xff" * 4096, CHANGED))
    result = play(judge, BY_APP + TWICE, purpose="reset")
    assert result.verdict == "password-changed" and len(judge.passwd.heard) == 3
    judge = somebody(Passwd("?", NEW, AGAIN, ["i" + "x" * 4096] * 9 + [CHANGED]))
    assert told_is("Your password is changed.", play(judge, BY_APP + TWICE, purpose="reset"))


def test_the_terminal_is_told_that_it_works(play):
    judge = somebody(Passwd(After(5.5, "?"), NEW, AGAIN, After(5.5, CHANGED)))
    result = play(judge, BY_APP + TWICE, purpose="reset")
    assert [kind for kind, _ in result.packets] == ["?", "?", "~", "*", "*", "~", "i", "."]


def test_it_has_half_a_minute(play):
    judge = somebody(Passwd("?", NEW, AGAIN, NOTHING))
    result = play(judge, BY_APP + TWICE, purpose="reset")
    assert told_is(NOT_KNOWN, result) and 29 < result.seconds < 34 and judge.passwd.was_closed is not None
    assert 4 <= [kind for kind, _ in result.packets].count("~") <= 6


def test_talking_without_end_gives_it_no_more_time(play):
    def babble(dialog):
        try:
            while True:
                dialog.grant.settimeout(2)
                dialog.grant.send(b"ix")
        except OSError:
            return None
    judge = somebody(Passwd("?", babble))
    result = play(judge, BY_APP, purpose="reset")
    assert told_is(NOTHING_DONE, result) and result.seconds < 34


def hang_up(dialog):
    dialog.terminal.close()


def test_a_terminal_that_is_gone_closes_the_grant_at_once(play):
    for turns, typed in ((["?", NEW], [CLOSE]), (["?", NEW, AGAIN], [PASSWORD, CLOSE]), (["?keyring"], [CLOSE]), ([hang_up], []),
                         (["?", NEW, AGAIN, hang_up], TWICE)):
        judge = somebody(Passwd(*turns))
        result = play(judge, BY_APP + typed, purpose="reset")
        assert judge.passwd.was_closed is not None and result.verdict is None and result.seconds < 4
        assert judge.finished is None and result.exit == 1


@pytest.mark.parametrize("turns, text", [(["?", NEW, AGAIN], NOT_KNOWN), ([], "No password was changed.")])
def test_a_judge_that_ends_it_while_sspr_passwd_works_is_believed(play, turns, text):
    judge = somebody(Passwd(*turns, lambda dialog: dialog.unasked(message(OVER, "timed-out"))))
    result = play(judge, BY_APP + TWICE, purpose="reset")
    assert result.verdict == "timed-out" and told_is(text, result) and judge.passwd.was_closed is not None


def test_a_password_goes_to_sspr_passwd_and_never_to_the_judge(play):
    judge = somebody()
    play(judge, BY_APP + TWICE, purpose="reset")
    assert PASSWORD.encode() not in b"".join(field for _, fields in judge.requests for field in fields)
    assert PASSWORD not in "".join(judge.logged)


def test_the_questions_are_asked_once_each_and_no_slot_is_held_while_somebody_thinks(play):
    judge = at_the_console(alone=1)
    play(judge, ["q"] + [ANSWER] * 3 + TWICE, purpose="reset")
    assert [name for name, _ in judge.requests] == (["FACTS"] + ["SEED", "SLOT", "TRY"] * 3 + ["FACTS", "FACTS", "GRANT", "FINISH"])
    assert [question for question, _ in judge.answers] == judge.catalogue[1:4]


def test_a_question_that_cannot_be_asked_leads_back_to_the_round(play):
    judge = at_the_console(alone=1).script(SEED, judge_question(), reply("z", 1))
    result = play(judge, ["q", ANSWER, "", ""], purpose="reset")
    assert told_is("The questions cannot be tried now.", result) and judge.finished == "done"


def judge_question():
    return reply(OK, "Which song did your best friend hum?")


def test_nothing_secret_is_left_in_memory_when_a_step_is_done(program):
    if SANITIZED:
        pytest.skip("sanitizer builds keep what was freed")
    if os.geteuid() != 0:
        pytest.skip("a session's memory is root's to read")
    secrets = [PASSWORD, CODE, ADDRESS, ANSWER, "a wrong one", "Old  Boots"]
    found = {}

    def look(dialog):
        everything = b"\n".join(memory(dialog.process.pid))
        assert b"the help desk (555-0100)" in everything       # that much can be seen
        found.update({secret: everything.count(secret.encode()) for secret in secrets if secret.encode() in everything})
        return "y"
    judge = somebody(Passwd("?", NEW, "?Sure? ", CHANGED), registered=["questions"], proofs=1)
    typed = ["a wrong one", "999999", ADDRESS, CODE, "", ANSWER, "Old  Boots", ANSWER, PASSWORD, look]
    assert Dialog(program, judge, typed, purpose="reset").play().verdict == "password-changed"
    assert found == {}
