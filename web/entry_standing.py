"""Where an entry stands, what comes next and who may do it: the banner and the buttons."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from assistant.answering import approving, evidence
from assistant.answering.sent_back import sent_back_by
from assistant.desk.repeats import Asked
from assistant.ground.people import Person, by_email
from assistant.launch.scenarios import Decider
from assistant.library.entries import Entry
from assistant.library.filing import filing_of
from assistant.library.versions import EntryVersion
from web.entry_approval import effect_of_approving
from web.entry_language import of_version, variant_words
from web.entry_recall import got_meanwhile, recall_of, standing_recalls
from web.entry_seen import Seen
from web.entry_ways import may_nothing, rights, ways_on
from web.library_pages import has_grown
from web.rendering import day, when

__all__ = ["banner", "may_nothing", "standing"]

RECALLED_TEXT = (
    "It was found wrong and is sent to nobody. Write what is right as its next version, have it "
    "approved, and send it to those who were told."
)


def standing(seen: Seen) -> dict[str, Any]:
    """Return what library/_actions.html shows, and the banner above the page."""
    session, entry, person, at = seen.session, seen.entry, seen.person, seen.at
    may = rights(entry, person, at)
    asked = evidence.asked_of(session, entry)
    return {
        "status": _standing(seen, asked),
        "may": may,
        "effect": effect_of_approving(seen, asked) if may["approve"] else None,
        "asked_words": _asked_so_far(asked),
        "recall": recall_of(session, seen.launch, entry, person),
        "recalls": standing_recalls(session, entry),
        "meanwhile": got_meanwhile(seen),
        "conflict": None,
        "declined": None,
        **ways_on(seen, may),
    }


def _asked_so_far(asked: Asked) -> str:
    people = "1 person" if asked.people == 1 else f"{asked.people} people"
    times = "1 question" if asked.contacts == 1 else f"{asked.contacts} questions"
    return f"{people} asked this so far, with {times}."


def banner(tone: str, title: str, text: str) -> dict[str, str]:
    """Return what ``ui.banner`` shows."""
    return {"tone": tone, "title": title, "text": text}


def _standing(seen: Seen, asked: Asked) -> dict[str, str]:
    """Return where the entry stands and what comes next, as a banner."""
    entry, at, zone = seen.entry, seen.at, seen.launch.time_zone
    newest, state = entry.newest, entry.state(at)
    if state == "retired":
        return banner("warn", "Retired.", _retired(seen.session, entry, zone))
    if state == "recalled":
        return banner("bad", "Recalled.", RECALLED_TEXT)
    if state == "expired":
        return _expired(newest, at, zone)
    if state == "approved":
        return _live(newest, zone)
    still = _meanwhile(entry.approved, at, zone)
    if newest.takes_in is not None:
        still += f" When it is approved, “{newest.takes_in.newest.question}” ends."
    if state == "rejected":
        return _rejected(newest, asked, sent_back_by(seen.session, entry), still)
    if state == "review":
        return _waiting(seen, f"{_undone(entry)}{still}")
    if newest.changes_asked:
        who = sent_back_by(seen.session, entry) or "Somebody"
        return banner("warn", f"{who} asks for changes.", f"{newest.changes_asked}{still}")
    return banner("info", "A draft.", f"Submit it, and a lead who did not write it decides.{still}")


def _meanwhile(live: EntryVersion | None, at: datetime, zone: str) -> str:
    """Return in a sentence what customers get until the newest version is approved."""
    if live is None:
        return ""
    if live.is_valid(at):
        return f" Customers read version {live.number} until then."
    if live.valid_from and live.valid_from > at:
        return f" Customers get version {live.number} from {when(live.valid_from, zone)} on."
    return (
        f" Version {live.number} has expired: nobody is sent it, and a person answers until then."
    )


def _waiting(seen: Seen, still: str) -> dict[str, str]:
    entry = seen.entry
    author = entry.newest.author.name if entry.newest.author else "The launch pack"
    once = _approved_once(entry)
    still = "".join(f" {each}" for each in _languages(entry.newest)) + still
    if why_not := entry.may_be_approved_by(seen.person):
        can = who_can(seen)
        said = _by_name(seen, why_not)
        return banner("info", f"Waits for {once or 'approval'}.", f"{said} {can}{still}")
    if once:
        return banner("info", f"Waits for {once}.", f"{_grave(entry)}{still}")
    return banner("info", "Waits for you.", f"{author} submitted it.{_two(entry)}{still}")


def _languages(version: EntryVersion) -> list[str]:
    return [words for words in (variant_words(version), of_version(version)) if words]


def _by_name(seen: Seen, words: str) -> str:
    """Return words that name who approves by address with the person's name in its place."""
    scenario = filing_of(seen.entry.newest)
    email = scenario.deciders.get(Decider.APPROVES_MESSAGES) if scenario else None
    person = by_email(seen.session, email) if email else None
    return words.replace(person.email, person.name) if person else words


