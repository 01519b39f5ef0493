"""The people of the tests, the shop they meet in, and builders with defaults.

Mara asks, Amir answers, Lena leads, Noor is the second lead. The shop changes its prices: the
launch ``spring-pricing`` of ``PACK``, live since ``OPENS``, where everything happens at ``NOW``.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant import migrations
from assistant.answering import asking, judging
from assistant.answering.decisions import outcome_of
from assistant.desk import conversations
from assistant.desk.conversations import Conversation
from assistant.desk.messages import Message
from assistant.desk.tickets import Ticket
from assistant.ground.clock import SetClock
from assistant.ground.database import Database
from assistant.ground.parts import Parts
from assistant.ground.people import Person, Role, add_person, by_email, join
from assistant.ground.settings import Settings
from assistant.launch.launches import Launch, Mode, by_key
from assistant.library import entries, packs
from assistant.library.entries import Entry
from assistant.library.versions import Draft, EntryVersion
from web import shown

if TYPE_CHECKING:
    from knowledge.embedding import Embedder

OPENS = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
LAUNCH = "spring-pricing"
AMIR, LENA, NOOR = "amir@example.com", "lena@example.com", "noor@example.com"
INES, ERIC, PRIYA, OLU = (
    "ines@example.com",
    "eric@example.com",
    "priya@example.com",
    "olu@example.com",
)

PACK = """\
launch:
  key: spring-pricing
  name: Spring pricing
  trigger: policy-pricing-process-change
  starts: 2026-11-16T08:00:00Z
  ends: 2026-12-07T17:00:00Z
  time_zone: Europe/Berlin
  mode: auto
  wrong_rate: 0.01
  sites: ["https://shop.example"]
  scope: [New prices at renewal, Sign-in with a link]
  out_of_scope:
    - title: Machines and repairs
      words: [espresso machine, spare part]
  objectives:
    - {metric: repeat_questions, comparison: at most, target: 15, by: 2026-11-19T08:00:00Z}
  baselines: [{metric: first_response_minutes, value: 45, unit: minutes}]
  exit_criteria: [{metric: first_response_minutes, comparison: at most, value: 50, days: 5}]
people:
  - {email: amir@example.com, name: Amir Haddad, role: agent}
  - {email: lena@example.com, name: Lena Ortiz, role: lead}
  - {email: noor@example.com, name: Noor Rahman, role: lead}
  - {email: ines@example.com, name: Ines Costa, role: change-manager}
  - {email: eric@example.com, name: Eric Berg, role: engineer}
  - {email: priya@example.com, name: Priya Nair, role: sponsor}
  - {email: olu@example.com, name: Olu Ade, role: administrator}
scenarios:
  - key: new-price
    title: The price is not the one I know
    category: billing
    severity: 3
    owner: amir@example.com
    deciders:
      confirms_expected: lena@example.com
      approves_messages: lena@example.com
      triggers_rollback: noor@example.com
    escalation:
      - {after_minutes: 60, to: noor@example.com}
      - {after_minutes: 15, to: lena@example.com}
  - key: sign-in-link
    title: I cannot get in the way I did
    category: access
    severity: 2
    owner: amir@example.com
    deciders:
      confirms_expected: lena@example.com
      approves_messages: lena@example.com
      triggers_rollback: noor@example.com
    escalation: [lena@example.com]
entries:
  - key: price-differs
    kind: response
    scenario: new-price
    question: Why is my price different from last month?
    phrasings: [my bill went up, why do I pay more than in October, the renewal costs more now]
    not_for: [I was charged twice this month]
    applies_when: your plan renewed after 16 November
    verdict: expected
    why_now: The new prices apply from your first renewal after 16 November.
    what_to_do: You need to do nothing.
    safe_to_continue: You can go on using your plan.
    next_update: 2026-11-23T09:00:00Z
  - key: link-missing
    kind: response
    scenario: sign-in-link
    question: Where is the e-mail with my sign-in link?
    phrasings: [the sign-in link never arrived, no login mail in my inbox]
    verdict: known-issue
    why_now: Some mail providers deliver the link late.
    what_to_do: Look into the spam folder and wait fifteen minutes.
    next_update: when the providers have answered us
  - key: export-data
    kind: faq
    question: How do I export my data?
    phrasings: [download all my orders, export my order history]
    answer: Open Settings and choose Export.
  - key: cancel-plan
    kind: faq
    question: How do I cancel my plan?
    phrasings: [end my subscription, I want to stop my plan]
    answer: Open Billing and choose Cancel plan.
  - key: change-address
    kind: faq
    question: How do I change my delivery address?
    phrasings: [I moved to another street, send my box somewhere else]
    answer: Open Deliveries and choose Change address.
updates:
  - title: New prices began on Monday
    expected: Yes, a new price at your renewal is expected.
    what_to_do: Nothing.
    next_update: 2026-11-23T09:00:00Z
    published: 2026-11-16T09:00:00Z
