"""Plays sspr-passwd over the grant (protocol/grant.h): a script of packets, each sent when it is its turn."""

import time

CLOSE = object()        # sspr-passwd is gone
NOTHING = object()      # it says nothing any more


class After:
    """So many seconds later."""

    def __init__(self, seconds, packet):
        self.seconds, self.packet = seconds, packet


class Passwd:
    """turns: what it sends first, and then after each answer: a packet, or a list of them."""

    def __init__(self, *turns):
        self.turns = list(turns)
        self.heard = []         # answers, without their type
        self.done = None        # the verdict that it gave
        self.was_closed = None  # the session closed the grant: how many of the turns were left then

    def begin(self, dialog):
        self.turn(dialog)

    def hear(self, dialog, data):
        assert data[:1] == b"=" and len(data) <= 1 + 512    # one byte more than a password may have: it was more
        self.heard.append(data[1:].decode(errors="replace"))
        self.turn(dialog)

    def reported(self):
        """Did ssprd hear of it? A lie it has told to the session alone."""
        order = self.heard[0].split()[0] if self.heard else ""
        return ((order, self.done) == ("change", "password-changed") and len(self.heard) >= 3 or
                (order, self.done) == ("unlock", "unlocked") or self.done == "contact-administrator")

    def closed(self, _dialog):
        self.was_closed = len(self.turns)

    def turn(self, dialog):
        turn = self.turns.pop(0) if self.turns else NOTHING
        for packet in turn if isinstance(turn, list) else [turn]:
            self.send(dialog, packet)

    def send(self, dialog, packet):
        if isinstance(packet, After):
            time.sleep(packet.seconds)
            packet = packet.packet
        if callable(packet):        # looks at the dialog as it stands, or does something
            packet = packet(dialog) or NOTHING
        if packet is CLOSE:
            dialog.grant.close()
        elif packet is not NOTHING:
            packet = packet if isinstance(packet, bytes) else packet.encode()
            if packet[:1] == b".":
                self.done = packet[1:].decode(errors="replace")
            try:
                dialog.grant.send(packet)
            except BrokenPipeError:     # the session has closed it: seen when that is read
                pass


NEW, AGAIN = "*New password: ", "*Retype new password: "
CHANGED, UNLOCKED, CONTACT, DECLINED, FAILED = ".password-changed", ".unlocked", ".contact-administrator", ".declined", ".failed"


def changes():
    return Passwd("?", NEW, AGAIN, CHANGED)
