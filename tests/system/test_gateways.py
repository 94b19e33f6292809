"""sspr-deliver sms and voice: the real Kannel, and servers that answer like the gateways of the world, well and badly."""

import json
import os
import re
import shutil
import subprocess
import time
import xml.etree.ElementTree as xml

import pytest

import mail
from gateway import Kannel, RawServer, WebServer
from host import BUILD, TREE
from waiting import LONG, wait_until

DELIVER = os.path.join(TREE, BUILD, "sspr-deliver")
PRESETS = "/usr/share/sspr/gateways"
AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"
SENT, REFUSED, LATER, MISCONFIGURED = 0, 69, 75, 78
TO = "+4915112345678"
CODE = "918273"
TEXT = "Your code for desk is %s & <1> \"x\"." % CODE
SECRETS = {"twilio-sid": "ACsid0123", "twilio-token": "twilio-t0ken", "vonage-key": "vonage-k3y", "vonage-secret": "vonage&s3cret",
           "vonage-jwt": "eyJ.vonage.jwt", "messagebird-key": "messagebird-k3y", "kannel-password": Kannel.PASSWORD,
           "webhook-token": "webhook-t0ken"}

pytestmark = pytest.mark.sanitized


@pytest.fixture(autouse=True)
def clean_ending():
    """These tests need no host; each server is stopped by its own fixture."""


@pytest.fixture(scope="module", autouse=True)
def presets():
    """As make install puts them."""
    assert os.environ.get("SSPR_NAMESPACE") == "1", "start the system tests with tests/in-namespace"
    shutil.copytree(os.path.join(TREE, "policy/gateways"), PRESETS, dirs_exist_ok=True)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """A certificate authority that this machine trusts, as long as these tests run."""
    made = mail.Authority(str(tmp_path_factory.mktemp("ca")))
    with open(AUTHORITIES) as file:
        before = file.read()
    with open(made.ca) as file, open(AUTHORITIES, "a") as trusted:
        trusted.write("\n" + file.read())
    yield made
    with open(AUTHORITIES, "w") as file:
        file.write(before)


@pytest.fixture(scope="module")
def kannel():
    server = Kannel()
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
def configure(tmp_path):
    """Write an sspr.conf and its secrets: configure({key: value...}, section); a None leaves the key out."""
    def write(keys, section="sms", secrets=SECRETS, mode=0o640):
        folder = tmp_path / "secrets"
        folder.mkdir(exist_ok=True)
        for name, value in secrets.items():
            (folder / name).write_text(value + "\n")
            (folder / name).chmod(mode)
        values = {"timeout": 10}
        values.update(keys)
        conf = tmp_path / "sspr.conf"
        conf.write_text("[%s]\n" % section + "".join("%s = %s\n" % pair for pair in values.items() if pair[1] is not None))
        return str(conf)
    return write


def message(**fields):
    values = {"to": TO, "code": CODE, "text": TEXT, "user": "alice", "host": "desk", "lang": "nl", "id": "42-1"}
    values.update(fields)
    return json.dumps({key: value for key, value in values.items() if value is not None}, ensure_ascii=False).encode()


def deliver(conf, kind="sms", data=None, **how):
    """(exit code, the line on stderr): nothing when it is sent, else one line, and that tells no secret."""
    done = subprocess.run([DELIVER, kind, "-c", conf], input=message() if data is None else data, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=LONG, **how)
    line = done.stderr.decode()
    assert done.stdout == b""
    if done.returncode == SENT:
        assert line == ""
    else:
        assert re.fullmatch(r"sspr-deliver: [^\x00-\x1f\x7f-\x9f]+\n", line), (done.returncode, line)
        for secret in [CODE, TO, TO[1:], "alice"] + list(SECRETS.values()):
            assert secret not in line
    return done.returncode, line


# --- Kannel

def kannel_keys(kannel, **keys):
    values = {"preset": "kannel", "url": kannel.url, "from": "SSPR", "header.X-Kannel-Username": "sspr"}
    values.update(keys)
    return values


def test_kannel_hands_the_text_to_its_operator(kannel, configure):
    text = "Code é & <1> + 100% {to}: 112233"
    assert deliver(configure(kannel_keys(kannel)), data=message(text=text)) == (SENT, "")
    assert kannel.wait_for("112233").endswith("<SSPR %s text %s>" % (TO, text))


