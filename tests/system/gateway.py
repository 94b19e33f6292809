"""Gateways to deliver to: a real Kannel with its fake operator, and servers that answer like those of the world.

All on 127.0.0.1, on free ports, in a folder of their own, and stopped by whoever started them.
"""

import base64
import http.server
import os
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import urllib.parse

from mail import free_port
from waiting import LONG, wait_until

KANNEL_CONF = """
group = core
admin-port = {admin}
admin-interface = 127.0.0.1
admin-password = adm1n
smsbox-port = {box}
smsbox-interface = 127.0.0.1
box-deny-ip = "*.*.*.*"
box-allow-ip = "127.0.0.1"
store-type = file
store-location = "{folder}/store"
dlr-storage = internal

group = smsc
smsc = fake
smsc-id = FAKE
host = 127.0.0.1
port = {operator}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {sendsms}
sendsms-interface = 127.0.0.1

group = sendsms-user
username = sspr
password = {password}
user-deny-ip = "*.*.*.*"
user-allow-ip = "127.0.0.1"

group = sms-service
keyword = default
text = "No service specified"
"""


class Kannel:
    """bearerbox, smsbox and the fake operator that comes with them."""

    PASSWORD = "s3cret-of-kannel"

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="sspr-kannel-", dir="/tmp")
        self.port = {name: free_port() for name in ("admin", "box", "operator", "sendsms")}
        self.conf = os.path.join(self.folder, "kannel.conf")
        self._operator_log = os.path.join(self.folder, "operator.log")
        self._boxes, self._operator = [], None
        with open(self.conf, "w") as file:
            file.write(KANNEL_CONF.format(folder=self.folder, password=self.PASSWORD, **self.port))
        try:
            self._box("bearerbox", "box")
            self._box("smsbox", "sendsms")
            self.operator_up()
        except BaseException:
            self.stop()
            raise

    @property
    def url(self):
        return "http://127.0.0.1:%d/cgi-bin/sendsms" % self.port["sendsms"]

    def _start(self, *command, log):
        with open(os.path.join(self.folder, log), "a") as file:
            return subprocess.Popen(command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=file, stderr=file)

    def _box(self, program, port):
        box = self._start(program, self.conf, log=program + ".log")
        self._boxes.append(box)
        wait_until(lambda: box.poll() is not None or self._listens(port), program + " listens")
        assert box.poll() is None, open(os.path.join(self.folder, program + ".log")).read()

    def _listens(self, port):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port[port])) == 0

    def operator_up(self):
        self._operator = self._start("/usr/lib/kannel/test/fakesmsc", "-H", "127.0.0.1", "-r", str(self.port["operator"]),
                                     "-i", "1", "-m", "0", "100 200 text dummy", log="operator.log")
        wait_until(self._operator_is_known, "kannel knows its operator")

    def _operator_is_known(self):
        return "online" in self._status()

    def _status(self):
        path = "/status.txt?password=adm1n"
        with socket.create_connection(("127.0.0.1", self.port["admin"]), timeout=LONG) as connection:
            connection.sendall(b"GET %s HTTP/1.0\r\nHost: x\r\n\r\n" % path.encode())
            answer = b""
            while chunk := connection.recv(65536):
                answer += chunk
        return [line for line in answer.decode(errors="replace").splitlines() if "FAKE" in line][0]

    def operator_down(self):
        self._end(self._operator, signal.SIGTERM)
        self._operator = None
        wait_until(lambda: not self._operator_is_known(), "kannel has lost its operator")

    def messages(self):
        """What the operator got, a line each."""
        with open(self._operator_log, errors="surrogateescape") as file:
            return [line.split("Got message ", 1)[1].rstrip("\n") for line in file if "Got message " in line]

    def accepted(self):
        """What smsbox took from its users, a line each."""
        with open(os.path.join(self.folder, "smsbox.log"), errors="surrogateescape") as file:
            return [line for line in file if "sendsms sender:" in line]

    def wait_for(self, words):
        return wait_until(lambda: [line for line in self.messages() if words in line], "the operator got " + words)[0]

    @staticmethod
    def _end(process, how):
        process.send_signal(how)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def stop(self):
        if self._operator:
            self._end(self._operator, signal.SIGTERM)
        for box in reversed(self._boxes):
            self._end(box, signal.SIGTERM)
        shutil.rmtree(self.folder)


class Request:
    """One request, as it came."""

    def __init__(self, handler, body):
        self.method, self.target, self.headers, self.body = handler.command, handler.path, handler.headers, body
        self.path, _, self.query = self.target.partition("?")

    def form(self):
        return dict(urllib.parse.parse_qsl(self.body.decode(), keep_blank_values=True, strict_parsing=True))

    def parameters(self):
        return dict(urllib.parse.parse_qsl(self.query, keep_blank_values=True, strict_parsing=True))

    def basic(self):
        kind, _, login = self.headers["Authorization"].partition(" ")
        assert kind == "Basic"
        return base64.b64decode(login).decode()


class WebServer:
    """Keeps requests, and answers each by answer(request): (status, body) or (status, body, headers)."""

    def __init__(self, answer=lambda request: (200, b""), chain=None):
        self.requests = []
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def handle_any(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                request = Request(self, body)
                server.requests.append(request)
                status, content, *headers = answer(request)
                self.send_response(status)
                for name, value in dict(*headers).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = handle_any

            def log_message(self, *_):
                pass

        class Quiet(http.server.ThreadingHTTPServer):
            def handle_error(self, *_):     # a client that did not trust the certificate
                pass

        self._server = Quiet(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self.url = "http%s://localhost:%d" % ("s" if chain else "", self.port)
        if chain:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(chain)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(LONG)


class RawServer:
    """Reads a request, then sends the chunks, over and over where `endless`, `pause` seconds apart; then it closes, or,
    where `silent`, says nothing more until it is stopped."""

    def __init__(self, chunks=(), endless=False, pause=0, silent=False):
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.url = "http://127.0.0.1:%d" % self.port
        self.requests = 0
        self._chunks, self._endless, self._pause, self._silent = chunks, endless, pause, silent
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        while not self._over.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                try:
                    self._talk(connection)
                except OSError:
                    pass

    def _talk(self, connection):
        connection.settimeout(LONG)
        head = b""
        while b"\r\n\r\n" not in head:
            more = connection.recv(65536)
            if not more:
                return
            head += more
        self.requests += 1
        for number, chunk in enumerate(self._chunks):
            connection.sendall(chunk)
            while self._endless and number == len(self._chunks) - 1 and not self._over.wait(self._pause):
                connection.sendall(chunk)
            if self._over.wait(self._pause):
                return
        if self._silent:
            self._over.wait()

    def stop(self):
        self._over.set()
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(LONG)