"""

PRICE = "Why is my price different from last month?"  # in the very words of price-differs
PRICE_TEXT = (
    "Yes, this is expected.\n\n"
    "The new prices apply from your first renewal after 16 November.\n\n"
    "You need to do nothing.\n\n"
    "You can go on using your plan.\n\n"
    "Next update: 23 November 2026, 10:00 CET"
)
EXPORT = "How do I export my data?"
EXPORT_TEXT = "Open Settings and choose Export."
UNKNOWN = "Do penguins have knees?"  # nobody approved anything like it
UNKNOWN_TOO = "Which football team won the match yesterday evening?"
OUTSIDE = "My espresso machine makes a strange noise"
BLOCKED = "I am locked out of my account and cannot sign in"


def parts_in(folder: Path, *, embedder: "Embedder | None" = None, at: datetime = NOW) -> Parts:
    """Return the parts of one process on ``folder``, with a clock that stands at ``at``."""
    settings = Settings(_env_file=None, data=folder)
    return Parts(
        settings=settings, db=Database(settings.sql_url), clock=SetClock(at), embedder=embedder
    )


def empty_house(folder: Path, *, at: datetime = NOW) -> Parts:
    """Return the parts of a house whose tables are there and empty; words alone, no embedder."""
    parts = parts_in(folder, at=at)
    migrations.upgrade(parts.db)
    return parts


def clock_of(parts: Parts) -> SetClock:
    """Return the clock, to be moved."""
    assert isinstance(parts.clock, SetClock)
    return parts.clock


def later(parts: Parts, **time: float) -> datetime:
    """Let time pass, ``minutes=5``, and return what the clock shows then."""
    return clock_of(parts).forward(timedelta(**time))


def pack_at(folder: Path, words: str = PACK, name: str = "pack.yaml") -> Path:
    """Return a file with this launch pack in it."""
    path = folder / name
    path.write_text(words, "utf-8")
    return path


def bring_in(parts: Parts, folder: Path, words: str = PACK, approve_as: str | None = LENA) -> None:
    """Import a pack, approved in Lena's name unless told otherwise."""
    packs.bring_in(parts, pack_at(folder, words), approve_as=approve_as, dry_run=False)


def go_live(parts: Parts) -> None:
    """Let Lena take the launch live, as of its start."""
    with parts.db.writing() as session:
        by_key(session, LAUNCH).go_live(session, by=the(session, LENA), at=OPENS)


# --- people ---


def the(session: Session, email: str) -> Person:
    """Return a person who is there."""
    person = by_email(session, email)
    assert person is not None, f"{email} is not here"
    return person


def a_person(
    session: Session,
    *,
    email: str = "bo@example.com",
    name: str = "Bo Lind",
    role: Role = Role.AGENT,
    launch: str | None = LAUNCH,
) -> Person:
    """Return a new member of the launch's team."""
    person = add_person(session, email=email, name=name, role=role, at=NOW)
    if launch:
        join(session, person, by_key(session, launch).id)
    return person


# --- the launch and its library ---


def launch_of(session: Session) -> Launch:
    """Return the launch of the pack."""
    return by_key(session, LAUNCH)


def in_mode(parts: Parts, mode: Mode) -> None:
    """Let Lena decide the mode."""
    with parts.db.writing() as session:
        launch_of(session).set_mode(
            session, mode=mode, wrong_rate=0.01, by=the(session, LENA), at=parts.clock.now()
        )


def a_draft(**said: Any) -> Draft:
    """Return what an author writes: a permanent question and answer."""
    return Draft(**{"question": "Can I pause my plan?", "answer": "Yes, in Billing.", **said})


def an_entry(parts: Parts, *, by: str = AMIR, approved_by: str | None = LENA, **said: Any) -> str:
    """Return the key of a new FAQ entry that ``by`` wrote and, by default, Lena approved."""
    at, key = parts.clock.now(), said.pop("key", "pause-plan")
    with parts.db.writing() as session:
        author = the(session, by)
        entry = entries.create(
            session,
            launch_of(session),
            key=key,
            kind="faq",
            draft=a_draft(**said),
            by=author,
            at=at,
        )
        if approved_by:
            entry.submit(session, by=author, at=at)
            entry.approve(session, by=the(session, approved_by), at=at)
    return key


def retire(parts: Parts, key: str) -> None:
    """Let Lena take an entry away from customers."""
    with parts.db.writing() as session:
        entry_of(session, key).retire(
            session, reason="Not true any more.", by=the(session, LENA), at=parts.clock.now()
        )


def retire_all(parts: Parts) -> None:
    """Let Lena take every entry away."""
    for key in ("price-differs", "link-missing", "export-data", "cancel-plan", "change-address"):
        retire(parts, key)


def entry_of(session: Session, key: str) -> Entry:
    """Return an entry of the launch."""
    return entries.by_key(session, launch_of(session).id, key)


