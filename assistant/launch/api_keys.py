"""Keys by which programs reach one launch's library: what they may do, until when, made by whom.

A key's secret is shown once and kept nowhere; its hash opens it. A key never approves anything.
"""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from assistant.ground.audit import happened
from assistant.ground.database import Base, put_unless_there, sha256
from assistant.ground.errors import NotFound, Refused
from assistant.ground.people import Person, Role
from assistant.launch.launches import Launch

SIGN = "hk_"  # what every secret begins with, so that scanners of code know one when they see it
SHOWN = 8  # characters of a secret that are kept to tell keys apart; 32 random bytes follow
NAME = 80  # characters
LONGEST = timedelta(days=366)
USED = timedelta(minutes=1)  # how exactly it is kept when a key was used last


class Scope(StrEnum):
    """What a key may do."""

    READ = "read"  # what customers may get, and what would be found
    DRAFT = "draft"  # write drafts and submit them, besides reading
    SIGNALS = "signals"  # send what was measured outside, and nothing else


class ApiKey(Base):
    """One program's way to one launch's library."""

    __tablename__ = "api_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), index=True)
    name: Mapped[str]
    shown: Mapped[str]  # the secret's first characters
    secret_sha256: Mapped[str] = mapped_column(unique=True)
    scope: Mapped[str]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    made_by: Mapped[Person] = relationship(foreign_keys=made_by_id)
    launch: Mapped[Launch] = relationship()

    @property
    def actor(self) -> str:
        """Return who the audit trail says it was."""
        return f"API key “{self.name}”"

    def may(self, scope: Scope) -> bool:
        """Return whether it may do this; who writes drafts may read too."""
        return self.scope == scope or (scope is Scope.READ and self.scope == Scope.DRAFT)

    def state(self, at: datetime) -> str:
        """Return live, expired, revoked or orphaned (who made it is no lead here any more)."""
        if self.revoked_at is not None:
            return "revoked"
        if self.made_by.disabled_at is not None or not self.made_by.is_any(Role.LEAD):
            return "orphaned"
        return "live" if at < self.expires_at else "expired"

    def revoke(self, session: Session, *, by: Person, at: datetime) -> None:
        """Close it: from this moment it opens nothing.

        Raises:
            Refused: when somebody has revoked it already.
        """
        if self.revoked_at is not None:
            raise Refused("It is revoked already.", what_to_do="Nothing is left to do.")
        self.revoked_at, self.revoked_by_id = at, by.id
        happened(session, "api-key.revoked", at=at, by=by, launch_id=self.launch_id, name=self.name)

    def used(self, at: datetime) -> bool:
        """Note that it was used, about to the minute, and return whether there was news."""
        is_news = self.used_at is None or at >= self.used_at + USED
        if is_news:
            self.used_at = at
        return is_news


class ApiRequest(Base):
    """A request that must not be carried out twice, under the key its program gave it."""

    __tablename__ = "api_requests"
    __table_args__ = (UniqueConstraint("api_key_id", "idempotency"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    api_key_id: Mapped[int] = mapped_column(ForeignKey("api_keys.id"))
    idempotency: Mapped[str]
    body_sha256: Mapped[str]
    mark: Mapped[str]  # by which of several copies the first knows itself
    at: Mapped[datetime]


def make(
    session: Session,
    launch: Launch,
    *,
    name: str,
    scope: Scope,
    lasts: timedelta,
    by: Person,
    at: datetime,
) -> tuple[ApiKey, str]:
    """Return a new key and its secret, which is kept nowhere.

    Raises:
        Refused: when it has no name, a name that a live key has, or would last beyond a year.
    """
    name = " ".join(name.split())[:NAME]
    if not name:
        raise Refused("A key has a name.", what_to_do="Name the program that will use it.")
    if not timedelta(0) < lasts <= LONGEST:
        raise Refused("A key lasts a day to a year.", what_to_do="Choose fewer days.")
    if any(each.name == name and each.state(at) == "live" for each in of_launch(session, launch)):
        raise Refused(f"There is a key “{name}” already.", what_to_do="Give it another name.")
    secret = SIGN + secrets.token_urlsafe(32)
    key = ApiKey(
        launch=launch,
        name=name,
        shown=secret[:SHOWN],
        secret_sha256=sha256(secret),
        scope=scope,
        made_at=at,
        made_by=by,
        expires_at=at + lasts,
    )
    session.add(key)
    session.flush()
    happened(session, "api-key.made", at=at, by=by, launch_id=launch.id, name=name, scope=scope)
    return key, secret


def opened(session: Session, secret: str, *, at: datetime) -> ApiKey | None:
    """Return the key that ``secret`` opens at ``at``, or nothing."""
    if not secret.startswith(SIGN):
        return None
    query = select(ApiKey).where(ApiKey.secret_sha256 == sha256(secret))
    found = session.scalar(query.options(joinedload(ApiKey.made_by), joinedload(ApiKey.launch)))
    return found if found is not None and found.state(at) == "live" else None


def of_launch(session: Session, launch: Launch) -> list[ApiKey]:
    """Return the launch's keys with who made them, newest first."""
    query = select(ApiKey).where(ApiKey.launch_id == launch.id).order_by(ApiKey.id.desc())
    return list(session.scalars(query.options(joinedload(ApiKey.made_by))))


def by_id(session: Session, launch: Launch, key_id: int) -> ApiKey:
    """Return a key of the launch. Raises NotFound when it has none such."""
    found = session.get(ApiKey, key_id)
    if found is None or found.launch_id != launch.id:
        raise NotFound("There is no such key.", what_to_do="Load the page again.")
    return found


def is_repeated(
    session: Session, key_id: int, idempotency: str, body: str, *, at: datetime
) -> bool:
    """Return whether this request was carried out before; note it when it was not.

    Of copies that come at the same moment one goes first, and the others wait for it here.

    Raises:
        Refused: when another request came under the same idempotency key.
    """
    own = (ApiRequest.api_key_id == key_id, ApiRequest.idempotency == idempotency)
    row = {"api_key_id": key_id, "idempotency": idempotency, "at": at}
    row |= {"body_sha256": sha256(body), "mark": (mark := secrets.token_hex(8))}
    put_unless_there(session, ApiRequest, [row])
    kept = session.scalars(select(ApiRequest).where(*own)).one()
    return kept.mark != mark and _same(kept, body)


def _same(known: ApiRequest, body: str) -> bool:
    if known.body_sha256 != sha256(body):
        raise Refused(
            "Something else was sent under this Idempotency-Key.",
            what_to_do="Send a new request under a new key.",
        )
    return True
