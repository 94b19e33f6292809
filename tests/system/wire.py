"""The requests between a session and ssprd (protocol/request.h), spoken by the tests."""

import struct

FACTS, QUESTION, SEED, SEND, SLOT, TRY, LOG, FINISH = b"f", b"q", b"k", b"s", b"h", b"t", b"l", b"x"
CHANGES, HELP, REMOVE = b"g", b"c", b"d"
CLAIM, CHECK, ASSIST, GRANT = b"a", b"v", b"w", b"p"
OK, NONE, SENT, PROVEN, WRONG, REFUSED, OVER = b"o", b"n", b"s", b"p", b"w", b"r", b"."
SPENT, EXPIRED, USED, BLOCKED, THROTTLED = b"z", b"e", b"u", b"b", b"l"
REQUEST_MAX = 16384


def message(op, *fields):
    data = op
    for field in fields:
        field = field if isinstance(field, bytes) else str(field).encode()
        data += struct.pack("<H", len(field)) + field
    return data


def parse(data):
    """(status, fields)"""
    fields, at = [], 1
    while at < len(data):
        length, = struct.unpack_from("<H", data, at)
        fields.append(data[at + 2:at + 2 + length])
        at += 2 + length
    return data[:1], fields
