"""Mail servers to deliver to: a test CA, a real Postfix, and servers that fail in the ways that servers fail.

All on 127.0.0.1, on free ports, in a folder of their own, and stopped by whoever started them.
"""

import email
import email.policy
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from waiting import LONG, wait_until

USER = "sspr@sspr.test"
PASSWORD = "s3cret-of-the-mail-account"


def free_ports(count):
    """All different: each is held until all are found."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def free_port():
    return free_ports(1)[0]


def parse(raw):
    return email.message_from_bytes(raw, policy=email.policy.default)


class Authority:
    """A certificate authority, and server certificates in each state that one can be in."""

    def __init__(self, folder):
        self.folder = folder
        self.ca = self._path("ca.pem")
        self._openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=sspr test authority",
                      "-keyout", self._path("ca.key"), "-out", self.ca)
        good = "DNS:localhost,IP:127.0.0.1,IP:::1"
        self.good = self._issue("good", good)
        self.wrong_name = self._issue("wrong-name", "DNS:elsewhere.test")
        self.expired = self._issue("expired", good, dates=("20200101000000Z", "20200102000000Z"))
        self.self_signed = self._self_signed("self-signed", good)

    def _path(self, name):
        return os.path.join(self.folder, name)

    @staticmethod
    def _openssl(*arguments):
        subprocess.run(("openssl",) + arguments, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def _chain(self, name):
        """Key and certificate in one file, as Postfix wants them."""
        chain = self._path(name + ".chain.pem")
        with open(chain, "w") as out:
            for part in (name + ".key", name + ".pem"):
                with open(self._path(part)) as file:
                    out.write(file.read())
        os.chmod(chain, 0o600)
        return chain

    def _issue(self, name, names, dates=("20200101000000Z", "20600101000000Z")):
        """openssl ca is the one command that takes any dates."""
        with open(self._path("ca.cnf"), "w") as file:
            file.write("[ca]\ndefault_ca = d\n[d]\ndatabase = %s/index\nserial = %s/serial\nnew_certs_dir = %s\n"
                       "default_md = sha256\npolicy = p\nunique_subject = no\n[p]\ncommonName = supplied\n"
                       "[x]\nsubjectAltName = %s\nbasicConstraints = CA:false\n"
                       % (self.folder, self.folder, self.folder, names))
        open(self._path("index"), "a").close()
        if not os.path.exists(self._path("serial")):
            with open(self._path("serial"), "w") as file:
                file.write("1000\n")
        self._openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=" + name,
                      "-keyout", self._path(name + ".key"), "-out", self._path(name + ".csr"))
        self._openssl("ca", "-batch", "-config", self._path("ca.cnf"), "-cert", self.ca,
                      "-keyfile", self._path("ca.key"), "-extensions", "x", "-startdate", dates[0],
                      "-enddate", dates[1], "-in", self._path(name + ".csr"), "-out", self._path(name + ".pem"), "-notext")
        return self._chain(name)

    def _self_signed(self, name, names):
        self._openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=" + name,
                      "-addext", "subjectAltName=" + names, "-keyout", self._path(name + ".key"),
                      "-out", self._path(name + ".pem"))
        return self._chain(name)


MAIN_CF = """
compatibility_level = 3.6
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.sspr.test
mydestination =
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
alias_maps =
alias_database =
smtpd_tls_security_level = encrypt
smtpd_tls_auth_only = yes
smtpd_tls_chain_files = {good}
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = cyrus
smtpd_sasl_local_domain = sspr.test
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_helo_required = yes
smtpd_helo_restrictions = reject_invalid_helo_hostname
virtual_mailbox_domains = static:all
virtual_mailbox_maps = static:inbox/
virtual_mailbox_base = {folder}/mailboxes
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = {uid}
default_transport = error:no-outbound
relay_transport = error:no-outbound
"""

MASTER_CF = """
127.0.0.1:{starttls} inet n - n - - smtpd
127.0.0.1:{smtps} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
127.0.0.1:{wrong_name} inet n - n - - smtpd -o smtpd_tls_chain_files={wrong_name_chain}
127.0.0.1:{expired} inet n - n - - smtpd -o smtpd_tls_chain_files={expired_chain}
127.0.0.1:{self_signed} inet n - n - - smtpd -o smtpd_tls_chain_files={self_signed_chain}
pickup    unix n - n 60 1 pickup
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 300 1 qmgr
tlsmgr    unix - - n 1000? 1 tlsmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
error     unix - - n - - error
virtual   unix - n n - - virtual
anvil     unix - - n - 1 anvil
proxymap  unix - - n - - proxymap
postlog   unix-dgram n - n - 1 postlogd
"""

SASL_CONF = """
pwcheck_method: auxprop
auxprop_plugin: sasldb
sasldb_path: {folder}/sasldb
mech_list: PLAIN LOGIN CRAM-MD5 DIGEST-MD5
"""


class Postfix:
    """Takes mail for anybody, from whoever logs in over TLS, into one mailbox. No mail leaves it.

    Its ports by name: starttls, smtps (both with a good certificate), wrong_name, expired, self_signed.
    """

    def __init__(self, authority):
        self.folder = tempfile.mkdtemp(prefix="sspr-postfix-", dir="/tmp")  # short: its sockets have path limits
        os.chmod(self.folder, 0o755)
        names = ("starttls", "smtps", "wrong_name", "expired", "self_signed")
        self.port = dict(zip(names, free_ports(len(names))))
        self._write(authority)
        self._started = False
        try:
            self._postfix("start")
            self._started = True
            wait_until(self._listens, "postfix listens")
        except BaseException:
            self.stop()
            raise

    def _write(self, authority):
        account = pwd.getpwnam("postfix")
        for name in ("conf", "conf/sasl", "queue", "data", "mailboxes"):
            os.mkdir(os.path.join(self.folder, name))
        for name in ("data", "mailboxes"):
            os.chown(os.path.join(self.folder, name), account.pw_uid, account.pw_gid)
        places = {"folder": self.folder, "uid": account.pw_uid, "gid": account.pw_gid, "good": authority.good,
                  "wrong_name_chain": authority.wrong_name, "expired_chain": authority.expired,
                  "self_signed_chain": authority.self_signed}
        places.update(self.port)
        for name, text in (("conf/main.cf", MAIN_CF), ("conf/master.cf", MASTER_CF), ("conf/sasl/smtpd.conf", SASL_CONF)):
            with open(os.path.join(self.folder, name), "w") as file:
                file.write(text.format(**places))
        database = os.path.join(self.folder, "sasldb")
        user, domain = USER.split("@")
        subprocess.run(["saslpasswd2", "-p", "-c", "-f", database, "-u", domain, user], input=PASSWORD.encode(), check=True)
        os.chown(database, account.pw_uid, account.pw_gid)

    def _postfix(self, command):
        done = subprocess.run(["postfix", "-c", os.path.join(self.folder, "conf"), command], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=LONG)
        assert done.returncode == 0, "postfix %s: %s" % (command, done.stdout)

    def _listens(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port["starttls"]), timeout=5) as probe:
                return probe.recv(3) == b"220"
        except OSError:
            return False

    def _inbox(self):
        folder = os.path.join(self.folder, "mailboxes/inbox/new")
        return {name: os.path.join(folder, name) for name in os.listdir(folder)} if os.path.isdir(folder) else {}

    def mails(self):
        """All that arrived, as bytes."""
        found = []
        for path in self._inbox().values():
            with open(path, "rb") as file:
                found.append(file.read())
        return found

    def wait_for(self, recipient, number=1):
        """The number-th mail to this recipient, parsed."""
        def found():
            mails = [m for m in map(parse, self.mails()) if m["Delivered-To"] == recipient]
            return mails[number - 1] if len(mails) >= number else None
        return wait_until(found, "mail number %d to %s arrived" % (number, recipient))

    def log(self):
        with open(os.path.join(self.folder, "mail.log")) as file:
            return file.read()

    def stop(self):
        if self._started:
            self._postfix("stop")
        shutil.rmtree(self.folder)


class PickyServer:
    """aiosmtpd that keeps the raw mails and answers as it is told.

    answers: "MAIL", "RCPT", "DATA" or a recipient -> a reply line. login: whether one is demanded (over TLS).
    """

    def __init__(self, chain=None, answers=None, login=False):
        self.port = free_port()
        self.mails = []        # (sender, recipients, bytes)
        self.hellos = []
        self.answers = answers or {}
        context = None
        if chain:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(chain)
        self._controller = Controller(
            self, hostname="127.0.0.1", port=self.port, ready_timeout=LONG, tls_context=context,
            require_starttls=bool(chain), auth_required=login, authenticator=self._authenticate if login else None)
        self._controller.start()

    @staticmethod
    def _authenticate(server, session, envelope, mechanism, data):
        good = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=good, handled=False)

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.hellos.append(hostname)
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        if "MAIL" in self.answers:
            return self.answers["MAIL"]
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        refusal = self.answers.get(address, self.answers.get("RCPT"))
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if "DATA" in self.answers:
            return self.answers["DATA"]
        self.mails.append((envelope.mail_from, list(envelope.rcpt_tos), envelope.original_content))
        return "250 OK"

    def stop(self):
        self._controller.stop()


class BrokenServer:
    """A server by script: for each connection, it sends `greeting`, then each line that comes is answered by the first
    answer whose verb it begins with ("" any): bytes, CLOSE, or SILENCE."""

    CLOSE = object()
    SILENCE = object()

    def __init__(self, greeting, answers=(), host="127.0.0.1"):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, 0), family=family)
        self.port = self._socket.getsockname()[1]
        self.heard = []
        self.connections = 0
        self._greeting = greeting
        self._answers = answers
        self._over = threading.Event()
        self._threads = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._talk, args=(connection,), daemon=True)
            thread.start()
            self._threads.append(thread)

    def _do(self, connection, what):
        """False: the talk is over."""
        if what is self.SILENCE:
            self._over.wait()
            return False
        if what is self.CLOSE:
            return False
        for chunk in what if isinstance(what, list) else [what]:
            connection.sendall(chunk)
            if isinstance(what, list) and self._over.wait(0.2):  # a list is sent piece by piece: a tar pit
                return False
        return True

    def _talk(self, connection):
        with connection, connection.makefile("rb") as lines:
            try:
                going = self._do(connection, self._greeting)
                while going:
                    line = lines.readline()
                    if not line:
                        return
                    self.heard.append(line)
                    answer = next((a for verb, a in self._answers if line.upper().startswith(verb)), self.CLOSE)
                    going = self._do(connection, answer)
            except OSError:
                pass

    def stop(self):
        self._over.set()
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for thread in self._threads:
            thread.join(LONG)


def wait_for_nobody():
    """A port where nothing listens."""
    port = free_port()
    end = time.monotonic() + LONG
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
        port = free_port()
    raise AssertionError("no port is free")
