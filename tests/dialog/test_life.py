"""The dialogs of a registration's whole life, word for word: every method, what an administrator filled in, help desk codes,
confirming, untold changes, managing. As test_transcripts.py."""

import pytest

from dialog import CANCELLED, CONVERSATION
from judge import (BLOCKED, CODE, EXPIRED, HELP, HELP_CODE, OVER, PROVEN, RECOVERY, REFUSED, REMOVE, SEED, SEND, SPENT, TRY,
                   UNDELIVERED, URI, USED, WRONG, Judge, reply)

ENGLISH, DUTCH = ("-s", "sshd"), ("-s", "sshd", "-l", "nl_NL.UTF-8")
MAY, LATER = 1778500000, 4102444800     # moments long past and far ahead: their dates are shown too

EVERY = ["app", "email", "phone", "office-phone", "questions", "recovery-codes"]
CHANGES = [(MAY, "method-replaced", "email", "192.0.2.7"), (MAY + 60, "filled-in", "office-phone", ""),
           (MAY + 120, "reset-changed", "", "2001:db8::7"), (MAY + 180, "something-new", "", ""),
           (MAY + 240, "reset-changed", "", "?")]


def by(purpose):
    def marked(dialog):
        dialog.purpose = purpose
        return dialog
    return marked


def phone():
    return Judge(methods=["phone", "app"], required=1), ["", "", "+49 151 12345-67", "", "1", "r", "2", CODE, ""]


def phone_one_way():
    return Judge(methods=["phone"], required=1, sms=False), ["", "", "+49 151 1234567", CODE, ""]


def phone_refusals():
    judge = Judge(methods=["phone", "app"], required=1, voice=False)
    judge.script(SEND, *[reply(REFUSED, word) for word in ("syntax", "too-long", "same", "number-forbidden")])
    judge.script(TRY, *[reply(UNDELIVERED, word) for word in ("later", "bounced", "misconfigured")])
    return judge, ["", ""] + ["030 1234567"] * 5 + ["111111"] * 3 + ["b", "n"]


def office_phone():
    return (Judge(methods=["office-phone"], required=1, filled={"office-phone": "root"}),
            ["", "", "x", "b", "", "", "000000", CODE, ""])


def filled_in():
    return (Judge(methods=["email", "phone", "app"], required=2, filled={"email": "root", "phone": "root"}),
            ["", "1", "", CODE, "1", "c", "+49 151 7654321", "b", "1", "d", "n"])


def filled_in_and_kept():
    judge = Judge(methods=["email", "app"], required=1, filled={"email": "root"}).script(REMOVE, reply(REFUSED, "needed"))
    return judge, ["", "", "d", CANCELLED]


def recovery_codes():
    return (Judge(methods=["recovery-codes"], required=1),
            ["", "", "8N2G-PED2", "8N2G-PED2-MHDN-F9O4", "8N2G-PED2-MHDN-F948", "Y857 M9PH Y3QS NUAV", "8n2gped2mhdnf984", ""])


def recovery_codes_done_with():
    judge = Judge(methods=["recovery-codes", "app"], required=1).script(TRY, reply(SPENT, 0), reply(USED), reply(EXPIRED),
                                                                          reply(SPENT, LATER))
    return judge, ["", "", RECOVERY[1], "2", "b", "1"] + RECOVERY[:3] + ["n"]


def qr_code():
    return Judge(methods=["app"], required=1), ["", "", "q", "q", "q", CODE, ""]


def help_desk_code():
    judge = Judge(methods=["app"], required=1, needs_code=True)
    judge.script(HELP, reply(WRONG, 2), reply(SPENT, MAY), reply(EXPIRED))
    return judge, ["", "8N2G", "0N2GPED2MH", "8N2GPED2HM"] + [HELP_CODE.lower()] * 4 + ["", CODE, ""]


def help_desk_code_not_now():
    return Judge(methods=["app"], required=1, needs_code=True), ["", "n"]


def help_desk_code_last_chance():
    return Judge(methods=["app"], required=1, needs_code=True, postpones_left=0), ["", "n", "n"]


def confirm_everything():
    return (Judge(methods=EVERY, registered=EVERY, due=EVERY, state="reconfirm"),
            ["?", "", "", "000000", CODE, "", "", CODE, "", "b", "1", "2", CODE, "", CODE, "", "old boots", "", "8N2G-PED2-MHDN-F948",
             RECOVERY[0]])


def confirm_one():
    return Judge(registered=["app", "email"], due=["email"], state="reconfirm", postpones_left=-1), ["", "", CODE]


