"""What the tree promises beside its code: README, --help and man pages say the truth, translations are whole, what is
installed is what the design says, what is exported is what may be."""

import glob
import os
import re
import stat
import subprocess

import pytest

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(TREE, os.environ.get("SSPR_BUILD", "build"))
MULTIARCH = subprocess.run(["cc", "-print-multiarch"], capture_output=True, text=True, check=True).stdout.strip()

PAGES = {"sspr.7", "sspr.conf.5", "pam_sspr.8", "ssprd.8", "sspr-deliver.8", "sspr-passwd.8", "ssprctl.1"}
INSTALLED = {  # path: mode
    "usr/sbin/ssprd": 0o755,
    "usr/bin/ssprctl": 0o755,
    "usr/libexec/sspr/sspr-session": 0o755,
    "usr/libexec/sspr/sspr-deliver": 0o755,
    "usr/libexec/sspr/sspr-passwd": 0o755,
    "usr/lib/%s/security/pam_sspr.so" % MULTIARCH: 0o644,
    "usr/lib/%s/sspr/libsspr-client.so" % MULTIARCH: 0o644,
    "usr/lib/sysusers.d/sspr.conf": 0o644,
    "usr/lib/tmpfiles.d/sspr.conf": 0o644,
    "usr/lib/systemd/system/ssprd.service": 0o644,
    "usr/lib/systemd/system/sspr-passwd.service": 0o644,
    "usr/share/dbus-1/system.d/org.sspr.Sspr1.conf": 0o644,
    "usr/share/dbus-1/system-services/org.sspr.Sspr1.service": 0o644,
    "usr/share/dbus-1/system.d/org.sspr.Password1.conf": 0o644,
    "usr/share/dbus-1/system-services/org.sspr.Password1.service": 0o644,
    "usr/share/sspr/gateways/kannel.conf": 0o644,
    "usr/share/sspr/gateways/messagebird-sms.conf": 0o644,
    "usr/share/sspr/gateways/messagebird-voice.conf": 0o644,
    "usr/share/sspr/gateways/twilio-sms.conf": 0o644,
    "usr/share/sspr/gateways/twilio-voice.conf": 0o644,
    "usr/share/sspr/gateways/vonage-sms.conf": 0o644,
    "usr/share/sspr/gateways/vonage-voice.conf": 0o644,
    "usr/share/sspr/gateways/webhook.conf": 0o644,
    "usr/share/sspr/questions/en.txt": 0o644,
    "usr/share/sspr/questions/nl.txt": 0o644,
    "usr/share/locale/nl/LC_MESSAGES/sspr.mo": 0o644,
    "etc/sspr/sspr.conf": 0o644,
    "etc/pam.d/sspr-passwd": 0o644,
}
INSTALLED.update({"usr/share/man/man%s/%s" % (page[-1], page): 0o644 for page in PAGES})
EXAMPLES = "usr/share/doc/sspr/examples/"


def read(*path):
    with open(os.path.join(TREE, *path)) as file:
        return file.read()


def run(*command, **how):
    return subprocess.run(command, capture_output=True, text=True, cwd=TREE, timeout=300, **how)


def install(destination, target="install"):
    done = run("make", "-s", target, "BUILD=" + os.path.relpath(BUILD, TREE), "DESTDIR=%s" % destination)
    assert done.returncode == 0, done.stderr


def files_below(folder):
    found = {}
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            found[os.path.relpath(path, folder)] = stat.S_IMODE(os.lstat(path).st_mode)
    return found


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("root")
    install(folder)
    return folder


# --- make install

def test_install_puts_each_file_where_the_design_says(installed):
    found = files_below(installed)
    examples = {path for path in found if path.startswith(EXAMPLES)}
    assert {path: mode for path, mode in found.items() if path not in examples} == INSTALLED
    assert any("sshd_config.d" in path for path in examples)
    assert any("pam.d" in path for path in examples)