def test_kannel_takes_every_sign_where_it_is_asked_to(kannel, configure):
    conf = configure(kannel_keys(kannel, **{"header.X-Kannel-Coding": "2", "from": "UCS"}))
    assert deliver(conf, data=message(text="Код ë 1")) == (SENT, "")
    line = kannel.wait_for("<UCS ")
    sent = line[line.index("ucs-2 ") + 6:-1]
    raw = re.sub(rb"%(..)", lambda m: bytes([int(m[1], 16)]), sent.replace("+", " ").encode())
    assert raw.decode("utf-16-be") == "Код ë 1"


def test_kannel_takes_a_get_with_everything_in_the_url(kannel, configure):
    conf = configure({"url": kannel.url + "?username=sspr&password={secret:kannel-password}&from={from}&to={to}&text={text}"
                                          "&charset=UTF-8&coding=0", "from": "GET", "ok": "http 202"})
    assert deliver(conf, data=message(text="a&b=c 445566")) == (SENT, "")
    assert kannel.wait_for("445566").endswith("<GET %s text a&b=c 445566>" % TO)


def test_a_message_that_looks_like_headers_is_one_message_to_one_number(kannel, configure):
    before = len(kannel.accepted())
    conf = configure(kannel_keys(kannel, **{"header.X-Note": "{text}"}))
    assert deliver(conf, data=message(text="x\r\nX-Kannel-To: +4900000000\r\n\r\n778899")) == (SENT, "")
    accepted = kannel.accepted()[before:]
    assert len(accepted) == 1 and "to:<%s>" % TO in accepted[0]


def test_kannel_keeps_the_message_while_its_operator_is_down(kannel, configure):
    conf = configure(kannel_keys(kannel))
    kannel.operator_down()
    try:
        assert deliver(conf, data=message(text="later 998877")) == (SENT, "")
        assert not [line for line in kannel.messages() if "998877" in line]
    finally:
        kannel.operator_up()
    kannel.wait_for("later 998877")


def test_kannel_does_not_take_a_wrong_password(kannel, configure):
    secrets = dict(SECRETS, **{"kannel-password": "wr0ng"})
    code, line = deliver(configure(kannel_keys(kannel), secrets=secrets), data=message(text="wrong 135791"))
    assert code == MISCONFIGURED and "403" in line and "wr0ng" not in line
    assert not [text for text in kannel.messages() if "135791" in text]


def test_kannel_that_does_not_run_is_later(configure):
    conf = configure({"preset": "kannel", "url": "http://127.0.0.1:%d/" % mail.wait_for_nobody(), "from": "x"})
    assert deliver(conf)[0] == LATER


# --- the gateways of the world: each checks what it is asked, as the real one does, and then answers as it is told

class World:
    """How one of them is configured, what it checks, and what it says in each state."""

    def __init__(self, preset, path, check, says):
        self.preset, self.path, self.check, self.says = preset, path, check, says
        self.kind = "voice" if preset.endswith("voice") else "sms"

    def keys(self, server, **keys):
        values = {"preset": self.preset, "url": server.url + self.path, "from": "+31201234567"}
        values.update(keys)
        return values

    def answer(self, state):
        status, body = self.says[state]
        return status, body if isinstance(body, bytes) else json.dumps(body).encode()


def check_twilio_sms(request):
    assert request.basic() == "ACsid0123:twilio-t0ken"
    assert request.path == "/2010-04-01/Accounts/ACsid0123/Messages.json"
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert request.form() == {"To": TO, "From": "+31201234567", "Body": TEXT}


def check_twilio_voice(request):
    assert request.basic() == "ACsid0123:twilio-t0ken"
    form = request.form()
    assert (form["To"], form["From"]) == (TO, "+31201234567") and set(form) == {"To", "From", "Twiml"}
    say = xml.fromstring(form["Twiml"]).find("Say")
    assert (say.text, say.get("language")) == (TEXT, "nl-NL")


def check_vonage_sms(request):
    assert "Authorization" not in request.headers
    assert request.form() == {"api_key": "vonage-k3y", "api_secret": "vonage&s3cret", "to": TO[1:], "from": "+31201234567",
                              "text": TEXT}


