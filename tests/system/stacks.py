"""PAM stacks as the examples have them, for a while."""

import contextlib

EXAMPLES = "/usr/share/doc/sspr/examples/pam.d/"
COMMON_AUTH = "/etc/pam.d/common-auth"
COMMON_ACCOUNT = "/etc/pam.d/common-account"


def example(name):
    with open(EXAMPLES + name) as file:
        return file.read()


@contextlib.contextmanager
def file_of(path, text):
    """The file has this text for a while."""
    with open(path) as file:
        before = file.read()
    with open(path, "w") as file:
        file.write(text)
    try:
        yield
    finally:
        with open(path, "w") as file:
            file.write(before)


@contextlib.contextmanager
def reset_line():
    """`auth optional pam_sspr.so reset` before the password, in every service."""
    with file_of(COMMON_AUTH, example("common-auth")):
        yield


@contextlib.contextmanager
def faillock_lines(auth=None):
    """pam_faillock before and after the password: these lines of common-auth, the example's; and its account line."""
    with open(COMMON_ACCOUNT) as file:
        account = file.read()
    with file_of(COMMON_ACCOUNT, "account required pam_faillock.so\n" + account):
        with file_of(COMMON_AUTH, auth or example("common-auth-faillock")):
            yield
