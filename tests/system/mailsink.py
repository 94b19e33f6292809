"""A mail server on 127.0.0.1 that keeps what it gets, and fails in the ways that servers fail."""

import email
import email.policy
import re
import socket
import threading
import time

from aiosmtpd.controller import Controller

from waiting import LONG


class MailSink:
    """Plain SMTP on loopback (tls = none is permitted there). refuse: recipient -> "550 ..." or "450 ..."."""

    def __init__(self, port):
        self.port = port
        self.refuse = {}
        self._mails = []
        self._watcher = None
        self._changed = threading.Condition()
        self._controller = Controller(self, hostname="127.0.0.1", port=port, ready_timeout=LONG)
        self._controller.start()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        with self._changed:
            self._mails.append((envelope.rcpt_tos, message))
            self._changed.notify_all()
        if self._watcher:
            self._watcher(envelope.rcpt_tos, message)
        return "250 OK"

    def watch(self, watcher):
        """Call it with the recipients and the message of each mail."""
        self._watcher = watcher

    def count(self, address):
        with self._changed:
            return sum(address in to for to, _ in self._mails)

    def wait_for(self, address, number=1, timeout=LONG):
        """The text of the number-th mail to this address."""
        end = time.monotonic() + timeout
        with self._changed:
            while True:
                found = [message for to, message in self._mails if address in to]
                if len(found) >= number:
                    return found[number - 1]
                left = end - time.monotonic()
                if left <= 0:
                    raise AssertionError("no mail number %d to %s" % (number, address))
                self._changed.wait(left)

    def code(self, address, number=1):
        """The code in the number-th mail to this address."""
        body = self.wait_for(address, number).get_content()
        found = re.search(r"(?<!\d)(\d{6,10})(?!\d)", body)
        assert found, "no code in the mail:\n" + body
        return found.group(1)

    def stop(self):
        self._controller.stop()


class SilentServer:
    """Accepts connections and says greeting (nothing: a tar pit), then nothing more."""

    def __init__(self, port, greeting=b""):
        self._socket = socket.create_server(("127.0.0.1", port))
        self._greeting = greeting
        self._held = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self._held.append(connection)
            connection.sendall(self._greeting)

    def stop(self):
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for connection in self._held:
            connection.close()
