"""Temporary answers at the end: by scenario and a page at a time, so that 300 can be decided."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from assistant.launch.launches import Launch
from assistant.library import afterwards
from assistant.library.afterwards import BECOMES_WORDS, Afterwards, Becomes
from assistant.library.versions import EntryVersion
from web.shell import Visit

PAGE = 50  # answers on one page
SHOWS = (("undecided", "Undecided"), ("decided", "Decided"), ("all", "All"))
NO_SCENARIO = "Without a scenario"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which answers somebody wants to see: "" is what is left to decide, else all."""

    show: str = ""
    page: int = 1
    words: str = ""  # that the question holds


ASKED = Asked()


def address_of(launch: Launch, asked: Asked) -> str:
    """Return the address of the list as it was asked for."""
    said = {"answers": asked.show, "page": asked.page, "q": asked.words}
    query = urlencode({name: value for name, value in said.items() if value and value != 1})
    return f"/launches/{launch.key}/exit{'?' + query if query else ''}#answers"


def answers_context(looking: Visit, launch: Launch, asked: Asked) -> dict[str, Any]:
    """Return the temporary answers as they were asked for, in groups of a scenario."""
    known = afterwards.decided(looking.session, launch.id)
    every = afterwards.temporary(looking.session, launch.id, at=looking.at)
    left = Counter(_group(each) for each in every if each.entry_id not in known)
    show = asked.show if asked.show in dict(SHOWS) else "undecided" if left else "all"
    found = [each for each in every if _is_shown(each, known, show, asked.words)]
    found.sort(key=lambda each: (_title(each), each.entry_id in known, each.entry.key))
    pages = max(1, -(-len(found) // PAGE))
    here = min(max(1, asked.page), pages)
    first = (here - 1) * PAGE
    return {
        "total": len(every),
        "undecided": left.total(),
        "show": show,
        "page": here,
        "words": asked.words,
        "tabs": _tabs(launch, asked, show, len(every), left.total()),
        "groups": _groups(launch, found[first : first + PAGE], known, left),
        "pager": {
            "total": len(found),
            "first": first + 1,
            "last": min(first + PAGE, len(found)),
            "previous_href": _page(launch, asked, show, here - 1) if here > 1 else None,
            "next_href": _page(launch, asked, show, here + 1) if here < pages else None,
        },
    }


def _page(launch: Launch, asked: Asked, show: str, page: int) -> str:
    return address_of(launch, Asked(show, page, asked.words))


def _tabs(
    launch: Launch, asked: Asked, show: str, total: int, undecided: int
) -> list[dict[str, Any]]:
    counts = {"undecided": undecided, "decided": total - undecided, "all": total}
    return [
        {
            "title": title,
            "count": counts[name],
            "href": _page(launch, asked, name, 1),
            "current": name == show,
        }
        for name, title in SHOWS
    ]


def _is_shown(version: EntryVersion, known: dict[int, Afterwards], show: str, words: str) -> bool:
    is_decided = version.entry_id in known
    is_wanted = show == "all" or (show == "decided") is is_decided
    return is_wanted and words.casefold().strip() in version.question.casefold()


def _group(version: EntryVersion) -> int:
    return version.entry.scenario_id or 0


def _title(version: EntryVersion) -> str:
    scenario = version.entry.scenario
    return scenario.title if scenario else NO_SCENARIO


def _groups(
    launch: Launch,
    here: Sequence[EntryVersion],
    known: dict[int, Afterwards],
    left: Counter[int],
) -> list[dict[str, Any]]:
    """Return what one page shows; ``left`` counts what is undecided on all of them."""
    groups: dict[int, dict[str, Any]] = {}
    for version in here:
        key = _group(version)
        group = groups.setdefault(
            key, {"id": key, "title": _title(version), "left": left[key], "answers": []}
        )
        group["answers"].append(_answer(launch, version, known.get(version.entry_id)))
    return list(groups.values())


def _answer(launch: Launch, version: EntryVersion, said: Afterwards | None) -> dict[str, Any]:
    return {
        "id": version.entry_id,
        "title": version.question,
        "href": f"/library/{launch.key}/entries/{version.entry.key}",
        "becomes": BECOMES_WORDS[Becomes(said.becomes)] if said else None,
        "by": said.decided_by.name if said else None,
        "at": said.decided_at if said else None,
        "note": said.note if said else "",
    }
