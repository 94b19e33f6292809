"""From `?` to logged in with the new password: over real ssh and at a console, by each method and each pair of them."""

import pytest

import phones
import stacks
from enrolled import enrolled
from gateway import Kannel
from grants import fits, hash_of, lines_of
from resets import FIRST, GOOD, PASSWORD, SECOND, Reset

SENT = ["email", "phone", "office-phone"]
FIRSTS = ["app", "recovery-codes"] + SENT
ALL = FIRSTS + ["questions"]
# One pair of each method goes over ssh, the others by packets: what differs is the host program, not the dialog.
OVER_SSH = [(FIRSTS[i], ALL[i + 1]) for i in range(len(FIRSTS))]
PAIRS = [(first, second) for first in FIRSTS for second in ALL if first != second]


@pytest.fixture(autouse=True)
def line(host):
    with stacks.reset_line():
        yield


@pytest.fixture(scope="module")
def kannel():
    server = Kannel()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def voice():
    server = phones.Voice()
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def policy_of(host, kannel, voice, policy):
    """All methods; call it for another [registration], and for more lines of text in place of others."""
    def use(replace=("", ""), more="", **registration):
        policy(phones.policy_of(kannel, voice, min_uid=1000, **registration).replace(*replace) + more)
    use()
    return use


@pytest.fixture
def enrol(host, kannel, voice):
    """Call it with a person and methods."""
    return lambda person, *methods: enrolled(host, person, *methods, kannel=kannel, voice=voice)


def changed(person, before):
    """Only this person's line of shadow is another one, and holds the new password as yescrypt."""
    after = lines_of("/etc/shadow")
    assert {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)} == {person.name}
    old, new = before[person.name].split(":"), after[person.name].split(":")
    assert old[3:] == new[3:] and hash_of(person).startswith("$y$")
    assert fits(person, GOOD) and not fits(person, person.password)


def resets_and_logs_in(dialog, person):
    """From the proofs on."""
    before = lines_of("/etc/shadow")
    dialog.new_password()
    assert "Your password is changed. Please sign in with the new one now." in dialog.text
    changed(person, before)
    assert dialog.logs_in(GOOD)
    assert "your password was reset" in dialog.notice
    dialog.close()


def refuses(server, person, password):
    dialog = Reset.ssh(server, person)
    assert not dialog.logs_in(password)
    dialog.close()


@pytest.mark.sanitized
@pytest.mark.parametrize("method", FIRSTS)
def test_over_ssh_by(person, keyboard_sshd, enrol, method):
    dialog = Reset.ssh(keyboard_sshd, person, enrol(person, method))
    assert "This is registered" not in dialog.begin()
    dialog.first_proof(method)
    resets_and_logs_in(dialog, person)
    refuses(keyboard_sshd, person, person.password)


@pytest.mark.parametrize("method", ALL)
def test_at_a_console_by(person, keyboard_sshd, enrol, method):
    """Questions are enough by themselves there."""
    dialog = Reset.console(person, enrol(person, method))
    dialog.begin("This is registered:")
    assert ("type q" in dialog.text) == (method == "questions")
    dialog.first_proof(method)
    resets_and_logs_in(dialog, person)
    refuses(keyboard_sshd, person, person.password)


@pytest.fixture
def two_proofs(policy_of):
    policy_of(methods_required=2, methods_to_reset=2)


@pytest.mark.parametrize("first, second", PAIRS, ids="-".join)
def test_two_proofs_by(person, keyboard_sshd, enrol, two_proofs, first, second):
    hand = enrol(person, first, second)
    over_ssh = (first, second) in OVER_SSH
    dialog = Reset.ssh(keyboard_sshd, person, hand) if over_ssh else Reset.packets(person, hand)
    if over_ssh:
        dialog.begin()
    dialog.first_proof(first)
    assert "One more proof is needed, by another method:" in dialog.text and "[e] end" in dialog.text
    dialog.second_proof(second)
    if over_ssh:
        resets_and_logs_in(dialog, person)
        return
    before = lines_of("/etc/shadow")
    dialog.new_password()
    assert dialog.verdict == "password-changed"
    changed(person, before)


@pytest.mark.sanitized
@pytest.mark.parametrize("second", ["app", "email"])
def test_two_proofs_at_a_console_by_the_questions_and(person, enrol, two_proofs, second):
    dialog = Reset.console(person, enrol(person, "questions", second))
    dialog.begin("type q")
    dialog.first_proof("questions")
    dialog.second_proof(second)
    resets_and_logs_in(dialog, person)