def check_vonage_voice(request):
    assert request.headers["Authorization"] == "Bearer eyJ.vonage.jwt"
    assert request.headers["Content-Type"] == "application/json"
    call = json.loads(request.body)
    assert call["to"][0]["number"] == TO[1:] and call["from"]["number"] == "+31201234567"
    assert call["ncco"] == [{"action": "talk", "language": "nl-NL", "text": TEXT}]


def check_messagebird_sms(request):
    assert request.headers["Authorization"] == "AccessKey messagebird-k3y"
    assert json.loads(request.body) == {"recipients": [TO[1:]], "originator": "+31201234567", "body": TEXT, "datacoding": "auto"}


def check_messagebird_voice(request):
    assert request.headers["Authorization"] == "AccessKey messagebird-k3y"
    assert json.loads(request.body) == {"recipients": [TO[1:]], "originator": "+31201234567", "body": TEXT, "language": "nl-nl"}


def check_webhook(request):
    assert request.headers["Authorization"] == "Bearer webhook-t0ken"
    sent = json.loads(request.body)
    assert {key: sent[key] for key in ("id", "to", "text", "user", "lang")} == {
        "id": "42-1", "to": TO, "text": TEXT, "user": "alice", "lang": "nl"}
    assert sent.get("code", "9 1 8 2 7 3") == "9 1 8 2 7 3"


PAGE = b"<html><body>Welcome to the guests' network</body></html>"
TWILIO = {
    "sent": (201, {"sid": "SM1", "status": "queued"}),
    "bad number": (400, {"code": 21211, "message": "The 'To' number %s is not a valid phone number." % TO, "status": 400}),
    "throttled": (429, {"code": 20429, "message": "Too Many Requests", "status": 429}),
    "broken": (503, b"<html>Service Unavailable</html>"),
    "error inside": (200, {"status": "failed", "error_code": 30003, "body": TEXT}),
    "login": (401, {"code": 20003, "message": "Authenticate", "status": 401}),
    "page": (200, PAGE),
}
MESSAGEBIRD = {
    "sent": (201, {"id": "m1", "recipients": {"totalSentCount": 1}}),
    "bad number": (422, {"errors": [{"code": 9, "description": "no (correct) recipients found", "parameter": "recipients"}]}),
    "throttled": (429, {"errors": [{"code": 429, "description": "Too many requests"}]}),
    "broken": (500, b""),
    "error inside": (200, {"errors": [{"code": 25, "description": "Not enough balance"}]}),
    "login": (401, {"errors": [{"code": 2, "description": "Request not allowed (incorrect access_key)"}]}),
    "page": (200, PAGE),
}


def vonage(status, text):
    return 200, {"message-count": "1", "messages": [{"to": TO[1:], "status": status, "error-text": text}]}


VONAGE = {
    "sent": (200, {"message-count": "1", "messages": [{"to": TO[1:], "message-id": "0A", "status": "0"}]}),
    "bad number": vonage("3", "Invalid value for to"),
    "throttled": vonage("1", "Throughput Rate Exceeded - please wait and retry."),
    "broken": (502, PAGE),
    "error inside": vonage("29", "Non-Whitelisted Destination"),
    "page": (200, PAGE),
}
VONAGE_VOICE = {
    "sent": (201, {"uuid": "63f61863", "status": "started", "direction": "outbound"}),
    "bad number": (400, {"type": "BAD_REQUEST", "error_title": "Bad Request", "invalid_parameters": {"to": "is invalid"}}),
    "throttled": (429, {"error_title": "Rate Limited"}),
    "broken": (500, {"error_title": "Internal"}),
    "login": (401, b""),
    "error inside": (200, {"status": "failed"}),
    "page": (200, PAGE),
}
WEBHOOK = {
    "sent": (204, b""),
    "bad number": (400, {"error": "no such number"}),
    "throttled": (429, b""),
    "broken": (500, b"Traceback"),
    "login": (403, b""),
}

