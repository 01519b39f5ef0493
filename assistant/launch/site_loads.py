"""On which of its sites a launch's widget was seen loading: a fact, at most once a day each."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from assistant.ground.database import Base
from assistant.launch.launches import Launch

AGAIN = timedelta(days=1)  # after which a load is written down once more


class SiteLoad(Base):
    """The widget was loaded on a site that the launch allows."""

    __tablename__ = "site_loads"

    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), primary_key=True)
    site: Mapped[str] = mapped_column(primary_key=True)  # as the launch names it
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]


def site_of(sites: list[str], page: str) -> str | None:
    """Return which of ``sites`` the address ``page`` belongs to, ``https://*.shop.example`` too."""
    try:
        parts = urlsplit(page)
    except ValueError:
        return None
    origin, host = f"{parts.scheme}://{parts.netloc}".lower(), parts.netloc.lower()
    for site in sites:
        plain = site.lower().rstrip("/")
        scheme, _, named = plain.partition("://")
        wild = named.startswith("*.") and host.endswith(named[1:]) and scheme == parts.scheme
        if origin == plain or wild:
            return site
    return None


def is_due(session: Session, launch: Launch, site: str, *, at: datetime) -> bool:
    """Return whether a load on ``site`` is still to be written down."""
    last = session.scalar(
        select(SiteLoad.last_at).where(SiteLoad.launch_id == launch.id, SiteLoad.site == site)
    )
    return last is None or last <= at - AGAIN


def seen(session: Session, launch_id: int, site: str, *, at: datetime) -> None:
    """Write down that the widget was loaded on ``site``."""
    found = session.get(SiteLoad, (launch_id, site))
    if found is None:
        session.add(SiteLoad(launch_id=launch_id, site=site, first_at=at, last_at=at))
    else:
        found.last_at = at


def of_launch(session: Session, launch_id: int) -> dict[str, datetime]:
    """Return when the widget was last seen on each site on which it ever was."""
    query = select(SiteLoad.site, SiteLoad.last_at).where(SiteLoad.launch_id == launch_id)
    return dict(session.execute(query).all())
