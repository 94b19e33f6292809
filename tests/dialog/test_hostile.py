"""A judge, a terminal or a user that does what it should not, in the dialogs of test_life.py; and what stays in memory."""

import os
import re

import pytest

from conftest import SANITIZED
from dialog import CANCELLED, CLOSE, CONVERSATION, WAIT, Dialog, Raw
from judge import (BLOCKED, CHANGES, CODE, FACTS, HELP, HELP_CODE, KEY, OK, OVER, PROVEN, RECOVERY, REMOVE, SEED, SEND, SENT, SLOT,
                   TRY, URI, Close, Judge, message, reply)

EVERY = ["app", "email", "phone", "office-phone", "questions", "recovery-codes"]
CHANGE = (1778500000, "method-replaced", "email", "192.0.2.7")


def registered(**how):
    return Judge(methods=EVERY, registered=EVERY, state="reconfirm", **how)


def asked(judge, name):
    return [fields for request, fields in judge.requests if request == name]


def recovery():
    return Judge(methods=["recovery-codes"], required=1), ["", ""]


def needs_code():
    return Judge(needs_code=True), ["", HELP_CODE]


def told():
    return Judge(state="notice", changes=[CHANGE]), [""]


def question():
    return registered(due=["questions"]), ["", "", "old boots"]


def sent():
    return registered(due=["phone"]), ["", "", "1", CODE]


def filled():
    return Judge(methods=["email"], required=1, filled={"email": "root"}), ["", "", "d"]


@pytest.mark.parametrize("dialog, op, answer", [
    (recovery, SEED, reply(OK, *RECOVERY[:9])), (recovery, SEED, reply(OK)), (recovery, SEED, reply(OK, b"A\0B", *RECOVERY)),
    (recovery, SEED, reply(SENT, "x")), (recovery, SEED, reply(BLOCKED)), (recovery, SEED, reply(BLOCKED, "soon")),
    (needs_code, HELP, reply(OK)), (needs_code, HELP, reply(BLOCKED, 1)), (needs_code, HELP, reply("w")), (needs_code, HELP, b"w\xff"),
    (needs_code, HELP, reply("u")), (told, CHANGES, reply("n")), (told, CHANGES, reply(OK, *CHANGE[:3])),
    (told, CHANGES, reply(OK, *(CHANGE * 9))), (told, CHANGES, reply(OK, "yesterday", *CHANGE[1:])),
    (told, CHANGES, reply(OK, CHANGE[0], "x" * 32, *CHANGE[2:])), (told, CHANGES, reply(OK, *CHANGE[:3], "x" * 256)),
    (question, SEED, reply(OK, "")), (question, SEED, reply(PROVEN)), (question, SLOT, reply(BLOCKED, 1)),
    (question, SLOT, reply(OK, b"a" * 15, 8, 1)), (sent, SEND, reply(OK)), (sent, SEND, reply(PROVEN)), (sent, SEND, reply(SENT, "x" * 256)),
    (sent, TRY, reply(SENT, "x")), (filled, REMOVE, reply(PROVEN)), (filled, REMOVE, reply("r", "because")),
    (filled, REMOVE, Close()), (needs_code, HELP, Close()), (told, CHANGES, Close())], ids=repr)
def test_an_answer_that_is_not_permitted_is_a_failure(play, dialog, op, answer):
    judge, typed = dialog()
    result = play(judge.script(op, answer), typed)
    assert result.verdict == "failed" and result.exit == 1 and "something went wrong" in result.text


@pytest.mark.parametrize("name, value", [("open", "2"), ("sms", "-1"), ("changes", "9"), ("stale", "7"), ("needs_code", ""),
                                         ("method_state", "4"), ("left", "11"), ("filled_by", "x" * 256), ("state", "asleep")])
def test_facts_out_of_range_are_a_failure(play, name, value):
    judge = Judge(methods=["recovery-codes", "email"], registered=["recovery-codes"], filled={"email": "root"})
    fields = judge.facts()
    parts, at = [], 1
    while at < len(fields):
        size = fields[at] + 256 * fields[at + 1]
        parts.append(fields[at + 2:at + 2 + size])
        at += 2 + size
    parts[2 * parts[::2].index(name.encode()) + 1] = value.encode()
    assert play(judge.script(FACTS, message(OK, *parts)), []).verdict == "failed"


@pytest.mark.parametrize("bad", ["\x1b]0;owned\x07", "a\nb\r", "\u009b2J", "a\u2028b", "\u202eabc"], ids=repr)
def test_nothing_that_steers_a_terminal_is_shown(play, bad):
    judge = registered(due=EVERY, changes=[(1, "x" + bad, "email", "from" + bad), (2, "method-added", "m" + bad, "h" + bad)],
                       host="h" + bad, contact="c" + bad, catalogue=["q%d%s" % (i, bad) for i in range(4)])
    judge.registered = {name: "m" + bad for name in EVERY}
    judge.mask = lambda method: "m" + bad
    judge.script(SEED, judge.on_seed(b"questions"), reply(OK, *["code" + bad] * 10))
    result = play(judge, ["?", "", "2", "b", "x", "b", "5", "b", "6", "b", CANCELLED], user="u" + bad)
    assert result.verdict == "postponed"
    assert [c for c in result.text if not c.isprintable() and c != "\n"] == []


