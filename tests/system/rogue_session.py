#!/usr/bin/python3
"""Stands in the place of sspr-session: a session that somebody took over.

It hands its two sockets (fd 3 the terminal, fd 4 the judge) to the test that listens on SOCKET, and waits to be killed.
"""

import socket
import sys

SOCKET = "/run/rogue/socket"

if __name__ == "__main__":
    test = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    test.connect(SOCKET)
    socket.send_fds(test, ["\0".join(sys.argv[1:]).encode()], [3, 4])
    test.recv(1)
