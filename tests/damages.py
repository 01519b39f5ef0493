"""What becomes of a file when a disk, a kill or a hand gets at it."""

from pathlib import Path

import numpy as np


def deleted(file: Path) -> None:
    file.unlink()


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def zeroed(file: Path) -> None:
    file.write_bytes(bytes(file.stat().st_size))


def scrambled(file: Path) -> None:
    file.write_bytes(np.random.default_rng(3).bytes(file.stat().st_size))


def with_a_bit_flipped(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def longer(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"\0" * 4_096)


HARM = (deleted, emptied, cut, zeroed, scrambled, with_a_bit_flipped, longer)
