"""Reports: every figure is what an independent count of the same records comes to."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, text

from assistant.answering import asking
from assistant.desk.conversations import Conversation
from assistant.desk.feedback import Source, give
from assistant.launch.updates import Update
from assistant.reports import daily, faq_updates, feedback, figures, missing, repeat_questions
from assistant.reports.daily import Day
from assistant.reports.faq_updates import Kind
from assistant.reports.figures import Contacts, Tickets
from assistant.reports.repeat_questions import trend_words
from assistant.reports.spans import day_span, together, until, week_to
from assistant.reports.told import kept_words
from tests import cast
from tests.cast import a_customer, amir_replies, clock_of, launch_of

TODAY = date(2026, 11, 17)
BERLIN = ZoneInfo("Europe/Berlin")


def day_report(parts, day=TODAY):
    with parts.db.reading() as session:
        return repeat_questions.of_day(session, launch_of(session), day)


def faq_report(parts, day=TODAY):
    with parts.db.reading() as session:
        return faq_updates.of_day(session, launch_of(session), day)


def feedback_report(parts, day=TODAY, source=""):
    with parts.db.reading() as session:
        return feedback.of_day(session, launch_of(session), day, source)


def scalar(parts, statement, **values):
    with parts.db.reading() as session:
        return session.execute(text(statement), values).scalar_one()


def asked_by(parts, people, words, **about):
    """Let each of ``people`` ask ``words`` in a conversation of their own; return what came."""
    return [a_customer(parts, visitor=who, **about).asks(words) for who in people]


def rated(parts, customer, score):
    """Let Amir resolve the newest ticket and its customer rate it."""
    with cast.the_ticket(parts) as (session, ticket):
        ticket.resolve(session, by=cast.the(session, cast.AMIR), at=parts.clock.now())
        conversation = session.get_one(Conversation, customer.id)
        asking.rate(session, conversation, score, note="", at=parts.clock.now())


def given(parts, words, source=Source.SURVEY, **about):
    at = parts.clock.now()
    with parts.db.writing() as session:
        about = {"user": "jo@example.com", "launch_id": launch_of(session).id, **about}
        give(session, text=words, source=source, given_at=at, at=at, **about)


# --- days ---


@pytest.mark.parametrize(
    ("day", "start", "hours"),
    [
        (date(2026, 11, 17), datetime(2026, 11, 16, 23, tzinfo=UTC), 24),
        (date(2026, 10, 25), datetime(2026, 10, 24, 22, tzinfo=UTC), 25),
        (date(2027, 3, 28), datetime(2027, 3, 27, 23, tzinfo=UTC), 23),
    ],
)
def test_a_local_day_begins_at_its_midnight_and_is_as_long_as_it_is(day, start, hours):
    span = day_span(day, BERLIN)

    assert (span.start, span.end - span.start) == (start, timedelta(hours=hours))


def test_a_week_is_seven_days_without_a_gap_also_when_the_clocks_change():
    week = week_to(date(2026, 10, 27), BERLIN)

    assert len(week) == 7
    assert all(one.end == after.start for one, after in pairwise(week))
    assert together(week).end == datetime(2026, 10, 27, 23, tzinfo=UTC)


# --- a day's figures ---


def test_a_contact_is_a_question_or_a_call_and_no_greeting(shop):
    mara = a_customer(shop)
    for words in ("hello", cast.PRICE, "thanks!"):
        mara.asks(words)
    a_customer(shop, visitor="jo").calls("please")
    a_customer(shop, visitor="bo").asks(cast.UNKNOWN)

    with shop.db.reading() as session:
        counted = figures.contacts(session, launch_of(session).id, day_span(TODAY, BERLIN))

    assert counted == Contacts(contacts=3, people=3, answered=1, asked_back=0, handed_over=2)


def test_the_figures_of_a_day_equal_a_recount(shop):
    clock_of(shop).set(datetime(2026, 11, 16, 22, 59, tzinfo=UTC))  # one minute before midnight
    asked_by(shop, ["late"], cast.PRICE)
    clock_of(shop).set(cast.NOW)
    asked_by(shop, ["mara", "jo", "mara"], cast.PRICE)
    asked_by(shop, ["bo", "li"], cast.UNKNOWN)
    asked_by(shop, ["mo"], cast.BLOCKED)
    cast.later(shop, minutes=12)
    amir_replies(shop)

    with shop.db.reading() as session:
        day = daily.of_day(session, launch_of(session), shop.clock.now())

    assert day.contacts.contacts == scalar(
        shop,
        "SELECT count(*) FROM messages WHERE kind = 'question' AND at >= '2026-11-16 23:00:00'",
    )
    assert day.contacts.people == scalar(
        shop,
        "SELECT count(DISTINCT visitor) FROM conversations WHERE id IN (SELECT conversation_id "
        "FROM messages WHERE kind = 'question' AND at >= '2026-11-16 23:00:00')",
    )
    assert day.contacts.answered == scalar(
        shop,
        "SELECT count(*) FROM decisions WHERE outcome = 'answer' AND at >= '2026-11-16 23:00:00'",
    )
    assert day.tickets.open_now == scalar(
        shop, "SELECT count(*) FROM tickets WHERE resolved_at IS NULL"
    )
    assert day.tickets.open_urgent_now == scalar(
        shop, "SELECT count(*) FROM tickets WHERE severity < 3"
    )
    assert day.waits == (12.0,) * 3  # who still waits has done so for as long
    assert day.week == (0, 0, 0, 0, 0, 1, 6)


def test_everything_until_now_holds_what_happens_at_this_very_moment(shop):
    asked_by(shop, ["mara"], cast.PRICE)

    with shop.db.reading() as session:
        counted = figures.contacts(session, launch_of(session).id, until(shop.clock.now()))

    assert counted.contacts == 1


@pytest.mark.parametrize(
    ("urgent", "week", "tone", "title"),
    [
        (1, (1, 1, 1, 1, 1, 9, 3), "warn", "Not calm yet."),
        (0, (0, 0, 0, 0, 0, 0, 0), "info", "Nothing to report."),
        (0, (1, 1, 1, 1, 1, 9, 12), "info", "Busier than the day before."),
        (0, (1, 1, 1, 1, 1, 9, 9), "good", "Calm."),
    ],
)
def test_the_headline_names_the_worst_first(urgent, week, tone, title):
    day = Day(Contacts(0, 0, 0, 0, 0), Tickets(0, 0, urgent, urgent), week, ())

    assert (day.headline().tone, day.headline().title) == (tone, title)


# --- repeat questions ---


def test_a_question_repeats_when_two_people_ask_it_and_not_when_one_asks_twice(shop):
    asked_by(shop, ["mara", "jo"], cast.PRICE)
    asked_by(shop, ["mara", "mara"], cast.EXPORT)

    [repeat] = day_report(shop).repeats

    assert (repeat.question, repeat.people, repeat.contacts) == (cast.PRICE, 2, 2)


def test_a_repeat_shows_when_where_and_how_it_was_asked_and_what_answered_it(shop):
    clock_of(shop).set(cast.OPENS + timedelta(hours=1))
    asked_by(shop, ["mara"], cast.PRICE, channel="email")
    clock_of(shop).set(cast.NOW)
    answered = asked_by(shop, ["jo"], cast.PRICE)
    asked_by(shop, ["li"], "my bill went up, why is my price different from last month?")
    with shop.db.reading() as session:
        conversation = session.execute(
            text("SELECT conversation_id FROM messages WHERE id = :id"),
            {"id": answered[0]["message_id"]},
        ).scalar_one()
    cast.Customer(shop, conversation, "").judges(answered[0]["answer"]["message_id"], helpful=False)

    [repeat] = day_report(shop).repeats

    assert (repeat.people, repeat.contacts, repeat.on_the_day) == (3, 3, 2)
    assert repeat.channels == ("email", "widget")
    assert repeat.first_at == cast.OPENS + timedelta(hours=1)
    assert repeat.last_at == cast.NOW
    assert repeat.trend == (0, 0, 0, 0, 0, 1, 2)
    assert repeat.wordings == ("my bill went up, why is my price different from last month?",)
    assert repeat.answer.entry == "price-differs"
    assert (repeat.answer.version, repeat.answer.not_quite) == (1, 1)


def test_a_repeat_that_nobody_approved_an_answer_for_shows_its_tickets(shop):
    asked_by(shop, ["mara", "jo"], cast.UNKNOWN)

    report = day_report(shop)

    [repeat] = report.repeats
    assert repeat.answer is None
    assert (repeat.open_tickets, repeat.owner) == (2, "Amir Haddad")
    assert [case.number for case in repeat.tickets] == ["HC-1002", "HC-1001"]
    assert report.unanswered == 1


def test_an_answer_after_a_did_you_mean_answers_the_question(shop):
    cast.in_mode(shop, cast.Mode.CLARIFY)
    for who in ("mara", "jo"):
        customer = a_customer(shop, visitor=who)
        asked = customer.asks(cast.PRICE)
        customer.chooses(asked["clarification"]["message_id"], "price-differs")

    [repeat] = day_report(shop).repeats

    assert (repeat.answer.entry, repeat.answer.sent) == ("price-differs", 2)


def test_a_report_of_a_day_knows_nothing_of_the_days_after_it(shop):
    asked_by(shop, ["mara", "jo"], cast.PRICE)
    cast.later(shop, days=1)
    asked_by(shop, ["li"], cast.PRICE)

    [then] = day_report(shop).repeats
    [after] = day_report(shop, TODAY + timedelta(days=1)).repeats

    assert (then.people, then.last_at) == (2, cast.NOW)
    assert (after.people, after.on_the_day) == (3, 1)
    assert day_report(shop, TODAY + timedelta(days=2)).repeats == ()


def test_the_figures_of_a_repeat_equal_a_recount(shop):
    for days, people in enumerate((["a", "b"], ["b", "c", "d"], ["a"])):
        clock_of(shop).set(cast.NOW + timedelta(days=days))
        asked_by(shop, people, cast.PRICE, channel=("widget", "email", "forum")[days])

    [repeat] = day_report(shop, TODAY + timedelta(days=2)).repeats

    of_group = (
        "FROM messages m JOIN conversations c ON c.id = m.conversation_id WHERE m.group_id = :group"
    )
    recounted = (
        scalar(shop, f"SELECT count(DISTINCT c.visitor) {of_group}", group=repeat.id),
        scalar(shop, f"SELECT count(*) {of_group}", group=repeat.id),
        scalar(shop, f"SELECT count(DISTINCT c.channel) {of_group}", group=repeat.id),
    )
    assert (repeat.people, repeat.contacts, len(repeat.channels)) == recounted == (4, 6, 3)
    assert repeat.answer.sent == scalar(shop, "SELECT count(*) FROM messages WHERE kind = 'answer'")


@pytest.mark.parametrize(
    ("trend", "words"),
    [
        ((0, 0, 0, 0, 0, 0, 4), "new today"),
        ((0, 0, 1, 1, 3, 4, 7), "rising, 0 to 7 a day"),
        ((14, 11, 9, 8, 2, 1, 1), "falling, 14 to 1 a day"),
        ((1, 1, 1, 1, 1, 0, 1), "steady, 6 in 7 days"),
        ((0, 0, 0, 0, 0, 1, 1), "steady, 2 in 7 days"),
    ],
)
def test_a_trend_needs_more_than_single_people_to_change(trend, words):
    assert trend_words(trend) == words


# --- FAQ updates ---


def test_what_ended_with_a_person_is_missing_ranked_by_contacts(shop):
    asked_by(shop, ["mara", "jo", "li"], cast.UNKNOWN)
    asked_by(shop, ["mara"], "Which planet grows your beans?")
    asked_by(shop, ["bo"], cast.PRICE)

    report = faq_report(shop)

    assert [(f.kind, f.question, f.people, f.contacts) for f in report.findings] == [
        (Kind.MISSING, cast.UNKNOWN, 3, 3),
        (Kind.MISSING, "Which planet grows your beans?", 1, 1),
    ]
    assert report.unanswered == scalar(
        shop, "SELECT count(*) FROM decisions WHERE outcome = 'handoff'"
    )


def test_wanting_a_person_is_no_missing_answer_and_neither_is_what_is_out_of_scope(shop):
    asked_by(shop, ["mara"], "I want to talk to a person")
    asked_by(shop, ["jo"], cast.OUTSIDE)
    a_customer(shop, visitor="li").calls("help")

    report = faq_report(shop)

    assert report.findings == ()
    assert report.outside == 1


def test_what_a_customer_adds_while_a_person_has_it_is_no_missing_answer(shop):
    mara = a_customer(shop)
    mara.asks(cast.UNKNOWN)
    amir_replies(shop)
    mara.asks("Do the seashells have to be clean?")

    assert [finding.question for finding in faq_report(shop).findings] == [cast.UNKNOWN]


def test_none_of_these_counts_as_a_missing_answer(shop):
    cast.in_mode(shop, cast.Mode.CLARIFY)
    mara = a_customer(shop)
    mara.chooses(mara.asks(cast.PRICE)["clarification"]["message_id"], None)

    [finding] = faq_report(shop).findings

    assert (finding.kind, finding.contacts) == (Kind.MISSING, 1)


def test_the_best_received_reply_of_a_person_comes_first_without_personal_data(shop):
    for score, words in ((2, "No."), (5, "Not yet. Write to amir@shop.example."), (5, "Soon.")):
        mara = a_customer(shop, visitor=f"mara-{words}")
        mara.asks(cast.UNKNOWN)
        amir_replies(shop, words)
        rated(shop, mara, score)

    [finding] = faq_report(shop).findings

    assert [reply.text for reply in finding.replies] == [
        "Soon.",
        "Not yet. Write to [e-mail].",
        "No.",
    ]
    assert finding.replies[0].ticket == "HC-1003"


def test_the_same_reply_to_several_is_shown_once(shop):
    for who in ("mara", "jo"):
        asked_by(shop, [who], cast.UNKNOWN)
        amir_replies(shop, "Not with seashells.")

    [finding] = faq_report(shop).findings

    assert [reply.text for reply in finding.replies] == ["Not with seashells."]


def test_an_entry_that_people_cite_and_the_assistant_missed_is_named_apart(shop):
    asked_by(shop, ["mara"], cast.UNKNOWN)
    with cast.the_ticket(shop) as (session, ticket):
        version = cast.version_of(session, "export-data")
        amir = cast.the(session, cast.AMIR)
        ticket.reply(session, version.text, by=amir, at=cast.NOW, entry_version_id=version.id)

    [finding] = faq_report(shop).findings

    assert (finding.kind, finding.about.entry) == (Kind.NOT_FOUND, "export-data")
    assert finding.replies == ()


def test_not_quite_makes_the_version_weak_with_reasons_and_words(shop):
    mara, jo = a_customer(shop), a_customer(shop, visitor="jo")
    mara.judges(mara.asks(cast.PRICE)["answer"]["message_id"], helpful=False, reason="unclear")
    jo.judges(jo.asks(cast.PRICE)["answer"]["message_id"], helpful=True)

    [finding] = faq_report(shop).findings

    assert (finding.kind, finding.about.entry, finding.about.version) == (
        Kind.WEAK,
        "price-differs",
        1,
    )
    assert (finding.sent, finding.not_quite) == (2, 1)
    assert finding.reason == "“Not quite” from 1 person: unclear 1."
    assert finding.questions == (f"“{cast.PRICE}” — unclear",)


def test_the_last_word_about_an_answer_counts_and_counts_once(shop):
    mara = a_customer(shop)
    answer = mara.asks(cast.PRICE)["answer"]["message_id"]
    mara.judges(answer, helpful=False, reason="unclear")
    mara.judges(answer, helpful=False, reason="not_my_case")
    [still_weak] = faq_report(shop).findings
    mara.judges(answer, helpful=True)

    assert still_weak.not_quite == 1
    assert faq_report(shop).findings == ()
    assert feedback_report(shop).received.judged == 1


def test_a_new_version_answers_what_was_said_about_the_old_one(shop):
    cast.an_entry(shop)
    mara = a_customer(shop)
    answer = mara.asks("Can I pause my plan?")["answer"]["message_id"]
    mara.judges(answer, helpful=False, reason="unclear")
    cast.later(shop, minutes=1)
    with shop.db.writing() as session:
        entry, amir = cast.entry_of(session, "pause-plan"), cast.the(session, cast.AMIR)
        at = shop.clock.now()
        entry.save(session, cast.a_draft(answer="Yes: Billing, Pause."), by=amir, at=at)
        entry.submit(session, by=amir, at=at)
        entry.approve(session, by=cast.the(session, cast.LENA), at=at)

    assert faq_report(shop).findings == ()


def test_an_answer_that_ends_soon_and_is_in_use_is_to_be_renewed(shop):
    cast.an_entry(shop, valid_until=cast.NOW + timedelta(days=2))
    cast.an_entry(shop, key="unused", question="Who?", valid_until=cast.NOW + timedelta(days=2))
    asked_by(shop, ["mara"], "Can I pause my plan?")

    [finding] = faq_report(shop).findings

    assert (finding.kind, finding.about.entry, finding.contacts) == (Kind.ENDING, "pause-plan", 1)
    assert finding.reason == "It ends on 19 November 2026, 10:00 CET and is still in use."


def test_each_question_without_a_group_stands_alone(house, tmp_path):
    cast.bring_in(house, tmp_path)
    cast.go_live(house)
    asked_by(house, ["mara", "jo"], "Which planet grows beans?")

    with house.db.reading() as session:
        span = together(week_to(TODAY, BERLIN))
        rows = missing.missing(session, launch_of(session).id, span)

    assert [(row.question, row.contacts) for row in rows] == [("Which planet grows beans?", 1)] * 2


# --- feedback ---


def test_feedback_is_counted_by_category_and_source_and_equals_a_recount(shop):
    given(shop, "Great help, thank you!")
    given(shop, "Thanks, clear answer.", source=Source.API, launch_id=None)
    given(shop, "The page is broken", source=Source.FORUM)
    given(shop, "You should add dark mode")

    report = feedback_report(shop)

    assert [(each.category.value, each.count, each.share) for each in report.categories] == [
        ("positive experience", 2, 0.5),
        ("issue reported", 1, 0.25),
        ("suggestion", 1, 0.25),
    ]
    assert [(each.name, each.count) for each in report.sources] == [
        ("survey", 2),
        ("api", 1),
        ("forum", 1),
    ]
    assert report.count == scalar(shop, "SELECT count(*) FROM feedback")


def test_only_one_source_can_be_shown_and_the_others_stay_to_choose_from(shop):
    given(shop, "Great help, thank you!")
    given(shop, "The page is broken", source=Source.FORUM)

    report = feedback_report(shop, source="forum")

    assert report.count == 1
    assert {each.name for each in report.sources} == {"survey", "forum"}


def test_a_quote_shows_no_personal_data(shop):
    given(shop, "Call me on +49 170 1234567, it is broken")

    [quote] = [quote for each in feedback_report(shop).categories for quote in each.quotes]

    assert (quote.text, quote.user) == ("Call me on [phone], it is broken", "[e-mail]")


def test_what_was_rewritten_since_stands_beside_what_was_said(shop):
    cast.an_entry(shop)
    with shop.db.reading() as session:
        version = cast.version_of(session, "pause-plan").id
    given(shop, "It does not say where", entry_version_id=version, helpful=False)
    cast.later(shop, minutes=1)
    with shop.db.writing() as session:
        entry, amir = cast.entry_of(session, "pause-plan"), cast.the(session, cast.AMIR)
        at = shop.clock.now()
        entry.save(session, cast.a_draft(answer="Yes: Billing, Pause."), by=amir, at=at)
        entry.submit(session, by=amir, at=at)
        entry.approve(session, by=cast.the(session, cast.LENA), at=at)

    [quote] = [quote for each in feedback_report(shop).categories for quote in each.quotes]

    assert (quote.title, quote.version) == ("Can I pause my plan?", 1)
    assert feedback.we_did(quote) == "rewritten since, now version 2"


def test_feedback_of_another_launch_is_not_ours(shop, tmp_path):
    words = cast.PACK.replace("key: spring-pricing", "key: other-launch")
    cast.bring_in(shop, tmp_path, words)
    with shop.db.reading() as session:
        other = cast.by_key(session, "other-launch").id

    given(shop, "The page is broken", launch_id=other)

    assert feedback_report(shop).count == 0
    assert feedback_report(shop).categories == ()


# --- updates ---


def test_an_update_is_kept_when_the_next_came_by_the_promised_time(shop):
    def at(title, hours, promised):
        return Update(
            id=int(title), published_at=cast.NOW + timedelta(hours=hours), next_update_at=promised
        )

    told = [
        at("4", 30, None),
        at("3", 26, None),
        at("2", 5, cast.NOW + timedelta(hours=24)),
        at("1", 0, cast.NOW + timedelta(hours=5)),
    ]

    assert kept_words(told) == {1: "the next came in time", 2: "the next came 2 hours late"}


# --- the price of a report ---


@pytest.mark.parametrize("report", [day_report, faq_report, feedback_report])
def test_a_report_asks_the_database_equally_often_however_much_was_said(shop, report):
    asked_by(shop, ["mara", "jo"], cast.PRICE)
    few = statements(shop, report)
    for words in (cast.EXPORT, "How do I cancel my plan?", cast.UNKNOWN, cast.BLOCKED):
        asked_by(shop, ["mara", "jo"], words)
        given(shop, f"{words} is broken")
    many = statements(shop, report)

    assert few == many


def statements(parts, report):
    sent = []

    def note(_connection, _cursor, statement, *_):
        sent.append(statement)

    event.listen(parts.db.engine, "before_cursor_execute", note)
    report(parts)
    event.remove(parts.db.engine, "before_cursor_execute", note)
    return len(sent)
