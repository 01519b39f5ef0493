"""Two versions of an entry word by word, as templates/library/comparison.html shows them."""

from typing import Any

from assistant.ground.errors import NotFound
from assistant.launch.launches import Launch
from assistant.library.differences import differences, word_by_word
from assistant.library.entries import Entry
from assistant.library.versions import EntryVersion
from web.entry_versions import words_of_part


def comparison_page(launch: Launch, entry: Entry, *, old: int, new: int) -> dict[str, Any]:
    """Return the comparison of versions ``old`` and ``new``.

    Without numbers: the newest with the one that customers get, or else the one before it.
    Raises NotFound for a number that no version has.
    """
    after = _numbered(entry, new) if new else entry.newest
    before = _numbered(entry, old) if old else _usual(entry, after)
    return {
        "launch": {"key": launch.key, "name": launch.name},
        "entry": {"key": entry.key, "title": entry.newest.question},
        "old": before.number,
        "new": after.number,
        "versions": [{"number": one.number, "words": _words(one)} for one in entry.versions[::-1]],
        "differences": [
            {
                "field": each.part,
                "runs": word_by_word(
                    words_of_part(each.part, each.before), words_of_part(each.part, each.after)
                ),
            }
            for each in differences(before, after)
        ],
    }


def _usual(entry: Entry, after: EntryVersion) -> EntryVersion:
    earlier = [one for one in entry.versions if one.number < after.number]
    approved = [one for one in earlier if one is entry.approved]
    return next(iter((*approved, *earlier[::-1])), after)


def _numbered(entry: Entry, number: int) -> EntryVersion:
    found = next((one for one in entry.versions if one.number == number), None)
    if found is None:
        raise NotFound(f"There is no version {number}.", what_to_do="Choose one of the list.")
    return found


def _words(version: EntryVersion) -> str:
    by = version.author.name if version.author else "the launch pack"
    state = "approved" if version.approved_at else version.state
    return f"Version {version.number}, {state}, by {by}"
