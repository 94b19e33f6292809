"""What a terminal or a judge may do to a session, and what it must not lead to."""

import concurrent.futures
import os
import socket
import subprocess
import time

import pytest

from conftest import SANITIZED
from dialog import CANCELLED, CLOSE, CONVERSATION, WAIT, Dialog, Raw, start
from judge import CODE, FACTS, LOG, OK, OVER, PROVEN, SEED, SLOT, TRY, Close, Judge, Silent, message, reply

TO_APP = ["", ""]       # start, and take the first method


def asked(judge, name):
    return [fields for request, fields in judge.requests if request == name]


def test_the_first_prompt_is_echo_on_and_nothing_was_asked_of_the_judge_before_but_facts(play):
    judge = Judge()
    result = play(judge, [CONVERSATION])
    assert result.prompts[0][0] == "?" and len(result.prompts) == 1
    assert [name for name, _ in judge.requests] == ["FACTS", "FINISH"]
    assert judge.finished == "no-dialog" and result.verdict == "no-dialog"


def test_a_login_without_a_dialog_is_told_nothing_unless_the_judge_says_so(play):
    assert [kind for kind, _ in play(Judge(tell="0"), [CONVERSATION]).packets] == ["?", "."]
    assert [kind for kind, _ in play(Judge(tell="1"), [CONVERSATION]).packets] == ["?", "i", "."]


def test_a_terminal_that_breaks_off_after_an_answer_has_said_not_now(play):
    judge = Judge(postpones_left=0)
    assert play(judge, ["", CONVERSATION]).verdict == "declined"
    assert judge.finished == "not-now"


@pytest.mark.parametrize("typed, text", [
    (b"x" * 512, "too long"),
    (b"x" * 4000, "too long"),
    (b"\xff\xfe", "not UTF-8"),
    (b"caf\xe9", "not UTF-8"),
    (b"\xed\xa0\x80", "not UTF-8"),
    (b"\x1b[A", "control character"),
    (b"a\tb", "control character"),
    (b"alice@example.org\r\nDATA", "control character"),
    (b"\xc2\x9b31m", "control character"),
], ids=repr)
def test_what_cannot_be_used_is_refused_with_its_reason_and_asked_again(play, typed, text):
    judge = Judge(methods=["email", "app"])
    result = play(judge, ["", "", typed, "alice@example.org", CODE, CANCELLED])
    assert text in result.prompts[3][1] and result.prompts[3][1].endswith("Address ([b] another method): ")
    assert [fields[1] for fields in asked(judge, "SEND")] == [b"alice@example.org"]
    assert "email" in judge.registered


def test_511_bytes_are_taken(play):
    judge = Judge(methods=["email", "app"])
    play(judge, ["", "", "x" * 511, CANCELLED])
    assert [fields[1] for fields in asked(judge, "SEND")] == [b"x" * 511]


@pytest.mark.parametrize("typed", ["", "   ", "\u3000"])
def test_three_empty_answers_are_not_now(play, typed):
    judge = Judge()
    result = play(judge, TO_APP + [typed] * 3)
    assert judge.finished == "not-now" and result.verdict == "postponed"
    assert "Nothing was typed." in result.prompts[3][1] and "One more empty answer" in result.prompts[4][1]


def test_who_asks_why_without_end_has_typed_too_much(play):
    """The module takes 1,000 prompts and calls one more a failure, which lets the login go on where onerr=ignore."""
    judge = Judge(postpones_left=0)
    result = play(judge, ["?"] * 1100)
    assert len(result.prompts) == 1000
    assert judge.finished == "too-much-input" and result.verdict == "too-much-input"


def test_empty_answers_count_only_in_a_row(play):
    judge = Judge()
    play(judge, TO_APP + ["", "", "000000", "", "", CODE, CLOSE])
    assert "app" in judge.registered and judge.finished is None


def test_someone_who_answers_nothing_to_everything_is_let_go(play):
    for judge in (Judge(), Judge(postpones_left=0), Judge(methods=["questions"], required=1), Judge(methods=["email"], required=1),
                  Judge(methods=["app"], required=1).script(SEED, *[reply("z", 0)] * 100)):
        result = play(judge, [""] * 20)
        assert judge.finished == "not-now" and len(result.prompts) < 10