def test_one_of_two_proofs_changes_nothing(person, keyboard_sshd, enrol, two_proofs):
    before = lines_of("/etc/shadow")
    dialog = Reset.ssh(keyboard_sshd, person, enrol(person, "app", "email"))
    dialog.begin()
    dialog.first_proof("app")
    dialog.say("e", "Nothing was changed: the old password stands.")
    assert lines_of("/etc/shadow") == before
    assert dialog.logs_in(person.password)
    dialog.close()


def test_the_privileged_give_two_proofs_always(person, keyboard_sshd, enrol, policy_of):
    policy_of(replace=("privileged =", "privileged = " + person.name))
    dialog = Reset.ssh(keyboard_sshd, person, enrol(person, "app", "email"))
    dialog.begin()
    dialog.first_proof("app")
    assert "One more proof is needed" in dialog.text
    dialog.second_proof("email")
    resets_and_logs_in(dialog, person)


def test_the_questions_of_the_privileged_count_for_nothing(person, enrol, policy_of):
    """They were registered before that."""
    hand = enrol(person, "app", "email", "questions")
    policy_of(replace=("privileged =", "privileged = " + person.name))
    dialog = Reset.console(person, hand)
    assert "type q" not in dialog.begin()
    dialog.say("q", SECOND.strip())
    dialog.say("", "That did not show who you are.")
    dialog.first_proof("app")
    assert "One more proof is needed" in dialog.text and "questions" not in dialog.text
    dialog.second_proof("email")
    resets_and_logs_in(dialog, person)


@pytest.mark.parametrize("where", ["ssh", "console"])
def test_questions_are_no_first_proof_over_ssh_nor_where_they_never_stand_alone(host, person, keyboard_sshd, enrol, policy_of,
                                                                               where):
    hand = enrol(person, "app", "questions")
    if where == "console":
        policy_of(replace=("[questions]", "[questions]\nalone = never"))
    dialog = Reset.console(person, hand) if where == "console" else Reset.ssh(keyboard_sshd, person, hand)
    assert "type q" not in dialog.begin()
    dialog.say("q", SECOND.strip())
    dialog.say("", "That did not show who you are. You can try 2 more times")
    dialog.close()


@pytest.mark.parametrize("method", SENT)
def test_a_code_outlives_its_dialog(person, keyboard_sshd, enrol, method):
    """The first was closed by the host (LOGIN_TIMEOUT): in the next the first prompt stays empty."""
    hand = enrol(person, method)
    dialog = Reset.ssh(keyboard_sshd, person, hand)
    dialog.begin()
    typed, code = {"email": (person.mail, hand.mail_code), "phone": (hand.number, hand.text_code),
                   "office-phone": (hand.office, hand.call_code)}[method]
    dialog.say(typed, SECOND.strip())
    received = code()
    dialog.close()
    dialog = Reset.ssh(keyboard_sshd, person, hand)
    dialog.begin()
    dialog.say("", SECOND.strip())
    dialog.say(received, "Thank you, you have shown who you are.")
    resets_and_logs_in(dialog, person)


def test_a_code_is_good_for_one_reset(person, keyboard_sshd, enrol):
    hand = enrol(person, "email")
    dialog = Reset.ssh(keyboard_sshd, person, hand)
    dialog.begin()
    dialog.say(person.mail)
    code = hand.mail_code()
    dialog.say(code, "Thank you")
    dialog.close()
    dialog = Reset.ssh(keyboard_sshd, person, hand)
    dialog.begin()
    dialog.say("", SECOND.strip())
    dialog.say(code, "That did not show who you are.")
    dialog.close()


def test_both_prompts_empty_end_it_and_the_password_works(person, keyboard_sshd, enrol):
    enrol(person, "app")
    dialog = Reset.ssh(keyboard_sshd, person)
    dialog.begin()
    dialog.say("", SECOND.strip())
    dialog.say("", "Your account could not be verified, so nothing was changed.")
    assert dialog.logs_in(person.password)
    dialog.close()


def test_three_wrong_rounds_end_it_and_the_password_works(person, keyboard_sshd, enrol):
    enrol(person, "app")
    dialog = Reset.ssh(keyboard_sshd, person)
    dialog.begin()
    for left in ("2 more times", "1 more time", "could not be verified"):
        dialog.say("nobody@mail.example", SECOND.strip())
        dialog.say("", left)
    assert dialog.at(PASSWORD) and FIRST not in dialog.text
    assert dialog.logs_in(person.password)
    dialog.close()


def test_with_unlock_off_only_a_new_password_is_offered(person, keyboard_sshd, enrol, policy_of):
    hand = enrol(person, "email")
    policy_of(more="[reset]\nunlock = no\n")
    dialog = Reset.ssh(keyboard_sshd, person, hand)
    dialog.begin()
    dialog.first_proof("email")
    assert "only unlock" not in dialog.text and dialog.at("New password: ")
    resets_and_logs_in(dialog, person)
