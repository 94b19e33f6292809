"""People who have registered, each method by its own dialog, and what they have in hand afterwards."""

import re

import phones
from life import done, mailed_code, talk, totp
from waiting import wait_until

TITLES = {"app": "Authenticator app", "email": "E-mail", "phone": "Phone", "office-phone": "Office phone",
          "questions": "Security questions", "recovery-codes": "Recovery codes"}
CODE = r"\b[2-9A-HJ-NP-Z]{4}(?:-[2-9A-HJ-NP-Z]{4}){3}\b"


class Hand:
    """What a person has in hand: the addresses, the app's key, the codes on paper, the answers."""

    def __init__(self, host, person, kannel=None, voice=None):
        self.host, self.person, self.kannel, self.voice = host, person, kannel, voice
        self.number = "+491511%05d" % person.uid
        self.office = "+49301%06d" % person.uid
        self.codes = []         # that were not used yet
        self.answers = {}       # by the question
        self._seen = {}         # how many codes came to each address

    def mail_code(self):
        return self._next(self.person.mail, lambda before: mailed_code(self.host, self.person.mail, before))

    def text_code(self):
        return self._next(self.number, lambda before: phones.texted_code(self.kannel, self.number, before))

    def call_code(self):
        return self._next(self.office, lambda before: self.voice.code(self.office, before))

    def _next(self, address, code_after):
        code = code_after(self._seen.get(address, 0))
        self._seen[address] = self._seen.get(address, 0) + 1
        return code

    # --- registering

    def enrol(self, dialog, method):
        """From the menu to the end of the method."""
        assert dialog.choose(TITLES[method]) is not None
        getattr(self, "_enrol_" + method.replace("-", "_"))(dialog)
        assert "Registered: " + TITLES[method] in dialog.text, dialog.shown

    def _enrol_app(self, dialog):
        key = re.search(r"^\s+((?:[A-Z2-7]{4} ){7}[A-Z2-7]{4})\s*$", dialog.shown, re.MULTILINE)
        self.person.app_secret = key.group(1).replace(" ", "")
        dialog.say(totp(self.person.app_secret))

    def _enrol_email(self, dialog):
        dialog.say(self.person.mail)
        dialog.say(self.mail_code())

    def _enrol_phone(self, dialog):
        dialog.say(self.number)
        if "[2] call" in dialog.text:
            dialog.say("1")
        dialog.say(self.text_code())

    def _enrol_office_phone(self, dialog):
        dialog.say("")
        dialog.say(self.call_code())

    def _enrol_questions(self, dialog):
        while "Type the number of one" in dialog.text:
            number, question = re.search(r"^(\d+) (\S.*)$", dialog.shown, re.MULTILINE).groups()
            dialog.say(number)
            self.answers[question] = "zebulon %d" % len(self.answers)
            dialog.say(self.answers[question])
            dialog.say(self.answers[question])

    def _enrol_recovery_codes(self, dialog):
        codes = re.findall(CODE, dialog.shown)
        self.codes = codes[1:]
        dialog.say(codes[0])


def enrolled(host, person, *methods, kannel=None, voice=None):
    """Register these, in this order; the policy must offer them. The Hand."""
    hand = Hand(host, person, kannel, voice)
    if "office-phone" in methods:
        done("set", person.name, "office-phone", hand.office)
    dialog = talk(person)
    dialog.say("")
    for method in methods:
        hand.enrol(dialog, method)
    if dialog.verdict is None:
        dialog.say("")
    assert dialog.verdict == "registered", dialog.shown
    dialog.close()
    return hand