def test_a_dropped_line_ends_the_session_without_a_verdict_and_is_no_not_now(play):
    judge = Judge()
    result = play(judge, TO_APP + [CODE, CLOSE])
    assert "app" in judge.registered
    assert judge.finished is None and result.verdict is None and result.exit == 1


def test_giving_up_after_all_is_registered_is_registered(play):
    judge = Judge()
    result = play(judge, TO_APP + [CODE, "", "alice@example.org", CODE, CANCELLED])
    assert judge.finished == "done" and result.verdict == "registered"


@pytest.mark.parametrize("packet", [b"?what", b".registered", b"=a\0b", b"=" + b"x" * 4097, b"!", b"!other", b"x"], ids=repr)
def test_a_terminal_that_breaks_the_protocol_ends_the_dialog(play, packet):
    judge = Judge()
    result = play(judge, [Raw(packet)])
    assert judge.finished == "broken" and result.verdict == "failed" and result.exit == 1
    assert [kind for kind, _ in result.packets] == ["?", "e", "."]


def test_more_than_32_kib_in_one_dialog_are_too_much(play):
    judge = Judge()
    result = play(judge, ["x" * 500] * 100)
    assert judge.finished == "too-much-input" and result.verdict == "too-much-input"
    assert len(result.prompts) == 32768 // 500 + 1
    assert "Too much was typed" in result.text


def test_the_time_limit_ends_a_dialog_that_nobody_answers(play):
    judge = Judge(time_left=1)
    result = play(judge, [WAIT])
    assert judge.finished == "timed-out" and result.verdict == "timed-out" and 0.9 < result.seconds < 4
    assert "The time for this dialog is over." in result.text


def test_no_time_left_at_all(play):
    assert play(Judge(time_left=0), [WAIT]).verdict == "timed-out"


def test_time_over_at_the_offer_of_one_more_is_registered(play):
    judge = Judge(registered=["app"], time_left=2)
    result = play(judge, TO_APP + ["alice@example.org", CODE, WAIT])
    assert judge.finished == "done" and result.verdict == "registered"


def test_the_judge_may_end_the_dialog_while_the_user_thinks(play):
    def replace(dialog):
        dialog.unasked(message(OVER, "replaced"))
        return WAIT
    judge = Judge()
    result = play(judge, TO_APP + [replace])
    assert judge.finished is None and result.verdict == "replaced" and result.exit == 0
    assert "in another sign-in" in result.text


@pytest.mark.parametrize("unasked", [message(OVER, "nonsense"), message(OVER), message(OK), b"", b"xxxxx", b"." + b"\xff" * 40,
                                     b"x" * 20000], ids=lambda data: repr(data[:12]))
def test_a_judge_that_says_anything_else_unasked_has_failed(play, unasked):
    def say(dialog):
        dialog.unasked(unasked)
        return WAIT
    result = play(Judge(), TO_APP + [say])
    assert result.verdict == "failed" and result.exit == 1 and "something went wrong" in result.text


@pytest.mark.parametrize("op, typed", [(FACTS, []), (SEED, TO_APP), (TRY, TO_APP + [CODE]), ("x", ["n"])])
def test_a_judge_that_is_gone_has_failed(play, op, typed):
    result = play(Judge().script(op, Close()), typed)
    assert result.verdict == "failed" and [kind for kind, _ in result.packets][-2:] == ["e", "."]


@pytest.mark.parametrize("op, answer", [
    (FACTS, reply(OK)), (FACTS, reply(OK, "state", "register")), (FACTS, reply(PROVEN)), (SEED, reply(OK)),
    (SEED, reply(OK, "KEY")), (SEED, reply(OK, b"K\0Y", "uri")), (SEED, reply(PROVEN)), (TRY, reply(OK)), (TRY, reply("s", "x")),
    (TRY, reply("w")), (TRY, reply("w", "many")), (TRY, reply("d", "no-word")), (TRY, reply("z", "")), ("x", reply(OK)),
    ("x", reply(OK, "no-word", "0")), ("x", reply(OK, "registered")), (TRY, b""), (TRY, b"p\x05\x00ab")], ids=repr)
