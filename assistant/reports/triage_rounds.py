"""What a triage round looks at: the tickets that nobody has taken note of, the worst first."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from assistant.launch.launches import Launch
from assistant.reports import as_of
from assistant.reports.as_of import was_untriaged
from assistant.reports.daily_status import age, tickets_section, undecided_section
from assistant.reports.papers import Number, Paper

KIND = "triage"
HOURS = (9, 12, 15, 18)  # local, of the rounds


def kind_of(hour: int) -> str:
    """Return the kind under which the round of an hour is kept."""
    return f"{KIND}-{hour:02d}"


def of_round(session: Session, launch: Launch, day: date, until: datetime) -> Paper:
    """Return what a round looks at, as it stands at ``until`` (UTC): the worst first."""
    now, undecided = (
        as_of.open_tickets(session, launch.id, until),
        as_of.undecided(session, launch.id, until),
    )
    found = as_of.tickets_that(session, launch.id, was_untriaged(until), most=50)
    oldest = min((ticket.opened_at for ticket in found), default=None)
    waited = age(oldest, until) if oldest else "–"
    desk = f"/desk?launch={launch.key}&view="
    return Paper(
        kind=KIND,
        title=f"Triage, {launch.name}, {day.isoformat()}",
        period=f"{until.astimezone(launch.zone):%H:%M}",
        tone="warn" if now.untriaged else "good",
        verdict=f"The oldest has waited {waited}." if oldest else "Nothing waits for a first look.",
        text="",
        numbers=(
            Number("untriaged", "Untriaged", now.untriaged, f"{now.untriaged:,}",
                   "nobody has taken note of them", f"{desk}unassigned"),
            Number("oldest", "The oldest waits", None, waited),
            Number("open_urgent", "Open Sev 1–2", now.urgent, f"{now.urgent:,}", "",
                   f"{desk}urgent"),
            Number("undecided", "Undecided", len(undecided), f"{len(undecided):,}", "",
                   f"{desk}waiting-on-decision"),
        ),
        sections=(
            tickets_section("To look at", found, until, launch.zone, empty="None."),
            undecided_section(undecided, until),
        ),
    )  # fmt: skip