def confirm_in_another_order():
    return (Judge(methods=EVERY, registered=["app", "email", "phone"], due=["app", "email", "phone"], state="reconfirm", voice=False),
            ["", "3", "b", "9", "2", CODE, "", "b", "n"])


def confirm_last_chance():
    return Judge(registered=["app", "email"], due=["app"], state="reconfirm", postpones_left=0), ["?", "n", "", "n"]


def confirm_not_possible():
    return (Judge(registered=["app", "email"], due=["app", "email"], state="reconfirm"), ["", "x", "b", "x", "8N2G", ""])


def confirm_one_lost_of_two():
    return Judge(registered=["app", "email"], due=["app"], state="reconfirm"), ["", "x", ""]


def confirm_by_help_desk():
    return (Judge(registered=["app", "questions"], due=["app", "questions"], state="reconfirm", questions=1),
            ["", "x", HELP_CODE, "", "2", CODE, "", "b", "", "1", "b", "", "2", "1", "old boots", "old boots"])


def confirm_blocked():
    judge = Judge(registered=["app", "email"], due=["app", "email"], state="reconfirm", verdict="postponed")
    return judge.script(TRY, reply(WRONG, 1), reply(BLOCKED, LATER)), ["", "", "000000", "000001"]


def confirm_blocked_everywhere():
    kinds = ["email", "questions", "recovery-codes"]
    judge = Judge(methods=EVERY, registered=kinds, due=kinds, state="reconfirm", verdict="postponed")
    judge.script(SEND, reply(BLOCKED, LATER))
    return judge, ["", ""]


def questions_blocked():
    judge = Judge(registered=["questions"], due=["questions"], state="reconfirm", verdict="postponed")
    judge.script(TRY, reply(WRONG, 2), reply(BLOCKED, LATER))
    return judge, ["", "", "old boots", "new boots"]


def recovery_codes_blocked():
    judge = Judge(methods=EVERY, registered=["recovery-codes"], due=["recovery-codes"], state="reconfirm", verdict="postponed")
    judge.script(TRY, reply(WRONG, 2), reply(BLOCKED, LATER))
    return judge, ["", "", RECOVERY[1], RECOVERY[2]]


def register_and_confirm():
    return (Judge(registered=["app"], due=["app"], changes=CHANGES[:1]), ["", "", "alice@example.org", CODE, "", CODE, ""])


class LastCode(Judge):
    """One recovery code is left: typed, it confirms, and is gone. Of new ones nine are left."""

    def on_try(self, method, proof, digest=None):
        last = method == b"recovery-codes" and "recovery-codes" in self.registered
        answer = super().on_try(method, proof, digest)
        if last and answer == reply(PROVEN):
            del self.registered["recovery-codes"]
            self.left = 9
        return answer


def confirm_by_the_last_code():
    """What that leaves missing is registered in the same dialog: nobody has said "not now"."""
    return (LastCode(methods=["app", "recovery-codes"], registered=["app", "recovery-codes"], due=["app", "recovery-codes"],
                     state="reconfirm", postpones_left=0, left=1),
            ["", "", CODE, "", RECOVERY[0], "", RECOVERY[0], ""])


def register_and_confirm_by_the_last_code():
    return (LastCode(methods=["app", "recovery-codes"], registered=["recovery-codes"], due=["recovery-codes"], left=1),
            ["", "", CODE, "", RECOVERY[0], "", RECOVERY[0], ""])


def told_of_changes():
    return Judge(registered=["app", "email"], state="notice", changes=CHANGES), [""]


def told_of_changes_while_confirming():
    return Judge(registered=["app", "email"], due=["app"], state="reconfirm", changes=CHANGES[:1]), ["n"]


def keyed_and_to_be_confirmed():
    return Judge(registered=["app", "email"], due=["app"], state="reconfirm", tell="1"), [CONVERSATION]


def keyed_and_to_be_confirmed_refused():
    return Judge(registered=["app", "email"], due=["app"], state="reconfirm", tell="1", verdict="declined"), [CONVERSATION]


def keyed_and_changed():
    return Judge(registered=["app", "email"], state="notice", changes=CHANGES, tell="1"), [CONVERSATION]


def confirm_replaced():
    return Judge(registered=["app", "email"], due=["app"], state="reconfirm").script(TRY, reply(OVER, "replaced")), ["", "", CODE]


def confirm_timed_out():
    return Judge(registered=["app", "email"], due=["app"], state="reconfirm").script(TRY, reply(OVER, "timed-out")), ["", "", CODE]


