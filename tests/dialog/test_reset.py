"""Resets, word for word: every way in, cases of the console, further proofs, the new password. As test_transcripts.py."""

import pytest

from dialog import CANCELLED, CONVERSATION
from judge import (ADDRESS, ANSWER, ASSIST, BLOCKED, CASE_BLOCKED, CASE_CONTACT, CASE_FROZEN, CASE_NOT_ENABLED, CASE_NOT_REGISTERED,
                   CODE, FREEZE_CODE, GRANT, OVER, RECOVERY, REFUSED, SEED, THROTTLED, TRY, WRONG, Judge, reply)
from passwd import AGAIN, CHANGED, CLOSE, CONTACT, DECLINED, FAILED, NEW, UNLOCKED, Passwd, changes

ENGLISH, DUTCH = ("-s", "sshd"), ("-s", "sshd", "-l", "nl_NL.UTF-8")
LATER = 4102444800
EVERY = ["app", "email", "phone", "office-phone", "questions", "recovery-codes"]
PASSWORD = "correct horse"
TWICE = [PASSWORD, PASSWORD]


def somebody(passwd=None, registered=(), **reset):
    judge = Judge(methods=EVERY, registered=registered, state="ok", reset=reset)
    judge.passwd = passwd or changes()
    return judge


def at_the_console(**how):
    return somebody(registered=EVERY, told=1, **how)


def by_app():
    return somebody(), [CODE, ""] + TWICE


def by_recovery_code():
    return somebody(), [RECOVERY[0], ""] + TWICE


def by_address():
    return somebody(), [ADDRESS, CODE] + TWICE


def by_a_code_of_an_earlier_dialog():
    return somebody(), ["", CODE] + TWICE


def at_the_third_try():
    return somebody(), ["bob@example.org", "", ADDRESS, "000000", CODE, ""] + TWICE


def not_verified():
    return somebody(), ["bob@example.org", "", "", "000000", "111111", "111111"]


def nothing_typed():
    return somebody(), ["", ""]


def given_up():
    return somebody(), [ADDRESS, CANCELLED]


def freeze():
    return somebody(), [FREEZE_CODE, ""]


def on_the_console():
    return at_the_console(), [ADDRESS, CODE] + TWICE


def questions_alone():
    return at_the_console(alone=1), ["q"] + [ANSWER] * 3 + TWICE


def questions_wrong():
    judge = at_the_console(alone=1)
    judge.script(TRY, reply("m", 2), reply("m", 1), reply(WRONG, 4))
    return judge, ["q"] + ["no idea"] * 3 + [CODE, ""] + TWICE


def questions_blocked():
    judge = at_the_console(alone=1).script(SEED, reply(BLOCKED, LATER))
    judge.verdict = "blocked"
    return judge, ["q"]


def second_proof():
    return somebody(registered=EVERY[1:], proofs=1), [CODE, "", "9", "", CODE] + TWICE


def second_proof_by_questions():
    return (somebody(registered=["email", "questions"], proofs=1),
            [CODE, "", "2", ANSWER, ANSWER, "b", "2"] + [ANSWER] * 3 + TWICE)


def second_proof_by_the_only_other_method():
    return somebody(registered=["recovery-codes"], proofs=1), [CODE, "", "", "b", "", RECOVERY[0]] + TWICE


def second_proof_blocked():
    judge = somebody(registered=["app", "email"], proofs=1).script(TRY, reply(WRONG, 1), reply(BLOCKED, LATER))
    judge.verdict = "blocked"
    return judge, [ADDRESS, CODE, "", "111111", "222222"]


def second_proof_given_up():
    return somebody(registered=["app", "email"], proofs=1), [ADDRESS, CODE, "e"]


def second_proof_impossible():
    return somebody(proofs=1), [ADDRESS, CODE]


def case(number, **reset):
    return somebody(told=1, reset_case=number, **reset)


def case_contact():
    return case(CASE_CONTACT, assist=1), ["", ]


def case_not_enabled():
    return case(CASE_NOT_ENABLED, assist=1), ["x", "a"]


def case_not_registered():
    return case(CASE_NOT_REGISTERED, assist=1).script(ASSIST, reply(THROTTLED, LATER)), ["A"]


def case_blocked():
    return case(CASE_BLOCKED, reset_until=LATER, assist=1), ["F-WRONG", FREEZE_CODE]


