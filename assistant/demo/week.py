"""The demo's week, event by event, through the same flows that customers and agents use.

Everything is drawn from one seed, so that every demo tells the same week.
"""

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import yaml

from assistant.answering import approving, asking, audits, judging, suggesting
from assistant.answering.decisions import Decision, outcome_of
from assistant.demo import causes
from assistant.demo import told as told_to_many
from assistant.desk import conversations, feedback, regrouping
from assistant.desk.feedback import Source
from assistant.desk.messages import Message
from assistant.desk.severity import Severity
from assistant.desk.tickets import Ticket
from assistant.ground.clock import SetClock
from assistant.ground.parts import Parts
from assistant.ground.people import by_email
from assistant.launch.launches import by_key
from assistant.library import entries
from assistant.library.entries import create
from assistant.library.liveness import live
from assistant.library.versions import Draft
from assistant.library.wording import Kind

SEED = 16
OPENS = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
CONTACTS = (30, 26, 20, 16, 12)  # ordinary contacts on each full day: a spike, then a decline
THIS_MORNING = 14  # contacts in the last hours before the visitor comes
CHANNELS = (("widget", 62), ("page", 10), ("email", 16), ("forum", 8), ("api", 4))  # per cent
FAVOURITES = {  # entries people ask for again and again, with how much more often
    "price-differs": 14, "part-charge": 12, "confirm-card": 9, "link-missing": 8,
    "coupon-refused": 8, "renewal-moved": 6, "bank-hold": 6, "sign-in-changed": 5,
    "tax-included": 4, "plan-renamed": 4, "app-old-prices": 3, "december-charge": 3,
}  # fmt: skip
AGENTS = ("amir@example.com", "bea@example.com")
ANSWERED_AFTER = {1: 9, 2: 55, 3: 170}  # minutes until a person answers, at the median
STILL_OPEN = timedelta(hours=5)  # replies later than this before the end are the visitor's to give
CLOSED = 0.72  # share of answered tickets that were closed
STORY = Path(__file__).with_name("story.yaml")


@cache
def story() -> dict[str, Any]:
    """Return what is written by hand."""
    told: dict[str, Any] = yaml.safe_load(STORY.read_text("utf-8"))
    return told


@dataclass(order=True)
class Moment:
    """Something that happens at a time; equal times keep the order they were planned in."""

    at: datetime
    order: int
    happen: Callable[[], None] = field(compare=False)


