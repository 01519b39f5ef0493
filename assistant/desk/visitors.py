"""Visitors: who somebody says they are, kept apart from everybody else who says the same.

What is sent to a person goes to one conversation of theirs, so a name alone must join nobody to
another's. The first who claims an id has it; whoever claims it later proves it with the secret of a
conversation that has it, or gets a mark of their own behind it. An e-mail address is always marked:
it is proven by mail alone.
"""

import secrets

from sqlalchemy import ColumnElement, case, func, select, text
from sqlalchemy.orm import Session

from assistant.desk.conversations import Conversation
from assistant.launch.launches import Launch

MARK = " ¦"
LENGTH = 6  # characters of a mark; 48 bits, only to tell a few conversations of one name apart


def marked(claimed: str) -> str:
    """Return ``claimed`` as nobody else has it."""
    return f"{_plain(claimed)}{MARK}{secrets.token_hex(LENGTH // 2)}"


def claimed_by(
    session: Session, launch: Launch, claimed: str, *, earlier: Conversation | None = None
) -> str:
    """Return as whom a new conversation is kept; "" for nobody in particular.

    ``earlier`` is a conversation that its holder has just opened with its token.
    """
    claimed = _plain(claimed)
    if not claimed.strip():
        return ""
    if earlier is not None and (earlier.launch_id, name_in(earlier.visitor)) == (
        launch.id,
        claimed,
    ):
        return earlier.visitor
    if "@" in claimed or _is_taken(session, launch, claimed):
        return marked(claimed)
    return claimed


def name_in(visitor: str) -> str:
    """Return what a visitor called themselves, without the mark that tells them apart."""
    return visitor[: -len(MARK) - LENGTH] if _is_marked(visitor) else visitor


def mark_in(visitor: str) -> str:
    """Return the mark that tells a visitor apart; "" for one who has their name alone."""
    return visitor[-LENGTH:] if _is_marked(visitor) else ""


def plain_name() -> ColumnElement[str]:
    """Return ``name_in`` of a conversation's visitor for a query; only for a marked one."""
    end = func.length(Conversation.visitor) - len(MARK) - LENGTH
    # PostgreSQL cuts nothing to a length below zero.
    return case((end > 0, func.substr(Conversation.visitor, 1, end)), else_="")


def _is_marked(visitor: str) -> bool:
    return visitor[-LENGTH - len(MARK) : -LENGTH] == MARK


def _plain(claimed: str) -> str:
    return claimed.replace("¦", "|")


def _is_taken(session: Session, launch: Launch, claimed: str) -> bool:
    """Return whether somebody has it, once nobody else is about to take it."""
    if session.get_bind().dialect.name == "postgresql":
        lock = text("SELECT pg_advisory_xact_lock(hashtext(:claimed))")
        session.execute(lock, {"claimed": f"visitor {launch.id} {claimed}"})
    theirs = (Conversation.launch_id == launch.id, Conversation.visitor == claimed)
    return session.scalar(select(Conversation.id).where(*theirs).limit(1)) is not None