def test_an_answer_that_is_not_permitted_is_a_failure(play, op, answer):
    result = play(Judge().script(op, answer), TO_APP + [CODE, "n"])
    assert result.verdict == "failed" and result.exit == 1


def one_question():
    return Judge(methods=["questions"], required=1, questions=1)


ONE_QUESTION = ["", "", "1", "old boots", "old boots", ""]


@pytest.fixture(scope="module")
def slow(program):
    """Dialogs with a slow judge, all held at once: by name, (judge, result)."""
    late = one_question()
    late.script(SLOT, Silent(11, late.on_slot(None)))
    dialogs = {
        "silent": Dialog(program, Judge().script(TRY, Silent()), TO_APP + [CODE]),
        "late slot": Dialog(program, late, ONE_QUESTION),
        "no slot": Dialog(program, one_question().script(SLOT, Silent()), ONE_QUESTION),
        "silent log": Dialog(program, one_question().script(SLOT, reply(OK, b"a" * 16, 1 << 30, 1)).script(LOG, Silent()),
                             ONE_QUESTION),
    }
    with concurrent.futures.ThreadPoolExecutor(len(dialogs)) as threads:
        playing = {name: threads.submit(dialog.play) for name, dialog in dialogs.items()}
        return {name: (dialogs[name].judge, playing[name].result()) for name in dialogs}


def test_a_silent_judge_is_waited_for_8_seconds(slow):
    _, result = slow["silent"]
    assert result.verdict == "failed" and 7.5 < result.seconds < 9.5
    assert "~" not in [kind for kind, _ in result.packets]


def test_a_hash_slot_is_waited_for_with_signs_of_life(slow):
    _, result = slow["late slot"]
    assert result.verdict == "registered"
    assert [kind for kind, _ in result.packets].count("~") == 2


def test_a_hash_slot_that_never_comes_is_waited_for_30_seconds(slow):
    _, result = slow["no slot"]
    assert result.verdict == "failed" and 29 < result.seconds < 33
    assert [kind for kind, _ in result.packets].count("~") == 6


def test_a_log_line_that_gets_no_answer_does_not_hold_the_dialog_for_ever(slow):
    judge, result = slow["silent log"]
    assert len(judge.logged) == 1 and result.verdict == "failed" and result.seconds < 10


def test_an_answer_travels_as_its_hash_only_and_every_hash_has_its_own_salt(play):
    judge = Judge(methods=["questions"], required=1, questions=2)
    judge.script(SLOT, reply(OK, b"a" * 16, 8, 1), reply(OK, b"b" * 16, 8, 1))
    play(judge, ["", "", "1", "Old  Boots", "old boots ", "2", "new boots", "new boots", ""])
    assert [question for question, _ in judge.answers] == judge.catalogue[:2]
    assert len({digest for _, digest in judge.answers}) == 2
    assert b"boots" not in b"".join(field for _, fields in judge.requests for field in fields)


def test_a_cost_that_is_out_of_range_fails_and_is_logged(play):
    judge = one_question().script(SLOT, reply(OK, b"a" * 16, 1 << 30, 1))
    result = play(judge, ONE_QUESTION)
    assert result.verdict == "failed" and any("cannot be hashed" in line for line in judge.logged)


def test_no_prompt_is_longer_than_a_packet_and_none_ends_within_a_character(play):
    catalogue = ["\u00e9" * 390 + " %d?" % i for i in range(30)]
    result = play(Judge(methods=["questions"], required=1, catalogue=catalogue, contact="\u4e2d" * 85), ["?", "", "", "m", "m", CANCELLED])
    assert result.verdict == "postponed"
    assert max(len(text.encode()) for _, text in result.packets) <= 4096
    assert result.prompts[-1][1].endswith("Number, [m] more questions, [b] another method: ")


@pytest.mark.parametrize("bad", ["\x1b]0;owned\x07", "a\nb\r", "\u009b2J", "a\u2028b"], ids=repr)
def test_nothing_that_steers_a_terminal_is_shown(play, bad):
    judge = Judge(host="h" + bad, contact="c" + bad, catalogue=["q%d%s" % (i, bad) for i in range(4)])
    judge.mask = lambda method: "m" + bad
    result = play(judge, ["?", "", "2", "alice@example.org", CODE, "2", CANCELLED], user="u" + bad)
    assert result.verdict == "postponed"
    assert [c for c in result.text if not c.isprintable() and c != "\n"] == []


