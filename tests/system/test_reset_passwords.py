"""New passwords that the host's rules refuse, through real ssh; keyrings; and the accounts whose password no reset may touch."""

import pytest

import stacks
from accounts import REFUSED, made, made_so
from enrolled import enrolled
from grants import OTHER, fits, lines_of
from life import next_totp
from resets import FIRST, GOOD, PASSWORD, SECOND, Reset


@pytest.fixture(autouse=True)
def line(host):
    with stacks.reset_line():
        yield


@pytest.fixture
def hand(host, person):
    return enrolled(host, person, "app", "email")


@pytest.fixture
def at_password(person, hand, keyboard_sshd):
    """The prompt for a new password is open."""
    dialog = Reset.ssh(keyboard_sshd, person, hand)
    dialog.begin()
    dialog.first_proof("app")
    dialog.choose()
    assert dialog.at("New password: ")
    yield dialog
    dialog.close()


BAD = {"weak": ("password", "BAD PASSWORD"),
       "short": ("Tulip", "at least 6 characters"),
       "empty": ("", "Nothing was typed."),
       "with a control character": ("Velvet\t42-harbour", "A password has no control characters. Choose another one."),
       "of 512 bytes": (("Velvet-42-harbour" * 40)[:512], "A password has at most 511 bytes. Choose a shorter one.")}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_password_is_refused_with_words_and_another_can_be_typed(person, at_password, kind):
    bad, words = BAD[kind]
    at_password.say(bad, words)
    assert at_password.at("New password: ")
    at_password.new_password()
    assert "Your password is changed" in at_password.text and fits(person, GOOD)
    assert at_password.logs_in(GOOD)


def test_two_that_differ_are_typed_again(person, at_password):
    at_password.say(GOOD, "Retype new password:")
    at_password.say(OTHER, "do not match.*New password:")
    at_password.new_password(OTHER)
    assert at_password.logs_in(OTHER)


def test_an_earlier_password_is_refused(host, person, hand, at_password, keyboard_sshd):
    at_password.new_password()
    dialog = Reset.ssh(keyboard_sshd, person, hand)
    dialog.begin()
    dialog.first_proof("email")
    dialog.choose()
    dialog.say(GOOD)
    while dialog.at("Retype new password: "):
        dialog.say(GOOD)
    assert "already used" in dialog.text, dialog.shown
    assert dialog.at("New password: ")
    dialog.new_password(OTHER)
    assert dialog.logs_in(OTHER)
    dialog.close()


@pytest.mark.sanitized
@pytest.mark.parametrize("bad", [["password", "Tulip", "qwerty123"], ["a\tb", "password", "x" * 512]], ids=["weak", "impossible"])
def test_three_bad_ones_end_it_and_the_old_password_stands(host, person, at_password, bad):
    before, mark = lines_of("/etc/shadow"), host.log.mark()
    for password in bad:
        assert at_password.at("New password: "), password
        at_password.say(password)
    assert "This host's rules took none of the new passwords. Nothing was changed: the old password stands." in at_password.text
    assert lines_of("/etc/shadow") == before
    assert at_password.logs_in(person.password)
    assert host.log.wait_for("sspr-passwd.*grant of %s: declined" % person.name, mark)
    assert not host.log.since(mark, "event=reset-changed")
    assert host.log.since(mark, "event=reset-refused user=%s " % person.name)


@pytest.mark.parametrize("stop", [True, False], ids=["stop", "go on"])
def test_a_keyring_is_told_before_anything_is_changed(person, hand, keyboard_sshd, stop):
    made("{home}/.local/share/keyrings/login.keyring")(person)
    before = lines_of("/etc/shadow")
    dialog = Reset.ssh(keyboard_sshd, person, hand)
    dialog.begin()
    dialog.first_proof("app")
    dialog.choose()
    assert "it keeps the old password" in dialog.text and dialog.at("stop here: ")
    if stop:
        dialog.say("x", "Nothing was changed: the old password stands.")
        assert lines_of("/etc/shadow") == before
    else:
        dialog.say("", "New password:")
        dialog.new_password()
    assert dialog.logs_in(person.password if stop else GOOD)
    dialog.close()


# --- whose password is left alone

# What is seen only once there is a proof, by sspr-passwd; of the rest the module tells that there is no password here.
LATE = {"expired", "lapsed", "systemd-homed", "eCryptfs", "eCryptfs in the home", "fscrypt on the root", "fscrypt on the root, root's file",
        "fscrypt on the home's mount", "fscrypt in the home", "the hash in passwd", "twice in passwd", "twice in shadow", "x"}
NOT_OFFERED = {"uid 0", "no hash"}      # root; and whoever needs no password
ANOTHER_RECORD = {"nobody's uid"}       # what is registered is another uid's, and there it is not enough
CONTACT = "SSPR-CONTACT: the password of this account is managed elsewhere, or the account is locked."
CANNOT = "Your account could not be verified, so nothing was changed."


@pytest.mark.parametrize("kind", sorted(REFUSED.keys() - NOT_OFFERED))
def test_over_ssh_it_is_never_changed_and_told_to_nobody_without_a_proof(person, hand, keyboard_sshd, kind):
    with made_so(person, REFUSED[kind]):
        before = open("/etc/shadow").read()
        dialog = Reset.ssh(keyboard_sshd, person, hand)
        dialog.begin()
        dialog.say(next_totp(person.app_secret), SECOND.strip())
        dialog.say("")
        if kind in LATE:
            dialog.choose()
            assert CONTACT in dialog.text, dialog.shown
        else:
            assert "did not show who you are" in dialog.text and dialog.at(FIRST)
            dialog.say("")
            dialog.say("", CANNOT)
        assert dialog.at(PASSWORD) and open("/etc/shadow").read() == before
        dialog.close()


@pytest.mark.parametrize("kind", sorted(REFUSED.keys() - NOT_OFFERED - ANOTHER_RECORD))
def test_at_a_console_it_is_told_and_never_changed(person, hand, kind):
    with made_so(person, REFUSED[kind]):
        before = open("/etc/shadow").read()
        dialog = Reset.console(person, hand)
        dialog.begin("")
        if kind in LATE:
            dialog.first_proof("app")
            dialog.choose()
        assert CONTACT in dialog.text and "turn to the help desk, room 12" in dialog.text, dialog.shown
        assert "This is registered" not in dialog.text
        assert open("/etc/shadow").read() == before
        dialog.close()


@pytest.mark.parametrize("name", ["daemon", "sspr"])
def test_the_hosts_own_accounts_are_told_the_same(host, name):
    before = open("/etc/shadow").read()
    dialog = Reset.console(name)
    dialog.begin("SSPR-CONTACT")
    dialog.close()
    assert open("/etc/shadow").read() == before


def test_root_by_another_name_is_not_offered_it(person, hand, keyboard_sshd):
    with made_so(person, REFUSED["uid 0"]):
        dialog = Reset.ssh(keyboard_sshd, person)
        assert "Forgot it?" not in dialog.text
        assert not dialog.logs_in("?")
        dialog.close()
