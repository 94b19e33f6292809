"""sspr-passwd with the host's real PAM modules: a password that is set, refused or left alone."""
# The rest is in test_passwd_faults.py: who may ask, and what goes wrong on the way.

import glob
import os
import stat
import subprocess

import pytest

import grants
from grants import GOOD, OTHER, Refused, fits, hash_of, lines_of
from waiting import wait_until

pytestmark = [pytest.mark.usefixtures("no_grant_is_left"), pytest.mark.sanitized]


# --- a password is set

def test_a_new_password_holds_and_only_its_line_has_changed(host, judge, person):
    before, files = lines_of("/etc/shadow"), {p: open(p).read() for p in ("/etc/passwd", "/etc/group", "/etc/gshadow")}
    mark = host.log.mark()

    grant = judge.grant(person.name)
    assert grant.run(GOOD, GOOD) == "password-changed"

    assert fits(person, GOOD) and not fits(person, person.password)
    assert hash_of(person).startswith("$y$")
    after = lines_of("/etc/shadow")
    assert {name for name in after if after[name] != before.get(name)} == {person.name} and after.keys() == before.keys()
    assert {p: open(p).read() for p in files} == files
    status = os.stat("/etc/shadow")
    assert stat.S_IMODE(status.st_mode) == 0o640 and status.st_uid == 0
    assert status.st_gid == int(subprocess.check_output(["getent", "group", "shadow"], text=True).split(":")[2])
    assert grant.kinds == "?**."
    assert judge.outcomes()[-1] == "%s password-changed 0" % person.name
    assert host.log.wait_for("sspr-passwd.*grant of %s: password-changed" % person.name, mark)
    assert not host.log.since(mark, GOOD)


def test_many_at_once_do_not_lose_one_anothers_passwords(host, judge):
    people = [host.person() for _ in range(12)]
    held = [judge.grant(person.name) for person in people]
    for grant in held:
        grant.choose()
        grant.prompt()
        grant.answer(GOOD)
        grant.prompt()
    for grant in held:
        grant.answer(GOOD)
    for grant, person in zip(held, people):
        assert grant.prompt() is None and grant.verdict == "password-changed"
        assert fits(person, GOOD)


SECURITY = os.path.dirname(glob.glob("/usr/lib/*/security/pam_unix.so")[0]) + "/"


@pytest.fixture
def without(request):
    """These modules are not installed while the test runs."""
    for name in request.param:
        os.rename(SECURITY + name, SECURITY + name + ".away")
    yield request.param
    for name in request.param:
        os.rename(SECURITY + name + ".away", SECURITY + name)


@pytest.mark.parametrize("without", [["pam_pwquality.so"], ["pam_pwhistory.so"], ["pam_pwquality.so", "pam_pwhistory.so"]],
                         ids=" ".join, indirect=True)
def test_it_works_without_a_module_too(host, judge, person, without):
    mark = host.log.mark()
    grant = judge.grant(person.name)
    assert grant.run("12345", GOOD, GOOD) == "password-changed"
    assert len(grant.errors) == 1 and "at least 6 characters" in grant.errors[0]
    assert fits(person, GOOD) and hash_of(person).startswith("$y$")
    assert not host.log.since(mark, "pam_pw")


def test_the_words_of_pam_are_in_the_language_of_the_holder(judge, person):
    grant = judge.grant(person.name)
    grant.choose("change nl_NL.UTF-8")
    assert "wachtwoord" in grant.prompt()
    grant.answer("abc")
    assert "wachtwoord" in grant.prompt() and "ten minste 6 tekens" in grant.errors[0]
    grant.give_up()
    assert grant.prompt() is None and grant.verdict == "declined"


# --- a password is refused

