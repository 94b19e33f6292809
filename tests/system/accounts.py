"""Accounts of other kinds: what stands in passwd, shadow or the home of a person is made so. The ones that no reset may touch."""

import contextlib
import os
import shutil

from grants import hash_of, lines_of


def field(path, name, number, value):
    """Another value in the line of a user."""
    lines = open(path).read().split("\n")
    with open(path, "w") as file:
        for line in lines:
            fields = line.split(":")
            if fields[0] == name:
                fields[number] = value
            file.write(":".join(fields) + ("\n" if line else ""))


def shadow(number, value):
    return lambda person: field("/etc/shadow", person.name, number, value)


def passwd(number, value):
    return lambda person: field("/etc/passwd", person.name, number, value)


def locked_hash(mark):
    return lambda person: field("/etc/shadow", person.name, 1, mark + hash_of(person))


def without_line(path):
    def take_away(person):
        lines = [line for line in open(path) if not line.startswith(person.name + ":")]
        with open(path, "w") as file:
            file.writelines(lines)
    return take_away


def twice(path):
    def repeat(person):
        line = lines_of(path)[person.name]
        with open(path, "a") as file:
            file.write(line + "\n")
    return repeat


def made(path, folder=False):
    def make(person):
        place = path.format(home=person.home, name=person.name)
        os.makedirs(place if folder else os.path.dirname(place), exist_ok=True)
        if not folder:
            open(place, "w").close()
    return make


def protector(folder, source=1, uid=None, owner=None):
    """A file as fscrypt writes it: descriptor, source, name, salt, uid."""
    def varint(n):
        out = b""
        while n > 0x7f:
            out, n = out + bytes([n & 0x7f | 0x80]), n >> 7
        return out + bytes([n])

    def make(person):
        place = folder.format(home=person.home) + "/.fscrypt/protectors"
        os.makedirs(place, exist_ok=True)
        name = "%016x" % person.uid
        data = b"\x0a\x10" + name.encode() + b"\x10" + varint(source) + b"\x1a\x05alice" + b"\x2a\x04salt"
        data += b"\x30" + varint(person.uid if uid is None else uid)
        with open(place + "/" + name, "wb") as file:
            file.write(data)
        os.chown(place + "/" + name, person.uid if owner is None else owner, 0)
    return make


REFUSED = {
    "uid 0": passwd(2, "0"),
    "uid under min_uid": passwd(2, "999"),
    "nobody's uid": passwd(2, "65534"),
    "a uid that is none": passwd(2, "x"),
    "not in passwd": without_line("/etc/passwd"),
    "not in shadow": without_line("/etc/shadow"),
    "twice in passwd": twice("/etc/passwd"),
    "twice in shadow": twice("/etc/shadow"),
    "the hash in passwd": passwd(1, "$6$x$y"),
    "no hash": shadow(1, ""),
    "!": shadow(1, "!"),
    "*": shadow(1, "*"),
    "!hash": locked_hash("!"),
    "*hash": locked_hash("*"),
    "!!": shadow(1, "!!"),
    "x": shadow(1, "x"),
    "*NP*": shadow(1, "*NP*"),
    "expired": shadow(7, "1"),
    "lapsed": lambda person: [shadow(field, "1")(person) for field in (2, 4, 6)],
    "systemd-homed": made("/var/lib/systemd/home/{name}.identity"),
    "eCryptfs": made("/home/.ecryptfs/{name}", folder=True),
    "eCryptfs in the home": made("{home}/.ecryptfs", folder=True),
    "fscrypt on the root": protector(""),
    "fscrypt on the root, root's file": protector("", owner=0),
    "fscrypt on the home's mount": protector("/home"),
    "fscrypt in the home": protector("{home}"),
}


@contextlib.contextmanager
def made_so(person, change):
    """The account is of this kind; what stands at the machine's root goes again, for that is no copy."""
    change(person)
    try:
        yield
    finally:
        shutil.rmtree("/.fscrypt", ignore_errors=True)
