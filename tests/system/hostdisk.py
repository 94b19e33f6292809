"""The host's files, where they cannot be written to for a while."""

import contextlib
import subprocess
import sys

STORE = "/var/lib/sspr"


class Lock:
    """Somebody holds /etc/.pwd.lock."""

    def __enter__(self):
        self.process = subprocess.Popen([sys.executable, "-c", "import fcntl, time; f = open('/etc/.pwd.lock', 'w'); "
                                         "fcntl.lockf(f, fcntl.LOCK_EX); print(flush=True); time.sleep(1000)"], stdout=subprocess.PIPE)
        self.process.stdout.readline()
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    @staticmethod
    def is_waited_for():
        with open("/proc/locks") as file:
            return "->" in file.read()


def _run(script):
    subprocess.run(["sh", "-ec", script], check=True)


@contextlib.contextmanager
def read_only_etc():
    _run("mount -o remount,ro /etc")
    try:
        yield
    finally:
        _run("mount -o remount,rw /etc")


def fill(folder):
    """Not a byte is left. What can be deleted again is FOLDER/filler."""
    _run("mkdir %s/filler; dd if=/dev/zero of=%s/filler/1 bs=64k 2>/dev/null || true;"
         " dd if=/dev/zero of=%s/filler/2 bs=1 count=8k 2>/dev/null || true" % (folder, folder, folder))


def empty(folder):
    _run("rm -r %s/filler" % folder)


@contextlib.contextmanager
def small_disk(folder, size):
    """A copy of this folder on a disk of this size, in its place."""
    _run("mkdir -p /run/small && mount -t tmpfs -o size=%s,mode=$(stat -c %%a %s) small /run/small && chown --reference=%s /run/small;"
         " cp -a %s/. /run/small/; mount --move /run/small %s" % (size, folder, folder, folder, folder))
    try:
        yield
    finally:
        _run("umount -l " + folder)


@contextlib.contextmanager
def full_etc():
    with small_disk("/etc", "64m"):
        fill("/etc")
        yield