@pytest.mark.parametrize("columns", [40, 60, 80])
def test_lines_fit_the_terminal(play, columns):
    result = play(Judge(), ["?", "", "2", "alice@example.org", CODE, "2"] + ["1", "old boots", "old boots"] + [CANCELLED],
                  arguments=("-s", "sshd", "-w", str(columns)))
    assert max(len(line) for line in result.lines) <= columns


@pytest.mark.parametrize("columns, most", [("0", 80), ("1", 40), ("500", 80), ("4294967295", 80), ("9" * 30, 80)])
def test_a_strange_width_is_brought_into_range(play, columns, most):
    result = play(Judge(), ["?", "n"], arguments=("-s", "sshd", "-w", columns))
    assert most - 25 < max(len(line) for line in result.lines) <= most


def test_a_language_that_nobody_has_is_english(play):
    for language in ("xx", "../../etc", "", "nl/../de", "C.UTF-8"):
        assert "Hello alice" in play(Judge(), ["n"], arguments=("-s", "sshd", "-l", language)).text


def test_a_user_with_nothing_owed_is_asked_nothing(play):
    judge = Judge(registered=["app", "email"])
    result = play(judge, [])
    assert result.prompts == [] and judge.finished == "done" and result.verdict == "registered"


def test_no_method_left_to_offer_is_a_failure_that_is_logged(play):
    judge = Judge(methods=[], required=1)
    result = play(judge, [""])
    assert result.verdict == "failed" and judge.logged != []


def test_a_session_is_locked_in_while_it_waits(program):
    if SANITIZED:
        pytest.skip("sanitizer builds have no seccomp filter")

    def look(dialog):
        with open("/proc/%d/status" % dialog.process.pid, encoding="ascii") as file:
            status = dict(line.split(":\t", 1) for line in file.read().splitlines() if ":\t" in line)
        assert status["Seccomp"] == "2" and status["NoNewPrivs"] == "1"
        if os.geteuid() == 0:
            assert sorted(os.listdir("/proc/%d/fd" % dialog.process.pid)) == ["3", "4"]
        return "n"
    assert Dialog(program, Judge(), [look]).play().verdict == "postponed"


@pytest.mark.parametrize("arguments, code", [
    (["--help"], 0), ([], 2), (["-u", "alice"], 2), (["-u", "alice", "-p", "enroll"], 2),
    (["-u", "alice", "-p", "unlock", "-s", "sshd"], 2), (["-u", "alice", "-p", "manage"], 2),
    (["-u", "alice", "-p", "enroll", "-s", "sshd", "more"], 2), (["-u", "alice", "-p", "enroll", "-s", "sshd", "-w", "wide"], 2),
    (["-u", "a" * 256, "-p", "enroll", "-s", "sshd"], 2), (["-z"], 2)], ids=repr)
def test_a_wrong_command_line_is_told(program, arguments, code):
    done = subprocess.run([program] + arguments, stdin=subprocess.DEVNULL, capture_output=True, timeout=20, check=False)
    assert done.returncode == code and b"usage: sspr-session" in (done.stderr if code else done.stdout)


def test_descriptors_that_are_no_seqpacket_sockets_are_refused(program):
    for kind, family in ((socket.SOCK_STREAM, socket.AF_UNIX), (socket.SOCK_DGRAM, socket.AF_UNIX)):
        one, other = socket.socketpair(family, kind)
        process = start(program, one, other)
        _, errors = process.communicate(timeout=20)
        assert process.returncode == 1 and b"SOCK_SEQPACKET" in errors
        one.close()
        other.close()


def test_a_session_dies_with_its_parent(program):
    """A parent of the session is killed: the session is gone at once, though both its peers live."""
    terminal, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    requests, judges = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    parent = os.fork()
    if parent == 0:
        start(program, theirs, judges)
        time.sleep(60)
        os._exit(0)
    theirs.close()
    judges.close()
    requests.recv(100)
    requests.send(Judge().facts())
    assert terminal.recv(5000).startswith(b"?")
    os.kill(parent, 9)
    os.waitpid(parent, 0)
    terminal.settimeout(5)
    assert terminal.recv(5000) == b""
