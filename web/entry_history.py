"""One entry's whole history: a page with its differences, filtered, and the same as a file."""

from dataclasses import asdict, dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse, Response

from assistant.answering.entry_history import History, Step, history_of
from assistant.library import entries
from assistant.library.entries import Entry
from assistant.reports.sheets import Sheet, as_csv
from web.access import this_launch
from web.shell import LookingHere

router = APIRouter(tags=["library"], default_response_class=HTMLResponse)

PAGE = 100  # steps on one page
ABOUT = {"": "Everything", "text": "Words", "decision": "Decisions", "other": "What it learnt"}
WORDS = {
    "saved": ("Words saved", ""),
    "imported": ("Came with a file", ""),
    "import-taken-back": ("The file was taken back", "warn"),
    "submitted": ("Submitted for review", "info"),
    "approved": ("Approved", "good"),
    "changes-requested": ("Changes asked for", "warn"),
    "rejected": ("Rejected", "bad"),
    "retired": ("Retired", "warn"),
    "recalled": ("Recalled", "bad"),
    "merge-proposed": ("To be merged", "info"),
    "merging": ("Takes another entry in, once it is approved", "info"),
    "merged": ("Merged", "warn"),
    "merge-undone": ("The merging was undone", "warn"),
    "reinstated": ("Reinstated", "good"),
    "rolled-back": ("Rolled back", "warn"),
    "still-right": ("Found right beside its original", "good"),
    "began": ("Its time began", "info"),
    "ended": ("Its time ended", "warn"),
    "overruled": ("Breaks overruled", "warn"),
    "filed": ("Filed under a scenario", ""),
    "looked-at": ("Looked at: it may answer again", "info"),
    "lesson-learnt": ("Learnt a question", ""),
    "lesson-taken-back": ("A learnt question taken back", ""),
    "checked": ("An answer was checked", ""),
}
WHO = {"operator": "The operator", "assistant": "The assistant", "time": "Its window"}

Text = Annotated[str, Query(max_length=200)]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the history is asked for; what is empty leaves nothing out."""

    about: Text = ""
    who: Text = ""
    version: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0

    def has(self, step: Step) -> bool:
        """Return whether a step is among it."""
        return (
            self.about in ("", step.about)
            and self.who in ("", _who(step.who))
            and self.version in (0, step.version)
        )


WantedHere = Annotated[Wanted, Depends()]


@router.get("/library/{launch}/entries/{key}/history")
def show_history(
    staff: LookingHere,
    launch: str,
    key: str,
    wanted: WantedHere,
    page: Annotated[int, Query(ge=1, le=1_000)] = 1,
) -> HTMLResponse:
    """Show what happened to an entry, newest first, or what of it is asked for."""
    within = this_launch(staff.session, staff.by, launch)
    entry = entries.by_key(staff.session, within.id, key)
    known = history_of(staff.session, entry, at=staff.at)
    steps = [step for step in known.steps if wanted.has(step)]
    context = _context(entry, known, steps, asdict(wanted), page)
    return staff.page("library/history.html", "library", within, context)


@router.get("/library/{launch}/entries/{key}/history.csv")
def export_history(
    staff: LookingHere,
    launch: str,
    key: str,
    wanted: WantedHere,
) -> Response:
    """Return the same as a file."""
    within = this_launch(staff.session, staff.by, launch)
    entry = entries.by_key(staff.session, within.id, key)
    known = history_of(staff.session, entry, at=staff.at)
    sheet = Sheet(
        title=f"History of {entry.key}",
        text="",
        figures=(),
        header=("when", "what", "version", "who", "why", "changed"),
        rows=tuple(_row(step) for step in known.steps if wanted.has(step)),
    )
    headers = {"Content-Disposition": f'attachment; filename="{entry.key}-history.csv"'}
    words = "\ufeff" + as_csv(sheet)
    return Response(words, media_type="text/csv; charset=utf-8", headers=headers)


def _row(step: Step) -> tuple[str | int | None, ...]:
    changed = "; ".join(f"{each.part}: {each.before} → {each.after}" for each in step.changed)
    when = step.at.isoformat(timespec="seconds")
    return (when, _words(step)[0], step.version, _who(step.who), step.reason, changed)


def _context(
    entry: Entry, known: History, steps: list[Step], asked: dict[str, Any], page: int
) -> dict[str, Any]:
    return {
        "launch": {"key": entry.launch.key, "name": entry.launch.name},
        "entry": {"key": entry.key, "title": entry.newest.question},
        "asked": asked,
        "abouts": [{"key": name, "words": words} for name, words in ABOUT.items()],
        "people": sorted({_who(step.who) for step in known.steps}),
        "versions": [
            {"number": number, "sent": each.sent, "not_quite": each.not_quite}
            for number, each in sorted(known.sent.items(), reverse=True)
        ],
        "steps": [_shown(step) for step in steps[(page - 1) * PAGE : page * PAGE]],
        "pager": {
            "first": (page - 1) * PAGE + 1,
            "last": min(page * PAGE, len(steps)),
            "total": len(steps),
            "previous": page - 1 if page > 1 else None,
            "next": page + 1 if page * PAGE < len(steps) else None,
        },
    }


def _shown(step: Step) -> dict[str, Any]:
    words, tone = _words(step)
    return {
        "at": step.at,
        "words": words,
        "tone": tone,
        "who": _who(step.who),
        "version": step.version,
        "reason": step.reason,
        "changed": [
            {"part": each.part, "before": each.before, "after": each.after} for each in step.changed
        ],
    }


def _words(step: Step) -> tuple[str, str]:
    return WORDS.get(step.kind, (step.kind.replace("-", " ").capitalize(), ""))


def _who(who: str) -> str:
    return WHO.get(who, who)
