"""QR codes on a terminal, through the eyes of a reader of QR codes (zbar)."""

import zbar

BLOCKS = {" ": (0, 0), "\u2580": (1, 0), "\u2584": (0, 1), "\u2588": (1, 1)}    # above, below: is the character's colour there?
SCALE = 4


def picture(prompt):
    """The lines of half blocks in a prompt."""
    lines = [line for line in prompt.split("\n") if line and set(line) <= set(BLOCKS)]
    assert lines and len({len(line) for line in lines}) == 1
    return lines


def look(lines, characters_are_light):
    """What a reader of QR codes sees on a terminal of this kind, with a wide edge of the terminal's ground around it."""
    rows = []
    for line in lines:
        for half in (0, 1):
            rows.append([BLOCKS[character][half] == int(characters_are_light) for character in line])
    ground = not characters_are_light
    width = len(rows[0]) + 20
    rows = [[ground] * width] * 10 + [[ground] * 10 + row + [ground] * 10 for row in rows] + [[ground] * width] * 10
    data = b"".join(bytes(255 * light for light in row for _ in range(SCALE)) * SCALE for row in rows)
    image = zbar.Image(width * SCALE, len(rows) * SCALE, "Y800", data)
    scanner = zbar.ImageScanner()
    scanner.parse_config("enable")
    scanner.parse_config("test-inverted=0")
    scanner.scan(image)
    return [symbol.data for symbol in image]
