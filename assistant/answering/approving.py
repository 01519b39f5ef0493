"""Approving: an entry becomes what customers get, by people who did not write it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.answering import replay
from assistant.answering.asked_before import is_confirmed
from assistant.answering.audience import Audience, Chosen
from assistant.answering.broadcast import Broadcast, State
from assistant.answering.evidence import asked_of
from assistant.answering.leaving_out import Words
from assistant.answering.replay import Effect
from assistant.answering.replay_records import Override
from assistant.answering.sent_back import tell_author
from assistant.answering.to_everyone import preview, send_to_all
from assistant.answering.triage import triage
from assistant.ground.errors import Refused
from assistant.ground.people import Membership, Person, Role
from assistant.library.entries import Entry
from assistant.library.filing import GRAVEST
from assistant.library.versions import EntryVersion


def approve(
    session: Session,
    entry: Entry,
    *,
    by: Person,
    at: datetime,
    override: str = "",
    seen: int | None = None,
) -> EntryVersion:
    """Say that the newest version is right; return it, approved or with the first approval of two.

    ``override`` is why it is right although confirmed answers change with it, those of the replay
    that was ``seen``.

    Raises:
        NotPermitted: when ``by`` had a hand in it, has approved it, or may not decide it.
        Refused: when it is incomplete, nothing waits for approval, or the last replay shows
            confirmed answers that would change, and nobody has said why that is meant, or has
            seen other ones; or when it ``must_be_replayed``, was not, and nobody says why.
    """
    version, needed = entry.newest, approvers_needed(entry)
    entry.may_approve(version, by)
    effect = replay.effect_of(session, version, at=at)
    if effect.blocks and override.strip():
        replay.overrule(session, version, reason=override, by=by, at=at, seen=seen)
    elif effect.blocks:
        raise Refused(
            f"{_confirmed(effect.breaks)} would change with it.",
            what_to_do="Look at the replay, then change the text, or say why it is meant.",
        )
    is_blind = must_be_replayed(session, entry, effect)
    if is_blind and not override.strip():
        raise Refused(
            "What it changes for real questions is not known yet.",
            what_to_do="Wait until its replay has ended, or say why it does not wait for that.",
        )
    because = effect.override.reason if effect.override else override
    return entry.approve(
        session,
        by=by,
        at=at,
        override=because if effect.breaks or is_blind else "",
        breaks=effect.breaks,
        needed=needed,
    )


def must_be_replayed(session: Session, entry: Entry, effect: Effect) -> bool:
    """Return whether an approval of the newest version needs a reason, for want of a replay.

    That is where it would end another entry, or where people confirmed what this one answers.
    """
    if effect.is_known:
        return False
    return entry.newest.takes_in is not None or is_confirmed(session, entry)


def submit(session: Session, entry: Entry, *, by: Person, at: datetime) -> None:
    """Ask for approval, and let the version be replayed meanwhile.

    Raises:
        Refused: when a required part is blank, or nothing is waiting to be submitted.
    """
    entry.submit(session, by=by, at=at)
    replay.start_for_review(session, entry.newest, by=by, at=at)


def _confirmed(breaks: int) -> str:
    return "1 confirmed answer" if breaks == 1 else f"{breaks} confirmed answers"


def effect_in_words(effect: Effect) -> str:
    """Return what a replay says of an approval in numbers, or plainly that none says it."""
    if effect.state == "none":
        return "It was not replayed: what it changes for real questions is not known."
    if not effect.is_known and effect.state == "running":
        return f"{how_far(effect)} What it changes is not known yet."
    if not effect.is_known:
        return f"Its replay failed, so what it changes is not known. {' '.join(effect.why)}"
    said = (
        f"Replayed: {effect.gains} gained, {effect.steals} answered otherwise, "
        f"{effect.breaks} confirmed answers broken, {effect.lost} lost, "
        f"{effect.unanswered} still unanswered."
    )
    if effect.state == "running":
        return f"{said} That was the last one that ended. {how_far(effect)}"
    if effect.state == "failed":
        return f"{said} That was the last one that ended; the next one failed."
    return (
        said if effect.state == "fresh" else f"{said} That is out of date: {' '.join(effect.why)}"
    )


def how_far(effect: Effect) -> str:
    """Return in a sentence how far a replay is that runs."""
    if effect.replay is None or not effect.replay.total:
        return "A replay is about to begin."
    return f"A replay is still running: {effect.share:.0%} of its questions are thought again."


def approve_and_tell(
    session: Session,
    entry: Entry,
    *,
    people: int,
    by: Person,
    at: datetime,
    override: str = "",
    seen: int | None = None,
    mails: bool,
) -> tuple[EntryVersion, Broadcast | None]:
    """Approve, and tell the ``people`` who asked for it; 0 tells nobody.

    Their number is the one that was shown. Where a second person has to approve, nobody is told;
    without ``mails`` nobody who asked by mail is.

    Raises:
        NotPermitted: as ``approve``.
        Refused: as ``approve``, or when others would be told than were counted.
    """
    version = approve(session, entry, by=by, at=at, override=override, seen=seen)
    if not people or version.approved_at is None:
        return version, None
    session.flush()
    words = Words(version.text, version)
    chosen = Chosen(entry=entry.key)
    told = send_to_all(
        session,
        entry.launch,
        chosen,
        words,
        people=people,
        by=by,
        at=at,
        resolves=True,
        mails=mails,
    )
    return version, told


def told_by_approval(
    session: Session,
    entry: Entry,
    version: EntryVersion,
    *,
    by: Person,
    at: datetime,
    mails: bool,
) -> Audience:
    """Return exactly who would be told of a version, were it approved now, and who would not."""
    words = Words(version.text, version)
    chosen = Chosen(entry=entry.key)
    return preview(session, entry.launch, chosen, words, by=by, at=at, mails=mails)


def undo_approval(session: Session, entry: Entry, *, by: Person, at: datetime) -> EntryVersion:
    """Take an approval back within ten seconds, and what it was to tell people.

    Raises:
        NotPermitted: when ``by`` is no lead.
        Refused: when the ten seconds have passed.
    """
    undone = entry.newest
    _take_words_back(session, undone)
    again = entry.undo_approval(session, by=by, at=at)
    telling = select(Broadcast).where(Broadcast.entry_version_id == undone.id)
    for broadcast in session.scalars(telling):
        if broadcast.state(at) is State.COUNTING:
            broadcast.undo(session, by=by, at=at)
        elif broadcast.state(at) is State.SENDING:
            broadcast.stop(session, because="Its approval was undone.", by=by, at=at)
    replay.start_for_review(session, again, by=by, at=at)
    return again


def _take_words_back(session: Session, version: EntryVersion) -> None:
    """Let what was said of breaks with the last approval count as little as that approval."""
    for approval in version.standing_approvals[-1:]:
        given = select(Override).where(
            Override.version_id == version.id,
            Override.by_id == approval.person_id,
            Override.at == approval.at,
        )
        for override in session.scalars(given):
            session.delete(override)


def who_may_approve(session: Session, entry: Entry) -> list[Person]:
    """Return who of the launch's team may approve the newest version, by name."""
    team = select(Person).join(Person.memberships).where(Membership.launch_id == entry.launch_id)
    leads = team.where(
        Person.role.in_((Role.LEAD, Role.ADMINISTRATOR)), Person.disabled_at.is_(None)
    )
    found = session.scalars(leads.order_by(Person.name))
    return [person for person in found if not entry.may_be_approved_by(person)]