def test_who_filled_a_value_in_cannot_steer_a_terminal(play):
    judge = Judge(methods=["email"], required=1, filled={"email": "ro\x1b[2Jot"})
    judge.mask = lambda method: "m\x1b[2J"
    assert "\x1b" not in play(judge, ["", "", "b", CANCELLED]).text


@pytest.mark.parametrize("purpose, how", [
    ("enroll", {"due": EVERY}), ("enroll", {"due": ["app"], "postpones_left": 0}), ("enroll", {"due": ["questions"]}),
    ("enroll", {"due": ["recovery-codes"]}), ("enroll", {"due": EVERY, "open_": True}), ("manage", {}), ("manage", {"open_": True})])
def test_someone_who_answers_nothing_to_everything_is_let_go(play, purpose, how):
    judge = registered(**how)
    result = play(judge, [""] * 30, purpose=purpose)
    assert judge.finished == ("not-now" if purpose == "enroll" else "done") and len(result.prompts) < 12


@pytest.mark.parametrize("op, answers", [
    (SEND, [reply("r", "bounced")] * 50), (SEND, [reply("l", 1)] * 50), (SEND, [reply("z", 1)] * 50), (SEED, [reply("z", 1)] * 50)])
def test_methods_that_never_work_do_not_go_round_for_ever(play, op, answers):
    for judge in (registered(due=["email"]), registered(due=["app", "questions", "recovery-codes"]),
                  Judge(methods=["email"], required=1, filled={"email": "root"}), Judge(methods=["app", "recovery-codes"], required=1)):
        result = play(judge.script(op, *answers), [""] * 30)
        assert result.verdict == "postponed" and len(result.prompts) < 20


@pytest.mark.parametrize("state", ["ok", "remind", "not-enabled"])
def test_a_state_that_asks_for_nothing_has_no_dialog(play, state):
    judge = Judge(state=state)
    assert play(judge, []).prompts == [] and judge.finished == "done"


def test_nothing_stale_after_all_is_done_at_once(play):
    judge = registered()
    result = play(judge, [])
    assert result.prompts == [] and judge.finished == "done" and result.verdict == "confirmed"


def test_an_office_phone_that_nobody_filled_in_is_never_offered(play):
    judge = Judge(methods=["office-phone", "app"], required=1)
    result = play(judge, ["", CANCELLED])
    assert "Office phone" not in result.text


def test_the_first_prompt_of_every_dialog_is_echo_on_and_a_terminal_that_cannot_prompt_is_told_nothing(play):
    for judge, purpose in ((registered(due=["questions"]), "enroll"), (registered(changes=[CHANGE]), "manage"),
                           (Judge(registered=EVERY, state="notice", changes=[CHANGE]), "enroll"), (Judge(needs_code=True), "enroll")):
        result = play(judge, [CONVERSATION], purpose=purpose)
        assert [kind for kind, _ in result.prompts] == ["?"]
        assert judge.finished == "no-dialog" and asked(judge, "SEED") + asked(judge, "SEND") + asked(judge, "TRY") == []


def test_changes_are_fetched_once_and_not_by_manage(play):
    judge = Judge(changes=[CHANGE])
    play(judge, ["?", "", "", CODE, CANCELLED])
    assert len(asked(judge, "CHANGES")) == 1
    judge = registered(changes=[CHANGE])
    play(judge, ["e"], purpose="manage")
    assert asked(judge, "CHANGES") == []


def test_a_slip_in_a_code_from_paper_never_reaches_the_judge(play):
    judge, typed = recovery()
    play(judge, typed + ["8N2G-PED2-MHDN-F948", "8N2GPED2MHDNF98", "0000-0000-0000-0000", CANCELLED])
    assert asked(judge, "TRY") == []
    judge, typed = needs_code()
    play(judge, ["", "8N2GPED2HM", "x", "ooooooooo0", CANCELLED])
    assert asked(judge, "HELP") == []


def test_codes_from_paper_travel_without_their_dashes(play):
    judge, typed = recovery()
    play(judge, typed + [RECOVERY[0].lower(), ""])
    assert asked(judge, "TRY") == [[b"recovery-codes", RECOVERY[0].replace("-", "").encode()]]


def test_confirming_sends_no_address_and_a_way_only_where_there_is_one(play):
    judge = registered(due=["email", "phone", "office-phone"])
    play(judge, ["", "", CODE, "", "2", CODE, "", CODE])
    assert asked(judge, "SEND") == [[b"email", b""], [b"phone", b"", b"voice"], [b"office-phone", b"", b"voice"]]
    judge = registered(due=["phone"], voice=False)
    play(judge, ["", "", CODE])
    assert asked(judge, "SEND") == [[b"phone", b"", b"sms"]]


def test_no_slot_is_held_while_somebody_thinks(play):
    judge = registered(due=["questions"])
    play(judge, ["", "", lambda dialog: "old boots" if asked(judge, "SLOT") == [] else CLOSE])
    names = [name for name, _ in judge.requests]
    assert names[names.index("SLOT") + 1] == "TRY" and judge.finished == "done"


