"""Every place in which an update appears, and what each of them shows: asked, not assumed.

Each place is rendered by the very function that renders it for customers, and what it would show
is read out of that. So a place that lags or says something else is seen here.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

from sqlalchemy.orm import Session

from assistant.desk import mailed_updates
from assistant.ground.parts import Parts
from assistant.integrations import letter_words
from assistant.launch.launches import Launch
from assistant.launch.updates import Update
from web import feed, public_pages, shown
from web.notice_snippet import notice, script_tag

ATOM = f"{{{feed.ATOM}}}"
JSON = ".json"


def touchpoints(
    parts: Parts, session: Session, launch: Launch, told: Sequence[Update], at: datetime
) -> list[dict[str, Any]]:
    """Return each place: {name, shows, is_current, href, note, snippet}; ``told`` newest first."""
    newest = told[0] if told else None
    wanted = newest.headline if newest else ""
    places = _said_by_each(parts, launch, told, at)
    rows = [
        {
            "name": name,
            "shows": words,
            "is_current": _matches(words, wanted),
            "href": href,
            "note": note,
            "snippet": script_tag(launch, parts.settings.address) if href.endswith(JSON) else "",
        }
        for name, words, href, note in places
    ]
    return [*rows, _mail(parts, session, launch, newest, at)]


def _matches(words: str, wanted: str) -> bool:
    return bool(wanted) and " ".join(wanted.split()) in " ".join(words.split())


def _said_by_each(
    parts: Parts, launch: Launch, told: Sequence[Update], at: datetime
) -> list[tuple[str, str, str, str]]:
    newest, address = (told[0] if told else None), parts.settings.address
    snippet = notice(launch, newest, at=at, address=address)["update"]
    site = f"{len(launch.sites)} allowed sites" if len(launch.sites) != 1 else launch.sites[0]
    return [
        ("Widget, pinned", shown.update(newest)["title"] if newest else "", _widget(launch), site),
        (
            "Notice in the product",
            snippet["title"] if snippet else "",
            f"/widget/{launch.key}/notice.json",
            "",
        ),
        (
            "Help page, on top",
            public_pages.pinned(launch, newest)["title"] if newest else "",
            f"/help/{launch.key}",
            "",
        ),
        (
            "Status page",
            public_pages.state(launch, newest, at)["words"],
            f"/updates/{launch.key}",
            "",
        ),
        (
            "Atom feed",
            _first(feed.atom(launch, told, address=address), f"{ATOM}entry/{ATOM}title"),
            f"/updates/{launch.key}/feed.xml",
            "",
        ),
        (
            "RSS feed",
            _first(feed.rss(launch, told, address=address), "channel/item/title"),
            f"/updates/{launch.key}/rss.xml",
            "",
        ),
    ]


def _widget(launch: Launch) -> str:
    return f"/widget/{launch.key}"


def _first(xml: bytes, path: str) -> str:
    # Our own feed, made a moment ago.
    return ElementTree.fromstring(xml).findtext(path) or ""  # noqa: S314


def _mail(
    parts: Parts, session: Session, launch: Launch, newest: Update | None, at: datetime
) -> dict[str, Any]:
    row: dict[str, Any] = {"name": "E-mail to subscribers", "href": "", "is_current": False}
    row["snippet"] = ""
    if not parts.settings.sends_mail:
        return {**row, "shows": "", "note": "No mail server is set up, so none is sent."}
    if newest is None:
        return {**row, "shows": "", "note": "Nothing to send yet."}
    counts = mailed_updates.counts(session, newest, at=at)
    words = f"{counts.sent:,} sent, {counts.waiting:,} waiting, {counts.failed:,} failed"
    is_done = counts.waiting == 0 and counts.failed == 0
    return {**row, "shows": newest.headline, "is_current": is_done, "note": words}


def previews(
    parts: Parts,
    session: Session,
    launch: Launch,
    draft: Update,
    told: Sequence[Update],
    at: datetime,
) -> dict[str, Any]:
    """Return what every place would show if ``draft`` were published now."""
    together, address = [draft, *told], parts.settings.address
    page = f"{address}/updates/{launch.key}"
    return {
        "widget": shown.update(draft),
        "notice": notice(launch, draft, at=at, address=address)["update"],
        "help": {**public_pages.pinned(launch, draft), "href": f"/updates/{launch.key}"},
        "state": public_pages.state(launch, draft, at),
        "atom": _first(feed.atom(launch, together, address=address), f"{ATOM}entry/{ATOM}content"),
        "headline": draft.headline,
        "mail": letter_words.updating(draft, address=page, leave=f"{page} (one link for each)"),
        "subject": f"{launch.name}: {draft.headline}",
        "readers": mailed_updates.readers(session, launch.id) if parts.settings.sends_mail else 0,
    }
