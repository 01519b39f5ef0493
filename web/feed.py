"""Updates as feeds for readers and other programs: Atom (RFC 4287) and RSS 2.0."""

import re
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree

from assistant.launch.launches import Launch
from assistant.launch.updates import Update
from web.rendering import iso

ATOM = "http://www.w3.org/2005/Atom"
# What XML 1.0 has no way to write, not even escaped; one such character breaks the whole feed.
UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def atom(launch: Launch, told: Sequence[Update], *, address: str) -> bytes:
    """Return the launch's updates as a feed, newest first; ``address`` is where we are reached."""
    page = f"{address}/updates/{launch.key}"
    newest = max((_changed_at(update) for update in told), default=launch.prepared_at)
    feed = ElementTree.Element("feed", {"xmlns": ATOM, "xml:lang": "en"})
    _head(feed, f"{launch.name}: updates", _lasting_id(launch), newest)
    _link(feed, "self", f"{page}/feed.xml", "application/atom+xml")
    _link(feed, "alternate", page, "text/html")
    _text(ElementTree.SubElement(feed, "author"), "name", launch.name)
    for update in told:
        entry = ElementTree.SubElement(feed, "entry")
        _head(entry, _title(update), _lasting_id(launch, update.id), _changed_at(update))
        _link(entry, "alternate", f"{page}#update-{update.id}", "text/html")
        _text(entry, "published", iso(update.published_at))
        _text(entry, "content", _content(update))
    xml: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return xml


def rss(launch: Launch, told: Sequence[Update], *, address: str) -> bytes:
    """Return the same as RSS 2.0, for readers that know no Atom."""
    page = f"{address}/updates/{launch.key}"
    feed = ElementTree.Element("rss", {"version": "2.0", "xmlns:atom": ATOM})
    channel = ElementTree.SubElement(feed, "channel")
    _text(channel, "title", f"{launch.name}: updates")
    _text(channel, "link", page)
    _text(channel, "description", f"What everybody is told about {launch.name}.")
    _text(channel, "language", "en")
    itself = {"rel": "self", "href": f"{page}/rss.xml", "type": "application/rss+xml"}
    ElementTree.SubElement(channel, "atom:link", itself)
    for update in told:
        item = ElementTree.SubElement(channel, "item")
        _text(item, "title", _title(update))
        _text(item, "link", f"{page}#update-{update.id}")
        lasting = ElementTree.SubElement(item, "guid", {"isPermaLink": "false"})
        lasting.text = _lasting_id(launch, update.id)
        _text(item, "pubDate", format_datetime(update.published_at))
        _text(item, "description", _content(update))
    xml: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return xml


def _head(parent: ElementTree.Element, title: str, lasting_id: str, updated: datetime) -> None:
    _text(parent, "title", title)
    _text(parent, "id", lasting_id)
    _text(parent, "updated", iso(updated))


def _lasting_id(launch: Launch, update_id: int = 0) -> str:
    """Return an id that stays when the product moves to another address."""
    name = f"hypercare {launch.key} {iso(launch.prepared_at)} {update_id}"
    return f"urn:uuid:{uuid5(NAMESPACE_URL, name)}"


TAKEN_BACK = "We took this back: it does not hold any more."


def _changed_at(update: Update) -> datetime:
    return update.taken_back_at or update.published_at


def _title(update: Update) -> str:
    return f"Taken back: {update.headline}" if update.taken_back_at else update.headline


def _content(update: Update) -> str:
    if update.taken_back_at:
        return TAKEN_BACK
    said = (
        *((("Corrects", update.corrects.title),) if update.corrects else ()),
        ("Is it expected?", update.expected),
        ("What to do now", update.what_to_do),
        ("Next update", update.next_update),
    )
    return "\n\n".join(f"{title}\n{words}" for title, words in said)


def _link(parent: ElementTree.Element, rel: str, href: str, kind: str) -> None:
    ElementTree.SubElement(parent, "link", {"rel": rel, "href": href, "type": kind})


def _text(parent: ElementTree.Element, name: str, words: str) -> None:
    ElementTree.SubElement(parent, name).text = UNWRITABLE.sub("\ufffd", words)