class Week:
    """The week being played: what is still to come, and the clock that is moved along."""

    def __init__(self, parts: Parts, launch_key: str, until: datetime) -> None:
        assert isinstance(parts.clock, SetClock)  # noqa: S101  # the caller stopped the clock
        self._clock = parts.clock
        self._parts, self._key, self._until = parts, launch_key, until
        self._draw = random.Random(SEED)  # noqa: S311  # a story, not a secret
        self._order = count()
        self._coming: list[Moment] = []
        self._meant: dict[int, str] = {}  # question -> the entry that answers it, "" when none does

    def plan(self, at: datetime, happen: Callable[[], None]) -> None:
        """Let something happen at ``at``, unless the week is over by then."""
        if at < self._until:
            heapq.heappush(self._coming, Moment(at, next(self._order), happen))

    def play(self, step: Callable[[float], None]) -> None:
        """Let everything happen in order, and whatever follows from it."""
        whole = (self._until - OPENS).total_seconds()
        while self._coming:
            moment = heapq.heappop(self._coming)
            self._clock.set(moment.at)
            moment.happen()
            step((moment.at - OPENS).total_seconds() / whole)

    # --- what is planned from the start ---

    def plan_crowd(self) -> None:
        """Plan the ordinary contacts of each day."""
        ways = self._ways()
        weights = [FAVOURITES.get(entry, 1) for entry, _ in ways]
        for day, contacts in enumerate(CONTACTS):
            for _ in range(contacts):
                entry, phrasings = self._draw.choices(ways, weights)[0]
                words = self._in_own_words(self._draw.choice(phrasings))
                self.plan(self._some_time(day), self._contact(words, entry))
        for number in range(THIS_MORNING):
            entry, phrasings = self._draw.choices(ways, weights)[0]
            words = self._in_own_words(self._draw.choice(phrasings))
            self.plan(self._this_morning(number), self._contact(words, entry))

    def plan_gaps(self) -> None:
        """Plan the questions that nobody has approved an answer for."""
        for gap in story()["gaps"]:
            for words in gap["asked"]:
                day = self._draw.randrange(6)
                at = self._some_time(day) if day < 5 else self._this_morning(day)
                self.plan(at, self._contact(words, ""))

    def plan_grave(self) -> None:
        """Plan the grave cases at the times they are told for."""
        for told in story()["grave"]:
            time = timedelta(hours=told["hour"] - 8, minutes=told.get("minute", 12))
            self.plan(
                OPENS + timedelta(days=told["day"] - 1) + time, self._contact(told["say"], "")
            )

    def plan_feedback(self) -> None:
        """Plan what people said about it elsewhere."""
        for user, source, words in story()["feedback"]:
            self.plan(
                self._some_time(self._draw.randrange(1, 6)), self._opinion(user, source, words)
            )

    def plan_drafts(self) -> None:
        """Plan what agents propose for the library on the fifth day."""
        for number, told in enumerate(story()["drafts"]):
            self.plan(OPENS + timedelta(days=4, hours=3 + number), self._proposal(told))

    def plan_checks(self) -> None:
        """Plan an agent's look at the answers that wait to be checked, each afternoon."""
        for day in range(5):
            self.plan(OPENS + timedelta(days=day, hours=8, minutes=30), self._check)

    # --- what happens ---

    def _contact(self, words: str, entry: str) -> Callable[[], None]:
        channel = self._draw.choices([c for c, _ in CHANNELS], [w for _, w in CHANNELS])[0]
        visitor = f"visitor-{self._draw.randrange(10**6):06d}"
        mood = self._draw.random()
        patience = timedelta(minutes=self._draw.uniform(0.5, 3))

        def happen() -> None:
            parts, at = self._parts, self._clock.now()
            with parts.db.writing() as session:
                launch = by_key(session, self._key)
                conversation, token = conversations.begin(
                    session, launch, at=at, channel=channel, visitor=visitor
                )
            message_id = asking.ask(parts, conversation.id, token, words, key=f"demo-{visitor}")
            self._meant[message_id] = entry
            self.plan(
                at + patience, self._reaction(conversation.id, token, message_id, entry, mood)
            )
            self._plan_person(message_id)

        return happen

    def _reaction(
        self, conversation_id: str, token: str, message_id: int, entry: str, mood: float
    ) -> Callable[[], None]:
        """Say whether it helped, or choose among the titles, or leave."""

        def happen() -> None:
            with self._parts.db.reading() as session:
                outcome = outcome_of(session, message_id)
            if outcome is None:
                return
            if outcome.answers:
                self._judge(conversation_id, token, outcome.answers[0][0], mood)
            elif outcome.clarification is not None and mood < 0.86:
                self._choose(conversation_id, token, outcome.clarification, entry)

        return happen

    def _judge(self, conversation_id: str, token: str, answer: Message, mood: float) -> None:
        if 0.55 < mood < 0.93:
            return  # most people say nothing
        with self._parts.db.writing() as session:
            conversation = conversations.opened(session, conversation_id, token)
            asking.judge(
                session,
                conversation,
                answer.id,
                helpful=mood <= 0.55,
                reason=None if mood <= 0.55 else "not_my_case" if mood < 0.97 else "unclear",
                note="" if mood < 0.98 else "I read it twice and still do not know what to do.",
                at=self._clock.now(),
            )

    def _choose(self, conversation_id: str, token: str, asked: Message, entry: str) -> None:
        offered = {option["entry"] for option in asked.options}
        chosen = entry if entry in offered else None
        message_id = asking.choose(
            self._parts, conversation_id, token, asked.id, chosen, key=f"demo-choice-{asked.id}"
        )
        self._plan_person(message_id)

    def _plan_person(self, message_id: int) -> None:
        """Plan a person's reply to the ticket a message opened, and its end a while later."""
        with self._parts.db.reading() as session:
            decision = session.get(Decision, message_id)
            if decision is None or decision.ticket_id is None:
                return
            ticket = session.get_one(Ticket, decision.ticket_id)
        waits = ANSWERED_AFTER[ticket.severity] * self._draw.lognormvariate(0, 0.6)
        at = self._clock.now() + timedelta(minutes=waits)
        if at > self._until - STILL_OPEN:
            return
        agent = self._draw.choice(AGENTS)
        self.plan(at, self._reply(ticket.id, agent))
        closes = at + timedelta(minutes=self._draw.uniform(20, 400))
        mood = self._draw.random() * (CLOSED if ticket.severity == Severity.BLOCKED else 1)
        self.plan(closes, self._resolution(ticket.id, agent, mood))

    def _reply(self, ticket_id: int, agent: str) -> Callable[[], None]:
        """Answer as the story tells it, or with the approved version that was suggested."""

        def happen() -> None:
            at = self._clock.now()
            with self._parts.db.writing() as session:
                ticket, person = session.get_one(Ticket, ticket_id), by_email(session, agent)
                if person is None or not ticket.is_waiting_on_us:
                    return
                told = _replies().get(ticket.question.text)
                meant = self._meant.get(ticket.question_id, "")
                known = entries.by_key(session, ticket.launch_id, meant) if meant else None
                if not told and known and (approved := known.approved):
                    suggesting.send_suggestion(
                        session, ticket, meant, approved.number, by=person, at=at
                    )
                    return
                if ticket.severity != Severity.BLOCKED:
                    judging.nothing_answers(session, ticket.question, by=person, at=at)
                ticket.reply(session, told or _CHECKED, by=person, at=at)

        return happen

    def _check(self) -> None:
        """Say of each answer that waits to be checked whether it was the right one."""
        at, agent = self._clock.now(), self._draw.choice(AGENTS)
        with self._parts.db.writing() as session:
            launch, person = by_key(session, self._key), by_email(session, agent)
            if person is None:
                return
            for audit in audits.waiting(session, launch):
                meant = self._meant.get(audit.question.id, "")
                right = meant == audit.version.entry.key
                verdict = audits.Verdict.RIGHT if right else audits.Verdict.WRONG
                audits.judge(session, launch, audit.question.id, verdict, by=person, at=at)

    def _resolution(self, ticket_id: int, agent: str, mood: float) -> Callable[[], None]:
        def happen() -> None:
            with self._parts.db.writing() as session:
                ticket, person = session.get_one(Ticket, ticket_id), by_email(session, agent)
                if person and ticket.is_open and ticket.first_response_at and mood < CLOSED:
                    ticket.resolve(session, by=person, at=self._clock.now())
                    ticket.rating = 5 if mood < 0.4 else 4 if mood < 0.6 else None

        return happen

    def _opinion(self, user: str, source: str, words: str) -> Callable[[], None]:
        def happen() -> None:
            at = self._clock.now()
            with self._parts.db.writing() as session:
                launch = by_key(session, self._key)
                feedback.give(
                    session,
                    user=user,
                    text=words,
                    source=Source(source),
                    given_at=at,
                    at=at,
                    launch_id=launch.id,
                )

        return happen

    def _proposal(self, told: dict[str, Any]) -> Callable[[], None]:
        def happen() -> None:
            at = self._clock.now()
            with self._parts.db.writing() as session:
                author = by_email(session, told["author"])
                draft = Draft(
                    question=told["question"],
                    phrasings=told["phrasings"],
                    not_for=told["not_for"],
                    applies_when=told["applies_when"],
                    answer=told["answer"],
                )
                launch = by_key(session, self._key)
                entry = create(
                    session, launch, key=told["key"], kind=Kind.FAQ, draft=draft, by=author, at=at
                )
                if told["submit"] and author is not None:
                    approving.submit(session, entry, by=author, at=at)

        return happen

    # --- drawing ---

    def _ways(self) -> list[tuple[str, list[str]]]:
        with self._parts.db.reading() as session:
            launch = by_key(session, self._key)
            versions = live(session, launch.id, at=self._clock.now())
            return [(v.entry.key, list(v.ways())) for v in versions]

    def _this_morning(self, number: int) -> datetime:
        return self._until - timedelta(minutes=self._draw.uniform(4, 25) * (number % 9 + 1))

    def _some_time(self, day: int) -> datetime:
        """Return a time on a day, most of them between breakfast and the evening."""
        hour = min(max(self._draw.gauss(4.5, 3.2), -2.0), 13.5)
        return OPENS + timedelta(days=day, hours=max(hour, 0.05 if day == 0 else hour))

    def _in_own_words(self, phrasing: str) -> str:
        """Return a phrasing as somebody types it: often as it is, sometimes with words around."""
        around = self._draw.random()
        if around < 0.62:
            return phrasing
        if around < 0.74:
            return f"Hi, {phrasing[0].lower()}{phrasing[1:]}"
        if around < 0.86:
            return f"{phrasing} thanks"
        return phrasing.lower().replace("'", "").rstrip("?.!")


_CHECKED = (
    "Thank you for your patience. We have looked at your account and everything is in order. "
    "If something still looks odd to you, just answer here."
)


@cache
def _replies() -> dict[str, str]:
    """Return the told reply to each told question."""
    gaps = {words: gap["reply"] for gap in story()["gaps"] for words in gap["asked"]}
    return gaps | {told["say"]: told["reply"] for told in story()["grave"] if "reply" in told}


def play(parts: Parts, launch_key: str, *, until: datetime, step: Callable[[float], None]) -> None:
    """Let the week happen, from the launch until ``until``, through the real flows.

    ``parts.clock`` is a SetClock that is moved along; ``step`` hears the share that is over.
    """
    week = Week(parts, launch_key, until)
    week.plan_crowd()
    week.plan_gaps()
    week.plan_grave()
    week.plan_feedback()
    week.plan_drafts()
    week.plan_checks()
    week.play(step)
    with parts.db.writing() as session:
        launch = by_key(session, launch_key)
        regrouping.merge_alike(session, launch.id, at=parts.clock.now())
        causes.tell(session, launch.id, until=until)
    told_to_many.tell(parts, launch_key, until=until)