def approvers_needed(entry: Entry, versions: Sequence[EntryVersion] = ()) -> int:
    """Return how many people approve it beside its author: two where it is as grave as can be.

    That is where its scenario says so, or where one of the ways in which it is asked does, in the
    newest version or in those that are named.
    """
    ways = [way for version in versions or (entry.newest,) for way in version.ways()]
    if any(triage(way).severity <= GRAVEST for way in ways):
        return 2
    return entry.approvers_needed


def request_changes(
    session: Session, entry: Entry, *, reason: str, by: Person, at: datetime
) -> None:
    """Give it back to its author with a reason, and tell them.

    Raises:
        Refused: without a reason, or when nothing waits for approval.
    """
    entry.request_changes(session, reason=reason, by=by, at=at)
    what = f"{by.name} asks for changes"
    tell_author(session, entry, what, reason=reason, kind="changes", by=by, at=at)


def reject(session: Session, entry: Entry, *, reason: str, by: Person, at: datetime) -> None:
    """Decide against it and tell its author; quiet until clearly more people ask than did so far.

    Raises:
        NotPermitted: when ``by`` is no lead.
        Refused: when nothing waits for approval.
    """
    asked = asked_of(session, entry)
    entry.reject(session, reason=reason, by=by, at=at, people=asked.people)
    what = f"{by.name} rejects it"
    tell_author(session, entry, what, reason=reason, kind="rejected", by=by, at=at)
