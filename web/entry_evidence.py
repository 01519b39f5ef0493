"""What people really asked of an entry and how agents answered: the truth beside the text."""

from typing import Any

from assistant.answering import evidence
from assistant.desk.repeats import Asked
from assistant.ground.redacting import redacted
from web.desk_pages import channel_words
from web.entry_seen import Seen
from web.lesson_pages import learnt_of


def evidence_beside(seen: Seen) -> dict[str, Any]:
    """Return what library/_evidence.html and _lessons.html show, redacted."""
    session, entry = seen.session, seen.entry
    asked = evidence.asked_of(session, entry)
    questions = evidence.questions_of(session, entry)
    return {
        "evidence": {
            **_evidence(asked, questions, evidence.replies_of(session, entry)),
            "more": max(0, asked.contacts - len(questions)),
            "all_href": f"/broadcasts/new?launch={seen.launch.key}&entry={entry.key}",
        },
        "lessons": learnt_of(session, entry, at=seen.at),
    }


def _evidence(
    asked: Asked, questions: list[evidence.Question], replies: list[evidence.Reply]
) -> dict[str, Any]:
    return {
        "people": asked.people,
        "contacts": asked.contacts,
        "channels": len(asked.channels),
        "questions": [
            {
                "text": redacted(question.text),
                "channel": question.channel,
                "channel_words": channel_words(question.channel),
                "at": question.at,
                "href": f"/desk/tickets/{question.ticket}"
                if question.ticket
                else f"/desk/questions/{question.id}",
            }
            for question in questions
        ],
        "replies": [
            {"text": redacted(reply.text), "by": reply.by, "href": f"/desk/tickets/{reply.ticket}"}
            for reply in replies
        ],
    }