def test_install_keeps_a_policy_that_is_there(installed, tmp_path):
    install(tmp_path)
    files = [tmp_path / "etc/sspr/sspr.conf", tmp_path / "etc/pam.d/sspr-passwd"]
    for file in files:
        file.write_text("# mine\n")
    install(tmp_path)
    assert [file.read_text() for file in files] == ["# mine\n"] * 2


def test_uninstall_leaves_the_policy_alone(tmp_path):
    install(tmp_path)
    install(tmp_path, "uninstall")
    assert set(files_below(tmp_path)) == {"etc/sspr/sspr.conf", "etc/pam.d/sspr-passwd"}


def test_the_installed_units_name_programs_that_are_installed(installed):
    for path in ("usr/lib/systemd/system/ssprd.service", "usr/share/dbus-1/system-services/org.sspr.Sspr1.service",
                 "usr/lib/systemd/system/sspr-passwd.service", "usr/share/dbus-1/system-services/org.sspr.Password1.service"):
        programs = re.findall(r"^Exec(?:Start)?=(\S+)", (installed / path).read_text(), re.MULTILINE)
        assert programs
        for program in programs:
            assert (installed / program.lstrip("/")).exists()


# --- what the libraries show and need

def needed(path):
    return set(re.findall(r"\(NEEDED\).*\[(.*)\]", run("readelf", "-d", path).stdout))


def exported(path):
    return {line.split()[-1].split("@")[0] for line in run("nm", "-D", "--defined-only", path).stdout.splitlines()
            if line.split()[1] != "A"}


def test_the_module_needs_libpam_and_libc_alone():
    assert needed(BUILD + "/pam_sspr.so") == {"libpam.so.0", "libc.so.6"}


def test_the_module_exports_what_pam_calls_and_nothing_else():
    assert exported(BUILD + "/pam_sspr.so") == {
        "pam_sm_authenticate", "pam_sm_setcred", "pam_sm_acct_mgmt", "pam_sm_open_session", "pam_sm_close_session",
        "pam_sm_chauthtok"}


def test_the_module_stays_loaded_and_binds_at_once():
    flags = run("readelf", "-d", BUILD + "/pam_sspr.so").stdout
    assert "NODELETE" in flags and "NOW" in flags


def test_the_client_library_exports_its_calls_alone():
    names = exported(BUILD + "/libsspr-client.so")
    assert names and all(name.startswith("sspr_") for name in names), names


# --- --help and the man pages

PROGRAMS = {"ssprd": "ssprd.8", "sspr-deliver": "sspr-deliver.8", "sspr-passwd": "sspr-passwd.8", "ssprctl": "ssprctl.1", "sspr-session": None}


@pytest.mark.parametrize("program", PROGRAMS)
def test_help_answers_on_stdout_and_succeeds(program):
    done = run(os.path.join(BUILD, program), "--help")
    assert done.returncode == 0
    assert done.stdout.startswith("usage: " + program)
    assert done.stderr == ""
    assert max(map(len, done.stdout.splitlines())) <= 100


def options_said(program):
    """The options in --help, those of each command of ssprctl included."""
    usage = run(os.path.join(BUILD, program), "--help").stdout
    for command in re.findall(r"^  (\w+(?: check)?)\s", usage, re.MULTILINE):
        usage += run(os.path.join(BUILD, program), *command.split(), "--help").stdout
    return set(re.findall(r"(?<![\w-])-(\w)\b", usage)) | set(re.findall(r"(?<![\w-])--(\w[\w-]*)", usage))


def options_written(page):
    """The options in a manual: `Fl dt` are two, `Fl -json` is one."""
    written = set()
    for words in re.findall(r"^\.(.*\bFl\b.*)$", read("man", page), re.MULTILINE):
        for word in re.findall(r"\bFl (\S+)", words):
            written |= {word[1:]} if word.startswith("-") else set(word)
    return written


