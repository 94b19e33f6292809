"""The phones of the tests: a policy that sends text messages through Kannel and calls through a small server."""

import json
import os
import re
import shutil
import urllib.parse

from gateway import WebServer
from host import POLICY
from waiting import wait_until

SECRETS = "/etc/sspr/secrets"


class Voice:
    """A gateway for calls that says what it was asked to."""

    def __init__(self):
        self.status = 200
        self._server = WebServer(lambda request: (self.status, b""))
        self.url = self._server.url

    def calls(self):
        return [json.loads(request.body) for request in self._server.requests]

    def code(self, number, before=0):
        """The code that the call to this number says which comes after so many."""
        call = wait_until(lambda: [call for call in self.calls() if call["to"] == number][before:], "a call to " + number)[0]
        return re.sub(r"\D", "", call["code"])

    def stop(self):
        self._server.stop()


def put_secret(name, value):
    os.makedirs(SECRETS, mode=0o755, exist_ok=True)
    with open(os.path.join(SECRETS, name), "w") as file:
        file.write(value + "\n")
    os.chmod(file.name, 0o640)
    shutil.chown(file.name, "root", "sspr")


def policy_of(kannel=None, voice=None, more_sms="", **registration):
    """The usual policy with phones, and other keys of [registration]."""
    keys = dict({"methods": "app email phone office-phone questions recovery-codes", "methods_required": 1}, **registration)
    text = re.sub(r"methods = .*\nmethods_required = .*\n", "".join("%s = %s\n" % pair for pair in keys.items()), POLICY)
    if kannel:
        put_secret("kannel-password", kannel.PASSWORD)
        text += "[sms]\npreset = kannel\nurl = %s\nfrom = SSPR\nheader.X-Kannel-Username = sspr\n%s" % (kannel.url, more_sms)
    if voice:
        put_secret("webhook-token", "t0ken")
        text += "[voice]\npreset = webhook\nurl = %s/call\n" % voice.url
    return text


def texts_to(kannel, number):
    """What the operator got for this number."""
    return [urllib.parse.unquote_plus(line.split(" text ", 1)[1].rstrip(">")) for line in kannel.messages() if " %s " % number in line]


def texted_code(kannel, number, before=0):
    """The code in the text messages to this number that comes after so many; other messages hold none."""
    def codes():
        found = [re.search(r"(?<!\d)\d{6}(?!\d)", text) for text in texts_to(kannel, number)]
        return [code.group() for code in found if code][before:]
    return wait_until(codes, "a text message to " + number)[0]
