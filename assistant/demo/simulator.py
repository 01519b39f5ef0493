"""A launch in compressed time through the real code, with and without what Hypercare adds.

The customers are the same each time; only what is switched off differs: **messages** (approved
answers at once), **repeats** (one answer to everybody who waits, and a cause that is owned and so
fixed sooner) and **updates** (what everybody is told). What people do is assumed in ``crowd``.
"""

import heapq
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

from assistant.answering import asking, sending, suggesting
from assistant.answering.decisions import Decision, outcome_of
from assistant.demo import crowd, leading
from assistant.demo.crowd import Visit
from assistant.demo.outcomes import Outcome, Switches, added_up, criteria_for
from assistant.demo.week import story
from assistant.desk import conversations
from assistant.desk.tickets import Ticket
from assistant.ground.clock import SetClock
from assistant.ground.parts import Parts
from assistant.ground.people import Person, Role, members
from assistant.launch.launches import Mode, by_key
from assistant.library.liveness import live
from assistant.reports import days, exits, steps

REPLY = "Thank you for your patience. A colleague has looked at your account and it is settled now."
NOT_YET = "Thank you for telling us. It is a fault of ours, and we are mending it."
MENDED = "What you told us about is mended. Thank you for your patience."


@dataclass(order=True)
class Moment:
    """Something that happens at a time; equal times keep the order they were planned in."""

    at: datetime
    order: int
    happen: Callable[[], None] = field(compare=False)