@pytest.mark.parametrize("bad, words", [
    ("password", "BAD PASSWORD"),
    ("aaaaaaaa", "BAD PASSWORD"),
    ("Tulip", "at least 6 characters"),
    ("", "at least 6 characters"),
    ("Velvet\t42-harbour", "control characters"),
    ("Velvet-42\n-harbour", "control characters"),
    ("Velvet-42-\x7fharbour", "control characters"),
    ("Velvet-42-harb\u0085our", "control characters"),
    (b"Velvet-42-harb\xffour", "UTF-8"),
    ("Velvet-42-harbour" + "x" * 495, "at most 511 bytes"),
    ("Velvet-42-harbour" + "x" * 3000, "at most 511 bytes"),
])
def test_a_bad_password_is_refused_and_asked_again(judge, person, bad, words):
    grant = judge.grant(person.name)
    assert grant.run(bad, GOOD, GOOD) == "password-changed"
    assert len(grant.errors) == 1 and words in grant.errors[0]
    assert fits(person, GOOD)


def test_a_password_of_511_bytes_is_taken(judge, person):
    long = (GOOD * 40)[:511]
    assert judge.grant(person.name).run(long, long) == "password-changed"
    assert fits(person, long)


def test_two_that_differ_are_asked_again(judge, person):
    grant = judge.grant(person.name)
    assert grant.run(GOOD, OTHER, OTHER, OTHER) == "password-changed"
    assert grant.kinds.count("e") == 1 and fits(person, OTHER)


def test_an_earlier_password_is_refused(judge, person):
    for password in (GOOD, OTHER):
        assert judge.grant(person.name).run(password, password) == "password-changed"
        wait_until(lambda: not grants.supervisors(), "it has ended")
    grant = judge.grant(person.name)
    grant.choose()
    grant.prompt()
    grant.answer(GOOD)
    question = grant.prompt()
    while question is not None and not grant.errors:
        grant.answer(GOOD)
        question = grant.prompt()
    assert "already used" in grant.errors[0]
    grant.give_up()
    assert grant.prompt() is None and grant.verdict == "declined"
    assert fits(person, OTHER)


@pytest.mark.parametrize("bad", [["password", "password1", "qwerty123"], ["a\tb", "\x01", "x" * 512], ["password", "a\tb", "abc"]])
def test_after_three_refusals_it_is_declined(judge, person, bad):
    before = open("/etc/shadow").read()
    grant = judge.grant(person.name)
    assert grant.run(*bad) == "declined"
    assert len(grant.errors) == 3
    assert open("/etc/shadow").read() == before


@pytest.mark.parametrize("prompts", [0, 1])
def test_giving_up_leaves_the_password(judge, person, prompts):
    before, told = open("/etc/shadow").read(), judge.outcomes()
    grant = judge.grant(person.name)
    grant.choose()
    for _ in range(prompts):
        grant.prompt()
        grant.answer(GOOD)
    grant.prompt()
    grant.give_up()
    assert grant.prompt() is None and grant.verdict == "declined"
    assert open("/etc/shadow").read() == before and judge.outcomes() == told


# --- what the holder may not do

@pytest.mark.parametrize("choice", ["", "change", "change nl\nx", "change ../../etc", "remove -", "change - -", "x" * 4096])
def test_a_choice_that_is_none_ends_it(judge, person, choice):
    before = open("/etc/shadow").read()
    grant = judge.grant(person.name)
    grant.choose(choice)
    assert grant.prompt() is None and grant.verdict == "declined"
    assert open("/etc/shadow").read() == before


def test_an_answer_before_the_question_ends_it(host, judge, person):
    before, mark = open("/etc/shadow").read(), host.log.mark()
    grant = judge.grant(person.name)
    grant.answer("change -")
    for _ in range(3):
        grant.answer(GOOD)
    while grant.prompt() is not None:
        pass
    assert grant.verdict == "declined"
    assert host.log.wait_for("spoke out of turn", mark)
    assert open("/etc/shadow").read() == before


def test_a_holder_that_goes_away_leaves_the_password(host, judge, person):
    before, mark = open("/etc/shadow").read(), host.log.mark()
    grant = judge.grant(person.name)
    grant.choose()
    grant.prompt()
    grant.answer(GOOD)
    grant.prompt()
    grant.close()
    assert host.log.wait_for("grant of %s: declined: its holder is gone" % person.name, mark)
    assert open("/etc/shadow").read() == before


