"""R15, R60, R61: the agenda, the rounds, the lessons and the exit pack say what the records say."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from assistant.desk import rulings
from assistant.desk.conversations import Conversation
from assistant.desk.messages import By, Message, Said
from assistant.desk.notices import Notice
from assistant.desk.repeats import RepeatGroup
from assistant.ground.errors import NotPermitted, Refused
from assistant.ground.parts import Parts
from assistant.reports import actions, lessons_learned, written
from assistant.reports.kinds import KINDS
from assistant.reports.lessons_learned import findings
from assistant.reports.papers import Paper
from assistant.reports.rounds import alert_untriaged, call_rounds, round_at
from assistant.reports.written import write_due
from tests import cast
from tests.cast import a_customer, clock_of, later, launch_of

TODAY = date(2026, 11, 17)
NINE = datetime(2026, 11, 17, 8, 0, tzinfo=UTC)  # in Berlin


def built(parts: Parts, name: str, day: date = TODAY) -> Paper:
    with parts.db.reading() as session:
        launch, at = launch_of(session), parts.clock.now() + timedelta(seconds=1)
        return KINDS[name].build(session, launch, day, at)


def numbers(paper: Paper) -> dict[str, str]:
    return {number.name: number.shown for number in paper.numbers}


def part(paper: Paper, title: str) -> list[tuple]:
    section = next(each for each in paper.sections if each.title == title)
    return list(section.table.rows) if section.table else list(section.lines)


def asked_for_a_decision(parts: Parts) -> None:
    with cast.the_ticket(parts) as (session, ticket):
        rulings.ask(
            session, ticket, "Is this expected?", by=cast.the(session, cast.AMIR),
            at=parts.clock.now(),
        )  # fmt: skip


# --- agenda and digest ---


def test_an_agenda_names_what_is_open_undecided_and_unseen_and_whose_it_is(shop):
    a_customer(shop).asks(cast.BLOCKED)
    asked_for_a_decision(shop)
    a_customer(shop, visitor="jo").asks(cast.UNKNOWN)
    paper = built(shop, "standup")
    assert paper.verdict == "To talk about: 1 Sev 1–2, 2 untriaged, 1 undecided."
    assert (numbers(paper)["opened"], numbers(paper)["open_tickets"]) == ("2", "2")
    assert [row[0] for row in part(paper, "Undecided, the oldest first")] == ["Is this expected?"]
    assert sum(row[1] for row in part(paper, "Who owns what")) == 2


def test_a_digest_adds_up_its_week_and_sets_it_beside_the_one_before(shop):
    for visitor in ("jo", "li", "mo"):
        a_customer(shop, visitor=visitor).asks(cast.PRICE)
    later(shop, days=7)
    a_customer(shop).asks(cast.PRICE)
    clock_of(shop).set(datetime(2026, 11, 30, 6, 0, tzinfo=UTC))  # a Monday, seven in Berlin
    write_due(shop)
    with shop.db.reading() as session:
        launch, sunday = launch_of(session), date(2026, 11, 29)
        report = written.of_day(session, launch.id, "weekly-digest", sunday)
    assert report.paper["verdict"] == "Calmer than the week before."
    assert report.paper["text"] == "Contacts: 1 after 3."


# --- triage ---


def notices(parts: Parts, kind: str) -> list[tuple[str, str]]:
    """Return who was told what in this way."""
    with parts.db.reading() as session:
        found = session.scalars(select(Notice).where(Notice.kind == kind).order_by(Notice.id))
        return [(each.person.name, each.words) for each in found]


@pytest.mark.parametrize(
    ("at", "hour"),
    [(NINE, 9), (NINE + timedelta(minutes=59), 9), (NINE + timedelta(hours=1), None),
     (NINE - timedelta(seconds=1), None), (NINE + timedelta(hours=9), 18)],
)  # fmt: skip
def test_a_round_is_called_in_its_hour(at, hour):
    found = round_at(at, ZoneInfo("Europe/Berlin"))
    assert (found[1] if found else None) == hour


def test_a_round_is_kept_once_and_told_to_who_is_in_charge_when_something_waits(shop):
    clock_of(shop).set(NINE)
    a_customer(shop).asks(cast.UNKNOWN)
    later(shop, minutes=5)
    assert (call_rounds(shop), call_rounds(shop)) == (1, 0)
    assert notices(shop, "triage") == [
        ("Lena Ortiz", "Triage of 09:00: 1 to look at. The oldest has waited 5 min.")
    ]
    cast.amir_replies(shop)
    clock_of(shop).set(NINE + timedelta(hours=3))
    assert call_rounds(shop) == 1
    assert len(notices(shop, "triage")) == 1
    with shop.db.reading() as session:
        launch = launch_of(session)
        kept = [
            written.of_day(session, launch.id, f"triage-{hour}", TODAY) for hour in ("09", "12")
        ]
    assert [each.paper["tone"] for each in kept] == ["warn", "good"]


def test_no_round_is_called_while_nobody_is_there(shop):
    with shop.db.writing() as session:
        kept = {"week": [{"days": ["wed"], "from": "08:00", "to": "17:00"}]}
        lena = cast.the(session, cast.LENA)
        launch_of(session).set_coverage(session, kept, by=lena, at=shop.clock.now())
    clock_of(shop).set(NINE)
    assert call_rounds(shop) == 0


def test_what_nobody_looks_at_is_told_of_once_and_several_in_one_line(shop):
    a_customer(shop).asks(cast.UNKNOWN)
    later(shop, minutes=29)
    assert alert_untriaged(shop) == 0
    later(shop, minutes=1)
    assert (alert_untriaged(shop), alert_untriaged(shop)) == (1, 0)
    for visitor in ("jo", "li", "mo", "al"):
        a_customer(shop, visitor=visitor).asks(cast.UNKNOWN_TOO)
    later(shop, minutes=45)
    assert (alert_untriaged(shop), alert_untriaged(shop)) == (4, 0)
    assert notices(shop, "untriaged") == [
        ("Lena Ortiz", "Nobody has looked at HC-1001 for 30 minutes."),
        (
            "Lena Ortiz",
            "Nobody has looked at HC-1002, HC-1003, HC-1004 and 1 more: the longest waits "
            "45 minutes.",
        ),
    ]


def test_what_somebody_took_or_nobody_could_see_yet_is_no_alert(shop):
    with shop.db.writing() as session:
        kept = {"week": [{"days": ["tue", "wed"], "from": "08:00", "to": "10:20"}]}
        lena = cast.the(session, cast.LENA)
        launch_of(session).set_coverage(session, kept, by=lena, at=shop.clock.now())
    a_customer(shop).asks(cast.UNKNOWN)  # at 10:00 in Berlin: twenty minutes are left today
    later(shop, hours=5)
    assert alert_untriaged(shop) == 0
    with cast.the_ticket(shop) as (session, ticket):
        ticket.claim(session, by=cast.the(session, cast.AMIR), at=shop.clock.now())
    later(shop, hours=24)
    assert alert_untriaged(shop) == 0


# --- lessons ---


def lessons(parts: Parts) -> dict[str, str]:
    with parts.db.reading() as session:
        found = findings(session, launch_of(session), parts.clock.now())
    return {each.name.partition(":")[0] + ":" + each.name.rpartition(":")[2]: each.words
            for each in found}  # fmt: skip


def test_lessons_name_what_was_asked_most_what_stalled_and_what_settled_it(shop):
    for number in range(5):
        a_customer(shop, visitor=f"v{number}").asks(cast.PRICE)
    again = a_customer(shop, visitor="v0")
    again.asks(cast.PRICE)
    a_customer(shop).asks(cast.BLOCKED)
    asked_for_a_decision(shop)
    later(shop, hours=6)
    found = lessons(shop)
    assert any("asked 6 times by 5 people" in words for words in found.values())
    stalled = [words for name, words in found.items() if name.startswith("stall")]
    assert stalled and "took 6 h in the median of 1, 6 h at most" in stalled[0]
    assert "83\N{NO-BREAK SPACE}% of 6 did not ask again" in found["response:price-differs"]


def test_the_questions_of_most_people_are_found_among_many_that_few_ask_often(shop):
    people = {}
    with shop.db.writing() as session:
        talks = [a_talk(session, visitor) for visitor in range(40)]
        for number in range(30):
            people[number] = 2 + number * 7 % 31
            group = a_group(session, f"Question {number}?")
            for nth in range(people[number] + 3 * number):  # the busiest are not the widest
                a_question(session, group, talks[nth % people[number]])
    widest = sorted(people.values(), reverse=True)[:5]
    told = [words for name, words in lessons(shop).items() if name.startswith("volume:")]
    assert [int(re.search(r"by (\d+) people", words)[1]) for words in told] == widest


def a_talk(session, visitor):
    talk = Conversation(
        id=f"t{visitor}", launch_id=launch_of(session).id, token_sha256="", channel="widget",
        visitor=f"v{visitor}", audience="everyone", page_url="", began_at=cast.NOW,
    )  # fmt: skip
    session.add(talk)
    session.flush()
    return talk.id


def a_group(session, question):
    group = RepeatGroup(
        launch_id=launch_of(session).id, question=question, embedder="", total=b"", identifiers=[],
        size=1, first_seen_at=cast.NOW, last_seen_at=cast.NOW,
    )  # fmt: skip
    session.add(group)
    session.flush()
    return group.id


def a_question(session, group, talk):
    session.add(
        Message(
            conversation_id=talk, at=cast.NOW - timedelta(hours=1), by=By.CUSTOMER,
            kind=Said.QUESTION, text="Why?", options=[], group_id=group,
        )
    )  # fmt: skip


def test_feedback_tells_how_many_said_it_beside_what_they_said(shop):
    for visitor in ("jo", "li", "mo"):
        asking = a_customer(shop, visitor=visitor)
        asking.judges(asking.asks(cast.PRICE)["answer"]["message_id"], helpful=visitor != "mo")
    paper = built(shop, "feedback")
    assert part(paper, "What kind it is")[:2] == [
        ("positive experience", 2, "67\N{NO-BREAK SPACE}%"),
        ("issue reported", 1, "33\N{NO-BREAK SPACE}%"),
    ]
    assert part(paper, "Where it came from") == [("widget", 3, "100\N{NO-BREAK SPACE}%")]


def test_a_finding_becomes_an_action_that_is_done_once(shop):
    for number in range(5):
        a_customer(shop, visitor=f"v{number}").asks(cast.PRICE)
    at = shop.clock.now()
    with shop.db.writing() as session:
        launch, lena = launch_of(session), cast.the(session, cast.LENA)
        amir, priya = (cast.the(session, who) for who in (cast.AMIR, cast.PRIYA))
        finding = findings(session, launch, at)[0]

        def said(by, what="Say it on the price page.", owner=amir.id):
            return actions.act_on(
                session, launch, finding.name, found=finding.words, what=what, owner_id=owner,
                due=date(2026, 12, 1), by=by, at=at,
            )  # fmt: skip

        with pytest.raises(NotPermitted):
            said(priya)
        with pytest.raises(Refused, match="needs words"):
            said(lena, what="  ")
        with pytest.raises(Refused, match="Nobody is named"):
            said(lena, owner=999)
        action = said(lena)
        with pytest.raises(NotPermitted):
            action.finish(session, by=priya, at=at)
        action.finish(session, by=amir, at=at)
        with pytest.raises(Refused):
            action.finish(session, by=amir, at=at)
    paper = built(shop, lessons_learned.KIND)
    assert numbers(paper)["done_actions"] == "1"
    rows = part(paper, "What triggered most contacts")
    assert any(row[1:] == ("Say it on the price page.", "Amir Haddad", "2026-12-01", "done")
               for row in rows)  # fmt: skip


# --- exit ---


def test_the_exit_pack_names_each_temporary_answer_and_what_is_missing(shop):
    paper = built(shop, "exit-pack")
    assert paper.verdict == "It may not end yet."
    temporary = part(paper, "What becomes of temporary answers")
    assert [row[1] for row in temporary] == ["undecided", "undecided"]
    assert [row[0] for row in part(paper, "Known issues")] == [
        "Where is the e-mail with my sign-in link?"
    ]
    needs = {row[0]: row[1] for row in part(paper, "What the end needs")}
    assert needs["Every temporary answer is decided"] == "no"
    assert needs["No Sev 1 ticket is open"] == "yes"
