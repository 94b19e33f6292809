"""The real sshd on 127.0.0.1, and the real client."""

import os
import socket
import subprocess

import pexpect

from users import client_key
from waiting import LONG, wait_until

# Subsystem: the package's own program, as Debian has it.
BASE = """
UsePAM yes
ListenAddress 127.0.0.1
HostKey /run/sshd/host_key
AuthorizedKeysFile .ssh/authorized_keys
Subsystem sftp /usr/lib/openssh/sftp-server
PrintMotd no
MaxStartups 400
MaxAuthTries 6
LogLevel VERBOSE
"""
KEYBOARD_INTERACTIVE = "KbdInteractiveAuthentication yes\nPasswordAuthentication no\nLoginGraceTime 600\n"
PASSWORD = "KbdInteractiveAuthentication no\nPasswordAuthentication yes\nLoginGraceTime 600\n"
KEY_AND_KEYBOARD = KEYBOARD_INTERACTIVE + "AuthenticationMethods publickey,keyboard-interactive\n"


class Sshd:
    def __init__(self, port, settings):
        self.port = port
        if not os.path.exists("/run/sshd/host_key"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "/run/sshd/host_key"], check=True)
        with open("/run/sshd/host_key.pub") as key, open("/run/sshd/known_hosts", "a") as known:
            known.write("[127.0.0.1]:%d %s" % (port, key.read()))
        self.config = "/run/sshd/config-%d" % port
        with open(self.config, "w") as file:
            file.write("Port %d\n" % port + BASE + settings)
        self.log = "/run/sshd/log-%d" % port
        self.process = subprocess.Popen(["/usr/sbin/sshd", "-D", "-e", "-f", self.config],
                                        stdin=subprocess.DEVNULL, stderr=open(self.log, "w"),
                                        start_new_session=True)    # Ctrl-C in the demo is not for it
        wait_until(self._listens, "sshd listens")

    def _listens(self):
        assert self.process.poll() is None, open(self.log).read()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self):
        self.process.terminate()
        self.process.wait()


def _options(server, methods):
    return ["-F", "none", "-o", "UserKnownHostsFile=/run/sshd/known_hosts", "-i", client_key(),
            "-o", "PreferredAuthentications=" + methods, "-o", "NumberOfPasswordPrompts=1"]


def ssh_command(server, user, *command, methods="keyboard-interactive"):
    return (["ssh"] + _options(server, methods) + ["-p", str(server.port), user + "@127.0.0.1"] + list(command))


def copy_command(server, program, *arguments):
    return [program] + _options(server, "publickey") + ["-P", str(server.port)] + list(arguments)


def ssh(server, user, *command, methods="keyboard-interactive"):
    """The client at a terminal."""
    line = ssh_command(server, user, *command, methods=methods)
    child = pexpect.spawn(line[0], line[1:], encoding="utf-8", timeout=LONG, dimensions=(24, 80))
    child.delaybeforesend = None    # ssh has switched the echo before it shows a prompt
    return child
