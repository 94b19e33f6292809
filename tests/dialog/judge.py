"""A judge for sspr-session: speaks protocol/request.h at fd 4, as ssprd does, with scripted answers.

Judge() knows every method by simple rules (the right code is CODE, the right recovery code RECOVERY[0], the right help desk code
HELP_CODE). A test replaces single answers:
judge.script(TRY, reply(EXPIRED), ...) gives these to the next requests of that kind before the rules apply again.
"""

import struct
import time

FACTS, QUESTION, SEED, SEND, SLOT, TRY, LOG, FINISH, CHANGES, HELP, REMOVE = "fqkshtlxgcd"
CLAIM, CHECK, ASSIST, GRANT = "avwp"
OK, NONE, SENT, PROVEN, MORE, WRONG, SPENT, EXPIRED = "onspmwze"
USED, UNDELIVERED, EMPTY, REFUSED, THROTTLED, OVER, BLOCKED = "udyrl.b"

REQUEST_MAX = 16384
CODE = "123456"
KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
URI = "otpauth://totp/server1:alice?secret=%s&issuer=server1" % KEY
RECOVERY = ["8N2G-PED2-MHDN-F984", "Y857-M9PH-Y3QS-NUAV", "6R9M-B5CH-V69S-X53F", "DDGK-FV47-HRGA-PYH6", "DJNV-YUGQ-KH5X-DEEQ",
            "G8MK-MAPM-FXJ5-XKGN", "4KU3-TMDG-52E2-VHZV", "EGZ9-UAWT-ANP3-M5U8", "8XND-XCQ8-EFMY-YN3A", "AFF9-2945-RMQ3-VKG8"]
HELP_CODE = "8N2GPED2MH"
FREEZE_CODE = "F-8N2G-PED2-MHDN-F984"
ADDRESS = "alice@example.org"
ANSWER = "old boots"
CASE_CONTACT, CASE_NOT_ENABLED, CASE_NOT_REGISTERED, CASE_BLOCKED, CASE_FROZEN = range(1, 6)
STALE = 1810000000      # 2027-05-11
SALT = bytes(range(16))
QUESTIONS = ["What did the kitchen of your first home smell of?", "Which song did your best friend hum?",
             "What did you break and never tell?", "Who taught you to swim, by first name?"]

NAMES = {FACTS: "FACTS", QUESTION: "QUESTION", SEED: "SEED", SEND: "SEND", SLOT: "SLOT", TRY: "TRY", LOG: "LOG",
         FINISH: "FINISH", CHANGES: "CHANGES", HELP: "HELP", REMOVE: "REMOVE", CLAIM: "CLAIM", CHECK: "CHECK",
         ASSIST: "ASSIST", GRANT: "GRANT"}
MISSING, FILLED_IN, REGISTERED, OLD = range(4)    # states of a method
MASKS = {"email": "a****@e******.org", "phone": "+49*********67", "office-phone": "+49********00**", "questions": "3"}


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


class Passing:
    """A reply with a descriptor: the other end is sspr-passwd's, played by that player."""

    def __init__(self, data, player, descriptors=1):
        self.data, self.player, self.descriptors = data, player, descriptors


