"""sspr-deliver with real and with broken mail servers: what arrives, what it answers, what it never says."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from email.utils import parsedate_to_datetime

import pytest

import mail
from host import BUILD, SANITIZED, TREE
from mail import BrokenServer, PickyServer
from waiting import LONG, wait_until

DELIVER = os.path.join(TREE, BUILD, "sspr-deliver")
SENT, REFUSED, LATER, MISCONFIGURED = 0, 69, 75, 78
TO = "alice.private@mailbox.example"
CODE = "918273"
TEXT = "Your code for desk\n\nIt is %s. It is good for 10 minutes.\n" % CODE

pytestmark = pytest.mark.sanitized


@pytest.fixture(autouse=True)
def clean_ending():
    """These tests need no host; each server is stopped by its own fixture."""


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return mail.Authority(str(tmp_path_factory.mktemp("ca")))


@pytest.fixture(scope="module")
def postfix(authority):
    server = mail.Postfix(authority)
    yield server
    server.stop()


@pytest.fixture
def serve():
    """Start a server that the test's end stops."""
    servers = []

    def start(kind, *arguments, **options):
        servers.append(kind(*arguments, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def configure(tmp_path, authority):
    """Write an sspr.conf and what it names: configure(url, key=value...); a None leaves the key out."""
    def write(url, password=mail.PASSWORD, mode=0o640, **keys):
        secret = tmp_path / "password"
        secret.write_bytes(password.encode() + b"\n")
        secret.chmod(mode)
        values = {"url": url, "from": "sspr@desk.sspr.test", "timeout": 10, "user": mail.USER,
                  "password_file": secret, "ca_file": authority.ca}
        values.update(keys)
        if keys.get("user", "") is None:
            values["password_file"] = None
        conf = tmp_path / "sspr.conf"
        conf.write_text("[email]\n" + "".join("%s = %s\n" % pair for pair in values.items() if pair[1] is not None))
        return str(conf)
    return write


def plain(server):
    """What configure needs for a server on this host without TLS or login."""
    return {"url": "smtp://127.0.0.1:%d" % server.port, "tls": "none", "user": None, "ca_file": None}


def message(**fields):
    values = {"to": TO, "code": CODE, "text": TEXT, "user": "alice", "host": "desk.sspr.test", "lang": "en", "id": "42-1"}
    values.update(fields)
    return json.dumps({key: value for key, value in values.items() if value is not None}, ensure_ascii=False).encode()


def check_line(code, line):
    """Whatever happens: nothing when it is sent, else one line on stderr, and that tells no secret."""
    if code == SENT:
        assert line == ""
        return
    assert re.fullmatch(r"sspr-deliver: [^\x00-\x1f\x7f-\x9f]+\n", line), line
    for secret in (CODE, mail.PASSWORD, TO, TO.split("@")[0]):
        assert secret not in line


def deliver(conf, data=None, kind="email", program=DELIVER, **how):
    """(exit code, the line on stderr)"""
    done = subprocess.run([program, kind, "-c", conf], input=message() if data is None else data, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=LONG, **how)
    line = done.stderr.decode()
    assert done.stdout == b""
    check_line(done.returncode, line)
    return done.returncode, line


def body_of(parsed):
    return parsed.get_content()


# --- what arrives

@pytest.mark.parametrize("scheme, port", [("smtp", "starttls"), ("smtps", "smtps")])
def test_mail_with_login_reaches_a_real_postfix(postfix, configure, scheme, port):
    to = "%s@mailbox.example" % port
    conf = configure("%s://localhost:%d" % (scheme, postfix.port[port]))
    assert deliver(conf, message(to=to)) == (SENT, "")
    arrived = postfix.wait_for(to)
    assert arrived["From"] == "sspr@desk.sspr.test"
    assert arrived["To"] == to
    assert arrived["Return-Path"] == "<sspr@desk.sspr.test>"
    assert arrived["Subject"] == "Your code for desk"
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert arrived["MIME-Version"] == "1.0"
    assert arrived.get_content_type() == "text/plain" and arrived.get_content_charset() == "utf-8"
    assert re.fullmatch(r"<42-1\.[0-9a-f]{32}@desk\.sspr\.test>", arrived["Message-ID"])
    assert "from desk.sspr.test" in arrived["Received"] and "with ESMTPSA" in arrived["Received"]
    assert abs(parsedate_to_datetime(arrived["Date"]).timestamp() - time.time()) < LONG
    assert body_of(arrived) == TEXT


def test_mail_reaches_a_server_by_its_address(postfix, configure):
    conf = configure("smtp://127.0.0.1:%d" % postfix.port["starttls"])
    assert deliver(conf, message(to="by-address@mailbox.example")) == (SENT, "")
    postfix.wait_for("by-address@mailbox.example")


def test_mail_reaches_a_server_on_ipv6(configure, serve):
    server = serve(BrokenServer, b"220 hello\r\n", [(b"EHLO", b"250 hello\r\n"), (b"MAIL", b"250 ok\r\n"),
                                                    (b"RCPT", b"550 no\r\n")], host="::1")
    conf = configure("smtp://[::1]:%d" % server.port, tls="none", user=None, ca_file=None)
    assert deliver(conf)[0] == REFUSED
    assert server.heard[1].startswith(b"MAIL FROM:<sspr@desk.sspr.test>")


def test_a_server_that_offers_login_by_what_libcurl_may_not_use_gets_a_password(configure, serve, authority):
    server = serve(PickyServer, authority.good, login=True)
    assert deliver(configure("smtp://localhost:%d" % server.port)) == (SENT, "")
    assert len(server.mails) == 1


@pytest.mark.parametrize("text", [
    "Grüße von desk\nIhr Code: 918273 – gültig für 10 Minuten.\n",
    "Ваш код для входа на сервер desk и ещё много слов, чтобы строка не поместилась\nКод 918273\n",
    "コード\n一二三四五六七八九十" * 40 + "\n",
    "👩‍👩‍👧 family\n👩‍👩‍👧" * 30,
    "=?UTF-8?Q?not_a_word?= = 3\n==3D = =\n",
    "An ASCII subject that is so long that no header line of 76 characters could hold it, however it was folded " * 9,
    "trailing \nblank \ntab\t\n \n\t\n",
    "dots\n.\n..\n.hidden\n.\n",
    "From the start\nFrom there\n>From\n",
    "no end of line at the end",
    "many\n\n\n\n\n",
    "windows\r\nline\r\nends\r\n",
    "x\n" + "y" * 60000 + "\n",
    "x\n" + "." * 5000 + "\n",
    "x\n" + " " * 5000 + "\n",
    "x\n" + "ü" * 25000 + "\n",
])
def test_text_arrives_as_it_was_sent(configure, serve, text):
    server = serve(PickyServer)
    assert deliver(configure(**plain(server)), message(text=text)) == (SENT, "")
    (sender, recipients, raw), = server.mails
    assert (sender, recipients) == ("sspr@desk.sspr.test", [TO])
    sent = text.replace("\r\n", "\n")
    parsed = mail.parse(raw)
    assert parsed["Subject"] == sent.split("\n")[0].rstrip(" ") or parsed["Subject"] == sent.split("\n")[0]
    assert body_of(parsed).replace("\r\n", "\n").removesuffix("\n") == sent.removesuffix("\n")
    lines = raw.split(b"\r\n")
    assert all(re.fullmatch(rb"[\t -~]{0,76}", line) for line in lines)
    assert not any(line.startswith((b".", b"From ")) for line in lines)


def test_a_message_of_64_kib_is_taken_and_one_byte_more_is_not(configure, serve):
    server = serve(PickyServer)
    conf = configure(**plain(server))
    room = 64 * 1024 - len(message(text=""))
    assert deliver(conf, message(text="x" * room)) == (SENT, "")
    assert deliver(conf, message(text="x" * (room + 1)))[0] == MISCONFIGURED
    assert deliver(conf, b'{"to": "' + b"x" * 10_000_000)[0] == MISCONFIGURED
    assert len(server.mails) == 1


def test_each_mail_has_an_id_of_its_own(configure, serve):
    server = serve(PickyServer)
    conf = configure(**plain(server))
    assert [deliver(conf, message(id=id))[0] for id in ("same", "same", None)] == [SENT] * 3
    ids = [mail.parse(raw)["Message-ID"] for _, _, raw in server.mails]
    assert len(set(ids)) == 3


def test_idn_addresses_are_sent_in_ascii(configure, serve):
    server = serve(PickyServer)
    assert deliver(configure(**plain(server)), message(to="alice@Bücher.example")) == (SENT, "")
    assert server.mails[0][1] == ["alice@xn--bcher-kva.example"]


def test_nothing_is_taken_from_the_environment(configure, serve, tmp_path):
    server = serve(PickyServer)
    keys = tmp_path / "keys"
    environment = {"TZ": "America/New_York", "LC_ALL": "nl_NL.UTF-8", "LANG": "nl_NL.UTF-8", "SSLKEYLOGFILE": str(keys),
                   "all_proxy": "http://127.0.0.1:%d" % mail.wait_for_nobody(), "OPENSSL_CONF": "/nowhere",
                   "HOME": str(tmp_path)}
    assert deliver(configure(**plain(server)), env=environment) == (SENT, "")
    date = mail.parse(server.mails[0][2])["Date"]
    assert re.fullmatch(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{1,2} \w{3} \d{4} [\d:]{8} \+0000", str(date))
    assert not keys.exists()


# --- servers that say no

def test_a_wrong_password_is_misconfigured_and_nothing_is_sent(postfix, configure):
    conf = configure("smtp://localhost:%d" % postfix.port["starttls"], password="wrong")
    code, line = deliver(conf, message(to="wrong-password@mailbox.example"))
    assert code == MISCONFIGURED and "535" in line
    assert not [m for m in postfix.mails() if b"wrong-password@" in m]


def test_a_server_that_wants_a_login_and_gets_none_is_misconfigured(configure, serve, authority):
    server = serve(PickyServer, authority.good, login=True)
    assert deliver(configure("smtp://localhost:%d" % server.port, user=None))[0] == MISCONFIGURED


@pytest.mark.parametrize("port, word", [("wrong_name", "name"), ("expired", "expired"), ("self_signed", "self-signed")])
def test_a_bad_certificate_is_never_trusted(postfix, configure, port, word):
    code, line = deliver(configure("smtp://localhost:%d" % postfix.port[port]))
    assert code == MISCONFIGURED and word in line


def test_an_authority_that_is_not_configured_is_not_trusted(postfix, configure):
    code, line = deliver(configure("smtps://localhost:%d" % postfix.port["smtps"], ca_file=None))
    assert code == MISCONFIGURED and "certificate" in line


def test_no_starttls_is_misconfigured_when_tls_is_required(configure, serve):
    server = serve(PickyServer)
    code, line = deliver(configure("smtp://127.0.0.1:%d" % server.port, user=None))
    assert code == MISCONFIGURED and "STARTTLS" in line
    assert server.mails == []


def test_no_starttls_is_taken_when_tls_is_tried(configure, serve):
    server = serve(PickyServer)
    assert deliver(configure("smtp://127.0.0.1:%d" % server.port, user=None, tls="try")) == (SENT, "")
    assert len(server.mails) == 1


def test_a_bad_certificate_is_not_trusted_when_tls_is_tried(configure, serve, authority):
    server = serve(PickyServer, authority.self_signed)
    assert deliver(configure("smtp://127.0.0.1:%d" % server.port, user=None, tls="try"))[0] == MISCONFIGURED
    assert server.mails == []


@pytest.mark.parametrize("what, reply, answer", [
    ("RCPT", "550 5.1.1 <%s> unknown" % TO, REFUSED),
    ("RCPT", "450 4.2.0 <%s> greylisted" % TO, LATER),
    ("RCPT", "452 too many", LATER),
    ("MAIL", "553 5.1.8 sender not allowed", MISCONFIGURED),
    ("MAIL", "451 later", LATER),
    ("DATA", "554 5.7.1 spam", REFUSED),
    ("DATA", "451 4.3.0 later", LATER),
])
def test_a_refusal_is_judged_by_what_was_refused(configure, serve, what, reply, answer):
    server = serve(PickyServer, answers={what: reply})
    code, line = deliver(configure(**plain(server)))
    assert code == answer and reply[:3] in line
    assert server.mails == []


@pytest.mark.parametrize("greeting, answer", [(b"421 too busy\r\n", LATER), (b"554 go away\r\n", MISCONFIGURED),
                                              (b"hello?\r\n", LATER), (b"\0\xff\r\n", LATER), (b"220 " + b"x" * 100000, LATER)])
def test_an_odd_greeting(configure, serve, greeting, answer):
    server = serve(BrokenServer, greeting)
    assert deliver(configure(**plain(server), timeout=3))[0] == answer


GOOD_TALK = [(b"EHLO", b"250 hello\r\n"), (b"MAIL", b"250 ok\r\n"), (b"RCPT", b"250 ok\r\n"), (b"DATA", b"354 go\r\n"),
             (b".\r\n", b"250 taken\r\n"), (b"QUIT", b"221 bye\r\n")]


def talk(*changes):
    """A good server but for these; what is text of a mail is not answered."""
    return list(changes) + GOOD_TALK + [(b"", b"")]


def test_the_scripted_server_is_good_when_nothing_is_changed(configure, serve):
    server = serve(BrokenServer, b"220 hello\r\n", talk())
    assert deliver(configure(**plain(server))) == (SENT, "")
    assert server.heard[:3] == [b"EHLO desk.sspr.test\r\n", server.heard[1], b"RCPT TO:<%s>\r\n" % TO.encode()]
    assert re.fullmatch(rb"MAIL FROM:<sspr@desk\.sspr\.test>( SIZE=\d+)?\r\n", server.heard[1])


@pytest.mark.parametrize("verb", [b"EHLO", b"MAIL", b"RCPT", b"DATA", b".\r\n"])
def test_a_line_that_drops_in_the_middle_is_later(configure, serve, verb):
    server = serve(BrokenServer, b"220 hello\r\n", talk((verb, BrokenServer.CLOSE), (b"HELO", BrokenServer.CLOSE)))
    assert deliver(configure(**plain(server)))[0] == LATER


def test_a_server_that_closes_at_once_is_later(configure, serve):
    server = serve(BrokenServer, BrokenServer.CLOSE)
    assert deliver(configure(**plain(server)))[0] == LATER


@pytest.mark.parametrize("greeting, verb, answer", [
    (BrokenServer.SILENCE, b"EHLO", b""),
    ([b"2", b"2", b"0"] + [b" "] * 1000, b"EHLO", b""),
    (b"220 hello\r\n", b"EHLO", BrokenServer.SILENCE),
    (b"220 hello\r\n", b"RCPT", BrokenServer.SILENCE),
    (b"220 hello\r\n", b".\r\n", BrokenServer.SILENCE),
    (b"220 hello\r\n", b"EHLO", [b"250-slow\r\n"] * 1000),
])
def test_a_tar_pit_holds_it_no_longer_than_its_timeout(configure, serve, greeting, verb, answer):
    server = serve(BrokenServer, greeting, talk((verb, answer)))
    began = time.monotonic()
    assert deliver(configure(**plain(server), timeout=1))[0] == LATER
    assert 0.9 < time.monotonic() - began < 4


def test_a_mail_that_was_taken_is_sent_even_when_the_server_never_says_goodbye(configure, serve):
    server = serve(BrokenServer, b"220 hello\r\n", talk((b"QUIT", BrokenServer.SILENCE)))
    began = time.monotonic()
    assert deliver(configure(**plain(server), timeout=20)) == (SENT, "")
    assert time.monotonic() - began < 6


def test_nobody_listens(configure):
    assert deliver(configure("smtp://127.0.0.1:%d" % mail.wait_for_nobody(), user=None))[0] == LATER


def test_tls_with_a_server_that_speaks_none_is_later(configure, serve):
    server = serve(BrokenServer, b"220 hello\r\n", talk())
    assert deliver(configure("smtps://127.0.0.1:%d" % server.port, user=None, timeout=3))[0] == LATER


def test_lines_slipped_in_before_starttls_are_not_believed(configure, serve, authority):
    """What comes in the clear behind the answer to STARTTLS would be taken as said inside of TLS."""
    server = serve(BrokenServer, b"220 hello\r\n",
                   talk((b"EHLO", b"250-hello\r\n250 STARTTLS\r\n"),
                        (b"STARTTLS", b"220 go\r\n250 hello\r\n250 ok\r\n250 ok\r\n354 go\r\n250 taken\r\n")))
    assert deliver(configure("smtp://localhost:%d" % server.port, user=None, timeout=3))[0] != SENT
    assert not [line for line in server.heard if line.startswith(b"MAIL")]


# --- what nobody may smuggle in

@pytest.mark.parametrize("to", [
    TO + "\r\nRCPT TO:<eve@mailbox.example>", TO + ">\r\nDATA\r\nforged\r\n.\r\n", TO + "\nBcc: eve@mailbox.example",
    TO + "\r", TO + "> <eve@mailbox.example", "<" + TO + ">", " " + TO, TO + " ", TO + "\t", TO + "\x00", TO + "\x7f",
    TO + " SIZE=1", TO + ",eve@mailbox.example", "alice private@mailbox.example", '"alice"@mailbox.example',
    "alice@[127.0.0.1]", "@relay.example:" + TO, "alice", "@mailbox.example", "alice@", "", "a@b@c.example",
    "alice@mailbox.example\u2028x", "alice@mail\u00adbox.example\r\nx", "ali\u0000ce@mailbox.example", "älice@mailbox.example",
    "x" * 65 + "@mailbox.example", "a@" + "b." * 200 + "example", "alice@exa mple.com", "alice@\uff0e\uff1e.example",
])
def test_a_recipient_that_is_no_address_reaches_no_server(configure, serve, to):
    server = serve(BrokenServer, b"220 hello\r\n", talk())
    done = subprocess.run([DELIVER, "email", "-c", configure(**plain(server))], input=message(to=to), timeout=LONG,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.returncode in (REFUSED, MISCONFIGURED)
    assert len(done.stderr.splitlines()) == 1 and CODE.encode() not in done.stderr
    assert server.heard == []


@pytest.mark.parametrize("text", [
    "Subject\rBcc: eve@mailbox.example\n", "Sub\x00ject\n", "Sub\x1bject\n", "Sub\x7fject\n", "Sub\tject\n", "\nno subject\n", "",
    "subject\nbody\r.\r", "subject\nbell\x07\n", "subject\n\x00",
])
def test_text_with_control_characters_reaches_no_server(configure, serve, text):
    server = serve(BrokenServer, b"220 hello\r\n", talk())
    assert deliver(configure(**plain(server)), message(text=text))[0] == MISCONFIGURED
    assert server.heard == []


@pytest.mark.parametrize("text", [
    "Subject\r\nBcc: eve@mailbox.example\r\n\r\nbody", "Subject\n.\r\nMAIL FROM:<eve@mailbox.example>\r\n",
    "Subject\n\r\n.\r\nQUIT\r\n",
])
def test_text_that_looks_like_smtp_or_headers_stays_text(configure, serve, text):
    server = serve(PickyServer)
    assert deliver(configure(**plain(server)), message(text=text)) == (SENT, "")
    (_, recipients, raw), = server.mails
    parsed = mail.parse(raw)
    assert recipients == [TO] and parsed["Bcc"] is None
    assert body_of(parsed).replace("\r\n", "\n").rstrip("\n") == text.replace("\r\n", "\n").rstrip("\n")


@pytest.mark.parametrize("field, value", [
    ("host", "desk\r\nMAIL FROM:<eve@mailbox.example>"), ("host", "desk eve"), ("host", ""), ("host", "desk/../x"), ("host", "-x"),
    ("host", "x" * 300), ("host", "desk\x00"), ("host", "dësk"), ("host", "desk?x"), ("host", None), ("host", 5),
    ("id", "1\r\nBcc: eve@mailbox.example"), ("id", "1>"), ("id", ""), ("id", "x" * 65), ("id", "a..b"), ("id", 7),
    ("text", None), ("text", 7), ("to", None), ("to", 7), ("to", ["a@mailbox.example"]),
])
def test_a_bad_field_reaches_no_server(configure, serve, field, value):
    server = serve(BrokenServer, b"220 hello\r\n", talk())
    assert deliver(configure(**plain(server)), message(**{field: value}))[0] == MISCONFIGURED
    assert server.heard == []


@pytest.mark.parametrize("user", ["eve\r\nBcc: x@mailbox.example", "\x1b[2J", "", "ü" * 200])
def test_the_users_name_is_in_no_header(configure, serve, user):
    server = serve(PickyServer)
    assert deliver(configure(**plain(server)), message(user=user)) == (SENT, "")
    assert set(mail.parse(server.mails[0][2]).keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
        "Auto-Submitted"}


@pytest.mark.parametrize("data", [
    b"", b"{", b"[]", b"null", b"\"text\"", b"7", b"{}", b"\xff\xfe", b"{\"to\": \"\xff@x.example\"}", b"[" * 5000,
    message() + b"x", message() + message(), message()[:-1], b'{"to": 1, "to": 2}',
    message()[:-1] + b', "to": "eve@mailbox.example"}', b'{"to": "\\ud800@x.example", "text": "x", "host": "h"}',
])
def test_broken_json_reaches_no_server(configure, serve, data):
    server = serve(BrokenServer, b"220 hello\r\n", talk())
    assert deliver(configure(**plain(server)), data)[0] == MISCONFIGURED
    assert server.heard == []


def test_unknown_fields_are_ignored(configure, serve):
    server = serve(PickyServer)
    assert deliver(configure(**plain(server)), message(later="x", deep={"a": [1, 2, {}]})) == (SENT, "")


def test_a_silent_stdin_holds_it_no_longer_than_its_timeout(configure, serve):
    server = serve(PickyServer)
    conf = configure(**plain(server), timeout=1)
    began = time.monotonic()
    process = subprocess.Popen([DELIVER, "email", "-c", conf], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdin.write(message()[:20])
    process.stdin.flush()
    assert process.wait(LONG) == LATER
    check_line(LATER, process.stderr.read().decode())
    assert time.monotonic() - began < 5
    process.stdin.close()
    process.stderr.close()


# --- its own configuration

@pytest.mark.parametrize("keys", [
    {"password": ""}, {"password": "two\nlines"}, {"password": "bell\x07"}, {"password": "x" * 1025}, {"password": "nul\0nul"},
    {"mode": 0o644}, {"mode": 0o660}, {"mode": 0o604}, {"mode": 0o777},
    {"password_file": "/nowhere/password"}, {"password_file": "/tmp"}, {"password_file": "/dev/zero"}, {"password_file": None},
    {"ca_file": "/nowhere/ca.pem"}, {"ca_file": "/etc/hostname"}, {"ca_file": "/tmp"}, {"ca_file": "/dev/zero"},
    {"from": None}, {"from": "sspr"}, {"from": "sspr@x.example>\\r\\n"}, {"from": "a b@x.example"},
    {"tls": "none", "url": "smtp://192.0.2.1"}, {"tls": "sometimes"}, {"timeout": 0}, {"timeout": "x"},
    {"url": None}, {"url": ""}, {"url": "http://localhost/"}, {"url": "smtp://"}, {"url": "smtp://user:secret@localhost"},
    {"url": "smtp://localhost/evil%0d%0aMAIL"}, {"url": "smtp://local host"}, {"url": "smtp://localhost:99999"},
    {"url": "smtp://localhost:0"}, {"url": "smtp://[::1"},
])
def test_a_wrong_configuration_is_said_before_anything_is_read(configure, keys):
    options = {"url": "smtp://127.0.0.1:%d" % mail.wait_for_nobody()}
    options.update(keys)
    assert deliver(configure(**options))[0] == MISCONFIGURED


def test_a_server_without_an_address_is_misconfigured_when_it_is_sure(configure):
    """Where no name service answers, nobody knows: it is later."""
    with pytest.raises(socket.gaierror) as error:
        socket.getaddrinfo("no-such-name.invalid", 25)
    sure = error.value.errno == socket.EAI_NONAME
    code, line = deliver(configure("smtp://no-such-name.invalid"))
    assert code == (MISCONFIGURED if sure else LATER) and "no-such-name.invalid" in line


def test_a_password_that_somebody_else_owns_is_not_read(configure, tmp_path):
    conf = configure("smtp://127.0.0.1:%d" % mail.wait_for_nobody())
    os.chown(tmp_path / "password", 65534, 65534)
    code, line = deliver(conf)
    assert code == MISCONFIGURED and "password" in line


@pytest.mark.parametrize("mode, answer", [(0o640, SENT), (0o600, MISCONFIGURED)])
def test_its_user_reads_the_password_by_its_group_alone(serve, authority, mode, answer):
    server = serve(PickyServer, authority.good, login=True)
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        os.chmod(folder, 0o755)
        for name, text in (("password", mail.PASSWORD), ("ca.pem", open(authority.ca).read()), ("sspr.conf", (
                "[email]\nurl = smtp://localhost:%d\nfrom = sspr@desk.sspr.test\nuser = %s\npassword_file = %s/password\n"
                "ca_file = %s/ca.pem\n" % (server.port, mail.USER, folder, folder)))):
            with open(os.path.join(folder, name), "w") as file:
                file.write(text)
        os.chown(os.path.join(folder, "password"), 0, 65534)
        os.chmod(os.path.join(folder, "password"), mode)
        program = shutil.copy(DELIVER, folder)  # the tree may lie where no user can read
        conf = os.path.join(folder, "sspr.conf")
        assert deliver(conf, program=program, user=65534, group=65534, extra_groups=[], cwd="/")[0] == answer


def test_a_fifo_as_the_password_file_does_not_hold_it(configure, tmp_path):
    os.mkfifo(tmp_path / "fifo", 0o600)
    began = time.monotonic()
    assert deliver(configure("smtp://127.0.0.1:25", password_file=tmp_path / "fifo"))[0] == MISCONFIGURED
    assert time.monotonic() - began < 5


def test_an_absent_configuration_is_misconfigured(tmp_path):
    assert deliver(str(tmp_path / "nowhere"))[0] == MISCONFIGURED


@pytest.mark.parametrize("kind", ["sms", "voice"])
def test_what_it_does_not_have_is_said(configure, kind):
    code, line = deliver(configure("smtp://localhost"), kind=kind)
    assert code == MISCONFIGURED and kind in line


@pytest.mark.parametrize("arguments", [[], ["mail"], ["email", "-x", "y"], ["email", "-c"], ["email", "-c", "a", "b"]])
def test_wrong_usage_is_said(arguments):
    done = subprocess.run([DELIVER] + arguments, input=b"", stderr=subprocess.PIPE, timeout=LONG)
    assert done.returncode == MISCONFIGURED and done.stderr.startswith(b"sspr-deliver: usage: ")


# --- the process

@pytest.fixture
def waiting(configure, serve):
    """One that waits for a silent server, with a file of ours open in it when it began."""
    server = serve(BrokenServer, BrokenServer.SILENCE)
    conf = configure(**plain(server), timeout=50)
    with open("/etc/passwd") as leak:
        process = subprocess.Popen([DELIVER, "email", "-c", conf], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                   pass_fds=[leak.fileno()])
    process.stdin.write(message())
    process.stdin.close()
    wait_until(lambda: server.connections, "it is connected")
    yield process
    process.kill()
    process.wait(LONG)


@pytest.mark.skipif(SANITIZED, reason="without a filter libcurl has its wakeup pair")
def test_it_holds_nothing_but_its_connection(waiting):
    folder = "/proc/%d/fd" % waiting.pid
    targets = [os.readlink(os.path.join(folder, fd)) for fd in os.listdir(folder) if int(fd) > 2]
    assert targets and all(target.startswith("socket:") for target in targets)
    with open("/proc/%d/net/unix" % waiting.pid) as file:
        local = file.read()
    assert not [target for target in targets if re.search(r"\b%s\b" % re.escape(target[8:-1]), local)]


@pytest.mark.skipif(SANITIZED, reason="sanitizer builds have no filter")
def test_it_is_confined_and_leaves_no_dump(waiting):
    with open("/proc/%d/status" % waiting.pid) as file:
        status = dict(line.split(":", 1) for line in file)
    assert (status["Seccomp"].strip(), status["NoNewPrivs"].strip()) == ("2", "1")
    with open("/proc/%d/limits" % waiting.pid) as file:
        assert re.search(r"^Max core file size\s+0\s+0\s", file.read(), re.MULTILINE)


def test_no_secret_is_in_its_arguments_or_environment(waiting):
    for name in ("cmdline", "environ"):
        with open("/proc/%d/%s" % (waiting.pid, name), "rb") as file:
            content = file.read()
        assert CODE.encode() not in content and mail.PASSWORD.encode() not in content and TO.encode() not in content


def test_it_dies_with_whoever_started_it(configure, serve):
    server = serve(BrokenServer, BrokenServer.SILENCE)
    conf = configure(**plain(server), timeout=50)
    script = ("import subprocess, sys\np = subprocess.Popen([%r, 'email', '-c', %r], stdin=sys.stdin)\nprint(p.pid, flush=True)\n"
              "p.wait()\n" % (DELIVER, conf))
    parent = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    pid = int(parent.stdout.readline())
    parent.stdin.write(message())
    parent.stdin.close()
    wait_until(lambda: server.connections, "it is connected")
    parent.send_signal(signal.SIGKILL)
    parent.wait(LONG)
    parent.stdout.close()

    def is_gone():
        try:
            with open("/proc/%d/stat" % pid) as file:
                return file.read().rsplit(")", 1)[1].split()[0] in "ZX"
        except FileNotFoundError:
            return True
    wait_until(is_gone, "the delivery is gone")


def test_many_at_once_are_all_delivered(configure, serve):
    server = serve(PickyServer)
    conf = configure(**plain(server), timeout=50)
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(deliver(conf)[0])) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONG)
    assert answers == [SENT] * 20 and len(server.mails) == 20
