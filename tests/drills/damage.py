"""Damage to any file: bytes flipped, cut off, cut out, repeated, put in, parts exchanged."""

import random

FLIPPED = 200
PIECES = (
    *(b'"', b";", b"\x00", b"\xff\xfe", b"\n", b"\r", b"PK\x03\x04"),
    *(b"=1+1", b"9" * 400, b"<!DOCTYPE x>", b"\\ud800"),
)


def damage(content: bytes, chance: random.Random) -> tuple[str, bytes]:
    """Return what was done, and the file."""
    changed = bytearray(content)
    at = chance.randrange(len(changed))
    what = chance.choice(("200 bytes flipped", "cut off", "cut out", "repeated", "put in", "parts exchanged"))
    match what:
        case "200 bytes flipped":
            for place in chance.sample(range(len(changed)), min(FLIPPED, len(changed))):
                changed[place] ^= chance.randrange(1, 256)
        case "cut off":
            del changed[at:]
        case "cut out":
            del changed[at : at + chance.randint(1, 500)]
        case "repeated":
            changed[at:at] = changed[at : at + chance.randint(1, 500)] * chance.randint(1, 20)
        case "put in":
            changed[at:at] = chance.choice(PIECES)
        case _:
            changed = changed[at:] + changed[:at]
    return what, bytes(changed)
