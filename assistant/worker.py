"""The worker: a table of recurring jobs, and the loop that runs it.

Each job finds its own work in the database, one item per transaction, and may run twice.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import select

from assistant.answering import (
    counting,
    guarantee,
    learning,
    replaying,
    sending,
    taking_back,
)
from assistant.answering.answer import hand_over_stranded
from assistant.desk import (
    alarms,
    chasing,
    kinder,
    notice_mail,
    posting,
    regrouping,
    roster_watch,
    telling,
    update_alarms,
    vacancies,
)
from assistant.ground.delivery import Deliverers, deliver_due, forget_delivered
from assistant.ground.parts import Parts
from assistant.integrations import (
    hooks,
    imap,
    jira,
    mailing,
    receiving,
    slack,
    subscriptions,
    webhooks,
)
from assistant.launch.launches import Launch
from assistant.library import expiring, publishing, reembedding, refreshing
from assistant.reports import (
    days,
    reassurance,
    rehearsing,
    rounds,
    second_wave,
    steps,
    watching,
    wordings,
    written,
)

log = structlog.get_logger()

ROUND = 1.0  # seconds between two looks at which jobs are due, at most


@dataclass(frozen=True, slots=True)
class Job:
    """One recurring piece of work; ``run`` returns how much it did."""

    name: str
    every: timedelta
    run: Callable[[Parts], int]


def keep_index(parts: Parts) -> int:
    """Bring the index up to the library, where this process owns it."""
    return publishing.reconcile(parts, at=parts.clock.now())


def prove_index(parts: Parts) -> int:
    """Prove the index of every launch against the library; rebuilds what is wrong."""
    return publishing.prove_all(parts, at=parts.clock.now())


def embed_anew(parts: Parts) -> int:
    """Go on with the library in the words of an embedder that is to come into charge."""
    return reembedding.go_on(parts)


def merge_repeats(parts: Parts) -> int:
    """Merge repeat groups that ask the same, and move questions that fit another group better."""
    with parts.db.reading() as session:
        launches = list(session.scalars(select(Launch.id)))
    return sum(_merge_repeats_of(parts, launch_id) for launch_id in launches)


def _merge_repeats_of(parts: Parts, launch_id: int) -> int:
    # What belongs together is worked out with no lock held; carrying it out looks again.
    at, changed = parts.clock.now(), 0
    with parts.db.reading() as session:
        pairs = regrouping.alike(session, launch_id)
    for kept, taken in pairs:
        with parts.db.writing() as session:
            changed += regrouping.merge(session, kept, taken, at=at)
    with parts.db.reading() as session:
        moves = regrouping.better_placed(session, launch_id)
    for move in moves:
        with parts.db.writing() as session:
            changed += regrouping.move(session, move, at=at)
    with parts.db.writing() as session:
        return changed + regrouping.follow(session, launch_id)


def jobs(parts: Parts) -> tuple[Job, ...]:
    """Return the table of recurring jobs."""
    often = timedelta(seconds=parts.settings.sweep_seconds)
    return (
        Job("hand over stranded questions", often, hand_over_stranded),
        Job("tell of gaps in rosters", timedelta(minutes=5), roster_watch.tell_of_gaps),
        Job("tell of deciders who left", timedelta(minutes=5), vacancies.tell_leads),
        Job("send broadcasts", often, sending.send_broadcasts),
        Job("follow changed clocks", often, kinder.go_on),
        Job("take recalled answers back", often, taking_back.take_back),
        Job("keep the index", often, keep_index),
        Job("ask about ended answers", often, expiring.ask_owners),
        Job("watch the certificates", timedelta(minutes=10), guarantee.watch),
        Job("embed anew", often, embed_anew),
        Job("keep the days", timedelta(seconds=30), days.keep_days),
        Job("read what contacts seek", often, reassurance.read_contacts),
        Job("watch the warning signs", timedelta(minutes=5), watching.watch),
        Job("watch for a second wave", timedelta(minutes=5), second_wave.watch),
        Job("move the stages", timedelta(minutes=5), steps.move_stages),
        Job("write reports", timedelta(minutes=1), written.write_due),
        Job("call triage rounds", timedelta(minutes=1), rounds.call_rounds),
        Job("merge repeats", timedelta(minutes=10), merge_repeats),
        Job("count suggestions", timedelta(seconds=15), counting.count_anew),
        Job("prove the index", timedelta(days=1), prove_index),
        Job("recalibrate", timedelta(days=1), learning.recalibrate),
        Job("tell connections", often, subscriptions.tell_subscribers),
        Job("forget what was delivered", timedelta(days=1), forget_delivered),
        Job("post letters", often, posting.post_due),
        Job("tell subscribers", often, telling.tell_subscribers),
        Job("forget what was received", timedelta(days=1), hooks.forget_received),
    )


def clocks(parts: Parts) -> tuple[Job, ...]:
    """Return the jobs that somebody may be woken by; a worker of their own, so that none waits."""
    often = timedelta(seconds=min(parts.settings.sweep_seconds, ROUND))
    return (
        Job("warn of promises", often, alarms.warn),
        Job("break promises", often, alarms.break_promises),
        Job("move up what nobody takes", often, alarms.move_up),
        Job("watch updates", timedelta(seconds=15), update_alarms.watch_updates),
        Job("chase decisions", timedelta(seconds=30), chasing.chase),
        Job("tell of what nobody looked at", timedelta(seconds=30), rounds.alert_untriaged),
        Job("mail notices", often, notice_mail.mail_notices),
    )


def long_jobs(parts: Parts) -> tuple[Job, ...]:
    """Return the jobs that take seconds and have a worker of their own, so that no clock waits.

    They are about what this process keeps in memory, so they run where questions are answered.
    """
    often = timedelta(seconds=min(parts.settings.sweep_seconds, ROUND))
    return (
        Job("learn properly", timedelta(seconds=20), refreshing.learn_properly),
        Job("replay versions", often, replaying.go_on),
        Job("rehearse", often, rehearsing.run_due),
        Job("put reports into words", timedelta(minutes=5), wordings.word_reports),
    )


def deliverers(parts: Parts) -> Deliverers:
    """Return who brings which kind of outgoing row to its target; a kind without one waits."""
    return {
        "mail": mailing.deliver,
        "jira": jira.deliver,
        "slack": slack.deliver,
        "webhook": webhooks.deliver,
    }


def deliver(parts: Parts) -> int:
    """Bring to others what is due in the outbox."""
    return deliver_due(parts, deliverers(parts))


def deliveries(parts: Parts) -> tuple[Job, ...]:
    """Return the jobs that wait for others' servers; a worker of their own, so no clock waits."""
    often = timedelta(seconds=parts.settings.sweep_seconds)
    return (
        Job("deliver", often, deliver),
        Job("fetch mail", often, imap.read_mailbox),
        Job("read mail", often, receiving.settle_due),
    )


class Worker:
    """Runs a table until it is told to stop. One thread; a failing job does not stop the rest."""

    def __init__(
        self, parts: Parts, table: Callable[[Parts], tuple[Job, ...]] = jobs, name: str = "worker"
    ) -> None:
        self._parts = parts
        self._table = table
        self._stop = threading.Event()
        self._due: dict[str, float] = {}  # on the steady clock: a jump of the other stops no job
        self._thread = threading.Thread(target=self.run, name=name, daemon=True)

    def start(self) -> None:
        """Run in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the job in hand and end."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    def run(self) -> None:
        """Run until ``stop``; call it directly to stay in the foreground."""
        while not self._stop.is_set():
            self.round()
            self._stop.wait(min(self._parts.settings.sweep_seconds, ROUND))

    def round(self) -> None:
        """Run every job that is due, once."""
        now = self._parts.clock.steady()
        for job in self._table(self._parts):
            if self._due.get(job.name, now) <= now:
                self._due[job.name] = now + job.every.total_seconds()
                self._run(job)

    def _run(self, job: Job) -> None:
        try:
            done = job.run(self._parts)
        except Exception:
            log.exception("job failed", job=job.name)
        else:
            if done:
                log.info("job done", job=job.name, items=done)
