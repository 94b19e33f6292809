"""What an administrator fills in: shown masked with who did it, confirmed by proof, the user's to correct or delete."""

import pytest

import bus
from host import POLICY
from life import change_user, ctl, done, mailed_code, standing, talk

ONE = POLICY.replace("methods_required = 2", "methods_required = 1")


@pytest.fixture
def filled_in(host, person, policy):
    policy(ONE)
    done("set", person.name, "email", person.mail)
    return person


def at_the_value(person):
    dialog = talk(person)
    dialog.say("", "E-mail: .*, filled in for you and to be confirmed")
    dialog.choose("E-mail")
    return dialog


@pytest.mark.sanitized
def test_it_is_shown_masked_with_who_filled_it_in_and_confirmed_by_proof(host, filled_in):
    dialog = at_the_value(filled_in)
    assert "This was filled in by root" in dialog.text and filled_in.mail not in dialog.text
    dialog.say("", "is on its way")
    dialog.say(mailed_code(host, filled_in.mail, 0), "Registered: E-mail")
    dialog.say("")
    assert dialog.verdict == "registered"
    assert bus.check(filled_in)[0] == "ok"


def test_the_user_is_told_once_that_it_was_filled_in(host, filled_in):
    dialog = talk(filled_in)
    assert "E-mail: filled in by an administrator" in dialog.text
    dialog.say("n")
    assert dialog.verdict == "postponed"
    change_user(host, filled_in, postponed_until=0)
    assert "filled in by an administrator" not in talk(filled_in).text


def test_it_does_not_count_before_it_is_proven(host, filled_in):
    assert bus.check(filled_in)[0] == "register"
    assert "0 of 1 done" in talk(filled_in).text


def test_the_user_may_correct_it(host, filled_in):
    dialog = at_the_value(filled_in)
    dialog.say("c", "Which e-mail address")
    other = "other-" + filled_in.mail
    dialog.say(other)
    dialog.say(mailed_code(host, other, 0), "Registered: E-mail")
    assert host.mail.count(filled_in.mail) == 0


def test_the_user_may_delete_it(host, filled_in):
    at_the_value(filled_in).say("d", "It is deleted")
    assert "filled in for you" not in talk(filled_in).say("")


def test_a_wrong_code_does_not_confirm_it(host, filled_in):
    dialog = at_the_value(filled_in)
    dialog.say("")
    code = mailed_code(host, filled_in.mail, 0)
    dialog.say("%06d" % ((int(code) + 1) % 1000000), "not right")
    assert bus.check(filled_in)[0] == "register"


def test_the_value_is_refused_where_the_user_could_not_use_it(host, person, policy):
    policy(ONE)
    for value, why in (("nonsense", "no e-mail address"), ("x@corp.example", "very password"), ("x@desk", "mailbox on this host|no e-mail")):
        code, _, told = ctl("set", person.name, "email", value)
        assert code == 1
        assert any(part in told for part in why.split("|")), told


@pytest.mark.parametrize("method", ["app", "questions", "recovery-codes", "telepathy"])
def test_what_only_the_user_can_set_cannot_be_filled_in(host, person, method):
    assert ctl("set", person.name, method, "anything")[0] != 0


def test_only_administrators_may(host, person):
    bus.check(person)
    code, _, why = ctl("set", person.name, "email", person.mail, user=person)
    assert code == 1 and "only an administrator" in why


def test_it_is_audited_without_the_value(host, person, policy):
    policy(ONE)
    mark = host.log.mark()
    done("set", person.name, "email", person.mail)
    line = host.log.wait_for("event=filled-in|event=method-filled-in", mark)
    assert person.name in line
    assert not host.log.since(mark, person.mail)


def test_a_user_who_never_logged_in_can_be_prepared_and_the_record_is_masked(host, person, policy):
    policy(ONE)
    done("set", person.name, "email", person.mail)
    assert person.mail not in str(standing(person))
