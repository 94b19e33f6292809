"""Plays the terminal and the judge of one sspr-session, and writes down what a user would see."""

import os
import select
import socket
import subprocess
import time

import judge as judging

LIMIT = 60      # seconds for a whole dialog: a session that hangs is a failed test, not a waiting one

# What a terminal may do besides answering.
CANCELLED, CONVERSATION = "!cancelled", "!conversation"
CLOSE = object()        # the line drops
WAIT = object()         # nothing is typed any more


class Raw(bytes):
    """A packet as it is, type byte included."""


class Result:
    def __init__(self):
        self.transcript = ""    # prompts with the answers in << >>, other packets on lines that begin with their type
        self.prompts = []       # (type, text)
        self.packets = []       # (type, text), all of them
        self.verdict = None
        self.exit = None
        self.stderr = ""
        self.seconds = 0.0

    @property
    def lines(self):
        return [line for _, text in self.packets for line in text.split("\n")]

    @property
    def text(self):
        return "\n".join(text for _, text in self.packets)


def start(program, terminal, judge, user="alice", arguments=("-s", "sshd"), purpose="enroll"):
    """Start a session with these two sockets as fd 3 and 4, in a place where clocks show UTC."""
    def place():
        low = os.dup2(terminal.fileno(), 100), os.dup2(judge.fileno(), 101)
        os.dup2(low[0], 3)
        os.dup2(low[1], 4)
    return subprocess.Popen([program, "-u", user, "-p", purpose] + list(arguments), close_fds=False, preexec_fn=place,
                            env=dict(os.environ, TZ="UTC"), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


class Dialog:
    """One session and both its peers."""

    def __init__(self, program, judge, typed, **how):
        self.judge, self.typed = judge, list(typed)
        self.terminal, terminal = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.requests, requests = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        judge.purpose = how.get("purpose", "enroll")
        self.process = start(program, terminal, requests, **how)
        terminal.close()
        requests.close()
        self.result = Result()
        self.grant = None       # our end of the grant
        self.later = []         # (moment, bytes): replies that are held back

    def play(self):
        began = time.monotonic()
        try:
            while self.result.verdict is None and self.step(began + LIMIT):
                pass
            self.terminal.close()
            while self.grant is not None and self.grant.fileno() >= 0:      # the session closes it, in any case
                self.step(began + LIMIT)
            self.requests.close()
            _, errors = self.process.communicate(timeout=LIMIT)
        finally:
            self.process.kill()
            self.process.wait()
        self.result.exit, self.result.stderr = self.process.returncode, errors.decode()
        self.result.seconds = time.monotonic() - began
        return self.result

    def step(self, end):
        """Handle what came. False: the session or one of its peers is gone."""
        open_ones = [s for s in (self.terminal, self.requests, self.grant) if s is not None and s.fileno() >= 0]
        due = min([end] + [moment for moment, _ in self.later])
        ready, _, _ = select.select(open_ones, [], [], max(0.0, due - time.monotonic()))
        assert time.monotonic() < end, "the session hangs; so far:\n" + self.result.transcript
        while self.later and self.later[0][0] <= time.monotonic():
            self.requests.send(self.later.pop(0)[1])
        if self.requests in ready:
            return self.serve(self.requests.recv(judging.REQUEST_MAX + 1))
        if self.grant is not None and self.grant in ready:
            return self.hear(self.heard())
        if self.terminal in ready:
            return self.show(self.terminal.recv(5000))
        return bool(open_ones)

    def serve(self, data):
        if not data:
            self.requests.close()
            return self.terminal.fileno() >= 0
        answer = self.judge.answer(data)
        if isinstance(answer, judging.Close):
            self.requests.close()
        elif isinstance(answer, judging.Passing):
            self.pass_grant(answer)
        elif isinstance(answer, judging.Silent):
            if answer.seconds is not None:
                self.later.append((time.monotonic() + answer.seconds, answer.then or self.judge.answer(data)))
        else:
            self.requests.send(answer)
        return True

    def pass_grant(self, answer):
        """Send the reply with a descriptor, and let the player at its other end begin."""
        self.grant, passed = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        socket.send_fds(self.requests, [answer.data], [passed.fileno()] * answer.descriptors)
        passed.close()
        if answer.player is not None:
            answer.player.begin(self)

    def heard(self):
        try:
            return self.grant.recv(5000)
        except ConnectionResetError:        # closed with something unread
            return b""

    def hear(self, data):
        """What the session says to sspr-passwd; nothing: it closed the grant."""
        if data:
            self.judge.passwd.hear(self, data)
        else:
            self.judge.passwd.closed(self)
            self.grant.close()
        return True

    def show(self, data):
        if not data:
            self.terminal.close()
            return False
        kind, text = data[:1].decode(), data[1:].decode()   # decode: whatever is shown must be UTF-8
        assert len(data) <= 4097 and "\0" not in text
        self.result.packets.append((kind, text))
        if kind in "?*":
            self.result.prompts.append((kind, text))
            self.result.transcript += text
            return self.type(kind)
        self.result.transcript += "%s %s\n" % (kind, text)
        if kind == ".":
            self.result.verdict = text
        return True

    def type(self, kind):
        """Answer a prompt with the next thing of the script; a callable is called first."""
        answer = self.typed.pop(0) if self.typed else CLOSE
        if callable(answer):    # looks at the dialog as it stands, or does something; what it returns is typed
            answer = answer(self)
        if answer is CLOSE:
            self.result.transcript += "<<the line drops>>\n"
            self.terminal.close()
            return False
        if answer is WAIT:
            self.result.transcript += "<<waits>>\n"
        elif isinstance(answer, Raw):
            self.result.transcript += "<<%r>>\n" % bytes(answer)
            self.terminal.send(answer)
        elif answer in (CANCELLED, CONVERSATION):
            self.result.transcript += "<<%s>>\n" % answer
            self.terminal.send(answer.encode())
        else:
            answer = answer if isinstance(answer, bytes) else answer.encode()
            shown = answer.decode(errors="replace") if len(answer) < 100 else "%d bytes" % len(answer)
            self.result.transcript += "<<%s%s>>\n" % (shown, " unseen" if kind == "*" else "")
            self.terminal.send(b"=" + answer)
        return True

    def unasked(self, data):
        """The judge speaks without having been asked."""
        self.requests.send(data)
