"""A judge for sspr-session: speaks protocol/request.h at fd 4, as ssprd does, with scripted answers.

Judge() registers app, e-mail and questions by simple rules (the right code is CODE). A test replaces single answers:
judge.script(TRY, reply(EXPIRED), ...) gives these to the next requests of that kind before the rules apply again.
"""

import struct
import time

FACTS, QUESTION, SEED, SEND, SLOT, TRY, LOG, FINISH = "fqkshtlx"
OK, NONE, SENT, PROVEN, MORE, WRONG, SPENT, EXPIRED = "onspmwze"
USED, UNDELIVERED, EMPTY, REFUSED, THROTTLED, OVER = "udyrl."

REQUEST_MAX = 16384
CODE = "123456"
KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
URI = "otpauth://totp/server1:alice?secret=%s&issuer=server1" % KEY
STALE = 1810000000      # 2027-05-11
SALT = bytes(range(16))
QUESTIONS = ["What did the kitchen of your first home smell of?", "Which song did your best friend hum?",
             "What did you break and never tell?", "Who taught you to swim, by first name?"]

NAMES = {FACTS: "FACTS", QUESTION: "QUESTION", SEED: "SEED", SEND: "SEND", SLOT: "SLOT", TRY: "TRY", LOG: "LOG",
         FINISH: "FINISH"}


def message(op, *fields):
    data = op.encode()
    for field in fields:
        field = field if isinstance(field, bytes) else str(field).encode()
        data += struct.pack("<H", len(field)) + field
    return data


reply = message


def parse(data):
    """(op, fields): fields are bytes."""
    fields, at = [], 1
    while at < len(data):
        length, = struct.unpack_from("<H", data, at)
        assert at + 2 + length <= len(data), "a request with a broken field"
        fields.append(data[at + 2:at + 2 + length])
        at += 2 + length
    return data[:1].decode(), fields


class Silent:
    """Instead of a reply: none, or only after so many seconds."""

    def __init__(self, seconds=None, then=None):
        self.seconds, self.then = seconds, then


class Close:
    """Instead of a reply: the judge is gone."""


class Judge:
    def __init__(self, methods=("app", "email", "questions"), registered=(), required=2, postpones_left=2, state="register",
                 time_left=540, questions=3, custom=False, host="server1", contact="the help desk (555-0100)",
                 catalogue=None, tell="0", verdict=None, code_digits=6, code_minutes=10, stale=STALE):
        self.methods, self.registered = list(methods), {name: self.mask(name) for name in registered}
        self.required, self.postpones_left, self.state = required, postpones_left, state
        self.time_left, self.questions, self.custom = time_left, questions, custom
        self.host, self.contact, self.tell, self.verdict = host, contact, tell, verdict
        self.catalogue = QUESTIONS if catalogue is None else catalogue
        self.code_digits, self.code_minutes, self.stale = code_digits, code_minutes, stale
        self.tries = {"app": 3, "email": 3}
        self.answers = []       # (question, hash) taken so far
        self.requests = []      # (name, fields), without LOG
        self.logged = []
        self.finished = None    # the reason that the session gave
        self.scripts = {}

    @staticmethod
    def mask(method):
        return {"email": "a****@e******.org", "questions": "3"}.get(method, "")

    def script(self, op, *replies):
        self.scripts.setdefault(op, []).extend(replies)
        return self

    def facts(self):
        done = min(len(self.registered), self.required)
        pairs = [("state", self.state), ("host", self.host), ("contact", self.contact), ("time_left", self.time_left),
                 ("required", self.required), ("done", done), ("postpones_left", self.postpones_left),
                 ("questions", self.questions), ("questions_custom", int(self.custom)),
                 ("code_digits", self.code_digits), ("code_minutes", self.code_minutes)]
        for method in self.methods:
            pairs.append(("method", method))
            if method in self.registered:
                pairs.append(("registered", self.stale))
                if self.registered[method]:
                    pairs.append(("masked", self.registered[method]))
        return message(OK, *[text for pair in pairs for text in pair])

    def answer(self, data):
        """The reply to one request: bytes, Silent or Close."""
        op, fields = parse(data)
        if op == LOG:
            self.logged.append(fields[0].decode())
        else:
            self.requests.append((NAMES[op], fields))
        if self.scripts.get(op):
            return self.scripts[op].pop(0)
        return getattr(self, "on_" + NAMES[op].lower())(*fields)

    def on_facts(self):
        return self.facts()

    def on_question(self, index):
        return reply(OK, self.catalogue[int(index)]) if int(index) < len(self.catalogue) else reply(NONE)

    def on_seed(self, _method):
        return reply(OK, KEY, URI)

    def on_send(self, _method, _to):
        return reply(SENT, self.mask("email"))

    def on_slot(self, _method):
        return reply(OK, SALT, 8, 1)

    def on_log(self, _text):
        return reply(OK)

    def on_try(self, method, proof, digest=None):
        method = method.decode()
        if method == "questions":
            return self.take_answer(proof, digest)
        if proof == b"":
            return reply(EMPTY)
        if proof.decode() == CODE:
            self.registered[method] = self.mask(method)
            return reply(PROVEN)
        self.tries[method] -= 1
        return reply(WRONG, self.tries[method]) if self.tries[method] else reply(SPENT, int(time.time()) + 600)

    def take_answer(self, question, digest):
        assert len(digest) == 32
        self.answers.append((question.decode(), digest))
        if len(self.answers) < self.questions:
            return reply(MORE, self.questions - len(self.answers))
        self.registered["questions"] = self.mask("questions")
        return reply(PROVEN)

    def on_finish(self, reason):
        self.finished = reason.decode()
        verdict = self.verdict or {
            "done": "registered", "not-now": "postponed" if self.postpones_left else "declined",
            "timed-out": "timed-out", "no-dialog": "no-dialog", "too-much-input": "too-much-input",
            "broken": "failed"}[self.finished]
        return reply(OK, verdict, self.tell)