WORLD = [
    World("twilio-sms", "/2010-04-01/Accounts/{secret:twilio-sid}/Messages.json", check_twilio_sms, TWILIO),
    World("twilio-voice", "/2010-04-01/Accounts/{secret:twilio-sid}/Calls.json", check_twilio_voice, TWILIO),
    World("vonage-sms", "/sms/json", check_vonage_sms, VONAGE),
    World("vonage-voice", "/v1/calls", check_vonage_voice, VONAGE_VOICE),
    World("messagebird-sms", "/messages", check_messagebird_sms, MESSAGEBIRD),
    World("messagebird-voice", "/voicemessages", check_messagebird_voice, MESSAGEBIRD),
    World("webhook", "/hook", check_webhook, WEBHOOK),
]
STATES = {"sent": SENT, "bad number": REFUSED, "throttled": LATER, "broken": LATER, "error inside": REFUSED, "login": MISCONFIGURED,
          "page": LATER}
EVERY_GATEWAY = pytest.mark.parametrize("world", WORLD, ids=lambda world: world.preset)


@pytest.mark.parametrize("world, state", [pytest.param(w, s, id="%s-%s" % (w.preset, s)) for w in WORLD for s in w.says])
def test_a_gateway_is_asked_and_understood(configure, serve, world, state):
    server = serve(WebServer, lambda request: world.answer(state))
    code, line = deliver(configure(world.keys(server), world.kind), world.kind)
    assert code == STATES[state], line
    request, = server.requests
    assert request.method == "POST"
    world.check(request)
    if state == "error inside" and world.preset == "vonage-sms":
        assert "/messages/0/status is 29" in line


def test_twilio_takes_a_messaging_service_in_place_of_a_number(configure, serve):
    server = serve(WebServer, lambda request: (201, b"{}"))
    conf = configure({"preset": "twilio-sms", "url": server.url + "/m", "field.From": "", "field.MessagingServiceSid": "MG1"})
    assert deliver(conf) == (SENT, "")
    assert server.requests[0].form() == {"To": TO, "MessagingServiceSid": "MG1", "Body": TEXT}


def test_a_webhook_for_calls_gets_the_code_to_be_spoken(configure, serve):
    server = serve(WebServer)
    conf = configure({"preset": "webhook", "url": server.url + "/hook"}, "voice")
    assert deliver(conf, "voice") == (SENT, "")
    check_webhook(server.requests[0])
    assert json.loads(server.requests[0].body)["code"] == "9 1 8 2 7 3"


@EVERY_GATEWAY
@pytest.mark.parametrize("chunks", [
    [b"\x00\xff\xfe garbage\r\n\r\n"], [b"HTTP/9.9 what\r\n\r\n"], [b"220 mail.example ESMTP\r\n"], [b"HTTP/1.1 100 Continue\r\n\r\n"], [],
    [b"HTTP/1.1 999 never\r\n\r\n"], [b"HTTP/1.1 -1 x\r\n\r\n"], [b"HTTP/1.1 200"],
], ids=["bytes", "version", "smtp", "continue", "nothing", "status", "negative", "half"])
def test_what_is_no_answer_is_later(configure, serve, world, chunks):
    server = serve(RawServer, chunks)
    assert deliver(configure(world.keys(server, timeout=3), world.kind), world.kind)[0] == LATER


@EVERY_GATEWAY
def test_headers_without_an_end_are_cut(configure, serve, world):
    server = serve(RawServer, [b"HTTP/1.1 200 OK\r\n", b"X-More: %s\r\n" % (b"x" * 1000)], endless=True)
    began = time.monotonic()
    code = deliver(configure(world.keys(server, timeout=20), world.kind), world.kind)[0]
    # The status was said. Where it is all that counts, it counts.
    assert code == (SENT if world.preset == "webhook" else LATER)
    assert time.monotonic() - began < 10


@EVERY_GATEWAY
def test_a_body_without_an_end_is_cut(configure, serve, world):
    status, _ = world.says["sent"]
    server = serve(RawServer, [b"HTTP/1.1 %d OK\r\n\r\n{\"messages\":[" % status, b'{"status":"0"},' * 500], endless=True)
    began = time.monotonic()
    code = deliver(configure(world.keys(server, timeout=20), world.kind), world.kind)[0]
    assert code == (LATER if world.preset == "vonage-sms" else SENT)
    assert time.monotonic() - began < 10


@EVERY_GATEWAY
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(configure, serve, world, status):
    elsewhere = serve(WebServer, lambda request: world.answer("sent"))
    server = serve(WebServer, lambda request: (status, b"", {"Location": elsewhere.url + "/x"}))
    code, line = deliver(configure(world.keys(server), world.kind), world.kind)
    assert code == MISCONFIGURED and "never followed" in line
    assert len(server.requests) == 1 and elsewhere.requests == []


