"""The machine's log: whoever listens on /dev/log. Lines are kept as they came, without the priority."""

import os
import re
import socket
import threading
import time


class Log:
    def __init__(self, path="/dev/log"):
        self.path = path
        self._lines = []
        self._changed = threading.Condition()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(path)
        os.chmod(path, 0o666)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while True:
            data = self._socket.recv(65536)
            line = re.sub(r"^<\d+>(\w{3} [ \d]\d [\d:]{8} )?", "", data.decode(errors="replace"))
            with self._changed:
                self._lines.append(line.rstrip("\n\0"))
                self._changed.notify_all()

    def mark(self):
        """The place from which lines are new."""
        with self._changed:
            return len(self._lines)

    def since(self, mark, pattern=""):
        with self._changed:
            return [line for line in self._lines[mark:] if re.search(pattern, line)]

    def wait_for(self, pattern, mark=0, timeout=20):
        """The first line from mark on that has the pattern."""
        end = time.monotonic() + timeout
        with self._changed:
            while True:
                for line in self._lines[mark:]:
                    if re.search(pattern, line):
                        return line
                left = end - time.monotonic()
                if left <= 0:
                    raise AssertionError("no log line %r among:\n%s" % (pattern, "\n".join(self._lines[mark:])))
                self._changed.wait(left)
