"""A database that the first program wrote is taken over: whoever was registered still is, with what they proved."""

import os
import re
import shutil
import sqlite3

import pytest

import bus
import wire
from host import POLICY, TREE
from life import talk
from player import totp
from rogue import ask
from waiting import wait_until

OLD = os.path.join(TREE, "tests/system/data/version-1.sql")
FOLDER = "/var/lib/sspr/first"
PATHS = "[store]\npath = %s/db\nkey_file = %s/key\n" % (FOLDER, FOLDER)


class Old:
    """The old database and its key, in a folder of their own, with its people on this machine."""

    def __init__(self, host):
        with open(OLD) as file:
            self.sql = file.read()
        self.path = FOLDER + "/db"
        shutil.rmtree(FOLDER, ignore_errors=True)
        os.makedirs(FOLDER)
        self.olivia, self.oscar = host.person(), host.person()
        self.olivia.app_secret = re.search(r"^-- olivia's app: (\S+)$", self.sql, re.MULTILINE).group(1)
        self.write(self.sql)
        with open(FOLDER + "/key", "wb") as file:
            file.write(bytes.fromhex(re.search(r"^-- master.key: (\S+)$", self.sql, re.MULTILINE).group(1)))
        for path in (FOLDER, self.path, FOLDER + "/key"):
            shutil.chown(path, "sspr", "sspr")
            os.chmod(path, 0o700 if path == FOLDER else 0o600)

    def write(self, sql):
        with sqlite3.connect(self.path) as database:
            database.executescript(sql)
            for person, was in ((self.olivia, b"olivia"), (self.oscar, b"oscar")):
                database.execute("UPDATE user SET name = ?, uid = ? WHERE name = ?", (person.name.encode(), person.uid, was))
        database.close()

    def ask(self, question):
        database = sqlite3.connect(self.path)
        try:
            return database.execute(question).fetchone()[0]
        finally:
            database.close()


@pytest.fixture
def old(host, policy):
    host.stop_daemon()
    made = Old(host)
    policy(POLICY.replace("[registration]", "[registration]\nreconfirm_days = 0") + PATHS)
    return made


def test_it_is_of_the_first_schema(old):
    assert old.ask("PRAGMA user_version") == 1


@pytest.mark.sanitized
def test_who_was_registered_still_is_and_is_asked_nothing(host, old):
    assert bus.check(old.olivia)[0] == "ok"
    assert old.olivia.has_stamp()
    host.stop_daemon()
    assert old.ask("PRAGMA user_version") > 1


def test_what_was_proven_can_still_be_proven(host, old, policy, rogue):
    policy(POLICY.replace("[registration]", "[registration]\nreconfirm_days = 1") + PATHS)
    host.stop_daemon()
    with sqlite3.connect(old.path) as database:
        database.execute("UPDATE method SET proven_at = 1, last_step = 1")
    database.close()
    assert bus.check(old.olivia)[0] == "reconfirm"
    judge = rogue.open(bus.converse(old.olivia))
    assert ask(judge, wire.TRY, "app", totp(old.olivia.app_secret))[0] == wire.PROVEN


def test_who_was_half_way_goes_on_there_with_the_same_count(host, old):
    host.stop_daemon()
    with sqlite3.connect(old.path) as database:
        database.execute("UPDATE user SET postponed_until = 0")
    database.close()
    text = talk(old.oscar).text
    assert "1 of 2 done: E-mail" in text and "(2 left)" in text


def test_nobody_who_has_begun_is_asked_for_a_help_desk_code(host, old, policy):
    policy(POLICY.replace("[registration]", "[registration]\nreconfirm_days = 0\nfirst_proof = code") + PATHS)
    host.stop_daemon()
    with sqlite3.connect(old.path) as database:
        database.execute("UPDATE user SET postponed_until = 0")
    database.close()
    assert "help desk code is needed" not in talk(old.oscar).text


def test_the_audit_goes_on_where_it_was(host, old):
    before = old.ask("SELECT max(id) FROM audit")
    bus.check(old.olivia)
    host.stop_daemon()
    assert old.ask("SELECT min(id) FROM audit") == 1 and old.ask("SELECT max(id) FROM audit") > before


def test_a_newer_database_is_refused_and_left_as_it_is(host, old):
    bus.check(old.olivia)
    host.stop_daemon()
    with sqlite3.connect(old.path) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    mark = host.log.mark()
    with pytest.raises(Exception):
        bus.check(old.olivia)
    host.log.wait_for("newer|version", mark)
    wait_until(lambda: host.daemon() is None, "ssprd has ended")
    assert old.ask("PRAGMA user_version") == 99
