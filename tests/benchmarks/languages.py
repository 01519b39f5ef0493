"""How many English questions are taken for another language, and which.

    uv run python -m tests.benchmarks.languages --data FOLDER

Every question of BANKING77 and CLINC150, all splits, is English; `public_data` says where they
come from. A question taken for another language goes to a person.
"""

import argparse
import csv
import json
from collections.abc import Sequence
from pathlib import Path

from assistant.answering.languages import language_of

SHOWN = 10  # examples of each set


def main() -> None:
    """Count, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    folder = parser.parse_args().data
    for name, questions in (("BANKING77", _banking(folder)), ("CLINC150", _clinc(folder))):
        foreign = taken_for_foreign(questions)
        share = len(foreign) / len(questions)
        print(f"{name}: {len(foreign)} of {len(questions):,} ({share:.3%})")
        for language, question in foreign[:SHOWN]:
            print(f"  {language}: {question}")


def taken_for_foreign(questions: Sequence[str]) -> list[tuple[str, str]]:
    """The questions that are not taken for English, with what they are taken for."""
    told = ((language_of(question), question) for question in questions)
    return [(language, question) for language, question in told if language not in {"en", None}]


def _banking(folder: Path) -> list[str]:
    questions: list[str] = []
    for split in ("train", "test"):
        with (folder / "banking77" / f"{split}.csv").open(encoding="utf-8", newline="") as lines:
            questions += [row["text"] for row in csv.DictReader(lines)]
    return questions


def _clinc(folder: Path) -> list[str]:
    splits = json.loads((folder / "clinc150" / "data_full.json").read_text("utf-8"))
    return [question for split in splits.values() for question, _ in split]


if __name__ == "__main__":
    main()
