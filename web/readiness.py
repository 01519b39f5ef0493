"""What this process can count on at the moment: database, embedder, index, model."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from assistant.desk.mail_state import mail_state
from assistant.ground.outbox import Standing, standing
from assistant.ground.parts import Parts

State = dict[str, str]
HELD_UP = timedelta(minutes=10)  # what waits longer than that is said on pages and by /readyz


def readiness(parts: Parts) -> dict[str, State]:
    """Return each dependency's state: ok, degraded (something stands in) or down, and why."""
    database = _database_state(parts)
    mail = _mail_state(parts) if database["status"] == "ok" else {"status": "ok"}
    outbox = _outbox_state(parts) if database["status"] == "ok" else {"status": "ok"}
    return {"database": database, **stand_ins(parts), "mail": mail, "outbox": outbox}


def stand_ins(parts: Parts) -> dict[str, State]:
    """Return the state of everything that something else can stand in for; asks no database."""
    return {
        "embedder": _embedder_state(parts),
        "index": _state(not parts.index_missing, parts.index_missing, "exact scan"),
        "model": _model_state(parts),
    }


def _embedder_state(parts: Parts) -> State:
    why = parts.embedder_missing if parts.embedder is None else parts.embedder_failure
    state = _state(parts.embedder is not None and not why, why, "word search only")
    if parts.coming is None:
        return state
    return {**state, "coming": parts.coming.name, "progress": parts.coming_state}


def _database_state(parts: Parts) -> State:
    try:
        with parts.db.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except OperationalError as broken:
        return {"status": "down", "why": str(broken.orig)}
    return {"status": "ok"}


class MailNow(NamedTuple):
    """What is wrong with mail, in sentences, and how many mails wait for a person."""

    problems: list[str]
    put_aside: int


def mail_now(parts: Parts, session: Session) -> MailNow | None:
    """Return how mail is; None, and without asking, where none is configured."""
    settings, at = parts.settings, parts.clock.now()
    if not (settings.sends_mail or settings.imap_host):
        return None
    state = mail_state(session, settings, at=at)
    return MailNow(state.problems(settings, at), state.put_aside)


def _mail_state(parts: Parts) -> State:
    with parts.db.reading() as session:
        mail = mail_now(parts, session)
    if mail is None:
        return {"status": "ok", "why": "No mail server is configured; answers stay on the page."}
    return _state(not mail.problems, " ".join(mail.problems), "answers stay on the page")


def _outbox_state(parts: Parts) -> State:
    at = parts.clock.now()
    with parts.db.reading() as session:
        why = held_up(standing(session, at=at), at)
    return _state(not why, why, "it is tried again")


def held_up(standing: Standing, at: datetime) -> str:
    """Return what others have not got, in a sentence; nothing when all is well."""
    said = []
    if standing.dead:
        said.append(f"{standing.dead} dead letter{'s' if standing.dead != 1 else ''}.")
    if standing.oldest is not None and at - standing.oldest >= HELD_UP:
        minutes = int((at - standing.oldest).total_seconds() // 60)
        waits = "waits" if standing.overdue == 1 else "wait"
        said.append(f"{standing.overdue} {waits}, the oldest for {minutes} minutes.")
    return " ".join(said)


def _model_state(parts: Parts) -> State:
    if parts.model is None:
        return {"status": "ok", "why": "No model is configured; retrieval decides."}
    return _state(not parts.model.asleep(), "The breaker is open.", "retrieval only")


def _state(ok: bool, why: str, meanwhile: str) -> State:
    return {"status": "ok"} if ok else {"status": "degraded", "why": why, "meanwhile": meanwhile}
