"""The public pages from their nouns: what the templates in public/ show."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from assistant.desk.said_and_did import SaidAndDid
from assistant.launch.from_template import written_in_templates
from assistant.launch.launches import Launch
from assistant.launch.scenarios import Category
from assistant.launch.updates import Update
from assistant.library import help_page
from assistant.library.versions import EntryVersion
from assistant.library.wording import Kind, Verdict

RELATED = 3  # answers named under one
PREVIEW = 160  # characters of an answer under its question
CATEGORY_WORDS = {
    Category.ACCESS: "Signing in and access",
    Category.BILLING: "Prices and billing",
    Category.CORE_WORKFLOW: "Everyday use",
    Category.COSMETIC: "Looks and wording",
    None: "More questions",
}


def help_context(
    launch: Launch,
    versions: Sequence[EntryVersion],
    update: Update | None,
    *,
    q: str,
    found: Sequence[str] | None,
) -> dict[str, Any]:
    """Return what public/help.html shows; ``found`` are the keys that a search names, in order."""
    by_key = {version.entry.key: version for version in versions}
    listed = versions if found is None else [by_key[key] for key in found if key in by_key]
    return {
        "launch": {
            **_named(launch),
            "changed": _changed(launch),
            "expect": [],
            "for_whom": "",
        },
        "update": pinned(launch, update) if update else None,
        "q": q,
        "found": None if found is None else len(listed),
        "categories": _categories(launch, listed, is_ranked=found is not None),
    }


def _changed(launch: Launch) -> list[str]:
    """Return what changed as the launch's people wrote it; a template's words are for them only."""
    titles = (str(area["title"]) for area in launch.scope)
    return [title for title in titles if title not in written_in_templates()]


def entry_context(
    launch: Launch,
    version: EntryVersion,
    near: Sequence[str],
    others: Sequence[EntryVersion],
    *,
    voted: str | None,
) -> dict[str, Any]:
    """Return what public/help_entry.html shows; ``near`` are keys among ``others``, in order."""
    by_key = {one.entry.key: one for one in others}
    related = [by_key[key] for key in near if key in by_key][:RELATED]
    return {
        "launch": _named(launch),
        "entry": {
            "key": version.entry.key,
            "question": version.question,
            "version": version.number,
            "approved_at": version.approved_at,
            "applies_when": continued(version.applies_when) or None,
            "audience": None,
            "category_title": CATEGORY_WORDS[help_page.category_of(version)],
        },
        "answer": answer(version),
        "csrf": "",  # nobody is signed in here; the form is known by where it came from
        "voted": None if voted is None else voted == "yes",
        "related": [
            {"href": _href(launch, one), "question": one.question, "verdict": _verdict(one)}
            for one in related
        ],
    }


def updates_context(
    launch: Launch,
    told: Sequence[Update],
    answers: Sequence[SaidAndDid],
    at: datetime,
    *,
    by_mail: bool,
) -> dict[str, Any]:
    """Return what public/updates.html shows; ``told`` newest first."""
    newest = next((update for update in told if update.taken_back_at is None), None)
    corrected = corrections(told)
    return {
        "launch": _named(launch),
        "state": state(launch, newest, at),
        "updates": [
            {
                "id": update.id,
                "title": update.title,
                "expected": update.expected,
                "what_to_do": update.what_to_do,
                "next_update": update.next_update,
                "published_at": update.published_at,
                "current": update is newest,
                "taken_back_at": update.taken_back_at,
                "corrects": _linked(update.corrects),
                "corrected_by": _linked(corrected.get(update.id)),
            }
            for update in told
        ],
        "answers": [{"said": each.said, "did": each.did} for each in answers],
        "rss_href": f"/updates/{launch.key}/rss.xml",
        "feed_href": f"/updates/{launch.key}/feed.xml",
        "csrf": "",  # nobody is signed in here; the form is known by where it came from
        "subscribe_action": f"/updates/{launch.key}/subscription" if by_mail else "",
    }


def answer(version: EntryVersion) -> dict[str, Any]:
    """Return one version as ``ui.answer`` shows it."""
    names = ("why_now", "what_to_do", "safe_to_continue", "next_update", "answer")
    parts = {name: getattr(version, name).strip() or None for name in names}
    return {"verdict": _verdict(version), "title": version.question, **parts}


def _named(launch: Launch) -> dict[str, Any]:
    return {"key": launch.key, "name": launch.name}


def _href(launch: Launch, version: EntryVersion) -> str:
    return f"/help/{launch.key}/{version.entry.key}"


def continued(words: str) -> str:
    """Return a sentence as it goes on after a comma: ``The plan …`` becomes ``the plan …``."""
    is_plain_word = words[1:2].islower()
    return words[:1].lower() + words[1:] if is_plain_word else words


def _verdict(version: EntryVersion) -> str | None:
    """A question that was always there is neither expected nor not: its verdict says nothing."""
    is_plain = version.entry.kind == Kind.FAQ and version.verdict == Verdict.INFORMATION
    return None if is_plain else version.verdict


def _categories(
    launch: Launch, listed: Sequence[EntryVersion], *, is_ranked: bool
) -> list[dict[str, Any]]:
    """Group what is listed; a search keeps its order, else the gravest part of life comes first."""
    groups: dict[Category | None, list[dict[str, Any]]] = {}
    for version in listed:
        groups.setdefault(help_page.category_of(version), []).append(_listed(launch, version))
    order = list(groups) if is_ranked else [part for part in CATEGORY_WORDS if part in groups]
    return [
        {"key": part or "more", "title": CATEGORY_WORDS[part], "entries": groups[part]}
        for part in order
    ]


def _listed(launch: Launch, version: EntryVersion) -> dict[str, Any]:
    scenario = version.entry.scenario
    return {
        "key": version.entry.key,
        "href": _href(launch, version),
        "question": version.question,
        "preview": _preview(version),
        "verdict": _verdict(version),
        "scenario": scenario.title if scenario else None,
        "words": " ".join((*version.ways(), version.text)).lower(),
    }


def _preview(version: EntryVersion) -> str:
    line = " ".join((version.answer or version.why_now or version.text).split())
    return line if len(line) <= PREVIEW else f"{line[:PREVIEW].rsplit(' ', 1)[0]}…"


def pinned(launch: Launch, update: Update) -> dict[str, Any]:
    """Return what the help page says above everything else."""
    return {
        "title": update.headline,
        "expected": update.expected,
        "what_to_do": update.what_to_do,
        "next_update": update.next_update,
        "next_update_at": update.next_update_at,
        "href": f"/updates/{launch.key}#update-{update.id}",
    }


def corrections(told: Sequence[Update]) -> dict[int, Update]:
    """Return, by the id of what was wrong, what corrects it and holds; ``told`` newest first."""
    holds = (each for each in told if each.taken_back_at is None)
    newest_last = reversed([each for each in holds if each.corrects_id])
    return {each.corrects_id: each for each in newest_last if each.corrects_id}


def _linked(update: Update | None) -> dict[str, Any] | None:
    return {"id": update.id, "title": update.title} if update else None


def state(launch: Launch, newest: Update | None, at: datetime) -> dict[str, Any]:
    """Return how things stand, in one line."""
    if newest is None:
        words = "Nothing has been announced yet."
        return {"tone": "info", "words": words, "next_update": None, "next_update_at": None}
    if launch.phase == "closed":
        words = f"{launch.name} is over. The last word was: {newest.headline}"
        return {"tone": "good", "words": words, "next_update": None, "next_update_at": None}
    is_late = newest.next_update_at is not None and newest.next_update_at <= at
    return {
        "tone": "warn" if is_late else "info",
        "words": f"{newest.headline}. The next update is late." if is_late else newest.headline,
        "next_update": newest.next_update,
        "next_update_at": newest.next_update_at,
    }
