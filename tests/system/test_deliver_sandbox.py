"""What a delivery that was taken over can still do: hold a connection, and nothing else."""

import errno
import os
import signal
import subprocess

import pytest

from host import BUILD, SANITIZED, TREE
from waiting import LONG

CELL = os.path.join(TREE, BUILD, "tests/system/deliver_cell")

pytestmark = pytest.mark.skipif(SANITIZED, reason="sanitizer builds have no filter")


@pytest.fixture(autouse=True)
def clean_ending():
    """These tests need no host."""


def cell(what):
    done = subprocess.run([CELL, what], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=LONG, text=True)
    return done.returncode, done.stdout


@pytest.mark.parametrize("what", ["unlink", "exec", "exec-memory", "fork", "thread", "kill", "pidfd", "ptrace",
                                  "read-memory", "unix-socket", "netlink", "listen", "code", "make-code", "dumps",
                                  "setuid", "io-uring", "bpf", "foreign-call"])
def test_it_dies_of(what):
    assert cell(what) == (-signal.SIGSYS, "")


@pytest.mark.parametrize("what", ["open", "write-file", "stat", "socket-pair"])
def test_it_is_refused(what):
    assert cell(what) == (0, "refused %d\n" % errno.EACCES)


def test_what_was_open_before_is_closed():
    assert cell("old-file") == (0, "refused %d\n" % errno.EBADF)


@pytest.mark.parametrize("what", ["inet", "inet6", "memory"])
def test_it_still_has(what):
    assert cell(what) == (0, "done 0\n")


def test_it_does_not_start_when_its_parent_is_gone():
    assert cell("orphan") == (0, "entered %d\n" % -errno.ESRCH)
