"""Questions from a file, one per line, read as they are needed and whatever they hold."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from assistant.desk.messages import LONGEST

STDIN = Path("-")
MOST_BYTES = 4 * (LONGEST + 1) + 2  # kept of one line: enough to see that it is too long
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class Unreadable(Exception):
    """The file cannot be read as lines of text; the message says why."""


@contextmanager
def opened(file: Path) -> Iterator[BinaryIO]:
    """Open a file of questions, or standard input for ``-``. Raises Unreadable."""
    if file == STDIN:
        yield sys.stdin.buffer
        return
    try:
        stream = file.open("rb")
    except OSError as missing:
        raise Unreadable(f"{file} cannot be read: {missing.strerror}.") from None
    with stream:
        yield stream


def lines_of(stream: BinaryIO) -> Iterator[str]:
    """Yield every line in order, without its end; memory stays bounded however long a line is.

    Only a line feed ends a line: a control character or a Unicode separator in a question does
    not make two of it. Bytes that are not UTF-8 are replaced. Raises Unreadable.
    """
    start = b"\xef\xbb\xbf"
    while line := stream.readline(MOST_BYTES):
        rest = line
        while not rest.endswith(b"\n") and (rest := stream.readline(MOST_BYTES)):
            pass
        if start and line.startswith(_UTF_16):
            raise Unreadable("The file is UTF-16. Save it as UTF-8.")
        words, start = line.removeprefix(start), b""
        yield words.decode("utf-8", "replace").removesuffix("\n").removesuffix("\r")


def size_of(file: Path) -> int | None:
    """Return how many bytes the file has; None when that is not known beforehand."""
    return file.stat().st_size if file.is_file() else None
