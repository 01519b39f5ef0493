"""What stands beside the words while somebody types: how they look, how they read, who is near."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from assistant.answering.neighbours import Near, Written
from assistant.desk.conversations import EVERYONE, Conversation
from assistant.desk.messages import Message, Said
from assistant.ground.readable import is_readable
from assistant.integrations import letter_words
from assistant.launch.launches import Launch
from assistant.launch.scenarios import Category, Scenario
from assistant.library import launch_values, placeholders, variants
from assistant.library.placeholders import PLACEHOLDERS, filled_in
from assistant.library.plain_language import Hint, hints
from assistant.library.wording import Kind, Parts, Verdict, composed, promised
from web.entry_form import REQUIRED, turned, typed_parts, typed_values
from web.entry_language import reads_otherwise
from web.entry_owner import unowned
from web.public_pages import CATEGORY_WORDS, continued
from web.shown import html_of

PART_TITLES = {
    "question": "Question",
    "phrasings": "Other ways people ask it",
    "not_for": "Not answered by it",
    "applies_when": "Applies when",
    "safe_to_continue": "Can they continue safely",
    "verdict": "Verdict",
    "why_now": "Why it appears now",
    "what_to_do": "What to do",
    "next_update": "Next update",
    "answer": "Answer",
}
HIDDEN = "An invisible character turns the order of letters. Saving takes it out."
LINK = "https://…"  # stands for the customer's own link, which only their mail holds


def beside(
    session: Session,
    launch: Launch,
    kind: Kind,
    fields: Mapping[str, str],
    *,
    scenario: Scenario | None,
    at: datetime,
    near: Sequence[Near] | None = None,
) -> dict[str, Any]:
    """Return what library/_beside.html shows of the typed ``fields``.

    ``near`` are the live entries close to it; None while nobody has looked.
    """
    of_launch = launch_values.of_launch(session, launch.id)
    values = {**of_launch, **typed_values(fields, launch.zone)[0]}
    read = as_read(fields, values, launch)
    parts = parts_of(read, kind)
    language = variants.language(fields["locale"])
    return {
        "missing": [
            *missing(fields, kind),
            *_holes(fields, values),
            *_turned(fields),
            *_owner(kind, fields, scenario),
        ],
        "placeholders": _placeholders(fields, of_launch, values, launch),
        "preview": typed_parts(read, kind),
        "card": card(read, parts, at),
        "mail": mail(read, parts, launch, at),
        "help": _help(read, kind, scenario, launch),
        "reading": [
            {"ok": hint.ok, "words": hint.words, "at": hint.at}
            for hint in (
                *_language(fields["locale"], read),
                *hints(parts, is_english=language in ("", "en")),
            )
        ],
        "near": None if near is None else [_near(launch, one) for one in near],
    }


def _language(locale: str, read: Mapping[str, str]) -> list[Hint]:
    names = ("question", "answer", "why_now", "what_to_do", "safe_to_continue")
    words = reads_otherwise(locale, [read[name] for name in names])
    return [Hint(False, words)] if words else []


def as_read(fields: Mapping[str, str], values: Mapping[str, str], launch: Launch) -> dict[str, str]:
    """Return the fields with placeholders filled in and a promised time in words."""
    read = {
        name: filled_in(text, values, launch.zone, fields["locale"])
        if name in placeholders.PARTS
        else text
        for name, text in fields.items()
    }
    return read | {"next_update": promised(read["next_update"], launch.zone)[0]}


def parts_of(read: Mapping[str, str], kind: Kind) -> Parts:
    """Return the message that fields hold once they are filled in."""
    names = ("why_now", "what_to_do", "safe_to_continue", "next_update", "answer")
    is_faq = kind is Kind.FAQ
    known = read["verdict"] in list(Verdict) and not is_faq
    return Parts(
        kind=kind,
        verdict=read["verdict"] if known else Verdict.INFORMATION,
        **{name: read[name].strip() for name in names},
    )


def missing(fields: Mapping[str, str], kind: Kind) -> list[dict[str, str]]:
    """Return the required parts that are blank, each with its field and what to write."""
    needed = dict(REQUIRED[kind])
    if kind is Kind.RESPONSE:
        needed = {"verdict": "Choose what customers read first.", **needed}
    needed = {"question": "Write what customers ask.", **needed}
    return [
        {"field": name, "words": words, "title": PART_TITLES[name]}
        for name, words in needed.items()
        if not is_readable(fields[name])
    ]


def _turned(fields: Mapping[str, str]) -> list[dict[str, str]]:
    return [
        {"field": name, "words": HIDDEN, "title": PART_TITLES[name]}
        for name in turned(fields)
        if name in PART_TITLES
    ]


def _holes(fields: Mapping[str, str], values: Mapping[str, str]) -> list[dict[str, str]]:
    wrong = placeholders.problems(fields, values, submitting=True)
    return [
        {"field": name, "words": words, "title": PART_TITLES[name]} for name, words in wrong.items()
    ]


def _owner(
    kind: Kind, fields: Mapping[str, str], scenario: Scenario | None
) -> list[dict[str, str]]:
    words = unowned(kind, fields, scenario)
    return [{"field": "entry-owner", "words": words, "title": "Owner"}] if words else []


def written_of(
    read: Mapping[str, str], kind: Kind, *, key: str, kin: frozenset[str] = frozenset()
) -> Written:
    """Return what is typed, as far as others can be near to it."""
    parts = parts_of(read, kind)
    ways = (read["question"], *read["phrasings"].splitlines())
    return Written([way.strip() for way in ways], composed(parts), parts.verdict, key, kin)


def card(read: Mapping[str, str], parts: Parts, at: datetime) -> dict[str, Any]:
    """Return the answer as the API hands it to the widget, which draws its card from it."""
    text = composed(parts)
    names = ("answer", "why_now", "what_to_do", "safe_to_continue", "next_update")
    return {
        "entry": "preview",
        "version": 1,
        "title": read["question"],
        "verdict": parts.verdict,
        "text": text,
        "html": html_of(text),
        "approved_at": at.isoformat(),
        "recalled_at": None,
        "parts": {"verdict": parts.verdict, **{name: getattr(parts, name) for name in names}},
    }


def mail(read: Mapping[str, str], parts: Parts, launch: Launch, at: datetime) -> dict[str, str]:
    """Return the letter that would carry the answer, by the words of every letter."""
    told = Message(kind=Said.ANSWER, text=composed(parts))
    words = letter_words.telling([told], Conversation(tickets=[]), titles={}, link=LINK, at=at)
    subject = letter_words.subject(read["question"].strip(), launch=launch.name, number="")
    return {"subject": subject, "text": words}


def _help(
    read: Mapping[str, str], kind: Kind, scenario: Scenario | None, launch: Launch
) -> dict[str, Any]:
    parts = typed_parts(dict(read), kind)
    verdict = None if parts["verdict"] == Verdict.INFORMATION else parts["verdict"]
    return {
        "is_listed": read["audience"].strip() in ("", EVERYONE),
        "entry": {
            "question": read["question"] or "The customer’s question",
            "applies_when": continued(read["applies_when"].strip()) or None,
            "audience": None,
            "category_title": CATEGORY_WORDS[Category(scenario.category) if scenario else None],
        },
        "answer": {**parts, "verdict": verdict},
        "launch": {"key": launch.key},
    }


def _placeholders(
    fields: Mapping[str, str], of_launch: Mapping[str, str], values: Mapping[str, str], at: Launch
) -> list[dict[str, Any]]:
    """Return every placeholder with what it stands for here, those in use first."""
    used = {name for part in placeholders.PARTS for name in placeholders.used(fields[part])}
    wrong = typed_values(fields, at.zone)[1]

    def said(stored: Mapping[str, str], name: str) -> str:
        value = stored.get(name)
        return placeholders.in_words(name, value, at.zone, fields["locale"]) if value else ""

    found = [
        {
            "name": each.name,
            "sort": each.sort.value,
            "means": each.means,
            "value": said(values, each.name),
            "of_launch": said(of_launch, each.name),
            "used": each.name in used,
            "problem": wrong.get(f"value_{each.name}", ""),
        }
        for each in PLACEHOLDERS.values()
    ]
    return sorted(found, key=lambda one: not one["used"])


def _near(launch: Launch, one: Near) -> dict[str, Any]:
    return {
        "href": f"/library/{launch.key}/entries/{one.key}",
        "question": one.question,
        "how_near": one.how_near,
        "is_same": one.is_same,
        "ours": one.by[0],
        "theirs": one.by[1],
        "contradiction": one.contradiction,
    }
