"""Fixtures of the system tests. One machine for all of them; each test brings people of its own."""

import pytest

import grants
import rogue as rogues
import sshd
from host import POLICY, SANITIZED, Host
from waiting import wait_until


def pytest_configure(config):
    config.addinivalue_line("markers", "sanitized: also run with the sanitizer build")


@pytest.fixture(scope="session")
def host():
    machine = Host()
    yield machine
    machine.stop()


@pytest.fixture(autouse=True)
def clean_ending(host):
    """After each test: the usual policy and stacks, no process that was left behind, no sanitizer's report."""
    yield
    reports = host.sanitizer_reports()
    assert not reports, "\n".join("%s\n%s" % item for item in reports.items())


@pytest.fixture
def person(host):
    return host.person()


@pytest.fixture
def policy(host):
    """Call it with another sspr.conf; the usual one is back after the test."""
    yield host.configure
    host.configure(POLICY)


@pytest.fixture
def module_line(host):
    """Call it with other options of the module; the usual line is back after the test."""
    yield host.module_line
    host.module_line()


@pytest.fixture
def rogue(host):
    """Call it with a person: (the terminal's end, the session's end of the judge)."""
    stand_in = rogues.Rogue()
    yield stand_in
    stand_in.stop()


@pytest.fixture(scope="session")
def keyboard_sshd(host):
    server = sshd.Sshd(2201, sshd.KEYBOARD_INTERACTIVE)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def key_and_keyboard_sshd(host):
    server = sshd.Sshd(2202, sshd.KEY_AND_KEYBOARD)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def password_sshd(host):
    server = sshd.Sshd(2203, sshd.PASSWORD)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def judge(host):
    """In ssprd's place, for sspr-passwd."""
    stand_in = grants.StandIn(host)
    yield stand_in
    stand_in.stop()
    grants.stop_helper()


@pytest.fixture
def no_grant_is_left(judge):
    yield
    wait_until(lambda: not grants.supervisors(), "no grant is left")
