"""Four weeks of a launch with any number of messages, put in by a few SQL statements (SQLite).

Most is asked in the first days and by day; every fifth question comes from somebody who has just
asked, every tenth from somebody of an earlier day; few questions make up much of what is asked.
Every tenth question became a ticket, which a person answered; the newest tickets are open.
"""

from datetime import datetime, timedelta

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from assistant.desk.repeats import RepeatGroup
from assistant.desk.rulings import Ruling
from assistant.ground.parts import Parts
from assistant.launch.signals import Signal
from assistant.launch.updates import Update
from tests import cast

DAYS, GROUPS, OPEN = 28, 300, 400
SIGNALS = ("logins", "error_rate", "latency_ms")

# One row for each question: its number, when, which group, and whose it is (of the earliest
# question of the same person). 97 and 9,973 stand for "minutes ago" and "some days ago".
ASKED = """
create temp table asked as
with recursive
  each(n) as (select 0 union all select n + 1 from each where n + 1 < :questions),
  placed as (
    select n, case when n % 5 = 4 and n > 97 then n - 97
                   when n % 10 = 8 and n > 9973 then n - 9973 else n end as who,
           :days * (0.5 * n / :questions + 0.5 * n / :questions * n / :questions) as day
    from each),
  timed as (
    select n, who, cast(day as integer) + case
             when day - cast(day as integer) < 0.85
             then (day - cast(day as integer)) / 0.85 * 0.5
             else 0.5 + (day - cast(day as integer) - 0.85) / 0.15 * 0.5 end as passed
    from placed)
select n, who, printf('talk-%07d', n) as talk,
       (who * 40503 % 65536) / 65536.0 as spread,
       julianday(:begin) + passed as day,
       strftime('%Y-%m-%d %H:%M:%f000', julianday(:begin) + passed) as at
from timed
"""

IN_ORDER = (
    """
    insert into conversations (id, launch_id, token_sha256, channel, visitor, audience, page_url,
                               began_at, network)
    select talk, :launch, '',
           case when n % 10 < 7 then 'widget' when n % 10 < 9 then 'email' else 'help page' end,
           'visitor ' || who, 'everyone', '', at, 'network ' || who % 4096 from asked
    """,
    """
    insert into messages (id, conversation_id, at, "by", kind, text, options, decided_at, group_id)
    select 2 * n + 1, talk, at, 'customer', 'question',
           'My price and the invoice, case ' || n || ': is this expected?', '[]', at,
           case when who % 7 then 1 + cast(:groups * spread * spread as integer) end from asked
    """,
    """
    insert into messages (id, conversation_id, at, "by", kind, text, person_id, reply_to_id,
                          entry_version_id, options, helpful)
    select 2 * n + 2, talk, at, case when n % 10 then 'assistant' else 'agent' end,
           case n % 10 when 0 then 'reply' when 1 then 'clarification' else 'answer' end,
           'Yes, this is expected.', case n % 10 when 0 then :amir end, 2 * n + 1,
           case when n % 10 > 1 then 1 + n * 40503 % 65536 % :versions end, '[]',
           case when n % 10 < 2 then null when n % 9 = 0 then 1 when n % 31 = 0 then 0 end
    from asked
    """,
    """
    insert into tickets (id, launch_id, conversation_id, question_id, subject, severity,
                         severity_reason, handoff_reason, in_scope, policy, scenario_id, group_id,
                         owner_id, level, opened_at, acknowledged_at, first_response_at, replied_at,
                         customer_wrote_at, resolved_at, resolved_by_id, context, rating, version,
                         next_due_at)
    select n / 10 + 1, :launch, talk, 2 * n + 1, 'Case ' || n,
           case when n % 400 = 0 then 2 else 3 + n / 10 % 2 end, '', '', n % 110 > 0, 'hypercare',
           :scenario + n / 10 % :scenarios,
           case when who % 7 then 1 + cast(:groups * spread * spread as integer) end,
           :amir, 0, at, later.said, later.said, later.said, at, later.done,
           case when later.done is null then null else :amir end, '{}',
           case when later.done is null or n % 30 then null else 3 + n / 10 % 3 end, 1,
           case when later.done is null then at end
    from asked join later using (n)
    """,
    """
    insert into promises (ticket_id, kind, made_at, due_at, kept_at, because, follows_calendar,
                          moves)
    select n / 10 + 1, kind, at, strftime('%Y-%m-%d %H:%M:%f000', day + hours / 24.0), done, '', 0,
           '[]'
    from asked join later using (n), promised
    """,
    """
    insert into decisions (message_id, launch_id, at, outcome, reason, certainty, severity,
                           severity_reason, mode, via, candidates, considered, entry_version_id,
                           ticket_id)
    select 2 * n + 1, :launch, at,
           case n % 10 when 0 then 'handoff' when 1 then 'clarification' else 'answer' end, '',
           0.9, 3, '', 'auto', 'engine', '[]', '{}',
           case when n % 10 > 1 then 1 + n * 40503 % 65536 % :versions end,
           case when n % 10 = 0 then n / 10 + 1 end
    from asked
    """,
    """
    insert into seeking (message_id, read_as, because, seeks)
    select 2 * n + 1, kind, '', kind from (
      select n, case when n % 10 < 3 then 'reassurance' when n % 10 < 8 then 'information'
                     else 'problem' end as kind from asked)
    """,
    """
    insert into feedback (user, text, source, category, given_at, received_at, launch_id)
    select 'visitor ' || who, 'I could not find the new price, case ' || n,
           case n % 4 when 0 then 'widget' when 2 then 'survey' else 'api' end,
           case n % 3 when 0 then 'positive experience' when 1 then 'issue reported'
                else 'suggestion' end, at, at, :launch
    from asked where n % 50 = 1
    """,
    """
    insert into events (at, kind, actor, person_id, launch_id, ticket_id, details)
    select strftime('%Y-%m-%d %H:%M:%f000', day + minutes / 1440.0), 'ticket.' || kind,
           case when minutes then 'person' else 'assistant' end,
           case when minutes then :amir end, :launch, n / 10 + 1, '{}'
    from asked join later using (n), happened order by n, minutes
    """,
)
SIDE = (
    """
    create temp table later as
    select n, case when n / 10 < :tickets - :open
                   then strftime('%Y-%m-%d %H:%M:%f000', day + (3 + n / 10 % 60) / 1440.0)
              end as said,
              case when n / 10 < :tickets - :open
                   then strftime('%Y-%m-%d %H:%M:%f000', day + (1 + n / 10 % 20) / 24.0)
              end as done
    from asked where n % 10 = 0
    """,
    "create temp table promised as select 'acknowledge' as kind, 0.25 as hours "
    "union all select 'first_response', 1 "
    "union all select 'next_update', 4 union all select 'resolve', 24",
    "create temp table happened as select 'opened' as kind, 0 as minutes "
    "union all select 'replied', 20 union all select 'noted', 30",
)


