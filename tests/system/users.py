"""People of the private machine: written straight into passwd, shadow and group (useradd takes too long for hundreds)."""

import itertools
import os
import shutil
import subprocess

NAMES = ["alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy"]
CLIENT_KEY = "/root/client-key"
_numbers = itertools.count()


class Person:
    def __init__(self, name, uid, password):
        self.name, self.uid, self.password = name, uid, password
        self.home = "/home/" + name
        self.stamp = "/run/sspr/stamps/%d" % uid
        self.mail = name + "@mail.example"
        self.app_secret = None  # filled in by whoever registers an app

    def has_stamp(self):
        return os.path.lexists(self.stamp)

    def accept_key(self):
        """Let the tests' key in."""
        folder = self.home + "/.ssh"
        os.makedirs(folder, mode=0o700, exist_ok=True)
        shutil.copy(client_key() + ".pub", folder + "/authorized_keys")
        for path in (folder, folder + "/authorized_keys"):
            os.chown(path, self.uid, self.uid)


def client_key():
    if not os.path.exists(CLIENT_KEY):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", CLIENT_KEY], check=True)
    return CLIENT_KEY


def hashed(password):
    """A hash that is cheap to check, so that hundreds of logins do not measure crypt()."""
    script = "print crypt($ARGV[0], q($6$rounds=1000$sspr$))"
    return subprocess.run(["perl", "-e", script, password], check=True, capture_output=True,
                          text=True).stdout


def _add_line(path, name, line):
    """In the place of the line that the machine has for that name, if it has one."""
    with open(path) as file:
        others = [other for other in file if not other.startswith(name + ":")]
    with open(path, "w") as file:
        file.writelines(others + [line])


def add_person(name=None, password=None, groups=(), shadow=None):
    number = next(_numbers)
    if name is None:
        name = NAMES[number % len(NAMES)] + (str(number // len(NAMES)) if number >= len(NAMES) else "")
    uid = 20000 + number
    password = password or "Tulip-%d-garden" % number
    person = Person(name, uid, password)
    _add_line("/etc/passwd", name, "%s:x:%d:%d:%s:%s:/bin/bash\n" % (name, uid, uid, name.title(), person.home))
    _add_line("/etc/shadow", name, "%s:%s:19700:0:99999:7:::\n" % (name, shadow or hashed(password)))
    _add_line("/etc/group", name, "%s:x:%d:\n" % (name, uid))
    for group_name in groups:
        subprocess.run(["gpasswd", "-a", name, group_name], check=True, stdout=subprocess.DEVNULL)
    os.makedirs(person.home, mode=0o700, exist_ok=True)
    os.chown(person.home, uid, uid)
    return person
