"""Words around the figures, drafted by the model: for the team, and only with our own numbers.

The model reads figures, never what anybody wrote. What it says is kept when every number in it is
one of the figures; else the report keeps the program's own sentence, which it has in any case.
Nothing of it is mailed or reaches a customer.
"""

import json
import time
from datetime import date, timedelta
from functools import cache
from importlib import resources

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select

from assistant.answering.drafting import ACTIVE
from assistant.ground.deadline import Deadline
from assistant.ground.llm import Failure
from assistant.ground.parts import Parts
from assistant.reports import daily_status, papers, weekly_digest
from assistant.reports.papers import Paper
from assistant.reports.said_numbers import Said, said_in
from assistant.reports.written import WrittenReport

WORDED = (daily_status.KIND, weekly_digest.KIND)
SECONDS = 20.0  # nobody waits for it
OUTPUT_TOKENS = 300
LONGEST, SHORTEST = 700, 40  # characters of one short paragraph
FRESH = timedelta(hours=6)  # what is older needs no words any more
AT_ONCE = 2


class Paragraph(BaseModel):
    """What the model returns."""

    model_config = ConfigDict(extra="ignore", strict=True)

    paragraph: str


def word_reports(parts: Parts) -> int:
    """Let the model put the newest reports into words; return how many got some.

    Each is asked about once, unless the model was away. Waits for it without a transaction.
    """
    if parts.model is None:
        return 0
    with parts.db.reading() as session:
        query = (
            select(WrittenReport)
            .where(WrittenReport.kind.in_(WORDED), WrittenReport.worded_at.is_(None))
            .where(WrittenReport.written_at > parts.clock.now() - FRESH)
            .order_by(WrittenReport.day.desc(), WrittenReport.id)
            .limit(AT_ONCE)
        )
        due = [
            (each.id, each.launch_id, each.day, papers.of_json(each.paper))
            for each in session.scalars(query)
        ]
    return sum(_word(parts, *each) for each in due)


def _word(parts: Parts, report_id: int, launch_id: int, day: date, paper: Paper) -> bool:
    if parts.model is None:
        return False
    reply = parts.model.ask(
        instruction(),
        material(paper),
        Paragraph,
        by=Deadline.after(SECONDS, time.monotonic),
        launch_id=launch_id,
        output_tokens=OUTPUT_TOKENS,
    )
    if isinstance(reply, Failure) and not reply.endpoint_is_alive:
        return False  # it is asked again while the report is fresh
    said = None if isinstance(reply, Failure) else accepted(reply.parsed.paragraph, paper, day)
    with parts.db.writing() as session:
        written = session.get_one(WrittenReport, report_id, with_for_update=True)
        if written.worded_at is not None:
            return False  # another worker asked at the same moment
        written.worded_at = parts.clock.now()
        if said and not isinstance(reply, Failure):
            written.words, written.worded_by = said, reply.model
    return said is not None


def material(paper: Paper) -> str:
    """Return what the model reads: names and figures, none of them in anybody's words."""
    figures = [
        {"figure": n.title, "value": n.shown, **({"beside": n.note} if n.note else {})}
        for n in paper.numbers
    ]
    told = {"verdict": paper.verdict, "why": paper.text, "figures": figures}
    return json.dumps(told, ensure_ascii=False)


@cache
def instruction() -> str:
    """The instruction, from ``prompts/report.md`` beside the others."""
    prompts = resources.files("assistant.answering") / "prompts"
    return (prompts / "report.md").read_text(encoding="utf-8")


def accepted(said: str, paper: Paper, day: date) -> str | None:
    """Return the paragraph when it may be shown: plain, short, and only with our numbers."""
    text = " ".join(said.split())
    if not SHORTEST <= len(text) <= LONGEST or ACTIVE.search(text):
        return None
    titles = [number.title for number in paper.numbers]
    return text if said_in(text, leaving_out=titles) <= allowed(paper, day) else None


def allowed(paper: Paper, day: date) -> set[Said]:
    """Return every number that may be said: those of the figures and the day itself."""
    titles = [number.title for number in paper.numbers]
    told = [paper.verdict, paper.text, f"{day.day} {day:%B}", f"{day:%A}"]
    told += [part for number in paper.numbers for part in (number.shown, number.note)]
    return set().union(*(said_in(part, leaving_out=titles) for part in told))
