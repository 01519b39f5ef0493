"""A decision about an entry that cannot be carried out: its page again, with why and what to do.

Where somebody else was quicker it is the page as it is now, and what differs from what was read.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from fastapi.responses import HTMLResponse

from assistant.ground.errors import Declined, Refused
from assistant.library import entries
from web.access import this_launch
from web.entry_pages import entry_page
from web.entry_ways import read
from web.refusals import ChangedMeanwhile
from web.shell import visit

if TYPE_CHECKING:
    from web.entry_deciding import Acting

P = ParamSpec("P")
R = TypeVar("R")

NOT_NOW = "That is not possible now."
DIALOGS = {  # by the end of the address: which of the page's dialogs asks for it
    "approval": "approve",
    "changes": "changes",
    "rejection": "reject",
    "retirement": "retire",
    "merging": "merge",
    "splitting": "split",
    "extension": "extend",
    "owner": "owner",
}


def on_its_page(handler: Callable[P, R]) -> Callable[P, R | HTMLResponse]:
    """Let what ``handler`` declines stand on the entry's page, not on one of its own.

    A program that asks for no page is told as everywhere.
    """

    @wraps(handler)
    def kept(*args: P.args, **typed: P.kwargs) -> R | HTMLResponse:
        try:
            return handler(*args, **typed)
        except (Refused, ChangedMeanwhile) as why:
            acting: Any = typed.get("deciding") or typed.get("acting")
            if "text/html" not in acting.request.headers.get("accept", ""):
                raise
            return _shown_again(acting, why, typed)

    return kept


def _shown_again(acting: "Acting", why: Declined, typed: Mapping[str, Any]) -> HTMLResponse:
    with acting.parts.db.reading() as session:
        staff = visit(acting.request, acting.parts, acting.me, session)
        within = this_launch(session, staff.by, acting.launch)
        entry = entries.by_key(session, within.id, acting.key)
        context = entry_page(staff, within, entry)
        context["declined"] = {
            "title": f"{why.title}." if isinstance(why, ChangedMeanwhile) else NOT_NOW,
            "words": why.message,
            "what_to_do": why.what_to_do,
            "dialog": DIALOGS.get(acting.request.url.path.rpartition("/")[2], ""),
            "typed": {n: said for n, said in typed.items() if isinstance(said, str | list | bool)},
            "differences": _differences(str(typed.get("read") or ""), read(entry.newest)),
        }
        return staff.page("library/entry.html", "library", within, context, status=why.status)


def _differences(before: str, now: str) -> list[dict[str, str]]:
    """Return the lines that came or went since somebody read it, beside each other."""
    if not before or before.split() == now.split():
        return []
    was, there = before.splitlines(), now.splitlines()
    gone, new = ([one for one in a if one not in b] for a, b in ((was, there), (there, was)))
    return [{"before": "\n".join(gone), "now": "\n".join(new)}]
