"""A stamp lets its user pass without a question to anybody. One that is in any doubt is never believed.

The module is pointed at a bus that is not there, with onerr=fail: an account phase that succeeds has believed the
stamp, one that is denied has not.
"""

import os
import shutil
import time

import pytest

import bus
import pam
from host import CONF, POLICY, STAMPS
from player import register

DAY = 24 * 3600
NO_BUS = "bus=unix:path=/run/no-bus-here onerr=fail timeout=1"


@pytest.fixture
def stamped(host, person):
    """Somebody with a valid stamp that ssprd wrote."""
    register(host, person)
    assert bus.check(person)[0] == "ok"
    assert person.has_stamp()
    return person


def believed(person, options=NO_BUS):
    pam.make_service(options)
    login, = pam.log_in(person)
    assert login.authenticate == pam.SUCCESS
    assert login.account in (pam.SUCCESS, pam.PERMISSION_DENIED)
    return login.account == pam.SUCCESS


def rewrite(person, line, mode=0o644):
    """Another stamp, with the owner that ssprd gives it."""
    owner = os.stat(STAMPS)
    temporary = person.stamp + ".new"
    with open(temporary, "wb") as file:
        file.write(line)
    os.chmod(temporary, mode)
    os.chown(temporary, owner.st_uid, owner.st_gid)
    os.rename(temporary, person.stamp)


def line_of(person, valid_for=3600):
    return b"sspr1 %s %d\n" % (person.name.encode(), time.time() + valid_for)


def test_the_stamp_of_the_daemon_is_believed(stamped):
    assert believed(stamped)


def test_a_line_written_by_these_tests_is_believed_as_long_as_nothing_is_wrong_with_it(stamped):
    rewrite(stamped, line_of(stamped))
    assert believed(stamped)


def test_a_login_with_a_stamp_loads_no_library_but_the_module(stamped):
    without = pam.libraries_of_a_login(stamped, "required pam_permit.so")
    with_it = pam.libraries_of_a_login(stamped, "required pam_permit.so", "required pam_sspr.so services=sspr-test")
    assert {os.path.basename(path) for path in with_it - without} <= {"pam_sspr.so"}
    assert not [path for path in with_it if "sspr-client" in path or "dbus" in path]


def test_a_login_that_asks_loads_the_client_library_then(stamped):
    asking = pam.libraries_of_a_login(stamped, "required pam_permit.so",
                                      "required pam_sspr.so services=sspr-test stamps=/run/none")
    assert any(path.endswith("/sspr/libsspr-client.so") for path in asking)


FORGED_LINES = {
    "of another user": lambda person: b"sspr1 mallory %d\n" % (time.time() + 3600),
    "expired": lambda person: line_of(person, -1),
    "far in the future": lambda person: line_of(person, DAY + 600),
    "empty": lambda person: b"",
    "garbage": lambda person: b"\xff\x00garbage\n",
    "of another version": lambda person: line_of(person).replace(b"sspr1", b"sspr2"),
    "with garbage after the time": lambda person: line_of(person)[:-1] + b" x\n",
    "with a letter in the time": lambda person: line_of(person)[:-2] + b"x\n",
    "with a negative time": lambda person: b"sspr1 %s -1\n" % person.name.encode(),
    "with an overflowing time": lambda person: b"sspr1 %s 99999999999999999999999\n" % person.name.encode(),
    "with two lines": lambda person: line_of(person) * 2,
    "of enormous length": lambda person: line_of(person) + b"\n" * 100000,
}


@pytest.mark.parametrize("kind", FORGED_LINES)
def test_a_forged_line_is_not_believed(stamped, kind):
    rewrite(stamped, FORGED_LINES[kind](stamped))
    assert not believed(stamped)


@pytest.mark.parametrize("mode", [0o664, 0o646, 0o666])
def test_a_stamp_that_others_can_write_is_not_believed(stamped, mode):
    rewrite(stamped, line_of(stamped), mode)
    assert not believed(stamped)


def test_a_stamp_that_somebody_else_owns_is_not_believed(stamped):
    os.chown(stamped.stamp, stamped.uid, -1)
    assert not believed(stamped)


def test_a_link_to_a_good_stamp_is_not_believed(stamped):
    os.rename(stamped.stamp, stamped.stamp + ".real")
    os.symlink(stamped.stamp + ".real", stamped.stamp)
    assert not believed(stamped)
    os.unlink(stamped.stamp + ".real")


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo], ids=["a directory", "a fifo"])
def test_what_is_no_regular_file_is_not_believed(stamped, make):
    os.unlink(stamped.stamp)
    make(stamped.stamp)
    assert not believed(stamped)
    os.rmdir(stamped.stamp) if os.path.isdir(stamped.stamp) else os.unlink(stamped.stamp)


def later(path):
    soon = time.time() + 5
    os.utime(path, (soon, soon))


def test_a_stamp_older_than_the_configuration_is_not_believed(stamped, policy):
    later(CONF)
    assert not believed(stamped)


def test_a_stamp_older_than_a_drop_in_is_not_believed(host, person, policy):
    policy(POLICY, {"10-site.conf": "[registration]\npostpone_limit = 5\n"})
    register(host, person)
    bus.check(person)
    assert believed(person)
    later(CONF + ".d/10-site.conf")
    assert not believed(person)


def test_a_stamp_older_than_the_folder_of_drop_ins_is_not_believed(host, person, policy):
    policy(POLICY, {"10-site.conf": "[registration]\npostpone_limit = 5\n"})
    register(host, person)
    bus.check(person)
    os.unlink(CONF + ".d/10-site.conf")     # leaves its mark on the folder alone
    later(CONF + ".d")
    assert not believed(person)


@pytest.fixture
def other_folder(stamped, tmp_path_factory):
    folder = "/run/other-stamps"
    shutil.copytree(STAMPS, folder)
    os.chown(folder, 0, 0)
    os.chmod(folder, 0o755)
    os.chown(os.path.join(folder, str(stamped.uid)), 0, 0)
    yield folder
    shutil.rmtree(folder)


def test_the_folder_can_be_another_one(stamped, other_folder):
    os.unlink(stamped.stamp)
    assert believed(stamped, NO_BUS + " stamps=" + other_folder)


def test_a_folder_that_others_can_write_is_not_believed(stamped, other_folder):
    os.chmod(other_folder, 0o777)
    assert not believed(stamped, NO_BUS + " stamps=" + other_folder)


def test_a_folder_that_somebody_else_owns_is_not_believed(stamped, other_folder):
    os.chown(other_folder, stamped.uid, -1)
    assert not believed(stamped, NO_BUS + " stamps=" + other_folder)


def test_a_link_to_a_good_folder_is_not_believed(stamped, other_folder):
    os.symlink(other_folder, "/run/link-to-stamps")
    assert not believed(stamped, NO_BUS + " stamps=/run/link-to-stamps")
    os.unlink("/run/link-to-stamps")


def test_somebody_for_whom_something_is_due_gets_none(person):
    assert bus.check(person)[0] == "register"
    assert not person.has_stamp()


def test_the_daemon_removes_all_stamps_when_it_reloads(host, stamped, policy):
    policy(POLICY.replace("methods_required = 2", "methods_required = 3"))
    assert bus.check(stamped)[0] == "register"
    assert not stamped.has_stamp()


def test_a_stamp_from_before_the_daemons_start_is_removed_by_it(host, stamped):
    host.stop_daemon()
    rewrite(stamped, line_of(stamped))
    bus.check(host.person())
    assert not stamped.has_stamp()
