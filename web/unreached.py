"""Whom nothing reaches, for want of a mail server: they are named wherever many are told."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.answering.audience import LeftOut, Why
from assistant.answering.broadcast import Broadcast
from assistant.desk.conversations import Conversation
from web.desk_pages import customer_name

NAMED = 50  # people in one sentence; the rest are counted

Unreached = list[dict[str, Any]]


def in_audience(left_out: Iterable[LeftOut]) -> Unreached:
    """Return who would not be reached: name and ticket's number, or None."""
    return [
        {"name": customer_name(Conversation(visitor=one.asker.visitor)), "ticket": one.asker.ticket}
        for one in left_out
        if one.why is Why.NO_MAIL
    ]


def by_broadcast(session: Session, shown: Broadcast) -> Unreached:
    """Return who was not reached when it was decided: name and ticket's number, or None."""
    missed = [one for one in shown.left_out if one["why"] == Why.NO_MAIL]
    ids = [one["conversation"] for one in missed[:NAMED]]
    found = session.scalars(select(Conversation).where(Conversation.id.in_(ids)))
    names = {each.id: customer_name(each) for each in found}
    return [
        {"name": names.get(one["conversation"], "Somebody"), "ticket": one["ticket"]}
        for one in missed
    ]