def test_a_user_has_one_grant_at_a_time(judge, person):
    grant = judge.grant(person.name)
    grant.choose()
    with pytest.raises(Refused, match="Error.TooManySessions"):
        judge.grant(person.name)
    assert grant.prompt() is not None
    grant.answer(GOOD)
    grant.prompt()
    grant.answer(GOOD)
    assert grant.prompt() is None and grant.verdict == "password-changed"
    wait_until(lambda: not grants.supervisors(), "the grant has ended")
    assert judge.grant(person.name).run(choice="remove") == "declined"


def test_there_are_32_grants_at_a_time(host, judge):
    people = [host.person() for _ in range(33)]
    held = [judge.grant(person.name) for person in people[:32]]
    with pytest.raises(Refused, match="Error.TooManySessions"):
        judge.grant(people[32].name)
    for grant in held:
        grant.close()
    wait_until(lambda: not grants.supervisors(), "all have ended")
    assert judge.grant(people[32].name).run(choice="remove") == "declined"


@pytest.mark.parametrize("name", [b"", b"-u", b"..", b"a/b", b"a:b", b"a\nb", b"x" * 256])
def test_what_is_no_name_is_a_bad_request(judge, name):
    with pytest.raises(Refused, match="Error.BadRequest"):
        judge.grant(name)


# --- whose password it leaves alone

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


@pytest.mark.parametrize("kind", REFUSED)
def test_it_leaves_alone(host, judge, person, kind):
    REFUSED[kind](person)
    before, mark = open("/etc/shadow").read(), host.log.mark()
    grant = judge.grant(person.name)
    assert grant.prompt() is None and grant.verdict == "contact-administrator"
    assert grant.kinds == "." and open("/etc/shadow").read() == before
    assert host.log.wait_for("grant of %s: contact-administrator: " % person.name, mark)


@pytest.mark.parametrize("name", ["root", "daemon", "nobody", "sspr", "no-such-user"])
def test_it_leaves_the_hosts_own_accounts_alone(judge, name):
    before = open("/etc/shadow").read()
    grant = judge.grant(name)
    assert grant.prompt() is None and grant.verdict == "contact-administrator"
    assert open("/etc/shadow").read() == before


FINE = {
    "expires one day": shadow(7, "99999"),
    "who may become root by sudo": lambda person: subprocess.run(["gpasswd", "-a", person.name, "sudo"], check=True),
    "a protector with a passphrase of its own": protector("", source=2),
    "another user's protector": protector("", uid=4242),
    "a protector that somebody else has put there": protector("", owner=4242),
    "a link to nowhere": lambda person: os.symlink("/nowhere", person.home + "/.fscrypt"),
}


@pytest.mark.parametrize("kind", FINE)
def test_it_serves(judge, person, kind):
    FINE[kind](person)
    assert judge.grant(person.name).run(GOOD, GOOD) == "password-changed"
    assert fits(person, GOOD)


def test_min_uid_is_that_of_the_policy(host, judge, person, policy):
    policy("[registration]\nmin_uid = %d\n" % (person.uid + 1))
    grant = judge.grant(person.name)
    assert grant.prompt() is None and grant.verdict == "contact-administrator"


def test_without_a_good_policy_nothing_is_changed(host, judge, person, policy):
    policy("[registration]\nmin_uid = many\n")
    mark = host.log.mark()
    grant = judge.grant(person.name)
    assert grant.prompt() is None and grant.verdict == "failed"
    assert host.log.wait_for("grant of %s: failed: without a policy nothing is changed" % person.name, mark)


LOCKED, ROOTED, REPLACED = locked_hash("!"), passwd(2, "0"), shadow(1, "$6$somebody$elses")


