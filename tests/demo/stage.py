"""What both demos stand on: the machine with everything on it, alice with a password, bob with a key, the mail folder."""

import os

import sshd
from host import BUILD, Host

# As the reader finds it, outside of the private machine.
MAIL_FOLDER = os.path.abspath(os.path.join(os.environ["SSPR_TREE"], BUILD, "demo/mail"))


class Stage:
    def __init__(self, arrived=None):
        """arrived is called with the file of each mail that has come."""
        self.host = Host()
        self.alice = self.host.person(name="alice", password="tulip-garden")
        self.bob = self.host.person(name="bob", password="oak-forest")
        self.bob.accept_key()
        self.sshd = sshd.Sshd(2222, sshd.KEYBOARD_INTERACTIVE)
        self._arrived = arrived
        self._number = 0
        self.host.mail.watch(self._keep)

    def _keep(self, recipients, message):
        self._number += 1
        path = os.path.join(MAIL_FOLDER, "%d.txt" % self._number)
        with open(path, "w") as file:
            file.write("To: %s\nFrom: %s\nSubject: %s\n\n%s" % (
                ", ".join(recipients), message["From"], message["Subject"], message.get_content()))
        if self._arrived:
            self._arrived(path)

    def stop(self):
        self.sshd.stop()
        self.host.stop()
