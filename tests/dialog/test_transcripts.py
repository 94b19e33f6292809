"""Whole dialogs, word for word: what a user reads from the first line to the last. The transcripts are files, so that a
change of words is seen as one. All of them fit a terminal of 80 columns, but for the address that an app takes."""

import pytest

from dialog import CANCELLED, CONVERSATION
from judge import CODE, EMPTY, EXPIRED, OVER, REFUSED, SEND, SPENT, THROTTLED, TRY, UNDELIVERED, URI, USED, Judge, reply

ENGLISH, DUTCH = ("-s", "sshd"), ("-s", "sshd", "-l", "nl_NL.UTF-8")
MAY = 1778500000    # a moment long past: its date is shown too

ANSWERS = ["1", "yellow cat", "yellow cat", "2", "purple rain", "purple rain", "3", "some thing", "some thing"]


def all_three():
    return Judge(), ["?", "", "", "000000", "123 456", "", "alice@example.org", "", CODE, "1"] + ANSWERS + [""]


def resumed():
    return Judge(registered=["app"], postpones_left=1), ["", "", "alice@example.org", CODE, ""]


def last_chance():
    return Judge(postpones_left=0), ["x", "n", "?", "", "n"]


def free_not_now():
    return Judge(postpones_left=-1), ["?", "n"]


def another_method():
    return Judge(), ["", "b", "", "b", "3", "b", "2", "r", "b", CANCELLED]


def app_refusals():
    return (Judge().script(TRY, reply(USED), reply(EXPIRED), reply(SPENT, MAY)),
            ["", "", "12 34", "111111", "222222", "333333", "n"])


def mail_refusals():
    judge = Judge(methods=["email", "app"])
    judge.script(SEND, *[reply(REFUSED, word) for word in ("syntax", "too-long", "domain-forbidden", "this-host", "same")])
    judge.script(SEND, judge.on_send(b"email", None), judge.on_send(b"email", None),
                 reply(THROTTLED, MAY))
    judge.script(TRY, reply(UNDELIVERED, "later"), reply(UNDELIVERED, "bounced"), reply(UNDELIVERED, "misconfigured"),
                 reply(EXPIRED), reply(USED), reply(EMPTY), reply(SPENT, MAY))
    return judge, ["", ""] + ["a@b"] * 6 + ["", "111111", "222222", "333333", "444444", "", "r", "r", "12345", "555555", "n"]


def mail_throttled_at_once():
    judge = Judge(methods=["email", "app"]).script(SEND, reply(THROTTLED, MAY), reply(SPENT, MAY))
    return judge, ["", "", "alice@example.org", "1", "alice@example.org", "n"]


def app_key_done_with():
    return Judge(methods=["app", "email"]).script(TRY, reply(SPENT, 0)), ["", "", "111111", "n"]


def weak_answers():
    return (Judge(methods=["questions"], required=1, questions=2),
            ["", "", "9", "1", "ab", "x" * 41, "Alice!", "4", "server1 again", "zzzzzz", "swim well", "2", "password",
             "blue moon", "green moon", "blue moon", "BLUE  moon", "3", "Blue Moon", "b", CANCELLED])


def own_question():
    return (Judge(methods=["questions"], required=1, questions=1, custom=True),
            ["", "", "o", "x", "o", " What did you  BREAK and never tell? ", "o", "  What is under the stairs?", "old boots",
             "old boots", ""])


def many_questions():
    return (Judge(methods=["questions"], required=1, questions=1, catalogue=["Question %d?" % i for i in range(1, 25)]),
            ["", "", "m", "m", "m", "17", "old boots", "old boots", ""])


def no_questions():
    return Judge(methods=["questions", "app"], required=1, catalogue=["Only one?"]), ["", "", CANCELLED]


def no_dialog():
    return Judge(tell="1"), [CONVERSATION]


def keyed_and_refused():
    return Judge(tell="1", verdict="declined"), [CONVERSATION]


def given_up():
    return Judge(postpones_left=0), ["", CANCELLED]


def replaced():
    return Judge().script(TRY, reply(OVER, "replaced")), ["", "", CODE]


DIALOGS = [all_three, resumed, last_chance, free_not_now, another_method, app_refusals, mail_refusals, mail_throttled_at_once,
           app_key_done_with, weak_answers, own_question, many_questions, no_questions, no_dialog, keyed_and_refused, given_up, replaced]


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("dialog", DIALOGS, ids=lambda dialog: dialog.__name__)
def test_says_word_for_word(play, transcript, dialog, language):
    judge, typed = dialog()
    result = play(judge, typed, arguments=ENGLISH if language == "en" else DUTCH)
    assert result.verdict is not None and result.exit == 0
    transcript("%s.%s" % (dialog.__name__.replace("_", "-"), language), result.transcript)
    if dialog not in (no_dialog, keyed_and_refused):    # one line, however long
        assert [line for line in result.lines if len(line) > 80 and line != URI] == []