def version_of(session: Session, key: str) -> EntryVersion:
    """Return what customers get of an entry."""
    approved = entry_of(session, key).approved
    assert approved is not None, f"{key} is not approved"
    return approved


def confirm(parts: Parts, key: str, *, times: int = 3, by: str = AMIR) -> list[int]:
    """Let Amir confirm an entry: somebody asked it in its own words, and it was the answer."""
    return [judge(parts, key, right=True, by=by) for _ in range(times)]


def judge(parts: Parts, key: str, *, right: bool | None, by: str = AMIR, weight: float = 1) -> int:
    """Let somebody ask an entry in its own words and Amir check the answer; return the question."""
    with parts.db.reading() as session:
        words = version_of(session, key).question
    a_customer(parts, visitor=f"asks-{next(KEYS)}").asks(words)
    with parts.db.writing() as session:
        question = session.scalars(
            select(Message).where(Message.text == words).order_by(Message.id.desc())
        ).first()
        assert question is not None
        judging.checked(
            session,
            question,
            version_of(session, key),
            right=right,
            weight=weight,
            by=the(session, by),
            at=parts.clock.now(),
        )
        return question.id


# --- customers ---

KEYS = count(1)


@dataclass
class Customer:
    """Somebody who has a conversation; what they get is shown as the API shows it."""

    parts: Parts
    id: str
    token: str
    keys: Iterator[str] = field(default_factory=lambda: (f"key-{n:08}" for n in KEYS))

    def asks(self, words: str, *, key: str | None = None) -> dict[str, Any]:
        """Say something and return what came of it."""
        said = asking.ask(self.parts, self.id, self.token, words, key=key or next(self.keys))
        return outcome_json(self.parts, said)

    def chooses(self, asked: int, entry: str | None, *, key: str | None = None) -> dict[str, Any]:
        """Tap a title of a "did you mean", or none of these."""
        key = key or next(self.keys)
        said = asking.choose(self.parts, self.id, self.token, asked, entry, key=key)
        return outcome_json(self.parts, said)

    def calls(self, note: str = "", *, key: str | None = None) -> dict[str, Any]:
        """Ask for a person."""
        key = key or next(self.keys)
        said = asking.ask_for_person(self.parts, self.id, self.token, note, key=key)
        return outcome_json(self.parts, said)

    def judges(self, message_id: int, *, helpful: bool, reason: str | None = None) -> None:
        """Say whether an answer helped."""
        with self.parts.db.writing() as session:
            asking.judge(
                session,
                session.get_one(Conversation, self.id),
                message_id,
                helpful=helpful,
                reason=reason,
                note="",
                at=self.parts.clock.now(),
            )

    def sees(self) -> dict[str, Any]:
        """Return the whole conversation as its customer may see it."""
        with self.parts.db.reading() as session:
            said, at = session.get_one(Conversation, self.id), self.parts.clock.now()
            return shown.conversation(session, said, None, at=at)

    def says(self, words: str, *, at: datetime | None = None) -> int:
        """Write a question down without deciding it, as if the process died then."""
        with self.parts.db.writing() as session:
            conversation = session.get_one(Conversation, self.id)
            at = at or self.parts.clock.now()
            return conversation.ask(session, words, key=next(self.keys), at=at).id


def a_customer(parts: Parts, **about: str) -> Customer:
    """Return somebody new who has begun a conversation: Mara, unless told otherwise."""
    about = {"visitor": "mara", **about}
    with parts.db.writing() as session:
        conversation, token = conversations.begin(
            session, launch_of(session), at=parts.clock.now(), **about
        )
    return Customer(parts, conversation.id, token)


def outcome_json(parts: Parts, message_id: int) -> dict[str, Any]:
    """Return what was decided about a message, as the API shows it."""
    with parts.db.reading() as session:
        outcome = outcome_of(session, message_id)
        assert outcome is not None, "nobody has decided it"
        body: dict[str, Any] = json.loads(json.dumps(shown.outcome(session, outcome)))
        return body


# --- what the desk sees ---


@contextmanager
def the_ticket(parts: Parts, number: str | None = None) -> Iterator[tuple[Session, Ticket]]:
    """Yield a ticket to work on, the newest unless named, in one transaction."""
    with parts.db.writing() as session:
        found = [one for one in tickets_of(session) if number in (None, one.number)]
        yield session, found[-1]


def tickets_of(session: Session) -> list[Ticket]:
    """Return every ticket, oldest first."""
    return list(session.scalars(select(Ticket).order_by(Ticket.id)))


def said_in(session: Session, conversation_id: str) -> list[Message]:
    """Return every message of a conversation, notes too, oldest first."""
    found = select(Message).where(Message.conversation_id == conversation_id)
    return list(session.scalars(found.order_by(Message.id)))


def amir_replies(parts: Parts, words: str = "I have looked into it.") -> None:
    """Let Amir answer the newest ticket."""
    with the_ticket(parts) as (session, ticket):
        ticket.reply(session, words, by=the(session, AMIR), at=parts.clock.now())