def test_answers_of_a_new_set_are_marked_only_where_one_is_replaced(play):
    anew = ["1", "old boots", "old boots"]
    judge = registered(questions=1)
    play(judge, ["", CODE, "2", "4"] + anew + [CANCELLED], purpose="manage")
    assert asked(judge, "SLOT") == [[b"questions", b"new"]]
    judge = Judge(methods=["questions"], required=1, questions=1)
    play(judge, ["", ""] + anew + [""])
    assert asked(judge, "SLOT") == [[b"questions"]]


def changes_of(judge):
    """The requests that change something registered."""
    return [(name, fields[0]) for name, fields in judge.requests if name == "REMOVE" or (name in ("SEED", "SEND") and fields[1:2] != [b""])]


@pytest.mark.parametrize("number, op", [("2", "SEED"), ("3", "REMOVE")])
def test_a_method_never_opens_its_own_change(play, number, op):
    judge = Judge(methods=["app", "email"], registered=["app", "email"])
    play(judge, ["", CODE, number, "1", CANCELLED], purpose="manage")       # app proven, app to be changed: asked for e-mail
    assert changes_of(judge) == []
    judge = Judge(methods=["app", "email"], registered=["app", "email"])
    play(judge, ["", CODE, number, "1", "", CODE, "x", CANCELLED], purpose="manage")
    assert changes_of(judge) == [(op, b"app")]


def test_one_more_method_is_no_proof_for_the_change_of_the_one_that_opened_the_door(play):
    judge = Judge(methods=["app", "email"], registered=["app"], required=1)
    result = play(judge, ["", CODE, "2", "alice@example.org", CODE, "2", "1", CANCELLED], purpose="manage")
    assert "email" in judge.registered and changes_of(judge) == [("SEND", b"email")]
    assert "Show that it is you" in result.prompts[-1][1] and "1 E-mail" in result.prompts[-1][1]


def test_nothing_is_changed_before_a_proof(play):
    judge = registered()
    play(judge, ["e"], purpose="manage")
    assert [name for name, _ in judge.requests] == ["FACTS", "FINISH"]


@pytest.mark.parametrize("typed", [["x", ""], ["x", HELP_CODE, ""]])
def test_what_is_registered_is_replaced_at_a_sign_in_with_a_help_desk_code_only(play, typed):
    judge = Judge(methods=["app", "email"], registered=["app", "email"], due=["app", "email"], state="reconfirm")
    play(judge, [""] + typed + ["2", CODE, CANCELLED])
    assert (asked(judge, "SEED") == [[b"app"]]) == (HELP_CODE in typed)
    assert judge.finished == ("not-now" if HELP_CODE in typed else "cannot-prove")


def test_a_judge_that_ends_manage_is_believed(play):
    def end(dialog):
        dialog.unasked(message(OVER, "replaced"))
        return WAIT
    result = play(registered(), [end], purpose="manage")
    assert result.verdict == "replaced" and "A later sign-in" in result.text


@pytest.mark.parametrize("packet", [b"?what", b"=a\0b", b"!other", b"x"], ids=repr)
def test_a_terminal_that_breaks_the_protocol_ends_manage(play, packet):
    judge = registered()
    assert play(judge, [Raw(packet)], purpose="manage").verdict == "failed" and judge.finished == "broken"


def memory(pid):
    """Everything that the process could write to."""
    with open("/proc/%d/maps" % pid, encoding="ascii") as maps, open("/proc/%d/mem" % pid, "rb", 0) as file:
        for line in maps:
            low, high, rights = re.match(r"(\w+)-(\w+) (\S+)", line).groups()
            if "w" in rights:
                file.seek(int(low, 16))
                yield file.read(int(high, 16) - int(low, 16))


def test_nothing_secret_is_left_in_memory_when_a_step_is_done(program):
    if SANITIZED:
        pytest.skip("sanitizer builds keep what was freed")
    if os.geteuid() != 0:
        pytest.skip("a session's memory is root's to read")
    secrets = [KEY, URI, "JBSW Y3DP", "yellow cat", "Yellow  Cat", "purple rain", CODE, HELP_CODE, HELP_CODE.lower(), RECOVERY[0],
               RECOVERY[0].replace("-", ""), RECOVERY[5], "\u2588\u2588\u2588", "alice@example.org"]
    found = {}

    def look(dialog):
        everything = b"\n".join(memory(dialog.process.pid))
        assert b"the help desk (555-0100)" in everything       # that much can be seen
        found.update({secret: everything.count(secret.encode()) for secret in secrets if secret.encode() in everything})
        return ""
    judge = Judge(methods=["app", "email", "questions", "recovery-codes"], required=4, needs_code=True, questions=2)
    typed = ["", HELP_CODE.lower(), "", "q", "q", CODE, "", "alice@example.org", CODE, "", "1", "Yellow  Cat", "yellow cat", "2",
             "purple rain", "purple rain", "", RECOVERY[0], look]
    assert Dialog(program, judge, typed).play().verdict == "registered"
    assert found == {}
