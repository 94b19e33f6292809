"""make demo without a terminal: a scripted user plays, the transcript is printed, and what must hold is asserted."""

import os
import signal
import subprocess
import sys

import pexpect

import sshd
from life import codes_to, mailed_code, told
from player import Player
from stage import MAIL_FOLDER, Stage
from waiting import wait_until


NEW_PASSWORD = "Velvet-42-harbour"


def heading(text):
    print("\n\n=== %s\n" % text, flush=True)


def log_in_as_alice(stage, typed=None):
    child = sshd.ssh(stage.sshd, "alice", "echo 'alice is logged in'")
    child.logfile_read = sys.stdout
    child.expect("assword: ")
    child.sendline(typed or stage.alice.password)
    return child


def registers_and_the_line_drops(stage):
    heading("alice logs in for the first time; after the app is registered her line drops")
    child = log_in_as_alice(stage)
    player = Player(stage.host, stage.alice, ("app", "email"))
    player.play_terminal(child, "is logged in", until=3)
    assert "1 of 2 done" in child.before + child.after
    os.kill(child.pid, signal.SIGKILL)
    child.expect(pexpect.EOF)
    wait_until(lambda: not stage.host.sessions("alice"), "the session has ended")


def goes_on(stage):
    heading("alice logs in again: it goes on where the line dropped")
    child = log_in_as_alice(stage)
    player = Player(stage.host, stage.alice, ("email",))
    rest = player.play_terminal(child, "is logged in")
    child.expect(pexpect.EOF)
    assert "1 of 2 done" in player.texts[0]
    assert "registration is complete" in " ".join(rest.split())
    print("\n(the mail: %s/1.txt)\n" % MAIL_FOLDER)
    with open(MAIL_FOLDER + "/1.txt") as file:
        print(file.read())


def asks_nothing(stage):
    heading("the login after that writes her stamp; then she is not asked, and neither bus nor daemon is")
    for _ in range(2):
        stage.host.stop_daemon()
        child = log_in_as_alice(stage)
        child.expect("is logged in")
        assert "start now" not in child.before
        child.expect(pexpect.EOF)
    assert stage.alice.has_stamp()
    assert stage.host.daemon() is None
    print("(ssprd was not started)")


def key_login(stage):
    heading("bob logs in with his ssh key: one line, no question, and no line the second time")
    command = sshd.ssh_command(stage.sshd, "bob", "echo 'bob is logged in'", methods="publickey")
    texts = []
    for _ in range(2):
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
        print("$ ssh bob@127.0.0.1\n%s%s" % (done.stderr, done.stdout))
        assert done.stdout == "bob is logged in\n"
        texts.append(done.stderr)
    assert "has not yet registered" in texts[0]
    assert "has not yet registered" not in texts[1]
    assert not stage.bob.has_stamp()


def forgets(stage):
    heading("alice has forgotten her password: she types ? in its place, and shows by a mailed code who she is")
    host, alice = stage.host, stage.alice
    before = len(codes_to(host, alice.mail))
    child = log_in_as_alice(stage, "?")
    child.expect(r"shall\s+go\s+to: ")
    child.sendline(alice.mail)
    child.expect("if one was sent: ")
    child.sendline(mailed_code(host, alice.mail, before))
    if child.expect([r"know\s+the\s+password\): ", "New password: "]) == 0:
        child.sendline("1")
        child.expect("New password: ")
    child.sendline(NEW_PASSWORD)
    child.expect("Retype new password: ")
    child.sendline(NEW_PASSWORD)
    child.expect("Your password is changed")
    child.expect("assword: ")
    child.sendline(NEW_PASSWORD)
    child.expect("go on: ")
    assert "your password was reset" in child.before
    child.sendline("")
    child.expect("is logged in")
    child.expect(pexpect.EOF)
    print("\n(what was hidden: %s; and she is told by mail:)\n" % NEW_PASSWORD)
    print(told(host, alice.mail, "password was reset"))


def the_old_one_is_gone(stage):
    heading("the old password opens nothing any more")
    child = log_in_as_alice(stage)
    child.expect(pexpect.EOF)
    assert "is logged in" not in child.before
    stage.alice.password = NEW_PASSWORD


def administrator(stage):
    heading("the administrator looks")
    for command in (["users"], ["show", "alice"], ["audit"]):
        print("# ssprctl " + " ".join(command), flush=True)
        done = subprocess.run(["ssprctl"] + command, capture_output=True, text=True, check=True)
        print(done.stdout)
        assert "alice" in done.stdout
        assert stage.alice.mail not in done.stdout


def main():
    stage = Stage()
    for scene in (registers_and_the_line_drops, goes_on, asks_nothing, forgets, the_old_one_is_gone, key_login,
                  administrator):
        scene(stage)
    stage.stop()
    heading("all of it held")


main()
