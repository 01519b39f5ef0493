"""The exit pack: everything that goes over to the steady-state team, on one page."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from assistant.desk.causes import Cause
from assistant.ground.redacting import redacted
from assistant.launch import stages
from assistant.launch.launches import Launch
from assistant.library import afterwards
from assistant.library.afterwards import BECOMES_WORDS, Becomes
from assistant.library.liveness import live
from assistant.library.versions import EntryVersion
from assistant.library.wording import time_in_words
from assistant.reports import actions, as_of, exits, measured
from assistant.reports.exits import Gate, Signature
from assistant.reports.papers import Number, Paper, Section, Table
from assistant.reports.steps import title_of

KIND = "exit-pack"
KNOWN_ISSUE = "known-issue"


def of_launch(session: Session, launch: Launch, day: date, until: datetime) -> Paper:
    """Return the pack as it stands at ``until`` (UTC)."""
    gate, signed = exits.gate_of(session, launch, at=until), exits.signatures(session, launch.id)
    temporary = afterwards.temporary(session, launch.id, at=until)
    decided = afterwards.decided(session, launch.id)
    left = sum(version.entry_id not in decided for version in temporary)
    causes, now = _causes(session, launch.id), as_of.open_tickets(session, launch.id, until)
    tone, verdict, text = verdict_of(gate, signed, launch)
    return Paper(
        kind=KIND,
        title=f"Exit pack, {launch.name}",
        period=f"As of {time_in_words(until, launch.zone)}",
        tone=tone,
        verdict=verdict,
        text=text,
        numbers=(
            Number("stable_days", "Stable days", gate.stable_days, f"{gate.stable_days}",
                   "every criterion held, one after the other",
                   f"/launches/{launch.key}/stages"),
            Number("missing", "Still missing", len(gate.missing), f"{len(gate.missing)}",
                   f"of {len(gate.needs)} things that the end needs"),
            Number("temporary", "Temporary answers", len(temporary), f"{len(temporary):,}",
                   f"{left:,} of them undecided", f"/library?launch={launch.key}"),
            Number("open_causes", "Open causes", len(causes), f"{len(causes):,}", "not fixed yet",
                   f"/causes?launch={launch.key}"),
            Number("open_tickets", "Open tickets", now.tickets, f"{now.tickets:,}",
                   f"{now.urgent:,} of them Sev 1–2", f"/desk?launch={launch.key}&view=open"),
        ),
        sections=(
            _needs(gate),
            _figures(launch, gate),
            _temporary(launch, temporary, decided),
            _open_causes(causes),
            _known(session, launch, until),
            _actions(session, launch),
            _signed(signed, launch),
        ),
    )  # fmt: skip


def verdict_of(gate: Gate, signed: Sequence[Signature], launch: Launch) -> tuple[str, str, str]:
    """Return tone, verdict and what supports it."""
    if launch.closed_at is not None and signed:
        how = " although something was missing" if signed[0].missing else ""
        return "good", "It has ended.", f"{signed[0].by.name} signed it{how}."
    if gate.is_open:
        return "good", "It may end.", "Everything is there; the sponsor signs."
    return "info", "It may not end yet.", f"{len(gate.missing)} things are missing."


def _needs(gate: Gate) -> Section:
    rows = tuple(
        (title_of(n.title) if n.kind == "criterion" else n.title,
         "yes" if n.is_there else "no", n.why)
        for n in gate.needs
    )  # fmt: skip
    return Section("What the end needs", table=Table(("need", "there", "how it stands"), rows))


def _figures(launch: Launch, gate: Gate) -> Section:
    normal = measured.baselines(launch)
    rows = tuple(
        (title_of(s.criterion.metric), s.criterion.words,
         measured.shown(s.criterion.metric, normal.get(s.criterion.metric)),
         s.streak, s.days[-1].why if s.days else "Nothing was measured.")
        for s in gate.standings
    )  # fmt: skip
    header = ("figure", "limit", "normal before", "days held", "the last day")
    return Section("Figures against their limits", table=Table(header, rows), empty="None is set.")


def _temporary(
    launch: Launch, temporary: Sequence[EntryVersion], decided: dict[int, afterwards.Afterwards]
) -> Section:
    rows, links = [], []
    for version in temporary:
        said = decided.get(version.entry_id)
        becomes = BECOMES_WORDS[Becomes(said.becomes)] if said else "undecided"
        rows.append((version.question, becomes, said.decided_by.name if said else "",
                     said.note if said else ""))  # fmt: skip
        links.append(f"/library/{launch.key}/entries/{version.entry.key}")
    table = Table(("temporary answer", "becomes", "decided by", "note"), tuple(rows), tuple(links))
    return Section("What becomes of temporary answers", table=table, empty="There is none.")


def _causes(session: Session, launch_id: int) -> Sequence[Cause]:
    query = select(Cause).where(Cause.launch_id == launch_id, Cause.fixed_at.is_(None))
    return session.scalars(query.order_by(Cause.id).options(joinedload(Cause.owner))).all()


def _open_causes(causes: Sequence[Cause]) -> Section:
    rows = tuple(
        (redacted(c.title), c.state.value, c.owner.name if c.owner else "nobody") for c in causes
    )
    links = tuple(f"/causes/{c.id}" for c in causes)
    table = Table(("cause", "state", "owner"), rows, links)
    return Section("Open causes", table=table, empty="None is open.")


def _known(session: Session, launch: Launch, until: datetime) -> Section:
    found = [v for v in live(session, launch.id, at=until) if v.verdict == KNOWN_ISSUE]
    rows = tuple((v.question, v.what_to_do or "") for v in found)
    links = tuple(f"/library/{launch.key}/entries/{v.entry.key}" for v in found)
    table = Table(("known issue", "what to do"), rows, links)
    return Section("Known issues", table=table, empty="Customers are told of none.")


def _actions(session: Session, launch: Launch) -> Section:
    rows = tuple(
        (a.what, a.owner.name, a.due.isoformat() if a.due else "", "done" if a.done_at else "open")
        for a in actions.of_launch(session, launch.id)
    )
    table = Table(("action", "who", "due", "state"), rows)
    return Section("What follows from lessons learned", table=table, empty="Nothing was decided.",
                   href=f"/launches/{launch.key}/reports/lessons-learned")  # fmt: skip


def _signed(signed: Sequence[Signature], launch: Launch) -> Section:
    lines = tuple(
        f"{s.by.name}, {time_in_words(s.at, launch.zone)}"
        + (f". Although missing: {' '.join(s.missing)} Because: {s.override}" if s.missing else "")
        for s in signed
    )
    stage = stages.words_of(launch.stage)
    return Section("Signatures", text=f"Promises now: {stage}.", lines=lines,
                   empty="Nobody has signed yet.")  # fmt: skip
