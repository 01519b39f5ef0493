"""Proposing: what an agent wrote becomes the beginning of an entry, without whom it was written to.

Only a person's reply can be proposed. What comes of it is a filled-in form and nothing more: an
author looks through it and saves it, and somebody else approves it.
"""

import difflib
import re
from dataclasses import dataclass

from sqlalchemy.orm import Session

from assistant.desk.messages import Message, Said, subject_of
from assistant.desk.visitors import name_in
from assistant.ground.errors import NotFound
from assistant.ground.redacting import redacted
from assistant.library.versions import EntryVersion
from assistant.library.wording import Kind

GREETING = re.compile(
    r"(?i)\A\s*(?:hello|hi|hey|dear|good (?:morning|afternoon|evening))\b[^\n.!?]{0,60}[,!.]?\s*\n+"
)
TOKENS = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True, slots=True)
class Proposed:
    """What an entry could say: the question as it was asked, and the answer a person gave."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Change:
    """A run of words that stayed (``same``), went (``gone``) or came (``new``)."""

    kind: str
    text: str


def proposed(session: Session, launch_id: int, message_id: int) -> Proposed:
    """Return what a reply proposes, personal data removed.

    Raises:
        NotFound: when it is no person's reply in this launch.
    """
    reply = session.get(Message, message_id) if 0 < message_id < 2**31 else None
    if reply is None or reply.kind != Said.REPLY or reply.conversation.launch_id != launch_id:
        raise NotFound("There is no such reply.", what_to_do="Open it from its ticket.")
    conversation = reply.conversation
    asked = [m for m in conversation.messages if m.is_question and m.id < reply.id]
    about = conversation.behind(asked[-1]) if asked else None
    names = _names(name_in(conversation.visitor), reply.person.name if reply.person else "")
    return Proposed(
        question=subject_of(redacted(about.text, names)) if about else "",
        answer=redacted(GREETING.sub("", reply.text), names).strip(),
    )


def _names(*of: str) -> list[str]:
    whole = [name.strip() for name in of if " " in name.strip()]
    return [*whole, *(word for name in whole for word in name.split() if len(word) > 1)]


def as_fields(version: EntryVersion, answer: str) -> dict[str, str]:
    """Return which fields of the form change when ``version`` is to say ``answer``.

    What is word for word in the approved text stays where it is; the rest becomes what to do.
    """
    if version.entry.kind == Kind.FAQ:
        return {"answer": answer}
    known = set(version.text.split("\n\n"))
    new = [part for part in answer.split("\n\n") if part.strip() and part not in known]
    return {"what_to_do": "\n\n".join(new)} if new else {}


def changes(before: str, after: str) -> list[Change]:
    """Return the way from one text to the other, word by word, in reading order."""
    old, new = TOKENS.findall(before), TOKENS.findall(after)
    found: list[Change] = []
    for kind, i, j, k, m in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Change("same", "".join(old[i:j])))
            continue
        found.extend([Change("gone", "".join(old[i:j]))] if j > i else [])
        found.extend([Change("new", "".join(new[k:m]))] if m > k else [])
    return found