def fill(parts: Parts, messages: int) -> None:
    """Put so many messages into the launch, over ``DAYS`` days up to now."""
    now = parts.clock.now()
    with parts.db.writing() as session:
        launch = cast.launch_of(session)
        launch.live_at = launch.starts_at = now - timedelta(days=DAYS)
        session.execute(insert(RepeatGroup), [_group(launch.id, n, now) for n in range(GROUPS)])
        given = _given(session, launch.id, messages // 2, now)
        for statement in (ASKED, *SIDE, *IN_ORDER):
            names = {name: value for name, value in given.items() if f":{name}" in statement}
            session.execute(text(statement.replace("%H:%M:%f", r"%H\:%M\:%f")), names)
        _told(session, launch.id, now, tickets=messages // 20)
        session.execute(text("analyze"))


def _given(session: Session, launch_id: int, questions: int, now: datetime) -> dict[str, object]:
    first, scenarios = session.execute(text("select min(id), count(*) from scenarios")).one()
    return {
        "launch": launch_id,
        "questions": questions,
        "tickets": questions // 10,
        "days": DAYS,
        "groups": GROUPS,
        "open": OPEN,
        "begin": (now - timedelta(days=DAYS)).strftime("%Y-%m-%d %H:%M:%S"),
        "scenario": first,
        "scenarios": scenarios,
        "versions": session.scalar(text("select count(*) from entry_versions")),
        "amir": cast.the(session, cast.AMIR).id,
    }


def _told(session: Session, launch_id: int, now: datetime, *, tickets: int) -> None:
    """An update a day, measured signals, and decisions that somebody was asked for."""
    amir, lena = cast.the(session, cast.AMIR).id, cast.the(session, cast.LENA).id
    for back in range(DAYS, 0, -1):
        at = now - timedelta(days=back, hours=-2)
        words = {"title": f"Day {DAYS - back}", "expected": "Yes.", "what_to_do": "Nothing."}
        told = {"next_update": "Tomorrow.", "published_at": at, "published_by_id": lena}
        session.execute(insert(Update).values(launch_id=launch_id, **words, **told))
        for metric in SIGNALS:
            seen = {"metric": metric, "at": at, "value": 5_000 + 37 * back % 400, "source": "api"}
            session.execute(insert(Signal).values(launch_id=launch_id, received_at=at, **seen))
    for number in range(min(300, tickets)):
        asked = now - timedelta(days=DAYS * (300 - number) / 300)
        done = asked + timedelta(hours=1 + number % 40) if number < 260 else None
        session.execute(
            insert(Ruling).values(
                launch_id=launch_id, ticket_id=tickets - number, decider="confirms_expected",
                question="Is this expected?", asked_by_id=amir, asked_at=asked, version=1,
                ruled="expected" if done else None, decided_at=done,
                decided_by_id=lena if done else None,
            )
        )  # fmt: skip


def _group(launch_id: int, number: int, now: datetime) -> dict[str, object]:
    return {
        "id": number + 1,
        "launch_id": launch_id,
        "question": f"Question {number}?",
        "embedder": "",
        "total": b"",
        "identifiers": [],
        "size": 9,
        "first_seen_at": now - timedelta(days=DAYS),
        "last_seen_at": now,
    }
