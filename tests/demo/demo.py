"""make demo in a terminal: the reader is alice."""

import os
import subprocess
import sys

import sshd
from stage import MAIL_FOLDER, Stage

WELCOME = """
This is a private copy of this machine with sspr installed, a real sshd and real
mail delivery. Nothing outside of it changes, and it is gone when you quit.

1. You log in as alice. Her password is   tulip-garden
   sspr asks her to register two ways to prove who she is. Log out with exit.
2. Log in again and forget the password: type a question mark in its place, a
   code of the app or the whole e-mail address at the next prompt, the code that
   is mailed then, and a new password, twice. You log in with that one.

Open a second terminal now: it plays her mailbox and her phone.
  - E-mail: any address elsewhere, such as me@example.org. Nothing leaves this
    machine; each mail is a file in
      %s
  - Authenticator app: an app on your own phone, or, with the key that is shown,
      oathtool --totp -b 'THE KEY'
No second terminal? Quit, start `make demo SHOW_MAIL=1` and take e-mail and
questions: mails are printed right here then.
Ctrl-C in the dialog drops the line; what was proven by then is kept.
"""
MENU = """
[Enter] log in as alice, [b] as bob, who has an ssh key,
[u] list the users as an administrator, [a] what happened, [q] quit: """


def mail_arrived(path):
    sys.stdout.write("\r\n  (a mail has arrived: %s)\r\n" % path)
    if os.environ.get("SHOW_MAIL"):
        with open(path) as file:
            sys.stdout.write("".join("  | %s\r\n" % line.rstrip("\n") for line in file))
    sys.stdout.flush()


def run(command):
    """Ctrl-C ends what runs, not the demo."""
    try:
        subprocess.run(command)
    except KeyboardInterrupt:
        print()


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
            run(["ssprctl", "users"])
        elif choice == "a":
            run(["ssprctl", "audit"])
        elif choice == "b":
            run(sshd.ssh_command(stage.sshd, "bob", methods="publickey"))
        elif choice == "":
            print("(ssh alice@127.0.0.1; the password is tulip-garden until you reset it by ?; log out with exit)")
            run(sshd.ssh_command(stage.sshd, "alice"))
    stage.stop()


main()
