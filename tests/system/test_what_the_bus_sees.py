"""What is typed in a dialog does not pass the bus: somebody who reads all of it learns names, facts and verdicts."""

import contextlib
import subprocess

import bus
from life import codes_to, flat, mailed_code
from player import register
from waiting import wait_until

NEW_PASSWORD = "Velvet-42-harbour"


@contextlib.contextmanager
def all_of_the_bus():
    """Gives the file that everything on the bus is written to, texts and bytes as they are."""
    path = "/tmp/bus-of-a-reset"
    with open(path, "wb") as file:
        reader = subprocess.Popen(["dbus-monitor", "--system", "--binary"], stdout=file)

    def seen():
        with open(path, "rb") as written:
            return written.read()
    try:
        wait_until(lambda: b"NameLost" in seen(), "the reader is let in")
        yield seen
    finally:
        reader.terminate()
        reader.wait()


def reset_by_mail(host, person):
    """A whole reset; the code that was mailed."""
    before = len(codes_to(host, person.mail))
    dialog = bus.converse(person, "reset")
    assert "shall go to" in flat(dialog.prompt())
    dialog.answer(person.mail)
    assert "if one was sent" in dialog.prompt()
    code = mailed_code(host, person.mail, before)
    dialog.answer(code)
    prompt = dialog.prompt()
    if "only unlock" in flat(prompt):
        dialog.answer("1")
        prompt = dialog.prompt()
    for _ in range(2):
        assert "ew password" in prompt
        dialog.answer(NEW_PASSWORD)
        prompt = dialog.prompt()
    assert dialog.verdict == "password-changed"
    dialog.close()
    return code


def test_neither_a_registration_nor_a_reset_is_typed_over_the_bus(host, person):
    with all_of_the_bus() as seen:
        register(host, person, ("app", "email"))
        registering = codes_to(host, person.mail)
        code = reset_by_mail(host, person)
        wait_until(lambda: b"password-changed" in seen(), "the bus was read to the end")
        everything = seen()
    assert person.name.encode() in everything and b"Converse" in everything and b"Grant" in everything
    for secret in (person.mail, person.app_secret, code, NEW_PASSWORD, *registering):
        assert secret.encode() not in everything, secret
