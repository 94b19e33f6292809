"""Whom the policy means: by name, group, uid and last login, as the module finds them at a real login."""

import copy
import re
import struct
import subprocess
import time

import dbus
import pexpect
import pytest

import bus
import pam
from host import POLICY
from life import DAY, ctl, flat, managing, standing
from player import register
from waiting import LONG

STAFF = "sspr-staff"
ONE = POLICY.replace("methods_required = 2", "methods_required = 1")
LASTLOG = "/var/log/lastlog"


def policy_with(**keys):
    """ONE, with other keys of its registration."""
    text = ONE.replace("privileged =\n", "") if "privileged" in keys else ONE
    return text.replace("[registration]", "\n".join(["[registration]"] + ["%s = %s" % pair for pair in keys.items()]))


@pytest.fixture
def staff():
    """A group: call it with a person to add, or take one out."""
    with open("/etc/group") as file:
        known = any(line.startswith(STAFF + ":") for line in file)
    if not known:
        with open("/etc/group", "a") as file:
            file.write("%s:x:4712:\n" % STAFF)

    def change(person, option="-a"):
        subprocess.run(["gpasswd", option, person.name, STAFF], check=True, stdout=subprocess.DEVNULL)
    return change


class SignIn:
    """A login by pamtester, up to its end or its first question."""

    def __init__(self, person):
        pam.make_service()
        self.child = pexpect.spawn("pamtester", [pam.SERVICE, person.name, "authenticate", "acct_mgmt"], encoding="utf-8", timeout=LONG)
        self.child.expect("assword: ")
        self.child.sendline(person.password)
        self._read()

    def _read(self):
        self.asked = self.child.expect([r": $", "account management done"]) == 0
        self.text = flat(self.child.before)

    def enter(self):
        self.child.sendline("")
        self._read()
        return self.text

    def close(self):
        self.child.close(force=True)


def sign_in(person):
    """What was shown at the first question; "" where nothing was asked."""
    login = SignIn(person)
    login.close()
    return login.text if login.asked else ""


def is_asked(person):
    return "asks you to register security information" in sign_in(person)


def test_users_are_named_by_name_and_by_group(host, person, policy, staff):
    named, member = host.person(), host.person()
    staff(member)
    policy(policy_with(users="%s @%s" % (named.name, STAFF)))
    assert is_asked(named) and is_asked(member)
    assert not is_asked(person) and person.has_stamp()


def test_the_primary_group_is_a_group_too(host, person, policy):
    policy(policy_with(users="@" + person.name))     # each has one of their own
    assert is_asked(person)
    assert not is_asked(host.person())


def test_exclude_wins_by_name_and_by_group(host, person, policy, staff):
    member = host.person()
    staff(member)
    policy(policy_with(users="%s %s @%s" % (person.name, member.name, STAFF), exclude="%s @%s" % (person.name, STAFF)))
    assert not is_asked(person) and not is_asked(member)


def test_nobody_is_asked_with_users_none(person, policy):
    policy(policy_with(users="none"))
    assert not is_asked(person)


def test_uids_below_min_uid_are_left_alone(host, person, policy):
    above = host.person()
    policy(policy_with(min_uid=above.uid))
    assert above.uid > person.uid
    assert not is_asked(person)
    assert is_asked(above)


def test_the_groups_are_those_of_this_login(host, person, policy, staff):
    policy(policy_with(users="@" + STAFF))
    assert not is_asked(person)
    staff(person)
    host.forget_stamps()
    assert is_asked(person)
    staff(person, "-d")
    assert not is_asked(person)


def test_of_the_privileged_two_methods_are_required_and_questions_are_not_offered(person, policy, staff):
    staff(person)
    policy(policy_with(privileged="@" + STAFF))
    login = SignIn(person)
    assert "You need 2 ways to prove it" in login.text and "0 of 2 done" in login.text
    text = login.enter()
    assert "Authenticator app" in text and "E-mail" in text and "Security questions" not in text
    login.close()


def test_of_others_one_is_required_where_the_policy_says_so_and_questions_are_offered(person, policy):
    policy(policy_with(privileged="@" + STAFF))
    login = SignIn(person)
    assert "You need 1 way to prove it" in login.text
    assert "Security questions" in login.enter()
    login.close()


def test_questions_count_no_more_for_who_became_privileged(host, person, policy, staff):
    policy(policy_with(privileged="@" + STAFF))
    register(host, person, wants=["questions"])
    assert sign_in(person) == ""
    staff(person)
    host.forget_stamps()
    assert "0 of 2 done" in sign_in(person)
    assert standing(person)["methods"][0]["standing"] == "not-offered"


def test_questions_that_nobody_can_choose_are_not_asked_for(person, policy):
    broken = POLICY.replace("methods = app email questions", "methods = app questions").replace(
        "[questions]", "[questions]\ncatalogue = /etc/sspr/no-such-questions")
    policy(broken)
    login = SignIn(person)
    assert "You need 1 way to prove it" in login.text
    assert "Security questions" not in login.enter()
    login.close()


def last_logged_in(person, days):
    """What lastlog(8) would show: so many days ago."""
    with open(LASTLOG, "ab"):
        pass
    with open(LASTLOG, "r+b") as file:
        file.seek(person.uid * 292)
        file.write(struct.pack("=i32s256s", int(time.time()) - days * DAY, b"pts/7", b"192.0.2.9"))


def test_an_account_that_lastlog_has_as_unused_for_long_needs_a_help_desk_code(host, person, policy):
    policy(policy_with(dormant_days=90))
    last_logged_in(person, 91)
    assert "To begin, a help desk code is needed" in sign_in(person)
    last_logged_in(person, 0)
    assert "To begin, a help desk code is needed" in sign_in(person)      # who guessed the password has just logged in


def test_an_account_in_use_and_one_never_used_need_none(host, person, policy):
    policy(policy_with(dormant_days=90))
    last_logged_in(person, 89)
    for anybody in (person, host.person()):
        assert "help desk code" not in sign_in(anybody) and is_asked(anybody)


def with_uid(person, uid):
    """Another account of the same name: as userdel and useradd leave it. The old uid is somebody else's now."""
    with open("/etc/passwd") as file:
        text = file.read()
    changed = re.sub(r"^(%s:x:)\d+:" % person.name, r"\g<1>%d:" % uid, text, flags=re.MULTILINE)
    assert changed != text
    with open("/etc/passwd", "w") as file:
        file.write(changed + "once-%s:x:%d:%d::/:/bin/false\n" % (person.name, person.uid, person.uid))
    other = copy.copy(person)
    other.uid, other.stamp = uid, "/run/sspr/stamps/%d" % uid
    return other


def test_an_account_of_the_same_name_and_another_uid_starts_anew_and_is_shown_nothing(host, person):
    register(host, person, wants=("app", "email"))
    assert sign_in(person) == "" and person.has_stamp()
    heir = with_uid(person, person.uid + 30000)
    mark = host.log.mark()
    assert "0 of 2 done" in sign_in(heir)
    host.log.wait_for("event=record-set-aside user=%s uid=%d" % (person.name, person.uid), mark)
    assert not person.has_stamp() and not heir.has_stamp()
    code, output, _ = ctl("status", user=heir)
    assert code == 0 and "uthenticator" not in output and "mail" not in output.replace(heir.name, "")
    with pytest.raises(dbus.DBusException) as refused:
        managing(person)
    assert refused.value.get_dbus_name().endswith("NotAllowed")
    assert bus.check(heir)[0] == "register"