def who_can(seen: Seen) -> str:
    """Return in a sentence who may approve the newest version."""
    names = [person.name for person in approving.who_may_approve(seen.session, seen.entry)]
    if not names:
        return "Nobody else on this launch may: add another lead to it."
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{' or '.join(names[:3])}{more} can."


def _approved_once(entry: Entry) -> str:
    return "a second approval" if entry.newest.standing_approvals else ""


def _grave(entry: Entry) -> str:
    first = entry.newest.standing_approvals[0]
    return f"{first.person.name} has approved it. It is about the gravest there is, so two do."


def _two(entry: Entry) -> str:
    if approving.approvers_needed(entry) < 2:
        return ""
    return " It is about the gravest there is: two people approve it, and you are the first."


def _undone(entry: Entry) -> str:
    before = entry.versions[-2] if len(entry.versions) > 1 else None
    if before is None or before.undone_at is None:
        return ""
    return f" The approval of version {before.number}, the same words, was taken back."


def _rejected(version: EntryVersion, asked: Asked, by: str, still: str) -> dict[str, str]:
    title = f"Rejected by {by}" if by else "Rejected"
    reason = version.changes_asked or "No reason was given."
    if has_grown(version, asked):
        text = f"{_people(version)} had asked then, {asked.people} have now."
        return banner("warn", f"{title}, and asked clearly more since.", f"{text} {reason}{still}")
    quiet = f" Muted: {_people(version)} had asked then."
    return banner("bad", f"{title}.", f"{reason}{quiet}{still}")


def _people(version: EntryVersion) -> str:
    people = version.rejected_people
    return "1 person" if people == 1 else f"{people} people"


def _live(version: EntryVersion, zone: str) -> dict[str, str]:
    by = version.approved_by.name if version.approved_by else "the team"
    on = day(version.approved_at, zone) if version.approved_at else ""
    if version.index_problem:
        text = f"{version.index_problem} An exact scan stands in until it is found."
        return banner("bad", "Approved, but the index does not find it.", text)
    if version.proven_at is None:
        return banner("info", "Approved.", "The index is being brought up to it.")
    ways = len(version.ways())
    found = f"each of its {ways} phrasings finds it" if ways > 1 else "its question finds it"
    said = f"Version {version.number}, approved by {by} on {on}; {found}."
    return banner("good", "Live and proven retrievable.", said)


def _expired(version: EntryVersion, at: datetime, zone: str) -> dict[str, str]:
    if version.valid_from and version.valid_from > at:
        begins = when(version.valid_from, zone)
        return banner("info", "Approved, not valid yet.", f"Customers get it from {begins} on.")
    ended = when(version.valid_until, zone) if version.valid_until else "its end"
    text = f"It ended {ended} and is not sent. Decide what becomes of it: below."
    return banner("warn", "Expired.", text)


def _retired(session: Session, entry: Entry, zone: str) -> str:
    person = session.get(Person, entry.retired_by_id) if entry.retired_by_id else None
    who = person.name if person else "Somebody"
    on = day(entry.retired_at, zone) if entry.retired_at else ""
    because = f": {entry.retired_because}" if entry.retired_because else "."
    return f"{who} took it away from customers on {on}{because}"
