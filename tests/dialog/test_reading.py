"""How dialogs read: the QR code through the eyes of a reader of QR codes, everything else without any picture."""

import re
import unicodedata

import pytest

from dialog import CANCELLED
from judge import CODE, KEY, RECOVERY, SEED, URI, Judge, reply
from qr_reader import look, picture

EVERY = ["app", "email", "phone", "office-phone", "questions", "recovery-codes"]


def shown(play, uri=URI, asks=2, **how):
    judge = Judge(methods=["app"], required=1).script(SEED, reply("o", KEY, uri))
    return play(judge, ["", ""] + ["q"] * asks + [CANCELLED], **how)


def test_a_qr_code_is_read_on_a_dark_terminal_first_and_on_a_light_one_by_asking_again(play):
    result = shown(play)
    first, second = picture(result.prompts[3][1]), picture(result.prompts[4][1])
    assert look(first, characters_are_light=True) == [URI]
    assert look(second, characters_are_light=False) == [URI]


def test_a_qr_code_starts_on_a_line_of_its_own_and_fits_24_lines_with_what_stands_below(play):
    prompt = shown(play).prompts[3][1]
    assert prompt.startswith("\n" + "\u2588" * 41 + "\n")
    assert prompt.count("\n") <= 24      # below the line that ends what was typed before
    assert len(prompt.encode()) <= 4096


@pytest.mark.parametrize("name", ["a", "%C3%A9" * 5, "x" * 40])
def test_longer_addresses_give_larger_codes_that_can_be_read(play, name):
    uri = "otpauth://totp/%s:alice?secret=%s&issuer=%s" % (name, KEY, name)
    result = shown(play, uri, asks=1, user="alice")
    assert look(picture(result.prompts[3][1]), characters_are_light=True) == [uri]


@pytest.mark.parametrize("columns, fits", [(41, False), (42, True), (80, True)])
def test_a_qr_code_is_shown_only_where_it_is_narrower_than_the_terminal(play, columns, fits):
    prompt = shown(play, asks=1, arguments=("-s", "sshd", "-w", str(columns))).prompts[3][1]
    assert ("\u2588" in prompt) == fits
    assert ("needs 42 columns, and" in prompt.replace("\n", " ")) == (not fits)
    assert prompt.replace("\n", " ").endswith("Code ([q] show a QR code, [b] another method): ")


@pytest.mark.parametrize("length", [200, 2000, 3500])
def test_an_address_that_is_too_long_for_a_code_is_told(play, length):
    prompt = shown(play, URI + "x" * length, asks=1).prompts[3][1]
    assert "too long for a QR code" in prompt and "\u2588" not in prompt


def everything():
    """A whole registration of every method, and every sort of question that comes up in it."""
    judge = Judge(methods=EVERY, required=6, filled={"office-phone": "root"}, needs_code=True,
                  changes=[(1778500000, "filled-in", "office-phone", "")])
    return judge, ["?", "", "8N2GPED2MH", "", CODE, "", "alice@example.org", CODE, "", "+49 151 1234567", "2", CODE, "", "", CODE, "",
                   "1", "old boots", "old boots", "2", "yellow cat", "yellow cat", "3", "red apples", "red apples", "", RECOVERY[0], ""]


@pytest.mark.parametrize("language", ["en", "nl"])
def test_a_screen_reader_reads_a_whole_registration_in_order_without_a_picture(play, language):
    judge, typed = everything()
    result = play(judge, typed, arguments=("-s", "sshd", "-l", language))
    assert result.verdict == "registered" and sorted(judge.registered) == sorted(EVERY)
    for character in set(result.text) - {"\n"}:
        assert character.isprintable() and unicodedata.category(character) not in ("So", "Sk", "Co", "Cn"), repr(character)
        assert not 0x2500 <= ord(character) <= 0x259F, repr(character)
    for kind, prompt in result.prompts:
        lines = prompt.split("\n")
        assert lines[-1].endswith(": "), lines[-1]      # what is asked comes last
        assert [line for line in lines if re.search(r"[^\w ]{4,}", re.sub(r"\*+|://|\.\.\.", "", line))] == []
        assert [line for line in lines if line != line.rstrip() and line is not lines[-1]] == []
        if kind == "?":     # numbers of a list are read in their order
            numbers = [int(line.split()[0]) for line in lines if re.match(r"\d+ [A-Z]", line)]
            assert numbers == sorted(numbers)


@pytest.mark.parametrize("columns", [40, 55, 56, 80])
def test_recovery_codes_stay_whole_and_in_order_on_every_width(play, columns):
    judge = Judge(methods=["recovery-codes"], required=1)
    result = play(judge, ["", "", CANCELLED], arguments=("-s", "sshd", "-w", str(columns)))
    found = re.findall(r"(\d+)  ((?:\w{4}-){3}\w{4})", result.prompts[2][1])
    assert {int(number): code for number, code in found} == dict(enumerate(RECOVERY, 1))
    assert len(found) == 10 and max(len(line) for line in result.lines) <= columns
