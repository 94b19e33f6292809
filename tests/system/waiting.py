"""Waiting for something to become true, with a generous end: the machine may be slow, the test may not guess."""

import os
import time

LONG = int(os.environ.get("SSPR_TEST_WAIT", "60"))


def wait_until(question, what, timeout=LONG):
    end = time.monotonic() + timeout
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError("waited %d s in vain until %s" % (timeout, what))
        time.sleep(0.02)