@EVERY_GATEWAY
@pytest.mark.parametrize("chunks", [[], [b"H", b"T", b"T", b"P"] + [b"/"] * 1000], ids=["silent", "drop by drop"])
def test_a_slow_gateway_holds_it_no_longer_than_its_timeout(configure, serve, world, chunks):
    server = serve(RawServer, chunks, pause=0.1, silent=True)
    began = time.monotonic()
    assert deliver(configure(world.keys(server, timeout=1), world.kind), world.kind)[0] == LATER
    assert 0.9 < time.monotonic() - began < 4


def test_an_answer_whose_body_never_ends_in_time_is_judged_by_its_status(configure, serve):
    server = serve(RawServer, [b"HTTP/1.1 202 OK\r\nContent-Length: 100\r\n\r\n"] + [b"x"] * 1000, pause=0.1, silent=True)
    conf = configure({"url": server.url + "/", "body": "text", "ok": "http 202", "timeout": 1})
    assert deliver(conf) == (SENT, "")


def test_what_a_gateway_says_of_the_message_is_not_told(configure, serve):
    quoting = {"status": CODE, "message": TEXT, "number": TO}
    server = serve(WebServer, lambda request: (400, json.dumps(quoting).encode()))
    for pointer in ("/status", "/message", "/number"):
        conf = configure({"url": server.url + "/", "body": "text", "ok": "http 200 json %s x" % pointer})
        assert deliver(conf)[0] == REFUSED


# --- numbers

@pytest.mark.parametrize("to, code", [(TO, SENT), ("+491990000000", REFUSED), ("+15005550006", REFUSED), ("+49 151 1234567", SENT)])
def test_prefixes_are_looked_at_before_anybody_is_asked(configure, serve, to, code):
    server = serve(WebServer)
    conf = configure({"url": server.url + "/", "body": "text", "allow_prefixes": "+49 +31", "deny_prefixes": "+49199"})
    assert deliver(conf, data=message(to=to))[0] == code
    assert len(server.requests) == (code == SENT)


@pytest.mark.parametrize("to", ["015112345678", "+49 (0)151 1234567", "alice@example.org", "+4930123456x12", "", "+49151\r\nX: y"])
def test_what_is_no_number_for_an_sms_reaches_no_gateway(configure, serve, to):
    server = serve(WebServer)
    assert deliver(configure({"url": server.url + "/", "body": "text"}), data=message(to=to))[0] == REFUSED
    assert server.requests == []


def call(configure, serve, to, **keys):
    server = serve(WebServer, lambda request: (201, b"{}"))
    conf = configure({key: value.replace("URL", server.url) for key, value in keys.items()}, "voice")
    return deliver(conf, "voice", message(to=to))[0], server.requests


def test_an_extension_is_dialled_by_twilio(configure, serve):
    code, requests = call(configure, serve, "+4930123456x12", preset="twilio-voice", url="URL/", **{"from": "+1"})
    assert code == SENT
    form = requests[0].form()
    assert (form["To"], form["SendDigits"]) == ("+4930123456", "wwww12")


def test_an_extension_is_dialled_by_vonage(configure, serve):
    code, requests = call(configure, serve, "+4930123456x12", preset="vonage-voice", url="URL/", **{"from": "1"})
    assert code == SENT
    assert json.loads(requests[0].body)["to"] == [{"type": "phone", "number": "4930123456", "dtmfAnswer": "pppp12"}]


def test_a_webhook_gets_the_extension_apart(configure, serve):
    code, requests = call(configure, serve, "+4930123456x12", preset="webhook", url="URL/")
    sent = json.loads(requests[0].body)
    assert (code, sent["to"], sent["extension"]) == (SENT, "+4930123456", "12")


def test_a_template_without_a_place_for_the_extension_gets_it_with_the_number(configure, serve):
    code, requests = call(configure, serve, "+4930123456x12", url="URL/", **{"field.to": "{to}"})
    assert (code, requests[0].form()) == (SENT, {"to": "+4930123456x12"})


