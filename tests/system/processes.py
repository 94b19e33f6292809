"""Looking at processes through /proc."""

import os


def all_processes():
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            yield int(entry)


def program_of(pid):
    try:
        return os.path.basename(os.readlink("/proc/%d/exe" % pid).removesuffix(" (deleted)"))
    except OSError:
        return None


def arguments_of(pid):
    try:
        with open("/proc/%d/cmdline" % pid, "rb") as file:
            return file.read().decode(errors="replace").split("\0")[:-1]
    except OSError:
        return []


def parent_of(pid):
    try:
        with open("/proc/%d/stat" % pid) as file:
            return int(file.read().rpartition(")")[2].split()[1])
    except OSError:
        return None


def state_of(pid):
    """As /proc says it: "R", "S", "T" (stopped), ...; None: there is no such process."""
    try:
        with open("/proc/%d/stat" % pid) as file:
            return file.read().rpartition(")")[2].split()[0]
    except OSError:
        return None


def find(program, argument=None):
    """The pids that run this program, with this argument where one is given; zombies have no program."""
    return [pid for pid in all_processes()
            if program_of(pid) == program and (argument is None or argument in arguments_of(pid))]


def open_files(pid):
    return len(os.listdir("/proc/%d/fd" % pid))


def _memory(pid, kind):
    with open("/proc/%d/smaps_rollup" % pid) as file:
        for line in file:
            if line.startswith(kind + ":"):
                return int(line.split()[1])
    raise AssertionError("no line %s for %d" % (kind, pid))


def proportional_memory(pid):
    """PSS in KiB: its own, and its share of what others have mapped too."""
    return _memory(pid, "Pss")


def own_memory(pid):
    """Anonymous memory in KiB: what it has allocated. PSS changes with whoever else maps the same libraries."""
    return _memory(pid, "Anonymous")


def mapped_files(pid):
    with open("/proc/%d/maps" % pid) as file:
        return {line.split(None, 5)[5].strip() for line in file if "/" in line}
