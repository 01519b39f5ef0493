"""R15, R58, P24: reports are written once, as of their day, and corrected in the open."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from assistant.desk.severity import Severity
from assistant.ground.outbox import Outgoing
from assistant.ground.parts import Parts
from assistant.reports import daily_status, papers, readers, written
from assistant.reports.due import Life, Rhythm, days_due, due_at
from assistant.reports.kinds import KINDS
from assistant.reports.papers import Chart, Number, Paper, Section, Table
from assistant.reports.written import WrittenReport, write_due
from tests import cast
from tests.cast import a_customer, clock_of, launch_of

TODAY = date(2026, 11, 17)
BERLIN = ZoneInfo("Europe/Berlin")
MORNING = datetime(2026, 11, 18, 6, 0, tzinfo=UTC)  # seven in Berlin


def status_of(parts: Parts, day: date = TODAY) -> WrittenReport | None:
    with parts.db.reading() as session:
        return written.of_day(session, launch_of(session).id, daily_status.KIND, day)


def numbers(paper: Paper) -> dict[str, str]:
    return {number.name: number.shown for number in paper.numbers}


def with_mail(parts: Parts) -> Parts:
    parts.settings.smtp_host, parts.settings.mail_from = "localhost", "hypercare@shop.example"
    return parts


# --- when ---


@pytest.mark.parametrize(
    ("day", "hour", "at"),
    [
        (date(2026, 11, 17), 7, datetime(2026, 11, 18, 6, tzinfo=UTC)),
        (date(2026, 7, 1), 7, datetime(2026, 7, 2, 5, tzinfo=UTC)),
        (date(2027, 3, 27), 2, datetime(2027, 3, 28, 1, tzinfo=UTC)),  # an hour that is skipped
        (date(2026, 10, 24), 2, datetime(2026, 10, 25, 0, tzinfo=UTC)),  # one that comes twice
    ],
)
def test_a_day_is_reported_the_next_morning_by_the_clock_on_the_wall(day, hour, at):
    assert due_at(Life(BERLIN, day, None, hour), Rhythm.DAY, day) == at


def test_an_agenda_comes_every_day_for_two_weeks_and_on_mondays_after():
    life = Life(BERLIN, date(2026, 11, 16), None)  # a Monday
    at = datetime(2026, 12, 14, 12, tzinfo=UTC)  # a Monday four weeks on
    due = list(days_due(life, Rhythm.MORNING, at))
    assert due == [date(2026, 11, 30), date(2026, 12, 7), date(2026, 12, 14)]
    early = list(days_due(life, Rhythm.MORNING, datetime(2026, 11, 29, 12, tzinfo=UTC)))
    assert len(early) == 14


def test_a_week_is_reported_on_monday_and_the_last_one_too():
    life = Life(BERLIN, date(2026, 11, 18), date(2026, 12, 1))
    due = list(days_due(life, Rhythm.WEEK, datetime(2026, 12, 7, 6, tzinfo=UTC)))
    assert due == [date(2026, 11, 29), date(2026, 12, 6)]
    before = list(days_due(life, Rhythm.WEEK, datetime(2026, 12, 7, 5, 59, tzinfo=UTC)))
    assert before == [date(2026, 11, 29)]


# --- what is written ---


def test_a_report_is_written_once_at_its_hour_and_mailed_to_the_sponsor(shop: Parts) -> None:
    with_mail(shop)
    a_customer(shop).asks(cast.BLOCKED)
    clock_of(shop).set(MORNING - timedelta(seconds=1))
    write_due(shop)
    assert status_of(shop) is None
    clock_of(shop).set(MORNING)
    assert write_due(shop) == 5 and write_due(shop) == 0
    report = status_of(shop)
    assert report is not None and report.mailed_to == [cast.PRIYA]
    with shop.db.reading() as session:
        mails = session.scalars(select(Outgoing).where(Outgoing.key == f"report-{report.id}")).all()
    assert [mail.target for mail in mails] == [cast.PRIYA]
    assert mails[0].body["subject"].endswith("2026-11-17: Not calm yet.")
    assert "Contacts: 1 (" in mails[0].body["text"]
    assert "/launches/spring-pricing/reports/daily-status/2026-11-17" in mails[0].body["text"]


def test_who_said_no_gets_none_and_who_asked_for_it_does(shop: Parts) -> None:
    with_mail(shop)
    with shop.db.writing() as session:
        launch, at = launch_of(session), shop.clock.now()
        for who, wanted in ((cast.PRIYA, False), (cast.AMIR, True)):
            person = cast.the(session, who)
            readers.say(session, launch, "daily-status", wanted=wanted, by=person, at=at)
        # What his role may not read does not come by mail either.
        amir = cast.the(session, cast.AMIR)
        readers.say(session, launch, "feedback", wanted=True, by=amir, at=at)
    clock_of(shop).set(MORNING)
    write_due(shop)
    with shop.db.reading() as session:
        found = session.scalars(select(WrittenReport).where(WrittenReport.day == TODAY)).all()
    assert {each.kind: each.mailed_to for each in found if each.mailed_to} == {
        "daily-status": [cast.AMIR]
    }


def test_a_report_is_as_of_its_day_although_it_is_written_later(shop: Parts) -> None:
    # Given a ticket that is open when the day ends and resolved before the report is written
    a_customer(shop).asks(cast.BLOCKED)
    clock_of(shop).set(datetime(2026, 11, 18, 5, 0, tzinfo=UTC))
    cast.amir_replies(shop)
    with cast.the_ticket(shop) as (session, ticket):
        ticket.resolve(session, by=cast.the(session, cast.AMIR), at=shop.clock.now())
    clock_of(shop).set(MORNING)
    write_due(shop)
    report = status_of(shop)
    assert report is not None
    paper = papers.of_json(report.paper)
    assert (numbers(paper)["open_tickets"], numbers(paper)["open_urgent"]) == ("1", "1")
    assert (paper.tone, paper.verdict) == ("warn", "Not calm yet.")


def test_the_status_says_what_was_told_and_that_the_daily_update_was_missing(shop: Parts) -> None:
    clock_of(shop).set(MORNING)
    write_due(shop)
    report = status_of(shop)
    assert report is not None
    paper = papers.of_json(report.paper)
    told = next(number for number in paper.numbers if number.name == "updates")
    assert (told.value, told.shown) == (0, "0")
    assert told.note == "the daily update was not there in time"
    (risks,) = [section for section in paper.sections if section.title == "Risks"]
    assert "The daily update was not there in time." in risks.lines
    assert numbers(paper)["fixes"] == "0"


def test_what_changed_since_is_said_beside_the_figure_and_never_silently(shop: Parts) -> None:
    a_customer(shop).asks(cast.BLOCKED)
    clock_of(shop).set(MORNING)
    write_due(shop)
    with cast.the_ticket(shop) as (session, ticket):
        lena = cast.the(session, cast.LENA)
        ticket.set_severity(
            session, Severity.MINOR, reason="Looked again.", by=lena, at=shop.clock.now()
        )
    with shop.db.reading() as session:
        kind = KINDS[daily_status.KIND]
        launch, at = launch_of(session), shop.clock.now()
        paper, kept = written.paper_of(session, launch, kind, TODAY, at=at)
    found = {number.name: (number.shown, number.again) for number in paper.numbers}
    assert kept is not None and paper.is_corrected
    assert found["open_urgent"] == ("1", "counted again: was 1, is 0")
    assert found["open_tickets"] == ("1", "")
    assert "counted again: was 1, is 0" in papers.as_markdown(paper)
    assert "counted again: was 1, is 0" in papers.as_csv(paper)


def test_what_was_down_for_days_writes_what_is_missing_and_mails_only_what_is_news(
    shop: Parts,
) -> None:
    with_mail(shop)
    clock_of(shop).set(MORNING + timedelta(days=5))
    write_due(shop)
    with shop.db.reading() as session:
        query = select(WrittenReport).where(WrittenReport.kind == daily_status.KIND)
        found = {report.day.day: report.mailed_to for report in session.scalars(query)}
    assert list(found) == [16, 17, 18, 19, 20, 21, 22]
    assert [day for day, to in found.items() if to] == [21, 22]


# --- the value ---

AGAIN = "counted again: was 41, is 42"
PAPER = Paper(
    "x", "A report", "Day 1", "good", "Calm.", "Since *Monday*.",
    (Number("contacts", "Contacts", 41.0, "41", "by 40 people", "/x", AGAIN),),
    (
        Section("Days", chart=Chart("Contacts", "", (("16 Nov", 40.0), ("17 Nov", None)), 30.0)),
        Section("Asked", table=Table(("question", "people"), (("=1+1 | <b>", 2),), ("/q",))),
        Section("Risks", lines=("-1 is left",), empty="None."),
        Section("Nothing", empty="There was none."),
    ),
)  # fmt: skip

MARKDOWN = r"""# A report

