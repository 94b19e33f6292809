"""ssprctl with the real daemon: what an administrator sees, what users see, and what they do not."""

import csv
import datetime
import io
import json
import re
import subprocess

import pytest

from host import CONF, POLICY
from player import register
from users import add_person
from waiting import LONG

DONE, REFUSED, USAGE, UNREACHABLE = 0, 1, 2, 3


def ssprctl(*arguments, person=None):
    command = ["ssprctl"] + list(arguments)
    if person:
        command = ["setpriv", "--reuid=%d" % person.uid, "--regid=%d" % person.uid, "--clear-groups"] + command
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
                          timeout=LONG)
    return done.returncode, done.stdout, done.stderr


def simulate(person, service, *options):
    code, output, errors = ssprctl("simulate", person.name, service, *options)
    assert (code, errors) == (DONE, "") and len(output.splitlines()) == 1
    return output


@pytest.fixture
def registered(host, person):
    register(host, person, wants=("app", "email"))
    return person


def test_a_user_sees_what_is_registered_masked(registered):
    code, output, _ = ssprctl("status", person=registered)
    assert code == DONE
    assert "You are registered. Nothing is due. 2 of 2 methods are done." in output
    assert re.search(r"^app +", output, re.MULTILINE)
    assert re.search(r"^email +%s\*+@m\*+\.example +" % registered.mail[0], output, re.MULTILINE)
    assert registered.mail not in output
    today = datetime.date.today()
    assert today.isoformat() in output and (today + datetime.timedelta(days=180)).isoformat()[:7] in output


def test_a_user_sees_the_own_record_for_programs(registered):
    record = json.loads(ssprctl("status", "--json", person=registered)[1])
    assert (record["user"], record["uid"], record["state"]) == (registered.name, registered.uid, "ok")
    assert [m["method"] for m in record["methods"]] == ["app", "email"]
    rows = list(csv.DictReader(io.StringIO(ssprctl("status", "--csv", person=registered)[1], newline="")))
    assert [row["method"] for row in rows] == ["app", "email"] and {row["registered"] for row in rows} == {"yes"}


def test_users_see_themselves_and_nobody_else(host, registered):
    other = host.person()
    register(host, other)
    assert ssprctl("show", registered.name, person=registered)[0] == DONE
    for command in (["show", other.name], ["show", "no-such-user"], ["users"], ["simulate", registered.name, "sshd"]):
        code, output, errors = ssprctl(*command, person=registered)
        assert (code, output) == (REFUSED, "") and "only an administrator" in errors


def test_a_user_without_a_record_is_told_so(person):
    code, output, errors = ssprctl("status", person=person)
    assert (code, output) == (REFUSED, "") and "no record of you yet" in errors


def test_an_administrator_sees_all_users(registered):
    code, output, _ = ssprctl("users")
    assert code == DONE
    assert re.search(r"^%s +%d +ok +yes +yes +2 +2 +0 +app email$" % (registered.name, registered.uid), output, re.MULTILINE)
    users = {user["user"]: user for user in json.loads(ssprctl("users", "--json")[1])}
    assert users[registered.name]["methods"] == ["app", "email"]
    rows = {row["user"]: row for row in csv.DictReader(io.StringIO(ssprctl("users", "--csv")[1], newline=""))}
    assert rows[registered.name]["methods"] == "app email"


def test_an_administrator_sees_a_record_masked(registered):
    code, output, _ = ssprctl("show", registered.name)
    assert code == DONE and output.startswith("%s: registered, nothing is due (2 of 2 methods)\n" % registered.name)
    assert "Uid: %d\n" % registered.uid in output and "Password kept on this host: yes\n" in output
    assert registered.mail not in output


def test_a_user_that_is_not_known_is_refused(host):
    code, output, errors = ssprctl("show", "no-such-user")
    assert (code, output) == (REFUSED, "") and "no such user" in errors


def test_simulate_says_what_a_login_would_meet(host, person):
    line = simulate(person, "sshd")
    assert line.startswith("%s through sshd: would be asked to register (0 of 2 done, 3 postpones left): " % person.name)
    assert re.search(r"/etc/pam\.d/common-account:\d+ has pam_sspr\.so, service sshd is on its list", line)
    register(host, person)
    assert "would not be asked: " in simulate(person, "sshd")
    assert "registered: 2 methods, 2 required" in simulate(person, "sshd")


def test_simulate_changes_nothing(person):
    simulate(person, "sshd")
    assert person.name not in [user["user"] for user in json.loads(ssprctl("users", "--json")[1])]
    assert not person.has_stamp()


@pytest.mark.parametrize("service", ["sudo", "su", "cron"])
def test_simulate_says_that_other_services_are_left_alone(person, service):
    assert "left alone: service %s is not on the list of /etc/pam.d/common-account:" % service in simulate(person, service)


def test_simulate_knows_the_options_of_the_line(person, module_line):
    module_line("services=sudo onerr=fail")
    assert "service sshd is not on the list" in simulate(person, "sshd")
    assert "onerr=fail: refused while sspr cannot answer" in simulate(person, "sudo")


def test_simulate_follows_the_policy(person, policy):
    policy(POLICY.replace("[registration]", "[registration]\nexclude = %s" % person.name))
    assert "left alone: " in simulate(person, "sshd") and "exclude" in simulate(person, "sshd")
    policy(POLICY.replace("[registration]", "[registration]\nenforce = remind"))
    assert "would be asked to register (0 of 2 done, postponing is free)" in simulate(person, "sshd")
    policy(POLICY.replace("[registration]", "[registration]\nkeyed_logins = refuse\npostpone_until = 2020-01-01"))
    assert "a login without a dialog is refused" in simulate(person, "sshd")


def test_simulate_knows_a_password_that_is_kept_elsewhere(host):
    elsewhere = add_person(shadow="*")
    assert "left alone: " in simulate(elsewhere, "sshd")
    assert "the password is not kept on this host" in simulate(elsewhere, "sshd")


def test_policy_check_says_what_the_daemon_would_say(policy):
    assert ssprctl("policy", "check") == (DONE, "good\n", "")
    policy(POLICY + "\n[registration]\nmethods_required = 7\n")
    code, output, _ = ssprctl("policy", "check")
    daemon = subprocess.run(["ssprd", "-t"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=LONG)
    assert (code, daemon.returncode) == (REFUSED, 1)
    assert output == daemon.stdout and output.startswith(CONF + ":")


def test_a_daemon_that_is_gone_is_3(host, person):
    host.stop_daemon()
    host.stop_bus()
    try:
        for command in (["users"], ["show", person.name], ["status"], ["simulate", person.name, "sshd"]):
            code, output, errors = ssprctl(*command)
            assert (code, output) == (UNREACHABLE, "") and "not reachable" in errors
        assert "left alone" in simulate(person, "sudo")
    finally:
        host.start_bus()
