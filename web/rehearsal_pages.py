"""Rehearsals: what templates/launch/rehearsal.html and rehearsed.html show."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from assistant.answering import as_if, rehearsal_age, rehearsals
from assistant.answering.fears import MOST, MOST_PROBLEMS, NAMED, PERSON, NotReadable
from assistant.answering.rehearsals import Judged, Rehearsal, Rehearsed
from assistant.ground.people import Person, Role
from assistant.launch.launches import Launch
from assistant.library.entries import Entry
from assistant.reports import go_no_go, rehearsing
from assistant.reports.go_no_go import Change
from web.shell import Visit

PAGE = 50  # questions on one page
CHANGED = 10  # questions listed of those that got better, and of those that got worse
AT_WORK = (Role.AGENT, Role.LEAD, Role.CHANGE_MANAGER)
OUTCOME_WORDS = {
    "answer": ("Answered", "good"),
    "clarification": ("Did you mean", "info"),
    "handoff": ("To a person", "warn"),
}
JUDGED_WORDS = {
    Judged.RIGHT: ("As expected", "good"),
    Judged.OFFERED: ("Offered, not sent", "info"),
    Judged.MISSED: ("Not what was expected", "warn"),
    Judged.WRONG: ("Wrong answer", "bad"),
}
SHOWS = (
    ("", "All"),
    ("answer", "Answered"),
    ("clarification", "Did you mean"),
    ("handoff", "To a person"),
    ("unmet", "Not as expected"),
)


def rehearsal_page(
    looking: Visit,
    launch: Launch,
    *,
    text: str = "",
    column: str = "",
    wrong: NotReadable | None = None,
    mended: Rehearsal | None = None,
) -> dict[str, Any]:
    """Return the context of launch/rehearsal.html; what was typed stays, or was given before."""
    session = looking.session
    if mended is not None:
        text, column = mended.pasted, mended.column_name
    runs = rehearsals.of_launch(session, launch.id)
    standing = rehearsal_age.now(session, launch, at=looking.at)
    return {
        "launch": {"key": launch.key, "name": launch.name},
        "most": MOST,
        "person": PERSON,
        "typed": {"text": text, "column": column},
        "problems": list(wrong.problems) if wrong else [],
        "left": _left(mended, most=MOST_PROBLEMS) if mended else None,
        "columns": [name for name in (wrong.columns if wrong else ()) if name.strip()][:50],
        "drafts": len(as_if.waiting(session, launch.id, at=looking.at)),
        "runs": [_run(launch, run) | {"why": rehearsal_age.moved(run, standing)} for run in runs],
        "may": {"rehearse": may_rehearse(looking.by)},
    }


def may_rehearse(person: Person) -> bool:
    """Return whether ``person`` may start a rehearsal."""
    return person.is_any(*AT_WORK)


def result_page(
    looking: Visit, launch: Launch, rehearsal: Rehearsal, *, show: str, number: int
) -> dict[str, Any]:
    """Return the context of launch/rehearsed.html: the verdict, what to do, each question."""
    session = looking.session
    standing = rehearsal_age.now(session, launch, at=looking.at)
    asked = rehearsals.questions(session, rehearsal.id)
    shown = [one for one in asked if _is_shown(one, show)]
    pages = max(1, -(-len(shown) // PAGE))
    number = min(number, pages)
    here = shown[(number - 1) * PAGE : number * PAGE]
    address = f"/launches/{launch.key}/rehearsal/{rehearsal.id}"
    titles = _titles(session, launch, here)
    change = rehearsing.change_since(session, rehearsal)
    earlier = rehearsals.before(session, rehearsal) if change else None
    return {
        "launch": {"key": launch.key, "name": launch.name},
        "run": _run(launch, rehearsal)
        | {"failed": rehearsal.failed, "why": rehearsal_age.moved(rehearsal, standing)},
        "left": _left(rehearsal),
        "mend_href": f"/launches/{launch.key}/rehearsal?mend={rehearsal.id}#ask-title",
        "few": rehearsal.total < go_no_go.FEW and go_no_go.FEW,
        "rules": rehearsal.findings.get("rules", []),
        "stops": _broken(rehearsal, stops=True),
        "warns": _broken(rehearsal, stops=False),
        "change": change and earlier and _change(launch, change, earlier),
        "tabs": _tabs(asked, address, show),
        "questions": [_question(one, titles, launch) for one in here],
        "pager": {
            "total": len(shown),
            "first": (number - 1) * PAGE + 1,
            "last": min(number * PAGE, len(shown)),
            "previous_href": f"{address}?show={show}&page={number - 1}" if number > 1 else None,
            "next_href": f"{address}?show={show}&page={number + 1}" if number < pages else None,
        },
    }


def _left(run: Rehearsal, *, most: int = NAMED) -> dict[str, Any] | None:
    """Return the lines that were given and not asked; nothing when all of them were."""
    if not run.left_out_count:
        return None
    named = run.lines_left_out[:most]
    return {
        "count": run.left_out_count,
        "lines": [{"line": one.line, "words": one.words, "why": one.why} for one in named],
        "more": run.left_out_count - len(named),
    }


def _run(launch: Launch, run: Rehearsal) -> dict[str, Any]:
    found = run.findings
    return {
        "href": f"/launches/{launch.key}/rehearsal/{run.id}",
        "at": run.asked_at,
        "by": run.by.name if run.by else "the command line",
        "total": run.total,
        "done": run.done,
        "share": run.done / run.total if run.total else 0.0,
        "doubled": run.doubled,
        "left_out": run.left_out_count,
        "with_drafts": run.with_drafts,
        "is_over": run.finished_at is not None,
        "is_go": run.is_go,
        "answered": found.get("answered", 0),
        "recognised": found.get("recognised", 0),
        "to_person": found.get("to_person", 0),
        "as_expected": found.get("as_expected", 0),
        "in_the_way": _broken(run, stops=True),
    }


def _broken(run: Rehearsal, *, stops: bool) -> int:
    rules = run.findings.get("rules", ())
    return sum(not rule["is_kept"] and rule["stops"] is stops for rule in rules)


def _change(launch: Launch, change: Change, earlier: Rehearsal) -> dict[str, Any]:
    return {
        "at": earlier.asked_at,
        "href": f"/launches/{launch.key}/rehearsal/{earlier.id}",
        "was_go": earlier.is_go,
        "better": len(change.better),
        "worse": len(change.worse),
        "new": change.new,
        "kept_now": change.kept_now,
        "broken_now": change.broken_now,
        "better_first": [one.text for one in change.better[:CHANGED]],
        "worse_first": [one.text for one in change.worse[:CHANGED]],
    }


def _is_shown(one: Rehearsed, show: str) -> bool:
    if show == "unmet":
        return one.judged in (Judged.WRONG, Judged.MISSED, Judged.OFFERED)
    return show in ("", one.outcome)


def _tabs(asked: Sequence[Rehearsed], address: str, show: str) -> list[dict[str, Any]]:
    counts = Counter(name for name, _ in SHOWS for one in asked if _is_shown(one, name))
    known = show if show in dict(SHOWS) else ""
    return [
        {
            "title": title,
            "count": counts[name],
            "href": f"{address}?show={name}#questions",
            "current": name == known,
        }
        for name, title in SHOWS
    ]


def _titles(session: Session, launch: Launch, asked: Sequence[Rehearsed]) -> dict[str, str]:
    keys = {key for one in asked for key in (one.entry, one.expected, *one.offered) if key}
    query = (
        select(Entry)
        .where(Entry.launch_id == launch.id, Entry.key.in_(keys))
        .options(selectinload(Entry.versions))
    )
    return {entry.key: entry.newest.question for entry in session.scalars(query)}


def _question(one: Rehearsed, titles: dict[str, str], launch: Launch) -> dict[str, Any]:
    words, tone = OUTCOME_WORDS.get(one.outcome, ("Not yet", ""))
    judged, judged_tone = JUDGED_WORDS.get(Judged(one.judged), ("", ""))
    named = [one.entry] if one.entry else one.offered
    expected = "a person" if one.expected == PERSON else titles.get(one.expected, one.expected)
    return {
        "text": one.text,
        "line": one.line,
        "outcome_words": words,
        "tone": tone,
        "judged_words": judged,
        "judged_tone": judged_tone,
        "reason": one.reason,
        "entries": [
            {"title": titles.get(key, key), "href": f"/library/{launch.key}/entries/{key}"}
            for key in named
        ],
        "expected": expected,
        "write_href": f"/library/{launch.key}/entries/new?kind=faq&question={quote(one.text[:500])}"
        if one.outcome == "handoff" and not one.expected
        else None,
    }
