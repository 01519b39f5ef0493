"""What an approval does, before it is given: the words, whom they reach, and the effect."""

from datetime import datetime
from typing import Any

from assistant.answering import approving
from assistant.answering.replay import Effect, effect_of
from assistant.answering.tongues import NAMES
from assistant.desk.conversations import EVERYONE
from assistant.desk.repeats import Asked
from assistant.library import variants
from assistant.library.entries import Entry
from assistant.library.versions import EntryVersion
from web.entry_language import of_version, variant_words
from web.entry_seen import Seen
from web.entry_versions import differences_shown
from web.entry_ways import read
from web.rendering import ago, when
from web.unreached import in_audience


def effect_of_approving(seen: Seen, asked: Asked) -> dict[str, Any]:
    """Return what approving does, in words and numbers: ``people`` would be told of it."""
    entry = seen.entry
    new, old = entry.newest, entry.approved
    told = approving.told_by_approval(
        seen.session, entry, new, by=seen.person, at=seen.at, mails=seen.mails
    )
    replayed = effect_of(seen.session, new, at=seen.at)
    is_first = approving.approvers_needed(entry) > len(new.standing_approvals) + 1
    return {
        "text": _begins(entry, asked, is_first=is_first),
        "old": old.number if old else 0,
        "changes": differences_shown(old, new) if old else [],
        "question": new.question,
        "words": new.text,
        "facts": facts(new, seen.launch.time_zone, seen.at),
        "people": 0 if is_first or not new.is_valid(seen.at) else len(told.told),
        "left_out": len(told.left_out),
        "unreached": in_audience(told.left_out),
        "replay": approving.effect_in_words(replayed),
        "breaks": replayed.breaks if replayed.blocks else 0,
        "is_blind": approving.must_be_replayed(seen.session, entry, replayed),
        "beside": beside_approve(replayed),
        "seen": replayed.counted.id if replayed.counted else 0,
        "meant": _meant(replayed),
        "is_first": is_first,
        "read": read(new),
        "variant": variant_words(new),
        "language": of_version(new),
    }


def _begins(entry: Entry, asked: Asked, *, is_first: bool) -> str:
    new, old = entry.newest, entry.approved
    replaced = f" It replaces version {old.number}." if old else ""
    people = "1 person has" if asked.people == 1 else f"{asked.people} people have"
    begins = (
        "A second person approves it after you; then the assistant may send"
        if is_first
        else "From now on the assistant may send"
    )
    return (
        f"{begins} version {new.number}, exactly as it stands.{replaced}{_refiled(new)} "
        f"{people} asked this so far."
    )


def facts(version: EntryVersion, zone: str, at: datetime) -> list[str]:
    """Return what else approving a version means, each a sentence: its time, readers and ends."""
    found = []
    if version.takes_in is not None:
        found.append(
            f"“{version.takes_in.newest.question}” ends with it: nobody is sent that any more."
        )
    if version.valid_from and version.valid_from > at:
        found.append(f"Customers get it from {when(version.valid_from, zone)} on.")
    if version.valid_until:
        ends = when(version.valid_until, zone)
        is_over = version.valid_until <= at
        found.append(
            f"Its time ended {ends}: nobody will be sent it."
            if is_over
            else f"It ends {ends}, {ago(version.valid_until, at)}: nobody is sent it afterwards."
        )
    if version.audience != EVERYONE:
        found.append(f"Only for the audience “{version.audience}”.")
    if language := variants.language(version.locale):
        found.append(f"In {NAMES.get(language, language)}.")
    return found


def beside_approve(effect: Effect) -> str:
    """Return in a sentence what stands below and matters to whoever approves; "" for nothing."""
    if effect.is_known and effect.breaks:
        breaks = (
            "1 confirmed answer breaks"
            if effect.breaks == 1
            else (f"{effect.breaks} confirmed answers break")
        )
        by = f"; {effect.override.by.name} says that it is meant" if effect.override else ""
        return f"{breaks}{by}"
    if effect.state == "running":
        return approving.how_far(effect).removesuffix(".")
    if not effect.is_known:
        return "Its replay failed" if effect.state == "failed" else "It was not replayed"
    return ""


def _meant(effect: Effect) -> dict[str, Any] | None:
    """Return who said when that the breaks are meant, and why; nothing when nobody did."""
    given = effect.override
    if given is None or not effect.breaks:
        return None
    return {"by": given.by.name, "at": given.at, "reason": given.reason}


def _refiled(version: EntryVersion) -> str:
    if not version.refiled:
        return ""
    filed = version.filed_under
    return f" It is filed under “{filed.title}” then." if filed else " It has no scenario then."
