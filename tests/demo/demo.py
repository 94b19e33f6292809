"""make demo in a terminal: the reader is alice."""

import os
import subprocess
import sys

import sshd
from stage import MAIL_FOLDER, Stage

WELCOME = """
This is a private copy of this machine, with sspr installed, a real sshd and a real mail delivery. Nothing outside
of it changes, and it is gone when you quit.

You log in as alice. Her password is   tulip-garden

sspr will ask you to register two ways to prove who you are. Open a second terminal now:
  - An e-mail address: any that is not of this machine, such as me@example.org. Mail does not leave; each is a file in
      %s
  - The authenticator app: an app on your phone, or, with the key that you are shown,
      oathtool --totp -b 'THE KEY'
(No second terminal? Quit, and start `make demo SHOW_MAIL=1`: mails are printed here then; as the second way take questions.)
"""
MENU = """
[Enter] log in as alice, [b] as bob, who has an ssh key, [u] list the users as an administrator, [q] quit: """


def mail_arrived(path):
    sys.stdout.write("\r\n  (a mail has arrived: %s)\r\n" % path)
    if os.environ.get("SHOW_MAIL"):
        with open(path) as file:
            sys.stdout.write("".join("  | %s\r\n" % line.rstrip("\n") for line in file))
    sys.stdout.flush()


def main():
    stage = Stage(mail_arrived)
    print(WELCOME % MAIL_FOLDER)
    while True:
        try:
            choice = input(MENU).strip()
        except (EOFError, KeyboardInterrupt):
            choice = "q"
        if choice == "q":
            break
        if choice == "u":
            subprocess.run(["ssprctl", "users"])
        elif choice == "b":
            subprocess.run(sshd.ssh_command(stage.sshd, "bob", methods="publickey"))
        else:
            print("(ssh alice@127.0.0.1; the password is tulip-garden; log out with exit)")
            subprocess.run(sshd.ssh_command(stage.sshd, "alice"))
    stage.stop()


main()