def test_no_switchboard_is_told_a_code(configure, serve):
    code, requests = call(configure, serve, "+4930123456x12", preset="messagebird-voice", url="URL/", **{"from": "1"})
    assert (code, requests) == (REFUSED, [])


# --- the way there

def test_https_with_a_good_certificate(configure, serve, authority):
    server = serve(WebServer, chain=authority.good)
    assert deliver(configure({"url": server.url + "/", "body": "text"})) == (SENT, "")
    assert server.requests[0].body.decode() == TEXT


@pytest.mark.parametrize("state", ["wrong_name", "expired", "self_signed"])
def test_a_bad_certificate_is_never_trusted(configure, serve, authority, state):
    server = serve(WebServer, chain=getattr(authority, state))
    code, line = deliver(configure({"url": server.url + "/", "body": "text"}))
    assert code == MISCONFIGURED and "certificate" in line
    assert server.requests == []


def test_https_with_a_server_that_speaks_none_is_later(configure, serve):
    server = serve(RawServer, [b"HTTP/1.1 200 OK\r\n\r\n"])
    assert deliver(configure({"url": "https" + server.url[4:] + "/", "timeout": 3}))[0] == LATER


def test_nothing_is_taken_from_the_environment(configure, serve, tmp_path):
    server, proxy = serve(WebServer), serve(WebServer)
    keys = tmp_path / "keys"
    environment = {"http_proxy": proxy.url, "all_proxy": proxy.url, "HTTPS_PROXY": proxy.url, "HOME": str(tmp_path),
                   "SSLKEYLOGFILE": str(keys), "CURL_HOME": str(tmp_path), "LANG": "nl_NL.UTF-8"}
    (tmp_path / ".netrc").write_text("default login eve password evil\n")
    assert deliver(configure({"url": server.url + "/", "body": "text"}), env=environment) == (SENT, "")
    assert proxy.requests == [] and not keys.exists()
    assert server.requests[0].headers["Authorization"] is None


def test_a_request_says_no_more_than_it_must(configure, serve):
    server = serve(WebServer)
    assert deliver(configure({"url": server.url + "/", "body": "text"})) == (SENT, "")
    assert set(server.requests[0].headers.keys()) == {"Host", "User-Agent", "Accept", "Content-Type", "Content-Length"}


# --- secrets

def test_a_credential_of_systemd_comes_before_a_file(configure, serve, tmp_path):
    server = serve(WebServer)
    folder = tmp_path / "credentials"
    folder.mkdir()
    (folder / "webhook-token").write_text("of-systemd")
    (folder / "webhook-token").chmod(0o400)
    conf = configure({"preset": "webhook", "url": server.url + "/"})
    assert deliver(conf, env={"CREDENTIALS_DIRECTORY": str(folder)}) == (SENT, "")
    assert deliver(conf) == (SENT, "")
    assert [r.headers["Authorization"] for r in server.requests] == ["Bearer of-systemd", "Bearer webhook-t0ken"]


def test_systemds_credentials_are_found_where_ssprd_gives_no_environment(configure, serve):
    server = serve(WebServer)
    folder = "/run/credentials/ssprd.service"
    os.makedirs(folder)
    try:
        with open(folder + "/webhook-token", "w", opener=lambda path, flags: os.open(path, flags, 0o400)) as file:
            file.write("of-systemd")
        assert deliver(configure({"preset": "webhook", "url": server.url + "/"}), env={}) == (SENT, "")
    finally:
        shutil.rmtree(folder)
    assert server.requests[0].headers["Authorization"] == "Bearer of-systemd"


@pytest.mark.parametrize("mode", [0o644, 0o660, 0o604])
def test_a_secret_that_others_can_read_is_not_used(configure, serve, mode):
    server = serve(WebServer)
    code, line = deliver(configure({"preset": "webhook", "url": server.url + "/"}, mode=mode))
    assert code == MISCONFIGURED and "webhook-token" in line
    assert server.requests == []