@pytest.mark.parametrize("program, page", [item for item in PROGRAMS.items() if item[1]])
def test_help_and_the_man_page_know_the_same_options(program, page):
    assert options_said(program) - {"h", "help"} == options_written(page) - {"h", "help"}


@pytest.mark.parametrize("program", PROGRAMS)
def test_an_unknown_option_is_wrong_usage(program):
    done = run(os.path.join(BUILD, program), "--surely-not-an-option", stdin=subprocess.DEVNULL)
    assert done.returncode not in (0, 1) and "usage: " in done.stderr


def test_every_page_is_there_and_every_reference_leads_somewhere():
    assert {os.path.basename(path) for path in glob.glob(TREE + "/man/*.[1-8]")} == PAGES
    for page in PAGES:
        for name, section in re.findall(r"^\.Xr (\S+) (\d)", read("man", page), re.MULTILINE):
            if name.startswith(("sspr", "pam_sspr")):
                assert "%s.%s" % (name, section) in PAGES, (page, name)


# --- README.md

def test_every_make_target_in_readme_exists():
    targets = set(re.findall(r"`?make ((?:[a-z]+ ?)+)", read("README.md")))
    for target in {word for words in targets for word in words.split() if words}:
        if re.search(r"`make [a-z ]*%s|^make [a-z ]*%s" % (target, target), read("README.md"), re.MULTILINE):
            assert run("make", "-n", target).returncode == 0, target


def test_every_man_page_in_readme_exists():
    pages = {"%s.%s" % item for item in re.findall(r"\b((?:pam_)?sspr[\w.-]*)\((\d)\)", read("README.md"))}
    assert pages == PAGES


def test_the_policy_in_readme_is_a_good_one(tmp_path):
    block = re.search(r"```ini\n(.*?)```", read("README.md"), re.DOTALL).group(1)
    conf = tmp_path / "sspr.conf"
    conf.write_text(re.sub(r"^ {3}", "", block, flags=re.MULTILINE))
    done = run(BUILD + "/ssprd", "-t", "-c", str(conf))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_every_installed_path_in_readme_is_installed(installed):
    for path in re.findall(r"(/usr/[\w./-]+)", read("README.md")):
        assert (installed / path.lstrip("/")).exists(), path


def commands_of_ssprctl():
    """As --help lists them, the two words of "audit verify" as one."""
    usage = run(BUILD + "/ssprctl", "--help").stdout
    return set(re.findall(r"^  ([a-z]+(?: [a-z]+)?)\s", usage, re.MULTILINE))


def test_each_command_of_ssprctl_in_readme_is_right_usage_and_none_is_left_out():
    lines = re.findall(r"^ssprctl (.*?)\s*(?:#.*)?$|`ssprctl ([^`]+)`", read("README.md"), re.MULTILINE)
    named = set()
    for line in {one or other for one, other in lines}:
        words = line.split()
        named |= {words[0], " ".join(words[:2])}
        done = run(BUILD + "/ssprctl", *words, stdin=subprocess.DEVNULL,
                   env=dict(os.environ, DBUS_SYSTEM_BUS_ADDRESS="unix:path=/nonexistent"))
        assert done.returncode != 2, (line, done.stderr)
    assert commands_of_ssprctl() - named == set()


def pam_lines(text):
    """Those that README tells to add, with blanks between the words."""
    return {" ".join(line.split()) for line in text.splitlines() if re.match(r"\s*(auth|account)\s.*pam_sspr\.so", line)}


def test_the_pam_lines_in_readme_are_those_of_the_manual_and_the_examples():
    lines = pam_lines(read("README.md"))
    examples = "".join(read(path) for path in glob.glob(TREE + "/policy/examples/pam.d/*"))
    assert {line.split()[0] for line in lines} == {"auth", "account"}
    assert lines <= pam_lines(examples) and lines <= pam_lines(read("man/pam_sspr.8"))


