"""What leads do in a simulated launch, through the real code: write an answer, tell everybody."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from assistant.answering import approving, to_everyone
from assistant.answering.audience import Chosen
from assistant.answering.leaving_out import Words
from assistant.desk.tickets import Ticket
from assistant.ground.errors import Declined
from assistant.ground.parts import Parts
from assistant.ground.people import Person, Role, members
from assistant.launch import updates
from assistant.launch.launches import Launch
from assistant.library import entries, publishing
from assistant.library.liveness import live
from assistant.library.versions import Draft, EntryVersion


@dataclass(frozen=True, slots=True)
class Gap:
    """What no approved answer answers when the launch begins."""

    key: str
    asked: tuple[str, ...]
    reply: str
    is_bug: bool


def gaps_of(story: dict[str, Any]) -> dict[str, Gap]:
    """Return the story's gaps by key."""
    found = (
        Gap(f"gap-{number}", tuple(gap["asked"]), gap["reply"], bool(gap.get("is_bug")))
        for number, gap in enumerate(story["gaps"], 1)
    )
    return {gap.key: gap for gap in found}


def write(parts: Parts, launch_id: int, gap: Gap) -> bool:
    """Write down what agents answer and let the other lead approve it; whether it is live now.

    Half of the ways in which it is asked are written with it, the others have to be understood.
    """
    at, first = parts.clock.now(), (len(gap.asked) + 1) // 2
    words = Draft(question=gap.asked[0], phrasings=list(gap.asked[1:first]), answer=gap.reply)
    try:
        with parts.db.writing() as session:
            launch = session.get_one(Launch, launch_id)
            writer, reader = _leads(session, launch_id)
            entry = entries.create(
                session, launch, key=gap.key, kind="faq", draft=words, by=writer, at=at
            )
            entry.submit(session, by=writer, at=at)
            approving.approve(session, entry, by=reader, at=at)
    except Declined:
        return False  # it is grave, or changes what was right: people go on answering
    publishing.publish(parts, launch_id, at=at)
    return True


def tell(parts: Parts, launch_id: int, about: str, words: str, tickets: list[int]) -> int:
    """Answer everybody who waits with these tickets at once; return how many are told.

    The approved answer is sent where there is one, else ``words``, which the other lead reads.
    """
    at = parts.clock.now()
    try:
        with parts.db.writing() as session:
            launch = session.get_one(Launch, launch_id)
            writer, reader = _leads(session, launch_id)
            version = approved(session, launch_id, about, parts)
            said = Words(version.text, version) if version and not words else Words(words)
            chosen = Chosen(tickets=tuple(session.get_one(Ticket, t).number for t in tickets))
            told = to_everyone.preview(session, launch, chosen, said, by=writer, at=at).told
            sent = to_everyone.send_to_all(
                session, launch, chosen, said, people=len(told), by=writer, at=at, resolves=True
            )
            if sent.starts_at is None:
                sent.read_over(session, by=reader, at=at)
    except Declined:
        return 0  # nobody is left to be told, or they are being told already
    return len(told)


def update(parts: Parts, launch_id: int, titles: str) -> None:
    """Publish an update to everybody about these questions."""
    at = parts.clock.now()
    with parts.db.writing() as session:
        updates.publish(
            session,
            session.get_one(Launch, launch_id),
            title=f"What many of you ask ({at:%d %B})",
            expected=f"Yes, this is expected: {titles}",
            what_to_do="Nothing. Your account is as it should be.",
            next_update="Tomorrow in the afternoon.",
            next_update_at=at + timedelta(days=1),
            by=None,
            at=at,
        )


def approved(session: Session, launch_id: int, about: str, parts: Parts) -> EntryVersion | None:
    """Return the version that answers it now; nothing for a gap that nobody has filled."""
    found = live(session, launch_id, at=parts.clock.now())
    return next((version for version in found if version.entry.key == about), None)


def _leads(session: Session, launch_id: int) -> tuple[Person, Person]:
    first, second, *_ = members(session, launch_id, Role.LEAD)
    return first, second
