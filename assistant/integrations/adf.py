"""Atlassian Document Format, built as data: a text is a node, whatever stands in it."""

from collections.abc import Iterable, Sequence
from typing import Any

Node = dict[str, Any]

LONGEST = 4_000  # characters of one text; what is longer is cut, and says so


def document(blocks: Iterable[Node]) -> Node:
    """Return a whole document."""
    return {"type": "doc", "version": 1, "content": list(blocks)}


def heading(words: str) -> Node:
    """Return a heading of the third level."""
    return {"type": "heading", "attrs": {"level": 3}, "content": _text(words)}


def paragraph(words: str) -> Node:
    """Return a paragraph; line ends stay."""
    lines = words.splitlines() or [""]
    content = _text(lines[0])
    for line in lines[1:]:
        content += [{"type": "hardBreak"}, *_text(line)]
    return {"type": "paragraph", "content": content}


def quote(words: str) -> Node:
    """Return what somebody said."""
    return {"type": "blockquote", "content": [paragraph(words)]}


def bullets(lines: Sequence[str]) -> Node:
    """Return a list; ``lines`` is not empty."""
    items = [{"type": "listItem", "content": [paragraph(line)]} for line in lines]
    return {"type": "bulletList", "content": items}


def link(words: str, href: str) -> Node:
    """Return a paragraph that is a link. ``href`` is an address of ours."""
    mark = {"type": "link", "attrs": {"href": href}}
    return {"type": "paragraph", "content": [{"type": "text", "text": words, "marks": [mark]}]}


def _text(words: str) -> list[Node]:
    # A text node must not be empty, and Jira keeps no control characters.
    said = "".join(letter for letter in words if letter >= " " or letter == "\t")
    said = said if len(said) <= LONGEST else f"{said[: LONGEST - 1]}…"
    return [{"type": "text", "text": said}] if said else []