class Judge:
    def __init__(self, methods=("app", "email", "questions"), registered=(), required=2, postpones_left=2, state="register",
                 time_left=540, questions=3, custom=False, host="server1", contact="the help desk (555-0100)",
                 catalogue=None, tell="0", verdict=None, code_digits=6, code_minutes=10, stale=STALE, due=(), filled=None,
                 needs_code=False, open_=False, sms=True, voice=True, changes=(), left=10, reset=None):
        self.methods, self.registered = list(methods), {name: self.mask(name) for name in registered}
        self.required, self.postpones_left, self.state = required, postpones_left, state
        self.time_left, self.questions, self.custom = time_left, questions, custom
        self.host, self.contact, self.tell, self.verdict = host, contact, tell, verdict
        self.catalogue = QUESTIONS if catalogue is None else catalogue
        self.code_digits, self.code_minutes, self.stale = code_digits, code_minutes, stale
        self.due, self.filled = set(due), dict(filled or {})    # names to be confirmed; name: who filled it in
        self.needs_code, self.open, self.sms, self.voice = needs_code, open_, sms, voice
        self.changes, self.left = list(changes), left
        self.tries = dict.fromkeys(["app", "email", "phone", "office-phone", "recovery-codes", "questions", "help"], 3)
        # a reset: told, reset_case, reset_until, proofs (after the first), rounds, alone, unlock, assist; ask: questions of a set
        self.reset = dict(told=0, reset_case=0, reset_until=0, proofs=0, rounds=3, alone=0, unlock=0, assist=0, ask=3)
        self.reset.update(reset or {})
        self.proven_first = self.claimed = self.frozen = self.assisted = False
        self.passwd = None      # plays sspr-passwd (passwd.Passwd)
        self.replacing = None   # questions: the answers that were taken are a new set
        self.answers = []       # (question, hash) taken so far
        self.purpose = "enroll" # dialog.py says it
        self.requests = []      # (name, fields), without LOG
        self.logged = []
        self.finished = None    # the reason that the session gave
        self.scripts = {}

    @staticmethod
    def mask(method):
        return MASKS.get(method, "")

    def script(self, op, *replies):
        self.scripts.setdefault(op, []).extend(replies)
        return self

    def method_facts(self, method):
        pairs = [("method", method)]
        if method in self.registered:
            pairs += [("method_state", OLD if method in self.due else REGISTERED), ("stale_at", self.stale)]
            if self.registered[method]:
                pairs.append(("masked", self.registered[method]))
            if method == "recovery-codes":
                pairs.append(("left", self.left))
        elif method in self.filled:
            pairs += [("method_state", FILLED_IN), ("masked", self.mask(method)), ("filled_by", self.filled[method])]
        else:
            pairs.append(("method_state", MISSING))
        return pairs

    def facts(self):
        done = min(len(self.registered), self.required)
        pairs = [("state", self.state), ("host", self.host), ("contact", self.contact), ("time_left", self.time_left),
                 ("required", self.required), ("done", done), ("postpones_left", self.postpones_left),
                 ("questions", self.questions), ("questions_custom", int(self.custom)),
                 ("code_digits", self.code_digits), ("code_minutes", self.code_minutes), ("needs_code", int(self.needs_code)),
                 ("open", int(self.open)), ("sms", int(self.sms)), ("voice", int(self.voice)),
                 ("changes", len(self.changes)), ("stale", len(self.due & set(self.registered)))]
        pairs += [(name, self.reset[name]) for name in ("told", "reset_case", "reset_until", "rounds", "alone", "unlock", "assist")]
        pairs.append(("proofs", self.reset["proofs"] if self.proven_first else 1))
        for method in self.methods:
            pairs += self.method_facts(method)
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

    def on_changes(self):
        return reply(OK, *[field for change in self.changes for field in change])

    def on_seed(self, method):
        if method == b"recovery-codes":
            return reply(OK, *RECOVERY)
        if method == b"questions":
            return reply(OK, self.catalogue[1 + len(self.answers) if self.purpose == "reset" else 1])
        return reply(OK, KEY, URI)

    def on_send(self, method, _to, _via=None):
        return reply(SENT, self.mask(method.decode()))

    def on_slot(self, _method, use=None):
        self.replacing = use == b"new"
        return reply(OK, SALT, 8, 1)

    def on_log(self, _text):
        return reply(OK)

    def on_help(self, code):
        if code.decode() == HELP_CODE:
            self.open, self.needs_code = True, False
            return reply(PROVEN)
        return self.wrong("help")

    def on_remove(self, method):
        self.registered.pop(method.decode(), None)
        self.filled.pop(method.decode(), None)
        return reply(OK)

    def wrong(self, what):
        self.tries[what] -= 1
        return reply(WRONG, self.tries[what]) if self.tries[what] else reply(SPENT, int(time.time()) + 600)

    def proven(self, method):
        self.registered[method] = self.mask(method)
        self.due.discard(method)
        return reply(PROVEN)

    def on_try(self, method, proof, digest=None):
        method = method.decode()
        if method == "questions":
            return self.take_answer(proof, digest)
        if proof == b"":
            return reply(EMPTY)
        right = RECOVERY[0].replace("-", "") if method == "recovery-codes" else CODE
        if proof.decode() != right:
            return self.wrong(method)
        self.reset["proofs"] = max(0, self.reset["proofs"] - 1)
        return self.proven(method)

    def take_answer(self, question, digest):
        assert len(digest) == 32
        self.answers.append((question.decode(), digest))
        if self.purpose == "reset":
            if len(self.answers) < self.reset["ask"]:
                return reply(MORE, self.reset["ask"] - len(self.answers))
            self.proven_first = True
            self.reset["proofs"] = max(0, self.reset["proofs"] - 1)
            return self.proven("questions")
        if "questions" in self.registered and not self.replacing:
            return self.proven("questions")
        if len(self.answers) < self.questions:
            return reply(MORE, self.questions - len(self.answers))
        return self.proven("questions")

    def on_claim(self, typed):
        self.claimed = typed.decode(errors="replace") in (CODE, RECOVERY[0])
        self.frozen = typed == FREEZE_CODE.encode()
        return reply(OK)

    def on_check(self, typed):
        self.reset["rounds"] -= 1
        self.proven_first = self.claimed or typed == CODE.encode()
        if self.frozen:
            return reply(OK)
        return reply(PROVEN) if self.proven_first else reply(WRONG, self.reset["rounds"])

    def on_assist(self):
        self.assisted = True
        return reply(OK)

    def on_grant(self):
        return Passing(reply(OK), self.passwd)

    def reset_verdict(self):
        """What ssprd says at the end of a reset."""
        if self.finished in ("timed-out", "no-dialog", "too-much-input"):
            return self.finished
        if self.passwd and self.passwd.reported():
            return self.passwd.done
        if self.frozen:
            return "frozen"
        if self.assisted:
            return "asked-administrator"
        cases = {1: "contact-administrator", 2: "not-enabled", 4: "blocked", 5: "frozen"}
        return "declined" if self.proven_first else cases.get(self.reset["reset_case"], "not-verified")

    def on_finish(self, reason):
        self.finished = reason.decode()
        if self.purpose == "reset" and self.finished != "broken":
            return reply(OK, self.verdict or self.reset_verdict(), self.tell)
        done = {"register": "registered", "reconfirm": "confirmed", "notice": "noticed"}.get(self.state, "registered")
        verdict = self.verdict or {
            "done": done, "not-now": "postponed" if self.postpones_left else "declined",
            "timed-out": "timed-out", "no-dialog": "no-dialog", "too-much-input": "too-much-input",
            "cannot-prove": "postponed", "broken": "failed"}[self.finished]
        return reply(OK, verdict, self.tell)
