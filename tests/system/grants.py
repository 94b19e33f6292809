"""sspr-passwd as ssprd sees it: grants on the bus, the packets of a grant on its socket, and what became of the host's files."""

import os
import pwd
import socket
import subprocess
import sys
import time

import processes
from bus import Conversation
from waiting import LONG, wait_until

HERE = os.path.dirname(os.path.abspath(__file__))
ACTIVATION = "/usr/share/dbus-1/system-services/org.sspr.Password1.service"
GOOD = "Velvet-42-harbour"
OTHER = "Kettle-93-meadow!"


class Refused(Exception):
    """The name of the error that a call was answered with."""


class StandIn:
    """In ssprd's place (stand_in.py), as the user sspr."""

    def __init__(self, host, way="take", user="sspr"):
        host.stop_daemon()
        self.socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.settimeout(LONG)
        who = pwd.getpwnam(user)
        self.process = subprocess.Popen([sys.executable, "-B", HERE + "/stand_in.py", str(theirs.fileno()), way],
                                        pass_fds=[theirs.fileno()], user=who.pw_uid, group=who.pw_gid, extra_groups=[])
        theirs.close()
        assert self.socket.recv(64) == b"ready"

    def grant(self, name):
        name = name if isinstance(name, bytes) else name.encode()
        patience = time.monotonic() + 5
        while True:
            self.socket.send(b"grant " + name)
            answer, fds, _, _ = socket.recv_fds(self.socket, 256, 1)
            if answer == b"ok":
                return Grant(socket.socket(fileno=fds[0]))
            if not answer.endswith(b"TooManySessions") or supervisors() or time.monotonic() > patience:
                raise Refused(answer.decode())
            time.sleep(0.02)    # the one before has said its verdict, and is just ending

    def answer_outcomes(self, way):
        self.socket.send(b"way " + way.encode())

    def outcomes(self):
        self.socket.send(b"outcomes")
        return self.socket.recv(65536).decode().split("\n")[:-1]

    def stop(self):
        self.socket.close()
        assert self.process.wait(LONG) == 0


class Grant(Conversation):
    """The holder's end. kinds: the types of all packets that came, in their order; errors: the texts of the `e` packets."""

    def __init__(self, sock):
        super().__init__(sock)
        self.kinds = ""
        self.errors = []

    def receive(self):
        kind, text = super().receive()
        self.kinds += kind
        if kind == "e":
            self.errors.append(text)
        return kind, text

    def choose(self, choice="change -"):
        """The words that came first; the choice is answered."""
        words = self.prompt()
        if words is not None:
            self.answer(choice)
        return words

    def run(self, *answers, choice="change -"):
        """All of it: the answers to the prompts, one after the other. The verdict."""
        self.choose(choice)
        for answer in answers:
            assert self.prompt() is not None, (self.verdict, self.texts, self.errors)
            self.answer(answer)
        assert self.prompt() is None, self.texts
        return self.verdict


def lines_of(path):
    with open(path) as file:
        return {line.split(":")[0]: line.rstrip("\n") for line in file}


def hash_of(person):
    return lines_of("/etc/shadow")[person.name].split(":")[1]


def fits(person, password):
    """Is this the password now?"""
    script = "exit(crypt($ARGV[0], $ARGV[1]) ne $ARGV[1])"
    return subprocess.run(["perl", "-e", script, password, hash_of(person)]).returncode == 0


def _parents():
    """The pids that run sspr-passwd, each with its parent."""
    found = {pid: processes.parent_of(pid) for pid in processes.find("sspr-passwd")}
    return {pid: parent for pid, parent in found.items() if parent is not None}


def helper(parents=None):
    """The pid of the one on the bus; None."""
    parents = _parents() if parents is None else parents
    found = [pid for pid, parent in parents.items() if processes.program_of(parent) != "sspr-passwd"]
    return min(found) if found else None    # the others have just lost their parents


def supervisors():
    parents = _parents()
    return [pid for pid, parent in parents.items() if parent == helper(parents)]


def pam_children():
    parents = _parents()
    return [pid for pid, parent in parents.items() if parent in parents and parent != helper(parents)]


def stop_helper():
    pid = helper()
    if pid:
        os.kill(pid, 15)
        wait_until(lambda: helper() is None, "sspr-passwd has ended")
