"""What the library's lists are narrowed to and ordered by: from an address to menus and back."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Query
from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.ground.people import Person
from assistant.launch import scenarios
from assistant.launch.launches import Launch
from assistant.library.facets import FACETS, Cell, choices
from assistant.library.listing import SORTS, Filters

KINDS = {"response": "Responses", "faq": "FAQs"}
VERDICTS = {
    "expected": "Expected",
    "known-issue": "Known issue",
    "not-expected": "Not expected",
    "information": "Information",
}
ORDERS = {
    "asked": "Most asked first",
    "changed": "Changed last first",
    "question": "Question, A to Z",
    "expiry": "Ends first",
}
LABELS = {"kind": "Kind", "verdict": "Verdict", "scenario": "Scenario", "owner": "Owner"}
NO_ID = -1  # what an owner's number that is none finds: nothing

Asked = Annotated[str, Query(max_length=200)]


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What somebody asked to see, as it stands in the address; blank is whatever."""

    kind: Asked = ""
    verdict: Asked = ""
    scenario: Asked = ""  # its key; "-" for entries without one
    owner: Asked = ""  # the number of a person; 0 for nobody
    sort: Asked = ""

    @property
    def is_any(self) -> bool:
        """Return whether it leaves anything out; an order alone does not."""
        return any(getattr(self, facet) for facet in FACETS)

    def filters(self, q: str) -> Filters:
        """Return it as the lists take it; what nothing has finds nothing."""
        is_number = re.fullmatch("[0-9]{1,9}", self.owner)
        return Filters(
            q=q,
            kind=_sayable(self.kind),
            verdict=_sayable(self.verdict),
            scenario=_sayable(self.scenario),
            owner=None if not self.owner else int(self.owner) if is_number else NO_ID,
        )

    def order(self, usual: str) -> str:
        """Return how to sort; the ``usual`` way when nothing known is asked for."""
        return self.sort if self.sort in SORTS else usual

    def given(self, **instead: str) -> dict[str, str]:
        """Return it for an address, with something else ``instead``, and without what is blank."""
        asked = {name: getattr(self, name) for name in (*FACETS, "sort")} | instead
        return {name: value for name, value in asked.items() if value}


def _sayable(value: str) -> str:
    """Return a value without what no PostgreSQL text can hold; it finds as little as before."""
    return value.replace("\0", "\ufffd")


@dataclass(frozen=True, slots=True)
class Place:
    """One list of the library as it is looked at: the beginning of every address on its page."""

    launch: str
    tab: str
    q: str
    narrowed: Narrowed

    def href(self, **instead: str) -> str:
        """Return the address of this list with one thing chosen otherwise; its first page."""
        where = {"launch": self.launch, "tab": self.tab} | ({"q": self.q} if self.q else {})
        return f"/library?{urlencode({**where, **self.narrowed.given(**instead)})}"


def menus(
    session: Session, launch: Launch, place: Place, among: list[Cell], me: Person
) -> list[dict[str, Any]]:
    """Return one menu for each facet: what can be chosen, how many that leaves, what is chosen."""
    words = _words(session, launch, among, me)
    chosen = place.narrowed.filters(place.q)
    return [_menu(facet, place, words[facet], choices(among, chosen, facet)) for facet in FACETS]


def orders(place: Place, usual: str) -> dict[str, Any]:
    """Return the menu of orders; the usual one needs no word in the address."""
    now = place.narrowed.order(usual)
    options = [
        _option(words, place.href(sort="" if key == usual else key), None, key == now)
        for key, words in ORDERS.items()
    ]
    return {"name": "sort", "label": "Order", "chosen": ORDERS[now], "options": options}


def _menu(
    facet: str, place: Place, words: Mapping[str, str], numbers: Mapping[str | int, int]
) -> dict[str, Any]:
    value = getattr(place.narrowed, facet)
    found = {str(key): number for key, number in numbers.items()}
    options = [
        _option(each, place.href(**{facet: key}), found.get(key, 0), key == value)
        for key, each in words.items()
    ]
    return {
        "name": facet,
        "label": LABELS[facet],
        "chosen": words.get(value, "something else") if value else "",
        "let_go_href": place.href(**{facet: ""}),
        "options": options,
    }


def _option(words: str, href: str, count: int | None, is_current: bool) -> dict[str, Any]:
    return {"words": words, "href": href, "count": count, "current": is_current}


def _words(
    session: Session, launch: Launch, among: list[Cell], me: Person
) -> dict[str, dict[str, str]]:
    """Return what can be chosen of each facet, in words, in the order of the menus."""
    there = scenarios.of_launch(session, launch.id)
    titles = {key: each.title for key, each in sorted(there.items(), key=lambda one: one[1].title)}
    return {
        "kind": KINDS,
        "verdict": VERDICTS,
        "scenario": {**titles, "-": "Without a scenario"},
        "owner": _owners(session, among, me),
    }


def _owners(session: Session, among: list[Cell], me: Person) -> dict[str, str]:
    """Return who owns something here: oneself first, nobody last."""
    ids = {cell.owner for cell in among}
    named = select(Person.id, Person.name).where(Person.id.in_(ids - {0, me.id}))
    found = session.execute(named.order_by(Person.name)) if ids - {0, me.id} else ()
    others = {str(number): name for number, name in found}
    nobody = {"0": "Nobody"} if 0 in ids else {}
    return {str(me.id): "You", **others, **nobody}
