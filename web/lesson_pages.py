"""What was learnt of an entry, as templates/library/_lessons.html shows it."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from assistant.ground.redacting import redacted
from assistant.library import lessons
from assistant.library.entries import Entry
from assistant.library.lessons import Lesson


def learnt_of(session: Session, entry: Entry, *, at: datetime) -> list[dict[str, Any]]:
    """Return the entry's lessons, redacted, newest first, with why one does not count."""
    return [_lesson(lesson, why) for lesson, why in lessons.of_entry(session, entry, at=at)]


def _lesson(lesson: Lesson, why_not: str) -> dict[str, Any]:
    return {
        "id": lesson.id,
        "text": redacted(lesson.text),
        "answers": lesson.answers,
        "at": lesson.at,
        "by": lesson.by.name,
        "why_not": why_not,
    }
