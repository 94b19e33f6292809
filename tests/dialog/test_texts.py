"""The texts besides the dialogs: catalogues of questions, completeness of the translations."""

import os
import re
import subprocess

import pytest

from conftest import TREE


def questions(language):
    with open(os.path.join(TREE, "policy/questions", language + ".txt"), encoding="utf-8") as file:
        return file.read().splitlines()


def translations(language):
    """(text, translation) of a po file, plural forms apart."""
    with open(os.path.join(TREE, "po", language + ".po"), encoding="utf-8") as file:
        entries = file.read().split("\n\n")[1:]
    for entry in entries:
        words = dict(re.findall(r'^(msg\w+(?:\[\d\])?) "(.*)"$', entry.replace('"\n"', ""), re.MULTILINE))
        for key, text in words.items():
            if key.startswith("msgstr"):
                yield words["msgid_plural" if key == "msgstr[1]" else "msgid"], text


@pytest.mark.parametrize("language", ["en", "nl"])
def test_a_catalogue_has_thirty_questions_that_fit(language):
    lines = questions(language)
    assert len(lines) >= 30 and len(set(lines)) == len(lines)
    assert [line for line in lines if not 3 <= len(line) <= 76 or not line.endswith("?")] == []


def test_catalogues_say_the_same_in_the_same_order():
    assert len(questions("en")) == len(questions("nl"))


def test_every_text_is_translated_and_the_template_is_up_to_date():
    done = subprocess.run(["make", "-s", "-f", "po/po.mk", "check-po"], cwd=TREE, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_translation_offers_the_same_letters():
    assert len(list(translations("nl"))) > 100
    for text, translation in translations("nl"):
        assert re.findall(r"\[.*?\]", text) == re.findall(r"\[.*?\]", translation), text
