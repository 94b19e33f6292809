"""Fixtures of the dialog tests: a session whose catalogues are found in the build folder, and a way to play with it."""

import os
import subprocess

import pytest

import dialog as playing

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SANITIZED = "SSPR_SANITIZED" in os.environ


@pytest.fixture(scope="session")
def program():
    """The installed program finds its catalogues in /usr/share/locale: here it is built with another LOCALEDIR."""
    build = os.environ.get("SSPR_BUILD", "build/build").rstrip("/") + "-dialog"
    locale = os.path.join(TREE, build, "locale")
    target = build + "/sspr-session"
    subprocess.run(["make", "-s", "BUILD=" + build, "LOCALEDIR=" + locale, target,
                    build + "/locale/nl/LC_MESSAGES/sspr.mo"], cwd=TREE, check=True,
                   env={k: v for k, v in os.environ.items() if not k.startswith("MAKE") and k != "MFLAGS"})
    return os.path.join(TREE, target)


@pytest.fixture
def play(program):
    """play(judge, [what is typed]): the Result of the whole dialog. A sanitizer's report fails the test."""
    def run(judge, typed, **how):
        result = playing.Dialog(program, judge, typed, **how).play()
        assert result.stderr == ""
        assert result.exit >= 0, "ended by signal %d; so far:\n%s" % (-result.exit, result.transcript)
        return result
    return run


@pytest.fixture
def transcript():
    """Compares with a file in transcripts/; SSPR_TRANSCRIPTS=write writes them anew, to be read before a commit."""
    def compare(name, text):
        path = os.path.join(TREE, "tests/dialog/transcripts", name + ".txt")
        if os.environ.get("SSPR_TRANSCRIPTS") == "write":
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        with open(path, encoding="utf-8") as file:
            assert text == file.read()
    return compare
