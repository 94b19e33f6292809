"""A session of the tests' own in the place of sspr-session: requests go to ssprd as the tests write them."""

import os
import shutil
import socket

import bus
import rogue_session
from waiting import LONG
from wire import FACTS, OK, REQUEST_MAX, message, parse

SESSION = "/usr/libexec/sspr/sspr-session"


class Rogue:
    def __init__(self):
        here = os.path.dirname(os.path.abspath(__file__))
        os.makedirs(os.path.dirname(rogue_session.SOCKET), exist_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._listener.bind(rogue_session.SOCKET)
        os.chmod(rogue_session.SOCKET, 0o666)
        self._listener.listen()
        self._listener.settimeout(LONG)
        self._opened = []
        shutil.move(SESSION, SESSION + ".kept")
        shutil.copy(os.path.join(here, "rogue_session.py"), SESSION)

    def __call__(self, person, **more):
        """A login's dialog: (the terminal's end, the session's end of the judge)."""
        return self.take_over(bus.converse(person, **more))

    def open(self, terminal):
        """As take_over, and the session has asked for the facts, as it must before all else: its end of the judge."""
        _, judge = self.take_over(terminal)
        assert ask(judge, FACTS)[0] == OK
        return judge

    def take_over(self, terminal):
        puppet, _ = self._listener.accept()
        _, handles, _, _ = socket.recv_fds(puppet, 4096, 2)
        os.close(handles[0])    # the terminal's other end is the rogue's own: closed when it is killed
        judge = socket.socket(fileno=handles[1])
        judge.settimeout(LONG)
        self._opened.extend((terminal, puppet, judge))
        return terminal, judge

    def let_go(self):
        """Of all dialogs: they end."""
        for thing in self._opened:
            thing.close()
        self._opened.clear()

    def stop(self):
        self.let_go()
        self._listener.close()
        os.unlink(rogue_session.SOCKET)
        shutil.move(SESSION + ".kept", SESSION)


def ask(judge, *request):
    judge.send(message(*request))
    return parse(judge.recv(REQUEST_MAX))


def ask_all_at_once(judges, request, count):
    """The same request, count times, spread over these sessions, up to eight of each under way: all the replies."""
    shares = [count // len(judges) + (number < count % len(judges)) for number in range(len(judges))]
    for judge in judges:
        judge.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
    data = message(*request)
    waiting = [0] * len(judges)
    replies = []

    def read_one(number):
        replies.append(parse(judges[number].recv(REQUEST_MAX)))
        waiting[number] -= 1

    for _ in range(max(shares)):
        for number, judge in enumerate(judges):
            if shares[number]:
                if waiting[number] >= 8:    # what the kernel queues on such a socket is limited
                    read_one(number)
                judge.send(data)
                shares[number] -= 1
                waiting[number] += 1
    for number in range(len(judges)):
        while waiting[number]:
            read_one(number)
    return replies


def ended(judge):
    """Is the judge's side closed, with not a byte of an answer?"""
    try:
        return judge.recv(REQUEST_MAX) == b""
    except ConnectionResetError:
        return True
