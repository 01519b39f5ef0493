"""What this process can count on at the moment: database, embedder, index, model."""

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from assistant.ground.parts import Parts

State = dict[str, str]


def readiness(parts: Parts) -> dict[str, State]:
    """Return each dependency's state: ok, degraded (something stands in) or down, and why."""
    return {"database": _database_state(parts), **stand_ins(parts)}


def stand_ins(parts: Parts) -> dict[str, State]:
    """Return the state of everything that something else can stand in for; asks no database."""
    return {
        "embedder": _state(parts.embedder is not None, parts.embedder_missing, "word search only"),
        "index": _state(parts.index is not None, parts.index_missing, "exact scan"),
        "model": _model_state(parts),
    }


def _database_state(parts: Parts) -> State:
    try:
        with parts.db.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except OperationalError as broken:
        return {"status": "down", "why": str(broken.orig)}
    return {"status": "ok"}


def _model_state(parts: Parts) -> State:
    if parts.model is None:
        return {"status": "ok", "why": "No model is configured; retrieval decides."}
    return _state(not parts.model.asleep(), "The breaker is open.", "retrieval only")


def _state(ok: bool, why: str, meanwhile: str) -> State:
    return {"status": "ok"} if ok else {"status": "degraded", "why": why, "meanwhile": meanwhile}
