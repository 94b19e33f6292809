"""The real cron, for one job."""

import contextlib
import os
import subprocess

from waiting import wait_until

TABLE = "/etc/cron.d/sspr-test"
BOOTED = "/run/crond.reboot"    # while it is there, cron takes itself for restarted and runs no such job


def run_job(person):
    """A fresh cron starts such a job at once."""
    with open(TABLE, "w") as file:
        file.write("@reboot %s touch %s/job-ran\n" % (person.name, person.home))
    with contextlib.suppress(FileNotFoundError):
        os.unlink(BOOTED)
    cron = subprocess.Popen(["cron", "-f"], stdin=subprocess.DEVNULL)
    try:
        wait_until(lambda: os.path.exists(person.home + "/job-ran"), "the job ran")
    finally:
        cron.terminate()
        cron.wait()
        os.unlink(TABLE)
