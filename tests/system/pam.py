"""PAM logins by tests/system/pam_client.c, and a PAM service of the tests' own."""

import collections
import os
import subprocess

from host import HOST_BUILD, TREE

SERVICE = "sspr-test"
SUCCESS, PERMISSION_DENIED = 0, 6
LIMIT = 300
PROGRAM = os.path.join(TREE, HOST_BUILD, "tests/system/pam_client")

Login = collections.namedtuple("Login", "user authenticate account milliseconds prompts texts")


def make_service(options=""):
    with open("/etc/pam.d/" + SERVICE, "w") as file:
        file.write("auth required pam_unix.so\naccount required pam_unix.so\n"
                   "account required pam_sspr.so services=%s %s\n" % (SERVICE, options))
    return SERVICE


def libraries_of_a_login(person, *stack):
    """The files that are mapped at the end of an account phase with this stack, before pam_end."""
    with open("/etc/pam.d/" + SERVICE, "w") as file:
        file.write("auth required pam_permit.so\n" + "".join("account %s\n" % line for line in stack))
    done = subprocess.run([PROGRAM, "-m", SERVICE, person.name], capture_output=True, text=True, timeout=LIMIT, check=True)
    login, *maps = done.stdout.splitlines()
    assert login.split()[2] == "0", login
    return {line.split(None, 5)[5] for line in maps if line.count("/")}


def log_in(*people, count=1, parallel=1, answer=None, service=SERVICE, password=None):
    """count logins of these people in turn; all of them need the same password (that of the first)."""
    command = [PROGRAM, "-n", str(count), "-j", str(parallel),
               "-p", password or people[0].password]
    if answer is not None:
        command += ["-a", answer]
    done = subprocess.run(command + [service] + [person.name for person in people], capture_output=True, text=True,
                          timeout=LIMIT, check=True)
    lines = [line.split() for line in done.stdout.splitlines()]
    return [Login(line[0], *map(int, line[1:])) for line in lines]