**Calm.** Since \*Monday\*.

- **Contacts:** 41 (by 40 people; counted again: was 41, is 42)

## Days

| day | contacts |
| --- | --- |
| 16 Nov | 40.0 |
| 17 Nov |  |

## Asked

| question | people |
| --- | --- |
| =1+1 \| \<b\> | 2 |

## Risks

- -1 is left

## Nothing

There was none.
"""

CSV = """figure,value,note,counted again\r
Contacts,41,by 40 people,"counted again: was 41, is 42"\r
\r
Days\r
day,contacts\r
16 Nov,40.0\r
17 Nov,\r
\r
Asked\r
question,people\r
'=1+1 | <b>,2\r
Risks,'-1 is left\r
"""

TEXT = """Calm.
Since *Monday*.

Contacts: 41 (by 40 people; counted again: was 41, is 42)

ASKED
- =1+1 | <b>, 2

RISKS
- -1 is left

NOTHING
There was none.
"""


def test_one_value_is_kept_and_rendered_the_same_everywhere_and_runs_nowhere() -> None:
    assert papers.of_json(papers.as_json(PAPER)) == PAPER
    assert papers.as_markdown(PAPER) == MARKDOWN
    assert papers.as_csv(PAPER) == CSV
    assert papers.as_text(PAPER) == TEXT