class Simulation:
    """One launch being played. ``parts.clock`` is a SetClock that is moved along."""

    def __init__(
        self, parts: Parts, launch_key: str, *, days: int, seed: int, switches: Switches
    ) -> None:
        assert isinstance(parts.clock, SetClock)  # noqa: S101  # the caller stopped the clock
        self._parts, self._clock, self._key = parts, parts.clock, launch_key
        self._days, self._on = days, switches
        self._draw = random.Random(f"people {seed}")  # noqa: S311  # a story, not a secret
        self._order = count()
        self._coming: list[Moment] = []
        self._waiting: list[tuple[int, datetime, int]] = []  # severity, opened, ticket
        self._meant: dict[int, str] = {}  # ticket -> the entry or gap that its customer means
        self._asked: Counter[str] = Counter()
        self._gaps = leading.gaps_of(story())
        self._broken: dict[str, list[int]] = {}  # bug -> tickets that stay open until it is fixed
        self._updated: set[str] = set()
        self._fixed: dict[str, datetime] = {}
        self.outcome = Outcome()
        self._begin()

    def _begin(self) -> None:
        with self._parts.db.writing() as session:
            launch = by_key(session, self._key)
            launch.mode = Mode.AUTO if self._on.messages else Mode.SUGGEST
            launch.coverage = {}
            self._opened_at = launch.live_at or launch.starts_at
            found = live(session, launch.id, at=self._clock.now())
            self._ways = {version.entry.key: version.ways() for version in found}
            agents = members(session, launch.id, Role.AGENT)
            self._agents = [(agent.id, self._opened_at) for agent in agents]
            self._launch_id, self._zone = launch.id, launch.zone

    def play(self, customers: int, seed: int, step: Callable[[float], None]) -> Outcome:
        """Let everything happen and return what came of it; ``step`` hears the share that is over.

        At each day's end its figures are kept and the stages move, as the worker does it.
        """
        with self._parts.db.writing() as session:
            by_key(session, self._key).exit_criteria = criteria_for(customers)
        gaps = {key: gap.asked for key, gap in self._gaps.items()}
        crowd_ = crowd.visits(self._ways, gaps, customers=customers, days=self._days, seed=seed)
        self._choose_bugs(Counter(v.about for v in crowd_ if v.about in self._ways))
        for visit in crowd_:
            self._plan(self._opened_at + visit.after, partial(self._meet, visit))
        for day in range(self._days):
            self._plan_day(day)
        while self._coming:
            moment = heapq.heappop(self._coming)
            self._clock.set(max(moment.at, self._clock.now()))
            moment.happen()
            step(min(1.0, (moment.at - self._opened_at) / timedelta(days=self._days)))
        return added_up(self._parts, self._key, self._days, self.outcome)

    def _plan(self, at: datetime, happen: Callable[[], None]) -> None:
        if at < self._opened_at + timedelta(days=self._days):
            heapq.heappush(self._coming, Moment(at, next(self._order), happen))

    def _choose_bugs(self, asked: Counter[str]) -> None:
        after = timedelta(days=crowd.FIXED_AFTER[self._on.repeats])
        bugs = [key for key, gap in self._gaps.items() if gap.is_bug]
        for key in [*bugs, *(key for key, _ in asked.most_common(crowd.BUGS))]:
            self._fixed[key] = self._opened_at + after
            self._plan(self._fixed[key], partial(self._tell_it_is_fixed, key))

    def _plan_day(self, day: int) -> None:
        morning = self._opened_at + timedelta(days=day)
        if self._on.updates and day < len(self._ways):
            self._plan(morning + timedelta(hours=7, minutes=30), self._tell_everybody)
        if self._on.messages:
            self._plan(morning + timedelta(hours=7), self._write_answers)
        if self._on.repeats:
            for hours in (3, 6, 9):
                self._plan(morning + timedelta(hours=hours), self._answer_repeats)
        self._plan(morning + timedelta(hours=23), self._end_of_day)

    # --- customers ---

    def _meet(self, visit: Visit) -> None:
        """Let the change meet a customer, who asks unless it is settled or they know already."""
        told = visit.about in self._updated and visit.heeds < crowd.HEEDED
        if told or (visit.about in self._fixed and not self._is_broken(visit.about)):
            self.outcome.stayed_away += 1
            return
        self._asked[visit.about] += 1
        with self._parts.db.writing() as session:
            conversation, token = conversations.begin(
                session,
                by_key(session, self._key),
                at=self._clock.now(),
                channel="widget",
                visitor=f"sim-{visit.number:06d}",
            )
        self._ask(visit, conversation.id, token, visit.words, again=0)

    def _ask(self, visit: Visit, talk: str, token: str, words: str, *, again: int) -> None:
        message = asking.ask(self._parts, talk, token, words, key=f"sim-{visit.number}-{again}")
        with self._parts.db.reading() as session:
            outcome = outcome_of(session, message)
            answered = [version.entry.key for _, version in outcome.answers] if outcome else []
        if answered:
            self._judge_answer(visit, talk, token, visit.about in answered)
        elif outcome is not None and outcome.clarification is not None:
            offered = {option["entry"] for option in outcome.clarification.options}
            takes = visit.about in offered and visit.mood < crowd.CHOOSES
            chosen = visit.about if takes else None
            message = asking.choose(
                self._parts, talk, token, outcome.clarification.id, chosen, key=f"pick-{message}"
            )
        self._follow(visit, talk, token, message, again)

    def _judge_answer(self, visit: Visit, talk: str, token: str, right: bool) -> None:
        self.outcome.wrong += not right
        if right and visit.mood < crowd.SATISFIED:
            return
        key = f"call-{visit.number}"
        call = asking.ask_for_person(self._parts, talk, token, "Please look at it.", key=key)
        self._follow(visit, talk, token, call, crowd.MOST_AGAIN)

    def _follow(self, visit: Visit, talk: str, token: str, message: int, again: int) -> None:
        """Put the ticket that a message opened before the agents, and plan the impatience."""
        with self._parts.db.reading() as session:
            decision = session.get(Decision, message)
            ticket_id = decision.ticket_id if decision else None
            ticket = session.get(Ticket, ticket_id) if ticket_id else None
        if ticket is None:
            return
        if ticket.id not in self._meant:
            self._meant[ticket.id] = visit.about
            heapq.heappush(self._waiting, (ticket.severity, ticket.opened_at, ticket.id))
            self._work()
        if again < crowd.MOST_AGAIN and visit.mood < crowd.ASKS_AGAIN:
            lose = partial(self._lose_patience, visit, talk, token, ticket.id, again + 1)
            self._plan(self._clock.now() + crowd.IMPATIENT, lose)

    def _lose_patience(
        self, visit: Visit, talk: str, token: str, ticket_id: int, again: int
    ) -> None:
        with self._parts.db.reading() as session:
            if session.get_one(Ticket, ticket_id).first_response_at is not None:
                return
        self.outcome.came_back += 1
        self._ask(visit, talk, token, f"Is anybody there? {visit.words}", again=again)

    # --- agents ---

    def _work(self) -> None:
        """Let every agent who is free take the ticket that is most urgent."""
        now = self._clock.now()
        for place, (person, free_at) in enumerate(self._agents):
            if not self._waiting or free_at > now or not self._is_day(now):
                continue
            _, _, ticket_id = heapq.heappop(self._waiting)
            knows = self._on.messages and self._meant[ticket_id] in self._ways
            minutes = crowd.HANDLING[knows] * self._draw.lognormvariate(0, 0.5)
            done = now + timedelta(minutes=minutes)
            self._agents[place] = (person, done)
            self._plan(done, partial(self._reply, ticket_id, person))

    def _is_day(self, now: datetime) -> bool:
        return 8 <= now.astimezone(self._zone).hour < 20

    def _reply(self, ticket_id: int, person_id: int) -> None:
        """Answer a ticket and resolve it; what is broken stays open until it is fixed."""
        at, about = self._clock.now(), self._meant[ticket_id]
        with self._parts.db.writing() as session:
            ticket, agent = session.get_one(Ticket, ticket_id), session.get_one(Person, person_id)
            if ticket.is_open and self._is_broken(about):
                ticket.reply(session, NOT_YET, by=agent, at=at)
                self._broken.setdefault(about, []).append(ticket_id)
            elif ticket.is_open:
                self._say(session, ticket, agent, at)
                ticket.resolve(session, by=agent, at=at)
        self._work()

    def _is_broken(self, about: str) -> bool:
        return about in self._fixed and self._fixed[about] > self._clock.now()

    def _say(self, session: Any, ticket: Ticket, agent: Person, at: datetime) -> None:
        if ticket.first_response_at is not None:
            ticket.reply(session, MENDED, by=agent, at=at)
            return
        meant = self._meant[ticket.id]
        version = leading.approved(session, self._launch_id, meant, self._parts)
        if self._on.messages and version:
            suggesting.send_suggestion(session, ticket, meant, version.number, by=agent, at=at)
            return
        ticket.reply(session, f"{REPLY} ({ticket.number})", by=agent, at=at)

    # --- the lead ---

    def _write_answers(self) -> None:
        """Let the leads answer once and for all what many ask and nothing answers."""
        wanted = [
            key
            for key, people in self._asked.most_common()
            if key not in self._ways and people >= crowd.WRITTEN_FROM and not self._is_broken(key)
        ]
        for key in wanted[: crowd.WRITTEN_A_DAY]:
            if leading.write(self._parts, self._launch_id, self._gaps[key]):
                self._ways[key] = self._gaps[key].asked

    def _tell_everybody(self) -> None:
        """Publish an update about what is asked most and was not in one yet."""
        known = [key for key, _ in self._asked.most_common() if key in self._ways]
        told = [key for key in known if key not in self._updated][:2]
        if not told:
            return
        titles = "; ".join(self._ways[key][0] for key in told)
        leading.update(self._parts, self._launch_id, titles)
        self._updated |= set(told)

    def _answer_repeats(self) -> None:
        """Answer everybody at once who waits for the same."""
        waiting = Counter(self._meant[ticket] for _, _, ticket in self._waiting)
        for key, number in waiting.items():
            if key in self._ways and number >= crowd.BROADCAST_FROM and not self._is_broken(key):
                self._tell(key, "", [t for _, _, t in self._waiting if self._meant[t] == key])

    def _tell_it_is_fixed(self, key: str) -> None:
        """Tell who waits for it: everybody at once, and else one ticket after the other."""
        tickets = self._broken.pop(key, [])
        if self._on.repeats and tickets:
            self._tell(key, MENDED, tickets)
        with self._parts.db.reading() as session:
            found = [session.get_one(Ticket, ticket) for ticket in tickets]
        for ticket in (each for each in found if each.is_open):
            heapq.heappush(self._waiting, (ticket.severity, ticket.opened_at, ticket.id))
        self._work()

    def _tell(self, key: str, words: str, tickets: list[int]) -> None:
        told = leading.tell(self._parts, self._launch_id, key, words, tickets)
        self.outcome.told_at_once += told
        if told:
            self._waiting = [each for each in self._waiting if each[2] not in set(tickets)]
            heapq.heapify(self._waiting)
        for _ in range(3):
            self._clock.set(self._clock.now() + timedelta(seconds=11))
            sending.send_broadcasts(self._parts)

    # --- what comes of it ---

    def _end_of_day(self) -> None:
        days.keep_days(self._parts)
        steps.move_stages(self._parts)
        at = self._clock.now() + timedelta(hours=2)
        with self._parts.db.reading() as session:
            launch = by_key(session, self._key)
            self.outcome.stages.append(launch.stage)
            held = exits.standings(session, launch, at=at)
            if self.outcome.calm_on is None and all(standing.is_met for standing in held):
                self.outcome.calm_on = len(self.outcome.stages)
