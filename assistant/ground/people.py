"""People on the team: who they are, what they may do, and their sign-ins."""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from threading import BoundedSemaphore

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from assistant.ground.database import Base, sha256

SIGN_IN_LASTS = timedelta(hours=12)  # one long shift
PASSWORD_MIN = 12  # characters; NIST SP 800-63B asks for at least 8
CHECKS_AT_ONCE = BoundedSemaphore(2)  # argon2 takes about 0.4 s and 64 MiB a check


class Role(StrEnum):
    """What a person does in a launch, and so what they may do here."""

    AGENT = "agent"
    ENGINEER = "engineer"
    LEAD = "lead"
    CHANGE_MANAGER = "change-manager"
    SPONSOR = "sponsor"
    ADMINISTRATOR = "administrator"


class Person(Base):
    """A member of the team."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    password_hash: Mapped[str | None]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    memberships: Mapped[list["Membership"]] = relationship(back_populates="person")

    @property
    def first_name(self) -> str:
        """Return what a customer is told."""
        return self.name.split()[0]

    def is_any(self, *roles: Role) -> bool:
        """Return whether the person has one of ``roles``; an administrator has all."""
        return self.role == Role.ADMINISTRATOR or self.role in roles

    def set_password(self, password: str) -> None:
        """Keep the argon2id hash of ``password``.

        Raises:
            ValueError: when it is shorter than ``PASSWORD_MIN`` characters.
        """
        if len(password) < PASSWORD_MIN:
            raise ValueError(f"A password has at least {PASSWORD_MIN} characters.")
        self.password_hash = hash_of(password)


class Membership(Base):
    """A person works on a launch."""

    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("person_id", "launch_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), index=True)
    person: Mapped[Person] = relationship(back_populates="memberships")


class SignIn(Base):
    """A signed-in browser. Only the hash of its cookie is kept."""

    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_sha256: Mapped[str] = mapped_column(unique=True)
    csrf: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    began_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship()

    def end(self, *, at: datetime) -> None:
        """Sign out: the cookie is worth nothing from ``at`` on."""
        self.ended_at = self.ended_at or at


def by_email(session: Session, email: str) -> Person | None:
    """Return the person with this address, upper and lower case alike."""
    return session.scalar(select(Person).where(Person.email == email.strip().lower()))


def add_person(session: Session, *, email: str, name: str, role: Role, at: datetime) -> Person:
    """Return the person with this address, created when there is none yet.

    Raises:
        ValueError: when somebody new has no name, or the address is none.
    """
    found = by_email(session, email)
    if found is not None:
        return found
    if not name.split() or "@" not in email:
        raise ValueError("A person has a name and an e-mail address.")
    person = Person(email=email.strip().lower(), name=name.strip(), role=role, created_at=at)
    session.add(person)
    session.flush()
    return person


def join(session: Session, person: Person, launch_id: int) -> None:
    """Make ``person`` a member of the launch, once."""
    known = select(Membership).where(
        Membership.person_id == person.id, Membership.launch_id == launch_id
    )
    if session.scalar(known) is None:
        session.add(Membership(person_id=person.id, launch_id=launch_id))


def launches_of(session: Session, person: Person) -> list[int]:
    """Return the ids of the launches that ``person`` is a member of."""
    return list(
        session.scalars(select(Membership.launch_id).where(Membership.person_id == person.id))
    )


def members(session: Session, launch_id: int, *roles: Role) -> list[Person]:
    """Return the launch's people who may sign in, with one of ``roles`` when given, by name."""
    query = select(Person).join(Membership).where(Membership.launch_id == launch_id)
    query = query.where(Person.disabled_at.is_(None))
    if roles:
        query = query.where(Person.role.in_(roles))
    return list(session.scalars(query.order_by(Person.name)))


def sign_in(session: Session, person: Person, *, at: datetime) -> tuple[SignIn, str]:
    """Return a new sign-in and its secret token, which is stored nowhere."""
    token = secrets.token_urlsafe(32)
    entry = SignIn(
        token_sha256=sha256(token),
        csrf=secrets.token_urlsafe(32),
        person_id=person.id,
        began_at=at,
        expires_at=at + SIGN_IN_LASTS,
    )
    session.add(entry)
    return entry, token


def signed_in(session: Session, token: str, *, at: datetime) -> SignIn | None:
    """Return the sign-in that ``token`` opens at ``at``, or nothing."""
    found = session.scalar(select(SignIn).where(SignIn.token_sha256 == sha256(token)))
    if found is None or found.ended_at is not None or found.expires_at <= at:
        return None
    return None if found.person.disabled_at is not None else found


def hash_of(password: str) -> str:
    """Return the argon2id hash of ``password``; takes about 0.4 s and 64 MiB."""
    from argon2 import PasswordHasher

    with CHECKS_AT_ONCE:
        return PasswordHasher().hash(password)


def password_is_right(password_hash: str | None, password: str) -> bool:
    """Return whether ``password`` fits; costs the same when there is nobody to fit."""
    from argon2 import PasswordHasher
    from argon2.exceptions import Argon2Error, InvalidHashError

    with CHECKS_AT_ONCE:
        hasher = PasswordHasher()
        if password_hash is None:
            hasher.hash(password)
            return False
        try:
            return hasher.verify(password_hash, password)
        except (Argon2Error, InvalidHashError):
            return False