def test_secrets_are_in_no_command_line_and_no_environment(configure, serve):
    server = serve(RawServer, silent=True)
    process = subprocess.Popen([DELIVER, "sms", "-c", configure({"preset": "webhook", "url": server.url + "/", "timeout": 2})],
                               stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdin.write(message())
    process.stdin.close()
    wait_until(lambda: server.requests, "the gateway was asked")
    with open("/proc/%d/cmdline" % process.pid, "rb") as arguments, open("/proc/%d/environ" % process.pid, "rb") as variables:
        seen = arguments.read() + variables.read()
    assert process.wait(LONG) == LATER
    process.stderr.close()
    for secret in [CODE, TO] + list(SECRETS.values()):
        assert secret.encode() not in seen


# --- what is wrong is said before a message is read

@pytest.mark.parametrize("keys, words", [
    ({}, "no gateway"),
    ({"url": "http://gateway.example/"}, "https"),
    ({"url": "ftp://127.0.0.1/"}, "URL"),
    ({"url": "http://user:password@127.0.0.1/"}, "login"),
    ({"url": "http://{host}/"}, "URL"),
    ({"url": "http://127.0.0.1{host}/"}, "URL"),
    ({"url": "http://127.0.0.1/{what}"}, "{what} is no placeholder"),
    ({"url": "http://127.0.0.1/", "field.to": "{to"}, "field.to"),
    ({"url": "http://127.0.0.1/", "json": '{"to":{to}}'}, "outside of the quotes"),
    ({"url": "http://127.0.0.1/", "auth": "basic user"}, "auth"),
    ({"url": "http://127.0.0.1/", "auth": "bearer nobody"}, "nobody"),
    ({"url": "http://127.0.0.1/", "auth": "bearer /etc/hostname"}, "/etc/hostname"),
    ({"url": "http://127.0.0.1/", "header.Host": "x"}, "header.Host"),
    ({"url": "http://127.0.0.1/", "ok": "200"}, "ok"),
    ({"url": "http://127.0.0.1/", "retry": "http 1000"}, "retry"),
    ({"url": "http://127.0.0.1/", "timeout": 0}, "1-300"),
    ({"url": "http://127.0.0.1/", "deny_prefixes": "0900"}, "deny_prefixes"),
    ({"url": "http://127.0.0.1/", "field.from": "{from}"}, "from"),
    ({"preset": "nobody"}, "nobody"),
    ({"preset": "../sspr"}, "preset"),
    ({"preset": "webhook"}, "url"),
    ({"preset": "twilio-voice"}, "url"),
    ({"preset": "twilio-sms"}, "from"),
    ({"program": "/bin/true"}, "program"),
])
def test_a_wrong_configuration_is_said(configure, keys, words):
    code, line = deliver(configure(keys))
    assert code == MISCONFIGURED and words in line


def test_every_preset_that_is_shipped_is_good(configure):
    """With what its first lines ask for, each gets as far as its gateway, which is not there."""
    for name in sorted(os.listdir(PRESETS)):
        for kind in ("sms", "voice"):
            if "[%s]" % kind not in open(os.path.join(PRESETS, name)).read():
                continue
            conf = configure({"preset": name.removesuffix(".conf"), "from": "1", "header.X-Kannel-Username": "sspr",
                              "url": "http://127.0.0.1:%d/" % mail.wait_for_nobody()}, kind)
            assert deliver(conf, kind)[0] == LATER, name


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff", message()[:-1], message(text=None), message(to=None), message(text="\x07"),
                                  message(code=918273), message(id="a b"), message(text="x" * 5000)])
def test_a_broken_message_reaches_no_gateway(configure, serve, data):
    server = serve(WebServer)
    assert deliver(configure({"url": server.url + "/", "body": "text"}), data=data)[0] == MISCONFIGURED
    assert server.requests == []


def test_a_silent_stdin_holds_it_no_longer_than_its_timeout(configure, serve):
    server = serve(WebServer)
    began = time.monotonic()
    process = subprocess.Popen([DELIVER, "sms", "-c", configure({"url": server.url + "/", "body": "text", "timeout": 1})],
                               stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.wait(LONG) == LATER
    assert time.monotonic() - began < 5
    process.stdin.close()
    process.stderr.close()


@pytest.mark.parametrize("arguments", [[], ["fax"], ["sms", "-c"], ["sms", "-x", "/y"], ["sms", "-c", "/x", "y"]])
def test_a_wrong_use_is_said(arguments):
    done = subprocess.run([DELIVER] + arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=LONG)
    assert done.returncode == MISCONFIGURED
    assert done.stderr == b"sspr-deliver: usage: sspr-deliver email|sms|voice [-c FILE]\n"