@by("manage")
def manage():
    """Proof, one more, replace the proof itself, renew, remove below what is required, try out."""
    return (Judge(methods=EVERY, registered=["app", "email", "recovery-codes"], filled={"phone": "root"}, required=3, left=3),
            ["2", CODE,                                             # the proof
             "2", "2", "1", "old boots", "old boots", "2", "yellow cat", "yellow cat", "3", "red apples", "red apples",
             "3", "2", "", CODE, "alice@example.com", CODE,         # replace e-mail, which takes another proof
             "4", RECOVERY[0],                                      # new codes
             "5", "", "5", "1", "", "5", "1", "x",                  # remove: back, keep, remove
             "1", "6", "3", RECOVERY[0], ""])


@by("manage")
def manage_questions_anew():
    return (Judge(registered=["app", "questions"], questions=1, required=1),
            ["", CODE, "3", "2", "2", "old boots", "old boots", "3", "1", "old boots", CANCELLED])


@by("manage")
def manage_with_one_method():
    return Judge(methods=["app", "email"], registered=["app"], required=1), ["", CODE, "3", "4", "x", "5", CODE, ""]


@by("manage")
def manage_with_a_help_desk_code():
    return Judge(methods=["app", "email"], registered=["app"], required=1), ["h", "b", "h", "8N2G", HELP_CODE, "3", "b", ""]


@by("manage")
def manage_refused():
    judge = Judge(methods=["app", "email"], registered=["app", "email"]).script(REMOVE, reply(REFUSED, "needed"))
    return judge.script(SEED, reply(SPENT, 0), reply(SPENT, LATER)), ["2", CODE, "2", "1", "2", "1", "3", "1", "x", "9", ""]


@by("manage")
def manage_blocked():
    judge = Judge(methods=["app", "email"], registered=["app", "email"], verdict="blocked")
    return judge.script(TRY, reply(BLOCKED, LATER)), ["", CODE]


@by("manage")
def manage_blocked_before():
    judge = Judge(methods=["app", "email"], registered=["app", "email"])
    return judge.script("f", reply(OVER, "blocked")), []


@by("manage")
def manage_nothing():
    return Judge(methods=["app", "email"]), []


@by("manage")
def manage_and_leave():
    return Judge(methods=["app", "email"], registered=["app"]), ["e"]


@by("manage")
def manage_and_say_nothing():
    return Judge(methods=["app", "email"], registered=["app"]), ["", "", "", ""]


@by("manage")
def manage_timed_out():
    return Judge(methods=["app", "email"], registered=["app"]).script(TRY, reply(OVER, "timed-out")), ["", CODE]


@by("manage")
def manage_replaced():
    return Judge(methods=["app", "email"], registered=["app"]).script(TRY, reply(OVER, "replaced")), ["", CODE]


@by("manage")
def manage_too_much():
    return Judge(methods=["app", "email"], registered=["app"]).script(TRY, reply(OVER, "too-much-input")), ["", CODE]


DIALOGS = [phone, phone_one_way, phone_refusals, office_phone, filled_in, filled_in_and_kept, recovery_codes,
           recovery_codes_done_with, qr_code, help_desk_code, help_desk_code_not_now, help_desk_code_last_chance,
           confirm_everything, confirm_one, confirm_in_another_order, confirm_last_chance, confirm_not_possible,
           confirm_one_lost_of_two, confirm_by_help_desk, confirm_blocked, confirm_blocked_everywhere, questions_blocked,
           recovery_codes_blocked, register_and_confirm, confirm_by_the_last_code, register_and_confirm_by_the_last_code,
           told_of_changes, told_of_changes_while_confirming,
           keyed_and_to_be_confirmed, keyed_and_to_be_confirmed_refused, keyed_and_changed, confirm_replaced, confirm_timed_out,
           manage, manage_questions_anew, manage_with_one_method, manage_with_a_help_desk_code, manage_refused, manage_blocked,
           manage_blocked_before, manage_nothing, manage_and_leave, manage_and_say_nothing, manage_timed_out, manage_replaced,
           manage_too_much]


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("dialog", DIALOGS, ids=lambda dialog: dialog.__name__)
def test_says_word_for_word(play, transcript, dialog, language):
    judge, typed = dialog()
    result = play(judge, typed, arguments=ENGLISH if language == "en" else DUTCH, purpose=getattr(dialog, "purpose", "enroll"))
    assert result.verdict is not None and result.exit == 0
    assert judge.finished != "broken" and judge.logged == []
    transcript("%s.%s" % (dialog.__name__.replace("_", "-"), language), result.transcript)
    if not dialog.__name__.startswith("keyed"):    # one line, however long
        assert [line for line in result.lines if len(line) > 80 and line != URI] == []