def test_the_numbers_of_a_users_day_in_readme_are_the_defaults():
    day = re.search(r"## A user's day(.*?)\n## ", read("README.md"), re.DOTALL).group(1)
    for key, value, said in (("methods_required", "2", "two of the methods"), ("postpone_limit", "3", "three times"),
                             ("reconfirm_days", "180", "180 days")):
        assert re.search(r"^#%s = %s$" % (key, value), read("policy/sspr.conf"), re.MULTILINE), key
        assert said in " ".join(day.split()), said


# --- what manuals and HACKING.md say of the programs

def bus_methods(*sources):
    """The names in the tables of methods."""
    names = re.findall(r"^\t\{ (\"\w+\"|OUTCOME_METHOD), \"[^\"]*\", \"[^\"]*\", CALLER_", "".join(read(s) for s in sources), re.MULTILINE)
    return {"Outcome" if name == "OUTCOME_METHOD" else name.strip('"') for name in names}


def test_every_method_on_the_bus_is_told_in_hacking_and_in_the_manual():
    service, admin = bus_methods("ssprd/service.c"), bus_methods("ssprd/admin.c")
    assert len(service) == 4 and len(admin) > 8
    parts = re.split(r"^### `(org\.sspr\.[\w.]+)`.*$", read("HACKING.md"), flags=re.MULTILINE)
    told = {name: set(re.findall(r"^\| `(\w+)\(", text, re.MULTILINE)) for name, text in zip(parts[1::2], parts[2::2])}
    assert told == {"org.sspr.Sspr1": service, "org.sspr.Sspr1.Admin": admin, "org.sspr.Password1": {"Grant"}}
    assert set(re.findall(r"^\.Fn (\w+)", read("man/ssprd.8"), re.MULTILINE)) == service | admin | {"Grant"}


def test_the_codes_of_what_cannot_be_reset_stand_in_the_manual():
    codes = set(re.findall(r"\"(SSPR-[A-Z]+)\"", read("ssprd/reset_subject.c")))
    assert len(codes) == 5
    assert set(re.findall(r"SSPR-[A-Z]+", read("man/sspr.7"))) == codes
    assert set(re.findall(r"SSPR-[A-Z]+", read("session/reset_case.c"))) == codes


def test_the_manual_of_ssprctl_has_every_command_in_its_synopsis_and_its_list():
    page = read("man/ssprctl.1")
    synopsis = set(re.findall(r"^\.Nm\n\.Cm ([a-z]+(?: [a-z]+)?)$", page, re.MULTILINE))
    assert synopsis | {"audit verify"} == commands_of_ssprctl()
    assert set(re.findall(r"^\.It Cm ([a-z]+(?: verify| check)?)\b", page, re.MULTILINE)) == commands_of_ssprctl()


def test_the_manual_of_the_module_has_every_argument():
    arguments = set(re.findall(r"^\t\{ \"(\w+)=?\", ", read("pam_sspr/options.c"), re.MULTILINE))
    assert {"services", "reset", "debug"} <= arguments
    part = re.search(r"\.Ss Arguments(.*?)\.Ss ", read("man/pam_sspr.8"), re.DOTALL).group(1)
    assert set(re.findall(r"^\.It Cm (\w+)", part, re.MULTILINE)) == arguments


def test_hacking_names_every_folder():
    tables = "".join(re.findall(r"^\| ([^|]+) \|", read("HACKING.md"), re.MULTILINE))
    def below(folder):
        return {name for name in os.listdir(os.path.join(TREE, folder))
                if os.path.isdir(os.path.join(TREE, folder, name)) and name[0] not in "._"}

    folders = below(".") - {os.environ.get("SSPR_BUILD", "build").split("/")[0], "build", "tests"}
    assert len(folders) > 10
    for folder in folders | {"tests/" + name for name in below("tests")}:
        assert folder + "/" in tables, folder
