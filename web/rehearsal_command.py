"""``hypercare rehearse``: go or no-go before day 0, from a file of feared questions."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from web.questions import Unreadable, opened
from web.starting import existing, parts_of
from web.terminal import err, out, progress

if TYPE_CHECKING:
    from assistant.answering.fears import Fears
    from assistant.ground.parts import Parts

NO_GO = 3  # the exit code; 1 is an error
MOST_BYTES = 40_000_000  # of a file; the longest questions there may be, in four bytes a letter
Data = Annotated[Path | None, typer.Option("--data", help="Data folder.")]


def rehearse(
    launch: Annotated[str, typer.Option("--launch", help="Key of the launch.")],
    file: Annotated[
        Path, typer.Option("--file", help="One question per line, or CSV; - for standard input.")
    ],
    column: Annotated[
        str, typer.Option("--column", help="Name or number of the CSV's column of questions.")
    ] = "",
    drafts: Annotated[
        bool, typer.Option("--drafts", help="As if the drafts were approved.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
    data: Data = None,
) -> None:
    """Rehearse feared questions and say go (exit code 0) or no-go (3) with what is left to do."""
    parts = parts_of(existing(data))
    try:
        number = _begun(parts, launch, _read(parts, launch, file, column), drafts)
        _run(parts, number)
        result = _result(parts, number)
    finally:
        parts.close()
    if as_json:
        sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n")
    else:
        _say(result)
    raise typer.Exit(0 if result["go"] else NO_GO)


def _read(parts: "Parts", launch: str, file: Path, column: str) -> "Fears":
    from assistant.answering import fears
    from assistant.launch.launches import by_key
    from assistant.library.keys import keys_by_title, keys_of

    with parts.db.reading() as session:
        within = by_key(session, launch).id
        known, titles = keys_of(session, within), keys_by_title(session, within)
    try:
        with opened(file) as stream:
            text = fears.text_of(stream.read(MOST_BYTES))
        is_csv = file.suffix.lower() in (".csv", ".tsv")
        return fears.read(text, known=known, titles=titles, column=column, is_csv=is_csv)
    except fears.NotReadable as wrong:
        for problem in wrong.problems:
            err.print(problem, highlight=False, markup=False, soft_wrap=True)
        if wrong.columns:
            columns = f"There are: {', '.join(wrong.columns)}."
            err.print(columns, highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(1) from None
    except Unreadable as unreadable:
        raise typer.BadParameter(str(unreadable)) from None


def _begun(parts: "Parts", launch: str, fears: "Fears", drafts: bool) -> int:
    from assistant.answering import rehearsals
    from assistant.launch.launches import by_key

    with parts.db.writing() as session:
        rehearsal = rehearsals.begin(
            session,
            by_key(session, launch),
            fears,
            with_drafts=drafts,
            by=None,
            at=parts.clock.now(),
        )
        return rehearsal.id


def _run(parts: "Parts", number: int) -> None:
    from assistant.reports import rehearsing

    with progress() as step:
        rehearsing.run(parts, number, lambda share: step("Rehearsing", share))


def _result(parts: "Parts", number: int) -> dict[str, Any]:
    from assistant.answering import rehearsals
    from assistant.answering.rehearsals import Rehearsal
    from assistant.reports import rehearsing

    with parts.db.reading() as session:
        rehearsal = session.get_one(Rehearsal, number)
        change = rehearsing.change_since(session, rehearsal)
        return {
            "rehearsal": number,
            "go": rehearsal.is_go,
            "answered": rehearsal.findings["answered"],
            "recognised": rehearsal.findings["recognised"],
            "to_person": rehearsal.findings["to_person"],
            "doubled": rehearsal.doubled,
            "left_out": rehearsal.left_out,
            "left_out_count": rehearsal.left_out_count,
            "rules": rehearsal.findings["rules"],
            "better": len(change.better) if change else None,
            "worse": len(change.worse) if change else None,
            "questions": [
                {
                    "line": one.line,
                    "question": one.text,
                    "outcome": one.outcome,
                    "entry": one.entry or None,
                    "expected": one.expected or None,
                    "judged": one.judged or None,
                    "certainty": round(one.certainty, 4),
                    "reason": one.reason,
                }
                for one in rehearsals.questions(session, number)
            ],
        }


def _say(result: dict[str, Any]) -> None:
    out.print("[bold green]Go.[/bold green]" if result["go"] else "[bold red]No-go.[/bold red]")
    counts = (
        f"{result['answered']} answered, {result['recognised']} recognised, "
        f"{result['to_person']} to a person."
    )
    out.print(counts, highlight=False)
    if result["better"] is not None:
        since = f"Since the last rehearsal: {result['better']} better, {result['worse']} worse."
        out.print(since, highlight=False)
    for rule in result["rules"]:
        if rule["is_kept"]:
            continue
        sign = "✗" if rule["stops"] else "!"
        out.print(f"\n{sign} {rule['title']}. {rule['words']}", markup=False, soft_wrap=True)
        for words, href in rule["things"]:
            out.print(f"    {words} {href}", highlight=False, markup=False, soft_wrap=True)
        if rule["more"]:
            out.print(f"    And {rule['more']} more.", highlight=False)
