"""The updates page from its nouns: what was told, whether promises were kept, every place."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from assistant.desk import update_alarms
from assistant.ground.database import canonical, sha256
from assistant.ground.errors import Refused
from assistant.ground.people import Role
from assistant.ground.readable import is_readable
from assistant.launch import updates
from assistant.launch.daily_updates import rule_of
from assistant.launch.launches import Launch
from assistant.launch.updates import BLANKS, Update
from assistant.reports import effects
from assistant.reports.effects import SEEN_WORDS, Effect, OfUpdate
from assistant.reports.told import kept_words
from web.launch_pages import clock_of
from web.public_pages import corrections
from web.shell import Visit
from web.touchpoints import previews, touchpoints

LONGEST = 4_000  # characters of one field that everybody reads
CORRECTABLE = 20  # newest updates that one may say to correct


@dataclass(frozen=True, slots=True)
class Announcement:
    """What somebody typed into the form for an update, as they typed it."""

    title: str = ""
    expected: str = ""
    what_to_do: str = ""
    next_update_at: str = ""
    next_update: str = ""
    corrects: int = 0


@dataclass(frozen=True, slots=True)
class TakingBack:
    """Why an update was to be taken back, as typed, and why that was not done."""

    update: int
    because: str
    problem: str


class Crossed(Refused):
    """Another update was published while this one was being written."""


def updates_context(
    looking: Visit,
    launch: Launch,
    said: Announcement,
    problems: Mapping[str, str],
    *,
    key: str = "",
    preview: Update | None = None,
    back: TakingBack | None = None,
) -> dict[str, Any]:
    """Return what launch/updates.html shows. ``key`` is that of the form that was sent."""
    session, at = looking.session, looking.at
    every = updates.history(session, launch.id, at=at)
    told = [update for update in every if update.taken_back_at is None]
    kept = kept_words(told)
    corrected = corrections(every)
    rule = rule_of(session, launch.id)
    did = effects.of_updates(session, launch, every, at=at)
    newest = told[0] if told else None
    return {
        "launch": {"key": launch.key, "name": launch.name},
        "updates": [
            {
                **_said(update),
                "clock": clock_of(update, launch, at) if update is newest else None,
                "current": update is newest,
                "reached": kept.get(update.id, ""),
                "effect": _effect(did.get(update.id)),
                "corrects": _linked(update.corrects),
                "corrected_by": _linked(corrected.get(update.id)),
                "taken_back": _taken_back(update),
                "back": asdict(back) if back and back.update == update.id else NOT_TAKEN_BACK,
            }
            for update in every
        ],
        "form": asdict(said),
        "form_key": key or secrets.token_urlsafe(16),
        "seen": seen_of(preview) if preview else "",
        "newest": newest.id if newest else 0,
        "problems": problems,
        "correctable": [{"id": one.id, "title": one.title} for one in every[:CORRECTABLE]],
        "may": {"publish": looking.by.is_any(Role.CHANGE_MANAGER, Role.LEAD)},
        "alarms": [alarm.words for alarm in update_alarms.pressing(session, launch, at=at)],
        "daily": {"days": rule.days, "by": rule.by_words},
        "places": touchpoints(looking.parts, session, launch, told, at),
        "previews": previews(looking.parts, session, launch, preview, told, at) if preview else [],
    }


NOT_TAKEN_BACK = {"update": 0, "because": "", "problem": ""}


def _taken_back(update: Update) -> dict[str, Any] | None:
    if update.taken_back_at is None or update.taken_back_by is None:
        return None
    by, because = update.taken_back_by.name, update.taken_back_because
    return {"at": update.taken_back_at, "by": by, "because": because}


def correcting(update: Update) -> Announcement:
    """Return the form that corrects an update: its words, to be put right; the promise is new."""
    return Announcement(
        title=update.title,
        expected=update.expected,
        what_to_do=update.what_to_do,
        corrects=update.id,
    )


def seen_of(update: Update) -> str:
    """Return a hash of what customers would read: who confirms it confirms these very words."""
    due = update.next_update_at
    said = {
        "title": update.headline,
        "expected": update.expected,
        "what_to_do": update.what_to_do,
        "next_update": update.next_update,
        "next_update_at": due.isoformat() if due else "",
        "corrects": update.corrects_id,
    }
    return sha256(canonical(said))


def too_long(said: Announcement) -> dict[str, str]:
    """Return which fields are longer than anybody reads, in words; what was typed stays."""
    long = {name: len(getattr(said, name)) for name in BLANKS}
    return {
        name: f"{size:,} characters are too many; {LONGEST:,} are the most. Say it shorter."
        for name, size in long.items()
        if size > LONGEST
    }


def problems_of(said: Announcement, refusal: Refused) -> dict[str, str]:
    """Return what is wrong with an update, by field: what is blank, else what was refused."""
    blank = {
        name: f"Say {words}."
        for name, words in BLANKS.items()
        if name != "next_update" and not is_readable(getattr(said, name))
    }
    if not said.next_update_at.strip() and not is_readable(said.next_update):
        blank["next_update_at"] = f"Say {BLANKS['next_update']}."
    if long := too_long(said):
        return blank | long
    where = "title" if isinstance(refusal, Crossed) else "next_update_at"
    return blank or {where: f"{refusal.message} {refusal.what_to_do}"}


def _effect(did: OfUpdate | None) -> dict[str, Any] | None:
    """Return contacts before and after as a table; nothing for updates of long ago."""
    if did is None:
        return None
    minutes = round(did.each.total_seconds() / 60)
    return {
        "each": f"{minutes // 60} h {minutes % 60:02d}" if minutes >= 60 else f"{minutes} min",
        "days": did.days,
        "quiet": did.quiet,
        "rows": [
            {
                "title": row.title or "All contacts",
                "before": row.effect.counts.before,
                "after": row.effect.counts.after,
                "usual": f"{row.effect.counts.usual_before:,} → {row.effect.counts.usual_after:,}",
                "ratio": _ratio(row.effect),
                "words": SEEN_WORDS[row.effect.seen],
                "seen": row.effect.seen.value,
            }
            for row in did.rows
        ],
    }


def _ratio(effect: Effect) -> str:
    if effect.ratio is None and effect.high is None and not effect.low:
        return "–"
    high = f"{effect.high:.2f}" if effect.high is not None else "∞"
    begin = "" if effect.ratio is None else f"×{effect.ratio:.2f}, "
    return f"{begin}{effect.low:.2f} to {high}"


def _linked(update: Update | None) -> dict[str, Any] | None:
    return {"id": update.id, "title": update.title} if update else None


def _said(update: Update) -> dict[str, Any]:
    return {
        "id": update.id,
        "title": update.title,
        "expected": update.expected,
        "what_to_do": update.what_to_do,
        "next_update": update.next_update,
        "next_update_at": update.next_update_at,
        "published_at": update.published_at,
        "by": update.published_by.name if update.published_by else "the launch pack",
    }
