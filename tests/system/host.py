"""The private machine: the product installed on it, its bus, its daemon, its PAM stacks, its policy."""

import glob
import os
import shutil
import signal
import socket
import subprocess

import dbus
import dbus.bus

import processes
from logbook import Log
from mailsink import MailSink
from users import add_person
from waiting import wait_until

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("SSPR_BUILD", "build")
# Where the libraries come from that live in other programs: those cannot load a sanitizer's runtime.
HOST_BUILD = os.environ.get("SSPR_HOST_BUILD", BUILD)
SANITIZED = "SSPR_SANITIZED" in os.environ
REPORTS = "/tmp/sanitizer"
PROGRAMS = {"ssprd": "/usr/sbin/", "ssprctl": "/usr/bin/", "sspr-session": "/usr/libexec/sspr/",
            "sspr-deliver": "/usr/libexec/sspr/"}
CONF = "/etc/sspr/sspr.conf"
DATABASE = "/var/lib/sspr/sspr.db"
KEY_FILE = "/var/lib/sspr/master.key"
STAMPS = "/run/sspr/stamps"
BUS_SOCKET = "/run/dbus/system_bus_socket"
MAIL_PORT = 2525
COMMON_ACCOUNT = "/etc/pam.d/common-account"

POLICY = """
[registration]
methods = app email questions
methods_required = 2
privileged =
[questions]
hash_memory = 8
hash_passes = 1
[email]
url = smtp://127.0.0.1:%d
from = sspr@desk.sspr.test
tls = none
timeout = 10
forbidden_domains = corp.example
[support]
contact = the help desk, room 12
""" % MAIL_PORT


class Host:
    def __init__(self):
        assert os.environ.get("SSPR_NAMESPACE") == "1", "start the system tests with tests/in-namespace"
        self.log = Log()
        self.mail = MailSink(MAIL_PORT)
        self.bus = None
        self._stacks = {}
        os.makedirs(REPORTS, mode=0o1777, exist_ok=True)
        os.chmod(REPORTS, 0o1777)
        self._install()
        self.configure(POLICY)
        self.start_bus()
        self.module_line()

    # --- the product

    def _install(self):
        """As README.md tells an administrator, on a machine that has not had sspr before."""
        for folder in ("/etc/sspr", "/var/lib/sspr"):
            shutil.rmtree(folder, ignore_errors=True)
        make = ["make", "-s", "-C", TREE, "install"]
        subprocess.run(make + ["BUILD=" + HOST_BUILD], check=True, stdout=subprocess.DEVNULL)
        if BUILD != HOST_BUILD:
            for program, place in PROGRAMS.items():
                shutil.copy(os.path.join(TREE, BUILD, program), place)
        subprocess.run(["systemd-sysusers", "/usr/lib/sysusers.d/sspr.conf"], check=True,
                       env=dict(os.environ, SYSTEMD_LOG_LEVEL="warning"))
        subprocess.run(["systemd-tmpfiles", "--create", "/usr/lib/tmpfiles.d/sspr.conf"], check=True)

    def configure(self, text, drop_ins=None):
        """A policy that holds from the next question to the daemon on."""
        shutil.rmtree(CONF + ".d", ignore_errors=True)
        with open(CONF, "w") as file:
            file.write(text)
        if drop_ins:
            os.makedirs(CONF + ".d")
        for name, content in (drop_ins or {}).items():
            with open(os.path.join(CONF + ".d", name), "w") as file:
                file.write(content)
        self.stop_daemon()

    def module_line(self, options="", program="pam_sspr.so"):
        """The one line, where it reaches every service: the module must leave cron, su and sudo alone by itself."""
        if COMMON_ACCOUNT not in self._stacks:
            with open(COMMON_ACCOUNT) as file:
                self._stacks[COMMON_ACCOUNT] = "".join(line for line in file if "pam_sspr.so" not in line)
        with open(COMMON_ACCOUNT, "w") as file:
            file.write(self._stacks[COMMON_ACCOUNT] + "account required %s %s\n" % (program, options))

    def service(self, name, *lines):
        """A PAM service of the tests' own."""
        with open("/etc/pam.d/" + name, "w") as file:
            file.write("".join(line + "\n" for line in lines))
        return name

    # --- the bus

    def start_bus(self):
        os.makedirs("/run/dbus", exist_ok=True)
        self.bus = subprocess.Popen(["dbus-daemon", "--system", "--nofork", "--nopidfile", "--nosyslog"],
                                    stdin=subprocess.DEVNULL, stderr=open("/tmp/bus.log", "a"), start_new_session=True)
        wait_until(self._bus_answers, "the bus listens")

    def _bus_answers(self):
        assert self.bus.poll() is None, open("/tmp/bus.log").read()
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(BUS_SOCKET) == 0

    def stop_bus(self):
        self.bus.kill()
        self.bus.wait()

    # --- the daemon

    def daemon(self):
        """The pid of ssprd, or None. It is started by the bus, by whoever asks it something."""
        running = processes.find("ssprd")
        found = [pid for pid in running if processes.parent_of(pid) not in running]    # not what it is just starting
        assert len(found) < 2, "two daemons: %s" % found
        return found[0] if found else None

    def stop_daemon(self, how=signal.SIGTERM):
        pid = self.daemon()
        if pid:
            os.kill(pid, signal.SIGCONT)
            os.kill(pid, how)
            wait_until(lambda: self.daemon() is None, "ssprd has ended")
            if os.path.exists(BUS_SOCKET) and processes.state_of(self.bus.pid) in ("R", "S"):
                # What is asked next must not be handed to the dead one.
                wait_until(lambda: self.daemon() or not self._name_has_owner(), "the bus knows that ssprd has ended")

    def _name_has_owner(self):
        connection = dbus.bus.BusConnection("unix:path=" + BUS_SOCKET)
        try:
            return connection.name_has_owner("org.sspr.Sspr1")
        finally:
            connection.close()

    def sessions(self, user=None):
        return processes.find("sspr-session", user)

    def forget_stamps(self):
        for stamp in glob.glob(STAMPS + "/*"):
            os.unlink(stamp)

    # --- its people

    def person(self, **how):
        return add_person(**how)

    # --- the end

    def sanitizer_reports(self):
        return {path: open(path, errors="replace").read() for path in sorted(glob.glob(REPORTS + "/*"))}

    def stop(self):
        self.stop_daemon()
        self.stop_bus()
        self.mail.stop()