@pytest.mark.parametrize("change, verdict, answers", [
    (LOCKED, "contact-administrator", []), (ROOTED, "contact-administrator", []),
    (LOCKED, "contact-administrator", ["change -"]), (ROOTED, "contact-administrator", ["change -"]), (REPLACED, "failed", ["change -"]),
    (LOCKED, "contact-administrator", ["change -", GOOD]), (REPLACED, "failed", ["change -", GOOD])])
def test_it_looks_again_before_it_acts(judge, person, change, verdict, answers):
    grant = judge.grant(person.name)
    grant.prompt()
    for answer in answers:
        grant.answer(answer)
        grant.prompt()
    change(person)
    before = open("/etc/shadow").read()
    grant.answer(GOOD if answers else "change -")
    assert grant.prompt() is None and grant.verdict == verdict
    assert open("/etc/shadow").read() == before


@pytest.mark.parametrize("path, words", [
    ("{home}/.local/share/keyrings/login.keyring", "keyring"), ("{home}/.local/share/kwalletd/kdewallet.kwl", "keyring"),
    ("{home}/.local/share/keyrings/user.keystore", ""), ("{home}/.local/share/kwalletd/.kwl", "")])
def test_a_keyring_is_told_before(judge, person, path, words):
    made(path)(person)
    grant = judge.grant(person.name)
    assert grant.choose() == words
    grant.prompt()
    grant.give_up()
    assert grant.prompt() is None


# --- unlocking

def wrong_logins(host, person):
    """pam_faillock's own doing: it locks after three."""
    service = host.service("faillocked", "auth required pam_faillock.so preauth deny=3", "auth sufficient pam_unix.so",
                           "auth [default=die] pam_faillock.so authfail deny=3", "account required pam_permit.so")
    for _ in range(3):
        assert log_in(service, person, "wrong") != 0
    assert log_in(service, person, person.password) != 0, "it is locked"
    return service


def log_in(service, person, password):
    return subprocess.run(["pamtester", service, person.name, "authenticate"], input=password + "\n", text=True,
                          capture_output=True).returncode


def test_unlock_lets_the_old_password_in_again(host, judge, person):
    service = wrong_logins(host, person)
    before = os.stat("/etc/shadow"), open("/etc/shadow").read()
    grant = judge.grant(person.name)
    assert grant.run(choice="unlock nl") == "unlocked"
    assert grant.kinds == "?."
    assert log_in(service, person, person.password) == 0
    after = os.stat("/etc/shadow"), open("/etc/shadow").read()
    assert after[1] == before[1] and (after[0].st_ino, after[0].st_mtime) == (before[0].st_ino, before[0].st_mtime)
    assert judge.outcomes()[-1] == "%s unlocked 0" % person.name


def test_a_new_password_unlocks_too(host, judge, person):
    service = wrong_logins(host, person)
    assert judge.grant(person.name).run(GOOD, GOOD) == "password-changed"
    assert log_in(service, person, GOOD) == 0


@pytest.fixture
def faillock(request):
    """Another program in its place: a script, or None."""
    os.rename("/usr/sbin/faillock", "/usr/sbin/faillock.away")
    if request.param:
        with open("/usr/sbin/faillock", "w") as file:
            file.write(request.param)
        os.chmod("/usr/sbin/faillock", 0o755)
    yield
    os.rename("/usr/sbin/faillock.away", "/usr/sbin/faillock")


@pytest.mark.parametrize("faillock", ["#!/bin/sh\nexec sleep 1000\n", "#!/bin/sh\nexit 1\n", None], indirect=True,
                         ids=["hangs", "fails", "absent"])
def test_without_its_tool_nothing_is_unlocked_but_a_password_is_changed(host, judge, person, faillock):
    grant = judge.grant(person.name)
    assert grant.run(choice="unlock -") == "failed" and len(grant.errors) == 1
    wait_until(lambda: not grants.supervisors(), "it has ended")
    assert judge.grant(person.name).run(GOOD, GOOD) == "password-changed"
    assert not [pid for pid in grants.processes.find("sleep") if "1000" in grants.processes.arguments_of(pid)]