def case_blocked_without_help():
    return case(CASE_BLOCKED, reset_until=LATER), ["F-WRONG"] * 3


def case_frozen():
    return case(CASE_FROZEN, assist=1).script(ASSIST, reply(REFUSED, "later")), ["a"]


def case_without_help():
    return case(CASE_NOT_REGISTERED), []


def blocked_on_the_way():
    judge = at_the_console(rounds=3, assist=1)

    def block(_dialog):
        judge.reset.update(reset_case=CASE_BLOCKED, reset_until=LATER)
        return "000000"
    return judge, [ADDRESS, block, "a"]


def unlock():
    return somebody(Passwd("?", UNLOCKED), unlock=1), [CODE, "", "x", "2"]


def unlock_and_change():
    return somebody(unlock=1), [CODE, "", "1"] + TWICE


def unlock_failed():
    return somebody(Passwd("?keyring", FAILED), unlock=1), [CODE, "", "2"]


def unlock_not_known():
    return somebody(Passwd("?", CLOSE), unlock=1), [CODE, "", "2"]


def keyring():
    return somebody(Passwd("?keyring", NEW, AGAIN, CHANGED)), [CODE, "", "?", ""] + TWICE


def keyring_kept():
    return somebody(Passwd("?keyring")), [CODE, "", "x"]


def refused_passwords():
    bad = "eBAD PASSWORD: The password is shorter than 8 characters"
    return (somebody(Passwd("?", NEW, [bad, NEW], [bad, "iTwo tries are left.", NEW], AGAIN, ["eSorry, passwords do not match.", DECLINED])),
            [CODE, "", "cat", "cats", PASSWORD, "correct house"])


def nothing_for_a_password():
    """Only what is empty is asked for again here."""
    return (somebody(Passwd("?", NEW, ["eA password has at most 511 bytes.", NEW], ["eA password has no control characters.", NEW])),
            [CODE, "", "", "x" * 512, "caf\t", "", "", ""])


def grant_refused():
    return somebody().script(GRANT, reply(REFUSED, "later")), [CODE, ""]


def managed_elsewhere():
    return somebody(Passwd(CONTACT)), [CODE, ""]


def failed():
    return somebody(Passwd("?", NEW, AGAIN, FAILED)), [CODE, ""] + TWICE


def not_known():
    return somebody(Passwd("?", NEW, AGAIN, CLOSE)), [CODE, ""] + TWICE


def judge_gone_after_the_change():
    judge = somebody()
    judge.verdict = "failed"
    return judge, [CODE, ""] + TWICE


def password_given_up():
    return somebody(), [CODE, "", PASSWORD, CANCELLED]


def too_much():
    return somebody(), ["x" * 511] * 70


def no_dialog():
    return somebody(), [CONVERSATION]


def ended_by_the_judge():
    return somebody().script(GRANT, reply(OVER, "timed-out")), [CODE, ""]


DIALOGS = [by_app, by_recovery_code, by_address, by_a_code_of_an_earlier_dialog, at_the_third_try, not_verified, nothing_typed, given_up,
           freeze, on_the_console, questions_alone, questions_wrong, questions_blocked, second_proof, second_proof_by_questions,
           second_proof_by_the_only_other_method, second_proof_blocked, second_proof_given_up, second_proof_impossible, case_contact,
           case_not_enabled, case_not_registered, case_blocked, case_blocked_without_help, case_frozen, case_without_help, blocked_on_the_way, unlock,
           unlock_and_change, unlock_failed, unlock_not_known, keyring, keyring_kept, refused_passwords, nothing_for_a_password,
           grant_refused, managed_elsewhere, failed, not_known, judge_gone_after_the_change, password_given_up, no_dialog,
           ended_by_the_judge]


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("dialog", DIALOGS + [too_much], ids=lambda dialog: dialog.__name__)
def test_says_word_for_word(play, transcript, dialog, language):
    judge, typed = dialog()
    result = play(judge, typed, arguments=ENGLISH if language == "en" else DUTCH, purpose="reset")
    assert result.verdict is not None and result.exit == (1 if result.verdict == "failed" else 0)
    assert result.prompts == [] or result.prompts[0][0] == "?"
    assert [line for line in result.lines if len(line) > 80] == []
    if dialog is too_much:      # many rounds would make a long file
        assert result.verdict == "not-verified"
    else:
        transcript("reset-%s.%s" % (dialog.__name__.replace("_", "-"), language), result.transcript)
